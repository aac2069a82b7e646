//! Merchants that are connected without anybody being asked: what most benches begin with.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use serde_json::json;
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::clock::{SystemClock, Timestamp};
use shopclerk_domain::connection::{ShopDomain, TokenSource};
use shopclerk_domain::entropy::SystemEntropy;
use shopclerk_domain::fault::NoFaults;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_flows::wiring::{KeyRing, SqliteOptions, open_sqlite};
use shopclerk_storage::SharedStore;
use shopclerk_storage::nouns::connections::{ConnectAccount, ConnectShop, ShopTokens, Signup};
use shopclerk_storage::nouns::inbox::Settle;

/// Our app at the canned platforms.
pub(crate) const APP_ID: &str = "123456789012345";
/// What it signs with.
pub(crate) const APP_SECRET: &str = "bench-8d1f7a2c";
/// What Meta knows our address by.
pub(crate) const VERIFY_TOKEN: &str = "bench-51c09e7b";
/// What our app at Shopify signs with.
pub(crate) const SHOPIFY_SECRET: &str = "bench-f3a6b1d9";
/// Merchants connected side by side.
const ABREAST: usize = 200;

/// A data folder in which so many merchants are connected.
pub(crate) async fn connected(folder: &Path, merchants: u32) -> anyhow::Result<()> {
    std::fs::create_dir_all(folder)?;
    let (keys, _) = KeyRing::open_or_create(&folder.join("keys"), &SystemEntropy)?;
    let store = open_sqlite(SqliteOptions {
        folder: folder.to_owned(),
        keys,
        clock: Arc::new(SystemClock::start()),
        entropy: Arc::new(SystemEntropy),
        faults: Arc::new(NoFaults),
        settle: Settle::default(),
    })
    .await?;
    let store = Arc::new(store);
    let shared: SharedStore = Arc::clone(&store) as _;
    connect(&shared, merchants).await?;
    store.close().await;
    Ok(())
}

pub(crate) fn secret(text: &str) -> SecretText {
    Secret::new(text.to_owned())
}

/// As many merchants, each with a shop and a Page.
pub(crate) async fn connect(store: &SharedStore, merchants: u32) -> anyhow::Result<()> {
    let mut under_way = tokio::task::JoinSet::new();
    for number in 0..merchants {
        if under_way.len() >= ABREAST {
            under_way.join_next().await.context("nothing under way")???;
        }
        under_way.spawn(merchant(Arc::clone(store), number));
    }
    while let Some(connected) = under_way.join_next().await {
        connected??;
    }
    Ok(())
}

/// What Meta calls the Page of this merchant.
pub(crate) fn page(number: u32) -> String {
    format!("10{number:010}")
}

async fn merchant(store: SharedStore, number: u32) -> anyhow::Result<()> {
    let now = Timestamp::from_millis(1_795_258_800_000);
    let merchant = MerchantId::new(now, &SystemEntropy);
    let tokens = ShopTokens {
        access: secret(&format!("shpat_bench_{number}")),
        access_ends: None,
        refresh: None,
        refresh_ends: None,
        generation: 0,
        source: TokenSource::Grant,
        worked: true,
    };
    let shop = ConnectShop {
        shop: ShopDomain::parse(&format!("shop-{number}.myshopify.com"))?,
        new_merchant: merchant,
        signup: Signup::Open,
        signed_in: None,
        scopes: vec!["read_products".to_owned()],
        tokens,
        facts: None,
        cause: None,
        session: None,
        ends_session: None,
        jobs: Vec::new(),
    };
    store.connect_shop(shop, now).await?;
    let native_id = page(number);
    let account = ConnectAccount {
        new_id: AccountId::new(now, &SystemEntropy),
        channel: ChannelKind::Messenger,
        name: format!("Page {native_id}"),
        token: Some(secret(&format!("EAAG_bench_{number}"))),
        data: json!({}),
        cause: None,
        granted_by: None,
        native_id,
    };
    store.connect_accounts(merchant, secret("EAAB_bench"), None, vec![account], Vec::new(), now).await?;
    Ok(())
}
