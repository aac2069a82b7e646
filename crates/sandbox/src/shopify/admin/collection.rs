//! Fields of a collection.

use apollo_compiler::resolvers::ResolveInfo;

use super::super::html::escape;
use super::super::store::Collection;
use super::context::{Answer, Args, Call, Item, count, gid, leaf, time, unanswered};
use super::filter::Term;
use super::list::{Kind, connection};
use super::paging::{Key, Position, Window};
use super::product;

/// Fields of `Collection`.
pub(super) fn field<'a>(
    call: &'a Call<'a>,
    collection: &'a Collection,
    info: &ResolveInfo<'_>,
) -> Answer<'a> {
    let members = call.shelf.members(&collection.handle);
    match info.field_name() {
        "id" => leaf(gid("Collection", collection.id)),
        "legacyResourceId" => leaf(collection.id.to_string()),
        "handle" => leaf(collection.handle.as_str()),
        "title" => leaf(collection.title.as_str()),
        "description" => leaf(product::described(&escape(&collection.description), info)),
        "descriptionHtml" => leaf(format!("<p>{}</p>", escape(&collection.description))),
        "updatedAt" => leaf(time(collection.updated_at)),
        "image" | "ruleSet" | "templateSuffix" => leaf(()),
        "seo" => call.give(Item::Record(product::seo())),
        "sortOrder" => leaf("MANUAL"),
        "productsCount" => call.give(Item::Record(count(members.map_or(0, std::collections::BTreeSet::len)))),
        "hasProduct" => {
            let id = Args(info).id("id", "Product");
            leaf(id.zip(members).is_some_and(|(id, members)| members.contains(&id)))
        }
        "products" => {
            let window = Window::read(info)?;
            let ids = members.into_iter().flatten();
            let rows = ids.filter_map(|id| call.shelf.product(*id));
            let rows = rows.map(|one| (product::position(one, window.sort()), Item::Product(one)));
            connection(call, Kind::PRODUCTS, window.sort_and_cut(rows))
        }
        _ => Err(unanswered("Collection", info)),
    }
}

/// Where a collection stands in an order of `CollectionSortKeys`.
pub(super) fn position(collection: &Collection, sort: &str) -> Position {
    let key = match sort {
        "TITLE" => Key::Text(collection.title.to_lowercase()),
        "UPDATED_AT" => Key::Number(collection.updated_at),
        _ => Key::Number(0),
    };
    Position { key, id: collection.id }
}

/// What the search filters of collections ask of one.
pub(super) fn fulfils(collection: &Collection, term: &Term) -> bool {
    match term.field.as_deref() {
        Some("id") => term.holds(product::signed(collection.id)),
        Some("handle") => term.is(&collection.handle),
        Some("updated_at") => term.holds(collection.updated_at),
        _ => term.has(&collection.title),
    }
}
