//! Signing in with Shopify: where a browser is sent, and the tokens a code or an older token is worth.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::secret::SecretText;

use super::Shopify;
use crate::error::{UpstreamError, safe_code};
use crate::http::{Answer, Body, Call};

mod callback;

pub use callback::{CallbackError, CallbackParams};

/// What a token lives when the answer forgets to say so; never "for ever".
const USUAL_LIFE: Duration = Duration::from_hours(1);

/// The code of a refusal that is about our app's id or secret, whatever was traded: the shop is not to blame.
pub const APP_UNKNOWN: &str = "app_unknown";

/// What a shop gave us.
#[derive(Clone, Debug)]
pub struct GrantedTokens {
    /// The token for calls.
    pub access: SecretText,
    /// What it may do; what a scope implies is spelled out.
    pub scopes: Vec<String>,
    /// How long it lives; `None` = it does not end.
    pub expires_in: Option<Duration>,
    /// The token that brings the next pair.
    pub refresh: Option<SecretText>,
    /// How long that one lives.
    pub refresh_expires_in: Option<Duration>,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    #[serde(default)]
    scope: String,
    expires_in: Option<u64>,
    refresh_token: Option<String>,
    refresh_token_expires_in: Option<u64>,
}

/// Which of our tokens or codes is traded, and what a refusal of it means.
#[derive(Clone, Copy)]
enum Traded {
    Code,
    Refresh,
    Credentials,
}

impl Shopify {
    /// What a merchant is asked for.
    pub fn asked_scopes(&self) -> &[String] {
        &self.settings.scopes
    }

    /// Where a browser is sent to agree.
    pub fn authorize_address(&self, shop: &ShopDomain, redirect_uri: &str, state: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("client_id", &self.settings.api_key)
            .append_pair("scope", &self.settings.scopes.join(","))
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state);
        format!("{}?{}", self.address(shop, "admin/oauth/authorize"), query.finish())
    }

    /// Trades the code of a callback for a pair of tokens that expire.
    pub async fn exchange_code(
        &self,
        shop: &ShopDomain,
        code: &SecretText,
    ) -> Result<GrantedTokens, UpstreamError> {
        let form = vec![("code", code.expose().clone()), ("expiring", "1".to_owned())];
        self.trade(shop, form, Traded::Code).await
    }

    /// Trades a refresh token for the next pair. After an unclear outcome the same token may be tried again: Shopify keeps it
    /// until the new one is used.
    pub async fn refresh(
        &self,
        shop: &ShopDomain,
        refresh: &SecretText,
    ) -> Result<GrantedTokens, UpstreamError> {
        let grant = ("grant_type", "refresh_token".to_owned());
        self.trade(shop, vec![grant, ("refresh_token", refresh.expose().clone())], Traded::Refresh).await
    }

    /// Asks for a token by the app's own credentials: only a shop of the app's own organisation gives one. It lives a day and
    /// is simply asked for again.
    pub async fn client_credentials(&self, shop: &ShopDomain) -> Result<GrantedTokens, UpstreamError> {
        self.trade(shop, vec![("grant_type", "client_credentials".to_owned())], Traded::Credentials).await
    }

    async fn trade(
        &self,
        shop: &ShopDomain,
        mut form: Vec<(&'static str, String)>,
        traded: Traded,
    ) -> Result<GrantedTokens, UpstreamError> {
        form.push(("client_id", self.settings.api_key.clone()));
        form.push(("client_secret", self.settings.api_secret.expose().clone()));
        let url = self.address(shop, "admin/oauth/access_token");
        let answer = self.http.call(Call::new("shopify.token", self.host(), url, Body::Form(form))).await?;
        tokens_in(&answer, traded)
    }
}

fn tokens_in(answer: &Answer, traded: Traded) -> Result<GrantedTokens, UpstreamError> {
    if (200..300).contains(&answer.status) {
        let tokens: TokenAnswer = answer.json().ok_or(UpstreamError::Malformed)?;
        let mut granted = GrantedTokens::from(tokens);
        if granted.access.expose().is_empty() {
            return Err(UpstreamError::Malformed);
        }
        if matches!(traded, Traded::Credentials) {
            // Such a token always ends; one that forgets to say so is asked for again in an hour.
            granted.expires_in = granted.expires_in.or(Some(USUAL_LIFE));
        }
        return Ok(granted);
    }
    if answer.status == 429 {
        return Err(UpstreamError::Limited { retry_after: answer.retry_after() });
    }
    // The status is not to be relied on: the same refusal comes as 400, 401 and 404.
    let body: Option<Value> = answer.json();
    let named = body.as_ref().and_then(|body| body.get("error")?.as_str());
    match (named, traded) {
        (Some("invalid_request" | "invalid_grant"), Traded::Refresh) => Err(UpstreamError::TokenRefused),
        (Some(_), _) if answer.status >= 500 => Err(UpstreamError::Unavailable),
        (Some("application_cannot_be_found" | "invalid_client"), _) => {
            Err(UpstreamError::Refused { code: APP_UNKNOWN.to_owned() })
        }
        (Some(code), _) => Err(UpstreamError::Refused { code: safe_code(code) }),
        (None, _) if (400..500).contains(&answer.status) && body.is_some() => {
            Err(UpstreamError::Refused { code: answer.status.to_string() })
        }
        // An edge or an error page spoke, not the token endpoint: the pair we hold stays good.
        (None, _) => Err(UpstreamError::Unavailable),
    }
}

