//! The login dialog: shows who asks for what, and sends the person back with a code, or with their refusal.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::MetaFake;

/// The app's name in the dialog and in its tokens.
pub(super) const APP_NAME: &str = "Shopclerk sandbox";
/// The person who connects.
pub(super) const PERSON_NAME: &str = "Mia Lindqvist";
/// That person's id within the app.
pub(super) const PERSON_ID: &str = "10220004512345678";

/// The permissions there are, and what a person reads they are good for.
const SCOPES: [(&str, &str); 8] = [
    ("public_profile", "Know your name"),
    ("email", "Know your e-mail address"),
    ("pages_messaging", "Read and answer the messages of your Pages"),
    ("pages_show_list", "See which Pages you have"),
    ("pages_manage_metadata", "Hear of new messages as they come"),
    ("pages_read_engagement", "Read what your Pages publish"),
    ("business_management", "See the Pages of your business portfolio"),
    ("page_utility_messaging", "Send messages about orders"),
];
/// What the configuration of a business login grants.
const CONFIGURED: [&str; 5] = [
    "pages_messaging",
    "pages_show_list",
    "pages_manage_metadata",
    "pages_read_engagement",
    "business_management",
];

const STYLE: &str = "\
:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:0;min-height:100vh;display:grid;place-items:center;background:light-dark(#eef1f5,#16181b)}\
main{box-sizing:border-box;width:min(30rem,100%);padding:2rem;border-radius:14px;background:light-dark(#fff,#212429)}\
h1{font-size:1.25rem;margin:0 0 .75rem}ul{padding-left:1.25rem}p.note{opacity:.75;font-size:.875rem}\
.row{display:flex;gap:.75rem;margin-top:1.5rem}button{font:inherit;min-height:44px;padding:0 1.25rem;border-radius:8px;\
border:1px solid #8a8f98;background:none;color:inherit;cursor:pointer}\
button.yes{background:#0a5bd3;border-color:#0a5bd3;color:#fff}:focus-visible{outline:3px solid #e0a100;outline-offset:2px}";

/// What an app asks for, once it is known to be allowed to ask.
struct Asked {
    redirect_uri: String,
    state: Option<String>,
    scopes: Vec<String>,
}

/// Why Facebook shows its own error page instead of sending anybody anywhere.
struct Shown {
    title: &'static str,
    detail: String,
}

/// `GET dialog/oauth`: the consent page.
pub(super) async fn show(State(fake): State<Arc<MetaFake>>, RawQuery(query): RawQuery) -> Response {
    let asked = match fake.asked(query.as_deref().unwrap_or_default()) {
        Ok(asked) => asked,
        Err(shown) => return fake.error_page(&shown),
    };
    let data = json!({ "scopes": asked.scopes });
    fake.options.journal.record("meta.dialog", "Facebook asks whether the app may have the Pages", data);
    page("Connect your Pages", &fake.consent(&asked))
}

