//! Sends whose answer never came: found in the conversation, sent once again, or left to a person. Never in hope.

use std::time::Duration;

use shopclerk_sandbox::fault::{Fault, Upstream};
use shopclerk_sandbox::meta::GraphError;

use crate::products;
use crate::world::{PAGE, World};

/// So long an echo is waited for.
const ECHO: Duration = Duration::from_secs(10);
/// So long after that, what is missing is known to be.
const MISSING: Duration = Duration::from_secs(20);
const MINUTE: Duration = Duration::from_mins(1);

/// "Sent although an error came back", as Meta documents it.
fn sent_although() -> GraphError {
    GraphError::new(1, "An unknown error has occurred.").subcode(1_357_046).transient()
}

/// The same words where nothing was sent: nobody can tell the two apart.
fn unclear() -> GraphError {
    GraphError::new(1, "An unknown error has occurred.").transient()
}

impl World {
    /// From now on nobody can find out whether a send without an answer has arrived.
    pub(crate) fn settles_no_doubt(&self) {
        self.sandbox().meta().lose_echoes();
        self.forbids_look_ups();
    }

    /// From now on the Page's conversations may not be read.
    pub(crate) fn forbids_look_ups(&self) {
        let error = GraphError::new(200, "(#200) Requires pages_messaging permission to manage the object.");
        self.sandbox().meta().refuse_reads(Some(error));
    }

    /// How many parts wait for a person.
    async fn parked(&self) -> usize {
        self.app().store().list_parked(self.merchant().await, 10).await.unwrap().len()
    }

    /// How often a conversation was read.
    fn reads(&self) -> usize {
        self.sandbox().journal().after(0, usize::MAX).iter().filter(|entry| entry.kind == "meta.read").count()
    }
}

#[tokio::test]
async fn t13_a_reply_that_arrived_without_answer_or_echo_is_found_and_the_rest_follows() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().lose_echoes();
    world.sandbox().meta().next_send_taken_but(sent_although());

    assert_eq!(ana.asks("a candle under 25 dollars").await.0.len(), 1, "the cards wait");
    world.after(Duration::from_secs(9)).await;
    assert_eq!((world.reads(), world.told("outbox.sent").len()), (0, 1));
    world.after(Duration::from_secs(1)).await;

    assert_eq!(ana.received().titles(), ["Winter Amber candle"]);
    world.after(MINUTE).await;
    ana.received().nothing();
    assert_eq!((world.reads(), world.parked().await), (1, 0));
    world.close().await;
}

#[tokio::test]
async fn t13_cards_that_arrived_without_answer_or_echo_are_found_too() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().lose_echoes();
    world.rehearsal().at("meta.send.answered", {
        let meta = world.sandbox().meta().clone();
        move || meta.next_send_taken_but(sent_although())
    });

    assert_eq!(ana.asks("a candle under 25 dollars").await.titles(), ["Winter Amber candle"]);
    world.after(ECHO).await;
    world.after(MINUTE).await;

    ana.received().nothing();
    assert_eq!((world.told("outbox.resend").len(), world.parked().await), (0, 0));
    world.close().await;
}

#[tokio::test]
async fn t13_a_reply_that_was_cut_off_before_it_left_is_sent_once_again_exactly_once() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(unclear());

    ana.asks("how much is the Storm coat?").await.nothing();
    world.after(ECHO).await;
    ana.received().nothing();
    world.after(Duration::from_secs(19)).await;
    ana.received().nothing();
    world.after(Duration::from_secs(1)).await;

    ana.received().says(&["$189.00"]);
    world.after(MINUTE).await;
    ana.received().nothing();
    assert_eq!((world.reads(), world.parked().await), (2, 0));
    world.close().await;
}

#[tokio::test]
async fn t13_a_message_that_shows_late_where_it_is_looked_for_is_not_sent_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().lose_echoes();
    world.sandbox().meta().reads_lag_by(Duration::from_secs(25));
    world.sandbox().meta().next_send_taken_but(sent_although());

    ana.asks("thanks").await.says(&["welcome"]);
    world.after(ECHO).await;
    assert_eq!(world.told("outbox.missed").len(), 1);
    world.after(MISSING).await;

    ana.received().nothing();
    assert_eq!((world.told("outbox.resend").len(), world.parked().await), (0, 0));
    world.close().await;
}

#[tokio::test]
async fn t13_what_may_not_be_looked_up_is_left_to_a_person() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.settles_no_doubt();
    world.sandbox().meta().next_send(unclear());

    ana.asks("a candle under 25 dollars").await.nothing();
    world.after(ECHO).await;
    assert_eq!(world.parked().await, 1);

    world.after(Duration::from_hours(1)).await;
    ana.received().nothing();
    ana.asks("how much is the Lumi mug in blue?").await.says(&["$18.00"]);
    world.close().await;
}

#[tokio::test]
async fn t13_a_look_up_that_fails_for_a_while_is_made_again_and_not_for_ever() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    let away = || GraphError::new(2, "Service temporarily unavailable").transient();
    world.sandbox().meta().lose_echoes();
    world.sandbox().meta().refuse_reads(Some(away()));
    world.sandbox().meta().next_send_taken_but(sent_although());
    ana.asks("thanks").await.says(&["welcome"]);
    world.after(ECHO).await;
    world.after(MINUTE).await;
    assert_eq!(world.parked().await, 0, "it may be read later");
    world.sandbox().meta().refuse_reads(None);
    world.after(MINUTE).await;
    ana.received().nothing();

    world.sandbox().meta().refuse_reads(Some(away()));
    world.sandbox().meta().next_send_taken_but(sent_although());
    ben.asks("thanks").await.says(&["welcome"]);
    world.after(Duration::from_mins(11)).await;
    assert_eq!(world.parked().await, 1);
    world.close().await;
}

