//! The key ring: the 256-bit roots everything sealed rests on, newest first. It reads and makes the key file; what is
//! sealed with it, and how, is `seal`'s.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hkdf::Hkdf;
use sha2::Sha256;
use shopclerk_domain::entropy::{self, Entropy};
use shopclerk_domain::secret::{Secret, SecretText};
use thiserror::Error;
use zeroize::Zeroizing;

/// A 256-bit key.
pub(crate) type Key = Secret<[u8; 32]>;

/// Why there is no usable key ring. Never says anything of a key's content.
#[derive(Debug, Error)]
pub enum KeyError {
    /// No key at all.
    #[error("no key is given; a ring reads id:base64,id2:base64 with the newest first")]
    Empty,
    /// An entry without a usable id.
    #[error("key {position} has no proper id: 1 to 16 of a-z, 0-9 and '-', then ':'")]
    Id {
        /// Which entry, counted from 1.
        position: usize,
    },
    /// An entry whose key is not 32 bytes of base64.
    #[error("key {id} is not 32 bytes in base64; make one with: openssl rand -base64 32")]
    Length {
        /// Its id.
        id: String,
    },
    /// Two entries with the same id.
    #[error("key id {id} is given twice")]
    Doubled {
        /// The id.
        id: String,
    },
    /// Others than the owner can read the file.
    #[error("others can read the key file {}; run: chmod 600 {}", path.display(), path.display())]
    Readable {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or made.
    #[error("the key file {} cannot be read or made: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
}

/// The keys of an installation, newest first: the first one seals, all of them open.
#[derive(Clone)]
pub struct KeyRing {
    keys: Vec<(String, Key)>,
}

impl KeyRing {
    /// Reads `id:base64,id2:base64`, newest first.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut keys: Vec<(String, Key)> = Vec::new();
        for (index, entry) in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).enumerate() {
            let malformed = KeyError::Id { position: index.saturating_add(1) };
            let Some((id, encoded)) = entry.split_once(':').filter(|(id, _)| is_id(id)) else {
                return Err(malformed);
            };
            if keys.iter().any(|(known, _)| known == id) {
                return Err(KeyError::Doubled { id: id.to_owned() });
            }
            let key = decode(encoded.trim()).ok_or_else(|| KeyError::Length { id: id.to_owned() })?;
            keys.push((id.to_owned(), key));
        }
        if keys.is_empty() { Err(KeyError::Empty) } else { Ok(Self { keys }) }
    }

    /// Reads the key file, or makes it with one fresh key; says whether it was made.
    pub fn open_or_create(path: &Path, entropy: &dyn Entropy) -> Result<(Self, bool), KeyError> {
        match create(path, entropy) {
            Ok(ring) => Ok((ring, true)),
            Err(source) if source.kind() == std::io::ErrorKind::AlreadyExists => Ok((read(path)?, false)),
            Err(source) => Err(KeyError::File { path: path.to_owned(), source }),
        }
    }

    /// Reads the key file of ours.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        read(path)
    }

    /// This ring with a fresh key in front; `None` when it is full.
    pub fn with_fresh(&self, entropy: &dyn Entropy) -> Option<Self> {
        let mut keys = vec![fresh(entropy)];
        keys.extend(self.keys.iter().cloned());
        (keys.len() <= MOST).then_some(Self { keys })
    }

    /// This ring without one of its older keys; `None` for the key that seals, or one that is not in it.
    pub fn without(&self, id: &str) -> Option<Self> {
        let mut keys = self.keys.clone();
        let at = keys.iter().position(|(known, _)| known == id).filter(|at| *at > 0)?;
        keys.remove(at);
        Some(Self { keys })
    }

    /// Puts this ring in the place of the key file, whole or not at all.
    pub fn replace(&self, path: &Path) -> Result<(), KeyError> {
        let new = path.with_extension("new");
        let replaced = (|| {
            match std::fs::remove_file(&new) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            write(&new, self)?;
            std::fs::rename(&new, path)?;
            make_durable(path)
        })();
        replaced.map_err(|source| KeyError::File { path: path.to_owned(), source })
    }

    /// The key that `id` names, bound to one purpose so that no purpose can stand in for another.
    pub(crate) fn subkey(&self, id: &str, purpose: &'static str) -> Option<Key> {
        let (_, root) = self.keys.iter().find(|(known, _)| known == id)?;
        let mut derived = [0; 32];
        Hkdf::<Sha256>::new(None, root.expose()).expand(purpose.as_bytes(), &mut derived).ok()?;
        Some(Secret::new(derived))
    }

    /// The id of the key that seals.
    pub fn newest(&self) -> &str {
        self.keys.first().map_or("", |(id, _)| id.as_str())
    }

    /// The ids of all keys, newest first.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(id, _)| id.as_str())
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_list().entries(self.ids()).finish()
    }
}

