//! What Meta tells of a shopper: a first name at best. A missing answer never holds up a reply.

use serde::Deserialize;
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::secret::SecretText;

use super::Meta;
use crate::error::UpstreamError;

/// Of a shopper, what they and Meta let us know.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Profile {
    /// First name.
    pub first_name: Option<String>,
    /// Language and region, such as `es_MX`.
    pub locale: Option<String>,
}

/// Nobody's first name, nor any locale, is longer.
const LONGEST: usize = 100;

impl Meta {
    /// Asks who writes. People without consent or account have an empty profile.
    pub async fn profile(&self, token: &SecretText, person: &ShopperAlias) -> Result<Profile, UpstreamError> {
        let query = [("fields", "first_name,locale")];
        let found = self.get::<Profile>("meta.profile", token, &[person.expose()], &query).await;
        let kept = |text: String| {
            let clean =
                text.trim().chars().filter(|letter| !letter.is_control()).take(LONGEST).collect::<String>();
            (!clean.is_empty()).then_some(clean)
        };
        match found {
            Ok(Profile { first_name, locale }) => {
                Ok(Profile { first_name: first_name.and_then(kept), locale: locale.and_then(kept) })
            }
            Err(UpstreamError::Refused { code }) if code == "100/2018218" => Ok(Profile::default()),
            Err(error) => Err(error),
        }
    }
}
