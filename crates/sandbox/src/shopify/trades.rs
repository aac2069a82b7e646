//! How tokens are traded when not all goes well, as a story or a rehearsal asks for it: answers that are held back, overtaken or
//! not Shopify's own, and how many refreshes of one shop were ever under way at once.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::ShopifyFake;
use super::ledger::Drawn;

/// Where a refresh is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HoldAt {
    /// Before anything is granted.
    Arrival,
    /// With the new pair granted, before its answer leaves.
    Answer,
}

/// All that is special about trading tokens.
pub(super) struct Trades {
    hold: watch::Sender<Option<HoldAt>>,
    held: watch::Sender<usize>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Refreshes under way, by shop.
    under_way: BTreeMap<String, usize>,
    most_at_once: usize,
    /// How many trades an edge answers in Shopify's place.
    edge_answers: usize,
    /// Shops of the app's own organisation.
    own: BTreeSet<String>,
}

impl Default for Trades {
    fn default() -> Self {
        Self { hold: watch::Sender::new(None), held: watch::Sender::new(0), state: Mutex::default() }
    }
}

/// A refresh under way, until it is dropped.
pub(super) struct UnderWay<'a> {
    trades: &'a Trades,
    shop: String,
}

impl Trades {
    pub(super) fn begin(&self, shop: &str) -> UnderWay<'_> {
        let mut state = self.state();
        let count = state.under_way.entry(shop.to_owned()).or_default();
        *count += 1;
        let count = *count;
        state.most_at_once = state.most_at_once.max(count);
        UnderWay { trades: self, shop: shop.to_owned() }
    }

    /// Waits here as long as refreshes are held back at this place. Others are let in first in any case, so that whatever
    /// could overlap does.
    pub(super) async fn pass(&self, place: HoldAt) {
        tokio::task::yield_now().await;
        let mut hold = self.hold.subscribe();
        if *hold.borrow_and_update() != Some(place) {
            return;
        }
        self.held.send_modify(|held| *held += 1);
        // The sender lives as long as the fake whose call waits here.
        hold.wait_for(|held| *held != Some(place)).await.ok();
        self.held.send_modify(|held| *held -= 1);
    }

    pub(super) fn takes_edge_answer(&self) -> bool {
        let mut state = self.state();
        let left = state.edge_answers;
        state.edge_answers = left.saturating_sub(1);
        left > 0
    }

    pub(super) fn is_own(&self, shop: &str) -> bool {
        self.state().own.contains(shop)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if let Some(count) = self.trades.state().under_way.get_mut(&self.shop) {
            *count -= 1;
        }
    }
}

impl ShopifyFake {
    /// From now on refreshes wait at this place.
    pub fn hold_refreshes(&self, place: HoldAt) {
        self.trades.hold.send_replace(Some(place));
    }

    /// Returns once a refresh waits.
    pub async fn refresh_is_held(&self) {
        // The sender lives as long as this fake.
        self.trades.held.subscribe().wait_for(|held| *held > 0).await.ok();
    }

    /// Lets all go on that wait.
    pub fn release_refreshes(&self) {
        self.trades.hold.send_replace(None);
    }

    /// How many refreshes of one shop were ever under way at once.
    pub fn most_refreshes_at_once(&self) -> usize {
        self.trades.state().most_at_once
    }

    /// The next so many trades are answered by an edge, with an error page.
    pub fn edge_answers_trades(&self, times: usize) {
        self.trades.state().edge_answers = times;
    }

    /// The shop belongs to the app's own organisation, or no longer does: then it gives a token for the app's credentials alone.
    pub fn belongs_to_our_organisation(&self, domain: &str) {
        self.trades.state().own.insert(domain.to_owned());
    }

    /// The shop leaves the app's organisation.
    pub fn leaves_our_organisation(&self, domain: &str) {
        self.trades.state().own.remove(domain);
    }

    /// A token made in the shop's admin, shown once: it does not end.
    pub fn token_from_admin(&self, domain: &str, scopes: &[&str]) -> io::Result<String> {
        let drawn = Drawn { access: self.secret::<16>("shpat_"), refresh: None };
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let now = self.now();
        self.change_ledger(|ledger| ledger.grant(domain, scopes, &drawn, now))?;
        Ok(drawn.access)
    }

    /// Whoever else spent the same refresh token was answered after the last one: the pair handed out then is dead.
    pub fn overtake_last_refresh(&self, domain: &str) -> io::Result<()> {
        let drawn = Drawn { access: self.secret::<16>("shpat_"), refresh: Some(self.secret::<24>("shprt_")) };
        let now = self.now();
        self.change_ledger(|ledger| ledger.overtake(domain, &drawn, now))
    }

    /// All tokens of the shop are dead; its subscriptions stand, as those made elsewhere do.
    pub fn forget_tokens(&self, domain: &str) -> io::Result<()> {
        self.change_ledger(|ledger| ledger.revoke(domain))
    }

    /// From now on the shop's tokens allow these scopes alone.
    pub fn grants_only(&self, domain: &str, scopes: &[&str]) -> io::Result<()> {
        self.change_ledger(|ledger| ledger.rescope(domain, scopes))
    }
}
