//! What a message rests on can be shown in the terminal, taken again from its record alone, and checked for changes.

use serde_json::{Value, json};

use crate::control::orders;
use crate::merchant::session_cookie;
use crate::model_verbs::{call, say, with_model};
use crate::outside::Request;
use crate::products;
use crate::shopper::Shopper;
use crate::world::{World, price};

impl World {
    /// What `shopclerk explain` tells of a message.
    async fn explains(&self, message: &str) -> Value {
        let arguments = json!({ "message": message, "replay": true });
        let told = orders(self, "explain", &arguments).await.pop().unwrap();
        told.get("done").cloned().unwrap_or(told)
    }

    /// What `shopclerk proof verify` tells of the one chain.
    async fn verifies(&self) -> String {
        let told = orders(self, "proof.verify", &json!({ "merchant": null })).await.pop().unwrap();
        let lines: Vec<&str> =
            told["done"][0]["lines"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        lines.join("\n")
    }
}

/// Facebook's id of the newest message of this conversation.
fn newest(world: &World, shopper: &str) -> String {
    world.sandbox().meta().messages(shopper).unwrap().last().unwrap().mid.clone()
}

async fn asks(ana: &Shopper<'_>, question: &str) {
    assert!(!ana.asks(question).await.0.is_empty());
}

#[track_caller]
fn shows(told: &Value, parts: &[&str]) {
    let page = told["text"].as_str().unwrap_or_else(|| panic!("{told}"));
    for part in parts {
        assert!(page.contains(part), "{part:?} is missing in:\n{page}");
    }
}

#[tokio::test]
async fn a_reply_of_the_rules_is_explained_down_to_its_rows_and_taken_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    asks(&ana, "how much is the Storm coat?").await;
    asks(&ana, "and do you have something warm for my mother?").await;

    let told = world.explains(&newest(&world, "Ana")).await;

    shows(
        &told,
        &[
            "\"and do you have something warm for my mother?\"",
            "search_catalogue: ",
            "Said, written by the rules",
            "row version ",
            "sent at 11:00:00 as m_",
            "of the chain, whole",
            "The same reply, with the same verdicts.",
        ],
    );
    assert_eq!((&told["is_well"], &told["json"]["replay"]["outcome"]), (&json!(true), &json!("same")));
    // Not from what the catalogue says by now.
    world.sets("storm-coat", price("1.00"));
    world.settle().await;
    shows(&world.explains(told["json"]["turn"].as_str().unwrap()).await, &["The same reply"]);
    assert!(world.verifies().await.contains("holds, 3 whole, 0 erased, 0 broken"));
    world.close().await;
}

#[tokio::test]
async fn a_lie_of_the_models_is_shown_struck_out_and_held_again() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(call("search_catalogue", &json!({ "query": "storm coat" })));
    world.model().will(say("The Storm coat is only $9.99 today."));
    world.model().will(say("The Storm coat costs $189.00."));
    asks(&ana, "how much is the Storm coat?").await;

    let told = world.explains(&newest(&world, "Ana")).await;

    shows(
        &told,
        &[
            "asks for search_catalogue {\"query\":\"storm coat\"}",
            "found {",
            "wrote \"The Storm coat is only $9.99 today.\"",
            "x \"$9.99\"",
            "sent back: ",
            "Said, written by the model",
            "\"$189.00\" is the price of product",
            "The same reply, with the same verdicts.",
        ],
    );
    assert!(told["json"]["record"]["model"]["asked"][1]["found"][0]["result"].is_string(), "as it saw it");
    world.close().await;
}

