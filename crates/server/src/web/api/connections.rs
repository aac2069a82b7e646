//! `GET /api/v1/connections`: shops and accounts with how they are doing.

use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_flows::app::App;
use shopclerk_flows::connection_check;
use shopclerk_flows::connections::{self, AccountOverview, AccountTold, Connection};
use shopclerk_flows::operator::Scope;

use super::{Listed, instant};
use crate::web::check_results::TestJson;
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
    /// When it was last looked through; null before the first time.
    #[schemars(extend("format" = "date-time"))]
    polled_at: Option<String>,
    /// How much that found of which nobody had told us.
    drift: u64,
    /// What the platform said of an account itself, kind by kind; nothing for a shop.
    told: Vec<ToldJson>,
    /// Whether the platform reaches us.
    webhook_test: TestJson,
    /// Whether we reach the platform.
    polling_test: TestJson,
}

/// What a platform said of an account itself.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ToldJson {
    /// The platform's word for it.
    kind: String,
    /// What it did here; `none` when it was only noted.
    effect: String,
    /// How often it was said.
    count: u64,
    /// When it was last said.
    #[schemars(extend("format" = "date-time"))]
    last_at: String,
}

impl From<&AccountTold> for ToldJson {
    fn from(told: &AccountTold) -> Self {
        let (kind, effect) = (told.kind.clone(), told.effect.clone());
        Self { kind, effect, count: told.count, last_at: instant(told.last_at) }
    }
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
    let told = match connection {
        Connection::Account(account) => account.told.iter().map(ToldJson::from).collect(),
        Connection::Shop(_) => Vec::new(),
    };
    let (kind, native_id, name, state, connected_at) = match connection {
        Connection::Shop(shop) => {
            let row = &shop.row.shop;
            let name = row.facts.as_ref().map_or_else(|| row.domain.to_string(), |facts| facts.name.clone());
            ("shop", row.domain.to_string(), name, row.state, shop.row.connected_at)
        }
        Connection::Account(AccountOverview { row, .. }) => {
            let account = &row.account;
            ("account", account.native_id.clone(), account.name.clone(), account.state, row.connected_at)
        }
    };
    let looks = connection.looks();
    let (webhook, polling) = connection_check::results(looks.check.as_ref());
    ConnectionJson {
        id: connection.id(),
        kind,
        native_id,
        name,
        state: state.word(),
        cure: connection.cure(),
        connected_at: instant(connected_at),
        polled_at: looks.poll.as_ref().and_then(|poll| poll.done_at).map(instant),
        drift: looks.poll.as_ref().map_or(0, |poll| poll.drift.total()),
        told,
        webhook_test: webhook.into(),
        polling_test: polling.into(),
    }
}
