//! From drafts to a store: every product is checked here, whichever file it came from. What cannot be shown truthfully
//! is reported and left out.

use std::collections::HashMap;

use shopclerk_domain::money::Currency;

use crate::shopify::store::{Collection, Product, ShopInfo, Store, Variant};

use super::clean::{self, is_too_long};
use super::draft::{Draft, DraftCollection, Extract};
use super::ids::{Ids, derived};
use super::report::Report;
use super::variants::{self, Settled};

/// When a file says nothing of dates: 2026-01-01, the same on every load.
const UNDATED: i64 = 1_767_225_600_000;

/// Checks the drafts and makes a store of the good ones.
pub(crate) fn store(extract: Extract, shop: ShopInfo, currency: Currency, report: &mut Report) -> Store {
    let mut assembly = Assembly {
        currency,
        report,
        store: Store { shop, ..Store::default() },
        handles: HashMap::new(),
        product_ids: Ids::default(),
        variant_ids: Ids::default(),
        item_ids: Ids::default(),
        collection_ids: Ids::default(),
        variants: 0,
    };
    for draft in extract.drafts {
        assembly.product(draft);
    }
    let Assembly { store, variants, .. } = assembly;
    report.products = store.products.len() as u64;
    report.variants = variants as u64;
    store
}

/// A store being built.
struct Assembly<'r> {
    currency: Currency,
    report: &'r mut Report,
    store: Store,
    /// The line each handle was first met in.
    handles: HashMap<String, u64>,
    product_ids: Ids,
    variant_ids: Ids,
    item_ids: Ids,
    collection_ids: Ids,
    variants: usize,
}

impl Assembly<'_> {
    fn product(&mut self, mut draft: Draft) {
        clean::texts(&mut draft, self.report);
        if let Some((what, cure)) = self.refusal(&draft) {
            return self.report.find(draft.line, &draft.handle, what, cure);
        }
        let count = draft.variants.len();
        let (options, settled) = variants::settle(&mut draft, self.currency, self.report);
        let Some(id) = self.product_id(&draft) else { return };
        let variants = self.variants(&draft, settled);
        if variants.is_empty() {
            // Of a single variant it has been said what is wrong.
            if count > 1 {
                let what = "none of its variants can be used; the product was skipped";
                self.report.find(draft.line, &draft.handle, what, "mend its variants as said for them");
            }
            return;
        }
        self.handles.insert(draft.handle.clone(), draft.line);
        self.variants += variants.len();
        let mut collections = Vec::new();
        for collection in std::mem::take(&mut draft.collections) {
            collections.extend(self.collection(collection).filter(|handle| !collections.contains(handle)));
        }
        let product = Product {
            id,
            created_at: draft.created_at.or(draft.updated_at).unwrap_or(UNDATED),
            updated_at: draft.updated_at.or(draft.created_at).unwrap_or(UNDATED),
            handle: draft.handle,
            title: draft.title,
            description_html: draft.description_html,
            vendor: draft.vendor,
            product_type: draft.product_type,
            tags: draft.tags,
            status: draft.status,
            published: draft.published,
            options,
            images: draft.images,
            is_gift_card: draft.is_gift_card,
            requires_selling_plan: draft.requires_selling_plan,
            collections,
            metafields: draft.metafields.into_iter().collect(),
            variants,
        };
        self.store.products.insert(id, product);
    }

    /// Why a product cannot be taken at all.
    fn refusal(&self, draft: &Draft) -> Option<(String, &'static str)> {
        if draft.handle.is_empty() || is_too_long(&draft.handle) {
            return Some((
                "the product has no usable handle".to_owned(),
                "write one, such as winter-amber-candle",
            ));
        }
        if let Some(first) = self.handles.get(&draft.handle) {
            return Some((
                format!("the handle was already used at {first}"),
                "give each product a handle of its own",
            ));
        }
        if draft.title.is_empty() || is_too_long(&draft.title) {
            return Some(("the product has no usable title".to_owned(), "write its title in its first row"));
        }
        draft.variants.is_empty().then(|| {
            ("the product has no variants".to_owned(), "export products together with their variants")
        })
    }

    fn product_id(&mut self, draft: &Draft) -> Option<u64> {
        match draft.id {
            None => Some(self.product_ids.derive(&["product", &draft.handle])),
            Some(id) if self.product_ids.take(id) => Some(id),
            Some(id) => {
                let what = format!("another product has the id {id} already");
                self.report.find(draft.line, &draft.handle, what, "export the file again");
                None
            }
        }
    }

    /// Gives ids and dates; a variant whose id is taken is left out.
    fn variants(&mut self, draft: &Draft, settled: Vec<Settled>) -> Vec<Variant> {
        let mut variants = Vec::with_capacity(settled.len());
        for Settled { line, id, inventory_item_id, mut variant, updated_at } in settled {
            variant.id = match id {
                Some(id) if self.variant_ids.take(id) => id,
                Some(id) => {
                    let what = format!("another variant has the id {id} already");
                    self.report.find(line, &draft.handle, what, "export the file again");
                    continue;
                }
                None => {
                    let mut parts = vec!["variant", &draft.handle];
                    parts.extend(variant.options.iter().map(String::as_str));
                    self.variant_ids.derive(&parts)
                }
            };
            variant.inventory_item_id = match inventory_item_id {
                Some(id) if self.item_ids.take(id) => id,
                _ => self.item_ids.derive(&["inventory item", &variant.id.to_string()]),
            };
            variant.updated_at = updated_at.or(draft.updated_at).or(draft.created_at).unwrap_or(UNDATED);
            variants.push(variant);
        }
        variants
    }

    /// The handle of a collection, which is added to the store when it is new.
    fn collection(&mut self, draft: DraftCollection) -> Option<String> {
        let handle = if draft.handle.is_empty() { slug(&draft.title) } else { draft.handle };
        if handle.is_empty() {
            return None;
        }
        if !self.store.collections.contains_key(&handle) {
            let id = match draft.id {
                Some(id) if self.collection_ids.take(id) => id,
                _ => self.collection_ids.derive(&["collection", &handle]),
            };
            let title = if draft.title.is_empty() { handle.clone() } else { draft.title };
            let description = draft.description;
            let collection =
                Collection { id, handle: handle.clone(), title, description, updated_at: UNDATED };
            self.store.collections.insert(handle.clone(), collection);
        }
        Some(handle)
    }
}

/// The shop the products are put in.
pub(crate) fn shop(domain: &str, name: Option<&str>, currency: Currency) -> ShopInfo {
    ShopInfo {
        id: derived(&["shop", domain]),
        name: name.map_or_else(|| name_of(domain), str::to_owned),
        domain: domain.to_owned(),
        currency: currency.code().to_owned(),
        timezone: "UTC".to_owned(),
        description: String::new(),
        email: String::new(),
    }
}

/// `Nordlys Home` of `nordlys-home.myshopify.com`.
fn name_of(domain: &str) -> String {
    let label = domain.split('.').next().unwrap_or_default();
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    label.split('-').filter_map(capital).collect::<Vec<_>>().join(" ")
}

/// A handle made of a title.
fn slug(title: &str) -> String {
    let dashed: String = title.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    dashed.to_lowercase().split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_handles_are_made_of_each_other() {
        assert_eq!(name_of("nordlys-home.myshopify.com"), "Nordlys Home");
        assert_eq!(slug("Für Mütter & Väter!"), "für-mütter-väter");
    }
}
