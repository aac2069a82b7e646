//! Fields of discounts: the node, the eight kinds behind it, and what each asks and gives.

use apollo_compiler::resolvers::ResolveInfo;
use rust_decimal::prelude::ToPrimitive;

use super::super::discounts::status;
use super::super::money;
use super::super::store::{Buyers, Discount, Gives, Goods, Minimum};
use super::context::{Answer, Call, Item, Part, Record, count, gid, leaf, number_of, time, unanswered};
use super::filter::Term;
use super::list::{Kind, connection};
use super::paging::{Key, Position, Window};
use super::product::{self, int, signed};
use super::{collection, variant};

/// The name of a discount's kind.
pub(super) fn kind(discount: &Discount) -> &'static str {
    let automatic = discount.codes.is_empty();
    match (automatic, &discount.gives) {
        (true, Gives::Percent(_) | Gives::Amount(_) | Gives::AmountEach(_)) => "DiscountAutomaticBasic",
        (true, Gives::FreeShipping) => "DiscountAutomaticFreeShipping",
        (true, Gives::OneMore { .. }) => "DiscountAutomaticBxgy",
        (true, Gives::App) => "DiscountAutomaticApp",
        (false, Gives::Percent(_) | Gives::Amount(_) | Gives::AmountEach(_)) => "DiscountCodeBasic",
        (false, Gives::FreeShipping) => "DiscountCodeFreeShipping",
        (false, Gives::OneMore { .. }) => "DiscountCodeBxgy",
        (false, Gives::App) => "DiscountCodeApp",
    }
}

/// Fields of `DiscountNode`.
pub(super) fn node<'a>(call: &'a Call<'a>, discount: &'a Discount, info: &ResolveInfo<'_>) -> Answer<'a> {
    match info.field_name() {
        "id" => leaf(gid("DiscountNode", discount.id)),
        "discount" => call.give(Item::Terms(discount)),
        _ => Err(unanswered("DiscountNode", info)),
    }
}

/// Fields of all kinds of discounts; which of them a kind has, the schema says.
pub(super) fn field<'a>(call: &'a Call<'a>, discount: &'a Discount, info: &ResolveInfo<'_>) -> Answer<'a> {
    let record = |record: Record| call.give(Item::Record(record));
    match info.field_name() {
        "title" => leaf(discount.title.as_str()),
        "status" => leaf(status(discount, call.now)),
        "summary" | "shortSummary" => leaf(summary(discount)),
        "startsAt" => leaf(time(discount.starts_at)),
        "endsAt" => leaf(discount.ends_at.map(time)),
        "createdAt" => leaf(time(discount.created_at)),
        "updatedAt" => leaf(time(discount.updated_at)),
        "usageLimit" => leaf(discount.usage_limit.map(int)),
        "asyncUsageCount" => leaf(int(discount.used)),
        "appliesOncePerCustomer" => leaf(discount.once_per_customer),
        "usesPerOrderLimit" | "maximumShippingPrice" => leaf(()),
        "discountClasses" => leaf(vec![class(discount)]),
        "codes" => codes(call, discount, info),
        "codesCount" => record(count(discount.codes.len())),
        "combinesWith" => record(Record::new(
            "DiscountCombinesWith",
            [
                ("orderDiscounts", false.into()),
                ("productDiscounts", false.into()),
                ("shippingDiscounts", true.into()),
            ],
        )),
        "context" => record(context(discount)),
        "minimumRequirement" => call.give_any(minimum(call, discount).map(Item::Record)),
        "customerGets" => call.give(Item::Gets(discount)),
        "customerBuys" => call.give(Item::Buys(discount)),
        "destinationSelection" => record(Record::new("DiscountCountryAll", [("allCountries", true.into())])),
        "appDiscountType" => record(Record::new(
            "AppDiscountType",
            [
                ("title", "Loyalty points".into()),
                ("description", "Decided by another app".into()),
                ("appKey", "another-app".into()),
            ],
        )),
        _ => Err(unanswered(kind(discount), info)),
    }
}

