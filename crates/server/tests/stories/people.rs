//! Persons of the shop and of its customers: the owner speaks and the clerk is silent; what is taken back is gone.

use std::time::Duration;

use shopclerk_domain::clock::Clock;
use shopclerk_flows::app::Settings;
use shopclerk_sandbox::meta::GraphError;

use crate::model_verbs::{say, with_model};
use crate::products;
use crate::scene::Scene;
use crate::shopper::Shopper;
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

    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap();
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
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap();
    assert!(kept.to_string().contains("Elm Lane"));
    ana.looks_away();

    ana.takes_back(&mid).await;

    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap();
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
    let kept = world.mirrored(&ana.mirrored_at()).await.unwrap();
    assert!(!kept.to_string().contains("Elm Lane"), "{kept}");
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t14_who_said_stop_hears_nothing_more_until_they_ask_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("STOP").await.says(&["won't write any more"]);

    for text in ["thanks", "ok", "stop", "leave me alone please", "\u{1f44d}"] {
        ana.asks(text).await.nothing();
        world.after(Duration::from_millis(50)).await;
        assert!(!ana.sees_typing(), "{text}");
    }
    world.after(Duration::from_hours(13)).await;
    ana.asks("bye").await.nothing();

    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    ana.asks("thanks").await.says(&["welcome"]);
    world.close().await;
}

#[tokio::test]
async fn t14_a_stop_is_taken_back_by_start_by_a_tap_and_by_asking_for_a_person() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Winter Pine candle?").await.says(&["$26.50"]);

    ana.asks("stop").await.says(&["won't write any more"]);
    ana.asks("START").await.says(&["looking for"]);
    ana.asks("stop").await.says(&["won't write any more"]);
    ana.asks("do you have mugs").await.says(&["mug"]);
    ana.asks("stop").await.says(&["won't write any more"]);
    ana.asks("can I talk to a person?").await.says(&["asked a person"]);
    world.close().await;
}

#[tokio::test]
async fn t14_a_stop_takes_back_what_was_waiting_to_be_sent() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(GraphError::new(613, "(#613) slow down"));
    ana.asks("a candle under 25 dollars").await.nothing();

    ana.writes("STOP").await;
    world.after(Duration::from_mins(5)).await;

    let seen = ana.received();
    seen.says(&["won't write any more"]).never_says(&["Winter Amber"]);
    assert_eq!(seen.0.len(), 1, "{seen:?}");
    world.close().await;
}

/// The person leaves the conversation to the clerk again.
fn is_handed_back(world: &World, shopper: &str) {
    let ours: u64 = crate::world::FACEBOOK_APP_ID.parse().unwrap();
    let handed = serde_json::json!({ "previous_owner_app_id": null, "new_owner_app_id": ours });
    world.sandbox().meta().happens(shopper, "pass_thread_control", &handed).unwrap();
}

#[tokio::test]
async fn t51_what_was_ready_when_a_conversation_is_handed_back_says_anew_that_it_is_automatic() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(GraphError::new(613, "(#613) slow down"));
    ana.asks("how much is the Storm coat?").await.nothing();

    is_handed_back(&world, "Ana");
    world.after(Duration::from_mins(5)).await;

    ana.received().says(&["automatic assistant", "$189.00"]);
    world.close().await;
}

/// Ana asks, this happens while the model thinks of its answer, and then everything that follows.
async fn while_the_model_thinks<T>(world: &World, ana: &Shopper<'_>, happens: impl Future<Output = T>) {
    let asked = world.model().view(0).calls;
    world.model().will(say("It is: the Storm coat keeps you warm.").held());
    ana.writes("is the Storm coat warm enough for Oslo?").await;
    let meanwhile = async {
        world.until_the_model_was_asked(asked + 1).await;
        happens.await;
        world.model().release();
    };
    tokio::join!(world.settle(), meanwhile);
    world.settle().await;
}

#[tokio::test]
async fn a_person_who_speaks_while_the_model_thinks_is_not_talked_over() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    while_the_model_thinks(&world, &ana, ana.is_answered_by_a_person("It is, I wear it myself.")).await;

    let seen = ana.received();
    seen.says(&["I wear it myself"]);
    assert_eq!(seen.0.len(), 1, "{seen:?}");
    world.after(Duration::from_hours(13)).await;
    ana.received().nothing();
    world.close().await;
}

#[tokio::test]
async fn t50_a_machine_that_answers_every_answer_is_left_to_a_person() {
    const AGAIN: &str = "Thank you. How much is the Storm coat?";
    let five_an_hour = |settings: &mut Settings| settings.replies_an_hour = 5;
    let world = Scene::of(products::warm_things()).set(five_an_hour).connected().await;
    let bot = world.shopper("Bot").await;
    // Its first word was answered as well.
    for _ in 0..4 {
        bot.asks(AGAIN).await.says(&["$189.00"]);
        world.after(Duration::from_secs(2)).await;
    }

    bot.asks(AGAIN).await.says(&["asked a person"]);
    for _ in 0..3 {
        bot.asks(AGAIN).await.nothing();
    }
    world.after(Duration::from_hours(13)).await;
    bot.asks(AGAIN).await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t14_a_stop_that_is_said_while_the_model_thinks_takes_back_what_it_thinks_of() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    while_the_model_thinks(&world, &ana, ana.writes("STOP")).await;

    let seen = ana.received();
    seen.says(&["won't write any more"]).never_says(&["keeps you warm"]);
    assert_eq!(seen.0.len(), 1, "{seen:?}");
    world.close().await;
}

#[tokio::test]
async fn what_else_is_written_while_the_model_thinks_is_answered_behind_it() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let writes = async {
        world.model().will(say("You're welcome."));
        ana.writes("I live by the harbour").await;
    };

    while_the_model_thinks(&world, &ana, writes).await;

    ana.received().says(&["keeps you warm", "You're welcome"]);
    world.close().await;
}

#[tokio::test]
async fn t14_a_stop_that_is_said_while_a_person_speaks_or_too_late_counts_all_the_same() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    ana.is_answered_by_a_person("Marit here.").await;
    ana.looks_away();
    ana.asks("stop").await.nothing();
    ben.writes("stop").await;
    world.after(Duration::from_mins(61)).await;
    ben.received().nothing();

    world.after(Duration::from_hours(12)).await;
    for shopper in [&ana, &ben] {
        shopper.asks("thanks").await.nothing();
        shopper.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    }
    world.close().await;
}

#[tokio::test]
async fn t14_a_stop_that_comes_last_stands_also_where_a_clock_was_set_back() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    ana.writes("how much is the Storm coat?").await;
    world.clock().jump_to(world.clock().now().minus(Duration::from_mins(3)));
    ana.writes("STOP").await;
    world.settle().await;

    ana.received().says(&["won't write any more"]).never_says(&["$189.00"]);
    ana.asks("thanks").await.nothing();
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_question_behind_a_stop_that_a_person_answered_is_answered_all_the_same() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;

    ana.writes("stop").await;
    ana.is_answered_by_a_person("Marit here, I'll see to it.").await;
    is_handed_back(&world, "Ana");
    ana.looks_away();
    ana.writes("how much is the Storm coat?").await;
    world.settle().await;

    ana.received().says(&["$189.00"]);
    world.close().await;
}
