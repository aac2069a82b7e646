//! Where codes and refresh tokens are traded for access tokens.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;

use super::ShopifyFake;
use super::ledger::{ACCESS_LIFE_S, DAY_S, Drawn, REFRESH_LIFE_S};
use super::router::answer;
use super::trades::HoldAt;

/// Why no token is given, in Shopify's words.
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: &'static str,
}

const fn refused(error: &'static str, description: &'static str) -> Refusal {
    Refusal { status: StatusCode::BAD_REQUEST, error, description }
}

/// Trades a code or a refresh token for an access token.
pub(super) async fn exchange(
    State(fake): State<Arc<ShopifyFake>>,
    Path(shop): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if fake.with_shelf(&shop, |_| ()).is_none() {
        note(&fake, &shop, "refused: no such shop");
        return answer(StatusCode::NOT_FOUND, &json!({ "errors": "Not Found" }));
    }
    if fake.trades.takes_edge_answer() {
        note(&fake, &shop, "answered by an edge");
        let edge = StatusCode::from_u16(520).unwrap_or(StatusCode::BAD_GATEWAY);
        return (edge, "<html><title>520: Web server is returning an unknown error</title>").into_response();
    }
    let fields = fields(&headers, &body);
    let refreshes = fields.get("grant_type").is_some_and(|grant| grant == "refresh_token");
    let _under_way = refreshes.then(|| fake.trades.begin(&shop));
    if refreshes {
        fake.trades.pass(HoldAt::Arrival).await;
    }
    let granted = grant(&fake, &shop, &fields);
    if refreshes {
        fake.trades.pass(HoldAt::Answer).await;
    }
    match granted {
        Ok((what, body)) => {
            note(&fake, &shop, what);
            answer(StatusCode::OK, &body)
        }
        Err(refusal) => {
            note(&fake, &shop, &format!("refused: {}", refusal.description));
            let body = json!({ "error": refusal.error, "error_description": refusal.description });
            answer(refusal.status, &body)
        }
    }
}

fn grant(
    fake: &ShopifyFake,
    shop: &str,
    fields: &HashMap<String, String>,
) -> Result<(&'static str, Value), Refusal> {
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    if field("client_id") != fake.client_id {
        return Err(refused("application_cannot_be_found", "No application with this client_id was found"));
    }
    if !bool::from(field("client_secret").as_bytes().ct_eq(fake.client_secret.as_bytes())) {
        return Err(refused("invalid_client", "The client_secret does not belong to this application"));
    }
    match field("grant_type") {
        "" | "authorization_code" => by_code(fake, shop, field("code"), field("expiring") == "1"),
        "refresh_token" => by_refresh(fake, shop, field("refresh_token")),
        "client_credentials" => by_credentials(fake, shop),
        _ => Err(refused(
            "unsupported_grant_type",
            "This sandbox knows authorization codes, refresh tokens and client credentials",
        )),
    }
}

fn by_code(
    fake: &ShopifyFake,
    shop: &str,
    code: &str,
    expiring: bool,
) -> Result<(&'static str, Value), Refusal> {
    let (drawn, now) = (draw(fake, expiring), fake.now());
    let granted = fake.change_ledger(|ledger| {
        let scopes = ledger.spend_code(code, shop, now)?;
        ledger.grant(shop, scopes.clone(), &drawn, now);
        Some(scopes)
    });
    let Some(scopes) = granted.map_err(|_| not_saved())? else {
        return Err(refused("invalid_request", "The authorization code was not found or was already used"));
    };
    let what = if expiring { "expiring token for a code" } else { "static token for a code" };
    Ok((what, written(&drawn, &scopes)))
}

fn by_refresh(fake: &ShopifyFake, shop: &str, refresh: &str) -> Result<(&'static str, Value), Refusal> {
    let (drawn, now) = (draw(fake, true), fake.now());
    let granted = fake.change_ledger(|ledger| ledger.refresh(refresh, shop, &drawn, now));
    let Some(scopes) = granted.map_err(|_| not_saved())? else {
        return Err(Refusal {
            status: StatusCode::UNAUTHORIZED,
            error: "invalid_request",
            description: "This request requires an active refresh_token",
        });
    };
    Ok(("refreshed", written(&drawn, &scopes)))
}

/// What an app is granted by its own configuration rather than by a merchant.
const OWN_SCOPES: [&str; 4] = ["read_products", "read_inventory", "read_discounts", "read_locations"];

fn by_credentials(fake: &ShopifyFake, shop: &str) -> Result<(&'static str, Value), Refusal> {
    if !fake.trades.is_own(shop) {
        return Err(refused("shop_not_permitted", "The shop does not belong to the organisation of the app"));
    }
    let (drawn, now) = (draw(fake, false), fake.now());
    let scopes: Vec<String> = OWN_SCOPES.iter().map(|scope| (*scope).to_owned()).collect();
    let granted = fake.change_ledger(|ledger| ledger.grant_for_a_day(shop, scopes.clone(), &drawn, now));
    granted.map_err(|_| not_saved())?;
    let mut body = written(&drawn, &scopes);
    if let Some(body) = body.as_object_mut() {
        body.insert("expires_in".to_owned(), json!(DAY_S));
    }
    Ok(("a day's token for the app's credentials", body))
}

fn draw(fake: &ShopifyFake, expiring: bool) -> Drawn {
    Drawn { access: fake.secret::<16>("shpat_"), refresh: expiring.then(|| fake.secret::<24>("shprt_")) }
}

fn written(drawn: &Drawn, scopes: &[String]) -> Value {
    let mut body = json!({ "access_token": drawn.access, "scope": compressed(scopes) });
    if let (Some(refresh), Some(body)) = (&drawn.refresh, body.as_object_mut()) {
        body.insert("expires_in".to_owned(), json!(ACCESS_LIFE_S));
        body.insert("refresh_token".to_owned(), json!(refresh));
        body.insert("refresh_token_expires_in".to_owned(), json!(REFRESH_LIFE_S));
    }
    body
}

/// The granted scopes as Shopify writes them: `write_x` includes `read_x`, which is then left out.
fn compressed(scopes: &[String]) -> String {
    let kept = scopes.iter().filter(|scope| {
        scope.strip_prefix("read_").is_none_or(|thing| !scopes.contains(&format!("write_{thing}")))
    });
    kept.map(String::as_str).collect::<Vec<_>>().join(",")
}

fn not_saved() -> Refusal {
    let description = "The sandbox could not save its state";
    Refusal { status: StatusCode::INTERNAL_SERVER_ERROR, error: "server_error", description }
}

/// The fields of a JSON or form body; what is neither has none.
fn fields(headers: &HeaderMap, body: &[u8]) -> HashMap<String, String> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.contains("json") {
        return form_urlencoded::parse(body).into_owned().collect();
    }
    let Ok(Value::Object(object)) = serde_json::from_slice(body) else { return HashMap::new() };
    let text = |value: Value| match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    object.into_iter().filter_map(|(name, value)| Some((name, text(value)?))).collect()
}

fn note(fake: &ShopifyFake, shop: &str, what: &str) {
    let data = json!({ "shop": shop, "outcome": what });
    fake.note("shopify.token", format!("token {what}"), what.to_owned(), data);
}