#[tokio::test]
async fn a_model_that_failed_is_taken_again_with_its_failure() {
    let world = with_model(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.model().will(say("The Storm coat is $1."));
    world.model().will(say("The Storm coat is $2."));
    asks(&ana, "how much is the Storm coat?").await;

    let told = world.explains(&newest(&world, "Ana")).await;

    shows(
        &told,
        &[
            "The rules answered instead: unprovable",
            "Said, written by the rules",
            "The same reply, with the same verdicts.",
        ],
    );
    world.close().await;
}

#[tokio::test]
async fn a_record_that_was_changed_by_other_hands_is_named() {
    let mut world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    asks(&ana, "how much is the Storm coat?").await;
    let message = newest(&world, "Ana");
    world.is_switched_off().await;
    let file = world.folder().join("data/shopclerk.db");
    let stored = std::fs::read(&file).unwrap();
    std::fs::write(&file, replaced(stored, b"$189.00", b"$989.00")).unwrap();
    world.is_switched_on().await;

    let told = world.explains(&message).await;

    shows(&told, &["of the chain is BROKEN: its record was changed", "Something else.", "$989.00"]);
    assert_eq!(told["is_well"], false);
    let told = world.verifies().await;
    assert!(told.contains("BROKEN, 1 whole, 0 erased, 1 broken"), "{told}");
    assert!(told.contains("record 2 of 2026-11-21T11:00:00"), "{told}");
    world.close().await;
}

/// The same bytes with other ones of the same length in some places.
fn replaced(mut bytes: Vec<u8>, what: &[u8], with: &[u8]) -> Vec<u8> {
    let places: Vec<usize> =
        (0..bytes.len() - what.len()).filter(|at| bytes[*at..].starts_with(what)).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + with.len()].copy_from_slice(with);
    }
    bytes
}

#[tokio::test]
async fn t52_what_was_taken_back_is_explained_as_erased() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    asks(&ana, "how much is the Storm coat? I live at Elm Lane 3").await;
    let answer = newest(&world, "Ana");
    let asked = world.sandbox().meta().messages("Ana").unwrap();
    let asked = asked.iter().rev().find(|one| one.text.as_ref().is_some_and(|text| text.contains("Elm")));

    ana.takes_back(&asked.unwrap().mid.clone()).await;

    let told = world.explains(&answer).await;
    shows(&told, &["Erased: ", "Record 2 of the chain: erased, and its link still holds."]);
    assert_eq!((&told["json"]["record"], &told["is_well"]), (&Value::Null, &json!(true)));
    assert!(!told.to_string().contains("Elm Lane"));
    assert!(world.verifies().await.contains("holds, 1 whole, 1 erased, 0 broken"));
    world.close().await;
}

#[tokio::test]
async fn a_message_that_nobody_knows_is_refused_with_a_cure() {
    let world = World::with_shop(products::warm_things()).await;
    let endless = "m".repeat(10_000);

    for unknown in ["", "m_unknown", "0192f0c1-0000-7000-8000-000000000000", "'; DROP TABLE turns", &endless]
    {
        let told = world.explains(unknown).await;
        let why = told["failed"].as_str().unwrap_or_else(|| panic!("{told}"));
        assert!(why.contains("Give a turn's or a part's UUID"), "{why}");
    }
    assert!(world.verifies().await.ends_with("no record yet"));
    world.close().await;
}

#[tokio::test]
async fn the_api_tells_a_merchant_what_their_own_message_rests_on_and_nobody_elses() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    asks(&ana, "how much is the Storm coat?").await;
    let address = |message: &str| format!("/api/v1/messages/{message}/provenance");
    let cookie = session_cookie(&world, world.browser());
    let asks_api = async |message: &str| {
        Request::get(&address(message)).header("cookie", cookie.clone()).send(&world).await
    };

    let told = asks_api(&newest(&world, "Ana")).await.json();

    assert_eq!(told["chain"]["standing"], "whole");
    assert_eq!(told["basis"]["heard"], json!(["how much is the Storm coat?"]));
    let parts = told["basis"]["parts"].as_array().unwrap();
    assert!(parts.iter().all(|part| part["state"] == "sent"), "{told}");
    let claims = parts.iter().flat_map(|part| part["claims"].as_array().unwrap());
    assert!(claims.clone().any(|claim| claim["fact"] == "price" && claim["said"] == "$189.00"), "{told}");
    assert_eq!(asks_api(parts[0]["id"].as_str().unwrap()).await.json()["turn"], told["turn"]);
    assert_eq!(asks_api("m_unknown").await.status, 404);
    assert_eq!(Request::get(&address("m_unknown")).send(&world).await.status, 401);
    world.close().await;
}
