//! `shopclerk keys export`: the key ring, to be kept away from this machine.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_flows::keys;
use shopclerk_flows::progress::Progress;

use super::ask;
use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{Order, Product};

/// Flags of `shopclerk keys export`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Write to a new file, readable by you alone, instead of printing.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    settings: QuietFlags,
}

/// Where the key ring is kept.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Custody {}

/// The operator has a copy of the ring.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct MarkExported {}

impl Order for Custody {
    const NAME: &'static str = "keys.custody";
    /// The file, where it is ours.
    type Answer = Option<PathBuf>;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Option<PathBuf>> {
        let file = match keys::custody(&product.app).await? {
            keys::Custody::Given => return Ok(None),
            keys::Custody::Exported { file, .. } | keys::Custody::OnlyHere { file } => file,
        };
        // Whoever asks may stand in another folder.
        std::path::absolute(&file).map(Some).context("the key file has no place")
    }
}

impl Order for MarkExported {
    const NAME: &'static str = "keys.mark_exported";
    type Answer = ();

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<()> {
        Ok(keys::mark_exported(&product.app).await?)
    }
}

const WHAT_IT_IS: &str = "\
This is the key ring: what seals the tokens in the store and in every backup. Whoever has it and a backup can use your
connections; whoever has lost it can open neither. Keep it where neither this machine nor its backups are, such as a password
manager. To use it elsewhere, save it as the file `keys` in the new data folder (chmod 600), or set SHOPCLERK_KEYS to it.
";

/// Exports, and remembers that it was done.
pub(crate) fn run(options: Options) -> anyhow::Result<ExitCode> {
    cli::block_on(export(options))
}

async fn export(options: Options) -> anyhow::Result<ExitCode> {
    let flags = &options.settings.0;
    let Some(file) = ask(flags, Custody {}).await? else {
        eprintln!(
            "The key ring is given from outside, in SHOPCLERK_KEYS or SHOPCLERK_KEYS_FILE: it is kept there."
        );
        return Ok(ExitCode::SUCCESS);
    };
    let ring = std::fs::read_to_string(&file)
        .map(Secret::new)
        .with_context(|| format!("the key file {} cannot be read; run this as its owner", file.display()))?;
    eprint!("{WHAT_IT_IS}");
    match &options.to {
        Some(copy) => write(copy, &ring)?,
        None => cli::print(ring.expose()),
    }
    ask(flags, MarkExported {}).await?;
    Ok(ExitCode::SUCCESS)
}

fn write(copy: &Path, ring: &SecretText) -> anyhow::Result<()> {
    let written =
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(copy).and_then(|mut file| {
            file.write_all(ring.expose().as_bytes())?;
            file.sync_all()
        });
    written
        .with_context(|| format!("{} cannot be written; name a file that is not there yet", copy.display()))
}
