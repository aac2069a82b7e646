//! What Shopify and Meta call, and where they send browsers back to.

use axum::http::StatusCode;
use shopclerk_flows::error::FlowError;
use shopclerk_flows::wiring::{META_SIGNATURE, SHOPIFY_SIGNATURE};

use super::operation::{Content, Operation, PAGE, Place, Who, json};
use crate::web::deletion::Shown;
use crate::web::facebook::data_deletion::Asked;
use crate::web::facebook::webhook::Received;
use crate::web::problem::Problem;

pub(super) fn operations() -> Vec<Operation> {
    [shopify(), facebook(), webhooks(), forgetting()].concat()
}

fn text() -> serde_json::Value {
    serde_json::json!({ "type": "string" })
}

/// What a state that travelled can turn out to be.
fn bad_states() -> [FlowError; 3] {
    [FlowError::StateMalformed, FlowError::StateInvalid, FlowError::StateExpired]
}

fn shopify() -> Vec<Operation> {
    vec![
        Operation::get(
            "/shopify/{shop}/login",
            "startShopify",
            "Sends the browser to the shop's consent page.",
        )
        .takes(Place::Path, "shop", "The shop's permanent address, or its first part", text())
        .sends_on("To the shop")
        .refuses([Problem::too_many()])
        .refuses([FlowError::BadShop]),
        Operation::get(
            "/shopify/callback",
            "finishShopify",
            "The shop sends the browser back: it is signed in.",
        )
        .takes(Place::Query, "code", "What is traded for a token", text())
        .takes(Place::Query, "shop", "The shop", text())
        .takes(Place::Query, "state", "The state that travelled", text())
        .takes(Place::Query, "timestamp", "When it was signed", text())
        .takes(Place::Query, "hmac", "The signature over the others", text())
        .answers(StatusCode::OK, "The shop is connected; sets the session cookie", vec![Content::AnyJson])
        .sends_on("To the connections; sets the session cookie")
        .refuses([Problem::too_many()])
        .refuses(bad_states())
        .refuses([
            FlowError::MissingParameter("Missing code/shop/state"),
            FlowError::BadShop,
            FlowError::BadCallback,
            FlowError::ExchangeFailed,
            FlowError::SignupClosed,
            FlowError::OtherMerchant,
        ]),
    ]
}

fn facebook() -> Vec<Operation> {
    vec![
        Operation::get(
            "/facebook/login",
            "startFacebook",
            "Sends the signed-in browser to Facebook's consent page.",
        )
        .by(Who::Session)
        .sends_on("To Facebook")
        .refuses([Problem::too_many()])
        .refuses([FlowError::NoSession, FlowError::SessionEnded]),
        Operation::get(
            "/facebook/callback",
            "finishFacebook",
            "Facebook sends the browser back: its Pages are connected.",
        )
        .by(Who::Session)
        .takes(Place::Query, "code", "What is traded for a token", text())
        .takes(Place::Query, "state", "The state that travelled", text())
        .takes(Place::Query, "error", "Why there is no code", text())
        .answers(StatusCode::OK, "The Pages are connected; sets a new session cookie", vec![Content::AnyJson])
        .sends_on("To the connections; sets a new session cookie")
        .refuses([Problem::too_many()])
        .refuses(bad_states())
        .refuses([
            FlowError::MissingParameter("Missing code parameter"),
            FlowError::NotGranted,
            FlowError::ExchangeFailed,
            FlowError::AccountTaken,
        ]),
    ]
}

fn webhooks() -> Vec<Operation> {
    let body_problems =
        || [Problem::body_too_large(), Problem::body_encoded(), Problem::body_unreadable(), Problem::busy()];
    vec![
        Operation::get("/facebook/webhook", "proveWebhook", "Meta asks whether this address is ours.")
            .takes(Place::Query, "hub.mode", "`subscribe`", text())
            .takes(Place::Query, "hub.verify_token", "The token both sides know", text())
            .takes(Place::Query, "hub.challenge", "What is to be repeated", text())
            .answers(StatusCode::OK, "The challenge", vec![Content::Text("text/plain; charset=utf-8")])
            .refuses([Problem::too_many()])
            .refuses([FlowError::HandshakeFailed]),
        Operation::post(
            "/facebook/webhook",
            "receiveFromMeta",
            "Meta delivers: on disk before it is answered.",
        )
        .takes(Place::Header, META_SIGNATURE, "HMAC-SHA-256 of the body, in hexadecimal", text())
        .reads(Content::AnyJson)
        .gives::<Received>("It is on disk, or there is nothing in it for us")
        .refuses([FlowError::BadSignature])
        .refuses(body_problems()),
        Operation::post(
            "/shopify/webhook",
            "receiveFromShopify",
            "A shop tells what changed: on disk before it is answered.",
        )
        .takes(Place::Header, SHOPIFY_SIGNATURE, "HMAC-SHA-256 of the body, in base64", text())
        .reads(Content::AnyJson)
        .gives::<Received>("It is on disk, or there is nothing in it for us")
        .refuses([FlowError::BadSignature])
        .refuses(body_problems()),
    ]
}

fn forgetting() -> Vec<Operation> {
    let signed = |operation: Operation| {
        operation.reads(Content::Form("signed_request")).refuses([FlowError::BadSignedRequest]).refuses([
            Problem::body_too_large(),
            Problem::body_encoded(),
            Problem::body_unreadable(),
        ])
    };
    vec![
        signed(Operation::post(
            "/facebook/deauthorize",
            "deauthorize",
            "A person took the app's access away.",
        ))
        .gives::<Received>("Everything of theirs has stopped"),
        signed(Operation::post("/facebook/data-deletion", "askDeletion", "A person wants to be forgotten."))
            .gives::<Asked>("It is asked for"),
        Operation::get("/deletion/{code}", "showDeletion", "How far a deletion has come.")
            .takes(Place::Path, "code", "What names the request", text())
            .answers(StatusCode::OK, "How far it is", vec![json::<Shown>(), PAGE])
            .refuses([FlowError::UnknownDeletion]),
    ]
}
