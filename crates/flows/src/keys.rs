//! The key ring in the operator's hands: whether a copy of it is kept anywhere but beside what it seals.

use std::path::PathBuf;

use shopclerk_domain::clock::Timestamp;

use crate::app::App;
use crate::error::FlowError;

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
