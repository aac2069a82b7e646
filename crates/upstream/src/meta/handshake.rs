//! Playing Meta's part at our own public address, to see whether it is reached from here and proves itself.

use shopclerk_domain::secret::SecretText;

use super::Meta;
use crate::error::UpstreamError;
use crate::http::{Body, Call, Host};

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Handshake {
    /// It repeated the challenge.
    Proven,
    /// Something answered, but not as we do.
    Stranger {
        /// The status of its answer.
        status: u16,
    },
}

impl Meta {
    /// Asks `address`, which the configuration names as ours, to repeat a challenge.
    pub async fn shake_hands(
        &self,
        address: &str,
        challenge: &SecretText,
    ) -> Result<Handshake, UpstreamError> {
        let url = with_challenge(address, &self.settings.verify_token, challenge);
        let answer = self.http.call(Call::new("own.handshake", Host::StandIn, url, Body::None)).await?;
        let repeated = answer.status == 200 && answer.body == challenge.expose().as_bytes();
        Ok(if repeated { Handshake::Proven } else { Handshake::Stranger { status: answer.status } })
    }
}

fn with_challenge(address: &str, verify_token: &SecretText, challenge: &SecretText) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("hub.mode", "subscribe")
        .append_pair("hub.verify_token", verify_token.expose())
        .append_pair("hub.challenge", challenge.expose());
    format!("{address}?{}", query.finish())
}
