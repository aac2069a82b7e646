//! Replies on their way out: waiting, doubted, refused, and never doubled.

use std::time::Duration;

use futures::future::join_all;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::{connections, worker};
use shopclerk_sandbox::meta::{GraphError, Revoked};

use crate::products;
use crate::world::{PAGE, World};

const MINUTE: Duration = Duration::from_mins(1);

fn limited() -> GraphError {
    GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit.").transient()
}

/// "Sent although an error came back", as Meta documents it.
fn sent_although() -> GraphError {
    GraphError::new(1, "An unknown error has occurred.").subcode(1_357_046).transient()
}

async fn page_state(world: &World) -> ConnectionState {
    connections::first_overview(world.app()).await.unwrap().accounts[0].row.account.state
}

async fn parked(world: &World) -> usize {
    world.app().store().list_parked(world.merchant().await, 10).await.unwrap().len()
}

#[tokio::test]
async fn a_reply_waits_while_meta_limits_us_and_goes_out_once() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());

    ana.asks("how much is the Storm coat?").await.nothing();
    world.after(5 * MINUTE).await;
    ana.received().says(&["$189.00"]);
    world.after(5 * MINUTE).await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn a_limit_in_the_middle_of_a_reply_keeps_the_order_of_its_parts() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.rehearsal().at("meta.send.answered", {
        let meta = world.sandbox().meta().clone();
        move || meta.next_send(limited())
    });

    let begun = ana.asks("a candle under 25 dollars").await;
    assert!(begun.titles().is_empty() && begun.0.len() == 1, "the words have left: {begun:?}");
    ana.asks("thanks").await.nothing();
    world.after(5 * MINUTE).await;

    let rest = ana.received();
    assert_eq!(rest.titles(), ["Winter Amber candle"]);
    assert!(rest.0[0].text.is_none() && rest.words().ends_with("need anything else."), "{rest:?}");
    world.close().await;
}

#[tokio::test]
async fn a_reply_limited_over_and_over_waits_as_long_as_its_window_is_open() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(limited());
    ana.asks("thanks").await.nothing();

    for _ in 0..30 {
        world.sandbox().meta().next_send(limited());
        world.after(20 * MINUTE).await;
        ana.received().nothing();
    }
    world.after(20 * MINUTE).await;
    ana.received().says(&["welcome"]);
    assert_eq!(parked(&world).await, 0, "what surely was not sent leaves no doubt");
    world.close().await;
}

#[tokio::test]
async fn a_dead_token_stops_the_page_until_its_merchant_connects_it_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().revoke(Revoked::PasswordChanged).unwrap();

    ana.asks("how much is the Storm coat?").await.nothing();
    assert_eq!(page_state(&world).await, ConnectionState::NeedsReconnect);
    let asked = world.sends_asked();
    world.after(20 * MINUTE).await;
    ana.asks("hello?").await.nothing();
    assert_eq!(world.sends_asked(), asked, "nobody knocks at a closed door");

    world.connect().await;
    world.after(MINUTE).await;
    assert_eq!(page_state(&world).await, ConnectionState::Ok);
    ana.received().says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_reply_that_waited_for_a_new_token_beyond_the_window_is_not_sent() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().revoke(Revoked::AppRemoved).unwrap();
    ana.asks("how much is the Storm coat?").await.nothing();

    world.after(Duration::from_hours(25)).await;
    world.connect().await;
    world.after(20 * MINUTE).await;

    ana.received().nothing();
    assert!(world.told("outbox.refused").is_empty(), "our own rule holds before Meta's");
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t13_a_send_that_failed_in_words_only_is_settled_by_its_echo_and_not_repeated() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().hold_echoes();
    world.sandbox().meta().next_send_taken_but(sent_although());

    let first = ana.asks("a candle under 25 dollars").await;
    assert_eq!(first.0.len(), 1, "the cards wait until it is known what became of the words");
    world.after(Duration::from_secs(5)).await;
    world.sandbox().meta().release_echoes(1);
    world.settle().await;
    assert_eq!(ana.received().titles(), ["Winter Amber candle"]);

    world.after(MINUTE).await;
    ana.received().nothing();
    assert_eq!(parked(&world).await, 0);
    world.close().await;
}

#[tokio::test]
async fn t13_an_echo_that_comes_after_all_takes_a_parked_part_off_the_list() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().hold_echoes();
    world.forbids_look_ups();
    world.sandbox().meta().next_send_taken_but(sent_although());
    ana.asks("thanks").await.says(&["welcome"]);
    world.after(MINUTE).await;
    assert_eq!(parked(&world).await, 1);

    world.sandbox().meta().release_echoes(3);
    world.settle().await;

    assert_eq!(parked(&world).await, 0);
    ana.received().nothing();
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap();
    assert_eq!(kept.to_string().matches("welcome").count(), 1, "it is in the history once: {kept}");
    world.close().await;
}

#[tokio::test]
async fn an_echo_that_is_faster_than_the_answer_changes_nothing() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().answer_after_echoes();
    let ana = world.shopper("Ana").await;

    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.sandbox().meta().next_send_taken_but(sent_although());
    ana.asks("thanks").await.says(&["welcome"]);
    world.after(MINUTE).await;

    ana.received().nothing();
    assert_eq!(parked(&world).await, 0);
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap();
    assert_eq!(kept.to_string().matches("$189.00").count(), 1, "in the history once: {kept}");
    world.close().await;
}

