//! `shopclerk backup list`.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_flows::backup::{self, Listed};
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

const UNREAD: &str = "not read back: `shopclerk backup verify` looks at it; the next backup removes it";

impl Order for List {
    const NAME: &'static str = "backup.list";
    /// Name, moment, length and remark of each, the newest first.
    type Answer = Vec<(String, String, u64, Option<String>)>;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Self::Answer> {
        let listed = backup::list(product.app.objects()).await;
        let listed = listed.map_err(|fault| anyhow::anyhow!(fault.sentence()))?;
        let shown = |one: Listed| {
            let remark = (!one.read_back).then(|| UNREAD.to_owned());
            (one.name, one.made_at.to_string(), one.bytes, remark)
        };
        Ok(listed.into_iter().map(shown).collect())
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let listed = cli::block_on(control::ask(&options.settings.0, List {}))?;
    if listed.is_empty() {
        cli::print("There is no backup yet; make one with: shopclerk backup now\n");
    }
    for (name, made_at, bytes, remark) in listed {
        let remark = remark.map(|remark| format!("  {remark}")).unwrap_or_default();
        cli::print(&format!("{name}  {made_at}  {}{remark}\n", size(bytes)));
    }
    Ok(ExitCode::SUCCESS)
}
