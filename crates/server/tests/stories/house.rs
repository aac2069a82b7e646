//! The product as people run it: a folder with a `.env`, the program in a process of its own, and the platforms around it.
//!
//! Time is the real one here. What is waited for is told by the fakes, or asked for again until it is so.

use std::fs;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use shopclerk_domain::clock::{Clock as _, SystemClock};
use shopclerk_sandbox::Sandbox;
use shopclerk_sandbox::meta::{PageSetup, Side};
use shopclerk_sandbox::walk::{Accept, Walker};
use tempfile::TempDir;

use crate::import::{OLD_SCOPES, PAGE_TOKEN, SECRET, SHOP_TOKEN, old_folder};
use crate::model_verbs::MODEL_KEY;
use crate::outside::{Answer, Request, exchange};
use crate::products;
use crate::scene::{fakes, store};
use crate::settings::{Running, command, free_address, ran};
use crate::world::{
    BUCKET_KEY, BUCKET_SECRET, FACEBOOK_APP_ID, FACEBOOK_SECRET, PAGE, SHOPIFY_KEY, SHOPIFY_SECRET,
    VERIFY_TOKEN, files, no_secret_in,
};

/// One installation. Must be closed: that is where secrets and unknown calls come to light.
pub(crate) struct House {
    folder: TempDir,
    sandbox: Sandbox,
    address: String,
    running: Option<Running>,
    /// The owner's, which keeps cookies.
    program: Walker,
    /// Answers, screens and logs.
    shown: Mutex<Vec<(String, Vec<u8>)>>,
}

impl House {
    /// What the Python version leaves: its databases, its `.env`, and platforms that know the tokens it was given. Stand-ins for
    /// the platforms are the only lines that are new to that file.
    pub(crate) async fn of_the_python_version() -> Self {
        let (folder, address) = (old_folder(), free_address());
        let goods = store(products::warm_things(), "USD", "Nordlys");
        let pages = vec![PageSetup::new(PAGE, "Nordlys")];
        let options = fakes(&format!("http://{address}"), goods, pages, Arc::new(SystemClock::start()));
        let sandbox = Sandbox::start(options).await.unwrap();
        sandbox.meta().gave_page_token(PAGE, PAGE_TOKEN).unwrap();
        sandbox.shopify().gave_token(sandbox.shop(), SHOP_TOKEN, OLD_SCOPES).unwrap();
        fs::write(folder.path().join(".env"), env_file(&address, &sandbox)).unwrap();
        let program = Walker::new(Accept::Json).unwrap();
        Self { folder, sandbox, address, running: None, program, shown: Mutex::default() }
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// An address of the product.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The real time.
    pub(crate) fn seconds() -> i64 {
        SystemClock::start().now().millis() / 1_000
    }

    /// Remembers what was shown under `place`, so that `close` can look for secrets in it.
    pub(crate) fn remember(&self, place: &str, text: &str) {
        self.shown.lock().unwrap().push((place.to_owned(), text.into()));
    }

    /// `shopclerk` in the folder, with nothing in its environment; answers with what it printed.
    pub(crate) fn runs(&self, words: &[&str]) -> String {
        let (code, out, told) = ran(command(self.folder.path(), words, &[]));
        assert_eq!(code, Some(0), "{words:?}: {out}{told}");
        self.remember(&format!("{words:?}"), &(out.clone() + &told));
        out
    }

    /// `shopclerk serve`, with no flag but the address; answers with what it said until it was ready.
    pub(crate) fn starts(&mut self) -> String {
        let serve = command(self.folder.path(), &["serve", "--bind", &self.address], &[]);
        let running = Running::start_at(&self.address, serve);
        let said = running.said.join("\n");
        self.running = Some(running);
        said
    }

    /// Stops it as a service manager would.
    pub(crate) fn stops(&mut self) {
        let (code, log) = self.running.take().unwrap().ends();
        self.remember("the log", &log);
        assert_eq!(code, Some(0), "{log}");
    }

    /// Asks as anybody may.
    pub(crate) async fn asks(&self, request: Request) -> Answer {
        let answer = exchange(&self.address, &request.bytes()).await.unwrap();
        self.remember(&format!("{request:?}"), &answer.body);
        answer
    }

    /// Asks as the signed-in owner.
    pub(crate) async fn owner_asks(&self, request: Request) -> Answer {
        let id = self.program.cookie(&self.url("/"), "session_id").expect("a session");
        self.asks(request.header("cookie", format!("session_id={id}"))).await
    }

    /// Signs in with the owner's program, and again while the checks that the answer waits for are still under way.
    pub(crate) async fn owner_walks(&self, path: &str) -> Value {
        loop {
            let walked = self.program.walk(&self.url(path)).await.unwrap();
            assert_eq!(walked.status, 200, "{path}: {}", walked.body);
            self.remember(path, &walked.body);
            if !walked.body.contains("\"pending\"") {
                return serde_json::from_str(&walked.body).unwrap();
            }
        }
    }

    /// Waits until what the fakes saw makes it so.
    pub(crate) async fn until(&self, happened: impl Fn(&Self) -> bool) {
        let mut newest = self.sandbox.journal().watch();
        while !happened(self) {
            newest.changed().await.unwrap();
        }
    }

    /// Whether the Page has written this to the shopper, as words or on a card.
    pub(crate) fn has_read(&self, shopper: &str, words: &str) -> bool {
        let all = self.sandbox.meta().messages(shopper).unwrap_or_default();
        let said = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(words));
        all.iter().filter(|message| message.from == Side::Page).any(|message| {
            said(&message.text)
                || message.cards.iter().any(|card| card.title == words || said(&card.subtitle))
        })
    }

