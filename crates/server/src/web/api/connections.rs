//! `GET /api/v1/connections`: shops and accounts with how they are doing.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::connections::{self, Connection};
use shopclerk_flows::operator::Scope;

use super::{Listed, instant};
use crate::web::extract::{Caller, Json, ListQuery};
use crate::web::problem::Problem;

/// A linked shop or account.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ConnectionJson {
    /// A shop's permanent address, or our id of an account.
    id: String,
    /// `shop` or `account`.
    kind: &'static str,
    /// The platform's own id of it.
    native_id: String,
    /// Name shoppers see.
    name: String,
    /// `ok`, `expiring`, `needs_reconnect`, `limited`, `blocked` or `disconnected`.
    state: &'static str,
    /// What its merchant can do, where something is wrong.
    cure: Option<&'static str>,
    /// When it was last granted.
    #[schemars(extend("format" = "date-time"))]
    connected_at: String,
}

pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    query: ListQuery,
) -> Result<Json<Listed<ConnectionJson>>, Problem> {
    let merchant = caller.with(Scope::Read)?.some_merchant(&app, &query).await?;
    let page = connections::page(&app, merchant, &query.slice()).await?;
    Ok(Json(Listed::of(page, |connection| shown(&connection))))
}

fn shown(connection: &Connection) -> ConnectionJson {
    let (kind, native_id, name, state, connected_at) = match connection {
        Connection::Shop(shop) => {
            let row = &shop.row.shop;
            let name = row.facts.as_ref().map_or_else(|| row.domain.to_string(), |facts| facts.name.clone());
            ("shop", row.domain.to_string(), name, row.state, shop.row.connected_at)
        }
        Connection::Account(row) => {
            let account = &row.account;
            ("account", account.native_id.clone(), account.name.clone(), account.state, row.connected_at)
        }
    };
    ConnectionJson {
        id: connection.id(),
        kind,
        native_id,
        name,
        state: state.word(),
        cure: connection.cure(),
        connected_at: instant(connected_at),
    }
}
