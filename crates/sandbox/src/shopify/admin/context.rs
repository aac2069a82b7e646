//! What every resolver shares: who asks, which shop answers, and the small tools answers are made with.

use std::cell::{Cell, RefCell};

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::{JsonMap, JsonValue};
use serde_json::{Value, json};

use super::super::shelf::{Placed, Shelf};
use super::super::store::{Collection, Discount, Goods, Product};
use super::super::{ShopifyFake, ledger};
use super::{collection, discount, product, root, shop, variant};

/// Objects one answer may hold; nested pages could multiply to millions.
const MOST_OBJECTS: usize = 100_000;
/// Separates code, message and scope in an error on its way out of the executor.
pub(super) const MARK: char = '\u{1f}';

pub(super) type Answer<'a> = Result<ResolvedValue<'a>, FieldError>;

/// One call.
pub(super) struct Call<'c> {
    pub(super) fake: &'c ShopifyFake,
    pub(super) domain: &'c str,
    pub(super) shelf: &'c Shelf,
    pub(super) scopes: &'c [String],
    pub(super) version: &'c str,
    pub(super) now: i64,
    /// What search filters were ignored, for `extensions.search`.
    pub(super) searches: RefCell<Vec<Value>>,
    pub(super) objects: Cell<usize>,
}

/// Something with fields.
#[derive(Clone)]
pub(super) enum Item<'c> {
    Query,
    Mutation,
    Shop,
    Product(&'c Product),
    Variant(Placed<'c>),
    Stock(Placed<'c>),
    Level(Placed<'c>),
    Collection(&'c Collection),
    Discount(&'c Discount),
    /// The discount itself, behind its node.
    Terms(&'c Discount),
    Gets(&'c Discount),
    Buys(&'c Discount),
    Entitled(&'c Goods),
    Record(Record),
}

/// An item within its call.
pub(super) struct Object<'c> {
    pub(super) call: &'c Call<'c>,
    pub(super) item: Item<'c>,
}

impl ObjectValue for Object<'_> {
    fn type_name(&self) -> &str {
        match &self.item {
            Item::Query => "QueryRoot",
            Item::Mutation => "Mutation",
            Item::Shop => "Shop",
            Item::Product(_) => "Product",
            Item::Variant(_) => "ProductVariant",
            Item::Stock(_) => "InventoryItem",
            Item::Level(_) => "InventoryLevel",
            Item::Collection(_) => "Collection",
            Item::Discount(_) => "DiscountNode",
            Item::Terms(of) => discount::kind(of),
            Item::Gets(_) => "DiscountCustomerGets",
            Item::Buys(_) => "DiscountCustomerBuys",
            Item::Entitled(on) => discount::entitled_kind(on),
            Item::Record(record) => record.type_name,
        }
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Answer<'a> {
        let call = self.call;
        match &self.item {
            Item::Query => root::query(call, info),
            Item::Mutation => root::mutation(call, info),
            Item::Shop => shop::field(call, info),
            Item::Product(product) => product::field(call, product, info),
            Item::Variant(placed) => variant::field(call, *placed, info),
            Item::Stock(placed) => variant::stock_field(call, *placed, info),
            Item::Level(placed) => variant::level_field(call, *placed, info),
            Item::Collection(collection) => collection::field(call, collection, info),
            Item::Discount(of) => discount::node(call, of, info),
            Item::Terms(of) => discount::field(call, of, info),
            Item::Gets(of) => discount::gets(call, of, info),
            Item::Buys(of) => discount::buys(call, of, info),
            Item::Entitled(on) => discount::entitled(call, on, info),
            Item::Record(record) => call.record_field(record, info),
        }
    }
}

impl<'c> Call<'c> {
    /// An object in the answer.
    pub(super) fn give<'a>(&'a self, item: Item<'a>) -> Answer<'a> {
        self.objects.set(self.objects.get() + 1);
        if self.objects.get() > MOST_OBJECTS {
            return Err(coded("INTERNAL_SERVER_ERROR", "The answer is too large. Ask for smaller pages."));
        }
        Ok(ResolvedValue::object(Object { call: self, item }))
    }

    /// An object, or null.
    pub(super) fn give_any<'a>(&'a self, item: Option<Item<'a>>) -> Answer<'a> {
        item.map_or_else(|| Ok(ResolvedValue::null()), |item| self.give(item))
    }

    /// A list of objects.
    #[expect(clippy::unnecessary_wraps, reason = "every resolver answers the same way")]
    pub(super) fn give_all<'a>(&'a self, items: impl Iterator<Item = Option<Item<'a>>> + 'a) -> Answer<'a> {
        Ok(ResolvedValue::List(Box::new(items.map(|item| self.give_any(item)))))
    }

    /// Fails as Shopify does when the token lacks a scope.
    pub(super) fn need(&self, field: &str, scope: &str) -> Result<(), FieldError> {
        if ledger::allows(self.scopes, scope) {
            return Ok(());
        }
        let message = format!("Access denied for {field} field. Required access: `{scope}` access scope.");
        Err(coded("ACCESS_DENIED", &format!("{message}{MARK}{scope}")))
    }

    /// Remembers what of a filter was ignored.
    pub(super) fn warn(&self, info: &ResolveInfo<'_>, query: &str, warnings: &[Value]) {
        if !warnings.is_empty() {
            let path = info.field_selections().first().map_or("", |field| field.response_key().as_str());
            self.searches.borrow_mut().push(json!({ "path": [path], "query": query, "warnings": warnings }));
        }
    }

    /// The address of the shop, which stands for its domain.
    pub(super) fn home(&self) -> String {
        format!("{}/{}", self.fake.base_url, self.domain)
    }

    /// The shop's currency.
    pub(super) fn currency(&self) -> &'c str {
        &self.shelf.store().shop.currency
    }

    fn record_field<'a>(&'a self, record: &'a Record, info: &ResolveInfo<'_>) -> Answer<'a> {
        let field = record.fields.iter().find(|(name, _)| *name == info.field_name());
        match field.map(|(_, part)| part) {
            Some(Part::Leaf(value)) => leaf(value.clone()),
            Some(Part::One(one)) => self.give(Item::Record(one.clone())),
            Some(Part::Many(many)) => self.give_all(many.iter().map(|one| Some(Item::Record(one.clone())))),
            None => Err(unanswered(record.type_name, info)),
        }
    }
}

/// An object whose fields are known beforehand.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) type_name: &'static str,
    pub(super) fields: Vec<(&'static str, Part)>,
}

/// One field of a record.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Leaf(JsonValue),
    One(Record),
    Many(Vec<Record>),
}

impl<T: Into<JsonValue>> From<T> for Part {
    fn from(value: T) -> Self {
        Self::Leaf(value.into())
    }
}

impl Record {
    pub(super) fn new<const N: usize>(type_name: &'static str, fields: [(&'static str, Part); N]) -> Self {
        Self { type_name, fields: fields.into() }
    }
}

