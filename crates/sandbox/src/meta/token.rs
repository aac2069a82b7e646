//! Codes become tokens, short-lived tokens become long-lived ones, and any token can be looked at.

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_domain::clock::Timestamp;
use subtle::ConstantTimeEq;

use super::MetaFake;
use super::call::Call;
use super::dialog;
use super::error::GraphError;
use super::graph::{Answer, Caller};
use super::ledger::{CODE_LIFE, Kind, LONG_LIFE, SHORT_LIFE, Token};
use super::pages::BUSINESS_ID;

/// How long an app may read a person's data after they last used it.
const DATA_ACCESS: Duration = Duration::from_hours(90 * 24);

impl MetaFake {
    /// `oauth/access_token`: the exchange of a code, or of a short-lived token for a long-lived one.
    pub(super) fn access_token(&self, call: &Call) -> Answer {
        let required = |name: &str| {
            call.params.text(name).ok_or_else(|| GraphError::new(101, format!("Missing {name} parameter.")))
        };
        if required("client_id")? != self.options.app_id {
            let message = "Error validating application. Cannot get application info due to a system error.";
            return Err(GraphError::new(101, message).status(400));
        }
        let secret = required("client_secret")?;
        if !bool::from(secret.as_bytes().ct_eq(self.app_secret().as_bytes())) {
            return Err(GraphError::new(1, "Error validating client secret.").status(400));
        }
        let answer = match call.params.text("grant_type").as_deref() {
            None | Some("authorization_code") => {
                self.exchange_code(&required("code")?, &required("redirect_uri")?)
            }
            Some("fb_exchange_token") => self.lengthen(&required("fb_exchange_token")?),
            Some(_) => return Err(self.unknown(call, "grant_type")),
        };
        let summary = match &answer {
            Ok((_, Kind::LongUser)) => "A short-lived token was exchanged for one of 60 days".to_owned(),
            Ok(_) => "A code was exchanged for a short-lived token".to_owned(),
            Err(error) => format!("No token: {}", error.in_words()),
        };
        self.options.journal.record("meta.token", summary, json!({ "granted": answer.is_ok() }));
        let (token, kind) = answer?;
        let life = if kind == Kind::LongUser { LONG_LIFE } else { SHORT_LIFE };
        Ok(json!({ "access_token": token, "token_type": "bearer", "expires_in": life.as_secs() }))
    }

    fn exchange_code(&self, text: &str, redirect_uri: &str) -> Result<(String, Kind), GraphError> {
        let now = self.options.clock.now();
        let mut memory = self.memory();
        let Some(code) = memory.ledger.codes.get_mut(text) else {
            return Err(GraphError::new(100, "Invalid verification code format."));
        };
        let (subcode, why) = if code.used {
            (36009, "This authorization code has been used.")
        } else if now >= Timestamp::from_millis(code.issued_at).plus(CODE_LIFE) {
            (36007, "This authorization code has expired.")
        } else if code.redirect_uri != redirect_uri {
            (
                36008,
                "Error validating verification code. Please make sure your redirect_uri is identical to the one you \
                 used in the OAuth dialog request",
            )
        } else {
            code.used = true;
            let scopes = code.scopes.clone();
            let token = memory.ledger.user_token(Kind::ShortUser, &scopes, now, &*self.options.entropy);
            self.save(&memory).map_err(|_| GraphError::unavailable())?;
            return Ok((token, Kind::ShortUser));
        };
        Err(GraphError::new(100, why).subcode(subcode))
    }

    fn lengthen(&self, text: &str) -> Result<(String, Kind), GraphError> {
        let now = self.options.clock.now();
        let mut memory = self.memory();
        let known = memory.ledger.tokens.get(text).filter(|token| !matches!(token.kind, Kind::Page(_)));
        let Some(token) = known.cloned() else {
            return Err(GraphError::new(190, "Invalid OAuth access token - Cannot parse access token"));
        };
        if let Some(trouble) = token.trouble(now) {
            return Err(trouble);
        }
        let long = memory.ledger.user_token(Kind::LongUser, &token.scopes, now, &*self.options.entropy);
        self.save(&memory).map_err(|_| GraphError::unavailable())?;
        Ok((long, Kind::LongUser))
    }

    /// `debug_token`: what Meta knows of any token of this app.
    pub(super) fn debug_token(&self, call: &Call) -> Answer {
        if !matches!(self.caller(call)?, Caller::App) {
            let message = "(#100) You must provide an app access token, or a user access token that is an owner or \
                           developer of the app";
            return Err(GraphError::new(100, message));
        }
        let Some(input) = call.params.text("input_token") else {
            return Err(GraphError::parameter("The parameter input_token is required."));
        };
        let token = self.memory().ledger.tokens.get(&input).cloned();
        self.options.journal.record(
            "meta.token",
            "A token was looked at",
            json!({ "known": token.is_some() }),
        );
        let Some(token) = token else {
            let error = json!({ "code": 190, "message": "Invalid OAuth access token." });
            return Ok(json!({ "data": { "is_valid": false, "scopes": [], "error": error } }));
        };
        Ok(json!({ "data": self.described(&token) }))
    }

    fn described(&self, token: &Token) -> Value {
        let seconds = |millis: i64| millis.div_euclid(1_000);
        let issued = Timestamp::from_millis(token.issued_at);
        let mut data = json!({
            "app_id": token.app.as_ref().unwrap_or(&self.options.app_id),
            "application": dialog::APP_NAME,
            "type": if matches!(token.kind, Kind::Page(_)) { "PAGE" } else { "USER" },
            "user_id": dialog::PERSON_ID,
            "is_valid": true,
            "issued_at": seconds(token.issued_at),
            "expires_at": token.expires_at.map_or(0, seconds),
            "data_access_expires_at": seconds(issued.plus(DATA_ACCESS).millis()),
            "scopes": token.scopes,
            "granular_scopes": self.granular(token),
        });
        let Some(fields) = data.as_object_mut() else { return data };
        if let Kind::Page(page) = &token.kind {
            fields.insert("profile_id".to_owned(), page.clone().into());
        }
        if let Some(trouble) = token.trouble(self.options.clock.now()) {
            fields.insert("is_valid".to_owned(), false.into());
            let body = trouble.body("");
            let part = |name: &str| body.pointer(&format!("/error/{name}")).cloned().unwrap_or_default();
            let error =
                json!({ "code": part("code"), "subcode": part("error_subcode"), "message": part("message") });
            fields.insert("error".to_owned(), error);
        }
        data
    }

    /// For which Pages each permission holds.
    fn granular(&self, token: &Token) -> Vec<Value> {
        let pages: Vec<&str> = self.picked_pages().into_iter().map(|page| page.id.as_str()).collect();
        let one = |scope: &String| match scope.as_str() {
            "business_management" => json!({ "scope": scope, "target_ids": [BUSINESS_ID] }),
            page if page.starts_with("pages_") => json!({ "scope": scope, "target_ids": pages }),
            _ => json!({ "scope": scope }),
        };
        token.scopes.iter().map(one).collect()
    }
}