/// `POST dialog/oauth`: the person's answer.
pub(super) async fn answer(
    State(fake): State<Arc<MetaFake>>,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Response {
    let asked = match fake.asked(query.as_deref().unwrap_or_default()) {
        Ok(asked) => asked,
        Err(shown) => return fake.error_page(&shown),
    };
    let agreed = form_urlencoded::parse(&body).any(|(name, value)| name == "answer" && value == "continue");
    match if agreed { fake.agreed(&asked) } else { fake.cancelled(&asked) } {
        Some(back) => (StatusCode::SEE_OTHER, [(header::LOCATION, back)]).into_response(),
        None => {
            fake.error_page(&Shown { title: "Something went wrong", detail: "Try again later.".to_owned() })
        }
    }
}

impl MetaFake {
    fn asked(&self, query: &str) -> Result<Asked, Shown> {
        let param = |name: &str| {
            let mut found = form_urlencoded::parse(query.as_bytes()).filter(|(given, _)| given == name);
            found.next().map(|(_, value)| value.into_owned())
        };
        if param("client_id").as_ref() != Some(&self.options.app_id) {
            return Err(Shown {
                title: "Invalid App ID",
                detail: "The provided app ID does not look valid.".to_owned(),
            });
        }
        let redirect_uri = param("redirect_uri").unwrap_or_default();
        if !self.options.redirect_uris.contains(&redirect_uri) || Url::parse(&redirect_uri).is_err() {
            let detail = "This redirect failed because the redirect URI is not white-listed in the app's client OAuth \
                          settings. Add it to the Valid OAuth Redirect URIs.";
            return Err(Shown { title: "URL blocked", detail: detail.to_owned() });
        }
        if param("response_type").is_some_and(|wanted| wanted != "code") {
            let detail = "This sandbox answers response_type=code only.";
            return Err(Shown { title: "Invalid response type", detail: detail.to_owned() });
        }
        let scopes: Vec<String> = if param("config_id").is_some() {
            CONFIGURED.iter().map(|scope| (*scope).to_owned()).collect()
        } else {
            let scope = param("scope").unwrap_or_default();
            scope.split([',', ' ']).filter(|scope| !scope.is_empty()).map(str::to_owned).collect()
        };
        if let Some(unknown) = scopes.iter().find(|scope| !SCOPES.iter().any(|(known, _)| known == scope)) {
            return Err(Shown { title: "Invalid Scopes", detail: format!("Invalid Scopes: {unknown}") });
        }
        Ok(Asked { redirect_uri, state: param("state"), scopes })
    }

    /// The way back with a fresh code; `None` when it could not be saved.
    fn agreed(&self, asked: &Asked) -> Option<String> {
        let mut memory = self.memory();
        let mut scopes = vec!["public_profile".to_owned()];
        let granted = asked
            .scopes
            .iter()
            .filter(|scope| !memory.declined.contains(scope) && *scope != "public_profile");
        scopes.extend(granted.cloned());
        let data = json!({ "granted": scopes });
        let now = self.options.clock.now();
        let code = memory.ledger.code(&asked.redirect_uri, scopes, now, &*self.options.entropy);
        self.save(&memory).ok()?;
        drop(memory);
        self.options.journal.record(
            "meta.dialog",
            format!("{PERSON_NAME} agreed and is sent back with a code"),
            data,
        );
        let mut back = back_to(asked, &[("code", &code)])?;
        // Facebook hangs this odd fragment on every success.
        back.set_fragment(Some("_=_"));
        Some(back.into())
    }

    fn cancelled(&self, asked: &Asked) -> Option<String> {
        let summary = format!("{PERSON_NAME} cancelled and is sent back without a code");
        self.options.journal.record("meta.dialog", summary, json!({}));
        let refusal = [
            ("error", "access_denied"),
            ("error_code", "200"),
            ("error_description", "Permissions error"),
            ("error_reason", "user_denied"),
        ];
        back_to(asked, &refusal).map(String::from)
    }

    fn consent(&self, asked: &Asked) -> String {
        let item = |text: &str| format!("<li>{}</li>", escaped(text));
        let pages: String = self.options.pages.iter().map(|page| item(&page.name)).collect();
        let in_words =
            |scope: &String| SCOPES.iter().find(|(known, _)| known == scope).map(|(_, words)| item(words));
        let scopes: String = asked.scopes.iter().filter_map(in_words).collect();
        format!(
            "<h1>{APP_NAME} wants to manage your Pages</h1>\
             <p>You are {PERSON_NAME}, and these are your Pages:</p><ul>{pages}</ul>\
             <p>It asks to:</p><ul>{scopes}</ul>\
             <form method=\"post\"><div class=\"row\">\
             <button class=\"yes\" type=\"submit\" name=\"answer\" value=\"continue\">Continue</button>\
             <button type=\"submit\" name=\"answer\" value=\"cancel\">Cancel</button></div></form>\
             <p class=\"note\">A stand-in for Facebook's login, on this machine only.</p>"
        )
    }

    fn error_page(&self, shown: &Shown) -> Response {
        let summary = format!("Facebook shows an error of its own: {}", shown.title);
        self.options.journal.record("meta.dialog", summary, json!({}));
        let body = format!("<h1>{}</h1><p>{}</p>", escaped(shown.title), escaped(&shown.detail));
        let mut response = page(shown.title, &body);
        *response.status_mut() = StatusCode::BAD_REQUEST;
        response
    }
}

fn back_to(asked: &Asked, answer: &[(&str, &str)]) -> Option<Url> {
    let mut back = Url::parse(&asked.redirect_uri).ok()?;
    back.query_pairs_mut()
        .extend_pairs(answer)
        .extend_pairs(asked.state.as_ref().map(|state| ("state", state.as_str())));
    Some(back)
}

fn page(title: &str, body: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>",
        escaped(title)
    );
    let mut response = Html(html).into_response();
    // Browsers hold a form's redirects to `form-action` too: the app it leads back to is on this machine.
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; form-action 'self' http://127.0.0.1:* http://localhost:*; \
         frame-ancestors 'none'; base-uri 'none'",
        STANDARD.encode(Sha256::digest(STYLE))
    );
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] as [(HeaderName, &'static str); 3]
    {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
