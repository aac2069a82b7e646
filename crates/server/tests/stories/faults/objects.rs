//! What a merchant's people see in the bucket when it fails: every object in the end, and shoppers notice nothing.

use std::time::Duration;

use shopclerk_sandbox::fault::{Fault, Upstream};

use super::no_shopper_waits_for;
use crate::bucket::{BUCKET, GOODS, scene};
use crate::world::price;

/// A change reaches the bucket in spite of this fault, and a shopper is answered meanwhile.
async fn written_in_spite_of(fault: Fault) {
    let world = scene(&BUCKET).connected().await;
    let ana = world.shopper("Ana").await;
    world.next(Upstream::Objects, fault);

    world.sets("storm-coat", price("149.50"));
    world.settle().await;
    assert!(world.all_went_wrong());
    ana.asks("how much is the Storm coat?").await.says(&["$149.50"]);
    world.after(Duration::from_mins(2)).await;

    let goods = world.in_bucket(GOODS).await;
    assert!(goods.contains("149.50"), "{goods}");
    assert_eq!(world.sandbox().objects().open_uploads(), 0);
    world.close().await;
}

#[tokio::test]
async fn slow_a_place_that_takes_its_time_keeps_no_shopper_waiting() {
    let world = scene(&BUCKET).connected().await;
    no_shopper_waits_for(Upstream::Objects, Fault::Slow, world).await;
}

#[tokio::test]
async fn limited_an_object_is_written_when_the_place_lets_us() {
    written_in_spite_of(Fault::Limited).await;
}

#[tokio::test]
async fn cut_before_an_object_is_written_again() {
    written_in_spite_of(Fault::CutBefore).await;
}

#[tokio::test]
async fn cut_after_an_object_that_may_be_there_is_written_again() {
    written_in_spite_of(Fault::CutAfter).await;
}

#[tokio::test]
async fn garbage_an_unreadable_answer_costs_no_object() {
    written_in_spite_of(Fault::Garbage).await;
}

#[tokio::test]
async fn endless_an_answer_without_end_holds_nothing_up() {
    written_in_spite_of(Fault::Endless).await;
}

#[tokio::test]
async fn token_refused_an_object_is_written_once_the_key_is_taken_again() {
    written_in_spite_of(Fault::TokenRefused).await;
}

#[tokio::test]
async fn clock_moved_an_object_is_written_once_the_clocks_agree() {
    written_in_spite_of(Fault::ClockMoved).await;
}
