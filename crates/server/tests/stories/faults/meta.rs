//! What a shopper sees when Messenger fails.

use std::time::Duration;

use shopclerk_domain::clock::Clock as _;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::connections;
use shopclerk_sandbox::fault::{Fault, Upstream};

use crate::products;
use crate::shopper::Received;
use crate::world::World;

const MINUTE: Duration = Duration::from_mins(1);
const QUESTION: &str = "how much is the Storm coat?";

/// What the shopper has received a while after a question whose answer met this fault: all of it.
async fn answered_in_spite_of(fault: Fault) -> (Received, usize) {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Meta, fault);

    ana.writes(QUESTION).await;
    world.settle().await;
    assert!(world.all_went_wrong());
    world.after(MINUTE).await;
    world.after(MINUTE).await;
    world.after(5 * MINUTE).await;

    let (received, left) = (ana.received(), world.left_to_a_person().await);
    world.close().await;
    (received, left)
}

/// The words and the card, each once.
#[track_caller]
fn once(received: &Received) {
    let words =
        received.0.iter().filter(|one| one.text.as_ref().is_some_and(|text| text.contains("$189.00")));
    assert_eq!(words.count(), 1, "{received:?}");
    assert_eq!(received.titles(), ["Storm coat"]);
}

#[tokio::test]
async fn slow_an_answer_that_takes_its_time_delays_the_rest_and_doubles_nothing() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Meta, Fault::Slow);

    ana.writes(QUESTION).await;
    let meanwhile = async {
        world.until_the_journal(|| ana.sees("$189.00")).await;
        assert!(!ana.sees("[Storm coat"), "the card waits for what became of the words");
        world.sandbox().faults().let_go();
    };
    tokio::join!(world.settle(), meanwhile);

    once(&ana.received());
    world.close().await;
}

#[tokio::test]
async fn limited_a_reply_waits_and_goes_out_once() {
    let (received, left) = answered_in_spite_of(Fault::Limited).await;
    once(&received);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn cut_before_a_reply_that_never_arrived_is_missed_and_sent_once() {
    let (received, left) = answered_in_spite_of(Fault::CutBefore).await;
    once(&received);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn cut_after_a_reply_that_arrived_is_known_by_its_echo() {
    let (received, left) = answered_in_spite_of(Fault::CutAfter).await;
    once(&received);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn garbage_an_unreadable_answer_is_no_reason_to_write_again() {
    let (received, left) = answered_in_spite_of(Fault::Garbage).await;
    once(&received);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn endless_an_answer_without_end_is_left_and_its_echo_believed() {
    let (received, left) = answered_in_spite_of(Fault::Endless).await;
    once(&received);
    assert_eq!(left, 0);
}

#[tokio::test]
async fn token_refused_a_reply_waits_until_the_token_is_taken_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Meta, Fault::TokenRefused);

    ana.asks(QUESTION).await.nothing();
    world.after(16 * MINUTE).await;

    once(&ana.received());
    let overview = connections::first_overview(world.app()).await.unwrap();
    assert_eq!(overview.accounts[0].row.account.state, ConnectionState::Ok);
    world.close().await;
}

#[tokio::test]
async fn duplicate_a_message_that_comes_twice_is_answered_once() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let before = world.told_by(Upstream::Meta).await.len();
    world.next(Upstream::Meta, Fault::Duplicate);

    ana.writes(QUESTION).await;
    assert_eq!(world.told_by(Upstream::Meta).await.len(), before + 2, "it came twice");
    world.settle().await;

    once(&ana.received());
    world.after(5 * MINUTE).await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn out_of_order_messages_that_overtake_each_other_are_both_heard() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Meta, Fault::OutOfOrder);

    ana.writes(QUESTION).await;
    world.settle().await;
    ana.received().nothing();
    ana.asks("how much is the Lumi mug in blue?").await.says(&["$18.00"]);

    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap().to_string();
    assert!(kept.contains(QUESTION) && kept.contains("Lumi mug in blue"), "{kept}");
    world.close().await;
}

#[tokio::test]
async fn clock_moved_a_message_dated_ahead_is_answered_and_opens_the_window_no_longer() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Meta, Fault::ClockMoved);
    world.next(Upstream::Meta, Fault::Limited);

    ana.writes(QUESTION).await;
    let in_an_hour = || world.clock().now().plus(Duration::from_hours(1));
    assert_eq!(world.told_by(Upstream::Meta).await.pop(), Some(in_an_hour()));
    world.settle().await;
    ana.received().nothing();
    let asked = world.sends_asked();
    world.after(Duration::from_mins(24 * 60 + 30)).await;
    ana.received().nothing();
    assert_eq!(world.sends_asked(), asked, "by our own clock the window is closed");

    world.next(Upstream::Meta, Fault::ClockMoved);
    ana.writes(QUESTION).await;
    assert_eq!(world.told_by(Upstream::Meta).await.pop(), Some(in_an_hour()));
    world.settle().await;
    once(&ana.received());
    world.close().await;
}

#[tokio::test]
async fn echo_lost_an_answered_send_needs_no_echo() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    for _ in 0..2 {
        world.next(Upstream::Meta, Fault::EchoLost);
    }
    let before = world.told_by(Upstream::Meta).await.len();

    once(&ana.asks(QUESTION).await);
    assert_eq!(world.told_by(Upstream::Meta).await.len(), before + 1, "of the question, and of no echo");
    world.after(5 * MINUTE).await;

    ana.received().nothing();
    assert_eq!(world.left_to_a_person().await, 0);
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap().to_string();
    assert_eq!(kept.matches("costs $189.00").count(), 1, "it is in the history: {kept}");
    world.close().await;
}

#[tokio::test]
async fn echo_late_a_doubted_send_is_settled_when_its_echo_comes() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Meta, Fault::CutAfter);
    world.next(Upstream::Meta, Fault::EchoLate);

    let begun = ana.asks(QUESTION).await;
    assert!(begun.titles().is_empty() && begun.0.len() == 1, "the card waits: {begun:?}");
    world.after(Duration::from_secs(5)).await;
    world.sandbox().meta().release_echoes(1);
    world.settle().await;

    assert_eq!(ana.received().titles(), ["Storm coat"]);
    world.after(5 * MINUTE).await;
    ana.received().nothing();
    world.close().await;
}
