//! `shopclerk backup list`.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_flows::backup;
use shopclerk_flows::progress::Progress;

use super::size;
use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk backup list`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    settings: QuietFlags,
}

/// All backups.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct List {}

impl Order for List {
    const NAME: &'static str = "backup.list";
    /// Name, moment and length of each, the newest first.
    type Answer = Vec<(String, String, u64)>;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Self::Answer> {
        let listed = backup::list(product.app.objects()).await;
        let listed = listed.map_err(|fault| anyhow::anyhow!(fault.sentence()))?;
        Ok(listed.into_iter().map(|one| (one.name, one.made_at.to_string(), one.bytes)).collect())
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let listed = cli::block_on(control::ask(&options.settings.0, List {}))?;
    if listed.is_empty() {
        cli::print("There is no backup yet; make one with: shopclerk backup now\n");
    }
    for (name, made_at, bytes) in listed {
        cli::print(&format!("{name}  {made_at}  {}\n", size(bytes)));
    }
    Ok(ExitCode::SUCCESS)
}