/// The arguments of a field, with the schema's defaults.
pub(super) struct Args<'i>(pub(super) &'i ResolveInfo<'i>);

impl<'i> Args<'i> {
    pub(super) fn text(&self, name: &str) -> Option<&'i str> {
        self.0.arguments().get(name)?.as_str()
    }

    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.0.arguments().get(name)?.as_i64()
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        self.0.arguments().get(name).and_then(JsonValue::as_bool).unwrap_or(false)
    }

    pub(super) fn texts(&self, name: &str) -> Option<Vec<&'i str>> {
        Some(self.0.arguments().get(name)?.as_array()?.iter().filter_map(JsonValue::as_str).collect())
    }

    pub(super) fn object(&self, name: &str) -> Option<&'i JsonMap> {
        self.0.arguments().get(name)?.as_object()
    }

    /// The number in a `gid://shopify/{kind}/…` argument.
    pub(super) fn id(&self, name: &str, kind: &str) -> Option<u64> {
        self.text(name).and_then(Gid::read).filter(|gid| gid.kind == kind).map(|gid| gid.id)
    }
}

/// A global id such as `gid://shopify/Product/42`.
pub(super) struct Gid<'t> {
    pub(super) kind: &'t str,
    pub(super) id: u64,
    /// The item an inventory level's id names behind `?inventory_item_id=`.
    pub(super) item: Option<u64>,
}

impl<'t> Gid<'t> {
    pub(super) fn read(text: &'t str) -> Option<Self> {
        let (kind, rest) = text.strip_prefix("gid://shopify/")?.split_once('/')?;
        let (id, item) =
            rest.split_once("?inventory_item_id=").map_or((rest, None), |(id, item)| (id, Some(item)));
        Some(Self { kind, id: id.parse().ok()?, item: item.map(str::parse).transpose().ok()? })
    }
}

/// The global id of a numbered thing.
pub(crate) fn gid(kind: &str, id: u64) -> String {
    format!("gid://shopify/{kind}/{id}")
}

/// A stable number above 2^53 for what the store does not number itself, such as a product's second picture.
pub(crate) fn number_of(parent: u64, place: usize) -> u64 {
    // SplitMix64's finaliser: neighbours end far apart, so two parents do not share numbers.
    let place = u64::try_from(place).unwrap_or(u64::MAX);
    let mut mixed = parent.wrapping_add(place.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (1 << 53) + ((mixed ^ (mixed >> 31)) >> 10)
}

/// A scalar, or a list of them.
#[expect(clippy::unnecessary_wraps, reason = "every resolver answers the same way")]
pub(super) fn leaf<'a>(value: impl Into<JsonValue>) -> Answer<'a> {
    Ok(match value.into() {
        JsonValue::Array(list) => ResolvedValue::list(list.into_iter().map(ResolvedValue::Leaf)),
        one => ResolvedValue::Leaf(one),
    })
}

/// A time as the Admin API writes it.
pub(crate) fn time(millis: i64) -> String {
    let instant = jiff::Timestamp::from_millisecond(millis).unwrap_or_default();
    format!("{instant:.0}")
}

/// `Count`, exact.
pub(super) fn count(number: usize) -> Record {
    let number = i32::try_from(number).unwrap_or(i32::MAX);
    Record::new("Count", [("count", number.into()), ("precision", "EXACT".into())])
}

/// An error with one of Shopify's codes.
pub(super) fn coded(code: &str, message: &str) -> FieldError {
    FieldError { message: format!("{code}{MARK}{message}") }
}

/// A field of the schema that nothing answers: a mistake of this program, named.
pub(super) fn unanswered(type_name: &str, info: &ResolveInfo<'_>) -> FieldError {
    coded("INTERNAL_SERVER_ERROR", &format!("nothing answers {type_name}.{}", info.field_name()))
}
