//! What the platforms' answers say of a connection, and where it stands after them: the one place that knows. Whoever calls a
//! platform hands in what was answered; whether that changes anything is decided here, and recorded only if nothing else
//! changed since.

use std::time::Duration;

use serde_json::json;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::Move;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::meta::oauth::{Ended, TokenInfo};
use shopclerk_upstream::meta::send::SendError;
use shopclerk_upstream::shopify::oauth::APP_UNKNOWN;

use crate::app::App;

/// How long before its end a token that we cannot renew is said to end soon.
const SOON: Duration = Duration::from_hours(14 * 24);

/// What was heard of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A message was taken, or the time is over for which writing was forbidden.
    MayWrite,
    /// Its deliveries are switched on.
    Delivers,
    /// The account's token is as good as it can be.
    TokenGood,
    /// The shop answered what it was asked, and this is to be said of what it grants.
    Answered(Option<Cause>),
    /// The shop answered with a token that was just renewed.
    Renewed(Option<Cause>),
    /// It is refused, or will be.
    Trouble(Cause),
}

/// Where a connection stands after what was heard; `None` = where it stood. What only its merchant can mend is not covered up by
/// anything milder, and what passes by itself heals when its contrary is heard.
pub(crate) fn after(state: ConnectionState, cause: Option<Cause>, heard: Heard) -> Option<Move> {
    use ConnectionState::{Blocked, Disconnected, Expiring, Limited, NeedsReconnect, Ok};
    if state == Disconnected {
        // What the merchant or the platform took away comes back by a new grant alone.
        return None;
    }
    let to = match (heard, state) {
        (Heard::MayWrite, Limited | Blocked) | (Heard::TokenGood, Ok | Expiring) => Some(None),
        (Heard::Delivers, _) if cause == Some(Cause::DeliveriesRefused) => Some(None),
        (Heard::TokenGood, NeedsReconnect) if !outlives_a_good_token(cause) => Some(None),
        // While renewals fail, an answer to the old token proves nothing against it.
        (Heard::Answered(found), _) if state != Expiring => Some(found),
        (Heard::Renewed(found), _) => Some(found),
        (Heard::Trouble(trouble), _) if weight(trouble.state()) >= weight(state) => Some(Some(trouble)),
        (
            Heard::MayWrite | Heard::Delivers | Heard::TokenGood | Heard::Answered(_) | Heard::Trouble(_),
            _,
        ) => None,
    };
    to.filter(|to| *to != cause || to.map_or(Ok, Cause::state) != state).map(|to| Move { from: state, to })
}

/// Whether the trouble has nothing to do with the token there is.
const fn outlives_a_good_token(cause: Option<Cause>) -> bool {
    matches!(cause, Some(Cause::NoToken | Cause::MayNotWrite | Cause::DeliveriesRefused))
}

/// How little of a connection is left.
const fn weight(state: ConnectionState) -> u8 {
    match state {
        ConnectionState::Ok => 0,
        ConnectionState::Expiring => 1,
        ConnectionState::Limited => 2,
        ConnectionState::Blocked => 3,
        ConnectionState::NeedsReconnect => 4,
        ConnectionState::Disconnected => 5,
    }
}

/// What a send says of its account. A shopper who cannot be reached, and an answer that never came, say nothing of it.
pub(crate) fn of_send(sent: &Result<String, SendError>) -> Option<Heard> {
    match sent {
        Ok(_) => Some(Heard::MayWrite),
        Err(SendError::Limited { .. }) => Some(Heard::Trouble(Cause::SlowedDown)),
        Err(SendError::Blocked { .. }) => Some(Heard::Trouble(Cause::WritingForbidden)),
        Err(SendError::TokenRefused) => Some(Heard::Trouble(Cause::TokenRefused)),
        Err(
            SendError::WindowClosed
            | SendError::Unreachable
            | SendError::Refused { .. }
            | SendError::Paced { .. }
            | SendError::Unavailable
            | SendError::Unclear,
        ) => None,
    }
}

/// What it says of an account when its deliveries cannot be switched on.
pub(crate) fn of_subscribing(error: &UpstreamError) -> Option<Heard> {
    match error {
        UpstreamError::TokenRefused => Some(Heard::Trouble(Cause::TokenRefused)),
        UpstreamError::Refused { .. } => Some(Heard::Trouble(Cause::DeliveriesRefused)),
        UpstreamError::Limited { .. }
        | UpstreamError::Malformed
        | UpstreamError::Unavailable
        | UpstreamError::Unclear => None,
    }
}

