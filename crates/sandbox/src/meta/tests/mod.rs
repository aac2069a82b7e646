//! The fake Meta over real HTTP, called the way an app calls it: by hand-written requests, not by our own client.

mod conversations;
mod login;
mod pages;
mod send;
mod shopper;
mod subscribe;

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::routing::get;
use serde_json::{Value, json};
use shopclerk_domain::clock::{ManualClock, Timestamp};
use shopclerk_domain::entropy::SeededEntropy;
use tokio_util::task::TaskTracker;

use super::webhook::hmac_hex;
use super::*;
use crate::fault::{Faults, Waits};

const APP: &str = "1517776481860111";
const SECRET: &str = "app-secret";
const PAGE: &str = "106511000000001";
const ALL: &str =
    "pages_messaging,pages_show_list,pages_manage_metadata,pages_read_engagement,business_management";
const MESSAGE_FIELDS: &str = "messages,messaging_postbacks,message_echoes";

/// One webhook request the app got: headers and body.
type Heard = Arc<Mutex<Vec<(HeaderMap, String)>>>;

/// A fake Meta, and an app that listens.
struct Rig {
    fake: Arc<MetaFake>,
    clock: Arc<ManualClock>,
    journal: Journal,
    deliveries: Deliveries,
    base: String,
    app_url: String,
    heard: Heard,
}

impl Rig {
    async fn start() -> Self {
        Self::with(|_| ()).await
    }

