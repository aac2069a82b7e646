//! What Meta has promised: codes, tokens and subscriptions. Saved before any answer that rests on it.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::Entropy;

use super::error::GraphError;
use super::ids;

/// A code is exchanged at once or not at all.
pub(super) const CODE_LIFE: Duration = Duration::from_mins(10);
/// The token a code gives.
pub(super) const SHORT_LIFE: Duration = Duration::from_hours(2);
/// Just under 60 days, as Meta answers it.
pub(super) const LONG_LIFE: Duration = Duration::from_secs(5_183_944);
/// A Page token made from a short-lived user token.
const SHORT_PAGE_LIFE: Duration = Duration::from_hours(1);
/// Ended tokens are still recognised as such for a while.
const REMEMBERED: Duration = Duration::from_hours(90 * 24);
const MOST_KEPT: usize = 2_000;

/// Everything that is saved.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Ledger {
    pub(super) codes: BTreeMap<String, Code>,
    pub(super) tokens: BTreeMap<String, Token>,
    /// The app's own subscription, by object.
    pub(super) app: BTreeMap<String, AppSubscription>,
    /// The fields each Page has turned on for the app, by Page.
    pub(super) pages: BTreeMap<String, Vec<String>>,
}

/// An authorisation code that was handed out.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Code {
    pub(super) redirect_uri: String,
    pub(super) scopes: Vec<String>,
    pub(super) issued_at: i64,
    pub(super) used: bool,
}

/// Where the app wants to hear of an object.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AppSubscription {
    pub(super) callback_url: String,
    pub(super) fields: Vec<String>,
    pub(super) version: String,
}

/// For whom a token speaks.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    ShortUser,
    LongUser,
    Page(String),
}

/// A token that was handed out.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) scopes: Vec<String>,
    pub(super) issued_at: i64,
    /// `None` = until somebody ends it.
    pub(super) expires_at: Option<i64>,
    /// Why it ended early, as the subcode says it.
    pub(super) ended: Option<u32>,
    /// The app it was made for, where that is another one.
    #[serde(default)]
    pub(super) app: Option<String>,
}

impl Token {
    pub(super) fn has(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }

    /// Why this token is refused now, if it is.
    pub(super) fn trouble(&self, now: Timestamp) -> Option<GraphError> {
        let (subcode, why) = match self.ended {
            Some(458) => (458, "The user has not authorized this application.".to_owned()),
            Some(459) => (459, "The user needs to log in at www.facebook.com first.".to_owned()),
            Some(460) => (
                460,
                "The session has been invalidated because the user changed their password or Facebook has changed \
                 the session for security reasons."
                    .to_owned(),
            ),
            Some(492) => (492, "The session is invalid because the user's role on the Page has changed.".to_owned()),
            Some(other) => (other, "The session is invalid.".to_owned()),
            None => {
                let end = self.expires_at.filter(|end| now.millis() >= *end)?;
                let end = Timestamp::from_millis(end);
                (463, format!("Session has expired on {end}. The current time is {now}."))
            }
        };
        Some(GraphError::new(190, format!("Error validating access token: {why}")).subcode(subcode))
    }
}

impl Ledger {
    /// Hands out a code for one exchange.
    pub(super) fn code(
        &mut self,
        redirect_uri: &str,
        scopes: Vec<String>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> String {
        self.forget_old(now);
        let text = ids::code(entropy);
        let code =
            Code { redirect_uri: redirect_uri.to_owned(), scopes, issued_at: now.millis(), used: false };
        self.codes.insert(text.clone(), code);
        text
    }

    /// Hands out a new token for the person.
    pub(super) fn user_token(
        &mut self,
        kind: Kind,
        scopes: &[String],
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> String {
        let life = if kind == Kind::LongUser { LONG_LIFE } else { SHORT_LIFE };
        self.issue(kind, scopes, Some(now.plus(life)), now, entropy)
    }

    /// The Page's token for the person who came with `from`: the same one each time, as long as it lives. Made from a
    /// long-lived token it has no end.
    pub(super) fn page_token(
        &mut self,
        page: &str,
        from: &Token,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> String {
        let endless = from.kind == Kind::LongUser;
        let known = self.tokens.iter().find(|(_, token)| {
            matches!(&token.kind, Kind::Page(of) if of == page)
                && token.trouble(now).is_none()
                && token.expires_at.is_none() == endless
                && token.scopes == from.scopes
        });
        if let Some((token, _)) = known {
            return token.clone();
        }
        let end = (!endless).then(|| now.plus(SHORT_PAGE_LIFE));
        self.issue(Kind::Page(page.to_owned()), &from.scopes, end, now, entropy)
    }

    /// A token of that text is one of ours, without an end.
    pub(super) fn know(&mut self, text: &str, kind: Kind, scopes: &[String], now: Timestamp) {
        let (scopes, issued_at) = (scopes.to_vec(), now.millis());
        let token = Token { kind, scopes, issued_at, expires_at: None, ended: None, app: None };
        self.tokens.insert(text.to_owned(), token);
    }

    fn issue(
        &mut self,
        kind: Kind,
        scopes: &[String],
        end: Option<Timestamp>,
        now: Timestamp,
        entropy: &dyn Entropy,
    ) -> String {
        self.forget_old(now);
        let text = ids::token(entropy);
        let token = Token {
            kind,
            scopes: scopes.to_vec(),
            issued_at: now.millis(),
            expires_at: end.map(Timestamp::millis),
            ended: None,
            app: None,
        };
        self.tokens.insert(text.clone(), token);
        text
    }

    fn forget_old(&mut self, now: Timestamp) {
        let long_ago = now.minus(REMEMBERED).millis();
        self.tokens.retain(|_, token| token.expires_at.is_none_or(|end| end > long_ago));
        self.codes.retain(|_, code| code.issued_at > long_ago);
        drop_oldest(&mut self.tokens, |token| token.issued_at);
        drop_oldest(&mut self.codes, |code| code.issued_at);
    }
}

fn drop_oldest<T>(kept: &mut BTreeMap<String, T>, age: impl Fn(&T) -> i64) {
    while kept.len() >= MOST_KEPT {
        let oldest = kept.iter().min_by_key(|(_, one)| age(one)).map(|(text, _)| text.clone());
        let Some(oldest) = oldest else { break };
        kept.remove(&oldest);
    }
}
