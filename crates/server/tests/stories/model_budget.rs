//! What a model may cost, and that nobody pays more.

use std::time::Duration;

use serde_json::json;
use shopclerk_flows::app::Settings;
use shopclerk_flows::model::{Cost, Prices};
use shopclerk_sandbox::model::{Answered, Form, Mode, Setting, Step};

use crate::merchant::{session_cookie, signed_in};
use crate::model_verbs::{call, impatient, say, scene};
use crate::outside::Request;
use crate::products;

const DAY: Duration = Duration::from_hours(24);

fn little_for_a_shopper(settings: &mut Settings) {
    settings.model.caps.shopper = Cost { tokens: 2_600, micros: u64::MAX };
}

fn little_for_the_merchant(settings: &mut Settings) {
    settings.model.prices = Prices { prompt: 1_000_000, answer: 1_000_000 };
    settings.model.caps.merchant = Cost { tokens: u64::MAX, micros: 2_000 };
}

fn little_for_a_turn(settings: &mut Settings) {
    settings.model.prices = Prices { prompt: 1_000_000, answer: 1_000_000 };
    settings.model.turn_micros = 1_700;
}

#[tokio::test]
async fn t50_a_shoppers_day_is_bounded_and_the_next_day_begins_anew() {
    let world = scene(products::warm_things()).set(little_for_a_shopper).connected().await;
    let (ana, ben) = (world.shopper("Ana").await, world.shopper("Ben").await);
    world.model_is("echo", 0);
    for _ in 0..8 {
        assert!(!ana.asks("how much is the Storm coat?").await.0.is_empty());
    }
    assert!(world.stops().contains(&"budget_spent".to_owned()));
    let asked = world.model().view(0).calls;

    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    assert_eq!(world.model().view(0).calls, asked, "the rules answer, and the model is not asked");
    ben.asks("how much is the Storm coat?").await;
    assert!(world.model().view(0).calls > asked, "Ben has a budget of his own");

    let asked = world.model().view(0).calls;
    world.after(DAY).await;
    ana.asks("how much is the Storm coat?").await;
    assert!(world.model().view(0).calls > asked);
    world.close().await;
}

#[tokio::test]
async fn t50_a_merchants_day_is_bounded_in_money_over_all_shoppers() {
    let world = scene(products::warm_things()).set(little_for_the_merchant).connected().await;
    world.model_is("echo", 0);
    for name in ["Ana", "Ben", "Cleo", "Dag", "Eva"] {
        world.shopper(name).await.asks("how much is the Storm coat?").await.says(&["Storm coat"]);
    }

    let merchant = world.merchant().await;
    let day = world.clock_day();
    let cost = world.app().store().find_model_cost(merchant, None, day).await.unwrap();
    assert!(cost.micros <= 2_000, "{cost:?}");
    assert!(world.told("model.spent").iter().any(|(_, data)| data["whose"] == "merchant"));
    world.close().await;
}

fn little_for_both(settings: &mut Settings) {
    impatient(settings);
    settings.model.caps.shopper = Cost { tokens: 12_000, micros: u64::MAX };
    settings.model.caps.merchant = Cost { tokens: 18_000, micros: u64::MAX };
}

#[tokio::test]
async fn t50_calls_that_break_off_count_and_the_ledger_never_exceeds_a_cap() {
    let world = scene(products::warm_things()).set(little_for_both).connected().await;
    let shoppers = [world.shopper("Ana").await, world.shopper("Ben").await];
    let merchant = world.merchant().await;
    let spent = async || {
        let day = world.clock_day();
        world.app().store().find_model_cost(merchant, None, day).await.unwrap().tokens
    };
    let answers = [
        Step::of(Answered::Cut),
        Step::of(Answered::Silence),
        say("I'd rather look that up."),
        Step::of(Answered::Garbage),
        Step::of(Answered::Status(504)),
        say("I'd rather look that up.").written(Form::Free),
        Step::of(Answered::Say(String::new())),
    ];
    for (number, answer) in answers.into_iter().cycle().take(28).enumerate() {
        let (before, asked) = (spent().await, world.model().view(0).calls);
        let name = format!("answer {number}, {answer:?}");
        world.model().set(Setting { mode: Mode::Scripted, script: vec![answer], seed: None });
        shoppers[number / 14].asks("how much is the Storm coat?").await;

        let (after, was_asked) = (spent().await, world.model().view(0).calls > asked);
        assert_eq!(after >= before + 300, was_asked, "{name}: {before} tokens became {after}");
        // Ben comes when Ana has had all of hers.
        assert!(after <= if number < 14 { 12_000 } else { 18_000 }, "{name}: {after} tokens");
    }
    assert!(spent().await > 15_000, "both caps were met");
    world.model().release();
    world.close().await;
}

fn little_for_everybody(settings: &mut Settings) {
    little_for_a_shopper(settings);
    settings.model.caps.merchant = Cost { tokens: 3_400, micros: u64::MAX };
}

#[tokio::test]
async fn t50_a_merchant_sees_that_a_budget_is_used_up_until_the_day_ends() {
    let world = scene(products::warm_things()).set(little_for_everybody).connected().await;
    let told = async || {
        let cookie = session_cookie(&world, &signed_in(&world).await);
        let request = Request::get("/app").header("cookie", &*cookie).header("accept", "text/html");
        let page = request.send(&world).await.body;
        assert!(page.contains("<h1>Connections</h1>"), "{page}");
        let (_, told) = page.split_once(r#"id="spent">"#).unwrap_or_default();
        told.split_once(' ').unwrap_or_default().0.to_owned()
    };
    world.model_is("echo", 0);
    let asks = async |name, times: usize| {
        let shopper = world.shopper(name).await;
        for _ in 0..times {
            shopper.asks("how much is the Storm coat?").await;
        }
    };
    asks("Ana", 1).await;
    assert_eq!(told().await, "", "nothing is used up");
    asks("Ben", 8).await;
    assert_eq!(told().await, "Some", "of the shoppers");
    asks("Cleo", 8).await;
    assert_eq!(told().await, "Today&#39;s", "budget as a whole");

    world.after(DAY).await;
    assert_eq!(told().await, "");
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t50_a_turns_money_is_bounded() {
    let world = scene(products::warm_things()).set(little_for_a_turn).connected().await;
    let ana = world.shopper("Ana").await;
    for _ in 0..5 {
        world.model().will(call("search_catalogue", &json!({ "query": "coat" })));
    }
    world.model().will(say("never reached"));

    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);

    assert_eq!(world.stops(), ["budget_spent"]);
    assert!(world.model().view(0).calls < 5);
    world.close().await;
}
