//! The signed addresses Shopify sends browsers to: the callback of a sign-in, and the App URL that starts one.

use std::collections::BTreeMap;
use std::time::Duration;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::secret::SecretText;
use thiserror::Error;

use crate::shopify::Shopify;

/// How far a signed address' time may be from ours, either way.
const FRESH: Duration = Duration::from_mins(5);

/// What a signed address says.
#[derive(Clone, Debug)]
pub struct CallbackParams {
    /// The code to trade for tokens; the App URL has none.
    pub code: Option<SecretText>,
    /// The shop.
    pub shop: ShopDomain,
    /// Our state; the App URL has none.
    pub state: Option<String>,
    /// Where in Shopify's own pages the merchant was, in Base64.
    pub host: Option<String>,
}

/// Why an address is not one of Shopify's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CallbackError {
    /// It lacks what it must carry.
    #[error("the address lacks a parameter")]
    Missing,
    /// The shop it names cannot be one.
    #[error("the address names something that is no shop")]
    BadShop,
    /// A parameter stands twice: two readers could each believe another one.
    #[error("a parameter stands twice in the address")]
    Doubled,
    /// It was not signed with the app's secret.
    #[error("the signature is not Shopify's")]
    BadHmac,
    /// It was signed too long ago, or in the future.
    #[error("the signature is too old")]
    Stale,
}

/// The parameters of an address, decoded once. Those that are lists (`ids[]`) may stand often, all others once.
struct Params(BTreeMap<String, Vec<String>>);

impl Params {
    fn read(query: &str) -> Result<Self, CallbackError> {
        let mut params = BTreeMap::<String, Vec<String>>::new();
        let mut lists = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let list = name.strip_suffix("[]");
            let values = params.entry(list.unwrap_or(&name).to_owned()).or_default();
            let first = values.is_empty();
            values.push(value.into_owned());
            match list {
                Some(list) if first => lists.push(list.to_owned()),
                Some(list) if lists.iter().any(|known| known == list) => {}
                None if first => {}
                _ => return Err(CallbackError::Doubled),
            }
        }
        for list in lists {
            if let Some(values) = params.get_mut(&list) {
                *values = vec![in_brackets(values)];
            }
        }
        Ok(Self(params))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0
            .get(name)
            .and_then(|values| values.first())
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    /// What Shopify signed: sorted by name, without the signature itself and its forerunner; escaped so that no value can pass
    /// for another pair.
    fn signed_text(&self) -> String {
        let signed = self.0.iter().filter(|(name, _)| !matches!(name.as_str(), "hmac" | "signature"));
        let pairs: Vec<String> = signed
            .flat_map(|(name, values)| values.iter().map(move |value| (name, value)))
            .map(|(name, value)| {
                let name = name.replace('%', "%25").replace('&', "%26").replace('=', "%3D");
                format!("{name}={}", value.replace('%', "%25").replace('&', "%26"))
            })
            .collect();
        pairs.join("&")
    }
}

/// A list as Shopify writes it before signing: `["2", "1"]`, in the order received.
fn in_brackets(values: &[String]) -> String {
    let quoted: Vec<String> =
        values.iter().map(|value| serde_json::Value::from(value.as_str()).to_string()).collect();
    format!("[{}]", quoted.join(", "))
}

fn params_of(params: &Params) -> Result<CallbackParams, CallbackError> {
    let shop = params.get("shop").ok_or(CallbackError::Missing)?;
    Ok(CallbackParams {
        code: params.get("code").map(|code| SecretText::new(code.to_owned())),
        shop: ShopDomain::parse(shop).map_err(|_| CallbackError::BadShop)?,
        state: params.get("state").map(str::to_owned),
        host: params.get("host").map(str::to_owned),
    })
}

impl Shopify {
    /// The state that a callback presents, unchecked: only to be spent, before anything else is believed. A callback without
    /// code, shop and state is none.
    pub fn presented_state(&self, query: &str) -> Result<String, CallbackError> {
        match params_of(&Params::read(query)?)? {
            CallbackParams { code: Some(_), state: Some(state), .. } => Ok(state),
            _ => Err(CallbackError::Missing),
        }
    }

    /// Reads and checks the query of a signed address, as it stands in the request: a callback, or the App URL.
    pub fn verify_callback(&self, query: &str, now: Timestamp) -> Result<CallbackParams, CallbackError> {
        let params = Params::read(query)?;
        let found = params_of(&params)?;
        let mut digest = [0; 32];
        let written = params.get("hmac").ok_or(CallbackError::BadHmac)?;
        hex::decode_to_slice(written, &mut digest).map_err(|_| CallbackError::BadHmac)?;
        if !self.keys().verify(params.signed_text().as_bytes(), &digest, now) {
            return Err(CallbackError::BadHmac);
        }
        let seconds = params.get("timestamp").filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        let seconds = seconds.and_then(|text| text.parse::<i64>().ok()).ok_or(CallbackError::Stale)?;
        let signed_at = Timestamp::from_millis(seconds.saturating_mul(1_000));
        let apart = now.since(signed_at).max(signed_at.since(now));
        if apart > FRESH { Err(CallbackError::Stale) } else { Ok(found) }
    }
}
