//! Connections: merchants, their shops and accounts, and the sealed tokens these are reached with.

use async_trait::async_trait;
use serde_json::Value;
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{Account, ConnectionState, Shop, ShopDomain, ShopFacts, TokenSource};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;

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
    /// Where they come from, and so how they are renewed.
    pub source: TokenSource,
    /// Whether the shop has answered a call with them.
    pub worked: bool,
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
    /// What is to be said of it, such as that scopes are missing.
    pub cause: Option<Cause>,
    /// The session that begins, where a browser connects it; the merchant is filled in by the store.
    pub session: Option<NewSession>,
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
    /// What is to be said of it, such as that it may not be written for.
    pub cause: Option<Cause>,
    /// The person who granted it, as the app knows them, where the channel says so.
    pub granted_by: Option<String>,
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
    /// Why it stands where it does.
    pub cause: Option<Cause>,
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
    /// Why it stands where it does.
    pub cause: Option<Cause>,
    /// When the channel was last asked what its token is worth.
    pub checked_at: Option<Timestamp>,
}

/// What the person who connected a merchant's accounts gave us.
#[derive(Clone, Debug)]
pub struct PersonToken {
    /// The token.
    pub token: SecretText,
    /// When it ends, where the channel said so.
    pub ends: Option<Timestamp>,
    /// What was last found to be said of it.
    pub cause: Option<Cause>,
}

/// What a channel said of an account itself: one kind, with what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountTold {
    /// The channel's word for it.
    pub kind: String,
    /// What it did here, as a stable word.
    pub effect: String,
    /// How often.
    pub count: u64,
    /// When last.
    pub last_at: Timestamp,
}

/// A change of how a connection is doing, decided on a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Where it stood when that was decided.
    pub from: ConnectionState,
    /// Why it stands elsewhere now; `None` = all is well.
    pub to: Option<Cause>,
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

    /// Some of the merchant's shops in order of their address, after `after`.
    async fn page_shops(
        &self,
        merchant: MerchantId,
        after: Option<&ShopDomain>,
        most: usize,
    ) -> Result<Vec<ShopRow>, StoreError>;

    /// Some of the merchant's accounts in order of their id, after `after`.
    async fn page_accounts(
        &self,
        merchant: MerchantId,
        after: Option<AccountId>,
        most: usize,
    ) -> Result<Vec<AccountRow>, StoreError>;

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

    /// The pair before the newest, as long as that one has not worked yet.
    async fn former_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
    ) -> Result<Option<ShopTokens>, StoreError>;

    /// Replaces the pair of `tokens.generation` by the renewed one; `Conflict` if that is no longer the newest. The pair of
    /// generation `spent`, which brought the new one, is kept until that has worked.
    async fn renew_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        tokens: ShopTokens,
        spent: i64,
        jobs: Vec<NewJob>,
    ) -> Result<(), StoreError>;

    /// The pair of this generation has worked: the one before it is of no more use. `Conflict` if it is no longer the newest.
    async fn confirm_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
    ) -> Result<(), StoreError>;

    /// The access token of this generation is taken to have ended at `now`; `Conflict` if it is no longer the newest.
    async fn end_shop_tokens(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        generation: i64,
        jobs: Vec<NewJob>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The shop's newest pair sealed for a backup, to be kept beside the snapshots; `None` when it has none.
    async fn shop_tokens_for_backup(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        now: Timestamp,
    ) -> Result<Option<Vec<u8>>, StoreError>;

    /// Records how a shop is doing, whatever was known before.
    async fn set_shop_state(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        state: ConnectionState,
    ) -> Result<(), StoreError>;

    /// Records what was learned of a shop with its pair of this generation; `Conflict` if it stands elsewhere by now or
    /// another pair was kept since.
    async fn move_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        change: Move,
        generation: i64,
    ) -> Result<(), StoreError>;

    /// Records what a shop says of itself and the scopes it grants, and puts up `jobs`.
    async fn set_shop_facts(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        facts: ShopFacts,
        scopes: Vec<String>,
        jobs: Vec<NewJob>,
    ) -> Result<(), StoreError>;

    /// Records how an account is doing, whatever was known before.
    async fn set_account_state(
        &self,
        merchant: MerchantId,
        account: AccountId,
        state: ConnectionState,
    ) -> Result<(), StoreError>;

    /// Records what was learned of an account with the token it was given at `connected_at`; `Conflict` if it stands elsewhere
    /// by now or was connected again since.
    async fn move_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
        change: Move,
        connected_at: Timestamp,
        jobs: Vec<NewJob>,
    ) -> Result<(), StoreError>;

    /// Records when the channel was asked what an account's token is worth, and whose grant that token is, if the channel told
    /// it and no grant is known yet, as with an account that was taken over.
    async fn mark_account_checked(
        &self,
        merchant: MerchantId,
        account: AccountId,
        person: Option<String>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// What the channel said of an account itself, kind by kind.
    async fn list_account_told(
        &self,
        merchant: MerchantId,
        account: AccountId,
        most: usize,
    ) -> Result<Vec<AccountTold>, StoreError>;

    /// What the person who connected the merchant's accounts gave us.
    async fn person_token(&self, merchant: MerchantId) -> Result<Option<PersonToken>, StoreError>;

    /// Records what is to be said of that token.
    async fn set_person_cause(&self, merchant: MerchantId, cause: Option<Cause>) -> Result<(), StoreError>;

    /// Records the fields an account delivers to us.
    async fn set_account_fields(
        &self,
        merchant: MerchantId,
        account: AccountId,
        fields: Vec<String>,
    ) -> Result<(), StoreError>;

    /// Records what a channel says of an account; `false` if that is nothing new.
    async fn set_account_data(
        &self,
        merchant: MerchantId,
        account: AccountId,
        name: &str,
        data: Value,
    ) -> Result<bool, StoreError>;

    /// Stops a shop that was granted up to `granted_by`: it is disconnected, its tokens are gone and so is work about it that
    /// nobody is at. `false` = it was granted anew since, and nothing changed.
    async fn stop_shop(
        &self,
        merchant: MerchantId,
        shop: &ShopDomain,
        granted_by: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Stops an account that was granted up to `granted_by`, in the same way.
    async fn stop_account(
        &self,
        merchant: MerchantId,
        account: AccountId,
        granted_by: Timestamp,
    ) -> Result<bool, StoreError>;

    /// Withdraws at most `most` queued parts that have no way out any more, because their account or the merchant's last
    /// shop has stopped; `false` once none is left. What is queued later is withdrawn when it is about to leave.
    async fn withdraw_stopped(
        &self,
        merchant: MerchantId,
        most: usize,
        now: Timestamp,
    ) -> Result<bool, StoreError>;
}
