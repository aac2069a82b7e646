//! The JSON API.

use serde_json::json;

use super::operation::{Operation, Place, Who};
use crate::explain::view::ProvenanceJson;
use crate::web::api::connections::ConnectionJson;
use crate::web::api::conversations::{ConversationJson, WholeConversationJson};
use crate::web::api::deliveries::{DecidedJson, DeliveryJson};
use crate::web::api::merchants::MerchantJson;
use crate::web::api::products::ProductJson;
use crate::web::api::{Listed, problem};
use crate::web::extract::query;
use crate::web::problem::Problem;

pub(super) fn operations() -> Vec<Operation> {
    let owned = |operation: Operation| of_merchant(listed(operation)).refuses([problem::MERCHANT_MISSING]);
    vec![
        listed(Operation::get("/api/v1/merchants", "listMerchants", "Whom the operator may name."))
            .by(Who::Token)
            .gives::<Listed<MerchantJson>>("Merchants, oldest first")
            .refuses([problem::OPERATOR_ONLY]),
        owned(Operation::get("/api/v1/connections", "listConnections", "Linked shops and accounts."))
            .gives::<Listed<ConnectionJson>>("Shops in order of their address, then accounts"),
        owned(Operation::get("/api/v1/conversations", "listConversations", "Who writes."))
            .gives::<Listed<ConversationJson>>("Those that began last first"),
        owned(Operation::get("/api/v1/conversations/{id}", "showConversation", "What was said."))
            .takes(Place::Path, "id", "The conversation", json!({ "type": "string", "format": "uuid" }))
            .gives::<WholeConversationJson>("The conversation, its newest messages first"),
        of_merchant(called(Operation::get(
            "/api/v1/messages/{id}/provenance",
            "explainMessage",
            "What a message rests on: statements with their rows, what was struck out, its place in the chain of proofs.",
        )))
        .takes(
            Place::Path,
            "id",
            "A turn, a part of a reply, or the channel's id of a message",
            json!({ "type": "string", "minLength": 1, "maxLength": 512 }),
        )
        .gives::<ProvenanceJson>("What is known of the turn that heard or said it")
        .refuses([problem::MERCHANT_MISSING]),
        owned(Operation::get("/api/v1/products", "listProducts", "The catalogue as claims rest on it."))
            .gives::<Listed<ProductJson>>("Products in order of their number"),
        of_merchant(listed(Operation::get(
            "/api/v1/deliveries",
            "listDeliveries",
            "What did not get through: a merchant's, or, where the operator names none, what could not be read.",
        )))
        .gives::<Listed<DeliveryJson>>("Events, then jobs, parts and wishes for a person, each oldest first"),
        decision(
            "/api/v1/deliveries/{id}/replay",
            "replayDelivery",
            "Has it done after all, once. Needs the scope `write`.",
            "It left the list and runs again",
        )
        .refuses([problem::STILL_UNREADABLE, problem::MAY_NOT_BE_SENT]),
        decision(
            "/api/v1/deliveries/{id}/sent",
            "settleDelivery",
            "Says of a part that it did arrive. Needs the scope `write`.",
            "It left the list and stands in the history",
        ),
        decision(
            "/api/v1/deliveries/{id}/drop",
            "dropDelivery",
            "Lets nothing more come of it. Needs the scope `write`.",
            "It left the list",
        ),
    ]
}

/// What a person decides of something that waits.
fn decision(path: &'static str, name: &'static str, what: &'static str, gives: &'static str) -> Operation {
    of_merchant(called(Operation::post(path, name, what)))
        .takes(Place::Path, "id", "As the list names it", json!({ "type": "string", "maxLength": 40 }))
        .gives::<DecidedJson>(gives)
        .refuses([problem::MERCHANT_MISSING, Problem::other_site()])
}

/// For a session or a token.
fn called(operation: Operation) -> Operation {
    operation
        .by(Who::Caller)
        .takes(
            Place::Query,
            "merchant",
            "Whose; the operator says it, a merchant never does",
            json!({ "type": "string", "format": "uuid" }),
        )
        .refuses([
            problem::UNAUTHENTICATED,
            problem::BAD_TOKEN,
            problem::SCOPE_MISSING,
            problem::BAD_MERCHANT,
        ])
        .refuses([problem::BAD_LIMIT, problem::BAD_CURSOR])
}

/// In pages.
fn listed(operation: Operation) -> Operation {
    called(operation)
        .takes(
            Place::Query,
            "limit",
            "Rows of the page",
            json!({ "type": "integer", "minimum": 1, "maximum": query::MOST, "default": query::USUAL }),
        )
        .takes(
            Place::Query,
            "cursor",
            "The `next` of the former page",
            json!({ "type": "string", "pattern": "^([0-9a-f]{2})+$", "maxLength": query::LONGEST_CURSOR }),
        )
}

/// What is a merchant's is found by nobody else.
fn of_merchant(operation: Operation) -> Operation {
    operation.refuses([problem::OPERATOR_ONLY, Problem::not_found()])
}
