//! `shopclerk privacy answer`: an answer may be longer than a line of the control socket, so it is fetched piece by piece.

use std::collections::BTreeMap;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::data_request::{self, Answered};
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Longest piece: doubled by its quotes, it still fits in a line.
const PIECE: usize = 4 * 1024 * 1024;

/// Flags of `shopclerk privacy answer`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// The request, as `shopclerk privacy requests` names it.
    #[arg(value_name = "SHOP/NUMBER")]
    request: String,
    /// Whose it is, as `shopclerk privacy requests` names them.
    #[arg(long, value_name = "UUID")]
    merchant: String,
    #[command(flatten)]
    pub(super) settings: QuietFlags,
}

/// A piece of the answer to one request.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Answer {
    merchant: String,
    request: String,
    from: usize,
}

/// A piece, and how long all of it is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Piece {
    text: String,
    whole: usize,
}

impl Order for Answer {
    const NAME: &'static str = "privacy.answer";
    type Answer = Piece;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Piece> {
        let merchant = MerchantId::parse(&self.merchant)
            .context("--merchant takes a merchant's UUID, as `shopclerk privacy requests` names it")?;
        let answer = match data_request::show(&product.app, merchant, &self.request).await? {
            Answered::Ready(answer) => answer,
            Answered::Waiting => bail!("it is not answered yet; ask again in a minute"),
            Answered::Unknown => bail!("there is no such request; `shopclerk privacy requests` lists them"),
        };
        let rest = answer.get(self.from..).context(CHANGED)?;
        let piece = rest.get(..rest.floor_char_boundary(PIECE)).unwrap_or(rest);
        Ok(Piece { text: piece.to_owned(), whole: answer.len() })
    }
}

const CHANGED: &str = "the answer changed while it was fetched; ask again";

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let answer = cli::block_on(fetch(&options.settings.0, &options.merchant, &options.request))?;
    let answer: Value = serde_json::from_str(&answer).context(CHANGED)?;
    cli::print(&format!("{answer:#}\n"));
    Ok(ExitCode::SUCCESS)
}

async fn fetch(flags: &BTreeMap<String, String>, merchant: &str, request: &str) -> anyhow::Result<String> {
    let mut answer = String::new();
    loop {
        let (merchant, request) = (merchant.to_owned(), request.to_owned());
        let piece = control::ask(flags, Answer { merchant, request, from: answer.len() }).await?;
        answer.push_str(&piece.text);
        if piece.text.is_empty() || answer.len() >= piece.whole {
            return Ok(answer);
        }
    }
}
