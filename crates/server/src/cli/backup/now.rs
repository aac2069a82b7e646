//! `shopclerk backup now`.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_flows::backup;
use shopclerk_flows::progress::Progress;

use super::size;
use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk backup now`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    settings: QuietFlags,
}

/// A backup, now.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Now {}

impl Order for Now {
    const NAME: &'static str = "backup.now";
    /// What was made, in a sentence.
    type Answer = String;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<String> {
        let made =
            backup::make(&product.app, progress).await.map_err(|fault| anyhow::anyhow!(fault.sentence()))?;
        let removed = match made.removed {
            0 => String::new(),
            1 => "; 1 old backup was removed".to_owned(),
            several => format!("; {several} old backups were removed"),
        };
        Ok(format!("{} was made and read back ({}){removed}.", made.name, size(made.bytes)))
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let said = cli::block_on(control::ask(&options.settings.0, Now {}))?;
    cli::print(&format!("{said}\n"));
    Ok(ExitCode::SUCCESS)
}
