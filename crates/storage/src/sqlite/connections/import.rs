//! Taking over from the Python version, in SQLite.

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use serde_json::json;
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ShopDomain, TokenSource};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;

use super::shop::Kept;
use super::tokens::Tokens;
use super::{accounts, shop};
use crate::error::StoreError;
use crate::nouns::Imports;
use crate::nouns::connections::{ConnectAccount, ShopTokens};
use crate::nouns::imports::{ImportItem, ImportJobs, Imported};
use crate::nouns::sessions::NewSession;
use crate::sqlite::inbox::OWNER_OF_SHOP;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::writer::Lane;
use crate::sqlite::{SqliteStore, jobs, sessions};

const TAKEN_BEFORE: &str = "SELECT 1 FROM imported WHERE merchant = ?1 AND kind = ?2 AND name = ?3";

const MARK: &str = "INSERT INTO imported (merchant, kind, name, imported_at) VALUES (?1, ?2, ?3, ?4)";

const KEEP_MERCHANT: &str =
    "INSERT INTO merchants (merchant, created_at) VALUES (?1, ?2) ON CONFLICT (merchant) DO NOTHING";

#[async_trait]
impl Imports for SqliteStore {
    async fn judge_import(
        &self,
        merchant: MerchantId,
        items: Vec<ImportItem>,
    ) -> Result<Vec<Imported>, StoreError> {
        let judge_all = move |db: &Connection| items.iter().map(|item| judge(db, merchant, item)).collect();
        self.readers.read(judge_all).await
    }

    async fn import(
        &self,
        merchant: MerchantId,
        items: Vec<ImportItem>,
        jobs: ImportJobs,
        now: Timestamp,
    ) -> Result<Vec<Imported>, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        let take_all = move |tx: &Connection| {
            let taking = Taking { tokens: Tokens { tx, sealer: &sealer }, merchant, jobs: &jobs, now };
            items.iter().map(|item| taking.item(item)).collect()
        };
        self.writer.unit(Lane::Bulk, "import", take_all).await
    }
}

fn judge(tx: &Connection, merchant: MerchantId, item: &ImportItem) -> Result<Imported, StoreError> {
    let (kind, name) = mark(item);
    let before =
        tx.one(TAKEN_BEFORE, params![merchant.as_bytes(), kind, name], |row| row.get::<_, i64>(0))?;
    if before.is_some() {
        return Ok(Imported::Already);
    }
    let owner = match item {
        ImportItem::Shop { shop, .. } => {
            tx.one(OWNER_OF_SHOP, params![shop.as_str()], |row| row.get(0).map(MerchantId::from_bytes))?
        }
        ImportItem::Page { native_id, .. } => accounts::owner(tx, ChannelKind::Messenger, native_id)?,
        ImportItem::Session { id, .. } => sessions::owner(tx, *id)?,
    };
    Ok(match owner {
        None => Imported::Taken,
        Some(owner) if owner == merchant => Imported::Already,
        Some(_) => Imported::OtherMerchant,
    })
}

/// What an item is remembered by.
fn mark(item: &ImportItem) -> (&'static str, Vec<u8>) {
    match item {
        ImportItem::Shop { shop, .. } => ("shop", shop.as_str().into()),
        ImportItem::Page { native_id, .. } => ("page", native_id.as_bytes().into()),
        ImportItem::Session { id, .. } => ("session", id.to_vec()),
    }
}

/// One merchant's items on their way in.
struct Taking<'a> {
    tokens: Tokens<'a>,
    merchant: MerchantId,
    jobs: &'a ImportJobs,
    now: Timestamp,
}

impl Taking<'_> {
    fn item(&self, item: &ImportItem) -> Result<Imported, StoreError> {
        let (tx, owner) = (self.tokens.tx, self.merchant.as_bytes());
        let verdict = judge(tx, self.merchant, item)?;
        if verdict != Imported::Taken {
            return Ok(verdict);
        }
        tx.run(KEEP_MERCHANT, params![owner, self.now.millis()])?;
        match item {
            ImportItem::Shop { shop, token } => self.shop(shop, token.as_ref())?,
            ImportItem::Page { new_id, native_id, token } => {
                let page = ConnectAccount {
                    new_id: *new_id,
                    channel: ChannelKind::Messenger,
                    native_id: native_id.clone(),
                    // Facebook's own name for it comes with its first reading.
                    name: native_id.clone(),
                    token: token.clone(),
                    data: json!({ "id": native_id }),
                    cause: None,
                    granted_by: None,
                };
                accounts::connect(&self.tokens, self.merchant, &page, &self.jobs.page, self.now)?;
            }
            ImportItem::Session { id, begun_at } => {
                sessions::begin_session(tx, NewSession { id: *id }, self.merchant, *begun_at)?;
            }
        }
        let (kind, name) = mark(item);
        tx.run_one(MARK, params![owner, kind, name, self.now.millis()])?;
        Ok(Imported::Taken)
    }

    /// What it grants us is not known before its first reading.
    fn shop(&self, domain: &ShopDomain, token: Option<&SecretText>) -> Result<(), StoreError> {
        let tx = self.tokens.tx;
        let cause = token.is_none().then_some(Cause::NoToken);
        shop::keep(tx, self.merchant, &Kept { shop: domain, cause, scopes: &[], facts: None }, self.now)?;
        let Some(token) = token else { return Ok(()) };
        // That version knew only tokens without an end.
        let endless = ShopTokens {
            access: token.clone(),
            access_ends: None,
            refresh: None,
            refresh_ends: None,
            generation: 0,
            source: TokenSource::Grant,
            worked: true,
        };
        self.tokens.grant_shop(self.merchant, domain, &endless)?;
        let put_up = |kind: &&str| jobs::put_up(tx, self.merchant, kind, domain.as_str(), self.now);
        self.jobs.shop.iter().try_for_each(put_up)
    }
}
