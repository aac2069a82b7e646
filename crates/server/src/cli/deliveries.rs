//! `shopclerk deliveries`: what did not get through, and what a person decides of it.

use std::fmt::Write as _;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::app::App;
use shopclerk_flows::deliveries::{self, Decision, DeliveryId};
use shopclerk_flows::error::FlowError;
use shopclerk_flows::paging::Slice;
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Rows that are shown at once.
const MOST: usize = 100;

/// What can be done with what waits for a person.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what waits for a person: messages without an answer, replies that were refused or may not have arrived, work that was
    /// given up, shoppers who asked for a person.
    List(ListOptions),
    /// Have it done after all: answer the message, send the part, do the work.
    Send(DecideOptions),
    /// Say of a part that the shopper has it: nothing is sent.
    WasSent(DecideOptions),
    /// Let nothing more come of it.
    Drop(DecideOptions),
}

/// Flags of `list`.
#[derive(Debug, Args)]
pub(crate) struct ListOptions {
    #[command(flatten)]
    whose: Whose,
}

/// Flags of the decisions.
#[derive(Debug, Args)]
pub(crate) struct DecideOptions {
    /// What is meant, as the list names it, such as `part-17`.
    id: String,
    #[command(flatten)]
    whose: Whose,
}

#[derive(Debug, Args)]
struct Whose {
    /// Whose, by the `user_uuid`; where there is one merchant only, that one.
    #[arg(long)]
    merchant: Option<String>,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Show what waits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct List {
    merchant: Option<String>,
}

/// Do what was decided.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Decide {
    merchant: Option<String>,
    id: String,
    decision: String,
}

/// One thing that waits.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Row {
    id: String,
    what: String,
    why: String,
    since: String,
    conversation: Option<String>,
}

impl Order for List {
    const NAME: &'static str = "deliveries.list";
    type Answer = Vec<Row>;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Vec<Row>> {
        let merchant = merchant(&product.app, self.merchant.as_deref()).await?;
        let page = deliveries::list(&product.app, merchant, &Slice { after: None, most: MOST }).await?;
        let rows = page.rows.into_iter().map(|(id, undone)| Row {
            id: id.to_string(),
            what: undone.what,
            why: undone.why.unwrap_or_default(),
            since: undone.since.to_the_minute(),
            conversation: undone.conversation.map(|id| id.to_string()),
        });
        Ok(rows.collect())
    }
}

impl Order for Decide {
    const NAME: &'static str = "deliveries.decide";
    type Answer = ();

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<()> {
        let merchant = merchant(&product.app, self.merchant.as_deref()).await?;
        let Some(DeliveryId::Undone(kind, row)) = DeliveryId::parse(&self.id) else {
            bail!("{} is none of the names that `shopclerk deliveries list` shows", self.id)
        };
        let decision = decision_of(&self.decision).context("the decision is not understood")?;
        match deliveries::decide(&product.app, merchant, kind, row, decision).await {
            Err(FlowError::NotFound) => {
                bail!(
                    "{} does not wait, or cannot be decided so; `shopclerk deliveries list` shows what waits",
                    self.id
                )
            }
            Err(error @ FlowError::MayNotBeSent(_)) => {
                bail!("{error}; answer the shopper yourself in the Page's inbox, or drop it")
            }
            outcome => Ok(outcome?),
        }
    }
}

async fn merchant(app: &App, named: Option<&str>) -> anyhow::Result<MerchantId> {
    let named = named.map(MerchantId::parse).transpose().context("that is no merchant's user_uuid")?;
    match (deliveries::meant(app, named).await?, named) {
        (Some(merchant), _) => Ok(merchant),
        (None, Some(_)) => bail!("there is no merchant of that user_uuid"),
        (None, None) => bail!("name the merchant with --merchant; /api/v1/merchants lists them"),
    }
}

const DECISIONS: [(&str, Decision); 3] =
    [("send", Decision::Again), ("was-sent", Decision::WasSent), ("drop", Decision::Drop)];

fn decision_of(word: &str) -> Option<Decision> {
    DECISIONS.iter().find(|(known, _)| *known == word).map(|(_, decision)| *decision)
}

pub(crate) fn run(command: Command) -> anyhow::Result<ExitCode> {
    let (word, options, done) = match command {
        Command::List(options) => return list(options.whose),
        Command::Send(options) => ("send", options, "It is done after all."),
        Command::WasSent(options) => ("was-sent", options, "It counts as sent."),
        Command::Drop(options) => ("drop", options, "It is dropped."),
    };
    let DecideOptions { id, whose } = options;
    let order = Decide { merchant: whose.merchant, id, decision: word.to_owned() };
    cli::block_on(async move { control::ask(&whose.settings.0, order).await })?;
    eprintln!("{done}");
    Ok(ExitCode::SUCCESS)
}

fn list(whose: Whose) -> anyhow::Result<ExitCode> {
    let order = List { merchant: whose.merchant };
    let rows = cli::block_on(async move { control::ask(&whose.settings.0, order).await })?;
    cli::print(&table(&rows));
    Ok(ExitCode::SUCCESS)
}

fn table(rows: &[Row]) -> String {
    if rows.is_empty() {
        return "Nothing waits for a person.\n".to_owned();
    }
    let mut text = String::new();
    for Row { id, what, why, since, conversation } in rows {
        let conversation = conversation.as_deref().unwrap_or_default();
        // A String takes all that is written to it.
        writeln!(text, "{id:<12} {what:<20} {why:<28} {since}  {conversation}").unwrap_or_default();
    }
    if rows.len() == MOST {
        text.push_str("There may be more.\n");
    }
    text
}
