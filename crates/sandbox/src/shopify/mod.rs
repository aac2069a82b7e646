//! Shopify on loopback: the authorize page, the token endpoint, the Admin GraphQL API, webhooks and a small online store.
//!
//! A program written from Shopify's documents. It shares no type with our client, so a wrong wire type cannot agree with
//! itself. Everything lives below `/{shop}`, which stands for `https://{shop}`.

mod admin;
mod authorize;
mod change;
mod discounts;
mod fault;
mod hold;
mod hooks;
mod html;
mod leave;
mod ledger;
mod money;
mod rest;
mod router;
mod shelf;
mod sign;
pub mod store;
mod storefront;
mod token;
mod trades;
mod versions;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use serde_json::Value;
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::{Entropy, bytes};

pub use self::change::{ChangeError, ProductPatch, ProductView, VariantView};
pub use self::discounts::{DiscountPatch, DiscountView};
pub(crate) use self::fault::VENDOR;
pub use self::hold::Held;
use self::hold::Holds;
pub use self::leave::{Compliance, Customer};
use self::ledger::{Drawn, Ledger};
use self::shelf::Shelf;
use self::store::Store;
use self::trades::Trades;
use crate::deliver::Deliveries;
use crate::journal::Journal;
use crate::state::StateFile;
pub use admin::Allowance;
pub use trades::HoldAt;

/// Looks a file of the online store up: its content type and bytes.
pub type Files = fn(&str) -> Option<(&'static str, Cow<'static, [u8]>)>;

/// Operations counted by name before the rest is counted together: names come from outside.
const MOST_COUNTED: usize = 256;

/// What the fake needs to stand in for Shopify.
pub struct ShopifyOptions {
    /// The app's public key.
    pub client_id: String,
    /// The app's secret; signs callbacks and webhooks.
    pub client_secret: String,
    /// Addresses a sign-in may come back to, compared exactly.
    pub redirect_uris: Vec<String>,
    /// Where this fake is reached, such as `http://127.0.0.1:7002`.
    pub base_url: String,
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where chance comes from.
    pub entropy: Arc<dyn Entropy>,
    /// Where every call is written down.
    pub journal: Journal,
    /// What carries webhooks to the app.
    pub deliveries: Deliveries,
    /// Keeps tokens and subscriptions; written before an answer leaves.
    pub state: StateFile,
    /// Keeps the stores; written when they change.
    pub catalogue: StateFile,
    /// Serves the pictures of the sample store.
    pub files: Files,
    /// How much each shop lets an app ask.
    pub allowance: Allowance,
}

/// Shopify, as far as the product needs it.
pub struct ShopifyFake {
    client_id: String,
    client_secret: String,
    redirect_uris: Vec<String>,
    base_url: String,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    journal: Journal,
    deliveries: Deliveries,
    state: StateFile,
    catalogue: StateFile,
    files: Files,
    admin: admin::Admin,
    shelves: RwLock<BTreeMap<String, Shelf>>,
    ledger: Mutex<Ledger>,
    trades: Trades,
    /// One save of the catalogue at a time, so that the newest is the last.
    saving: Mutex<()>,
    counts: Mutex<BTreeMap<String, u64>>,
    unknown: AtomicUsize,
    holds: Holds,
}

impl fmt::Debug for ShopifyFake {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("ShopifyFake").field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl ShopifyFake {
    /// Starts with what the last run saved: its shops, tokens and subscriptions.
    pub fn open(options: ShopifyOptions) -> io::Result<Arc<Self>> {
        let stores: BTreeMap<String, Store> = options.catalogue.load()?.unwrap_or_default();
        let ledger = options.state.load()?.unwrap_or_default();
        Ok(Arc::new(Self {
            client_id: options.client_id,
            client_secret: options.client_secret,
            redirect_uris: options.redirect_uris,
            base_url: options.base_url.trim_end_matches('/').to_owned(),
            clock: options.clock,
            entropy: options.entropy,
            journal: options.journal,
            deliveries: options.deliveries,
            state: options.state,
            catalogue: options.catalogue,
            files: options.files,
            admin: admin::Admin::new(options.allowance)?,
            shelves: RwLock::new(
                stores.into_iter().map(|(domain, store)| (domain, Shelf::new(store))).collect(),
            ),
            ledger: Mutex::new(ledger),
            trades: Trades::default(),
            saving: Mutex::new(()),
            counts: Mutex::default(),
            unknown: AtomicUsize::new(0),
            holds: Holds::default(),
        }))
    }

