//! What Meta says of a person in their own name, such as that they removed the app: a payload signed with the app's secret,
//! in a form's field.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use sha2::{Digest, Sha256};
use shopclerk_domain::clock::Timestamp;

use super::Meta;
use crate::lenient::{fields, instant_in, text, too_deep};
use crate::signing::Keys;

/// Longest signed request that is looked at; real ones have some 200 characters.
const LONGEST: usize = 8 * 1024;
/// How far Meta's clock may run before ours.
const AHEAD: std::time::Duration = std::time::Duration::from_mins(10);

/// Some senders pad, some do not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A signed request that was found good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedRequest {
    /// The person, by the id our app knows them by.
    pub person: String,
    /// When Meta issued it; what happened later is not meant.
    pub issued_at: Timestamp,
    /// The same for the same request.
    pub fingerprint: [u8; 16],
}

impl Meta {
    /// The signed request in a form, if it is Meta's: one field, HMAC-SHA-256 over the payload as it was received, and
    /// nothing in it chooses otherwise.
    pub fn read_signed_request(&self, form: &[u8], now: Timestamp) -> Option<SignedRequest> {
        let mut values = form_urlencoded::parse(form).filter(|(name, _)| name == "signed_request");
        let value = values.next().filter(|_| values.next().is_none())?.1;
        if value.len() > LONGEST {
            return None;
        }
        let (signature, payload) = value.split_once('.')?;
        let settings = &self.settings;
        let keys = Keys { current: &settings.app_secret, previous: settings.previous_secret.as_ref() };
        if !keys.verify(payload.as_bytes(), &BASE64.decode(signature).ok()?, now) {
            return None;
        }
        let decoded = BASE64.decode(payload).ok().filter(|json| !too_deep(json))?;
        let fields = fields(std::str::from_utf8(&decoded).ok()?)?;
        let algorithm = text(&fields, "algorithm")?;
        let issued_at = instant_in(&fields, "issued_at").filter(|at| *at <= now.plus(AHEAD))?;
        let person = text(&fields, "user_id").filter(|id| (1..=64).contains(&id.len()))?;
        let mut fingerprint = [0; 16];
        for (to, from) in fingerprint.iter_mut().zip(Sha256::digest(&decoded)) {
            *to = from;
        }
        algorithm.eq_ignore_ascii_case("HMAC-SHA256").then_some(SignedRequest {
            person,
            issued_at,
            fingerprint,
        })
    }
}
