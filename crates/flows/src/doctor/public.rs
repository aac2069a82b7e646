//! The public address: whether it leads back to this process.

use shopclerk_domain::secret::Secret;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::meta::handshake::Handshake;

use super::Finding;
use crate::app::App;
use crate::session;

const CODE: &str = "public.reached";

pub(super) async fn examine(app: &App) -> Vec<Finding> {
    let address = &app.settings().facebook_webhook;
    // A handshake repeats letters and digits alone, and 64 of them are nobody's guess.
    let challenge = Secret::new(session::handle(app).expose().clone());
    vec![match app.meta().shake_hands(address, &challenge).await {
        Ok(Handshake::Proven) => {
            Finding::ok(CODE, format!("{address} leads to this server, which proves itself"))
        }
        Ok(Handshake::Stranger { status }) => Finding::broken(
            CODE,
            format!("{address} is answered by something else, with status {status}"),
            "Start `shopclerk serve` if it does not run; let the proxy pass every path on to it, query included",
        ),
        Err(error) => Finding::warning(
            CODE,
            format!("{address} cannot be reached from here: {}", in_words(&error)),
            "Start `shopclerk serve` if it does not run. If other machines reach it, only the way back to itself is closed (NAT) and all is well; else check its name, certificate and proxy",
        ),
    }]
}

/// Here it is no platform that did not answer.
const fn in_words(error: &UpstreamError) -> &'static str {
    match error {
        UpstreamError::Unavailable => "nobody answers there",
        UpstreamError::Malformed => "what answers cannot be read",
        UpstreamError::Limited { .. }
        | UpstreamError::TokenRefused
        | UpstreamError::Refused { .. }
        | UpstreamError::Unclear => "no answer came in time",
    }
}
