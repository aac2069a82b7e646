//! Connections: a page of objects as `nodes`, as `edges` and with its `pageInfo`.

use apollo_compiler::resolvers::{ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::JsonValue;

use super::context::{Answer, Call, Item, Record, leaf, unanswered};
use super::paging::Page;

/// A kind of connection, by the names of its types.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    connection: &'static str,
    edge: &'static str,
}

macro_rules! kinds {
    ($($constant:ident $node:literal)*) => {
        impl Kind {
            $(pub(super) const $constant: Self =
                Self { connection: concat!($node, "Connection"), edge: concat!($node, "Edge") };)*
        }
    };
}

kinds! {
    PRODUCTS "Product" VARIANTS "ProductVariant" COLLECTIONS "Collection" LOCATIONS "Location" LEVELS "InventoryLevel"
    ITEMS "InventoryItem" DISCOUNTS "DiscountNode" CODES "DiscountRedeemCode" METAFIELDS "Metafield" MEDIA "Media" IMAGES "Image" SUBSCRIPTIONS "WebhookSubscription"
}

struct Connection<'c> {
    call: &'c Call<'c>,
    kind: Kind,
    page: Page<Item<'c>>,
}

struct Edge<'c> {
    call: &'c Call<'c>,
    kind: Kind,
    cursor: &'c str,
    item: &'c Item<'c>,
}

/// A connection that shows `page`.
#[expect(clippy::unnecessary_wraps, reason = "every resolver answers the same way")]
pub(super) fn connection<'a>(call: &'a Call<'a>, kind: Kind, page: Page<Item<'a>>) -> Answer<'a> {
    Ok(ResolvedValue::object(Connection { call, kind, page }))
}

impl ObjectValue for Connection<'_> {
    fn type_name(&self) -> &str {
        self.kind.connection
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Answer<'a> {
        let rows = &self.page.rows;
        match info.field_name() {
            "nodes" => self.call.give_all(rows.iter().map(|(_, item)| Some(item.clone()))),
            "edges" => Ok(ResolvedValue::list(rows.iter().map(|(cursor, item)| {
                ResolvedValue::object(Edge { call: self.call, kind: self.kind, cursor, item })
            }))),
            "pageInfo" => {
                let cursor = |row: Option<&(String, Item<'_>)>| {
                    row.map_or(JsonValue::Null, |row| row.0.as_str().into())
                };
                self.call.give(Item::Record(Record::new(
                    "PageInfo",
                    [
                        ("hasNextPage", self.page.more_after.into()),
                        ("hasPreviousPage", self.page.more_before.into()),
                        ("startCursor", cursor(rows.first()).into()),
                        ("endCursor", cursor(rows.last()).into()),
                    ],
                )))
            }
            _ => Err(unanswered(self.kind.connection, info)),
        }
    }
}

impl ObjectValue for Edge<'_> {
    fn type_name(&self) -> &str {
        self.kind.edge
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Answer<'a> {
        match info.field_name() {
            "cursor" => leaf(self.cursor),
            "node" => self.call.give(self.item.clone()),
            _ => Err(unanswered(self.kind.edge, info)),
        }
    }
}
