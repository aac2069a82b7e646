//! The fake Meta: login dialog, Graph API and Messenger, on one listener. It speaks the vendor's documented wire format;
//! what a shopper or a person in the Page's inbox does is said to it by [`MetaFake`]'s own methods.

mod call;
mod conversations;
mod dialog;
mod error;
mod fault;
mod fields;
mod grants;
mod graph;
mod happen;
mod ids;
mod json;
mod ledger;
mod message;
mod pages;
mod send;
mod sha1;
mod shopper;
mod subscribe;
mod talk;
mod template;
#[cfg(test)]
mod tests;
mod token;
mod trouble;
mod version;
mod webhook;

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::routing::{any, get};
use shopclerk_domain::clock::Clock;
use shopclerk_domain::entropy::Entropy;

pub use self::error::GraphError;
pub(crate) use self::fault::VENDOR;
pub use self::grants::Revoked;
use self::ledger::{Kind, Ledger};
pub use self::shopper::ShopperError;
pub use self::talk::{Author, Button, Card, Message, QuickReply, Sent, Side};
use self::talk::{Event, Talk};
use self::trouble::Troubles;
use crate::deliver::Deliveries;
use crate::journal::Journal;
use crate::loopback;
use crate::state::{LogFile, StateFile};

/// How long Meta waits for an app to repeat its challenge.
const CHALLENGE_PATIENCE: Duration = Duration::from_secs(5);

/// A Page of the person who connects.
#[derive(Clone, Debug)]
pub struct PageSetup {
    /// Digits.
    pub id: String,
    /// The name shoppers see.
    pub name: String,
    /// What kind of business it says it is.
    pub category: String,
    /// Through whom the person holds it.
    pub held: Held,
    /// Whether the person may act for it. If not, Meta gives no token for it.
    pub may_act: bool,
}

/// How a person holds a Page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// In person: listed in `me/accounts`.
    Directly,
    /// By a business portfolio that owns it: absent from `me/accounts`.
    ByPortfolio,
    /// By a portfolio that works for its owner: absent from `me/accounts`.
    ForClient,
}

impl PageSetup {
    /// A Page of that id and name, held in person, with every right.
    pub fn new(id: &str, name: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            category: "Home goods store".to_owned(),
            held: Held::Directly,
            may_act: true,
        }
    }
}

/// What the fake is told at its start.
pub struct MetaOptions {
    /// The registered app's id: digits.
    pub app_id: String,
    /// The registered app's secret.
    pub app_secret: String,
    /// The app's Valid OAuth Redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Where the fake itself is reached, without a slash at the end.
    pub base_url: String,
    /// The person's Pages; shoppers write to the first.
    pub pages: Vec<PageSetup>,
    /// How many results a list answers at once at most.
    pub page_size: usize,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The chance.
    pub entropy: Arc<dyn Entropy>,
    /// Where each call is written down.
    pub journal: Journal,
    /// How webhooks travel.
    pub deliveries: Deliveries,
    /// Codes, tokens, subscriptions.
    pub state: StateFile,
    /// The file of the conversations; `None` keeps them in memory.
    pub conversations: Option<PathBuf>,
}

/// The fake itself.
pub struct MetaFake {
    options: MetaOptions,
    client: reqwest::Client,
    memory: Mutex<Memory>,
    troubles: Mutex<Troubles>,
    unknown_calls: AtomicUsize,
}

struct Memory {
    ledger: Ledger,
    talk: Talk,
    log: LogFile,
    /// When each Page sent, within the last second.
    sent_at: BTreeMap<String, VecDeque<i64>>,
    /// When the conversations of each Page were read, within the last second.
    read_at: BTreeMap<String, VecDeque<i64>>,
    /// Permissions the person will not grant.
    declined: Vec<String>,
    /// What Pages changed about themselves since the start, by Page.
    changed: BTreeMap<String, serde_json::Map<String, serde_json::Value>>,
    /// The Pages the person chooses in the dialog; `None` = all.
    picked: Option<Vec<String>>,
}

