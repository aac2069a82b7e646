//! `GET /app`: the merchant's connections, each with its state and, where something is wrong, the cure.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::app::App;
use shopclerk_flows::connections::{self, Overview, ShopOverview};
use shopclerk_flows::session;

use crate::web::extract::{FromBrowser, Json, Wants};
use crate::web::pages;
use crate::web::problem::Problem;

/// The page, saying also that a Page was left out because another merchant has it.
pub(crate) const WITH_TAKEN: &str = "/app?notice=taken";

/// One connection, ready to be shown.
struct Line {
    name: String,
    kind: &'static str,
    state: &'static str,
    tone: &'static str,
    detail: String,
    cure: Option<&'static str>,
    again: String,
}

#[derive(Template)]
#[template(path = "connections.html")]
struct Page {
    lines: Vec<Line>,
    has_account: bool,
    notice: Option<&'static str>,
}

pub(crate) async fn show(
    State(app): State<App>,
    FromBrowser(browser): FromBrowser,
    wants: Wants,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let merchant = session::who(&app, browser.session_id.as_deref()).await?;
    let overview = connections::overview(&app, merchant).await?;
    let lines = lines(&overview);
    match wants {
        Wants::Page => {
            let notice = notice(query.as_deref().unwrap_or(""));
            let page = Page { lines, has_account: !overview.accounts.is_empty(), notice };
            Ok(Html(pages::render(&page)?).into_response())
        }
        Wants::Json => {
            let shown = |line: &Line| json!({ "name": line.name, "kind": line.kind, "state": line.state, "detail": line.detail, "cure": line.cure });
            let connections: Vec<_> = lines.iter().map(shown).collect();
            Ok(Json(json!({ "user_uuid": merchant.to_string(), "connections": connections })).into_response())
        }
    }
}

/// Sentences are ours alone: what is named in the address is looked up, never shown.
fn notice(query: &str) -> Option<&'static str> {
    const TAKEN: &str = "A Page was left out: another merchant here has it. Let them disconnect it first.";
    WITH_TAKEN.ends_with(&format!("?{query}")).then_some(TAKEN)
}

fn lines(overview: &Overview) -> Vec<Line> {
    let shops = overview.shops.iter().map(shop_line);
    let accounts = overview.accounts.iter().map(|row| Line {
        name: row.account.name.clone(),
        kind: "Facebook Page",
        state: row.account.state.word(),
        tone: tone(row.account.state),
        detail: match row.fields.len() {
            0 => "Facebook has not confirmed yet what it will tell us".to_owned(),
            kinds => format!("Facebook tells us of {kinds} kinds of events"),
        },
        cure: connections::cure(row.account.state, row.cause),
        again: "/facebook/login".to_owned(),
    });
    shops.chain(accounts).collect()
}

fn shop_line(shop: &ShopOverview) -> Line {
    let domain = &shop.row.shop.domain;
    let facts = shop.row.shop.facts.as_ref();
    let detail = match &shop.sync {
        Some(sync) if sync.pass.is_some() => format!("Reading the catalogue: {} products so far", sync.read),
        Some(sync) => format!("{} products", sync.products),
        None => "The catalogue has not been read yet".to_owned(),
    };
    Line {
        name: facts.map_or_else(|| domain.to_string(), |facts| facts.name.clone()),
        kind: "Shopify shop",
        state: shop.row.shop.state.word(),
        tone: tone(shop.row.shop.state),
        detail,
        cure: connections::cure(shop.row.shop.state, shop.row.cause),
        again: format!("/shopify/{domain}/login"),
    }
}

const fn tone(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Ok => "true",
        ConnectionState::Expiring | ConnectionState::Limited => "wait",
        ConnectionState::NeedsReconnect | ConnectionState::Blocked | ConnectionState::Disconnected => "false",
    }
}
