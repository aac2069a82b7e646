//! `shopclerk proof verify`: looks through the chains of what replies rest on.

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::progress::Progress;
use shopclerk_flows::proofs::{self, Standing, Verified};

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

const TEACHES: &str = "\
Every reply's record is linked to those before it, merchant by merchant, with a key that lies
sealed with the key ring. A record that was changed, exchanged or removed is found and named;
what was erased because it had to be shows as erased, and the chain still holds.

Each line ends with the newest record's number and link. Keep that line somewhere else: a chain
that later holds at that number with another link was written anew.

The exit code is 1 where something is wrong.";

/// What can be done about proofs.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check every record of every merchant, or of one.
    #[command(after_help = TEACHES)]
    Verify(Options),
}

/// Flags of `shopclerk proof verify`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only this merchant's chain.
    #[arg(long, value_name = "UUID")]
    merchant: Option<String>,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Looks through chains.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Verify {
    merchant: Option<String>,
}

/// What one chain came to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Chain {
    lines: Vec<String>,
    holds: bool,
}

impl Order for Verify {
    const NAME: &'static str = "proof.verify";

    type Answer = Vec<Chain>;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<Vec<Chain>> {
        let app = &product.app;
        let merchants = match self.merchant {
            Some(id) => {
                vec![
                    MerchantId::parse(&id)
                        .context("--merchant takes a merchant's UUID, as in users/<uuid>")?,
                ]
            }
            None => proofs::every_merchant(app).await?,
        };
        let mut chains = Vec::with_capacity(merchants.len());
        for merchant in merchants {
            let found = proofs::verify(app, merchant, progress).await?;
            chains.push(Chain { lines: lines(merchant, &found), holds: found.holds() });
        }
        Ok(chains)
    }
}

fn lines(merchant: MerchantId, found: &Verified) -> Vec<String> {
    let Some(newest) = found.newest else {
        let lost = format!("{merchant}: BROKEN, all {} records are missing", found.cut_off);
        return vec![if found.cut_off > 0 { lost } else { format!("{merchant}: no record yet") }];
    };
    let Verified { whole, erased, broken, cut_off, .. } = found;
    let verdict = if found.holds() { "holds" } else { "BROKEN" };
    let end = format!("newest {} {}", newest.number, hex::encode(newest.link));
    let mut lines =
        vec![format!("{merchant}: {verdict}, {whole} whole, {erased} erased, {broken} broken; {end}")];
    if *cut_off > 0 {
        lines.push(format!("  the {cut_off} newest records are missing"));
    }
    for proof in &found.named {
        let Standing::Broken(why) = proof.standing else { continue };
        lines.push(format!("  record {} of {}, turn {}: {why}", proof.number, proof.at, proof.turn));
    }
    let unnamed = broken.saturating_sub(u64::try_from(found.named.len()).unwrap_or(u64::MAX));
    if unnamed > 0 {
        lines.push(format!("  and {unnamed} more"));
    }
    lines
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let Command::Verify(Options { merchant, settings }) = command;
    control::expect_store(&settings.0)?;
    let chains = cli::block_on(control::ask(&settings.0, Verify { merchant }))?;
    for chain in &chains {
        cli::print(&format!("{}\n", chain.lines.join("\n")));
    }
    Ok(if chains.iter().all(|chain| chain.holds) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
