//! Signing in with Facebook: the dialog's address, its answer, and the tokens a code is worth.

use std::time::Duration;

use serde::Deserialize;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::secret::SecretText;
use thiserror::Error;

use super::classify::{Class, refusal_in};
use super::{Meta, read};
use crate::error::UpstreamError;
use crate::http::{Body, Call};

/// What we ask a merchant for: speak for their Pages, find them, and hear what is written to them.
const SCOPES: &str =
    "pages_messaging,pages_show_list,pages_manage_metadata,pages_read_engagement,business_management";

/// A merchant's token.
#[derive(Clone, Debug)]
pub struct UserToken {
    /// The token.
    pub token: SecretText,
    /// How long it lives, where Meta says so.
    pub expires_in: Option<Duration>,
}

/// What Meta knows of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenInfo {
    /// Whether it may still be used.
    pub valid: bool,
    /// Why it may not be used, where Meta says so.
    pub ended: Option<Ended>,
    /// Whether it was made for our app, as far as Meta knows it at all.
    pub ours: bool,
    /// `USER`, `PAGE`, `APP` or `SYSTEM_USER`.
    pub kind: String,
    /// Whose it is, as our app knows them.
    pub user: Option<String>,
    /// When it ends; `None` = never.
    pub expires_at: Option<Timestamp>,
    /// Until when we may read with it; `None` = without end.
    pub data_access_until: Option<Timestamp>,
    /// What it may do.
    pub scopes: Vec<String>,
    /// For which assets it may do so.
    pub granular: Vec<GranularScope>,
}

/// Rights over a Page without which it can neither be heard nor answered.
const PAGE_NEEDS: [&str; 2] = ["pages_messaging", "pages_manage_metadata"];

impl TokenInfo {
    /// Whether it was granted what hearing and answering for `page` takes.
    pub fn may_speak_for(&self, page: &str) -> bool {
        PAGE_NEEDS.iter().all(|needed| {
            let granular = self.granular.iter().find(|one| one.scope == *needed);
            let here =
                granular.is_none_or(|one| one.targets.is_empty() || one.targets.iter().any(|id| id == page));
            here && self.scopes.iter().any(|scope| scope == needed)
        })
    }
}

/// Why a token is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Its time is over.
    InTime,
    /// The person removed the app.
    AppRemoved,
    /// The person changed their password, or Facebook ended their sessions.
    PasswordChanged,
    /// The person must first sign in at facebook.com.
    LoginNeeded,
    /// The person lost their role on the Page.
    RoleLost,
}

impl Ended {
    const fn of(subcode: i64) -> Option<Self> {
        match subcode {
            458 => Some(Self::AppRemoved),
            459 | 464 | 490 => Some(Self::LoginNeeded),
            460 => Some(Self::PasswordChanged),
            463 => Some(Self::InTime),
            492 => Some(Self::RoleLost),
            _ => None,
        }
    }
}

/// A scope and what it was granted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GranularScope {
    /// The scope.
    pub scope: String,
    /// Ids of the assets; empty = all of them.
    pub targets: Vec<String>,
}

/// What the dialog sent a browser back with.
#[derive(Clone, Debug)]
pub struct Callback {
    /// The code, if the person agreed.
    pub code: Option<SecretText>,
    /// Our state.
    pub state: Option<String>,
    /// The person said no, or Facebook did in their name.
    pub refused: bool,
}

/// A parameter stands twice in an address that should name it once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a parameter stands twice in the address")]
pub struct DoubledParameter;

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
}

#[derive(Deserialize)]
struct InfoAnswer {
    data: Info,
}

#[derive(Deserialize)]
struct Info {
    app_id: Option<serde_json::Value>,
    #[serde(rename = "type")]
    kind: Option<String>,
    user_id: Option<serde_json::Value>,
    #[serde(default)]
    is_valid: bool,
    expires_at: Option<i64>,
    data_access_expires_at: Option<i64>,
    #[serde(default)]
    scopes: Vec<String>,
    #[serde(default)]
    granular_scopes: Vec<Granular>,
    error: Option<Trouble>,
}

#[derive(Deserialize)]
struct Trouble {
    subcode: Option<i64>,
}

#[derive(Deserialize)]
struct Granular {
    scope: String,
    #[serde(default)]
    target_ids: Vec<serde_json::Value>,
}

