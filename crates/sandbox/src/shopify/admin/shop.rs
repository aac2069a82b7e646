//! Fields of the shop and of the app installed in it.

use apollo_compiler::resolvers::ResolveInfo;

use super::super::versions;
use super::context::{Answer, Call, Item, Part, Record, gid, leaf, number_of, time, unanswered};

/// The one stock location of a shop stands apart from its products' numbers.
const LOCATION: usize = 7;

/// Fields of `Shop`.
pub(super) fn field<'a>(call: &'a Call<'a>, info: &ResolveInfo<'_>) -> Answer<'a> {
    let shop = &call.shelf.store().shop;
    let record = |record| call.give(Item::Record(record));
    match info.field_name() {
        "id" => leaf(gid("Shop", shop.id)),
        "name" => leaf(shop.name.as_str()),
        "description" => leaf(Some(shop.description.as_str()).filter(|text| !text.is_empty())),
        "email" | "contactEmail" => leaf(shop.email.as_str()),
        "myshopifyDomain" => leaf(shop.domain.as_str()),
        "url" => leaf(call.home()),
        "primaryDomain" => record(domain(call)),
        "currencyCode" => leaf(shop.currency.as_str()),
        "enabledPresentmentCurrencies" => leaf(vec![shop.currency.as_str()]),
        "ianaTimezone" => leaf(shop.timezone.as_str()),
        "timezoneAbbreviation" => leaf(zoned(call).strftime("%Z").to_string()),
        "timezoneOffset" => leaf(zoned(call).strftime("%z").to_string()),
        "unitSystem" => leaf("METRIC_SYSTEM"),
        "weightUnit" => leaf("KILOGRAMS"),
        "taxesIncluded" | "taxShipping" | "setupRequired" => leaf(false),
        "checkoutApiSupported" => leaf(true),
        "plan" => record(Record::new(
            "ShopPlan",
            [
                ("publicDisplayName", "Development".into()),
                ("displayName", "Development".into()),
                ("partnerDevelopment", true.into()),
                ("shopifyPlus", false.into()),
            ],
        )),
        "resourceLimits" => record(Record::new(
            "ShopResourceLimits",
            [
                ("locationLimit", 200.into()),
                ("maxProductOptions", 3.into()),
                ("maxProductVariants", 2_048.into()),
                ("redirectLimitReached", false.into()),
            ],
        )),
        "createdAt" | "updatedAt" => leaf(time(oldest(call))),
        _ => Err(unanswered("Shop", info)),
    }
}

/// `currentAppInstallation`.
pub(super) fn installation(call: &Call<'_>) -> Record {
    let shop = call.shelf.store().shop.id;
    let mut handles: Vec<String> = call.scopes.to_vec();
    for scope in call.scopes {
        // What may be written may be read, and this list says so in full.
        if let Some(thing) = scope.strip_prefix("write_") {
            handles.push(format!("read_{thing}"));
        }
    }
    handles.sort();
    handles.dedup();
    let scope = |handle: String| {
        let description = handle.replace('_', " ");
        Record::new("AccessScope", [("handle", handle.into()), ("description", description.into())])
    };
    Record::new(
        "AppInstallation",
        [
            ("id", gid("AppInstallation", number_of(shop, 2)).into()),
            ("app", Part::One(app(call))),
            ("accessScopes", Part::Many(handles.into_iter().map(scope).collect())),
            ("launchUrl", call.home().into()),
            ("uninstallUrl", ().into()),
        ],
    )
}

fn app(call: &Call<'_>) -> Record {
    Record::new(
        "App",
        [
            ("id", gid("App", number_of(call.shelf.store().shop.id, 1)).into()),
            ("apiKey", call.fake.client_id.as_str().into()),
            ("handle", "shop-assistant".into()),
            ("title", "Shop assistant".into()),
            ("embedded", false.into()),
        ],
    )
}

/// `appUninstall`: the app takes itself out of the shop; the token that asked for it is dead afterwards.
pub(super) fn uninstall<'a>(call: &'a Call<'a>) -> Answer<'a> {
    let error = call.fake.take_out(&call.shelf.store().shop).err().map(|error| {
        let message = format!("The sandbox could not save its state: {error}");
        let fields = [("field", ().into()), ("message", message.into())];
        Record::new("AppUninstallAppUninstallError", fields)
    });
    let gone = if error.is_none() { Part::One(app(call)) } else { ().into() };
    let errors = Part::Many(error.into_iter().collect());
    call.give(Item::Record(Record::new("AppUninstallPayload", [("app", gone), ("userErrors", errors)])))
}

/// An API version by its handle.
pub(super) fn version(handle: &str, supported: bool) -> Record {
    let fields = [("handle", handle.into()), ("displayName", handle.into()), ("supported", supported.into())];
    Record::new("ApiVersion", fields)
}

/// `publicApiVersions`.
pub(super) fn versions(call: &Call<'_>) -> Vec<Record> {
    let supported = versions::supported(call.now);
    supported.iter().map(|handle| version(handle, true)).chain([version("unstable", false)]).collect()
}

/// The number of the shop's one stock location.
pub(super) fn location_id(call: &Call<'_>) -> u64 {
    location_number(call.shelf.store().shop.id)
}

/// The number of the one stock location of a shop with this id.
pub(crate) fn location_number(shop: u64) -> u64 {
    number_of(shop, LOCATION)
}

/// The shop's one stock location.
pub(super) fn location(call: &Call<'_>) -> Record {
    let id = location_id(call);
    Record::new(
        "Location",
        [
            ("id", gid("Location", id).into()),
            ("legacyResourceId", id.to_string().into()),
            ("name", "Main stock room".into()),
            ("isActive", true.into()),
            ("isPrimary", true.into()),
            ("fulfillsOnlineOrders", true.into()),
            ("hasActiveInventory", true.into()),
            ("shipsInventory", true.into()),
        ],
    )
}

fn domain(call: &Call<'_>) -> Record {
    let host = call.fake.base_url.split("://").last().unwrap_or_default();
    Record::new(
        "Domain",
        [
            ("id", gid("Domain", number_of(call.shelf.store().shop.id, 3)).into()),
            ("host", host.into()),
            ("url", call.home().into()),
            ("sslEnabled", call.fake.base_url.starts_with("https:").into()),
        ],
    )
}

fn zoned(call: &Call<'_>) -> jiff::Zoned {
    let zone = jiff::tz::TimeZone::get(&call.shelf.store().shop.timezone).unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::from_millisecond(call.now).unwrap_or_default().to_zoned(zone)
}

fn oldest(call: &Call<'_>) -> i64 {
    call.shelf.by_update().first().map_or(0, |(at, _)| *at)
}
