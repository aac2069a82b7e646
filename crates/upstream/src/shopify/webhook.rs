//! A shop's webhooks: hints that something changed. Topic, shop and ids come in headers that nobody signed, so they are read
//! strictly, and believed only as far as the body agrees.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::event::{DedupKey, ShopEvent, ShopHint};
use shopclerk_domain::ids::ProductId;

use super::Shopify;
use crate::lenient::{Fields, fields, instant, instant_in, object, text, too_deep};

/// All values of each header that says something about a webhook.
#[derive(Debug, Default)]
pub(super) struct WebhookHeaders<'a> {
    topic: Vec<&'a [u8]>,
    shop: Vec<&'a [u8]>,
    /// Names the delivery; the same when it is repeated.
    webhook_id: Vec<&'a [u8]>,
    /// Names what the merchant did; several topics may share it.
    event_id: Vec<&'a [u8]>,
    triggered_at: Vec<&'a [u8]>,
    pub(super) signature: Vec<&'a [u8]>,
}

/// What a webhook is to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadWebhook {
    /// Something happened in a shop; a topic without a use is recorded as [`ShopHint::Other`].
    Event(ShopEvent),
    /// It cannot be read, or does not agree with itself.
    Broken {
        /// What is wrong with it.
        why: &'static str,
    },
}

/// Topics that undo something: they must name their shop inside what was signed.
const DESTRUCTIVE: [&str; 4] =
    ["app/uninstalled", "customers/data_request", "customers/redact", "shop/redact"];

/// Longest address or number of a customer.
const LONGEST_TOLD: usize = 320;

/// Longest topic, and longest id of a delivery.
const LONGEST: usize = 128;

impl<'a> WebhookHeaders<'a> {
    /// Picks the headers of a webhook out of all headers of a request, in both of Shopify's spellings.
    pub(super) fn read(headers: &'a HeaderMap) -> Self {
        let all = |name: &str| {
            let old = headers.get_all(format!("x-shopify-{name}"));
            let new = headers.get_all(format!("shopify-{name}"));
            old.iter().chain(new).map(HeaderValue::as_bytes).collect()
        };
        Self {
            topic: all("topic"),
            shop: all("shop-domain"),
            webhook_id: all("webhook-id"),
            event_id: all("event-id"),
            triggered_at: all("triggered-at"),
            signature: all("hmac-sha256"),
        }
    }
}

impl Shopify {
    /// Reads a delivery whose signature was found good. What does not say when it happened happened `now`.
    pub fn read_delivery(&self, headers: &HeaderMap, body: &[u8], now: Timestamp) -> ReadWebhook {
        match read(&WebhookHeaders::read(headers), body, now) {
            Ok(event) => ReadWebhook::Event(event),
            Err(why) => ReadWebhook::Broken { why },
        }
    }
}

/// Headers that begin so say something about a webhook.
const SPELLINGS: [&str; 2] = ["x-shopify-", "shopify-"];

