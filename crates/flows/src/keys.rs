//! The key ring in the operator's hands: whether a copy of it is kept anywhere but beside what it seals, a fresh key in front
//! of it, and one less at its end.

use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_storage::installation::SealedWith;
use shopclerk_storage::{KeyError, KeyRing};
use thiserror::Error;

use crate::app::App;
use crate::error::FlowError;
use crate::progress::Progress;
use crate::work::runner::{Desk, Step};
use crate::work::wait;

/// Merchants whose values are sealed again at once: the writer is kept for a moment only.
const SLICE: usize = 20;

/// Where copies of the key ring are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Custody {
    /// It was given from outside, so it is kept there.
    Given,
    /// It lies in the data folder, and was exported since its newest key was made.
    Exported {
        /// The file.
        file: PathBuf,
        /// When it was exported last.
        at: Timestamp,
    },
    /// It lies in the data folder and nowhere else: a lost disk loses the backups too.
    OnlyHere {
        /// The file.
        file: PathBuf,
    },
}

/// Why the ring stays as it is.
#[derive(Debug, Error)]
pub enum KeysError {
    /// Only who gave the ring can change it.
    #[error(
        "the keys are given from outside; put a fresh key in front of them (its id, a colon, and what `openssl rand -base64 32` \
         prints), keep the others behind it and restart: what they sealed is then sealed again"
    )]
    Given,
    /// There are as many keys as a ring may have.
    #[error("the ring is full; take out a key that is no longer used with: shopclerk keys retire ID")]
    Full,
    /// The key seals, or is not in the ring.
    #[error("{0} is no older key of the ring; these are: {1}")]
    NotOlder(String, String),
    /// Something may still need the key.
    #[error(
        "{0} still opens {1} of the stored values; run this again once `shopclerk keys rotate` has sealed them anew"
    )]
    InUse(String, u64),
    /// Older backups are sealed with it.
    #[error(
        "backups of former days need {0} too; keep a copy of it with `shopclerk keys export`, then run this again"
    )]
    NotExported(String),
    /// The key file.
    #[error(transparent)]
    File(#[from] KeyError),
    /// The store.
    #[error(transparent)]
    Store(#[from] FlowError),
}

/// Where copies of the key ring are.
pub async fn custody(app: &App) -> Result<Custody, FlowError> {
    let Some(file) = app.settings().key_file.clone() else { return Ok(Custody::Given) };
    Ok(match app.store().keys_exported_at().await? {
        Some(at) => Custody::Exported { file, at },
        None => Custody::OnlyHere { file },
    })
}

/// Remembers that the operator has a copy of the ring as it is now.
pub async fn mark_exported(app: &App) -> Result<(), FlowError> {
    Ok(app.store().mark_keys_exported(app.now()).await?)
}

/// How many values each key has sealed, the key that seals first.
pub async fn in_use(app: &App) -> Result<Vec<SealedWith>, FlowError> {
    Ok(app.store().count_sealed().await?)
}

/// Puts a fresh key in front of the ring and seals everything with it; a rotation that was cut off is finished first, and then
/// is the one that was asked for. Whoever else works goes on meanwhile.
pub async fn rotate(app: &App, progress: &dyn Progress) -> Result<(), KeysError> {
    let file = own_file(app)?;
    let _alone = app.ring.lock().await;
    if !go_on(app, progress).await? {
        let ring = KeyRing::open(file)?.with_fresh(app.entropy()).ok_or(KeysError::Full)?;
        // On disk before it seals anything: what it sealed must open after the next start.
        ring.replace(file)?;
        adopt(app, ring).await?;
        go_on(app, progress).await?;
    }
    Ok(())
}

/// Takes an older key out of the ring, once nothing is sealed with it and a copy is kept for older backups.
pub async fn retire(app: &App, key: &str) -> Result<(), KeysError> {
    let file = own_file(app)?;
    let _alone = app.ring.lock().await;
    let ring = KeyRing::open(file)?;
    let Some(rest) = ring.without(key) else {
        let older: Vec<&str> = ring.ids().skip(1).collect();
        return Err(KeysError::NotOlder(key.to_owned(), older.join(", ")));
    };
    // Nothing is sealed with an older key any more, so what is not there now will never be.
    let used = in_use(app).await?.into_iter().find(|it| it.key.as_deref() == Some(key));
    if let Some(SealedWith { values: values @ 1.., .. }) = used {
        return Err(KeysError::InUse(key.to_owned(), values));
    }
    if matches!(custody(app).await?, Custody::OnlyHere { .. }) {
        return Err(KeysError::NotExported(key.to_owned()));
    }
    rest.replace(file)?;
    adopt(app, rest).await
}

fn own_file(app: &App) -> Result<&Path, KeysError> {
    app.settings().key_file.as_deref().ok_or(KeysError::Given)
}

async fn adopt(app: &App, ring: KeyRing) -> Result<(), KeysError> {
    Ok(app.store().adopt_keys(ring).await.map_err(FlowError::from)?)
}

/// Seals slice by slice until all is; `false` when there was nothing to do.
async fn go_on(app: &App, progress: &dyn Progress) -> Result<bool, FlowError> {
    let left: u64 = in_use(app).await?.iter().skip(1).map(|it| it.values).sum();
    let mut done = 0;
    let mut damaged = 0;
    let mut worked = false;
    while let Some(slice) = app.store().reseal_next(SLICE).await? {
        worked = true;
        done += slice.values;
        damaged += slice.damaged;
        progress.at("sealing with the newest key", done, Some(left));
        wait::pause(app.settings().reseal_pause).await;
    }
    if damaged > 0 {
        progress
            .say(&format!("{damaged} values do not open with any key of the ring; the log names their rows"));
    }
    Ok(worked)
}

/// Goes on with a rotation that nobody waits for any more: after a stop, or a change of keys that were given from outside.
pub(crate) struct Sealing(pub(crate) App);

#[async_trait]
impl Desk for Sealing {
    async fn step(&self) -> Step {
        match self.0.store().reseal_next(SLICE).await {
            Ok(None) => Step::Idle,
            Ok(Some(_)) => {
                wait::pause(self.0.settings().reseal_pause).await;
                Step::Worked
            }
            Err(error) => {
                tracing::warn!(%error, "values could not be sealed with the newest key; tried again");
                Step::Failed
            }
        }
    }

    async fn next_due(&self) -> Option<Duration> {
        None
    }
}
