//! The head of a sealed backup: in clear, so that it can be told what it needs, and bound to every part that follows.

use std::io::Read;

use shopclerk_domain::clock::Timestamp;

use super::BackupError;

/// First bytes of every backup.
const MARK: &[u8] = b"shopclerk backup\n";
const FORM: u8 = 1;

/// Random bytes every nonce of the file begins with.
pub(super) const PREFIX: usize = 19;

/// What is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BackupKind {
    /// The whole store.
    Snapshot,
    /// A shop's newest token pair.
    Tokens,
    /// Lines of the erasure ledger.
    Erasures,
}

impl BackupKind {
    const fn byte(self) -> u8 {
        match self {
            Self::Snapshot => 1,
            Self::Tokens => 2,
            Self::Erasures => 3,
        }
    }

    fn from_byte(byte: u8) -> Option<Self> {
        [Self::Snapshot, Self::Tokens, Self::Erasures].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupHead {
    /// What is in it.
    pub kind: BackupKind,
    /// The schema of the store it was taken from.
    pub schema: u32,
    /// The moment it shows.
    pub made_at: Timestamp,
    /// The key it is sealed with.
    pub key: String,
}

impl BackupHead {
    /// The head as it is written.
    pub(super) fn bytes(&self, prefix: &[u8; PREFIX]) -> Result<Vec<u8>, BackupError> {
        let length =
            u8::try_from(self.key.len()).map_err(|_| BackupError::UnknownKey { id: self.key.clone() })?;
        let mut bytes = MARK.to_vec();
        bytes.extend([FORM, self.kind.byte()]);
        bytes.extend(self.schema.to_be_bytes());
        bytes.extend(self.made_at.millis().to_be_bytes());
        bytes.push(length);
        bytes.extend(self.key.as_bytes());
        bytes.extend(prefix);
        Ok(bytes)
    }

    /// Reads a head and the prefix of its nonces.
    pub(super) fn read(from: &mut impl Read) -> Result<(Self, [u8; PREFIX]), BackupError> {
        if take::<{ MARK.len() }>(from)? != MARK {
            return Err(BackupError::Foreign);
        }
        let [form, kind] = take(from)?;
        if form > FORM {
            return Err(BackupError::Newer);
        }
        let kind = BackupKind::from_byte(kind).filter(|_| form == FORM).ok_or(BackupError::Foreign)?;
        let schema = u32::from_be_bytes(take(from)?);
        let made_at = Timestamp::from_millis(i64::from_be_bytes(take(from)?));
        let [length] = take(from)?;
        let mut key = vec![0; usize::from(length)];
        from.read_exact(&mut key).map_err(cut)?;
        let key = String::from_utf8(key).map_err(|_| BackupError::Foreign)?;
        Ok((Self { kind, schema, made_at, key }, take(from)?))
    }
}

fn take<const N: usize>(from: &mut impl Read) -> Result<[u8; N], BackupError> {
    let mut bytes = [0; N];
    from.read_exact(&mut bytes).map_err(cut)?;
    Ok(bytes)
}

fn cut(error: std::io::Error) -> BackupError {
    if error.kind() == std::io::ErrorKind::UnexpectedEof { BackupError::Cut } else { error.into() }
}
