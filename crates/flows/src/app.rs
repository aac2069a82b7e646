//! The wiring: everything a flow may use, built once and handed to each.

use std::fmt;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use shopclerk_agent::turn::Freshness;
use shopclerk_domain::clock::{Clock, Timestamp};
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::discount::ToldCodes;
use shopclerk_domain::entropy::Entropy;
use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::SharedStore;
use shopclerk_storage::nouns::inbox::Settle;
use shopclerk_storage::nouns::sessions::{SessionLimits, StateCaps};
use shopclerk_upstream::meta::Meta;
use shopclerk_upstream::model::chat::Chat;
use shopclerk_upstream::objects::Objects;
use shopclerk_upstream::shopify::Shopify;
use tokio::sync::Mutex;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::backup::BackupSettings;
use crate::blocks::Blocks;
use crate::catalogue::indexes::Indexes;
use crate::error::FlowError;
use crate::model::{Model, ModelSettings};
use crate::reply::doubt::DoubtSettings;
use crate::retention::Retention;
use crate::typing::TypingQueue;
use crate::watch::Watcher;
use crate::work::bell::Bell;
use crate::work::share::Shares;
use crate::worker;

/// Who may sign up with a shop that is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignupRule {
    /// Only the first shop of the installation.
    First,
    /// Any shop.
    Open,
    /// These shops.
    Shops(Vec<ShopDomain>),
}

/// What the flows need to know of the configuration.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The address people and platforms reach us at, without a slash at the end.
    pub public_url: String,
    /// Where Shopify sends the browser back to.
    pub shopify_redirect: String,
    /// Where Facebook sends the browser back to.
    pub facebook_redirect: String,
    /// Where Meta delivers.
    pub facebook_webhook: String,
    /// Where Shopify delivers.
    pub shopify_webhook: String,
    /// Who may sign up.
    pub signup: SignupRule,
    /// Scopes a shop must grant for the product to work.
    pub required_scopes: Vec<String>,
    /// How long a conversation must be quiet before its turn.
    pub settle: Settle,
    /// How long sessions live.
    pub sessions: SessionLimits,
    /// How long a sign-in may take.
    pub state_life: Duration,
    /// How many sign-ins may be under way.
    pub pending_logins: StateCaps,
    /// A message older than this at its turn gets no automatic answer.
    pub stale_after: Duration,
    /// How long the clerk is silent after a person spoke.
    pub person_pause: Duration,
    /// Replies that a shopper gets within an hour before a person is called: two machines that answer each other never end.
    pub replies_an_hour: u32,
    /// How old figures may be when they are said.
    pub freshness: Freshness,
    /// Which discount codes shoppers may be told.
    pub told_codes: ToldCodes,
    /// How the language model is used, where there is one.
    pub model: ModelSettings,
    /// How long a lease on a conversation or job lasts.
    pub lease: Duration,
    /// How long what is waited for, until a send without an answer is settled.
    pub doubt: DoubtSettings,
    /// How long changes gather before a mirror object is written again.
    pub mirror_delay: Duration,
    /// Whether conversations are mirrored into a bucket too: they are personal data. A folder always holds them.
    pub mirror_conversations: bool,
    /// How long changes gather before the index is written again.
    pub index_delay: Duration,
    /// When every connection is looked through, after midnight in UTC.
    pub poll_at: Duration,
    /// When backups are made, and how many are kept.
    pub backup: BackupSettings,
    /// How long each kind of data is kept.
    pub retention: Retention,
    /// Over how long a time the merchants' turns are spread then.
    pub poll_spread: Duration,
    /// How long the answer to a connect waits for the check of the connection.
    pub check_wait: Duration,
    /// Where the search indexes live: derived data.
    pub index_folder: PathBuf,
    /// How long values wait between two slices that are sealed again.
    pub reseal_pause: Duration,
    /// The key file, where it is ours; `None` = the keys are given from outside.
    pub key_file: Option<PathBuf>,
}

impl Settings {
    /// The defaults of the design, for an installation at `public_url`.
    pub fn at(public_url: &str, index_folder: PathBuf) -> Self {
        let base = public_url.trim_end_matches('/');
        Self {
            public_url: base.to_owned(),
            shopify_redirect: format!("{base}/shopify/callback"),
            facebook_redirect: format!("{base}/facebook/callback"),
            facebook_webhook: format!("{base}/facebook/webhook"),
            shopify_webhook: format!("{base}/shopify/webhook"),
            signup: SignupRule::First,
            required_scopes: vec!["read_products".to_owned()],
            settle: Settle { quiet_ms: 800, at_most_ms: 3_000 },
            sessions: SessionLimits { idle_ms: 60 * 60 * 1_000, absolute_ms: 12 * 60 * 60 * 1_000 },
            state_life: Duration::from_mins(10),
            pending_logins: StateCaps { per_peer: 1_000, in_all: 20_000 },
            stale_after: Duration::from_hours(1),
            person_pause: Duration::from_hours(12),
            replies_an_hour: 60,
            freshness: Freshness::default(),
            told_codes: ToldCodes::default(),
            model: ModelSettings::default(),
            lease: Duration::from_mins(1),
            doubt: DoubtSettings::default(),
            mirror_delay: Duration::from_secs(1),
            mirror_conversations: false,
            index_delay: Duration::from_secs(1),
            poll_at: Duration::ZERO,
            backup: BackupSettings::beside(&index_folder),
            retention: Retention::default(),
            poll_spread: Duration::from_mins(30),
            check_wait: Duration::from_secs(5),
            index_folder,
            reseal_pause: Duration::from_millis(50),
            key_file: None,
        }
    }
}

