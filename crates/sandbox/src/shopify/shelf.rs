//! One shop's store with the indexes that keep a page cheap whatever the shop's size: nothing is sorted or copied per call.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::store::{Collection, Discount, Product, Store, Variant};

/// A store, ready to be asked.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    store: Store,
    by_update: BTreeSet<(i64, u64)>,
    by_handle: HashMap<String, u64>,
    by_collection: HashMap<String, BTreeSet<u64>>,
    /// Variant id to its product and place in it.
    by_variant: BTreeMap<u64, (u64, usize)>,
    /// Inventory item id to its variant id.
    by_item: BTreeMap<u64, u64>,
}

/// A variant with the product it belongs to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Placed<'s> {
    pub(crate) product: &'s Product,
    pub(crate) variant: &'s Variant,
    /// From 1, as the Admin API counts.
    pub(crate) position: usize,
}

impl Shelf {
    pub(crate) fn new(store: Store) -> Self {
        let mut shelf = Self { store: Store { products: BTreeMap::new(), ..store }, ..Self::default() };
        for product in store.products.into_values() {
            shelf.put(product);
        }
        shelf
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Adds a product or replaces the one with its id.
    pub(crate) fn put(&mut self, product: Product) {
        self.take(product.id);
        self.by_update.insert((product.updated_at, product.id));
        self.by_handle.insert(product.handle.clone(), product.id);
        for handle in &product.collections {
            self.by_collection.entry(handle.clone()).or_default().insert(product.id);
        }
        for (place, variant) in product.variants.iter().enumerate() {
            self.by_variant.insert(variant.id, (product.id, place));
            self.by_item.insert(variant.inventory_item_id, variant.id);
        }
        self.store.products.insert(product.id, product);
    }

    /// Removes a product with all that points to it.
    pub(crate) fn take(&mut self, id: u64) -> Option<Product> {
        let product = self.store.products.remove(&id)?;
        self.by_update.remove(&(product.updated_at, id));
        if self.by_handle.get(&product.handle) == Some(&id) {
            self.by_handle.remove(&product.handle);
        }
        for handle in &product.collections {
            if let Some(members) = self.by_collection.get_mut(handle) {
                members.remove(&id);
            }
        }
        for variant in &product.variants {
            self.by_variant.remove(&variant.id);
            self.by_item.remove(&variant.inventory_item_id);
        }
        Some(product)
    }

    /// Adds a discount or replaces the one with its id, which it gives back.
    pub(crate) fn put_discount(&mut self, discount: Discount) -> Option<Discount> {
        self.store.discounts.insert(discount.id, discount)
    }

    /// Removes a discount.
    pub(crate) fn take_discount(&mut self, id: u64) -> Option<Discount> {
        self.store.discounts.remove(&id)
    }

    pub(crate) fn product(&self, id: u64) -> Option<&Product> {
        self.store.products.get(&id)
    }

    pub(crate) fn product_by_handle(&self, handle: &str) -> Option<&Product> {
        self.product(*self.by_handle.get(handle)?)
    }

    pub(crate) fn variant(&self, id: u64) -> Option<Placed<'_>> {
        let &(product, place) = self.by_variant.get(&id)?;
        let product = self.product(product)?;
        Some(Placed { product, variant: product.variants.get(place)?, position: place + 1 })
    }

    pub(crate) fn item(&self, id: u64) -> Option<Placed<'_>> {
        self.variant(*self.by_item.get(&id)?)
    }

    /// Products changed after `(millis, id)` and before the other end, in order of change.
    pub(crate) fn by_update(&self) -> &BTreeSet<(i64, u64)> {
        &self.by_update
    }

    /// All variants by id.
    pub(crate) fn by_variant(&self) -> &BTreeMap<u64, (u64, usize)> {
        &self.by_variant
    }

    /// All inventory items by id, with their variants.
    pub(crate) fn by_item(&self) -> &BTreeMap<u64, u64> {
        &self.by_item
    }

    pub(crate) fn collection(&self, id: u64) -> Option<&Collection> {
        self.store.collections.values().find(|collection| collection.id == id)
    }

    /// Ids of the products in a collection.
    pub(crate) fn members(&self, handle: &str) -> Option<&BTreeSet<u64>> {
        self.by_collection.get(handle)
    }
}

/// All variants of a product with their places.
pub(crate) fn placed(product: &Product) -> impl DoubleEndedIterator<Item = Placed<'_>> {
    product.variants.iter().enumerate().map(|(place, variant)| Placed {
        product,
        variant,
        position: place + 1,
    })
}

/// Whether the variant can be bought now.
pub(crate) fn for_sale(variant: &Variant) -> bool {
    !variant.tracked || variant.oversell || variant.quantity > 0
}

/// The variant's own name: its chosen values, or Shopify's stand-in where there is nothing to choose.
pub(crate) fn variant_title(variant: &Variant) -> String {
    if variant.options.is_empty() { "Default Title".to_owned() } else { variant.options.join(" / ") }
}
