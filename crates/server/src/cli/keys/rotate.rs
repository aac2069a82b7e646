//! `shopclerk keys list|rotate|retire`: what each key seals, a fresh one in front of the ring, and one less at its end.

use std::process::ExitCode;

use clap::Args;
use serde::{Deserialize, Serialize};
use shopclerk_flows::keys;
use shopclerk_flows::progress::Progress;

use super::ask;
use crate::cli;
use crate::config::flags::QuietFlags;
use crate::control::{Order, Product};

/// Flags of `shopclerk keys list` and `rotate`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    #[command(flatten)]
    settings: QuietFlags,
}

/// Flags of `shopclerk keys retire`.
#[derive(Debug, Args)]
pub(crate) struct RetireOptions {
    /// The key's id, as `shopclerk keys rotate` names it.
    #[arg(value_name = "ID")]
    key: String,
    #[command(flatten)]
    settings: QuietFlags,
}

/// What each key seals.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct List {}

/// A fresh key, and everything sealed with it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Rotate {}

/// An older key out of the ring.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Retire {
    key: String,
}

/// How many values a key has sealed; no id = keys that are not in the ring.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sealed {
    key: Option<String>,
    values: u64,
}

impl Order for List {
    const NAME: &'static str = "keys.list";
    type Answer = Vec<Sealed>;

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<Vec<Sealed>> {
        let in_use = keys::in_use(&product.app).await?;
        Ok(in_use.into_iter().map(|it| Sealed { key: it.key, values: it.values }).collect())
    }
}

impl Order for Rotate {
    const NAME: &'static str = "keys.rotate";
    type Answer = Vec<Sealed>;

    async fn carry_out(self, product: &Product, progress: &dyn Progress) -> anyhow::Result<Vec<Sealed>> {
        keys::rotate(&product.app, progress).await?;
        List {}.carry_out(product, progress).await
    }
}

impl Order for Retire {
    const NAME: &'static str = "keys.retire";
    type Answer = ();

    async fn carry_out(self, product: &Product, _: &dyn Progress) -> anyhow::Result<()> {
        Ok(keys::retire(&product.app, &self.key).await?)
    }
}

pub(crate) fn list(options: &Options) -> anyhow::Result<ExitCode> {
    tell(&cli::block_on(ask(&options.settings.0, List {}))?);
    Ok(ExitCode::SUCCESS)
}

pub(crate) fn rotate(options: &Options) -> anyhow::Result<ExitCode> {
    tell(&cli::block_on(ask(&options.settings.0, Rotate {}))?);
    eprintln!("A copy of the ring that you exported lacks the fresh key: run `shopclerk keys export` again.");
    Ok(ExitCode::SUCCESS)
}

fn tell(sealed: &[Sealed]) {
    for (index, Sealed { key, values }) in sealed.iter().enumerate() {
        let line = match (key, index, values) {
            (Some(key), 0, _) => format!("{key} seals; {values} values are sealed with it\n"),
            (Some(key), _, 0) => {
                format!("{key} opens nothing that is stored; backups of former days may need it\n")
            }
            (Some(key), _, _) => format!("{key} still opens {values} values\n"),
            (None, _, _) => format!("{values} values are sealed with keys that are not in the ring\n"),
        };
        cli::print(&line);
    }
}

pub(crate) fn retire(options: &RetireOptions) -> anyhow::Result<ExitCode> {
    let order = Retire { key: options.key.clone() };
    cli::block_on(ask(&options.settings.0, order))?;
    cli::print(&format!("{} is no longer in the ring.\n", options.key));
    Ok(ExitCode::SUCCESS)
}
