//! `GET /app`: the merchant's connections, each with its state and, where something is wrong, the cure.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::{Html, IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::app::App;
use shopclerk_flows::connection_check;
use shopclerk_flows::connections::{self, AccountOverview, Connection, Poll, ShopOverview};
use shopclerk_flows::deliveries;
use shopclerk_flows::model::spent::{self, Spent};
use shopclerk_flows::paging::{Page, Slice};

use super::data_requests::{self, Asked};
use crate::web::api::problem;
use crate::web::extract::query::{MOST, cursor, place};
use crate::web::extract::{Json, SignedIn, Wants};
use crate::web::pages;
use crate::web::problem::Problem;

/// The page, saying also that a Page was left out because another merchant has it.
pub(crate) const WITH_TAKEN: &str = "/app?notice=taken";
/// The page, saying also that a connection has ended.
pub(crate) const WITH_DISCONNECTED: &str = "/app?notice=disconnected";

/// One connection, ready to be shown.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Line {
    /// Name shoppers see.
    name: String,
    /// What it is, in words.
    kind: &'static str,
    /// The state's word.
    state: &'static str,
    #[serde(skip)]
    state_in_words: &'static str,
    #[serde(skip)]
    tone: &'static str,
    /// How far it is.
    detail: String,
    /// When it was last looked through, and what that found.
    looked: String,
    /// Whether it works both ways, once that was tried.
    check: Option<&'static str>,
    /// What its merchant can do, where something is wrong.
    cure: Option<&'static str>,
    #[serde(skip)]
    again: String,
    #[serde(skip)]
    end: Option<String>,
}

/// What programs see.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ConnectionsJson {
    /// The merchant.
    user_uuid: String,
    /// The connections.
    connections: Vec<Line>,
    /// What shops asked to be told of their customers; with the first page alone.
    data_requests: Vec<Asked>,
    /// What the next page is asked for with, as `cursor`; null when this was the last one.
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "connections.html")]
struct ConnectionsPage {
    lines: Vec<Line>,
    data_requests: Vec<Asked>,
    has_account: bool,
    is_first: bool,
    next: Option<String>,
    /// Something is being tried: the page looks again by itself.
    is_pending: bool,
    notice: Option<&'static str>,
    /// How much waits for a person, where anything does.
    waiting: Option<String>,
    /// That a budget for the language model was met today.
    spent: Option<&'static str>,
}

pub(crate) async fn show(
    State(app): State<App>,
    SignedIn(merchant): SignedIn,
    wants: Wants,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let slice = slice(&query)?;
    let Page { rows, next } = connections::page(&app, merchant, &slice).await?;
    let next = next.as_deref().map(cursor);
    let has_account = slice.after.is_some() || next.is_some() || rows.iter().any(is_live_account);
    let is_first = slice.after.is_none();
    let data_requests = if is_first { data_requests::asked(&app, merchant).await? } else { Vec::new() };
    let lines = rows.iter().map(line).collect();
    match wants {
        Wants::Page => {
            let is_pending = rows.iter().any(Connection::is_being_tried);
            let notice = notice(&query);
            let waiting = waiting(deliveries::count(&app, merchant).await?);
            let page = ConnectionsPage {
                lines,
                data_requests,
                has_account,
                is_first,
                next,
                is_pending,
                notice,
                waiting,
                spent: spent::today(&app, merchant).await?.map(spent_in_words),
            };
            Ok(Html(pages::render(&page)?).into_response())
        }
        Wants::Json => {
            let user_uuid = merchant.to_string();
            Ok(Json(ConnectionsJson { user_uuid, connections: lines, data_requests, next }).into_response())
        }
    }
}

/// How much waits for a person, in words.
fn waiting((count, more): (usize, bool)) -> Option<String> {
    match (count, more) {
        (0, _) => None,
        (1, false) => Some("1 thing waits for a person.".to_owned()),
        (many, false) => Some(format!("{many} things wait for a person.")),
        (many, true) => Some(format!("More than {many} things wait for a person.")),
    }
}

/// What it means for shoppers, and until when.
const fn spent_in_words(spent: Spent) -> &'static str {
    match spent {
        Spent::Merchant => {
            "Today's budget for the language model is used up. Until midnight (UTC) the clerk answers by its own rules."
        }
        Spent::Shoppers => {
            "Some shoppers have used up their budget of today for the language model. Until midnight (UTC) the clerk answers \
             them by its own rules."
        }
    }
}

