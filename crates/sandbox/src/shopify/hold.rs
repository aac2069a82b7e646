//! A shop that answers nobody for a while.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use super::ShopifyFake;

/// The shops whose answers are held back.
#[derive(Debug, Default)]
pub(super) struct Holds(Mutex<BTreeMap<String, watch::Receiver<bool>>>);

/// One shop's answers, held back until this is released or dropped.
#[derive(Debug)]
pub struct Held(watch::Sender<bool>);

impl Held {
    /// The answers leave, and later ones are not held any more.
    pub fn release(self) {
        self.0.send_replace(true);
    }
}

impl ShopifyFake {
    /// From now on calls of the shop's Admin API are answered only once this is released.
    pub fn hold_answers(&self, shop: &str) -> Held {
        let (held, waits) = watch::channel(false);
        self.holds.0.lock().unwrap_or_else(PoisonError::into_inner).insert(shop.to_owned(), waits);
        Held(held)
    }

    /// Returns once the shop's answers may leave.
    pub(super) async fn may_answer(&self, shop: &str) {
        let waits = self.holds.0.lock().unwrap_or_else(PoisonError::into_inner).get(shop).cloned();
        if let Some(mut waits) = waits {
            // Whoever held them is gone: nothing is held any more.
            drop(waits.wait_for(|released| *released).await);
        }
    }
}
