//! Webhook subscriptions: made, listed, changed and removed through the API.

use apollo_compiler::resolvers::ResolveInfo;
use apollo_compiler::response::{JsonMap, JsonValue};

use super::super::hooks::header_topic;
use super::super::ledger::{Subscription, allows};
use super::super::versions;
use super::context::{Answer, Args, Call, Item, Part, Record, count, gid, time, unanswered};
use super::list::{Kind, connection};
use super::paging::{Key, Position, Window};
use super::shop;

/// Subscriptions one shop may have; nobody fills the disk through the API.
const MOST: usize = 1_000;
/// Subscription numbers start above 2^53, as Shopify's do nowadays.
const FIRST_NUMBER: u64 = 9_100_000_000_000_000;
/// Longest list or text of a subscription that is kept.
const LONGEST: usize = 2_000;

/// A refusal as `userErrors` shows it.
struct UserError {
    field: Vec<&'static str>,
    message: String,
}

fn refuse(field: &[&'static str], message: impl Into<String>) -> UserError {
    UserError { field: field.to_vec(), message: message.into() }
}

/// The root query fields over subscriptions.
pub(super) fn query<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    match info.field_name() {
        "webhookSubscription" => {
            let id = Args(info).id("id", "WebhookSubscription");
            call.give_any(id.and_then(|id| find(call, id)).map(Item::Record))
        }
        "webhookSubscriptionsCount" => call.give(Item::Record(count(mine(call, |_| true).len()))),
        "webhookSubscriptions" => {
            let (window, args) = (Window::read(info)?, Args(info));
            let (topics, uri) = (args.texts("topics"), args.text("uri"));
            let json_only = args.text("format").is_none_or(|format| format == "JSON");
            let rows = mine(call, |one| {
                json_only
                    && topics.as_ref().is_none_or(|topics| topics.contains(&one.topic.as_str()))
                    && uri.is_none_or(|uri| uri == one.uri)
            });
            let by_time = window.sort() == "CREATED_AT";
            let rows = rows.into_iter().map(|one| {
                let key = Key::Number(if by_time { one.created_at } else { 0 });
                (Position { key, id: one.id }, Item::Record(record(call, &one)))
            });
            connection(call, Kind::SUBSCRIPTIONS, window.sort_and_cut(rows))
        }
        _ => Err(unanswered("QueryRoot", info)),
    }
}

/// The mutations; each answers what became of it and why not.
pub(super) fn mutation<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let args = Args(info);
    let input = args.object("webhookSubscription");
    let id = args.id("id", "WebhookSubscription").unwrap_or(0);
    let (type_name, name, outcome) = match info.field_name() {
        "webhookSubscriptionCreate" => {
            let made = create(call, args.text("topic").unwrap_or_default(), input);
            (
                "WebhookSubscriptionCreatePayload",
                "webhookSubscription",
                made.map(|one| Part::One(record(call, &one))),
            )
        }
        "webhookSubscriptionUpdate" => {
            let made = update(call, id, input);
            (
                "WebhookSubscriptionUpdatePayload",
                "webhookSubscription",
                made.map(|one| Part::One(record(call, &one))),
            )
        }
        "webhookSubscriptionDelete" => {
            let gone = delete(call, id).map(|()| gid("WebhookSubscription", id).into());
            ("WebhookSubscriptionDeletePayload", "deletedWebhookSubscriptionId", gone)
        }
        _ => return Err(unanswered("Mutation", info)),
    };
    let (made, errors) = match outcome {
        Ok(made) => (made, Vec::new()),
        Err(error) => (Part::Leaf(JsonValue::Null), vec![shown(error)]),
    };
    call.give(Item::Record(Record::new(type_name, [(name, made), ("userErrors", Part::Many(errors))])))
}

/// A subscription of this shop.
pub(super) fn find(call: &Call<'_>, id: u64) -> Option<Record> {
    mine(call, |one| one.id == id).first().map(|one| record(call, one))
}

fn mine(call: &Call<'_>, wanted: impl Fn(&Subscription) -> bool) -> Vec<Subscription> {
    let ledger = call.fake.ledger();
    ledger.subscriptions.iter().filter(|one| one.shop == call.domain && wanted(one)).cloned().collect()
}

fn create(call: &Call<'_>, topic: &str, input: Option<&JsonMap>) -> Result<Subscription, UserError> {
    let scope = scope_of(topic);
    if !scope.is_empty() && !allows(call.scopes, scope) {
        let message =
            format!("You cannot create a webhook subscription with the specified topic: it needs {scope}");
        return Err(refuse(&["topic"], message));
    }
    let mut made = Subscription {
        shop: call.domain.to_owned(),
        topic: topic.to_owned(),
        created_at: call.now,
        ..Subscription::default()
    };
    fill(&mut made, call.now, input)?;
    if made.uri.is_empty() {
        return Err(refuse(&["webhookSubscription", "uri"], "Address can't be blank"));
    }
    let saved = call.fake.change_ledger(|ledger| {
        let others: Vec<&Subscription> =
            ledger.subscriptions.iter().filter(|one| one.shop == call.domain).collect();
        if others.iter().any(|one| one.topic == made.topic && one.uri == made.uri) {
            return Err(refuse(
                &["webhookSubscription", "uri"],
                "Address for this topic has already been taken",
            ));
        }
        if others.len() >= MOST {
            return Err(refuse(
                &["webhookSubscription"],
                format!("There can be at most {MOST} subscriptions"),
            ));
        }
        ledger.numbered += 1;
        made.id = FIRST_NUMBER + ledger.numbered;
        ledger.subscriptions.push(made.clone());
        Ok(made)
    });
    saved.unwrap_or_else(|error| Err(refuse(&[], format!("The sandbox could not save its state: {error}"))))
}

