//! `shopclerk poll now`: looks through connections at once and tells what each look found.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::connections::Poll;
use shopclerk_flows::poll::now::{self, Chosen, Look, Target};
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// What can be done about polls.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Look through every connection now, and tell what was found that no webhook had told. Works while `serve` runs, and without.
    Now(Options),
}

/// Flags of `shopclerk poll now`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only this merchant's connections.
    #[arg(long, value_name = "UUID", conflicts_with_all = ["shop", "page"])]
    merchant: Option<String>,
    /// Only this shop.
    #[arg(long, value_name = "SHOP", conflicts_with = "page")]
    shop: Option<String>,
    /// Only this Page, by Facebook's id of it.
    #[arg(long, value_name = "ID")]
    page: Option<String>,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Looks through the connections named.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct PollNow {
    merchant: Option<String>,
    shop: Option<String>,
    page: Option<String>,
}

/// What one look came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Looked {
    sentence: String,
    failed: bool,
}

impl Order for PollNow {
    const NAME: &'static str = "poll.now";
    type Answer = Vec<Looked>;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<Vec<Looked>> {
        let asked = now::ask(&product.app, &self.chosen()?).await?;
        if asked.targets.is_empty() {
            bail!(
                "there is no such connection here, or it is disconnected; the page /app shows those there are"
            );
        }
        let looks = now::follow(&product.app, &asked, progress).await?;
        Ok(asked.targets.iter().zip(looks).map(|(target, look)| looked(target, look)).collect())
    }
}

impl PollNow {
    fn chosen(self) -> anyhow::Result<Chosen> {
        if let Some(id) = self.merchant {
            let merchant = MerchantId::parse(&id);
            return merchant
                .map(Chosen::Merchant)
                .context("--merchant takes a merchant's UUID, as in users/<uuid>");
        }
        if let Some(shop) = self.shop {
            let shop = ShopDomain::parse_typed(&shop);
            return shop
                .map(Chosen::Shop)
                .context("--shop takes a shop's address, such as my-shop.myshopify.com");
        }
        let Some(page) = self.page else { return Ok(Chosen::Everything) };
        let is_id = (1..=32).contains(&page.len()) && page.bytes().all(|byte| byte.is_ascii_digit());
        if is_id {
            Ok(Chosen::Page(page))
        } else {
            bail!("--page takes Facebook's id of a Page, which is a number")
        }
    }
}

fn looked(target: &Target, look: Look) -> Looked {
    let name = &target.name;
    match look {
        Look::Done(poll) => Looked { sentence: format!("{name}: {}", found(&poll)), failed: false },
        Look::Failed(why) => {
            Looked { sentence: format!("{name}: it failed ({why}); /app says what helps"), failed: true }
        }
        Look::UnderWay(_) => Looked { sentence: format!("{name}: still under way"), failed: true },
    }
}

fn found(poll: &Poll) -> String {
    let drift = poll.drift;
    match drift.total() {
        0 => format!("{} read, nothing was missed", poll.read),
        _ => format!(
            "{} read; nobody had told us of {} added, {} changed, {} gone",
            poll.read, drift.added, drift.changed, drift.gone
        ),
    }
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Now(Options { merchant, shop, page, settings }) = command;
    let looks = cli::block_on(control::ask(&settings.0, PollNow { merchant, shop, page }))?;
    for look in &looks {
        cli::print(&format!("{}\n", look.sentence));
    }
    let failed = looks.iter().any(|look| look.failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