/// The parts an [`App`] is made of.
pub struct Parts {
    /// Where everything durable lives.
    pub store: SharedStore,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance.
    pub entropy: Arc<dyn Entropy>,
    /// The client of Meta.
    pub meta: Meta,
    /// The client of Shopify.
    pub shopify: Shopify,
    /// The client of the language model, where there is one.
    pub model: Option<Chat>,
    /// Where mirror and backups are written.
    pub objects: Objects,
    /// Who watches.
    pub watcher: Arc<dyn Watcher>,
    /// The configuration.
    pub settings: Settings,
}

/// Everything a flow may use. Cheap to clone: every request does it, some more than once.
#[derive(Clone)]
pub struct App(Arc<Wired>);

impl Deref for App {
    type Target = Wired;

    fn deref(&self) -> &Wired {
        &self.0
    }
}

/// What an [`App`] shares with its clones.
pub struct Wired {
    parts: Parts,
    model: Option<Arc<Model>>,
    /// The search indexes of the merchants.
    pub(crate) indexes: Arc<Indexes>,
    /// Accounts that may not send for now.
    pub(crate) blocks: Arc<Blocks>,
    /// Conversations whose shopper should see that we are at it.
    pub(crate) typing: Arc<TypingQueue>,
    /// Held by whoever changes the key ring: two at once would each lose the other's key.
    pub(crate) ring: Arc<Mutex<()>>,
    /// How many workers each merchant's jobs are worked at by.
    pub(crate) shares: Arc<Shares<MerchantId>>,
    /// Rung when something became due.
    pub(crate) bell: Arc<Bell>,
    /// Held while a backup is made or read: they share a folder.
    pub(crate) backing_up: Arc<Mutex<()>>,
    /// Tasks that shutdown waits for.
    pub tasks: TaskTracker,
    /// Says that the process is to stop.
    pub stop: CancellationToken,
}

impl fmt::Debug for App {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("App").field("settings", &self.parts.settings).finish_non_exhaustive()
    }
}

impl App {
    /// Wires the parts.
    pub fn new(parts: Parts) -> Self {
        let indexes = Indexes::new(parts.settings.index_folder.clone(), parts.settings.index_delay);
        let model = parts.model.clone().map(|chat| Arc::new(Model::new(chat, &parts.settings.model)));
        Self(Arc::new(Wired {
            parts,
            model,
            indexes: Arc::new(indexes),
            blocks: Arc::default(),
            typing: Arc::default(),
            ring: Arc::default(),
            shares: Arc::new(Shares::at_most(worker::JOBS_EACH)),
            bell: Arc::default(),
            backing_up: Arc::default(),
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }))
    }

    /// Where everything durable lives.
    pub fn store(&self) -> &SharedStore {
        &self.parts.store
    }

    /// The client of Meta.
    pub fn meta(&self) -> &Meta {
        &self.parts.meta
    }

    /// The client of Shopify.
    pub fn shopify(&self) -> &Shopify {
        &self.parts.shopify
    }

    /// The language model, where there is one.
    pub(crate) fn model(&self) -> Option<&Model> {
        self.model.as_deref()
    }

    /// Where mirror and backups are written.
    pub fn objects(&self) -> &Objects {
        &self.parts.objects
    }

    /// The configuration.
    pub fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// Chance.
    pub fn entropy(&self) -> &dyn Entropy {
        self.parts.entropy.as_ref()
    }

    /// Time.
    pub fn clock(&self) -> &dyn Clock {
        self.parts.clock.as_ref()
    }

    /// The wall time.
    pub fn now(&self) -> Timestamp {
        self.parts.clock.now()
    }

    /// Sees work through to its end even if whoever asked for it stops waiting: a token that was traded must be kept.
    pub(crate) async fn see_through<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, FlowError>> + Send + 'static,
    ) -> Result<T, FlowError> {
        self.tasks.spawn(work).await.unwrap_or_else(|broken| Err(FlowError::Internal(Box::new(broken))))
    }

    /// Tells the onlooker.
    pub(crate) fn saw(&self, kind: &'static str, summary: String, data: serde_json::Value) {
        self.parts.watcher.saw(kind, summary, data);
    }

    /// As [`App::saw`], for what happens so often that its words are only made for an onlooker who reads them.
    pub(crate) fn saw_often(&self, kind: &'static str, words: impl FnOnce() -> (String, serde_json::Value)) {
        let watcher = &self.parts.watcher;
        let (summary, data) = if watcher.reads() { words() } else { Default::default() };
        watcher.saw(kind, summary, data);
    }

    /// Milliseconds since `started` by the monotonic clock, for journals.
    pub(crate) fn millis_since(&self, started: Duration) -> f64 {
        self.clock().monotonic().saturating_sub(started).as_secs_f64() * 1_000.0
    }
}
