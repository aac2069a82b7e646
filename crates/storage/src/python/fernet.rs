//! Fernet as the Python version sealed with it (github.com/fernet/spec): opened here and never made. Its key comes from a
//! passphrase by PBKDF2, so it is derived once per import and never while serving.

use aes::Aes128;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use shopclerk_domain::secret::{Secret, SecretText};
use zeroize::Zeroizing;

type HmacSha256 = Hmac<Sha256>;

/// How the Python version made a key of its `STATE_TOKEN_SECRET`.
const SALT: &[u8] = b"salt_";
const ROUNDS: u32 = 100_000;

const VERSION: u8 = 0x80;
const TIME: usize = 8;
const IV: usize = 16;
const MAC: usize = 32;

/// What opens the Python version's values.
#[derive(Debug)]
pub(super) struct FernetKey {
    signing: Secret<[u8; 16]>,
    encryption: Secret<[u8; 16]>,
}

impl FernetKey {
    /// The key that the Python version made of its secret.
    pub(super) fn of(secret: &SecretText) -> Option<Self> {
        Self::from_bytes(&Zeroizing::new(pbkdf2(secret.expose().as_bytes(), SALT, ROUNDS)?))
    }

    fn from_bytes(key: &[u8; 32]) -> Option<Self> {
        let (signing, encryption) = key.split_at(16);
        Some(Self {
            signing: Secret::new(signing.try_into().ok()?),
            encryption: Secret::new(encryption.try_into().ok()?),
        })
    }

    /// The value, if it was sealed with this key and not changed since.
    pub(super) fn open(&self, sealed: &str) -> Option<SecretText> {
        let bytes = URL_SAFE.decode(sealed).ok()?;
        let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC)?)?;
        let mut check = HmacSha256::new_from_slice(self.signing.expose()).ok()?;
        check.update(signed);
        check.verify_slice(mac).ok()?;
        let (&version, rest) = signed.split_first()?;
        let (iv, content) = rest.get(TIME..)?.split_at_checked(IV)?;
        if version != VERSION {
            return None;
        }
        let cipher = cbc::Decryptor::<Aes128>::new_from_slices(self.encryption.expose(), iv).ok()?;
        let plain = Zeroizing::new(cipher.decrypt_padded_vec::<Pkcs7>(content).ok()?);
        std::str::from_utf8(&plain).ok().map(|text| Secret::new(text.to_owned()))
    }
}

/// PBKDF2-HMAC-SHA256 (RFC 8018) for a key of one block.
fn pbkdf2(password: &[u8], salt: &[u8], rounds: u32) -> Option<[u8; 32]> {
    let keyed = HmacSha256::new_from_slice(password).ok()?;
    let round = |message: &[&[u8]]| -> [u8; 32] {
        let mut mac = keyed.clone();
        for part in message {
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    };
    let mut last = round(&[salt, &1_u32.to_be_bytes()]);
    let mut key = last;
    for _ in 1..rounds {
        last = round(&[&last]);
        key.iter_mut().zip(last).for_each(|(sum, byte)| *sum ^= byte);
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The vector of the specification (`generate.json`).
    const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    const SEALED: &str = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";

    fn key() -> FernetKey {
        FernetKey::from_bytes(&URL_SAFE.decode(KEY).unwrap().try_into().unwrap()).unwrap()
    }

    fn open(sealed: &str) -> Option<String> {
        key().open(sealed).map(|value| value.expose().clone())
    }

    #[test]
    fn the_specifications_vector_opens() {
        assert_eq!(open(SEALED).as_deref(), Some("hello"));
    }

    #[test]
    fn nothing_that_was_changed_or_cut_opens() {
        let bytes = URL_SAFE.decode(SEALED).unwrap();
        for index in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[index] ^= 1;
            assert_eq!(open(&URL_SAFE.encode(&changed)), None, "byte {index}");
            assert_eq!(open(&URL_SAFE.encode(&bytes[..index])), None, "cut at {index}");
        }
        assert_eq!(open(""), None);
        assert_eq!(open("not base64 at all"), None);
        assert_eq!(FernetKey::from_bytes(&[7; 32]).unwrap().open(SEALED).map(drop), None);
    }

    proptest! {
        #[test]
        fn t69_nothing_makes_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120), text in "\\PC{0,80}") {
            prop_assert!(open(&URL_SAFE.encode(bytes)).is_none());
            prop_assert!(open(&text).is_none());
        }
    }

    /// RFC 7914, section 11, gives the first 64 bytes for PBKDF2-HMAC-SHA256; ours is the first block of them.
    #[test]
    fn the_key_is_derived_as_the_standard_says() {
        let derived = pbkdf2(b"passwd", b"salt", 1).unwrap();

        let hex: Vec<String> = derived.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex.concat(), "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc");
    }
}
