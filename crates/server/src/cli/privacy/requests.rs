//! `shopclerk privacy requests`.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_flows::data_request;
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk privacy requests`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    pub(super) settings: QuietFlags,
}

/// All requests that are kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct List {}

/// A request as it is shown. Whom it is about is told by its answer alone.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    request: String,
    merchant: String,
    asked: String,
    answered: Option<String>,
    shoppers: u32,
}

impl Order for List {
    const NAME: &'static str = "privacy.requests";
    type Answer = Vec<Line>;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Vec<Line>> {
        let all = data_request::list_all(&product.app).await?;
        let lines = all.into_iter().map(|(merchant, request)| Line {
            request: request.request,
            merchant: merchant.to_string(),
            asked: request.asked_at.to_the_minute(),
            answered: request.done_at.map(Timestamp::to_the_minute),
            shoppers: request.shoppers,
        });
        Ok(lines.collect())
    }
}

pub(super) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let lines = cli::block_on(control::ask(&options.settings.0, List {}))?;
    if lines.is_empty() {
        eprintln!("No shop has asked what is known of a customer.");
    }
    for Line { request, merchant, asked, answered, shoppers } in lines {
        let known = match (answered, shoppers) {
            (None, _) => "not answered yet".to_owned(),
            (Some(at), 0) => format!("answered {at}: nobody who may be the customer is known"),
            (Some(at), 1) => format!("answered {at}: 1 shopper may be the customer"),
            (Some(at), many) => format!("answered {at}: {many} shoppers may be the customer"),
        };
        cli::print(&format!("{request}  of merchant {merchant}  asked {asked}, {known}\n"));
    }
    Ok(ExitCode::SUCCESS)
}
