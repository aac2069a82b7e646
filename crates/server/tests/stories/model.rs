//! The clerk with a model: it finds the words, the rows carry the facts, and the rules stand ready.

use std::time::Duration;

use serde_json::json;
use shopclerk_sandbox::model::{Answered, Form, Step};

use crate::model_verbs::{call, impatient, say, scene, with_model};
use crate::products;
use crate::world::{price, stock};

const SHELF: &str = "do you have a warm candle for quiet evenings?";

#[tokio::test]
async fn a_model_sells_with_its_words_and_the_catalogues_figures() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(call("search_catalogue", &json!({ "query": "warm candle", "at_most": 40 })));
    world.model().will(call("show_product", &json!({ "products": ["p1"] })));
    world.model().will(say("For quiet evenings I'd take the Winter Amber candle: it costs $24.90."));

    let answer = ana.asks(SHELF).await;

    answer.says(&[
        "I'd take the Winter Amber candle",
        "$24.90",
        "[Winter Amber candle: $24.90 · 7 in stock]",
    ]);
    assert_eq!(answer.titles(), ["Winter Amber candle"]);
    assert_eq!(world.told("turn.model").len(), 3);
    assert_eq!(world.stops(), Vec::<String>::new());
    world.close().await;
}

#[tokio::test]
async fn a_first_message_is_answered_with_the_disclosure_whoever_drafts() {
    let world = with_model(products::warm_things()).await;
    world.model().will(say("I'd need to look that up."));
    let ana = world.stranger("Ana");

    ana.asks("something for a rainy day?").await.says(&["I'm the shop's automatic assistant. I'd need"]);
    world.close().await;
}

#[tokio::test]
async fn one_lie_is_sent_back_with_its_reason_and_the_second_draft_goes_out() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(call("search_catalogue", &json!({ "query": "candle" })));
    world.model().will(say("The Winter Amber candle costs $19.90 and arrives tomorrow."));
    world.model().will(say("The Winter Amber candle costs $24.90."));

    ana.asks(SHELF).await.says(&["costs $24.90"]).never_says(&["19.90", "tomorrow"]);

    let last = world.prompts().pop().unwrap();
    assert!(last.contains("was not sent") && last.contains("$19.90: no such price"), "{last}");
    world.close().await;
}

#[tokio::test]
async fn a_model_that_lies_twice_is_replaced_by_an_answer_from_the_rows() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    for _ in 0..2 {
        world.model().will(say("The Storm coat is 50% off with code FREE50."));
    }

    ana.asks("how much is the Storm coat?")
        .await
        .says(&["Storm coat", "$189.00"])
        .never_says(&["50", "FREE"]);

    assert_eq!(world.stops(), ["unprovable"]);
    assert_eq!(world.model().view(0).script_left, 0);
    world.close().await;
}

#[tokio::test]
async fn whatever_goes_wrong_with_the_model_the_rules_answer() {
    for (answer, stopped) in [
        (Answered::Status(503), "unavailable"),
        (Answered::Status(401), "refused"),
        (Answered::Status(429), "refused"),
        (Answered::Status(302), "refused"),
        (Answered::Status(400), "declined"),
        (Answered::Say(String::new()), "malformed"),
        (Answered::Garbage, "malformed"),
        (Answered::Endless, "malformed"),
        (Answered::Cut, "unavailable"),
        (Answered::Say(" \u{200B} ".to_owned()), "malformed"),
    ] {
        let world = with_model(products::warm_things()).await;
        let ana = world.shopper("Ana").await;
        world.model().will(Step::of(answer));

        ana.asks("how much is the Storm coat?").await.says(&["Storm coat", "$189.00"]);

        assert_eq!(world.stops(), [stopped]);
        world.close().await;
    }
}

#[tokio::test]
async fn a_model_that_stays_silent_is_waited_for_until_the_turns_deadline() {
    let world = scene(products::warm_things()).set(impatient).connected().await;
    let ana = world.shopper("Ana").await;
    world.model().will(Step::of(Answered::Silence));

    ana.asks("how much is the Storm coat?").await.says(&["Storm coat", "$189.00"]);

    assert_eq!(world.stops(), ["slow"]);
    world.model().release();
    world.close().await;
}

