//! `shopclerk backup verify`.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_flows::backup;
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk backup verify`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Which one, as `shopclerk backup list` names it; the newest otherwise.
    name: Option<String>,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Whether a backup is worth something.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Verify {
    name: Option<String>,
}

impl Order for Verify {
    const NAME: &'static str = "backup.verify";
    /// What was found, in a sentence.
    type Answer = String;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<String> {
        let verified = backup::verify(&product.app, self.name.as_deref(), progress).await;
        let (name, head) = verified.map_err(|fault| anyhow::anyhow!(fault.sentence()))?;
        let (at, schema, key) = (head.made_at, head.schema, head.key);
        Ok(format!("{name} is good: the store at {at}, schema {schema}, sealed with the key {key}."))
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let order = Verify { name: options.name.clone() };
    let said = cli::block_on(control::ask(&options.settings.0, order))?;
    cli::print(&format!("{said}\n"));
    Ok(ExitCode::SUCCESS)
}