    /// Opens a shop, or replaces its whole catalogue; sends no webhooks.
    pub fn add_store(&self, store: Store) -> io::Result<()> {
        let domain = store.shop.domain.clone();
        self.shelves.write().unwrap_or_else(PoisonError::into_inner).insert(domain, Shelf::new(store));
        self.save_catalogue()
    }

    /// The shops that exist, by their permanent address.
    pub fn shops(&self) -> Vec<String> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner).keys().cloned().collect()
    }

    /// Who a shop is, if it exists.
    pub fn shop(&self, domain: &str) -> Option<store::ShopInfo> {
        self.with_shelf(domain, |shelf| shelf.store().shop.clone())
    }

    /// Whether the app is installed in the shop.
    pub fn is_installed(&self, domain: &str) -> bool {
        self.ledger().installed(domain)
    }

    /// A token without an end that was given out before this fake was there, as to an app that ran already.
    pub fn gave_token(&self, domain: &str, token: &str, scopes: &[&str]) -> io::Result<()> {
        let drawn = Drawn { access: token.to_owned(), refresh: None };
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let now = self.now();
        self.change_ledger(|ledger| ledger.grant(domain, scopes, &drawn, now))
    }

    /// Ends the shop's access tokens at once, as if their hour were over; their refresh tokens still work.
    pub fn expire_access_tokens(&self, domain: &str) -> io::Result<()> {
        let now = self.now();
        self.change_ledger(|ledger| ledger.expire_access(domain, now))
    }

    /// Takes all tokens of the shop away, as uninstalling the app does.
    pub fn revoke_tokens(&self, domain: &str) -> io::Result<()> {
        self.change_ledger(|ledger| {
            ledger.revoke(domain);
            ledger.subscriptions.retain(|subscription| subscription.shop != domain);
        })
    }

    /// Empties the shop's bucket, so that the next calls are throttled until it has filled again.
    pub fn drain_bucket(&self, domain: &str) {
        self.admin.drain_bucket(domain, self.clock.monotonic());
    }

    /// How often each thing was called: `authorize`, `token`, `graphql ProductsPage`, and so on.
    pub fn calls(&self) -> BTreeMap<String, u64> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls there were to something this fake does not know.
    pub fn unknown_calls(&self) -> usize {
        self.unknown.load(Ordering::Relaxed)
    }

    fn now(&self) -> i64 {
        self.clock.now().millis()
    }

    /// A fresh secret of `N` bytes behind a prefix like Shopify's.
    fn secret<const N: usize>(&self, prefix: &str) -> String {
        format!("{prefix}{}", hex::encode(bytes::<N>(self.entropy.as_ref())))
    }

    fn with_shelf<T>(&self, domain: &str, ask: impl FnOnce(&Shelf) -> T) -> Option<T> {
        self.shelves.read().unwrap_or_else(PoisonError::into_inner).get(domain).map(ask)
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes tokens or subscriptions; on disk when it returns.
    fn change_ledger<T>(&self, change: impl FnOnce(&mut Ledger) -> T) -> io::Result<T> {
        let mut ledger = self.ledger();
        let out = change(&mut ledger);
        self.state.save(&*ledger)?;
        Ok(out)
    }

    fn save_catalogue(&self) -> io::Result<()> {
        let _one_at_a_time = self.saving.lock().unwrap_or_else(PoisonError::into_inner);
        let shelves = self.shelves.read().unwrap_or_else(PoisonError::into_inner);
        let stores: BTreeMap<&String, &Store> =
            shelves.iter().map(|(domain, shelf)| (domain, shelf.store())).collect();
        self.catalogue.save(&stores)
    }

    /// Writes a call down and counts it as `counted`.
    fn note(&self, kind: &str, counted: String, summary: String, data: Value) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = counts.len() < MOST_COUNTED || counts.contains_key(&counted);
        *counts.entry(if known { counted } else { "others".to_owned() }).or_default() += 1;
        drop(counts);
        self.journal.record(kind, summary, data);
    }
}
