//! `shopclerk import`: takes over from the Python version, with the settings it was run with.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_flows::import::{self, Mode, OldFiles};
use shopclerk_flows::progress::Progress;
use shopclerk_flows::wiring::PythonFiles;

use crate::cli;
use crate::config::Sources;
use crate::config::flags::QuietFlags;
use crate::control::{self, Order, Product};

/// Flags of `shopclerk import`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Take over what is reported; without it nothing is changed.
    #[arg(long)]
    apply: bool,
    /// The Python version's tokens.db [`TOKEN_DB_PATH`, else ./data/tokens.db or /app/data/tokens.db].
    #[arg(long, value_name = "FILE")]
    tokens: Option<PathBuf>,
    /// The Python version's sessions.db [`SESSION_DB_PATH`, else ./data/sessions.db or /app/data/sessions.db].
    #[arg(long, value_name = "FILE")]
    sessions: Option<PathBuf>,
    /// With --apply: also remove the files of the old mirror that hold tokens.
    #[arg(long, requires = "apply")]
    delete_old_mirror: bool,
    #[command(flatten)]
    settings: QuietFlags,
}

/// The import as it is asked for. The secret does not travel: whoever carries this out reads it where its own settings are.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Import {
    tokens: PathBuf,
    sessions: PathBuf,
    apply: bool,
    delete_old_mirror: bool,
}

impl Order for Import {
    const NAME: &'static str = "import";
    /// The report.
    type Answer = String;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<String> {
        progress.at("reading the Python version's databases", 0, None);
        let files = PythonFiles { tokens: self.tokens, sessions: self.sessions };
        let mode = if self.apply { Mode::Apply } else { Mode::Look };
        let old_files = if self.delete_old_mirror { OldFiles::Remove } else { OldFiles::Name };
        let report = import::run(&product.app, files, secret()?, mode, old_files).await?;
        Ok(report.to_string())
    }
}

/// Prints the report.
pub(crate) fn run(options: &Options) -> anyhow::Result<ExitCode> {
    let sources = Sources::gather(BTreeMap::new())?;
    let order = Import {
        tokens: place(options.tokens.as_deref(), sources.find("TOKEN_DB_PATH"), "tokens.db")?,
        sessions: place(options.sessions.as_deref(), sources.find("SESSION_DB_PATH"), "sessions.db")?,
        apply: options.apply,
        delete_old_mirror: options.delete_old_mirror,
    };
    let report = cli::block_on(control::ask(&options.settings.0, order))?;
    cli::print(&report);
    Ok(ExitCode::SUCCESS)
}

/// Where a database is, from wherever it is looked at: given, set, or where the Python version put it by itself.
fn place(given: Option<&Path>, set: Option<&str>, name: &str) -> anyhow::Result<PathBuf> {
    let usual = ["data", "/app/data"].map(|folder| Path::new(folder).join(name));
    let by_itself = || usual.iter().find(|file| file.exists()).or(usual.first()).cloned();
    let place = given.map(Path::to_owned).or_else(|| set.map(PathBuf::from)).or_else(by_itself);
    let place = place.with_context(|| format!("{name} has no place"))?;
    std::path::absolute(&place).with_context(|| format!("{} has no place", place.display()))
}

fn secret() -> anyhow::Result<SecretText> {
    let sources = Sources::gather(BTreeMap::new())?;
    let secret = sources.find("STATE_TOKEN_SECRET").map(|secret| Secret::new(secret.to_owned()));
    secret.context(
        "STATE_TOKEN_SECRET is missing; put the Python version's into the .env of this folder, or into the environment",
    )
}
