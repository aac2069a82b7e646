//! `shopclerk token list`: everything but what proves them.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_flows::operator;
use shopclerk_flows::progress::Progress;

use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk token list`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    settings: QuietFlags,
}

/// All tokens.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct List {}

/// A token as it is shown.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Line {
    name: String,
    scopes: String,
    made: String,
    ends: Option<String>,
}

impl Order for List {
    const NAME: &'static str = "token.list";
    type Answer = Vec<Line>;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Vec<Line>> {
        let tokens = operator::list(&product.app).await?;
        let line = |token: operator::ApiToken| Line {
            name: token.name,
            scopes: token.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(","),
            made: token.created_at.to_string(),
            ends: token.ends_at.map(|ends| ends.to_string()),
        };
        Ok(tokens.into_iter().map(line).collect())
    }
}

pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let lines = cli::block_on(control::ask(&options.settings.0, List {}))?;
    if lines.is_empty() {
        eprintln!("There is no token. Make one with `shopclerk token new`.");
    }
    for Line { name, scopes, made, ends } in lines {
        let ends = ends.map_or_else(|| "until revoked".to_owned(), |ends| format!("until {ends}"));
        cli::print(&format!("{name:<24} {scopes:<20} made {made}  {ends}\n"));
    }
    Ok(ExitCode::SUCCESS)
}
