//! `shopclerk token revoke`: from then on it counts no more.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_flows::error::FlowError;
use shopclerk_flows::operator;
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk token revoke`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// What you call it, as `shopclerk token list` shows it.
    name: String,
    #[command(flatten)]
    settings: QuietFlags,
}

/// The token to be ended.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Revoke {
    name: String,
}

impl Order for Revoke {
    const NAME: &'static str = "token.revoke";
    type Answer = ();

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<()> {
        match operator::revoke(&product.app, &self.name).await {
            Err(FlowError::NotFound) => {
                bail!("there is no token of that name; `shopclerk token list` shows all")
            }
            outcome => Ok(outcome?),
        }
    }
}

pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    let Options { name, settings } = options;
    cli::block_on(async move { control::ask(&settings.0, Revoke { name }).await })?;
    eprintln!("It counts no more.");
    Ok(ExitCode::SUCCESS)
}