impl Memory {
    /// Saves what happened in a conversation, and then makes it true.
    fn write(&mut self, event: Event) -> io::Result<()> {
        self.log.append(&event)?;
        self.talk.apply(event);
        Ok(())
    }
}

impl MetaFake {
    /// Goes on where the saved state ends.
    pub fn open(options: MetaOptions) -> io::Result<Arc<Self>> {
        let ledger = options.state.load()?.unwrap_or_default();
        let mut talk = Talk::default();
        let log = match &options.conversations {
            Some(path) => LogFile::open(path, |event| talk.apply(event))?,
            None => LogFile::in_memory(),
        };
        let client = loopback::client(CHALLENGE_PATIENCE).map_err(io::Error::other)?;
        let memory = Memory {
            ledger,
            talk,
            log,
            sent_at: BTreeMap::new(),
            read_at: BTreeMap::new(),
            declined: Vec::new(),
            changed: BTreeMap::new(),
            picked: None,
        };
        Ok(Arc::new(Self {
            options,
            client,
            memory: Mutex::new(memory),
            troubles: Mutex::default(),
            unknown_calls: AtomicUsize::new(0),
        }))
    }

    /// Everything Meta answers: the dialog's pages and Graph.
    pub fn router(self: &Arc<Self>) -> Router {
        let dialog = get(dialog::show).post(dialog::answer);
        Router::new()
            .route("/dialog/oauth", dialog.clone())
            .route("/{version}/dialog/oauth", dialog)
            .fallback(any(graph::serve))
            .with_state(Arc::clone(self))
    }

    /// Calls that no part of the fake knows, since its start.
    pub fn unknown_calls(&self) -> usize {
        self.unknown_calls.load(Ordering::Relaxed)
    }

    /// The Page that shoppers write to.
    pub fn main_page(&self) -> Option<&PageSetup> {
        self.options.pages.first()
    }

    /// Whether events of the main Page reach the app: its field `messages` is on at the app and at the Page.
    pub fn is_connected(&self) -> bool {
        let Some(page) = self.main_page() else { return false };
        let memory = self.memory();
        let messages = |fields: &Vec<String>| fields.iter().any(|field| field == "messages");
        memory.ledger.app.get("page").is_some_and(|app| messages(&app.fields))
            && memory.ledger.pages.get(&page.id).is_some_and(messages)
    }

    /// From the next login on, the person refuses these permissions.
    pub fn decline(&self, scopes: &[&str]) {
        self.memory().declined = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    }

    /// From now on the person lets the app see these of their Pages only.
    pub fn pick(&self, pages: &[&str]) {
        self.memory().picked = Some(pages.iter().map(|page| (*page).to_owned()).collect());
    }

    /// A Page token that was given out before this fake was there, as to an app that ran already: without an end, and with the
    /// permissions that were asked for then.
    pub fn gave_page_token(&self, page: &str, token: &str) -> io::Result<()> {
        let mut memory = self.memory();
        let scopes = ["pages_messaging", "pages_show_list", "pages_manage_metadata"].map(str::to_owned);
        memory.ledger.know(token, Kind::Page(page.to_owned()), &scopes, self.options.clock.now());
        self.save(&memory)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn save(&self, memory: &Memory) -> io::Result<()> {
        self.options.state.save(&memory.ledger)
    }

    fn page(&self, id: &str) -> Option<&PageSetup> {
        self.options.pages.iter().find(|page| page.id == id)
    }

    /// The Pages the app may see.
    fn picked_pages(&self) -> Vec<&PageSetup> {
        let picked = self.memory().picked.clone();
        let seen = |page: &&PageSetup| picked.as_ref().is_none_or(|picked| picked.contains(&page.id));
        self.options.pages.iter().filter(seen).collect()
    }
}