/// Fields of `DiscountCustomerGets`.
pub(super) fn gets<'a>(call: &'a Call<'a>, discount: &'a Discount, info: &ResolveInfo<'_>) -> Answer<'a> {
    match info.field_name() {
        "appliesOnOneTimePurchase" => leaf(true),
        "appliesOnSubscription" => leaf(false),
        "items" => call.give(Item::Entitled(&discount.on)),
        "value" => call.give(Item::Record(value(call, &discount.gives))),
        _ => Err(unanswered("DiscountCustomerGets", info)),
    }
}

/// Fields of `DiscountCustomerBuys`.
pub(super) fn buys<'a>(call: &'a Call<'a>, discount: &'a Discount, info: &ResolveInfo<'_>) -> Answer<'a> {
    match (info.field_name(), &discount.gives) {
        ("items", _) => call.give(Item::Entitled(&discount.on)),
        ("value", Gives::OneMore { buy, .. }) => call.give(Item::Record(quantity(*buy))),
        _ => Err(unanswered("DiscountCustomerBuys", info)),
    }
}

/// The name of the kind of what a discount is for.
pub(super) const fn entitled_kind(on: &Goods) -> &'static str {
    match on {
        Goods::Everything => "AllDiscountItems",
        Goods::Products(_) | Goods::Variants(_) => "DiscountProducts",
        Goods::Collections(_) => "DiscountCollections",
    }
}

/// Fields of what a discount is for.
pub(super) fn entitled<'a>(call: &'a Call<'a>, on: &'a Goods, info: &ResolveInfo<'_>) -> Answer<'a> {
    let (products, variants): (&[u64], &[u64]) = match on {
        Goods::Products(ids) => (ids, &[]),
        Goods::Variants(ids) => (&[], ids),
        Goods::Everything | Goods::Collections(_) => (&[], &[]),
    };
    match (info.field_name(), on) {
        ("allItems", _) => leaf(true),
        ("products", _) => {
            let rows = products.iter().filter_map(|id| call.shelf.product(*id));
            let rows = rows.map(|one| (product::position(one, ""), Item::Product(one)));
            connection(call, Kind::PRODUCTS, Window::read(info)?.sort_and_cut(rows))
        }
        ("productVariants", _) => {
            let rows = variants.iter().filter_map(|id| call.shelf.variant(*id));
            let rows = rows.map(|one| (variant::position(one, ""), Item::Variant(one)));
            connection(call, Kind::VARIANTS, Window::read(info)?.sort_and_cut(rows))
        }
        ("collections", Goods::Collections(handles)) => {
            let rows = handles.iter().filter_map(|handle| call.shelf.store().collections.get(handle));
            let rows = rows.map(|one| (collection::position(one, ""), Item::Collection(one)));
            connection(call, Kind::COLLECTIONS, Window::read(info)?.sort_and_cut(rows))
        }
        _ => Err(unanswered(entitled_kind(on), info)),
    }
}

/// Where a discount stands in an order of `DiscountSortKeys`.
pub(super) fn position(discount: &Discount, sort: &str) -> Position {
    let key = match sort {
        "TITLE" => Key::Text(discount.title.to_lowercase()),
        "CREATED_AT" => Key::Number(discount.created_at),
        "UPDATED_AT" => Key::Number(discount.updated_at),
        "STARTS_AT" => Key::Number(discount.starts_at),
        "ENDS_AT" => Key::Number(discount.ends_at.unwrap_or(i64::MAX)),
        _ => Key::Number(0),
    };
    Position { key, id: discount.id }
}

/// What the search filters of discounts ask of one.
pub(super) fn fulfils(discount: &Discount, now: i64, term: &Term) -> bool {
    match term.field.as_deref() {
        Some("id") => term.holds(signed(discount.id)),
        Some("status") => term.is(status(discount, now)),
        Some("method") => term.is(if discount.codes.is_empty() { "automatic" } else { "code" }),
        Some("discount_class") => term.is(class(discount)),
        Some("code") => discount.codes.iter().any(|code| term.is(code)),
        Some("times_used") => term.holds(discount.used),
        Some("created_at") => term.holds(discount.created_at),
        Some("updated_at") => term.holds(discount.updated_at),
        Some("starts_at") => term.holds(discount.starts_at),
        Some("ends_at") => discount.ends_at.is_some_and(|end| term.holds(end)),
        _ => term.has(&discount.title),
    }
}

