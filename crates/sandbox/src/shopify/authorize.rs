//! The page on which a merchant lets the app in, and the signed way back.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bytes::Bytes;
use serde_json::json;
use url::Url;

use super::html::{escape, page, refusal};
use super::{ShopifyFake, sign};

/// What the app asks for, once it has proved to be itself.
struct Ask {
    shop_name: String,
    scopes: Vec<String>,
    redirect_uri: Url,
    state: Option<String>,
}

/// Shows who asks and for what.
pub(super) async fn show(
    State(fake): State<Arc<ShopifyFake>>,
    Path(shop): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let ask = match check(&fake, &shop, query.as_deref()) {
        Ok(ask) => ask,
        Err(refused) => return *refused,
    };
    note(&fake, &shop, "asked", &ask.scopes);
    let wishes: Vec<String> =
        ask.scopes.iter().map(|scope| format!("<li>{}</li>", escape(&in_words(scope)))).collect();
    let wishes =
        if wishes.is_empty() { "<li>Know that the shop exists</li>".to_owned() } else { wishes.concat() };
    let body = format!(
        "<main class=\"narrow\"><div class=\"card\"><p class=\"quiet\">{shop}</p><h1>Install the app in {name}?</h1>\
         <p>The app will be able to:</p><ul>{wishes}</ul>\
         <form method=\"post\"><div class=\"row\">\
         <button class=\"act\" name=\"decision\" value=\"install\">Install</button>\
         <button name=\"decision\" value=\"cancel\">Cancel</button></div></form>\
         <p class=\"quiet\">This is the sandbox's stand-in for Shopify. No account and no real shop is touched.</p>\
         </div></main>",
        shop = escape(&shop),
        name = escape(&ask.shop_name),
    );
    page(StatusCode::OK, "Install app", &body)
}

/// Goes back to the app with a code, or says that nothing was installed.
pub(super) async fn decide(
    State(fake): State<Arc<ShopifyFake>>,
    Path(shop): Path<String>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let ask = match check(&fake, &shop, query.as_deref()) {
        Ok(ask) => ask,
        Err(refused) => return *refused,
    };
    let cancelled =
        form_urlencoded::parse(&body).any(|(name, value)| name == "decision" && value == "cancel");
    if cancelled {
        note(&fake, &shop, "cancelled", &ask.scopes);
        let body = format!(
            "<main class=\"narrow\"><div class=\"card\"><h1>Not installed</h1><p>{} goes on without the app.</p>\
             </div></main>",
            escape(&ask.shop_name)
        );
        return page(StatusCode::OK, "Not installed", &body);
    }
    let code = fake.secret::<16>("");
    let now = fake.now();
    if let Err(error) = fake.change_ledger(|ledger| ledger.add_code(&code, &shop, ask.scopes.clone(), now)) {
        return refusal(StatusCode::INTERNAL_SERVER_ERROR, "state_not_saved", &error.to_string());
    }
    note(&fake, &shop, "installed", &ask.scopes);
    let target = callback(&fake, &shop, ask, code);
    (StatusCode::SEE_OTHER, [(header::LOCATION, target.to_string())]).into_response()
}

/// The app's callback address with the signed parameters.
fn callback(fake: &ShopifyFake, shop: &str, ask: Ask, code: String) -> Url {
    let handle = shop.strip_suffix(".myshopify.com").unwrap_or(shop);
    let mut pairs = vec![
        ("code".to_owned(), code),
        ("host".to_owned(), STANDARD_NO_PAD.encode(format!("admin.shopify.com/store/{handle}"))),
        ("shop".to_owned(), shop.to_owned()),
        ("timestamp".to_owned(), (fake.now() / 1_000).to_string()),
    ];
    pairs.extend(ask.state.map(|state| ("state".to_owned(), state)));
    let hmac = sign::of_query(&pairs, &fake.client_secret);
    let mut target = ask.redirect_uri;
    target.query_pairs_mut().extend_pairs(&pairs).append_pair("hmac", &hmac);
    target
}

fn check(fake: &ShopifyFake, shop: &str, query: Option<&str>) -> Result<Ask, Box<Response>> {
    let refuse = |status, code: &str, why: &str| {
        fake.note(
            "shopify.authorize",
            "authorize".to_owned(),
            format!("refused: {why}"),
            json!({ "shop": shop }),
        );
        Box::new(refusal(status, code, why))
    };
    let Some(shop_name) = fake.with_shelf(shop, |shelf| shelf.store().shop.name.clone()) else {
        return Err(refuse(StatusCode::NOT_FOUND, "invalid_shop", "There is no shop at this address."));
    };
    let pairs: Vec<(String, String)> =
        form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let one = |name: &str| pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let bad = |code: &str, why: &str| Err(refuse(StatusCode::BAD_REQUEST, code, why));
    if one("client_id").as_deref() != Some(fake.client_id.as_str()) {
        return bad("invalid_request", "The client_id names no app this sandbox knows.");
    }
    let Some(redirect_uri) = one("redirect_uri").filter(|uri| fake.redirect_uris.contains(uri)) else {
        return bad("invalid_request", "The redirect_uri is not whitelisted.");
    };
    let Ok(redirect_uri) = Url::parse(&redirect_uri) else {
        return bad("invalid_request", "The redirect_uri is not an address.");
    };
    if pairs.iter().any(|(name, _)| name.starts_with("grant_options")) {
        return bad("invalid_request", "This sandbox grants offline access only; leave grant_options out.");
    }
    let scopes: Vec<String> = one("scope")
        .unwrap_or_default()
        .split([',', ' '])
        .map(str::trim)
        .filter(|scope| !scope.is_empty())
        .map(str::to_owned)
        .collect();
    if let Some(odd) = scopes.iter().find(|scope| !is_scope(scope)) {
        return bad("invalid_scope", &format!("The access scope is invalid: {odd}"));
    }
    Ok(Ask { shop_name, scopes, redirect_uri, state: one("state") })
}

fn is_scope(handle: &str) -> bool {
    let bare = handle.strip_prefix("unauthenticated_").unwrap_or(handle);
    let thing = bare.strip_prefix("read_").or_else(|| bare.strip_prefix("write_"));
    thing.is_some_and(|thing| {
        (1..=60).contains(&thing.len()) && thing.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    })
}

/// `read_products` as a merchant reads it.
fn in_words(scope: &str) -> String {
    match scope.split_once('_') {
        Some(("read", thing)) => format!("View {}", thing.replace('_', " ")),
        Some(("write", thing)) => format!("View and change {}", thing.replace('_', " ")),
        _ => scope.replace('_', " "),
    }
}

fn note(fake: &ShopifyFake, shop: &str, what: &str, scopes: &[String]) {
    let summary =
        format!("{what}: {}", if scopes.is_empty() { "no scopes".to_owned() } else { scopes.join(", ") });
    let data = json!({ "shop": shop, "step": what, "scopes": scopes });
    fake.note("shopify.authorize", format!("authorize {what}"), summary, data);
}