    /// How many messages the Page has written to the shopper.
    pub(crate) fn written_to(&self, shopper: &str) -> usize {
        let all = self.sandbox.meta().messages(shopper).unwrap_or_default();
        all.iter().filter(|message| message.from == Side::Page).count()
    }

    /// An object of the bucket; empty where there is none.
    pub(crate) fn object(&self, key: &str) -> String {
        String::from_utf8(self.sandbox.objects().content(key).unwrap_or_default()).unwrap()
    }

    /// Stops everything; fails if a fake saw a call it does not know, or if a secret shows anywhere.
    pub(crate) async fn close(mut self) {
        self.stops();
        assert_eq!(self.sandbox.unknown_calls(), 0, "a fake saw a call it does not know");
        let mut places = self.shown.into_inner().unwrap();
        files(&self.folder.path().join("data"), &mut places);
        for key in self.sandbox.objects().keys() {
            places.push((format!("object {key}"), self.sandbox.objects().content(&key).unwrap()));
        }
        no_secret_in(&places);
        let old = |(_, bytes): &&(String, Vec<u8>)| {
            bytes.windows(SECRET.len()).any(|part| part == SECRET.as_bytes())
        };
        assert_eq!(places.iter().find(old).map(|(place, _)| place), None, "STATE_TOKEN_SECRET shows");
        self.sandbox.close().await;
    }
}

/// The file as people had it, with the addresses of the stand-ins below.
fn env_file(address: &str, sandbox: &Sandbox) -> String {
    let (graph, model) = (sandbox.meta_url(), sandbox.model_url());
    let (shopify, objects) = (sandbox.shopify_url_template(), sandbox.objects_url());
    format!(
        "\
# Facebook
FACEBOOK_APP_ID={FACEBOOK_APP_ID}
FACEBOOK_APP_SECRET={FACEBOOK_SECRET}
FACEBOOK_REDIRECT_URI=http://{address}/facebook/callback
FACEBOOK_WEBHOOK_ADDRESS=\"http://{address}/facebook/webhook\"
export FACEBOOK_VERIFY_TOKEN='{VERIFY_TOKEN}'
# Shopify
SHOPIFY_API_KEY={SHOPIFY_KEY}
SHOPIFY_API_SECRET={SHOPIFY_SECRET}
SHOPIFY_REDIRECT_URI=http://{address}/shopify/callback
SHOPIFY_WEBHOOK_ADDRESS=http://{address}/shopify/webhook
# DigitalOcean Spaces
SPACES_API_KEY={BUCKET_KEY}
SPACES_API_SECRET={BUCKET_SECRET}
SPACES_REGION=sandbox-1
SPACES_BUCKET=sandbox
SPACES_ENDPOINT={objects}
# The agent
AGENT_ENDPOINT={model}
AGENT_API_KEY={MODEL_KEY}
# State
STATE_TOKEN_SECRET={SECRET}
TOKEN_DB_PATH=./data/tokens.db
SESSION_DB_PATH=./data/sessions.db

# New: conversations in the bucket too, and stand-ins for the platforms
MIRROR_CONVERSATIONS=true
FACEBOOK_GRAPH_URL={graph}
FACEBOOK_DIALOG_URL={graph}
SHOPIFY_URL={shopify}
"
    )
}