/// What part of the list the address asks for.
fn slice(query: &str) -> Result<Slice, Problem> {
    let after = query.strip_prefix("cursor=").map(|text| place(text).ok_or(problem::BAD_CURSOR));
    Ok(Slice { after: after.transpose()?, most: MOST })
}

/// Sentences are ours alone: what is named in the address is looked up, never shown.
fn notice(query: &str) -> Option<&'static str> {
    const TAKEN: &str = "A Page was left out: another merchant here has it. Let them disconnect it first.";
    const DISCONNECTED: &str =
        "It is disconnected. Nothing more is sent for it, and its access is destroyed.";
    let sentences = [(WITH_TAKEN, TAKEN), (WITH_DISCONNECTED, DISCONNECTED)];
    let named = |address: &str| address.ends_with(&format!("?{query}"));
    sentences.into_iter().find(|(address, _)| named(address)).map(|(_, sentence)| sentence)
}

fn is_live_account(connection: &Connection) -> bool {
    match connection {
        Connection::Account(found) => found.row.account.state != ConnectionState::Disconnected,
        Connection::Shop(_) => false,
    }
}

fn line(connection: &Connection) -> Line {
    let (state, name, kind, detail, again) = match connection {
        Connection::Shop(shop) => {
            let domain = &shop.row.shop.domain;
            let facts = shop.row.shop.facts.as_ref();
            let name = facts.map_or_else(|| domain.to_string(), |facts| facts.name.clone());
            let again = format!("/shopify/{domain}/login");
            (shop.row.shop.state, name, "Shopify shop", progress(shop), again)
        }
        Connection::Account(AccountOverview { row, .. }) => {
            let detail = match row.fields.len() {
                0 => "Facebook has not confirmed yet what it will tell us".to_owned(),
                kinds => format!("Facebook tells us of {kinds} kinds of events"),
            };
            let account = &row.account;
            (account.state, account.name.clone(), "Facebook Page", detail, "/facebook/login".to_owned())
        }
    };
    let is_live = state != ConnectionState::Disconnected;
    Line {
        name,
        kind,
        state: state.word(),
        state_in_words: in_words(state),
        tone: tone(state),
        detail: if is_live { detail } else { "Nothing is read or sent for it".to_owned() },
        looked: looked(connection.looks().poll.as_ref()),
        check: connection_check::sentence(connection.looks().check.as_ref()),
        cure: connection.cure(),
        again,
        end: is_live.then(|| format!("/app/connections/{}/disconnect", connection.id())),
    }
}

/// When the connection was last looked through, and what that found.
fn looked(poll: Option<&Poll>) -> String {
    let Some((poll, at)) = poll.and_then(|poll| Some((poll, poll.done_at?))) else {
        return "Not looked through yet".to_owned();
    };
    let found = match poll.drift.total() {
        0 => "nothing was missed".to_owned(),
        1 => "1 change was found that we had not been told of".to_owned(),
        many => format!("{many} changes were found that we had not been told of"),
    };
    format!("Last looked through {}: {found}", at.to_the_minute())
}

/// How far the reading of the catalogue is.
fn progress(shop: &ShopOverview) -> String {
    match &shop.sync {
        Some(sync) if sync.is_whole_pass() => format!("Reading the catalogue: {} products so far", sync.read),
        Some(sync) => format!("{} products", sync.products),
        None => "The catalogue has not been read yet".to_owned(),
    }
}

/// A state as a shop assistant would say it.
const fn in_words(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Ok => "ok",
        ConnectionState::Expiring => "ends soon",
        ConnectionState::NeedsReconnect => "needs you",
        ConnectionState::Limited => "slowed down",
        ConnectionState::Blocked => "stopped",
        ConnectionState::Disconnected => "disconnected",
    }
}

const fn tone(state: ConnectionState) -> &'static str {
    match state {
        ConnectionState::Ok => "true",
        ConnectionState::Expiring | ConnectionState::Limited => "wait",
        ConnectionState::NeedsReconnect | ConnectionState::Blocked => "false",
        ConnectionState::Disconnected => "soft",
    }
}