/// What a shop's Admin API says of the shop. That it slows us down is the normal course of its allowance, and a field that is
/// denied is a matter of scopes.
pub(crate) fn of_shop(error: &UpstreamError) -> Option<Heard> {
    let cause = match error {
        UpstreamError::TokenRefused => Cause::TokenRefused,
        UpstreamError::Refused { code } => match code.as_str() {
            "402" | "SHOP_INACTIVE" => Cause::ShopFrozen,
            "423" => Cause::ShopLocked,
            "404" => Cause::ShopGone,
            _ => return None,
        },
        UpstreamError::Limited { .. }
        | UpstreamError::Malformed
        | UpstreamError::Unavailable
        | UpstreamError::Unclear => return None,
    };
    Some(Heard::Trouble(cause))
}

/// What it says of a shop when its token is not renewed. `refused` is what the merchant must mend if the shop says no for good.
pub(crate) fn of_renewal(error: &UpstreamError, refused: Cause) -> Heard {
    Heard::Trouble(match error {
        UpstreamError::TokenRefused => refused,
        UpstreamError::Refused { code } if code == APP_UNKNOWN => Cause::AppRefused,
        UpstreamError::Refused { .. } if refused == Cause::CredentialsRefused => refused,
        UpstreamError::Refused { .. }
        | UpstreamError::Limited { .. }
        | UpstreamError::Malformed
        | UpstreamError::Unavailable
        | UpstreamError::Unclear => Cause::RenewalFailing,
    })
}

/// What is to be said of granted scopes beside those that were asked for; `write_x` includes `read_x`.
pub(crate) fn of_scopes(granted: &[String], asked: &[String], required: &[String]) -> Option<Cause> {
    let covers =
        |have: &String, wanted: &String| have == wanted || *have == wanted.replacen("read_", "write_", 1);
    let lacks = |wanted: &[String]| wanted.iter().any(|one| !granted.iter().any(|have| covers(have, one)));
    if lacks(required) {
        return Some(Cause::ScopesMissing);
    }
    let extra = granted.iter().any(|have| !asked.contains(have));
    match (lacks(asked), extra) {
        (_, true) => Some(Cause::ScopesMore),
        (true, false) => Some(Cause::ScopesFewer),
        (false, false) => None,
    }
}

/// What Meta's knowledge of a Page's token says of the Page.
pub(crate) fn of_page_token(info: &TokenInfo, page: &str, now: Timestamp) -> Heard {
    match of_token(info, now) {
        found @ Heard::Trouble(cause) if weight(cause.state()) >= weight(ConnectionState::NeedsReconnect) => {
            found
        }
        _ if !info.may_speak_for(page) => Heard::Trouble(Cause::ScopesMissing),
        found => found,
    }
}

/// What Meta's knowledge of a token says of what it opens.
pub(crate) fn of_token(info: &TokenInfo, now: Timestamp) -> Heard {
    if !info.ours {
        return Heard::Trouble(Cause::OtherApp);
    }
    if !info.valid {
        return Heard::Trouble(info.ended.map_or(Cause::TokenRefused, |ended| match ended {
            Ended::InTime => Cause::TokenEnded,
            Ended::AppRemoved => Cause::AppRemoved,
            Ended::PasswordChanged => Cause::PasswordChanged,
            Ended::LoginNeeded => Cause::LoginNeeded,
            Ended::RoleLost => Cause::RoleLost,
        }));
    }
    let ends_by = |end: Option<Timestamp>, by: Timestamp| end.is_some_and(|end| end <= by);
    if ends_by(info.data_access_until, now) {
        return Heard::Trouble(Cause::DataAccessEnded);
    }
    if ends_by(info.expires_at, now.plus(SOON)) {
        return Heard::Trouble(Cause::TokenEnding);
    }
    if ends_by(info.data_access_until, now.plus(SOON)) {
        return Heard::Trouble(Cause::DataAccessEnding);
    }
    Heard::TokenGood
}

/// Tells operator and onlooker; the merchant sees it beside the connection.
pub(crate) fn tell(app: &App, merchant: MerchantId, name: &str, change: Move) {
    let (state, why) = change.to.map_or(("ok", ""), |cause| (cause.state().word(), cause.word()));
    tracing::warn!(merchant.id = %merchant, connection = name, state, why, "a connection stands elsewhere now");
    app.saw(
        "connection.state",
        format!("{name}: {state}"),
        json!({ "connection": name, "state": state, "why": why }),
    );
}

/// Whether a change was recorded: not if the connection changed otherwise in between, which makes it old news.
pub(crate) fn recorded(moved: Result<(), StoreError>) -> Result<bool, StoreError> {
    match moved {
        Ok(()) => Ok(true),
        Err(StoreError::Conflict) => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests;
