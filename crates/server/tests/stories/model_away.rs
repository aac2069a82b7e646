//! When the model is left alone, what counts as its absence, and who finds out that it is back.

use std::time::Duration;

use shopclerk_sandbox::model::{Answered, Mode, Setting, Step};

use crate::model_verbs::{impatient, say, scene, with_model};
use crate::products;

const QUESTION: &str = "how much is the Storm coat?";
const WORDS: &str = "I'd rather look that up.";

fn script(step: Step) -> Setting {
    Setting { mode: Mode::Scripted, script: vec![step], seed: None }
}

#[tokio::test]
async fn a_model_that_hangs_while_its_list_of_models_answers_keeps_nobody_waiting() {
    let world = scene(products::warm_things()).set(impatient).connected().await;
    let ana = world.shopper("Ana").await;
    for _ in 0..5 {
        world.model().will(Step::of(Answered::Silence));
    }
    for _ in 0..4 {
        ana.asks(QUESTION).await.says(&["$189.00"]);
    }
    assert_eq!(world.stops(), ["slow", "slow", "slow", "resting"]);

    world.after(Duration::from_secs(6)).await;
    ana.asks(QUESTION).await.says(&["$189.00"]);
    assert_eq!(world.stops()[4..], ["resting"], "the probe waited, and the shopper did not");

    world.model().set(script(say(WORDS)));
    world.after(Duration::from_secs(11)).await;
    ana.asks(QUESTION).await.says(&[WORDS]);
    assert_eq!(world.told("model.returned").len(), 1);
    world.model().release();
    world.close().await;
}

#[tokio::test]
async fn a_model_that_answers_the_probe_alone_is_tried_by_one_turn_and_rests_for_longer() {
    let world = scene(products::warm_things()).set(impatient).connected().await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    for _ in 0..3 {
        ana.asks(QUESTION).await.says(&["$189.00"]);
    }
    world.model().will(say(WORDS));
    world.after(Duration::from_secs(6)).await;
    world.model().set(script(Step::of(Answered::Silence)));

    ana.asks(QUESTION).await.says(&["$189.00"]);
    ben.asks(QUESTION).await.says(&["$189.00"]);
    world.model().set(script(say(WORDS)));
    world.after(Duration::from_secs(6)).await;
    ben.asks(QUESTION).await.says(&["$189.00"]);

    assert_eq!(world.stops()[3..], ["slow", "resting", "resting"], "one turn waited, and the pause grew");
    assert_eq!(world.told("model.returned").len(), 0);
    world.model().release();
    world.close().await;
}

#[tokio::test]
async fn what_one_shopper_writes_does_not_take_the_model_away_from_the_others() {
    let world = with_model(products::warm_things()).await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    let refusals = [Answered::Status(400), Answered::Status(413), Answered::Say(String::new())];
    for refusal in refusals.into_iter().cycle().take(6) {
        world.model().will(Step::of(refusal));
        ana.asks(QUESTION).await.says(&["$189.00"]);
    }
    world.model().will(say(WORDS));

    ben.asks(QUESTION).await.says(&[WORDS]);

    assert_eq!(world.stops().len(), 6);
    assert_eq!(world.told("model.rests").len(), 0);
    world.close().await;
}