/// Reads the query of a callback, as it stands in the address. Whether the state is ours is the caller's question.
pub fn read_callback(query: &str) -> Result<Callback, DoubledParameter> {
    let (mut code, mut state, mut refused) = (None, None, false);
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let slot = match &*name {
            "code" => &mut code,
            "state" => &mut state,
            "error" | "error_code" | "error_reason" | "error_message" | "error_description" => {
                refused = true;
                continue;
            }
            _ => continue,
        };
        if slot.replace(value.into_owned()).is_some() {
            return Err(DoubledParameter);
        }
    }
    let filled = |value: Option<String>| value.filter(|text| !text.is_empty());
    Ok(Callback { code: filled(code).map(SecretText::new), state: filled(state), refused })
}

impl Meta {
    /// Where a browser is sent to agree.
    pub fn dialog_address(&self, redirect_uri: &str, state: &str) -> String {
        let settings = &self.settings;
        let mut query = form_urlencoded::Serializer::new(String::new());
        query
            .append_pair("client_id", &settings.app_id)
            .append_pair("redirect_uri", redirect_uri)
            .append_pair("state", state)
            .append_pair("response_type", "code");
        match &settings.config_id {
            Some(config) => query.append_pair("config_id", config),
            None => query.append_pair("scope", SCOPES),
        };
        let base = settings.dialog_url.trim_end_matches('/');
        format!("{base}/{}/dialog/oauth?{}", settings.version, query.finish())
    }

    /// Trades the code of a callback; `redirect_uri` must be the dialog's to the letter.
    pub async fn exchange_code(
        &self,
        code: &SecretText,
        redirect_uri: &str,
    ) -> Result<UserToken, UpstreamError> {
        let code = code.expose().clone();
        self.token(vec![("redirect_uri", redirect_uri.to_owned()), ("code", code)]).await
    }

    /// Trades a token of hours for one of about sixty days; only a Page token made from such a one does not end.
    pub async fn lengthen(&self, token: &SecretText) -> Result<UserToken, UpstreamError> {
        let grant = ("grant_type", "fb_exchange_token".to_owned());
        self.token(vec![grant, ("fb_exchange_token", token.expose().clone())]).await
    }

    /// By POST, so that neither the secret nor the code stands in an address.
    async fn token(&self, mut form: Vec<(&'static str, String)>) -> Result<UserToken, UpstreamError> {
        form.push(("client_id", self.settings.app_id.clone()));
        form.push(("client_secret", self.settings.app_secret.expose().clone()));
        let url = self.address(&["oauth", "access_token"]);
        let answer =
            self.http.call(Call::new("meta.token", self.graph_host(), url, Body::Form(form))).await?;
        self.note(&answer);
        // Here code 1 is not a hiccup: it says that the secret is wrong.
        if let Some(refusal) =
            refusal_in(&answer).filter(|refusal| refusal.code == 1 && refusal.class() == Class::Ambiguous)
        {
            return Err(UpstreamError::Refused { code: refusal.words() });
        }
        let TokenAnswer { access_token, expires_in } = read(&answer)?;
        if access_token.is_empty() {
            return Err(UpstreamError::Malformed);
        }
        let expires_in = expires_in.filter(|seconds| *seconds > 0).map(Duration::from_secs);
        Ok(UserToken { token: SecretText::new(access_token), expires_in })
    }

    /// Asks what a token is worth.
    pub async fn inspect(&self, token: &SecretText) -> Result<TokenInfo, UpstreamError> {
        let query = [("input_token", token.expose().as_str())];
        let InfoAnswer { data } =
            self.get("meta.inspect", &self.app_token(), &["debug_token"], &query).await?;
        let until = |seconds: Option<i64>| {
            seconds.filter(|at| *at > 0).map(|at| Timestamp::from_millis(at.saturating_mul(1_000)))
        };
        let granular = |one: Granular| GranularScope {
            scope: one.scope,
            targets: one.target_ids.iter().filter_map(id_text).collect(),
        };
        Ok(TokenInfo {
            valid: data.is_valid,
            ended: data.error.and_then(|trouble| Ended::of(trouble.subcode?)),
            ours: data.app_id.as_ref().and_then(id_text).is_none_or(|id| id == self.settings.app_id),
            kind: data.kind.unwrap_or_default(),
            user: data.user_id.as_ref().and_then(id_text),
            expires_at: until(data.expires_at),
            data_access_until: until(data.data_access_expires_at),
            scopes: data.scopes,
            granular: data.granular_scopes.into_iter().map(granular).collect(),
        })
    }
}

/// An id, written as text or as a number.
pub(super) fn id_text(value: &serde_json::Value) -> Option<String> {
    let text =
        value.as_str().map(str::to_owned).or_else(|| value.as_u64().map(|number| number.to_string()))?;
    let fits = (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    fits.then_some(text)
}
