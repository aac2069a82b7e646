//! What the terminal shows: a line per step, progress on long work, and in the end the one address to open.

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;
use shopclerk_sandbox::Sandbox;
use shopclerk_sandbox::catalogue::Report;

use super::Stage;
use super::connect;
use super::folder::Folder;
use super::token;
use crate::cli;

/// Tells people on stderr, and programs with one JSON line on stdout.
pub(super) struct Teller {
    json: bool,
    bar: ProgressBar,
}

impl Teller {
    pub(super) fn new(json: bool) -> Self {
        let bar = ProgressBar::hidden();
        Self { json, bar }
    }

    /// How much of the catalogue was read.
    pub(super) fn progress(&self, read: u64, total: u64) {
        if self.bar.length().is_none() || self.bar.is_hidden() {
            let style = ProgressStyle::with_template(
                "sandbox: reading the catalogue {bar:24} {pos} of {len} products",
            );
            if let Ok(style) = style {
                self.bar.set_style(style);
            }
            if !self.json {
                self.bar.set_draw_target(indicatif::ProgressDrawTarget::stderr());
            }
        }
        self.bar.set_length(total);
        self.bar.set_position(read.min(total));
    }

    /// All of it was read.
    pub(super) fn progress_done(&self) {
        self.bar.finish_and_clear();
    }

    /// Everything works; where to go.
    pub(super) async fn ready(&self, folder: &Folder, stage: &Stage, app_url: &str) -> anyhow::Result<()> {
        let sandbox = &stage.sandbox;
        if self.json {
            let overview = connect::overview(stage).await?;
            let identity = &folder.identity;
            let token = token::fresh(&stage.engine.app).await?;
            let line = json!({
                "app_url": app_url,
                "sandbox_url": sandbox.page_url(),
                "control_url": sandbox.control_url(),
                "api_token": token.expose(),
                "facebook_app_secret": identity.facebook_app_secret,
                "facebook_verify_token": identity.facebook_verify_token,
                "shopify_api_secret": identity.shopify_api_secret,
                "page_id": identity.page_id,
                "shop": sandbox.shop(),
                "merchant_id": overview.merchant.map(|merchant| merchant.to_string()),
                "data_dir": folder.path().to_str().context("the folder's name is not UTF-8")?,
            });
            cli::print(&format!("{line}\n"));
            return Ok(());
        }
        eprintln!();
        cli::print(&format!("Open {}\n", sandbox.page_url()));
        eprintln!("and write as a shopper would. Ctrl-C stops; the next start goes on where this one ends.");
        Ok(())
    }
}

/// One line about what is being done.
pub(super) fn step(what: &str) {
    eprintln!("sandbox: {what}");
}

/// What was found in a catalogue file.
pub(super) fn catalogue(report: &Report) {
    eprintln!("{report}");
}

/// The person connects by hand.
pub(super) fn manual(sandbox: &Sandbox, app_url: &str) {
    step(&format!("first connect the shop: {app_url}/shopify/{}/login", sandbox.shop()));
    step(&format!("then connect the Page:  {app_url}/facebook/login"));
}
