//! Taking over from the Python version: its rows become a plan, the plan is judged against what is here, and only `apply`
//! changes anything. A second import brings nothing new and nothing back.

mod mirror;
mod plan;
mod report;

use std::panic::resume_unwind;

use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::SecretText;
use shopclerk_storage::nouns::imports::{ImportJobs, Imported};
use shopclerk_storage::{PythonError, PythonFiles, read_python};
use thiserror::Error;

pub use self::mirror::OldFiles;
use self::plan::{Planned, plan};
pub use self::report::{Entry, Report, Verdict};
use crate::app::App;
use crate::error::FlowError;
use crate::jobs;

/// What the import is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Say what would be taken.
    Look,
    /// Take it.
    Apply,
}

/// Why nothing was taken or reported.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The old databases give nothing.
    #[error(transparent)]
    Old(#[from] PythonError),
    /// Our own store does not answer.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

/// Reads the old databases and says, or does, what is to become of each of their rows.
pub async fn run(
    app: &App,
    files: PythonFiles,
    secret: SecretText,
    mode: Mode,
    old_files: OldFiles,
) -> Result<Report, ImportError> {
    let reading = tokio::task::spawn_blocking(move || read_python(&files, &secret));
    let rows = reading.await.unwrap_or_else(|broken| resume_unwind(broken.into_panic()))?;
    let (planned, refused) = plan(rows, app.now(), app.entropy());
    let mut entries = refused;
    let merchants: Vec<MerchantId> = planned.iter().map(|planned| planned.merchant).collect();
    for merchant in planned {
        entries.extend(judge(app, merchant, mode).await?);
    }
    if mode == Mode::Apply {
        app.bell.ring();
    }
    let old_mirror = mirror::look(app, &merchants, old_files).await;
    Ok(Report { mode, entries, old_mirror })
}

async fn judge(app: &App, planned: Planned, mode: Mode) -> Result<Vec<Entry>, FlowError> {
    let Planned { merchant, items } = planned;
    let (names, items): (Vec<_>, Vec<_>) = items.into_iter().unzip();
    let outcome = match mode {
        Mode::Look => app.store().judge_import(merchant, items).await?,
        Mode::Apply => {
            let follow = ImportJobs {
                shop: vec![jobs::SUBSCRIBE_SHOP, jobs::SYNC_CATALOGUE, jobs::MIRROR_SHOP, jobs::KEEP_TOKENS],
                page: vec![jobs::CHECK_ACCOUNT, jobs::SUBSCRIBE_ACCOUNT, jobs::MIRROR_ACCOUNT],
            };
            app.store().import(merchant, items, follow, app.now()).await?
        }
    };
    let entry = |(entry, imported): (Entry, Imported)| match imported {
        Imported::Taken => entry,
        Imported::Already => Entry { verdict: Verdict::Already, ..entry },
        Imported::OtherMerchant => entry.refused("it belongs to another merchant here"),
    };
    Ok(names.into_iter().zip(outcome).map(entry).collect())
}
