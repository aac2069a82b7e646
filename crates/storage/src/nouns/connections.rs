//! Connections: merchants, their shops and accounts, and the sealed tokens these are reached with.

use async_trait::async_trait;
use serde_json::Value;
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{Account, ConnectionState, Shop, ShopDomain, ShopFacts};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;

use crate::error::StoreError;
use crate::nouns::jobs::NewJob;
use crate::nouns::sessions::NewSession;

/// A shop's tokens.
#[derive(Clone, Debug)]
pub struct ShopTokens {
    /// What calls carry.
    pub access: SecretText,
    /// When `access` ends; `None` = never.
    pub access_ends: Option<Timestamp>,
    /// What renews the pair.
    pub refresh: Option<SecretText>,
    /// When `refresh` ends.
    pub refresh_ends: Option<Timestamp>,
    /// Grows with every pair, so that a renewal replaces just the pair it renewed.
    pub generation: i64,
}

/// A shop whose owner has just proven to be one.
#[derive(Clone, Debug)]
pub struct ConnectShop {
    /// The shop.
    pub shop: ShopDomain,
    /// The merchant to make if the shop is not known yet.
    pub new_merchant: MerchantId,
    /// Whether an unknown shop may make a merchant.
    pub signup: Signup,
    /// The merchant whose browser this is, if it is signed in.
    pub signed_in: Option<MerchantId>,
    /// Scopes granted.
    pub scopes: Vec<String>,
    /// The tokens; `generation` is set by the store.
    pub tokens: ShopTokens,
    /// What the shop says of itself, if it could be asked.
    pub facts: Option<ShopFacts>,
    /// `Ok`, or `NeedsReconnect` when scopes are missing.
    pub state: ConnectionState,
    /// The session that begins; the merchant is filled in by the store.
    pub session: NewSession,
    /// A session that ends with this (the browser's former one), by hash.
    pub ends_session: Option<[u8; 32]>,
    /// Kinds of jobs to put up for the shop.
    pub jobs: Vec<&'static str>,
}

/// Whether an unknown shop may make a merchant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signup {
    /// Only while there is no merchant yet.
    First,
    /// Yes.
    Open,
    /// No.
    Closed,
}

/// What came of connecting a shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShopConnected {
    /// It belongs to this merchant and its session has begun.
    Merchant(MerchantId),
    /// It is not known here, and no further shop may sign up.
    SignupClosed,
    /// It belongs to another merchant than the browser's.
    OtherMerchant,
}

/// An account to connect.
#[derive(Clone, Debug)]
pub struct ConnectAccount {
    /// The id it gets if it is not known yet.
    pub new_id: AccountId,
    /// The channel it is on.
    pub channel: ChannelKind,
    /// The channel's id of it.
    pub native_id: String,
    /// Name shoppers see.
    pub name: String,
    /// What it is reached with; `None` keeps a token we have and else makes it `NeedsReconnect`.
    pub token: Option<SecretText>,
    /// What the channel says of it, free of tokens: for the mirror and the answer.
    pub data: Value,
    /// How it is doing.
    pub state: ConnectionState,
}

/// What came of connecting one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountConnected {
    /// It is the merchant's.
    Connected(AccountId),
    /// It belongs to another merchant.
    OtherMerchant {
        /// The channel's id of it.
        native_id: String,
    },
}

/// A shop with when it was connected and read.
#[derive(Clone, Debug)]
pub struct ShopRow {
    /// The shop.
    pub shop: Shop,
    /// When it was last granted.
    pub connected_at: Timestamp,
    /// When its access token ends.
    pub access_ends: Option<Timestamp>,
}

/// An account with when it was connected.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// The account.
    pub account: Account,
    /// What the channel says of it.
    pub data: Value,
    /// Fields it delivers to us, as last read back.
    pub fields: Vec<String>,
    /// When it was last granted.
    pub connected_at: Timestamp,
}

/// See the module.
#[async_trait]
pub trait Connections: Send + Sync {
    /// Signs the shop in: finds or makes its merchant, replaces its tokens, begins the session and puts up the jobs, in
    /// one unit. Nothing changes unless it answers [`ShopConnected::Merchant`].
    async fn connect_shop(&self, connect: ConnectShop, now: Timestamp) -> Result<ShopConnected, StoreError>;

    /// Connects the accounts that are free or the merchant's own, keeps the person's token, and puts up `jobs` for each. Parts
    /// that waited for an account's new token may leave at once.
    async fn connect_accounts(
        &self,
        merchant: MerchantId,
        user_token: SecretText,
        user_token_ends: Option<Timestamp>,
        accounts: Vec<ConnectAccount>,
        jobs: Vec<&'static str>,
        now: Timestamp,
    ) -> Result<Vec<AccountConnected>, StoreError>;

    /// The merchant's shops.
    async fn list_shops(&self, merchant: MerchantId) -> Result<Vec<ShopRow>, StoreError>;

    /// The merchant's accounts.
    async fn list_accounts(&self, merchant: MerchantId) -> Result<Vec<AccountRow>, StoreError>;

    /// One account.
    async fn find_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
    ) -> Result<Option<AccountRow>, StoreError>;

    /// What the account is reached with.
    async fn account_token(
        &self,
        merchant: MerchantId,
        account: AccountId,
    ) -> Result<Option<SecretText>, StoreError>;

    /// What the shop is reached with.
    async fn shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<ShopTokens>, StoreError>;

    /// Replaces the pair of `tokens.generation` by the renewed one; `Conflict` if that is no longer the newest.
    async fn renew_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: ShopTokens,
        jobs: Vec<NewJob>,
    ) -> Result<(), StoreError>;

    /// Records how a shop is doing.
    async fn set_shop_state(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        state: ConnectionState,
    ) -> Result<(), StoreError>;

    /// Records what a shop says of itself and the scopes it grants.
    async fn set_shop_facts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        facts: ShopFacts,
        scopes: Vec<String>,
    ) -> Result<(), StoreError>;

    /// Records how an account is doing.
    async fn set_account_state(
        &self,
        merchant: MerchantId,
        account: AccountId,
        state: ConnectionState,
    ) -> Result<(), StoreError>;

    /// Records the fields an account delivers to us.
    async fn set_account_fields(
        &self,
        merchant: MerchantId,
        account: AccountId,
        fields: Vec<String>,
    ) -> Result<(), StoreError>;
}
