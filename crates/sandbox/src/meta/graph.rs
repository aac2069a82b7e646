//! Graph's front door: reads the call, finds who answers it, and words the answer or the error as Graph does.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use subtle::ConstantTimeEq;

use super::MetaFake;
use super::call::Call;
use super::error::GraphError;
use super::ids;
use super::json::escaped;
use super::ledger::{Kind, Token};
use super::webhook::hmac_hex;

const LARGEST_BODY: usize = 1024 * 1024;

/// What a call is answered with.
pub(super) type Answer = Result<Value, GraphError>;

/// Who calls.
pub(super) enum Caller {
    /// The app itself, by `id|secret`.
    App,
    /// The person who connected, or one of their Pages.
    Token(Token),
}

/// Answers every call that is not the login dialog.
pub(super) async fn serve(State(fake): State<Arc<MetaFake>>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = to_bytes(body, LARGEST_BODY).await else {
        let error = GraphError::parameter("The request body is too large").status(413);
        return fake.respond(Err(error), "v0.0", None);
    };
    match Call::read(head.method, &head.uri, &head.headers, &body, fake.options.clock.now()) {
        Ok(call) => {
            fake.count_call(&call);
            let refusal = fake.app_usage().and_then(|(_, refusal)| refusal);
            let answer = match refusal {
                Some(refusal) => Err(refusal),
                None => fake.answer(&call).await,
            };
            let usage = fake.usage(&call);
            if usage.is_some() && fake.troubles().answers_last {
                fake.options.deliveries.idle().await;
            }
            fake.respond(answer, &call.version, usage)
        }
        Err(error) => fake.respond(Err(error), "v0.0", None),
    }
}

impl MetaFake {
    async fn answer(&self, call: &Call) -> Answer {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        match (call.method.clone(), path.as_slice()) {
            (Method::GET | Method::POST, ["oauth", "access_token"]) => self.access_token(call),
            (Method::GET, ["debug_token"]) => self.debug_token(call),
            (Method::GET, [_, "accounts"]) => self.accounts(call),
            (Method::GET, [_, "businesses"]) => self.businesses(call),
            (Method::GET, [business, edge @ ("owned_pages" | "client_pages")]) => {
                self.portfolio_pages(call, business, edge)
            }
            (Method::POST, [page, "subscribed_apps"]) => self.install(call, page),
            (Method::GET, [page, "subscribed_apps"]) => self.installed(call, page),
            (Method::DELETE, [page, "subscribed_apps"]) => self.uninstall(call, page),
            (Method::POST, [app, "subscriptions"]) => self.subscribe(call, app).await,
            (Method::GET, [app, "subscriptions"]) => self.subscriptions(call, app),
            (Method::DELETE, [app, "subscriptions"]) => self.unsubscribe(call, app),
            (Method::POST, [page, "messages"]) => self.send(call, page),
            (Method::GET, [page, "conversations"]) => self.conversations(call, page),
            (Method::GET, [conversation, "messages"]) => self.messages_of(call, conversation),
            (Method::GET, [node]) => self.node(call, node),
            _ => Err(self.unknown(call, "path")),
        }
    }

    /// Refuses what the fake does not simulate, so that it is noticed instead of being taken for an answer.
    pub(super) fn unknown(&self, call: &Call, what: &str) -> GraphError {
        self.unknown_calls.fetch_add(1, Ordering::Relaxed);
        let line = format!("{} /{}", call.method, call.path.join("/"));
        let data = json!({ "method": call.method.as_str(), "path": call.path, "unknown": what });
        self.options.journal.record("meta.unknown_call", format!("Unknown call: {line} ({what})"), data);
        GraphError::new(
            2500,
            format!("Unknown path components: {line} (this sandbox does not know the {what})"),
        )
    }

    /// Who calls, if their token is known, lives, and comes with its proof.
    pub(super) fn caller(&self, call: &Call) -> Result<Caller, GraphError> {
        let Some(text) = call.token() else {
            return Err(match call.path.first().map(String::as_str) {
                Some("me") => GraphError::new(
                    2500,
                    "An active access token must be used to query information about the current user.",
                ),
                _ => GraphError::new(104, "An access token is required to request this resource."),
            });
        };
        let (id, secret) = (&self.options.app_id, &self.app_secret());
        let proof = call.params.text("appsecret_proof");
        if let Some((named, given)) = text.split_once('|') {
            if named != id || !bool::from(given.as_bytes().ct_eq(secret.as_bytes())) {
                return Err(GraphError::new(190, "Invalid OAuth access token signature."));
            }
            // The app's own token contains the secret: its proof is checked when it comes, but not asked for.
            return self
                .proven(&text, proof.as_deref().or(Some(&hmac_hex(secret, text.as_bytes()))))
                .map(|()| Caller::App);
        }
        let Some(token) = self.memory().ledger.tokens.get(&text).cloned() else {
            return Err(GraphError::new(190, "Invalid OAuth access token - Cannot parse access token"));
        };
        if token.app.is_some() {
            return Err(GraphError::new(190, "Error validating application. Invalid application ID."));
        }
        self.proven(&text, proof.as_deref())?;
        match token.trouble(self.options.clock.now()) {
            Some(trouble) => Err(trouble),
            None => Ok(Caller::Token(token)),
        }
    }

    fn proven(&self, token: &str, proof: Option<&str>) -> Result<(), GraphError> {
        let Some(proof) = proof else {
            return Err(GraphError::new(
                100,
                "API calls from the server require an appsecret_proof argument",
            ));
        };
        let expected = hmac_hex(&self.app_secret(), token.as_bytes());
        if bool::from(expected.as_bytes().ct_eq(proof.as_bytes())) {
            return Ok(());
        }
        Err(GraphError::parameter("Invalid appsecret_proof provided in the API argument"))
    }

    /// The person's own token.
    pub(super) fn person(&self, call: &Call) -> Result<Token, GraphError> {
        match self.caller(call)? {
            Caller::Token(token) if !matches!(token.kind, Kind::Page(_)) => Ok(token),
            Caller::Token(_) => {
                let edge = call.path.get(1).cloned().unwrap_or_default();
                Err(GraphError::parameter(format!(
                    "Tried accessing nonexisting field ({edge}) on node type (Page)"
                )))
            }
            Caller::App => {
                Err(GraphError::new(102, "A user access token is required to request this resource."))
            }
        }
    }

    fn respond(&self, answer: Answer, version: &str, usage: Option<String>) -> Response {
        let (status, body) = match answer {
            Ok(body) => (200, body),
            Err(error) => (error.http_status(), error.body(&ids::trace(&*self.options.entropy))),
        };
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, escaped(&body)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache, no-store, must-revalidate"),
        );
        if let Ok(version) = HeaderValue::from_str(version) {
            headers.insert("facebook-api-version", version);
        }
        if let Some(usage) = self.app_usage().and_then(|(usage, _)| HeaderValue::from_str(&usage).ok()) {
            headers.insert("x-app-usage", usage);
        }
        if let Some(usage) = usage.and_then(|usage| HeaderValue::from_str(&usage).ok()) {
            headers.insert("x-business-use-case-usage", usage);
        }
        response
    }
}
