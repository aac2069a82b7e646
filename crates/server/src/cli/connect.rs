//! `shopclerk connect shop`: connects a shop for which no browser is sent to agree.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use serde::{Deserialize, Serialize};
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::connect::operator::{self, Given};
use shopclerk_flows::connections::cure;
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Most that is read of a file that should hold one token.
const LARGEST_FILE: u64 = 4 * 1024;

const TEACHES: &str = "\
Most shops are connected by their owner, who opens /shopify/<shop>/login and agrees. Two kinds
need no browser:

  shopclerk connect shop my-shop --token-file -
      a token made in the shop's admin, pasted; it never ends
  shopclerk connect shop my-shop --client-credentials
      a shop of the app's own organisation; a new token every day

The shop is asked with the token before anything is kept. A token never stands in the command
line, where others on this machine could read it.";

/// What is connected.
#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// A Shopify shop, with a token made in its admin or by the app's own credentials.
    Shop(Shop),
}

/// Flags of `shopclerk connect shop`.
#[derive(Debug, Args)]
#[command(after_help = TEACHES)]
pub(crate) struct Shop {
    /// The shop's permanent address, such as my-shop.myshopify.com, or its first part.
    #[arg(value_name = "SHOP")]
    domain: String,
    /// The file that holds the token; `-` reads it from standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "client_credentials")]
    token_file: Option<String>,
    /// Ask by the app's own credentials.
    #[arg(long, conflicts_with = "token_file")]
    client_credentials: bool,
    /// The merchant it joins; without it, its owner or a new merchant.
    #[arg(long, value_name = "UUID")]
    merchant: Option<String>,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Connects a shop, in the process that has the store open.
#[derive(Serialize, Deserialize)]
pub(crate) struct ConnectShop {
    shop: String,
    /// `None` = by the app's own credentials. Travels to the process of the same user alone.
    token: Option<String>,
    merchant: Option<String>,
}

impl Order for ConnectShop {
    const NAME: &'static str = "shops.connect";

    /// What to tell the operator.
    type Answer = String;

    async fn carry_out(self, product: &Product, _progress: &dyn Progress) -> anyhow::Result<String> {
        let given = match &self.token {
            Some(text) => Given::Token(operator::read_token(text)?),
            None => Given::Credentials,
        };
        let merchant = self.merchant.as_deref().map(MerchantId::parse).transpose();
        let merchant = merchant.context("--merchant is not a merchant's id")?;
        let connected = operator::shop(&product.app, &self.shop, given, merchant).await?;
        let said = format!(
            "{} ({}) is connected for merchant {}.",
            connected.name, connected.shop, connected.merchant
        );
        Ok(match connected.cause.and_then(|cause| cure(cause.state(), Some(cause))) {
            None => said,
            Some(cure) => format!("{said} {cure}"),
        })
    }
}

/// Connects and tells.
pub(crate) fn run(what: &What) -> anyhow::Result<ExitCode> {
    let What::Shop(options) = what;
    let token = options.token_file.as_deref().map(read_token).transpose()?;
    let order = ConnectShop { shop: options.domain.clone(), token, merchant: options.merchant.clone() };
    let said = cli::block_on(control::ask(&options.settings.0, order))?;
    cli::print(&format!("{said}\n"));
    Ok(ExitCode::SUCCESS)
}

fn read_token(file: &str) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = if file == "-" {
        std::io::stdin().lock().take(LARGEST_FILE).read_to_string(&mut text)
    } else {
        let opened = std::fs::File::open(file).with_context(|| format!("{file} cannot be opened"))?;
        opened.take(LARGEST_FILE).read_to_string(&mut text)
    };
    let length = read.with_context(|| format!("{file} holds no text"))?;
    if length as u64 == LARGEST_FILE {
        bail!("{file} holds more than one token");
    }
    Ok(text)
}
