//! What the Python version left behind: `tokens.db` and `sessions.db`, read from a copy and opened with its own secret.
//! What is made of the rows is the flow's business; neither file is ever changed.

mod copy;
mod fernet;
mod rows;

use std::path::{Path, PathBuf};

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::secret::{Secret, SecretText};
use thiserror::Error;

use self::copy::Copied;
use self::fernet::FernetKey;
use self::rows::{SessionRow, TokenRow, Trouble};

/// Where its databases are.
#[derive(Clone, Debug)]
pub struct PythonFiles {
    /// `tokens.db`.
    pub tokens: PathBuf,
    /// `sessions.db`; sessions are not worth an error.
    pub sessions: PathBuf,
}

/// Why nothing can be taken at all; each reads as one line for the terminal.
#[derive(Debug, Error)]
pub enum PythonError {
    /// No such file.
    #[error("{} is not there; name the Python version's database with TOKEN_DB_PATH or --tokens", path.display())]
    Missing {
        /// The file.
        path: PathBuf,
    },
    /// The system does not let us read it.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// Larger than any such database.
    #[error("{} is larger than any database of the Python version", path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// Somebody wrote to it while it was read.
    #[error("{} is being written; stop the Python version first", path.display())]
    InUse {
        /// The file.
        path: PathBuf,
    },
    /// Not what the Python version wrote.
    #[error("{} is not a database of the Python version: {why}", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// Nothing in it opens.
    #[error("STATE_TOKEN_SECRET is not the secret {} was written with: not one of its {rows} rows opens", path.display())]
    WrongSecret {
        /// The file.
        path: PathBuf,
        /// How many rows it has.
        rows: usize,
    },
}

/// What a row of `tokens` holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PythonKind {
    /// A token.
    Token,
    /// A merchant's UUID.
    Uuid,
}

/// A row of `tokens`, opened.
#[derive(Debug)]
pub struct PythonToken {
    /// Its name, such as `PAGE_UUID_106511000000001`.
    pub key: String,
    /// What it holds.
    pub value: SecretText,
    /// What kind of thing that is.
    pub kind: PythonKind,
    /// It was canceled.
    pub canceled: bool,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
}

/// A row of `sessions`, opened.
#[derive(Debug)]
pub struct PythonSession {
    /// The browser's cookie.
    pub id: SecretText,
    /// The merchant's UUID.
    pub uuid: SecretText,
    /// When it began.
    pub created_at: Timestamp,
}

/// A row that was left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PythonRefused {
    /// Which one, without anything secret.
    pub row: String,
    /// Why.
    pub why: String,
}

/// Everything the two databases hold.
#[derive(Debug, Default)]
pub struct PythonRows {
    /// Rows of `tokens` by name.
    pub tokens: Vec<PythonToken>,
    /// Rows of `sessions`, the oldest first.
    pub sessions: Vec<PythonSession>,
    /// What could not be read.
    pub refused: Vec<PythonRefused>,
}

/// Longest name of a row that is shown.
const LONGEST_NAME: usize = 120;

const DOES_NOT_OPEN: &str = "it was changed, or sealed with another secret";

/// Reads both databases. Takes a moment (the key is stretched) and blocks.
pub fn read_python(files: &PythonFiles, secret: &SecretText) -> Result<PythonRows, PythonError> {
    let copied = Copied::of(&files.tokens)?;
    let found = rows::tokens(&copied).map_err(|trouble| foreign(&files.tokens, &trouble))?;
    let key = FernetKey::of(secret).ok_or_else(|| wrong_secret(&files.tokens, found.len()))?;
    let rows = found.len();
    let mut all = PythonRows::default();
    for row in found {
        match row {
            Ok(row) => all.keep_token(row, &key),
            Err((place, why)) => all.refuse(format!("row {place} of tokens"), why),
        }
    }
    if all.tokens.is_empty() && all.refused.iter().any(|row| row.why == DOES_NOT_OPEN) {
        return Err(wrong_secret(&files.tokens, rows));
    }
    match Copied::of(&files.sessions) {
        Ok(copied) => all.keep_sessions(&copied, files, &key)?,
        Err(PythonError::Missing { path }) => {
            all.refuse("the sessions".to_owned(), &format!("{} is not there", path.display()));
        }
        Err(error) => return Err(error),
    }
    Ok(all)
}

impl PythonRows {
    fn keep_token(&mut self, row: TokenRow, key: &FernetKey) {
        let name = shown(&row.key);
        let kind = match row.kind.as_str() {
            "token" => PythonKind::Token,
            "uuid" => PythonKind::Uuid,
            _ => return self.refuse(name, "its type is neither token nor uuid"),
        };
        let canceled = match row.status.as_deref() {
            None | Some("active") => false,
            Some("canceled") => true,
            Some(_) => return self.refuse(name, "its status is neither active nor canceled"),
        };
        match key.open(&row.value) {
            Some(value) => self.tokens.push(PythonToken {
                key: row.key,
                value,
                kind,
                canceled,
                expires_at: row.expires_at.map(seconds),
            }),
            None => self.refuse(name, DOES_NOT_OPEN),
        }
    }

    fn keep_sessions(
        &mut self,
        copied: &Copied,
        files: &PythonFiles,
        key: &FernetKey,
    ) -> Result<(), PythonError> {
        let found = rows::sessions(copied).map_err(|trouble| foreign(&files.sessions, &trouble))?;
        for (index, row) in found.into_iter().enumerate() {
            let name = format!("session {}", index + 1);
            match row {
                Ok(row) => self.keep_session(name, row, key),
                Err((_, why)) => self.refuse(name, why),
            }
        }
        Ok(())
    }

    fn keep_session(&mut self, name: String, row: SessionRow, key: &FernetKey) {
        match key.open(&row.uuid) {
            Some(uuid) => {
                let created_at = seconds(row.created_at);
                self.sessions.push(PythonSession { id: Secret::new(row.id), uuid, created_at });
            }
            None => self.refuse(name, DOES_NOT_OPEN),
        }
    }

    fn refuse(&mut self, row: String, why: &str) {
        self.refused.push(PythonRefused { row, why: why.to_owned() });
    }
}

fn seconds(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds.saturating_mul(1_000))
}

/// A row's name as it may stand in a report: cut, and without anything a terminal would obey.
fn shown(key: &str) -> String {
    key.chars().take(LONGEST_NAME).map(|letter| if letter.is_control() { '?' } else { letter }).collect()
}

fn wrong_secret(path: &Path, rows: usize) -> PythonError {
    PythonError::WrongSecret { path: path.to_owned(), rows }
}

fn foreign(path: &Path, trouble: &Trouble) -> PythonError {
    let why = match trouble {
        Trouble::Foreign(why) => (*why).to_owned(),
        Trouble::Sqlite(error) => error.to_string(),
    };
    PythonError::Foreign { path: path.to_owned(), why }
}
