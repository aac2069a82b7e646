//! What the API refuses.

use axum::http::StatusCode;
use shopclerk_domain::window::Reason;

use crate::web::problem::Problem;

/// Neither a session nor a token.
pub(crate) const UNAUTHENTICATED: Problem = Problem::new(
    StatusCode::UNAUTHORIZED,
    "api.unauthenticated",
    "Not signed in",
    "Sign in by opening the app from your shop, or send a token as `Authorization: Bearer`.",
);

/// The token is none of ours, has ended or was revoked.
pub(crate) const BAD_TOKEN: Problem = Problem::new(
    StatusCode::UNAUTHORIZED,
    "api.bad_token",
    "Invalid or expired token",
    "Make a token with `shopclerk token new` and send it once, as `Authorization: Bearer`.",
);

/// The token is good, but not for this.
pub(crate) const SCOPE_MISSING: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "api.scope_missing",
    "The token is not good for this",
    "Make a token with the scope that the documentation names for this route.",
);

/// Only the operator may.
pub(crate) const OPERATOR_ONLY: Problem = Problem::new(
    StatusCode::FORBIDDEN,
    "api.operator_only",
    "Only the operator may name a merchant",
    "Leave `merchant` out: a session sees its own merchant's.",
);

/// The operator must say whose.
pub(crate) const MERCHANT_MISSING: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "api.merchant_missing",
    "Missing merchant parameter",
    "Name a merchant as `merchant`; `/api/v1/merchants` lists them.",
);

/// `limit` is not a number of rows we give.
pub(crate) const BAD_LIMIT: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "api.bad_limit",
    "Invalid limit parameter",
    "Ask for 1 to 100 rows, once.",
);

/// `cursor` is not one we gave.
pub(crate) const BAD_CURSOR: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "api.bad_cursor",
    "Invalid cursor parameter",
    "Send the `next` of the former page of the same list as it is, or leave it out.",
);

/// `merchant` is not an id.
pub(crate) const BAD_MERCHANT: Problem = Problem::new(
    StatusCode::BAD_REQUEST,
    "api.bad_merchant",
    "Invalid merchant parameter",
    "Name the merchant by its `user_uuid`, once.",
);

/// Today's rules do not read it either.
pub(crate) const STILL_UNREADABLE: Problem = Problem::new(
    StatusCode::CONFLICT,
    "api.still_unreadable",
    "It still cannot be read",
    "It stays in quarantine. Update Shopclerk, or let it end with its retention.",
);

/// A rule of sending forbids it.
pub(crate) const MAY_NOT_BE_SENT: Problem = Problem::new(
    StatusCode::CONFLICT,
    "api.may_not_be_sent",
    "A rule forbids sending it",
    "Answer the shopper yourself in the Page's inbox, or drop it.",
);

/// The same, with the rule.
pub(crate) fn may_not_be_sent(why: Reason) -> Problem {
    let detail = match why {
        Reason::WindowClosed | Reason::TooLate => "The shopper wrote too long ago for an automatic message",
        Reason::PersonSpeaks => "A person has the word in this conversation",
        Reason::OptedOut => "The shopper said stop",
        Reason::Disconnected => "The account or the last shop is disconnected",
        Reason::Undisclosed => "The shopper was not told yet that the answers are automatic",
        Reason::NeedsReconnect | Reason::Blocked | Reason::Paced => "The account may not write for now",
    };
    Problem { detail, ..MAY_NOT_BE_SENT }
}