#[tokio::test]
async fn t13_a_conversation_that_comes_unreadable_is_read_again_and_not_for_ever() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    world.sandbox().meta().lose_echoes();
    world.sandbox().meta().next_send_taken_but(sent_although());
    ana.asks("thanks").await.says(&["welcome"]);
    world.next(Upstream::Meta, Fault::Garbage);
    world.after(ECHO).await;
    assert_eq!((world.reads(), world.parked().await), (1, 0), "it may be read later");
    world.after(MINUTE).await;
    ana.received().nothing();
    assert_eq!((world.reads(), world.parked().await), (2, 0));

    world.sandbox().meta().next_send_taken_but(sent_although());
    ben.asks("thanks").await.says(&["welcome"]);
    for _ in 0..10 {
        assert_eq!(world.parked().await, 0);
        world.next(Upstream::Meta, Fault::Garbage);
        world.after(MINUTE).await;
    }
    assert_eq!(world.parked().await, 1);
    assert!(world.told("outbox.resend").is_empty(), "nothing is sent again in hope");
    world.close().await;
}

#[tokio::test]
async fn t15_a_channel_that_lets_nobody_look_for_a_day_keeps_no_conversation_silent_for_so_long() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let a_day =
        format!(r#"{{"{PAGE}":[{{"type":"pages","call_count":1,"estimated_time_to_regain_access":1440}}]}}"#);
    world.sandbox().meta().lose_echoes();
    world.sandbox().meta().tells_usage(Some(&a_day));
    world.sandbox().meta().next_send_taken_but(sent_although());
    ana.asks("thanks").await.says(&["welcome"]);
    world.after(ECHO).await;
    ana.asks("how much is the Lumi mug in blue?").await.nothing();
    assert_eq!((world.reads(), world.parked().await), (0, 0));

    world.after(10 * MINUTE).await;

    assert_eq!(world.parked().await, 1);
    ana.received().says(&["$18.00"]);
    world.close().await;
}

#[tokio::test]
async fn t13_a_second_send_whose_answer_is_lost_too_is_not_followed_by_a_third() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(unclear());
    world.sandbox().meta().next_send(unclear());
    ana.asks("thanks").await.nothing();
    world.after(ECHO).await;
    let asked = world.sends_asked();

    world.after(MISSING).await;
    assert_eq!(world.sends_asked(), asked + 1);
    world.after(ECHO).await;
    world.after(Duration::from_hours(1)).await;

    ana.received().nothing();
    assert_eq!((world.sends_asked(), world.parked().await), (asked + 1, 1));
    world.close().await;
}

#[tokio::test]
async fn t13_a_second_send_that_arrived_is_found_like_a_first() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().lose_echoes();
    world.sandbox().meta().next_send(unclear());
    world.sandbox().meta().next_send_taken_but(sent_although());
    ana.asks("thanks").await.nothing();
    world.after(ECHO).await;
    world.after(MISSING).await;
    ana.received().says(&["welcome"]);

    world.after(ECHO).await;
    world.after(MINUTE).await;

    ana.received().nothing();
    assert_eq!(world.parked().await, 0);
    world.close().await;
}

#[tokio::test]
async fn t13_the_same_words_said_before_are_not_taken_for_those_in_doubt() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("thanks").await.says(&["welcome"]);
    world.sandbox().meta().next_send(unclear());

    ana.asks("thanks").await.nothing();
    world.after(ECHO).await;
    world.after(MISSING).await;

    ana.received().says(&["welcome"]);
    world.close().await;
}

#[tokio::test]
async fn t13_a_person_who_speaks_during_the_doubt_keeps_the_reply_from_being_sent_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(unclear());
    ana.asks("how much is the Storm coat?").await.nothing();
    world.after(ECHO).await;

    ana.is_answered_by_a_person("189 dollars.").await;
    world.after(MISSING).await;
    world.after(MINUTE).await;

    assert_eq!(ana.received().0.len(), 1, "the person's words");
    assert_eq!(world.parked().await, 0);
    world.close().await;
}

#[tokio::test]
async fn t13_an_echo_that_comes_while_the_second_send_waits_stops_it() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().hold_echoes();
    world.sandbox().meta().reads_lag_by(Duration::from_hours(1));
    world.sandbox().meta().next_send_taken_but(sent_although());
    ana.asks("thanks").await.says(&["welcome"]);
    world.after(ECHO).await;
    assert_eq!(world.told("outbox.missed").len(), 1);

    world.sandbox().meta().release_echoes(1);
    world.after(MINUTE).await;

    ana.received().nothing();
    assert_eq!((world.told("outbox.resend").len(), world.parked().await), (0, 0));
    world.close().await;
}

#[tokio::test]
async fn t61_a_clock_that_jumps_between_send_and_look_up_doubles_nothing() {
    for hours in [-1_i64, 1] {
        let world = World::with_shop(products::warm_things()).await;
        let ana = world.shopper("Ana").await;
        world.sandbox().meta().lose_echoes();
        world.sandbox().meta().next_send_taken_but(sent_although());
        ana.asks("thanks").await.says(&["welcome"]);

        let millis = hours * 3_600_000;
        let now = shopclerk_domain::clock::Clock::now(world.clock()).millis();
        world.clock().jump_to(shopclerk_domain::clock::Timestamp::from_millis(now + millis));
        world.sandbox().clocks_run_ahead(-millis);
        for _ in 0..6 {
            world.after(Duration::from_mins(15)).await;
        }

        ana.received().nothing();
        world.close().await;
    }
}