impl From<TokenAnswer> for GrantedTokens {
    fn from(answer: TokenAnswer) -> Self {
        let refresh = answer.refresh_token.filter(|token| !token.is_empty()).map(SecretText::new);
        let life = answer.expires_in.map(Duration::from_secs);
        Self {
            access: SecretText::new(answer.access_token),
            scopes: spelled_out(&answer.scope),
            expires_in: life.or_else(|| refresh.is_some().then_some(USUAL_LIFE)),
            refresh_expires_in: answer.refresh_token_expires_in.map(Duration::from_secs),
            refresh,
        }
    }
}

/// The scopes of a comma list; `write_x` implies `read_x`, which Shopify then leaves out.
fn spelled_out(list: &str) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in list.split([',', ' ']).filter(|scope| !scope.is_empty()) {
        let (group, rest) =
            scope.strip_prefix("unauthenticated_").map_or(("", scope), |rest| ("unauthenticated_", rest));
        scopes.push(scope.to_owned());
        if let Some(thing) = rest.strip_prefix("write_") {
            scopes.push(format!("{group}read_{thing}"));
        }
    }
    scopes.sort();
    scopes.dedup();
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(status: u16, body: &str, traded: Traded) -> Result<GrantedTokens, UpstreamError> {
        let headers = reqwest::header::HeaderMap::new();
        tokens_in(&Answer { status, headers, body: body.to_owned().into() }, traded)
    }

    #[test]
    fn t26_a_pair_without_an_end_is_taken_to_end_in_an_hour() {
        let pair = r#"{"access_token":"A","scope":"write_products,read_discounts","refresh_token":"R"}"#;
        let tokens = answered(200, pair, Traded::Refresh).unwrap();
        assert_eq!(tokens.expires_in, Some(Duration::from_hours(1)));
        assert_eq!(tokens.scopes, ["read_discounts", "read_products", "write_products"]);
        assert_eq!(tokens.refresh.unwrap().expose(), "R");

        let fixed = answered(200, r#"{"access_token":"A","scope":""}"#, Traded::Code).unwrap();
        assert_eq!((fixed.expires_in, fixed.refresh.is_none(), fixed.scopes.len()), (None, true, 0));
    }

    #[test]
    fn t26_a_dead_refresh_token_is_told_from_a_bad_moment() {
        let refused = |code: &str| UpstreamError::Refused { code: code.to_owned() };
        let dead = r#"{"error":"invalid_request","error_description":"This request requires an active refresh_token"}"#;
        for (status, body, error) in [
            (401, dead, UpstreamError::TokenRefused),
            (404, dead, UpstreamError::TokenRefused),
            (400, r#"{"error":"invalid_grant"}"#, UpstreamError::TokenRefused),
            (400, r#"{"error":"application_cannot_be_found"}"#, refused(APP_UNKNOWN)),
            (400, r#"{"error":"invalid_client"}"#, refused(APP_UNKNOWN)),
            (400, r#"{"error":"the secret shpss_1 is wrong"}"#, refused("other")),
            (404, r#"{"errors":"Not Found"}"#, refused("404")),
            (520, "<html>", UpstreamError::Unavailable),
            (503, r#"{"error":"server_error"}"#, UpstreamError::Unavailable),
            (400, "<html>", UpstreamError::Unavailable),
            (302, "", UpstreamError::Unavailable),
            (429, "", UpstreamError::Limited { retry_after: None }),
            (200, "<html>", UpstreamError::Malformed),
            (200, r#"{"access_token":""}"#, UpstreamError::Malformed),
        ] {
            assert_eq!(answered(status, body, Traded::Refresh).unwrap_err(), error, "{status} {body}");
        }
        assert_eq!(answered(400, dead, Traded::Code).unwrap_err(), refused("invalid_request"));
        let foreign = r#"{"error":"shop_not_permitted"}"#;
        assert_eq!(answered(400, foreign, Traded::Credentials).unwrap_err(), refused("shop_not_permitted"));
    }

    #[test]
    fn t26_a_token_for_credentials_always_ends() {
        for (told, hours) in [(r#","expires_in":86400"#, 24), ("", 1)] {
            let body = format!(r#"{{"access_token":"A","scope":"read_products"{told}}}"#);
            let tokens = answered(200, &body, Traded::Credentials).unwrap();
            assert_eq!(
                (tokens.expires_in, tokens.refresh.is_none()),
                (Some(Duration::from_hours(hours)), true)
            );
        }
    }
}
