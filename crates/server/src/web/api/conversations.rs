//! `GET /api/v1/conversations` and `GET /api/v1/conversations/{id}`: who writes, and what was said.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_domain::ids::ConversationId;
use shopclerk_domain::message::Message;
use shopclerk_flows::app::App;
use shopclerk_flows::conversations;
use shopclerk_flows::operator::Scope;

use super::{Listed, instant};
use crate::web::extract::{Caller, Json, ListQuery, Segment};
use crate::web::problem::Problem;

/// A conversation.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ConversationJson {
    /// Our id of it.
    #[schemars(extend("format" = "uuid"))]
    id: String,
    /// The account it runs over.
    #[schemars(extend("format" = "uuid"))]
    account: String,
    /// Our id of who writes.
    #[schemars(extend("format" = "uuid"))]
    shopper: String,
    /// The shopper's first name, where it is known.
    first_name: Option<String>,
    /// When the shopper wrote last.
    #[schemars(extend("format" = "date-time"))]
    last_shopper_at: Option<String>,
    /// Until when a person has the word and the clerk is silent.
    #[schemars(extend("format" = "date-time"))]
    paused_until: Option<String>,
}

/// One conversation with its messages, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WholeConversationJson {
    /// The conversation.
    conversation: ConversationJson,
    /// What was said.
    messages: Listed<MessageJson>,
}

/// Something that was said.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MessageJson {
    /// `shopper`, `clerk` or `person`.
    author: &'static str,
    /// The words; null where there were none or the shopper took them back.
    text: Option<String>,
    /// When.
    #[schemars(extend("format" = "date-time"))]
    at: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    query: ListQuery,
) -> Result<Json<Listed<ConversationJson>>, Problem> {
    let merchant = caller.with(Scope::Read)?.some_merchant(&app, &query).await?;
    let page = conversations::list(&app, merchant, &query.slice()).await?;
    Ok(Json(Listed::of(page, |row| ConversationJson {
        id: row.id.to_string(),
        account: row.account.to_string(),
        shopper: row.shopper.to_string(),
        first_name: row.first_name,
        last_shopper_at: row.last_shopper_at.map(instant),
        paused_until: row.paused_until.map(instant),
    })))
}

pub(crate) async fn one(
    State(app): State<App>,
    caller: Caller,
    Segment(id): Segment,
    query: ListQuery,
) -> Result<Json<WholeConversationJson>, Problem> {
    let merchant = caller.with(Scope::Read)?.some_merchant(&app, &query).await?;
    let id = ConversationId::parse(&id).map_err(|_| Problem::not_found())?;
    let (found, messages) = conversations::one(&app, merchant, id, &query.slice()).await?;
    Ok(Json(WholeConversationJson {
        conversation: ConversationJson {
            id: found.id.to_string(),
            account: found.account.to_string(),
            shopper: found.shopper.to_string(),
            first_name: found.first_name,
            last_shopper_at: found.last_shopper_at.map(instant),
            paused_until: found.paused_until.map(instant),
        },
        messages: Listed::of(messages, message),
    }))
}

fn message(message: Message) -> MessageJson {
    MessageJson { author: message.author.word(), text: message.text, at: instant(message.at) }
}
