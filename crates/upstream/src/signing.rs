//! HMAC-SHA256 with an app's secret: proofs we make and signatures we check. Nothing of our own is ever signed with it, for
//! such a signature could be played back to us as a webhook; but for the body of `self_test`, which has no other effect.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::secret::SecretText;

/// An app's secret, and the one before it until its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Keys<'a> {
    pub(crate) current: &'a SecretText,
    pub(crate) previous: Option<&'a (SecretText, Timestamp)>,
}

impl Keys<'_> {
    /// Whether `digest` is `message` signed with a secret that counts at `now`; takes as long for a near miss as for a far one.
    pub(crate) fn verify(&self, message: &[u8], digest: &[u8], now: Timestamp) -> bool {
        let previous = self.previous.filter(|(_, until)| now <= *until).map(|(secret, _)| secret);
        let by_current = signed_with(self.current, message, digest);
        let by_previous = previous.is_some_and(|secret| signed_with(secret, message, digest));
        by_current || by_previous
    }
}

/// An empty secret is a missing setting, and anybody could sign with it.
fn signed_with(secret: &SecretText, message: &[u8], digest: &[u8]) -> bool {
    !secret.expose().is_empty() && mac(secret, message).is_some_and(|mac| mac.verify_slice(digest).is_ok())
}

/// Lower-case hex of the signature over `message`.
pub(crate) fn hex_of(secret: &SecretText, message: &[u8]) -> String {
    mac(secret, message).map(|mac| hex::encode(mac.finalize().into_bytes())).unwrap_or_default()
}

/// The signature over `message` as base64.
pub(crate) fn base64_of(secret: &SecretText, message: &[u8]) -> String {
    mac(secret, message).map(|mac| STANDARD.encode(mac.finalize().into_bytes())).unwrap_or_default()
}

fn mac(secret: &SecretText, message: &[u8]) -> Option<Hmac<Sha256>> {
    // HMAC takes keys of every length; `None` does not occur.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes()).ok()?;
    mac.update(message);
    Some(mac)
}