fn is_id(id: &str) -> bool {
    (1..=16).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn decode(encoded: &str) -> Option<Key> {
    let bytes = Zeroizing::new(STANDARD.decode(encoded).ok()?);
    <[u8; 32]>::try_from(bytes.as_slice()).ok().map(Secret::new)
}

/// Most keys of a ring: each is tried for what is sealed with it, and whoever rotates retires.
const MOST: usize = 16;

fn fresh(entropy: &dyn Entropy) -> (String, Key) {
    let name = entropy::bytes::<4>(entropy).map(|byte| format!("{byte:02x}")).concat();
    (format!("key-{name}"), Secret::new(entropy::bytes::<32>(entropy)))
}

fn create(path: &Path, entropy: &dyn Entropy) -> std::io::Result<KeyRing> {
    let ring = KeyRing { keys: vec![fresh(entropy)] };
    write(path, &ring)?;
    make_durable(path)?;
    Ok(ring)
}

/// Writes a new file that only its owner can read, and reads it back through the same door as every later start.
fn write(path: &Path, ring: &KeyRing) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let mut text = Zeroizing::new(String::new());
    for (id, key) in &ring.keys {
        let encoded = Zeroizing::new(STANDARD.encode(key.expose()));
        let before = if text.is_empty() { "" } else { "," };
        for part in [before, id, ":", &encoded] {
            text.push_str(part);
        }
    }
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    KeyRing::parse(&text).map(drop).map_err(std::io::Error::other)
}

/// A name in a folder lasts only once the folder is written, too.
fn make_durable(path: &Path) -> std::io::Result<()> {
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => std::fs::File::open(folder)?.sync_all(),
        None => std::fs::File::open(".")?.sync_all(),
    }
}

fn read(path: &Path) -> Result<KeyRing, KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), source };
    if is_open_to_others(path).map_err(failed)? {
        return Err(KeyError::Readable { path: path.to_owned() });
    }
    let text = SecretText::new(std::fs::read_to_string(path).map_err(failed)?);
    KeyRing::parse(text.expose())
}

/// Whether anybody but its owner can reach into a file of ours.
#[cfg(unix)]
pub(crate) fn is_open_to_others(path: &Path) -> std::io::Result<bool> {
    let found = std::fs::metadata(path)?;
    Ok(std::os::unix::fs::PermissionsExt::mode(&found.permissions()) & 0o077 != 0)
}

#[cfg(not(unix))]
pub(crate) fn is_open_to_others(_path: &Path) -> std::io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::entropy::SeededEntropy;

    use super::*;

    const ONE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn check(text: &str, expected: Result<&[&str], &str>) {
        let seen = KeyRing::parse(text);
        let ids = seen.as_ref().map(|ring| ring.ids().collect::<Vec<_>>());
        match (ids, expected) {
            (Ok(ids), Ok(expected)) => assert_eq!(ids, expected, "{text}"),
            (Err(error), Err(expected)) => {
                assert!(error.to_string().contains(expected), "{text}: {error}");
                assert!(!error.to_string().contains("AAEC"), "an error shows a key");
            }
            (seen, expected) => panic!("{text}: {seen:?} instead of {expected:?}"),
        }
    }

    #[test]
    fn t28_a_ring_is_read_strictly() {
        check(&format!("2026-b:{ONE},2026-a:{ONE}\n"), Ok(&["2026-b", "2026-a"]));
        check("", Err("no key is given"));
        check(ONE, Err("key 1 has no proper id"));
        check(&format!("Prod:{ONE}"), Err("key 1 has no proper id"));
        check(&format!("a:{ONE},abcdefghijklmnopq:{ONE}"), Err("key 2 has no proper id"));
        check("a:AAECAwQF", Err("key a is not 32 bytes"));
        check("a:passphrase of the shop", Err("key a is not 32 bytes"));
        check(&format!("a:{ONE},a:{ONE}"), Err("key id a is given twice"));
    }

    #[test]
    fn a_ring_shows_ids_only_and_each_purpose_has_its_own_key() {
        let ring = KeyRing::parse(&format!("a:{ONE}")).unwrap();

        assert_eq!(format!("{ring:?}"), r#"["a"]"#);
        assert_ne!(ring.subkey("a", "one"), ring.subkey("a", "two"));
        assert_eq!(ring.subkey("b", "one"), None);
    }

    #[test]
    fn t29_a_rotated_ring_keeps_its_former_keys_until_they_are_taken_out() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");
        let entropy = SeededEntropy::new(1);
        let (first, _) = KeyRing::open_or_create(&path, &entropy).unwrap();

        let second = first.with_fresh(&entropy).unwrap();
        second.replace(&path).unwrap();

        let found = KeyRing::open(&path).unwrap();
        assert_eq!(found.ids().collect::<Vec<_>>(), [second.newest(), first.newest()]);
        assert_eq!(found.subkey(first.newest(), "p"), first.subkey(first.newest(), "p"));
        assert!(found.without(second.newest()).is_none() && found.without("other").is_none());
        let third = found.without(first.newest()).unwrap();
        assert_eq!(third.ids().collect::<Vec<_>>(), [second.newest()]);
        let full = (1..MOST).try_fold(first, |ring, _| ring.with_fresh(&entropy)).unwrap();
        assert!(full.with_fresh(&entropy).is_none());
    }

    #[test]
    fn a_key_file_is_made_once_and_refused_when_others_can_read_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys");

        let (made, fresh) = KeyRing::open_or_create(&path, &SeededEntropy::new(1)).unwrap();
        let (found, again) = KeyRing::open_or_create(&path, &SeededEntropy::new(2)).unwrap();

        assert!(fresh && !again);
        assert_eq!(made.subkey(made.newest(), "p"), found.subkey(found.newest(), "p"));
        #[cfg(unix)]
        {
            let open = std::os::unix::fs::PermissionsExt::from_mode(0o640);
            std::fs::set_permissions(&path, open).unwrap();
            let refused = KeyRing::open_or_create(&path, &SeededEntropy::new(3));
            assert!(matches!(refused, Err(KeyError::Readable { .. })));
        }
    }
}