#[tokio::test]
async fn the_odd_replies_of_real_endpoints_are_understood() {
    for form in [Form::Whole, Form::Careless] {
        let world = with_model(products::warm_things()).await;
        let ana = world.shopper("Ana").await;
        world.model().will(call("search_catalogue", &json!({ "query": "candle" })).written(form));
        world.model().will(call("show_product", &json!("{not json")).written(form));
        world.model().will(say("The **Winter Amber candle** costs `$24.90`.").written(Form::Parts));

        ana.asks(SHELF).await.says(&["The Winter Amber candle costs $24.90."]);

        assert!(world.prompts().pop().unwrap().contains("not the JSON object asked for"));
        world.close().await;
    }
}

#[tokio::test]
async fn a_model_that_takes_no_tools_is_told_the_facts_and_never_asked_with_tools_again() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(Step::of(Answered::NoTools));
    world.model().will(say("The Winter Amber candle costs $24.90."));
    world.model().will(say("The Storm coat costs $189.00."));

    ana.asks(SHELF).await.says(&["Winter Amber candle costs $24.90", "[Winter Amber candle: $24.90"]);
    ana.asks("and a coat?").await.says(&["The Storm coat costs $189.00"]);

    assert_eq!(world.asked_with_tools(), [true, false, false]);
    assert!(world.prompts()[2].contains("Storm coat"), "what the rules found is in the prompt");
    world.close().await;
}

#[tokio::test]
async fn a_guess_that_a_model_takes_no_tools_is_tried_again_after_an_hour() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(Step::of(Answered::NoTools));
    for _ in 0..3 {
        world.model().will(say("I'd rather look that up."));
    }

    ana.asks(SHELF).await;
    ana.asks("and a coat?").await;
    world.after(Duration::from_mins(61)).await;
    ana.asks("and a warm lamp?").await.says(&["I'd rather look that up."]);

    assert_eq!(world.asked_with_tools(), [true, false, false, true]);
    world.close().await;
}

#[tokio::test]
async fn a_refusal_that_only_speaks_of_tools_takes_them_from_nobody() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(call("search_catalogue", &json!({ "query": "candle" })));
    world.model().will(Step::of(Answered::NoTools));
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    assert_eq!(world.asked_with_tools(), [true, true], "it took tools a moment ago");

    world.model().will(Step::of(Answered::NoTools));
    world.model().will(Step::of(Answered::Status(400)));
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    assert_eq!(world.asked_with_tools()[2..], [true, false], "without tools it refuses as well");

    world.model().will(say("I'd rather look that up."));
    ana.asks("and a coat?").await.says(&["I'd rather look that up."]);
    assert_eq!(world.asked_with_tools().last(), Some(&true));
    world.close().await;
}

#[tokio::test]
async fn t46_tool_calls_without_end_or_sense_are_answered_and_bounded() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let elsewhere = ["p1", "p7", "901", "../../etc", "gid://shopify/Product/104"];
    let senseless = [
        call("delete_everything", &json!({ "sure": true })),
        call(
            "build_cart",
            &json!({ "items": [{ "product": "p99", "quantity": 1e12 }], "merchant": "other" }),
        ),
        call("order_status", &json!({ "order": "1001", "shopper": "Ben" })),
        call("show_product", &json!({ "products": elsewhere })),
    ];
    for step in senseless.into_iter().cycle().take(20) {
        world.model().will(step);
    }

    ana.asks("how much is the Storm coat?").await.says(&["Storm coat", "$189.00"]);

    assert_eq!(world.stops(), ["budget_spent"]);
    assert_eq!(world.model().view(0).calls, 6);
    let last = world.prompts().pop().unwrap();
    for told in ["there is no such tool", "p99 is no ref", "not visible to you", "no more look-ups"] {
        assert!(last.contains(told), "{told} is missing in {last}");
    }
    world.close().await;
}

