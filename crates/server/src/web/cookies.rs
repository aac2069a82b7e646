//! The cookies we set: one that signs in, and one per sign-in under way.

use axum::http::{HeaderMap, HeaderValue, header};
use axum_extra::extract::cookie::{Cookie, SameSite};
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_flows::connect::Browser;

/// Name of the session cookie: part of the contract people's scripts know.
const SESSION: &str = "session_id";
/// Name of the cookies that bind a sign-in to its browser; a digit follows.
const ATTEMPT: &str = "shopclerk_login_";

/// How cookies are marked: `Secure` and prefixed, except on plain-http loopback.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CookieStyle {
    secure: bool,
}

impl CookieStyle {
    pub(super) const fn new(secure: bool) -> Self {
        Self { secure }
    }

    pub(super) const fn is_secure(self) -> bool {
        self.secure
    }

    fn attempt_name(self, slot: usize) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}{ATTEMPT}{slot}")
    }

    /// What the request's cookies tell of the browser. A name that comes twice counts as absent: we never set it twice.
    pub(super) fn read(self, headers: &HeaderMap, peer: String) -> Browser {
        let sent: Vec<Cookie<'_>> = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .collect();
        let once = |name: &str| {
            let mut named = sent.iter().filter(|cookie| cookie.name() == name);
            named.next().filter(|_| named.next().is_none()).map(|cookie| cookie.value().to_owned())
        };
        Browser {
            session_id: once(SESSION),
            attempts: std::array::from_fn(|slot| once(&self.attempt_name(slot))),
            peer,
        }
    }

    /// The header that signs the browser in.
    pub(super) fn session(self, id: &SecretText) -> HeaderMap {
        self.header(SESSION.to_owned(), id, 12 * 60 * 60)
    }

    /// The header that makes the browser forget its session.
    pub(super) fn no_session(self) -> HeaderMap {
        self.header(SESSION.to_owned(), &Secret::new(String::new()), 0)
    }

    /// The header that binds a sign-in to the browser.
    pub(super) fn attempt(self, slot: usize, value: &SecretText) -> HeaderMap {
        self.header(self.attempt_name(slot), value, 10 * 60)
    }

    fn header(self, name: String, value: &SecretText, max_age_s: i64) -> HeaderMap {
        let cookie = Cookie::build((name, value.expose().clone()))
            .path("/")
            .http_only(true)
            .same_site(SameSite::Lax)
            .secure(self.secure)
            .build();
        let text = format!("{cookie}; Max-Age={max_age_s}");
        // Names and values are ours: letters, digits, `_` and `-`.
        let value = HeaderValue::try_from(text).ok();
        value.map(|value| (header::SET_COOKIE, value)).into_iter().collect()
    }
}