fn class(discount: &Discount) -> &'static str {
    match (&discount.gives, &discount.on) {
        (Gives::FreeShipping, _) => "SHIPPING",
        (Gives::OneMore { .. }, _) => "PRODUCT",
        (_, Goods::Everything) => "ORDER",
        _ => "PRODUCT",
    }
}

fn summary(discount: &Discount) -> String {
    let gives = match &discount.gives {
        Gives::Percent(share) => format!("{} off", percent(share)),
        Gives::Amount(amount) | Gives::AmountEach(amount) => format!("{amount} off"),
        Gives::FreeShipping => "Free shipping".to_owned(),
        Gives::OneMore { buy, percent: share } => format!("Buy {buy}, get 1 at {} off", percent(share)),
        Gives::App => "Decided by another app".to_owned(),
    };
    match &discount.minimum {
        Minimum::None => gives,
        Minimum::Subtotal(amount) => format!("{gives} • Minimum purchase of {amount}"),
        Minimum::Quantity(pieces) => format!("{gives} • Minimum quantity of {pieces}"),
    }
}

fn percent(share: &str) -> String {
    format!("{}%", (money::read(share) * rust_decimal::Decimal::ONE_HUNDRED).normalize())
}

fn codes<'a>(call: &'a Call<'a>, discount: &'a Discount, info: &ResolveInfo<'_>) -> Answer<'a> {
    let row = |(place, code): (usize, &'a String)| {
        let id = number_of(discount.id, place);
        let fields = [
            ("id", gid("DiscountRedeemCode", id).into()),
            ("code", code.as_str().into()),
            ("asyncUsageCount", int(discount.used).into()),
        ];
        let at = Position { key: Key::Number(i64::try_from(place).unwrap_or(i64::MAX)), id };
        (at, Item::Record(Record::new("DiscountRedeemCode", fields)))
    };
    connection(
        call,
        Kind::CODES,
        Window::read(info)?.sort_and_cut(discount.codes.iter().enumerate().map(row)),
    )
}

fn context(discount: &Discount) -> Record {
    let one = |kind: &'static str, name: &str| {
        let id = ("id", gid(kind, number_of(discount.id, 1_000)).into());
        let mut record = Record::new(kind, [id]);
        if kind == "Segment" {
            record.fields.push(("name", name.into()));
        }
        Part::Many(vec![record])
    };
    match &discount.buyers {
        Buyers::All => Record::new("DiscountBuyerSelectionAll", [("all", "ALL".into())]),
        Buyers::Segment(name) => {
            Record::new("DiscountCustomerSegments", [("segments", one("Segment", name))])
        }
        Buyers::Customer(name) => Record::new("DiscountCustomers", [("customers", one("Customer", name))]),
    }
}

fn minimum(call: &Call<'_>, discount: &Discount) -> Option<Record> {
    match &discount.minimum {
        Minimum::None => None,
        Minimum::Subtotal(amount) => {
            let subtotal = Part::One(product::money_v2(call, money::read(amount)));
            Some(Record::new("DiscountMinimumSubtotal", [("greaterThanOrEqualToSubtotal", subtotal)]))
        }
        Minimum::Quantity(pieces) => {
            let pieces = pieces.to_string().into();
            Some(Record::new("DiscountMinimumQuantity", [("greaterThanOrEqualToQuantity", pieces)]))
        }
    }
}

fn value(call: &Call<'_>, gives: &Gives) -> Record {
    let amount = |amount: &str, each: bool| {
        let amount = Part::One(product::money_v2(call, money::read(amount)));
        Record::new("DiscountAmount", [("amount", amount), ("appliesOnEachItem", each.into())])
    };
    match gives {
        Gives::Percent(share) => share_of(share),
        Gives::Amount(off) => amount(off, false),
        Gives::AmountEach(off) => amount(off, true),
        Gives::OneMore { percent, .. } => Record::new(
            "DiscountOnQuantity",
            [("quantity", Part::One(quantity(1))), ("effect", Part::One(share_of(percent)))],
        ),
        Gives::FreeShipping | Gives::App => share_of("0"),
    }
}

fn share_of(share: &str) -> Record {
    let share = money::read(share).to_f64().unwrap_or_default();
    Record::new("DiscountPercentage", [("percentage", share.into())])
}

fn quantity(pieces: u32) -> Record {
    Record::new("DiscountQuantity", [("quantity", pieces.to_string().into())])
}
