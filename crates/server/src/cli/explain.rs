//! `shopclerk explain`: shows what a message rests on.

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shopclerk_flows::explain;
use shopclerk_flows::progress::Progress;
use shopclerk_flows::proofs::Standing;
use shopclerk_flows::provenance::Replayed;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};
use crate::explain::screen;
use crate::explain::view::ProvenanceJson;

const TEACHES: &str = "\
MESSAGE is the id of a turn, of a part of a reply (as the journal and /api/v1 show it), or
Facebook's own id of a message, of the shopper's or of ours (`m_...`).

  shopclerk explain m_Xy12             what was written, understood, struck out and said,
                                       each statement with its row, version and time of reading
  shopclerk explain m_Xy12 --replay    and whether the record leads to the same reply again
  shopclerk explain m_Xy12 --json      everything the record holds, for programs

The exit code is 1 where the record is broken or leads to another reply.";

/// Flags of `shopclerk explain`.
#[derive(Debug, Args)]
#[command(after_help = TEACHES)]
pub(crate) struct Options {
    /// Which message.
    #[arg(value_name = "MESSAGE")]
    message: String,
    /// Take the turn again from its record alone, and compare.
    #[arg(long)]
    replay: bool,
    /// One JSON document instead of a page.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Explains a message.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Explain {
    message: String,
    replay: bool,
}

/// What is told, in both forms.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Told {
    text: String,
    json: Value,
    is_well: bool,
}

impl Order for Explain {
    const NAME: &'static str = "explain";

    type Answer = Told;

    async fn carry_out(self, product: &Product, _progress: &dyn Progress) -> anyhow::Result<Told> {
        let found = explain::anyones(&product.app, &self.message).await;
        let Some(found) = found.context("the store cannot be read")? else {
            bail!(
                "no message of that id is known here; it may be forgotten with its conversation. \
                Give a turn's or a part's UUID, or Facebook's id (m_...)"
            );
        };
        let replayed = if self.replay { explain::replay(&product.app, &found).await? } else { None };
        let broken = found.proof.is_some_and(|proof| matches!(proof.standing, Standing::Broken(_)));
        let differs = matches!(replayed, Some(Replayed::Differs(_)));
        let mut json = json!(ProvenanceJson::from(&found));
        if let Value::Object(fields) = &mut json {
            fields.insert("merchant".to_owned(), json!(found.merchant.to_string()));
            fields.insert("record".to_owned(), json!(found.record));
            fields.insert("replay".to_owned(), replayed.as_ref().map_or(Value::Null, replay_json));
        }
        let text = screen::page(&found, replayed.as_ref());
        Ok(Told { text, json, is_well: !broken && !differs })
    }
}

fn replay_json(replayed: &Replayed) -> Value {
    match replayed {
        Replayed::Same => json!({ "outcome": "same" }),
        Replayed::Impossible(why) => json!({ "outcome": "impossible", "why": why }),
        Replayed::Differs(all) => {
            let all = all.iter().map(|one| json!({ "what": one.what, "then": one.then, "now": one.now }));
            json!({ "outcome": "differs", "differences": all.collect::<Vec<_>>() })
        }
    }
}

pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    let Options { message, replay, json, settings } = options;
    control::expect_store(&settings.0)?;
    let told = cli::block_on(control::ask(&settings.0, Explain { message, replay }))?;
    cli::print(&if json { format!("{:#}\n", told.json) } else { told.text });
    Ok(if told.is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