    async fn with(adjust: impl FnOnce(&mut MetaOptions)) -> Self {
        let tasks = TaskTracker::new();
        let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_258_800_000)));
        let journal = Journal::in_memory(Arc::clone(&clock) as Arc<dyn Clock>);
        let deliveries = Deliveries::start(
            journal.clone(),
            Faults::none(journal.clone(), Waits::UNTIL_LET_GO),
            &tasks,
            vec![Duration::ZERO; 2],
        );
        let heard = Heard::default();
        let app_url = serve(&tasks, app(Arc::clone(&heard))).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let mut options = MetaOptions {
            app_id: APP.to_owned(),
            app_secret: SECRET.to_owned(),
            redirect_uris: vec![format!("{app_url}/facebook/callback")],
            base_url: base.clone(),
            pages: vec![PageSetup::new(PAGE, "Nordlys Home")],
            page_size: 25,
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(SeededEntropy::new(1)),
            journal: journal.clone(),
            deliveries: deliveries.clone(),
            state: StateFile::in_memory(),
            conversations: None,
        };
        adjust(&mut options);
        let fake = MetaFake::open(options).unwrap();
        let router = fake.router();
        tasks.spawn(async move { axum::serve(listener, router).await });
        Self { fake, clock, journal, deliveries, base, app_url, heard }
    }

    /// A Page that is connected and subscribed; returns its token.
    async fn connected(&self) -> String {
        let token = self.page_token(ALL).await;
        let subscribed = self
            .call(
                "POST",
                &format!("{APP}/subscriptions"),
                &format!("{APP}|{SECRET}"),
                &json!({
                    "object": "page", "callback_url": format!("{}/facebook/webhook", self.app_url),
                    "verify_token": "verify", "fields": MESSAGE_FIELDS,
                }),
            )
            .await;
        assert_eq!(subscribed.1, json!({ "success": true }));
        let path = format!("{PAGE}/subscribed_apps");
        let on = self.call("POST", &path, &token, &json!({ "subscribed_fields": MESSAGE_FIELDS })).await;
        assert_eq!(on.1, json!({ "success": true }));
        token
    }

    async fn page_token(&self, scopes: &str) -> String {
        let user = self.long_token(scopes).await;
        let (_, page) = self.call("GET", PAGE, &user, &json!({ "fields": "access_token" })).await;
        page["access_token"].as_str().unwrap().to_owned()
    }

    async fn long_token(&self, scopes: &str) -> String {
        let short = self.short_token(scopes).await;
        let (_, answer) =
            self.exchange(&[("grant_type", "fb_exchange_token"), ("fb_exchange_token", &short)]).await;
        answer["access_token"].as_str().unwrap().to_owned()
    }

    async fn short_token(&self, scopes: &str) -> String {
        let code = self.code(scopes).await;
        let (_, answer) = self.exchange(&[("code", &code), ("redirect_uri", &self.callback())]).await;
        answer["access_token"].as_str().unwrap().to_owned()
    }

    /// Answers the dialog with `continue`; returns the code.
    async fn code(&self, scopes: &str) -> String {
        let back = self.answer_dialog(scopes, "continue").await;
        let query: HashMap<_, _> = url::Url::parse(&back).unwrap().query_pairs().into_owned().collect();
        query["code"].clone()
    }

    async fn answer_dialog(&self, scopes: &str, answer: &str) -> String {
        let response = http().post(self.dialog(scopes)).form(&[("answer", answer)]).send().await.unwrap();
        assert_eq!(response.status(), 303);
        response.headers()["location"].to_str().unwrap().to_owned()
    }

    fn dialog(&self, scopes: &str) -> String {
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("client_id", APP), ("redirect_uri", &self.callback()), ("state", "s&1")])
            .extend_pairs([("scope", scopes), ("response_type", "code")])
            .finish();
        format!("{}/v26.0/dialog/oauth?{query}", self.base)
    }

    fn callback(&self) -> String {
        format!("{}/facebook/callback", self.app_url)
    }

    async fn exchange(&self, params: &[(&str, &str)]) -> (u16, Value) {
        let form: Vec<_> =
            [("client_id", APP), ("client_secret", SECRET)].iter().chain(params).copied().collect();
        let response =
            http().post(format!("{}/v26.0/oauth/access_token", self.base)).form(&form).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// One call to Graph with its proof: parameters in the query of a GET, in the JSON body of anything else.
    async fn call(&self, method: &str, path: &str, token: &str, params: &Value) -> (u16, Value) {
        let request = http().request(method.parse().unwrap(), format!("{}/v26.0/{path}", self.base));
        let request =
            request.query(&[("appsecret_proof", hmac_hex(SECRET, token.as_bytes()))]).bearer_auth(token);
        let request = if method == "GET" { request.query(params) } else { request.json(params) };
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Sends what `message` says to the shopper as a response.
    async fn send(&self, token: &str, to: &str, message: Value) -> (u16, Value) {
        let psid = self.fake.psid(to).unwrap_or_else(|| "1".to_owned());
        let body = json!({ "recipient": { "id": psid }, "messaging_type": "RESPONSE", "message": message });
        self.call("POST", &format!("{PAGE}/messages"), token, &body).await
    }

    /// The events the app has heard until all deliveries are done.
    async fn heard(&self) -> Vec<Value> {
        self.deliveries.idle().await;
        let heard = self.heard.lock().unwrap();
        heard
            .iter()
            .map(|(_, body)| serde_json::from_str::<Value>(body).unwrap()["entry"][0]["messaging"][0].clone())
            .collect()
    }
}

fn http() -> reqwest::Client {
    loopback::client(Duration::from_secs(5)).unwrap()
}

/// `code/subcode` of a Graph error.
fn error(answer: &(u16, Value)) -> (u64, Option<u64>) {
    let error = &answer.1["error"];
    assert!(error["fbtrace_id"].is_string() && error["message"].is_string(), "{error}");
    (error["code"].as_u64().unwrap(), error["error_subcode"].as_u64())
}

async fn serve(tasks: &TaskTracker, router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tasks.spawn(async move { axum::serve(listener, router).await });
    base
}

/// An app that repeats challenges for the verify token `verify` and keeps what it hears.
fn app(heard: Heard) -> Router {
    let challenge = |Query(query): Query<HashMap<String, String>>| async move {
        if query["hub.verify_token"] == "verify" && query["hub.mode"] == "subscribe" {
            (axum::http::StatusCode::OK, query["hub.challenge"].clone())
        } else {
            (axum::http::StatusCode::FORBIDDEN, String::new())
        }
    };
    let hear = |State(heard): State<Heard>, headers: HeaderMap, body: String| async move {
        heard.lock().unwrap().push((headers, body));
    };
    Router::new().route("/facebook/webhook", get(challenge).post(hear)).with_state(heard)
}
