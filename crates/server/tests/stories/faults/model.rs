//! What a shopper sees when the language model fails: the rules' answer, at once.

use std::time::Duration;

use shopclerk_sandbox::fault::{Fault, Upstream};

use crate::model_verbs::{say, scene, with_model};
use crate::products;

const QUESTION: &str = "how much is the Storm coat?";
const WORDS: &str = "I'd rather look that up.";

/// The rules answer in spite of this fault, for this reason, and the model is heard again afterwards.
async fn the_rules_answer(fault: Fault, because: &str) {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(say("Never heard."));
    world.next(Upstream::Model, fault);

    ana.asks(QUESTION).await.says(&["Storm coat", "$189.00"]).never_says(&["Never heard"]);
    assert_eq!(world.stops(), [because]);

    world.model().will(say(WORDS));
    let heard = ana.asks("and for rain?").await.words();
    assert!(heard.contains(WORDS) || heard.contains("Never heard"), "the model is back: {heard}");
    world.close().await;
}

#[tokio::test]
async fn slow_a_model_that_takes_its_time_is_waited_for_while_the_shopper_sees_typing() {
    let world = scene(products::warm_things())
        .set(|settings| settings.model.typing_every = Duration::from_millis(10))
        .connected()
        .await;
    let ana = world.shopper("Ana").await;
    world.model().will(say(WORDS));
    world.next(Upstream::Model, Fault::Slow);

    ana.writes("something for a rainy day?").await;
    let meanwhile = async {
        world.until_the_model_was_asked(1).await;
        world.until_the_journal(|| ana.sees_typing()).await;
        world.sandbox().faults().let_go();
    };
    tokio::join!(world.settle(), meanwhile);

    ana.received().says(&[WORDS]);
    world.close().await;
}

#[tokio::test]
async fn limited_the_rules_answer_for_a_model_that_is_asked_too_often() {
    the_rules_answer(Fault::Limited, "refused").await;
}

#[tokio::test]
async fn cut_before_the_rules_answer_when_the_line_breaks() {
    the_rules_answer(Fault::CutBefore, "unavailable").await;
}

#[tokio::test]
async fn cut_after_the_rules_answer_when_the_models_words_are_lost() {
    the_rules_answer(Fault::CutAfter, "unavailable").await;
}

#[tokio::test]
async fn garbage_the_rules_answer_for_a_web_page() {
    the_rules_answer(Fault::Garbage, "malformed").await;
}

#[tokio::test]
async fn endless_the_rules_answer_for_words_without_end() {
    the_rules_answer(Fault::Endless, "malformed").await;
}

#[tokio::test]
async fn token_refused_the_rules_answer_when_the_key_is_refused() {
    the_rules_answer(Fault::TokenRefused, "refused").await;
}
