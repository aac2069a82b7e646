//! Encryption of values that must not lie readable in a database or backup: XChaCha20-Poly1305 with the place of the
//! value as associated data, so that a ciphertext that was moved or changed does not open. Where sealed values are kept
//! is the engines' business.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

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

/// What is sealed. Whoever adds a kind says in `sqlite/reseal.rs` where its values stand, so that a key that is retired
/// leaves none of them behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A known text that tells whether the keys fit the store.
    KeyCheck,
    /// A shop's access token.
    ShopAccess,
    /// What a shop's next pair is asked for with.
    ShopRefresh,
    /// An account's token.
    AccountToken,
    /// The token of the person who connected a merchant's accounts.
    UserToken,
    /// What the links of a merchant's chain of proofs are made with.
    ProofKey,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] = [
        Self::KeyCheck,
        Self::ShopAccess,
        Self::ShopRefresh,
        Self::AccountToken,
        Self::UserToken,
        Self::ProofKey,
    ];

    /// Part of what is sealed: never changed.
    const fn word(self) -> &'static str {
        match self {
            Self::KeyCheck => "key_check",
            Self::ShopAccess => "shop_access",
            Self::ShopRefresh => "shop_refresh",
            Self::AccountToken => "account_token",
            Self::UserToken => "user_token",
            Self::ProofKey => "proof_key",
        }
    }
}

/// Where a sealed value belongs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'a> {
    pub(crate) merchant: Option<MerchantId>,
    pub(crate) kind: Kind,
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
        for part in [merchant, self.kind.word().as_bytes(), self.row, generation.as_slice()] {
            out.extend_from_slice(&(part.len() as u64).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

/// Seals and opens with the keys of a ring, which another may replace while it is used.
pub(crate) struct Sealer {
    ring: RwLock<Arc<Ciphers>>,
    entropy: Arc<dyn Entropy>,
}

/// One cipher per key of a ring, for one purpose, and which key seals.
pub(crate) struct Ciphers {
    pub(crate) newest: String,
    ciphers: Vec<(String, XChaCha20Poly1305)>,
}

impl Ciphers {
    pub(crate) fn new(ring: &KeyRing, purpose: &'static str) -> Self {
        let ciphers = ring.ids().filter_map(|id| {
            let key = ring.subkey(id, purpose)?;
            Some((id.to_owned(), XChaCha20Poly1305::new(key.expose().into())))
        });
        Self { newest: ring.newest().to_owned(), ciphers: ciphers.collect() }
    }

    pub(crate) fn of(&self, id: &str) -> Option<&XChaCha20Poly1305> {
        self.ciphers.iter().find(|(known, _)| known == id).map(|(_, cipher)| cipher)
    }
}

impl Sealer {
    pub(crate) fn new(ring: &KeyRing, entropy: Arc<dyn Entropy>) -> Self {
        Self { ring: RwLock::new(Arc::new(Ciphers::new(ring, PURPOSE))), entropy }
    }

    /// The same with another ring, to try it.
    pub(crate) fn with(&self, ring: &KeyRing) -> Self {
        Self::new(ring, Arc::clone(&self.entropy))
    }

    /// Uses another ring from now on.
    pub(crate) fn adopt(&self, ring: &KeyRing) {
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Ciphers::new(ring, PURPOSE));
    }

    fn ring(&self) -> Arc<Ciphers> {
        Arc::clone(&self.ring.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The ids of the keys that open; the first seals.
    pub(crate) fn key_ids(&self) -> Vec<String> {
        self.ring().ciphers.iter().map(|(id, _)| id.clone()).collect()
    }

    /// Whether the record is sealed with the key that seals now.
    pub(crate) fn is_newest(&self, record: &[u8]) -> bool {
        take_apart(record).is_some_and(|(id, _, _)| id == self.ring().newest)
    }

    /// The record to store; `None` only for a value beyond what the cipher takes (256 GiB).
    pub(crate) fn seal(&self, place: Place<'_>, value: &SecretText) -> Option<Vec<u8>> {
        let nonce: [u8; NONCE] = entropy::bytes(&*self.entropy);
        let payload = Payload { msg: value.expose().as_bytes(), aad: &place.bytes() };
        let ring = self.ring();
        let sealed = ring.of(&ring.newest)?.encrypt(&XNonce::from(nonce), payload).ok()?;
        let mut record = head(&ring.newest)?;
        record.extend_from_slice(&nonce);
        record.extend_from_slice(&sealed);
        Some(record)
    }

    /// The value, if the record is unchanged and stands where it was sealed for; else why not.
    pub(crate) fn open(&self, place: Place<'_>, record: &[u8]) -> Result<SecretText, &'static str> {
        let (id, nonce, sealed) = take_apart(record).ok_or("not a sealed record")?;
        let ring = self.ring();
        let cipher = ring.of(id).ok_or("sealed with a key that is not in the ring")?;
        let payload = Payload { msg: sealed, aad: &place.bytes() };
        let plain = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| "changed or moved")?;
        let plain = Zeroizing::new(plain);
        std::str::from_utf8(&plain).map(|text| Secret::new(text.to_owned())).map_err(|_| "not a text")
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Sealer({})", self.ring().newest)
    }
}

/// How every record begins that is sealed with the key `id`.
pub(crate) fn head(id: &str) -> Option<Vec<u8>> {
    let mut head = vec![FORM, u8::try_from(id.len()).ok()?];
    head.extend_from_slice(id.as_bytes());
    Some(head)
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

    fn place(merchant: u8, kind: Kind, row: &'static str, generation: i64) -> Place<'static> {
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
        let here = place(1, Kind::ShopAccess, "nordlys.myshopify.com", 1);

        check(here, here, true);
        check(here, place(2, Kind::ShopAccess, "nordlys.myshopify.com", 1), false);
        check(here, place(1, Kind::ShopRefresh, "nordlys.myshopify.com", 1), false);
        check(here, place(1, Kind::ShopAccess, "solvik.myshopify.com", 1), false);
        check(here, place(1, Kind::ShopAccess, "nordlys.myshopify.com", 2), false);
        let whole = place(1, Kind::ShopAccess, "c", 1).bytes();
        assert_ne!(whole, place(1, Kind::ShopAccess, "c", 1 << 56).bytes());
    }

    #[test]
    fn t28_no_bit_can_change() {
        let sealer = sealer(RING);
        let here = place(1, Kind::AccountToken, "row", 0);
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
        let here = place(1, Kind::AccountToken, "row", 0);
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
            sealer(RING).seal(place(7, Kind::AccountToken, "row", 3), &Secret::new("EAAB-known".to_owned()));

        let hex = record.unwrap().iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        assert_eq!(hex, known.trim());
    }
}