#[tokio::test]
async fn t08_a_message_delivered_many_times_gets_one_reply_and_its_echoes_pause_nobody() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().hold_echoes();

    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.sandbox().meta().release_echoes(4);
    world.settle().await;
    ana.received().nothing();

    ana.asks("how much is the Lumi mug in blue?").await.says(&["$18.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_shopper_who_cannot_be_reached_is_not_tried_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let gone = GraphError::new(551, "(#551) This person isn't available right now.").subcode(1_545_041);
    world.sandbox().meta().next_send(gone);

    ana.asks("a candle under 25 dollars").await.nothing();
    world.after(Duration::from_hours(2)).await;

    ana.received().nothing();
    assert_eq!(world.told("outbox.refused").len(), 1);
    assert_eq!(page_state(&world).await, ConnectionState::Ok);
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_page_that_meta_blocks_for_a_while_writes_again_when_the_block_is_over() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    let blocked = || GraphError::new(10, "(#10) The Page is temporarily blocked.").subcode(1_893_063);
    world.sandbox().meta().next_send(blocked());

    ana.asks("how much is the Storm coat?").await.nothing();
    assert_eq!(page_state(&world).await, ConnectionState::Blocked);
    let asked = world.sends_asked();
    ben.asks("how much is the Storm coat?").await.nothing();
    assert_eq!(world.sends_asked(), asked, "a blocked Page is not tried for every shopper");

    world.after(31 * MINUTE).await;
    world.after(31 * MINUTE).await;

    ana.received().says(&["$189.00"]);
    ben.received().says(&["$189.00"]);
    assert_eq!(page_state(&world).await, ConnectionState::Ok);
    world.close().await;
}

#[tokio::test]
async fn t15_a_block_that_is_said_to_last_a_day_is_tried_again_within_the_hour() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let a_day = format!(r#"{{"{PAGE}":[{{"type":"messenger","estimated_time_to_regain_access":1440}}]}}"#);
    world.sandbox().meta().tells_usage(Some(&a_day));
    world.sandbox().meta().next_send(GraphError::new(368, "(#368) The action is deemed abusive."));

    ana.asks("how much is the Storm coat?").await.nothing();
    assert_eq!(page_state(&world).await, ConnectionState::Blocked);
    world.sandbox().meta().tells_usage(None);
    world.after(59 * MINUTE).await;
    ana.received().nothing();
    world.after(2 * MINUTE).await;

    ana.received().says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t10_a_message_that_waited_an_hour_for_its_turn_gets_no_automatic_answer() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    ana.writes("how much is the Storm coat?").await;
    world.clock().advance(61 * MINUTE);
    world.settle().await;

    ana.received().nothing();
    assert_eq!(world.told("turn.skipped").len(), 1);
    ana.asks("hello again").await.says(&["looking for"]);
    world.close().await;
}

#[tokio::test]
async fn t14_nothing_is_sent_once_the_window_is_closed() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(GraphError::new(613, "(#613) slow down"));
    ana.asks("how much is the Storm coat?").await.nothing();
    let asked = world.sends_asked();

    world.after(Duration::from_hours(24)).await;

    ana.received().nothing();
    assert_eq!(world.sends_asked(), asked);
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t61_a_clock_that_jumps_back_keeps_nobody_waiting_for_ever() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let before = shopclerk_domain::clock::Clock::now(world.clock());

    world.clock().jump_to(before.minus(5 * MINUTE));
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.clock().jump_to(before.plus(5 * MINUTE));
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t15_a_page_near_its_limit_sends_later_and_absurd_limits_do_no_harm() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    let told = |usage: &str| format!(r#"{{"{PAGE}":[{{"type":"messenger",{usage}}}]}}"#);
    for absurd in [
        "not JSON".to_owned(),
        "[[[[[[".to_owned(),
        told(r#""call_count":-7,"estimated_time_to_regain_access":-1"#),
        told(r#""call_count":"many","estimated_time_to_regain_access":1e300"#),
        "9".repeat(60_000),
    ] {
        world.sandbox().meta().tells_usage(Some(&absurd));
        ana.asks("thanks").await.says(&["welcome"]);
    }

    world.sandbox().meta().tells_usage(Some(&told(r#""call_count":97"#)));
    ana.asks("thanks").await.says(&["welcome"]);
    let asked = world.sends_asked();
    ben.asks("thanks").await.nothing();
    world.after(Duration::from_millis(50)).await;
    assert!(world.sends_asked() == asked && !ben.sees_typing(), "what is left is not spent");
    world.sandbox().meta().tells_usage(None);
    world.after(2 * MINUTE).await;

    ben.received().says(&["welcome"]);
    world.close().await;
}

#[tokio::test]
async fn t15_however_many_replies_wait_a_page_near_its_limit_lets_one_leave_at_a_time() {
    let world = World::with_shop(products::warm_things()).await;
    let mut crowd = Vec::new();
    for name in ["Ana", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gus", "Hana"] {
        crowd.push(world.shopper(name).await);
    }
    let spent = format!(r#"{{"{PAGE}":[{{"type":"messenger","call_count":80}}]}}"#);
    world.sandbox().meta().tells_usage(Some(&spent));
    crowd[0].asks("thanks").await.says(&["welcome"]);
    for shopper in &crowd {
        shopper.writes("thanks").await;
    }

    let asked = world.sends_asked();
    let mut left = asked;
    for _ in 0..20 {
        world.clock().advance(Duration::from_millis(500));
        // Twice: a first step may do something else that is due.
        for _ in 0..2 {
            join_all((0..crowd.len()).map(|_| worker::step(world.app()))).await;
        }
        assert!(world.sends_asked() <= left + 1, "one every half second");
        left = world.sends_asked();
    }

    assert_eq!(left, asked + crowd.len());
    for shopper in &crowd {
        shopper.received().says(&["welcome"]);
    }
    assert_eq!(page_state(&world).await, ConnectionState::Ok, "nobody was refused");
    world.close().await;
}
