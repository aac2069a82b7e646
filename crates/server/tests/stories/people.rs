//! Persons of the shop and of its customers: the owner speaks and the clerk is silent; what is taken back is gone.

use std::time::Duration;

use shopclerk_sandbox::meta::GraphError;

use crate::products;
use crate::world::World;

#[tokio::test]
async fn a_person_who_answers_pauses_the_clerk_in_that_conversation_alone() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);

    ana.is_answered_by_a_person("Hi Ana, it's Marit. I'll look after this.").await;
    ana.looks_away();
    ana.asks("how much is the Storm coat?").await.nothing();
    ben.asks("how much is the Storm coat?").await.says(&["$189.00"]);

    world.after(Duration::from_hours(12)).await;
    ana.received().nothing();
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_persons_answer_withdraws_what_the_clerk_had_waiting() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(GraphError::new(613, "(#613) slow down"));
    ana.asks("a candle under 25 dollars").await.nothing();

    ana.is_answered_by_a_person("I have just the thing.").await;
    world.after(Duration::from_hours(13)).await;

    ana.received().says(&["just the thing"]).never_says(&["Winter Amber"]);
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn t51_a_disclosure_that_was_never_sent_is_made_in_the_first_reply_that_is() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.stranger("Ana");
    world.sandbox().meta().next_send(GraphError::new(613, "(#613) slow down"));
    ana.asks("hello").await.nothing();

    ana.is_answered_by_a_person("Hi Ana!").await;
    world.after(Duration::from_hours(13)).await;
    ana.looks_away();

    ana.asks("how much is the Storm coat?").await.says(&["automatic assistant", "$189.00"]);
    ana.asks("thanks").await.never_says(&["automatic"]);
    world.close().await;
}

#[tokio::test]
async fn a_person_who_is_faster_than_the_turn_is_not_talked_over() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    ana.writes("how much is the Storm coat?").await;
    ana.is_answered_by_a_person("189, and it is worth it.").await;
    world.settle().await;

    let seen = ana.received();
    assert_eq!(seen.0.len(), 1, "{seen:?}");
    world.after(Duration::from_hours(13)).await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn a_person_who_speaks_between_the_words_and_the_cards_stops_the_cards() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let meta = world.sandbox().meta().clone();
    world.rehearsal().at("meta.send.answered", move || {
        meta.next_send(GraphError::new(613, "(#613) slow down"));
        meta.person_replies("Ana", "Let me take over.").unwrap();
    });

    ana.writes("a candle under 25 dollars").await;
    world.settle().await;
    world.after(Duration::from_mins(10)).await;

    let seen = ana.received();
    assert!(seen.titles().is_empty(), "{seen:?}");
    seen.says(&["Let me take over"]);
    world.close().await;
}

#[tokio::test]
async fn the_person_who_was_asked_for_can_hand_back_by_leaving_it_alone() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("can I talk to a person?").await.says(&["asked a person"]);

    ana.is_answered_by_a_person("Marit here, what can I do?").await;
    ana.looks_away();
    ana.asks("do you gift wrap?").await.nothing();
    world.after(Duration::from_hours(12)).await;

    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_persons_words_are_part_of_the_history() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    ana.is_answered_by_a_person("We open at nine.").await;
    world.settle().await;

    let kept = world.mirrored(&world.conversation_of(&ana)).await.unwrap();
    let last = kept.as_array().unwrap().last().unwrap();
    assert_eq!(last["message"]["text"], "We open at nine.");
    assert_eq!(last["sender"]["id"], crate::world::PAGE);
    world.close().await;
}

#[tokio::test]
async fn a_message_taken_back_is_gone_from_history_and_mirror() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let mid = world
        .sandbox()
        .meta()
        .shopper_writes("Ana", "my address is Elm Lane 3, is the Storm coat in stock?")
        .unwrap();
    world.settle().await;
    let kept = world.mirrored(&world.conversation_of(&ana)).await.unwrap();
    assert!(kept.to_string().contains("Elm Lane"));
    ana.looks_away();

    ana.takes_back(&mid).await;

    let kept = world.mirrored(&world.conversation_of(&ana)).await.unwrap();
    assert!(!kept.to_string().contains("Elm Lane"), "{kept}");
    assert!(kept.to_string().contains(&mid), "that there was a message may be known");
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn a_message_taken_back_before_its_turn_is_not_answered() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let mid = world.sandbox().meta().shopper_writes("Ana", "how much is the Storm coat? Elm Lane 3").unwrap();
    world.sandbox().deliveries().idle().await;

    ana.takes_back(&mid).await;

    ana.received().nothing();
    let kept = world.mirrored(&world.conversation_of(&ana)).await.unwrap();
    assert!(!kept.to_string().contains("Elm Lane"), "{kept}");
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}
