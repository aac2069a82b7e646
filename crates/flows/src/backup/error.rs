//! Why a backup was not made, read or put back: one sentence each, for the terminal.

use shopclerk_storage::{BackupError, RestoreError, StoreError};
use shopclerk_upstream::objects::ObjectsError;
use thiserror::Error;

use crate::error::{FlowError, JobError};

/// See the module.
#[derive(Debug, Error)]
pub enum BackupFault {
    /// Another one is being made or read.
    #[error("another backup is under way; try again when it is done")]
    UnderWay,
    /// There is none.
    #[error("there is no backup yet; make one with: shopclerk backup now")]
    None,
    /// There is none of that name.
    #[error("there is no backup {name}; see: shopclerk backup list")]
    NoSuch {
        /// The name.
        name: String,
    },
    /// What was read back is not what was written.
    #[error(
        "what was read back is not what was written; the place of the backups damages them, and this one was removed"
    )]
    NotTheSame,
    /// It cannot be made or opened.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// It cannot be put back.
    #[error(transparent)]
    Restore(#[from] RestoreError),
    /// The place of the backups.
    #[error("the place of the backups cannot be used")]
    Place(#[from] ObjectsError),
    /// Work that follows a restore failed.
    #[error("what follows a restore could not be done ({code})")]
    Unfinished {
        /// The stable code.
        code: String,
    },
    /// A local file or folder.
    #[error("a local file cannot be used")]
    Local(#[source] std::io::Error),
    /// Our own store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rest.
    #[error(transparent)]
    Flow(#[from] FlowError),
}

impl From<JobError> for BackupFault {
    fn from(error: JobError) -> Self {
        Self::Unfinished { code: error.code }
    }
}

impl BackupFault {
    /// The sentence with its causes.
    pub fn sentence(&self) -> String {
        let mut sentence = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            let said = error.to_string();
            if !sentence.contains(&said) {
                sentence = format!("{sentence}: {said}");
            }
            cause = error.source();
        }
        sentence
    }
}
