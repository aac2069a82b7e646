//! Encryption of values that must not lie readable in a database or backup: XChaCha20-Poly1305 with the place of the
//! value as associated data, so that a ciphertext that was moved or changed does not open. Where sealed values are kept
//! is the engines' business.

use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use shopclerk_domain::entropy::{self, Entropy};
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::{Secret, SecretText};
use zeroize::Zeroizing;

use crate::keys::KeyRing;

/// First byte of every record.
const FORM: u8 = 1;
const NONCE: usize = 24;

/// What keys for this file's records are derived for; other purposes get other keys.
const PURPOSE: &str = "shopclerk/stored-secrets/1";

/// Where a sealed value belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) merchant: Option<MerchantId>,
    /// What it is, such as `account_token`.
    pub(crate) kind: &'static str,
    /// The row it stands in.
    pub(crate) row: &'a [u8],
    /// Which of several values in the course of time.
    pub(crate) generation: i64,
}

impl Place<'_> {
    /// Every part with its length, so that no two places read the same.
    fn bytes(&self) -> Vec<u8> {
        let merchant: &[u8] = self.merchant.as_ref().map_or(&[], |merchant| merchant.as_bytes());
        let generation = self.generation.to_be_bytes();
        let mut out = Vec::with_capacity(64);
        for part in [merchant, self.kind.as_bytes(), self.row, generation.as_slice()] {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

/// Seals and opens with the keys of a ring.
pub(crate) struct Sealer {
    newest: String,
    ciphers: Vec<(String, XChaCha20Poly1305)>,
    entropy: Arc<dyn Entropy>,
}

impl Sealer {
    pub(crate) fn new(ring: &KeyRing, entropy: Arc<dyn Entropy>) -> Self {
        let ciphers = ring.ids().filter_map(|id| {
            let key = ring.subkey(id, PURPOSE)?;
            Some((id.to_owned(), XChaCha20Poly1305::new(key.expose().into())))
        });
        Self { newest: ring.newest().to_owned(), ciphers: ciphers.collect(), entropy }
    }

    /// The record to store; `None` only for a value beyond what the cipher takes (256 GiB).
    pub(crate) fn seal(&self, place: Place<'_>, value: &SecretText) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE] = entropy::bytes(&*self.entropy);
        let payload = Payload { msg: value.expose().as_bytes(), aad: &place.bytes() };
        let sealed = self.cipher(&self.newest)?.encrypt(&XNonce::from(nonce), payload).ok()?;
        let mut record = vec![FORM, u8::try_from(self.newest.len()).ok()?];
        record.extend_from_slice(self.newest.as_bytes());
        record.extend_from_slice(&nonce);
        record.extend_from_slice(&sealed);
        Some(record)
    }

    /// The value, if the record is unchanged and stands where it was sealed for; else why not.
    pub(crate) fn open(&self, place: Place<'_>, record: &[u8]) -> Result<SecretText, &'static str> {
        let (id, nonce, sealed) = take_apart(record).ok_or("not a sealed record")?;
        let cipher = self.cipher(id).ok_or("sealed with a key that is not in the ring")?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        let plain = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| "changed or moved")?;
        let plain = Zeroizing::new(plain);
        std::str::from_utf8(&plain).map(|text| Secret::new(text.to_owned())).map_err(|_| "not a text")
    }

    fn cipher(&self, id: &str) -> Option<&XChaCha20Poly1305> {
        self.ciphers.iter().find(|(known, _)| known == id).map(|(_, cipher)| cipher)
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Sealer({})", self.newest)
    }
}

/// Key id, nonce and ciphertext of a record.
fn take_apart(record: &[u8]) -> Option<(&str, [u8; NONCE], &[u8])> {
    let (&form, rest) = record.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (id, rest) = rest.split_at_checked(usize::from(length))?;
    let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
    (form == FORM).then_some((std::str::from_utf8(id).ok()?, *nonce, sealed))
}

#[cfg(test)]
mod tests {
    use shopclerk_domain::entropy::SeededEntropy;

    use super::*;

    const RING: &str =
        "new:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=,old:ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

    fn sealer(ring: &str) -> Sealer {
        Sealer::new(&KeyRing::parse(ring).unwrap(), Arc::new(SeededEntropy::new(28)))
    }

    fn place(merchant: u8, kind: &'static str, row: &'static str, generation: i64) -> Place<'static> {
        let merchant = Some(MerchantId::from_bytes([merchant; 16]));
        Place { merchant, kind, row: row.as_bytes(), generation }
    }

    fn check(from: Place<'_>, to: Place<'_>, opens: bool) {
        let sealer = sealer(RING);
        let record = sealer.seal(from, &Secret::new("shpat_1234".to_owned())).unwrap();
        assert_eq!(sealer.open(to, &record).is_ok(), opens, "{from:?} {to:?}");
    }

    #[test]
    fn t28_a_sealed_value_opens_only_where_it_was_sealed() {
        let here = place(1, "shop_access", "nordlys.myshopify.com", 1);

        check(here, here, true);
        check(here, place(2, "shop_access", "nordlys.myshopify.com", 1), false);
        check(here, place(1, "shop_refresh", "nordlys.myshopify.com", 1), false);
        check(here, place(1, "shop_access", "solvik.myshopify.com", 1), false);
        check(here, place(1, "shop_access", "nordlys.myshopify.com", 2), false);
        check(place(1, "ab", "c", 1), place(1, "a", "bc", 1), false);
    }

    #[test]
    fn t28_no_bit_can_change() {
        let sealer = sealer(RING);
        let here = place(1, "account_token", "row", 0);
        let record = sealer.seal(here, &Secret::new("EAAB".to_owned())).unwrap();

        for index in 0..record.len() {
            for bit in 0..8 {
                let mut changed = record.clone();
                changed[index] ^= 1 << bit;
                assert!(sealer.open(here, &changed).is_err(), "byte {index}, bit {bit}");
            }
            assert!(sealer.open(here, &record[..index]).is_err(), "cut at {index}");
        }
    }

    #[test]
    fn t28_an_older_key_still_opens_and_a_lost_one_says_so() {
        let here = place(1, "account_token", "row", 0);
        let (new, old) = RING.split_once(',').unwrap();
        let record = sealer(old).seal(here, &Secret::new("EAAB".to_owned())).unwrap();

        assert_eq!(sealer(RING).open(here, &record).unwrap().expose(), "EAAB");
        assert_eq!(sealer(new).open(here, &record), Err("sealed with a key that is not in the ring"));
    }

    /// Computed by a second implementation written from RFC 5869, RFC 8439 and draft-irtf-cfrg-xchacha-03.
    #[test]
    fn t28_the_record_is_the_known_one() {
        let known = include_str!("seal_vector.txt");

        let record =
            sealer(RING).seal(place(7, "account_token", "row", 3), &Secret::new("EAAB-known".to_owned()));

        let hex = record.unwrap().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        assert_eq!(hex, known.trim());
    }
}
