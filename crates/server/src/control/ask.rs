//! The terminal's side: hands an order to the running process, or opens the product for it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use shopclerk_flows::progress::Progress;
use tokio::io::BufReader;
use tokio::net::UnixStream;

use super::Order;
use super::address::Address;
use super::wire::{self, Asked, Told};
use crate::cli::progress::Terminal;
use crate::config::{Config, Sources};
use crate::engine::{Engine, Plan};

/// Has the order carried out, wherever the store is open, and shows how far it has come. `flags` are the settings given as
/// flags.
pub(crate) async fn ask<O: Order>(flags: &BTreeMap<String, String>, order: O) -> anyhow::Result<O::Answer> {
    let terminal = Terminal::new();
    let answer = ask_watched(flags, order, &terminal).await;
    terminal.end();
    answer
}

/// For what concerns a store that must be there: a wrong folder is said, not filled.
pub(crate) fn expect_store(flags: &BTreeMap<String, String>) -> anyhow::Result<()> {
    let folder = folder(&Sources::gather(flags.clone())?)?;
    if !folder.join("shopclerk.db").is_file() {
        bail!("there is no store in {}; name its folder with --data-dir", folder.display());
    }
    Ok(())
}

fn folder(sources: &Sources) -> anyhow::Result<PathBuf> {
    Ok(sources.find("SHOPCLERK_DATA_DIR").context("SHOPCLERK_DATA_DIR is empty")?.into())
}

async fn ask_watched<O: Order>(
    flags: &BTreeMap<String, String>,
    order: O,
    progress: &dyn Progress,
) -> anyhow::Result<O::Answer> {
    let sources = Sources::gather(flags.clone())?;
    match running(&folder(&sources)?).await? {
        Some(stream) => hand_over(stream, &order, progress).await,
        None => open_for(&sources, order, progress).await,
    }
}

/// The process that has the store open, if there is one.
async fn running(folder: &Path) -> anyhow::Result<Option<UnixStream>> {
    let called = async { UnixStream::connect(Address::of(folder)?.path()).await };
    match called.await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).with_context(|| {
            format!("the process that runs on {} cannot be reached; run this as its user", folder.display())
        }),
    }
}

async fn hand_over<O: Order>(
    mut stream: UnixStream,
    order: &O,
    progress: &dyn Progress,
) -> anyhow::Result<O::Answer> {
    let asked = Asked { order: O::NAME.to_owned(), arguments: serde_json::to_value(order)? };
    wire::write(&mut stream, &asked).await?;
    let mut reader = BufReader::new(stream);
    while let Some(told) = wire::read::<Told>(&mut reader, wire::ANSWER).await? {
        match told {
            Told::Progress { what, done, total } => progress.at(&what, done, total),
            Told::Said(sentence) => progress.say(&sentence),
            Told::Done(answer) => {
                return serde_json::from_value(answer).context("the answer is not understood");
            }
            Told::Failed(why) => bail!(why),
        }
    }
    bail!("the running process ended before the order was carried out; ask again")
}

/// Nobody runs: the store is opened for this order alone.
async fn open_for<O: Order>(
    sources: &Sources,
    order: O,
    progress: &dyn Progress,
) -> anyhow::Result<O::Answer> {
    let config = Config::load(sources).map_err(|faults| anyhow::anyhow!("{faults}"))?;
    let engine = Engine::open_alone(Plan::of(config)).await?;
    let answer = order.carry_out(&engine.product(), progress).await;
    engine.stop().await;
    answer
}