/// What must be kept beside a body to read it again: its webhook's headers, without the signature, which was checked.
pub fn head(headers: &HeaderMap) -> String {
    let ours = headers.iter().filter(|(name, _)| {
        let rest = SPELLINGS.iter().find_map(|spelling| name.as_str().strip_prefix(spelling));
        rest.is_some_and(|rest| rest != "hmac-sha256")
    });
    let kept: Vec<(&str, String)> = ours
        .map(|(name, value)| (name.as_str(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    serde_json::json!(kept).to_string()
}

/// Reads a quarantined delivery by today's rules; what does not say when it happened happened when it came.
pub fn read_again(head: &str, body: &[u8], received_at: Timestamp) -> ReadWebhook {
    let kept: Vec<(String, String)> = serde_json::from_str(head).unwrap_or_default();
    let mut headers = HeaderMap::new();
    for (name, value) in kept {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    match read(&WebhookHeaders::read(&headers), body, received_at) {
        Ok(event) => ReadWebhook::Event(event),
        Err(why) => ReadWebhook::Broken { why },
    }
}

fn read(headers: &WebhookHeaders<'_>, body: &[u8], now: Timestamp) -> Result<ShopEvent, &'static str> {
    let topic = once(&headers.topic).ok_or("the topic is missing or doubled")?;
    let shop = once(&headers.shop).and_then(|shop| ShopDomain::parse(shop).ok());
    let shop = shop.ok_or("the shop is missing or wrong")?;
    let delivery = once(&headers.webhook_id).ok_or("the id of the delivery is missing or doubled")?;
    let event_id = at_most_once(&headers.event_id)?;
    let triggered_at = at_most_once(&headers.triggered_at)?;
    if too_deep(body) {
        return Err("nested too deeply");
    }
    let body = std::str::from_utf8(body).ok().and_then(fields).ok_or("not a JSON object")?;
    check_shop(topic, &shop, &body)?;
    let (hint, about) = hint(topic, &body)?;
    let mut keys = vec![dedup(&["delivery", shop.as_str(), delivery])];
    // One act of the merchant's may change many products, each told by its own delivery.
    keys.extend(event_id.map(|id| dedup(&["event", shop.as_str(), id, topic, &about])));
    let at = triggered_at.and_then(instant).or_else(|| instant_in(&body, "updated_at"));
    Ok(ShopEvent { shop, dedup: keys, hint, at: at.unwrap_or(now) })
}

/// The header that names the shop is not signed; where the body names it too, both must agree.
fn check_shop(topic: &str, shop: &ShopDomain, body: &Fields<'_>) -> Result<(), &'static str> {
    let field = match topic {
        "shop/update" | "app/uninstalled" => "myshopify_domain",
        _ => "shop_domain",
    };
    match body.contains_key(field).then(|| text(body, field).unwrap_or_default()) {
        Some(named) if ShopDomain::parse(&named).ok().as_ref() != Some(shop) => {
            Err("the body names another shop")
        }
        None if DESTRUCTIVE.contains(&topic) => Err("the body does not name the shop"),
        _ => Ok(()),
    }
}

/// What the topic hints at, and which thing it is about.
fn hint(topic: &str, body: &Fields<'_>) -> Result<(ShopHint, String), &'static str> {
    let number = |name: &str| {
        let number = text(body, name).and_then(|id| id.parse::<u64>().ok()).filter(|number| *number > 0);
        number.ok_or("the body does not name what it is about")
    };
    let about = || text(body, "admin_graphql_api_id").or_else(|| text(body, "id")).unwrap_or_default();
    Ok(match topic {
        "products/create" | "products/update" => {
            let id = number("id")?;
            (ShopHint::ProductChanged(ProductId::new(id)), id.to_string())
        }
        "products/delete" => {
            let id = number("id")?;
            (ShopHint::ProductDeleted(ProductId::new(id)), id.to_string())
        }
        "variants/in_stock" | "variants/out_of_stock" => {
            let id = number("product_id")?;
            (ShopHint::ProductChanged(ProductId::new(id)), about())
        }
        "inventory_levels/update" => {
            let id = number("inventory_item_id")?;
            let place = text(body, "location_id").unwrap_or_default();
            (ShopHint::StockChanged(id), format!("{id}/{place}"))
        }
        "collections/create" | "collections/update" | "collections/delete" | "shop/update"
        | "app/scopes_update" => (ShopHint::ShopChanged, about()),
        "discounts/create"
        | "discounts/update"
        | "discounts/delete"
        | "discounts/redeemcode_added"
        | "discounts/redeemcode_removed" => (ShopHint::DiscountsChanged, about()),
        "app/uninstalled" => (ShopHint::Removed, String::new()),
        "customers/data_request" => {
            let asked = object(body, "data_request").unwrap_or_default();
            let request = text(&asked, "id").and_then(|id| id.parse::<u64>().ok());
            let request = request.ok_or("the body does not name the request")?;
            (ShopHint::CustomerAsked { request, about: customer(body)?.1 }, request.to_string())
        }
        "customers/redact" => {
            let (number, about) = customer(body)?;
            let key = format!("{number}/{}", about.email.as_deref().unwrap_or_default());
            (ShopHint::CustomerErased { number, about }, key)
        }
        "shop/redact" => (ShopHint::Erased, String::new()),
        other => (ShopHint::Other(other.to_owned()), about()),
    })
}

/// The customer a body is about; number, address and telephone may each be missing.
fn customer(body: &Fields<'_>) -> Result<(u64, Customer), &'static str> {
    let customer = object(body, "customer").ok_or("the body does not name the customer")?;
    let told = |name: &str| text(&customer, name).filter(|text| (1..=LONGEST_TOLD).contains(&text.len()));
    let number = text(&customer, "id").and_then(|id| id.parse().ok()).unwrap_or(0);
    Ok((number, Customer { email: told("email"), phone: told("phone") }))
}

/// The one value of a header that must be there.
fn once<'a>(values: &[&'a [u8]]) -> Option<&'a str> {
    let [value] = values else { return None };
    let value = std::str::from_utf8(value).ok()?;
    let plain = (1..=LONGEST).contains(&value.len()) && value.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then_some(value)
}

/// The one value of a header that may be there.
fn at_most_once<'a>(values: &[&'a [u8]]) -> Result<Option<&'a str>, &'static str> {
    if values.is_empty() {
        Ok(None)
    } else {
        once(values).map(Some).ok_or("a header is doubled or holds nonsense")
    }
}

fn dedup(parts: &[&str]) -> DedupKey {
    crate::dedup::key(None, parts.iter().map(|part| part.as_bytes()))
}
