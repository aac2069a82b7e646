//! The two connects, walked as a merchant's browser would, and the wait until the shop can be talked to.

use std::time::Duration;

use anyhow::{Context, bail};
use shopclerk_domain::clock::Timestamp;
use shopclerk_flows::connections::{self, Overview};
use shopclerk_sandbox::Sandbox;
use shopclerk_sandbox::control::{Status, Step};
use shopclerk_sandbox::walk::{Accept, Walked, Walker};
use tokio_util::sync::CancellationToken;

use super::Stage;
use super::tell::{self, Teller};

/// How long the last deliveries may take at the stop.
const DRAIN: Duration = Duration::from_secs(5);
/// How often the page's banner is brought up to date.
const REFRESH: Duration = Duration::from_secs(1);

/// Connects shop and Page through the real redirects, unless an earlier start has.
pub(super) async fn both(stage: &Stage, app_url: &str) -> anyhow::Result<()> {
    let overview = overview(stage).await?;
    if is_connected(&overview) {
        return Ok(());
    }
    let browser = Walker::new(Accept::Html)?;
    tell::step("connecting the shop through Shopify's consent page");
    let shop = stage.sandbox.shop();
    arrived(&browser.walk(&format!("{app_url}/shopify/{shop}/login")).await?)?;
    tell::step("connecting the Page through Facebook's consent page");
    arrived(&browser.walk(&format!("{app_url}/facebook/login")).await?)?;
    Ok(())
}

fn arrived(walked: &Walked) -> anyhow::Result<()> {
    if walked.status != 200 {
        bail!(
            "the walk ended at {} with status {}: {}",
            walked.url.path(),
            walked.status,
            first_line(&walked.body)
        );
    }
    Ok(())
}

fn first_line(body: &str) -> String {
    body.lines().next().unwrap_or_default().chars().take(200).collect()
}

/// The one merchant's connections; empty before the first connect.
pub(super) async fn overview(stage: &Stage) -> anyhow::Result<Overview> {
    connections::first_overview(&stage.engine.app).await.context("the connections cannot be read")
}

fn is_connected(overview: &Overview) -> bool {
    !overview.shops.is_empty() && !overview.accounts.is_empty()
}

fn is_ready(overview: &Overview) -> bool {
    let read =
        overview.shops.iter().any(|shop| shop.sync.as_ref().is_some_and(|sync| sync.last_complete.is_some()));
    let told = overview.accounts.iter().any(|account| !account.row.fields.is_empty());
    read && told
}

/// Waits until the catalogue was read and the Page delivers, telling how far it is.
pub(super) async fn until_ready(
    stage: &Stage,
    teller: &Teller,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let mut journal = stage.sandbox.journal().watch();
    loop {
        let overview = overview(stage).await?;
        let read = overview.shops.iter().filter_map(|shop| shop.sync.as_ref()).map(|sync| sync.read).sum();
        teller.progress(read, total(stage));
        if is_ready(&overview) {
            teller.progress_done();
            return Ok(());
        }
        tokio::select! {
            () = stop.cancelled() => bail!("stopped before everything was ready"),
            changed = journal.changed() => changed.context("the journal ended")?,
        }
    }
}

fn total(stage: &Stage) -> u64 {
    stage.sandbox.shopify().products(stage.sandbox.shop()).map_or(0, |products| products.len() as u64)
}

/// Tells the page how the connects stand.
pub(super) async fn show_status(stage: &Stage, app_url: &str, manual: bool) -> anyhow::Result<()> {
    let overview = overview(stage).await?;
    let (shop, page) = (!overview.shops.is_empty(), !overview.accounts.is_empty());
    let step = |title: &str, url: String, done| Step { title: title.to_owned(), url, done };
    let steps = if manual {
        vec![
            step("Connect the shop", format!("{app_url}/shopify/{}/login", stage.sandbox.shop()), shop),
            step("Connect the Page", format!("{app_url}/facebook/login"), page),
        ]
    } else {
        Vec::new()
    };
    let status = Status {
        app_url: Some(app_url.to_owned()),
        facebook_connected: page,
        shopify_connected: shop,
        steps,
        synced_at: overview
            .shops
            .iter()
            .filter_map(|shop| shop.sync.as_ref()?.last_complete)
            .map(Timestamp::millis)
            .max(),
        figures: serde_json::Map::new(),
    };
    stage.sandbox.status().send_if_modified(|old| {
        let changed = *old != status;
        *old = status;
        changed
    });
    Ok(())
}

/// Waits until nothing is on its way to the product, but not for ever.
#[expect(clippy::disallowed_methods, reason = "a stop must end, whatever is still on its way")]
pub(super) async fn drain(sandbox: &Sandbox) {
    if tokio::time::timeout(DRAIN, sandbox.deliveries().idle()).await.is_err() {
        tracing::warn!("some webhooks were still on their way at the stop");
    }
}

/// Waits until the next look at the connections.
#[expect(
    clippy::disallowed_methods,
    reason = "the banner follows the person who clicks, not an event of ours"
)]
pub(super) async fn pause() {
    tokio::time::sleep(REFRESH).await;
}
