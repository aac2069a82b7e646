//! `shopclerk token new`: its text is made here and shown here; what travels to the running process is its hash.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_domain::entropy::SystemEntropy;
use shopclerk_flows::operator::{self, NewToken, Scope};
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk token new`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What you call it: letters, digits, `-`, `_` and `.`.
    name: String,
    /// What it is good for: `read` and `write` for /api/v1, `metrics` for /metrics. May be repeated.
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = scope)]
    scopes: Vec<Scope>,
    /// How many days it counts; without this until it is revoked.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=3_650))]
    days: Option<u32>,
    #[command(flatten)]
    settings: QuietFlags,
}

fn scope(word: &str) -> Result<Scope, String> {
    let words = Scope::ALL.map(Scope::word).join(", ");
    Scope::from_word(word).ok_or_else(|| format!("choose among {words}"))
}

/// A token to be kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Keep {
    name: String,
    scopes: Vec<String>,
    days: Option<u32>,
    hash: [u8; 32],
}

impl Order for Keep {
    const NAME: &'static str = "token.keep";
    type Answer = ();

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<()> {
        let scopes: Option<Vec<Scope>> = self.scopes.iter().map(|word| Scope::from_word(word)).collect();
        let new = NewToken {
            name: self.name,
            scopes: scopes.context("a scope is not known")?,
            life: self.days.map(|days| Duration::from_hours(24 * u64::from(days))),
            hash: self.hash,
        };
        Ok(operator::keep(&product.app, new).await.map(drop)?)
    }
}

pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    let text = operator::draw(&SystemEntropy);
    let Options { name, mut scopes, days, settings } = options;
    scopes.sort_unstable();
    scopes.dedup();
    let scopes = scopes.into_iter().map(|scope| scope.word().to_owned()).collect();
    let keep = Keep { name, scopes, days, hash: operator::hash(&text) };
    cli::block_on(async move { control::ask(&settings.0, keep).await })?;
    eprintln!("The token, shown this once; send it as `Authorization: Bearer`:");
    cli::print(&format!("{}\n", text.expose()));
    Ok(ExitCode::SUCCESS)
}