fn update(call: &Call<'_>, id: u64, input: Option<&JsonMap>) -> Result<Subscription, UserError> {
    let saved = call.fake.change_ledger(|ledger| {
        let mut own = ledger.subscriptions.iter_mut().filter(|one| one.shop == call.domain);
        let Some(one) = own.find(|one| one.id == id) else { return Err(missing()) };
        let mut changed = one.clone();
        fill(&mut changed, call.now, input)?;
        *one = changed.clone();
        Ok(changed)
    });
    saved.unwrap_or_else(|error| Err(refuse(&[], format!("The sandbox could not save its state: {error}"))))
}

fn delete(call: &Call<'_>, id: u64) -> Result<(), UserError> {
    let saved = call.fake.change_ledger(|ledger| {
        let before = ledger.subscriptions.len();
        ledger.subscriptions.retain(|one| one.id != id || one.shop != call.domain);
        if ledger.subscriptions.len() < before { Ok(()) } else { Err(missing()) }
    });
    saved.unwrap_or_else(|error| Err(refuse(&[], format!("The sandbox could not save its state: {error}"))))
}

/// Takes over what the input names; what it leaves out stays.
fn fill(one: &mut Subscription, now: i64, input: Option<&JsonMap>) -> Result<(), UserError> {
    one.updated_at = now;
    let text = |name: &str| input.and_then(|input| input.get(name)).and_then(JsonValue::as_str);
    let texts = |name: &str| {
        let list = input.and_then(|input| input.get(name)).and_then(JsonValue::as_array)?;
        Some(list.iter().filter_map(JsonValue::as_str).map(str::to_owned).collect::<Vec<_>>())
    };
    if text("format").is_some_and(|format| format != "JSON") {
        return Err(refuse(&["webhookSubscription", "format"], "This sandbox sends JSON only"));
    }
    if text("filter").is_some_and(|filter| !filter.is_empty()) {
        return Err(refuse(&["webhookSubscription", "filter"], "This sandbox does not filter webhooks"));
    }
    if let Some(uri) = text("uri") {
        check_uri(uri).map_err(|why| refuse(&["webhookSubscription", "uri"], why))?;
        uri.clone_into(&mut one.uri);
    }
    if let Some(name) = text("name") {
        let plain =
            name.len() <= 50 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        if !plain {
            let message = "Name can have letters, digits, - and _, at most 50 of them";
            return Err(refuse(&["webhookSubscription", "name"], message));
        }
        one.name = Some(name.to_owned());
    }
    for (name, list) in
        [("includeFields", &mut one.include_fields), ("metafieldNamespaces", &mut one.metafield_namespaces)]
    {
        if let Some(given) = texts(name) {
            if given.iter().map(String::len).sum::<usize>() > LONGEST {
                return Err(refuse(&["webhookSubscription"], format!("{name} is too long")));
            }
            *list = given;
        }
    }
    Ok(())
}

/// Shopify takes https only; the sandbox also plain http to this machine, where it lives.
fn check_uri(uri: &str) -> Result<(), &'static str> {
    let Some(url) = url::Url::parse(uri).ok().filter(|_| uri.len() <= LONGEST) else {
        return Err("Address is invalid");
    };
    let here = match url.host() {
        Some(url::Host::Ipv4(ip)) => ip.is_loopback(),
        Some(url::Host::Ipv6(ip)) => ip.is_loopback(),
        Some(url::Host::Domain(name)) => name == "localhost",
        None => return Err("Address is invalid"),
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if here => Ok(()),
        _ => Err("Address protocol is not supported"),
    }
}

/// The scope a topic needs; empty where it needs none.
fn scope_of(topic: &str) -> &'static str {
    let topic = header_topic(topic);
    match topic.split('/').next().unwrap_or_default() {
        "products" | "variants" | "collections" => "read_products",
        "inventory_levels" | "inventory_items" => "read_inventory",
        "orders" => "read_orders",
        "discounts" => "read_discounts",
        "locations" => "read_locations",
        "themes" => "read_themes",
        "locales" => "read_locales",
        "markets" => "read_markets",
        _ => "",
    }
}

fn missing() -> UserError {
    refuse(&["id"], "Webhook subscription does not exist")
}

fn shown(error: UserError) -> Record {
    let field = if error.field.is_empty() { JsonValue::Null } else { error.field.into() };
    Record::new("UserError", [("field", field.into()), ("message", error.message.into())])
}

fn record(call: &Call<'_>, one: &Subscription) -> Record {
    let version = versions::answering(call.version, call.now).unwrap_or_default();
    Record::new(
        "WebhookSubscription",
        [
            ("id", gid("WebhookSubscription", one.id).into()),
            ("legacyResourceId", one.id.to_string().into()),
            ("topic", one.topic.as_str().into()),
            ("uri", one.uri.as_str().into()),
            ("callbackUrl", one.uri.as_str().into()),
            ("format", "JSON".into()),
            ("filter", ().into()),
            ("includeFields", one.include_fields.clone().into()),
            ("metafieldNamespaces", one.metafield_namespaces.clone().into()),
            ("name", one.name.clone().into()),
            ("apiVersion", Part::One(shop::version(&version, true))),
            ("createdAt", time(one.created_at).into()),
            ("updatedAt", time(one.updated_at).into()),
        ],
    )
}
