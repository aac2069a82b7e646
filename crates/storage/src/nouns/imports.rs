//! What is taken over from the Python version, item by item and once: an item that was taken before stays as it is, whatever
//! became of it since.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;

use crate::error::StoreError;
use crate::nouns::sessions::Hash;

/// Something a merchant had there.
#[derive(Clone, Debug)]
pub enum ImportItem {
    /// A shop.
    Shop {
        /// Its address.
        shop: ShopDomain,
        /// What it is reached with; `None` = its merchant must connect it again.
        token: Option<SecretText>,
    },
    /// A Facebook Page.
    Page {
        /// The id it gets here.
        new_id: AccountId,
        /// Facebook's id of it.
        native_id: String,
        /// What it is reached with; `None` = its merchant must connect it again.
        token: Option<SecretText>,
    },
    /// A browser that is signed in.
    Session {
        /// Hash of its cookie.
        id: Hash,
        /// When it signed in.
        begun_at: Timestamp,
    },
}

/// What came, or would come, of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Imported {
    /// It is taken.
    Taken,
    /// It was taken before, or is the merchant's already: nothing changes.
    Already,
    /// It belongs to another merchant here.
    OtherMerchant,
}

/// Jobs that follow an item that was taken, by its kind.
#[derive(Clone, Debug, Default)]
pub struct ImportJobs {
    /// For each shop; key: the shop.
    pub shop: Vec<&'static str>,
    /// For each Page; key: the account.
    pub page: Vec<&'static str>,
}

/// See the module.
#[async_trait]
pub trait Imports: Send + Sync {
    /// What would come of the items, in their order. Changes nothing.
    async fn judge_import(
        &self,
        merchant: MerchantId,
        items: Vec<ImportItem>,
    ) -> Result<Vec<Imported>, StoreError>;

    /// Takes the items that are free, makes the merchant if it is not known and one of them is taken, and puts up the jobs:
    /// all in one unit. Answers in the items' order.
    async fn import(
        &self,
        merchant: MerchantId,
        items: Vec<ImportItem>,
        jobs: ImportJobs,
        now: Timestamp,
    ) -> Result<Vec<Imported>, StoreError>;
}