#[tokio::test]
async fn a_price_that_changes_while_the_model_thinks_is_never_said() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let search = || call("search_catalogue", &json!({ "query": "Storm coat" }));
    world.model().will(search());
    world.model().will(say("The Storm coat costs $189.00.").held());
    world.model().will(search());
    world.model().will(say("The Storm coat costs $149.50."));

    ana.writes("how much is the Storm coat?").await;
    let meanwhile = async {
        world.until_the_model_was_asked(2).await;
        world.sets("storm-coat", price("149.50"));
        world.sandbox().deliveries().idle().await;
        world.model().release();
    };
    tokio::join!(world.settle(), meanwhile);

    ana.received().says(&["$149.50"]).never_says(&["189"]);
    assert_eq!(world.model().view(0).script_left, 0, "the turn was answered anew");
    world.close().await;
}

#[tokio::test]
async fn a_model_may_call_a_person_and_is_silent_then() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(call("hand_over", &json!({})));

    ana.asks("my parcel arrived broken and I am upset").await.says(&["I've asked a person from the shop"]);
    ana.asks("hello?").await.nothing();

    assert_eq!(world.model().view(0).calls, 1);
    world.close().await;
}

#[tokio::test]
async fn who_asks_for_a_person_gets_one_without_a_model() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model_is("lying", 1);

    ana.asks("are you a bot?").await.says(&["automatic assistant"]);
    ana.asks("can I talk to a person?").await.says(&["I've asked a person from the shop"]);

    assert_eq!(world.model().view(0).calls, 0);
    world.close().await;
}

#[tokio::test]
async fn a_cart_is_linked_with_what_can_be_bought_and_without_any_code() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let cart = world.cart("1010:2").await;
    let search = || call("search_catalogue", &json!({ "query": "Winter Amber candle" }));
    world.model().will(search());
    world.model().will(call("build_cart", &json!({ "items": [{ "product": "p1", "quantity": 2 }] })));
    world.model().will(say(&format!("Here is your cart: {cart}")));

    ana.asks("put two amber candles into my cart").await.says(&[&cart]);
    assert!(world.prompts().pop().unwrap().contains(&cart), "the tool gave it");

    world.model().will(search());
    for _ in 0..2 {
        world.model().will(say(&format!("With a code: {cart}?discount=FREE")));
    }
    ana.asks("once more please, with a code").await.never_says(&["FREE", "/cart/"]);

    world.sets("winter-amber-candle", stock(0));
    world.settle().await;
    world.model().will(search());
    for _ in 0..2 {
        world.model().will(say(&format!("Here is your cart: {cart}")));
    }
    ana.asks("and the cart again?").await.never_says(&["/cart/"]);
    world.close().await;
}

#[tokio::test]
async fn after_three_failures_the_rules_answer_at_once_and_a_probe_sees_the_model_return() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    for _ in 0..4 {
        ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    }
    assert_eq!(world.stops(), ["unavailable", "unavailable", "unavailable", "resting"]);
    assert_eq!(world.model().view(0).calls, 3);

    world.after(Duration::from_secs(6)).await;
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    assert_eq!(world.stops().len(), 5, "it is not there yet");

    world.model().will(say("I'd rather look that up."));
    world.after(Duration::from_secs(11)).await;
    ana.asks("how much is the Storm coat?").await.says(&["I'd rather look that up."]);
    assert_eq!(world.told("model.returned").len(), 1);
    world.close().await;
}

#[tokio::test]
async fn typing_is_kept_on_while_the_model_thinks() {
    let world = scene(products::warm_things())
        .set(|settings| settings.model.typing_every = Duration::from_millis(10))
        .connected()
        .await;
    let ana = world.shopper("Ana").await;
    let shown = || {
        let entries = world.sandbox().journal().after(0, usize::MAX);
        entries.iter().filter(|entry| entry.kind == "meta.typing").count()
    };
    let before = shown();
    world.model().will(Step::of(Answered::Silence));

    ana.writes("how much is the Storm coat?").await;
    let thinks_long = async {
        world.until_the_journal(|| shown() >= before + 4).await;
        world.model().release();
    };
    tokio::join!(world.settle(), thinks_long);

    ana.received().says(&["$189.00"]);
    world.close().await;
}
