//! What people's browsers see.

use axum::http::StatusCode;
use serde_json::{Value, json};
use shopclerk_flows::error::FlowError;

use super::operation::{Content, Operation, PAGE, Place, Who, json};
use crate::web::api::problem;
use crate::web::dashboard::connections::ConnectionsJson;
use crate::web::dashboard::disconnect::DisconnectedJson;
use crate::web::dashboard::home::HomeJson;
use crate::web::dashboard::wishes::{self, KeptJson, WishesJson};
use crate::web::problem::Problem;

pub(super) fn operations() -> Vec<Operation> {
    let mut all = seen();
    all.extend(waiting());
    all
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn seen() -> Vec<Operation> {
    vec![
        Operation::get(
            "/",
            "home",
            "What this address is. Shopify's signed App URL goes on at the shop's sign-in.",
        )
        .takes(Place::Query, "hmac", "Shopify's signature over the other parameters", text())
        .takes(Place::Query, "shop", "The shop that opens the app", text())
        .takes(Place::Query, "timestamp", "When it was signed", text())
        .answers(StatusCode::OK, "It is up", vec![json::<HomeJson>(), PAGE])
        .sends_on("To the shop's sign-in")
        .refuses([FlowError::BadCallback, FlowError::BadShop, FlowError::MissingParameter("")]),
        Operation::get("/app", "connections", "The merchant's connections with state and cure.")
            .by(Who::Session)
            .takes(Place::Query, "cursor", "Where the former page ended", text())
            .takes(Place::Query, "notice", "What has just been done", text())
            .answers(StatusCode::OK, "The connections", vec![json::<ConnectionsJson>(), PAGE])
            .refuses([FlowError::NoSession, FlowError::SessionEnded]),
        Operation::get("/app/wishes", "wishes", "How the merchant wants the clerk to speak.")
            .by(Who::Session)
            .takes(Place::Query, "notice", "What has just been done", text())
            .answers(StatusCode::OK, "The wishes", vec![json::<WishesJson>(), PAGE])
            .refuses([FlowError::NoSession, FlowError::SessionEnded]),
        Operation::post("/app/wishes", "keepWishes", "Replaces them; empty ones are none.")
            .by(Who::Session)
            .reads(Content::Form("wishes"))
            .answers(StatusCode::OK, "They are kept", vec![json::<KeptJson>()])
            .sends_on("Back to the wishes")
            .refuses([Problem::other_site(), wishes::TOO_LONG, wishes::MISSING])
            .refuses([Problem::body_too_large(), Problem::body_unreadable(), Problem::body_encoded()])
            .refuses([FlowError::NoSession, FlowError::SessionEnded]),
        Operation::get("/app/sessions", "sessions", "Where the merchant is signed in.")
            .by(Who::Session)
            .answers(StatusCode::OK, "The sessions", vec![Content::AnyJson, PAGE])
            .refuses([FlowError::NoSession, FlowError::SessionEnded]),
        Operation::post("/app/sessions/end-others", "endOtherSessions", "Ends all sessions but this one.")
            .by(Who::Session)
            .answers(StatusCode::OK, "They have ended", vec![Content::AnyJson])
            .sends_on("Back to the sessions")
            .refuses([Problem::other_site()])
            .refuses([FlowError::NoSession, FlowError::SessionEnded]),
        Operation::post("/app/sign-out", "signOut", "The session ends on the server.")
            .by(Who::Session)
            .answers(StatusCode::OK, "It has ended", vec![Content::AnyJson])
            .sends_on("To the start")
            .refuses([Problem::other_site()]),
        Operation::post("/app/connections/{id}/disconnect", "disconnect", "Ends a connection.")
            .by(Who::Session)
            .takes(Place::Path, "id", "A shop's permanent address, or our id of an account", text())
            .answers(StatusCode::OK, "It has ended", vec![json::<DisconnectedJson>()])
            .sends_on("Back to the connections")
            .refuses([Problem::other_site()])
            .refuses([FlowError::NoSession, FlowError::SessionEnded, FlowError::NotFound]),
        Operation::get("/assets/{file}", "asset", "The style sheet of the pages.")
            .takes(Place::Path, "file", "Its name", text())
            .answers(StatusCode::OK, "The file", vec![Content::Text("text/css; charset=utf-8")])
            .refuses([Problem::not_found()]),
    ]
}

/// What a person has to decide or to hand on.
fn waiting() -> Vec<Operation> {
    vec![
        Operation::get("/app/waiting", "waiting", "What waits for a person.")
            .by(Who::Session)
            .answers(StatusCode::OK, "What waits", vec![PAGE])
            .refuses([FlowError::NoSession, FlowError::SessionEnded]),
        Operation::post("/app/waiting/{id}/{decision}", "decideWaiting", "What the person decides of it.")
            .by(Who::Session)
            .takes(Place::Path, "id", "As the page names it", text())
            .takes(Place::Path, "decision", "`again`, `sent` or `drop`", text())
            .sends_on("Back to what waits")
            .refuses([Problem::other_site(), problem::MAY_NOT_BE_SENT])
            .refuses([FlowError::NoSession, FlowError::SessionEnded, FlowError::NotFound]),
        Operation::get(
            "/app/data-requests/{shop}/{number}",
            "dataRequest",
            "The answer to what a shop asked for a customer: per shopper who that may be, all that is kept.",
        )
        .by(Who::Session)
        .takes(Place::Path, "shop", "The shop's permanent address", text())
        .takes(Place::Path, "number", "The shop's number of the request", text())
        .answers(StatusCode::OK, "The answer, as a file", vec![Content::AnyJson])
        .refuses([FlowError::NoSession, FlowError::SessionEnded, FlowError::NotFound]),
    ]
}
