//! The house the stories play in: a store, a clock, and the few people in it.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use shopclerk_domain::channel::{ChannelKind, ShopperAlias};
use shopclerk_domain::clock::{Clock as _, ManualClock, Timestamp};
use shopclerk_domain::connection::{ShopDomain, ShopFacts, TokenSource};
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::entropy::{self, Entropy as _, SeededEntropy};
use shopclerk_domain::event::{ConversationEvent, DedupKey, EventKind};
use shopclerk_domain::fault::{FaultPoints, NoFaults};
use shopclerk_domain::ids::{AccountId, EventId, MerchantId, PartId, ProductId, TurnId, VariantId};
use shopclerk_domain::message::{Author, Content, Message, Part};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::product::{Product, ProductStatus, Stock, Variant};
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_storage::nouns::connections::{
    AccountConnected, ConnectAccount, ConnectShop, ShopConnected, ShopTokens, Signup,
};
use shopclerk_storage::nouns::conversations::{FinishedTurn, Leased, OptOut};
use shopclerk_storage::nouns::inbox::{Accepted, Delivery, Settle};
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_storage::nouns::sessions::NewSession;
use shopclerk_storage::{KeyRing, OpenError, SharedStore, SqliteOptions, SqliteStore, open_sqlite};
use tempfile::TempDir;

/// Saturday morning in November.
pub(crate) const MORNING: Timestamp = Timestamp::from_millis(1_795_250_000_000);

pub(crate) const RING: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// The person who grants accounts in the stories.
pub(crate) const MIA: &str = "10220004512345678";

/// How long a lease holds in the stories.
pub(crate) const HOLD: Duration = Duration::from_mins(1);

/// How long a person's word silences the clerk in the stories.
pub(crate) const PAUSE: Duration = Duration::from_mins(30);

static NEXT_EVENT: AtomicU64 = AtomicU64::new(1);

pub(crate) struct House {
    pub(crate) store: SharedStore,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) entropy: Arc<SeededEntropy>,
    pub(crate) folder: TempDir,
    sqlite: Arc<SqliteStore>,
}

/// However a story went: each event that waits is found from its conversation, once, or is still to be linked to it.
impl Drop for House {
    fn drop(&mut self) {
        let store = self.folder.path().join("shopclerk.db");
        if std::thread::panicking() || !store.exists() {
            return;
        }
        let db = Connection::open_with_flags(store, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let events = |sql: &str| -> Vec<i64> {
            let mut statement = db.prepare(sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let waiting = events(
            "SELECT event FROM inbox WHERE state = 'waiting'
            AND event <= (SELECT value FROM meta WHERE name = 'linked_up_to')
            AND conversation NOT IN (
                SELECT conversation FROM conversations WHERE alias LIKE 'erased:%'
            ) ORDER BY event",
        );
        let linked = events(
            "WITH RECURSIVE linked (event, owner) AS (
                SELECT newest_waiting, conversation FROM conversations WHERE newest_waiting IS NOT NULL
                UNION ALL
                SELECT i.older, l.owner FROM linked l JOIN inbox i ON i.event = l.event AND i.conversation = l.owner
                WHERE i.older IS NOT NULL
                LIMIT 10000
            ) SELECT event FROM linked ORDER BY event",
        );
        assert_eq!(linked, waiting);
    }
}

/// A merchant with a shop and an account.
#[derive(Clone, Debug)]
pub(crate) struct Stall {
    pub(crate) merchant: MerchantId,
    pub(crate) shop: ShopDomain,
    pub(crate) account: AccountId,
    pub(crate) page: String,
}

pub(crate) async fn open_in(
    folder: &Path,
    ring: &str,
    clock: Arc<ManualClock>,
    faults: Arc<dyn FaultPoints>,
) -> Result<SqliteStore, OpenError> {
    let keys = KeyRing::parse(ring).unwrap();
    let entropy = Arc::new(SeededEntropy::new(MORNING.millis().unsigned_abs()));
    let settle = Settle { quiet_ms: 800, at_most_ms: 3_000 };
    open_sqlite(SqliteOptions { folder: folder.to_owned(), keys, clock, entropy, faults, settle }).await
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with_faults(Arc::new(NoFaults)).await
    }

    pub(crate) async fn with_faults(faults: Arc<dyn FaultPoints>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(ManualClock::at(MORNING));
        let sqlite = Arc::new(open_in(folder.path(), RING, clock.clone(), faults).await.unwrap());
        let entropy = Arc::new(SeededEntropy::new(2));
        Self { store: sqlite.clone(), clock, entropy, folder, sqlite }
    }

    /// A house with one stall, for the many stories that need no second.
    pub(crate) async fn with_stall() -> (Self, Stall) {
        let house = Self::new().await;
        let stall = house.stall("nordlys").await;
        (house, stall)
    }

    /// Closes the store as the process would at its end, and opens it again.
    pub(crate) async fn reopen(mut self) -> Self {
        self.sqlite.close().await;
        let folder = self.folder.path();
        let sqlite = open_in(folder, RING, self.clock.clone(), Arc::new(NoFaults)).await.unwrap();
        self.sqlite = Arc::new(sqlite);
        self.store = self.sqlite.clone();
        self
    }

    pub(crate) async fn close(&self) {
        self.sqlite.close().await;
    }

    /// The store as the engine it is.
    pub(crate) fn sqlite(&self) -> &SqliteStore {
        &self.sqlite
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn wait(&self, span: Duration) {
        self.clock.advance(span);
    }

    pub(crate) fn hash(&self) -> [u8; 32] {
        entropy::bytes(&*self.entropy)
    }

    pub(crate) async fn stall(&self, name: &str) -> Stall {
        let shop = ShopDomain::parse_typed(name).unwrap();
        let connected = self.store.connect_shop(self.shop(name), self.now()).await.unwrap();
        let ShopConnected::Merchant(merchant) = connected else { panic!("{connected:?}") };
        let page = format!("page of {name}");
        let account = self.connect_page(merchant, &page, Some("EAAB-page")).await;
        let AccountConnected::Connected(account) = account else { panic!("{account:?}") };
        Stall { merchant, shop, account, page }
    }

    /// A shop about to be connected.
    pub(crate) fn shop(&self, name: &str) -> ConnectShop {
        ConnectShop {
            shop: ShopDomain::parse_typed(name).unwrap(),
            new_merchant: MerchantId::new(self.now(), &*self.entropy),
            signup: Signup::Open,
            signed_in: None,
            scopes: vec!["read_products".to_owned()],
            tokens: tokens("shpat-first", None),
            facts: Some(facts(name)),
            cause: None,
            session: Some(NewSession { id: self.hash() }),
            ends_session: None,
            jobs: Vec::new(),
        }
    }

    pub(crate) async fn connect_page(
        &self,
        merchant: MerchantId,
        page: &str,
        token: Option<&str>,
    ) -> AccountConnected {
        let account = ConnectAccount {
            new_id: AccountId::new(self.now(), &*self.entropy),
            channel: ChannelKind::Messenger,
            native_id: page.to_owned(),
            name: "Nordlys Candles".to_owned(),
            token: token.map(secret),
            data: json!({ "id": page, "name": "Nordlys Candles" }),
            cause: None,
            granted_by: Some(MIA.to_owned()),
        };
        let connect = self.store.connect_accounts(
            merchant,
            secret("EAAB-user"),
            None,
            vec![account],
            Vec::new(),
            self.now(),
        );
        connect.await.unwrap().remove(0)
    }

    pub(crate) async fn deliver(&self, events: Vec<ConversationEvent>) -> Accepted {
        let delivery = Delivery { conversations: events, ..Delivery::default() };
        self.store.accept(delivery, self.now(), self.now().plus(PAUSE)).await.unwrap()
    }

    /// An event of `shopper` at `stall`, happening now.
    pub(crate) fn event(&self, stall: &Stall, shopper: &str, kind: EventKind) -> ConversationEvent {
        let number = NEXT_EVENT.fetch_add(1, Ordering::Relaxed);
        let mut dedup = [0; 16];
        dedup[..8].copy_from_slice(&number.to_be_bytes());
        SeededEntropy::new(number).fill(&mut dedup[8..]);
        ConversationEvent {
            channel: ChannelKind::Messenger,
            account: stall.page.clone(),
            shopper: ShopperAlias::parse(shopper).unwrap(),
            kind,
            dedup: DedupKey(dedup),
            native_id: Some(format!("m_{number}")),
            at: self.now(),
            body: format!("body of m_{number}").into_bytes(),
        }
    }

    pub(crate) async fn writes(&self, stall: &Stall, shopper: &str) -> ConversationEvent {
        let event = self.event(stall, shopper, EventKind::Message);
        let accepted = self.deliver(vec![event.clone()]).await;
        assert_eq!(accepted.stored.len(), 1);
        event
    }

    pub(crate) async fn person_writes(&self, stall: &Stall, shopper: &str) {
        self.deliver(vec![self.event(stall, shopper, EventKind::PersonEcho)]).await;
    }

    /// Lets what was written settle, and leases it.
    pub(crate) async fn lease_settled(&self) -> Leased {
        self.wait(Duration::from_secs(3));
        self.lease().await.unwrap()
    }

    pub(crate) async fn lease(&self) -> Option<Leased> {
        self.store.lease_conversation(self.now(), HOLD).await.unwrap()
    }

    pub(crate) async fn release(&self, leased: &Leased) {
        self.store.release(&leased.lease, self.now()).await.unwrap();
    }

    /// A turn over all events of a lease that answers with these parts.
    pub(crate) fn turn(&self, leased: &Leased, says: &[&str]) -> FinishedTurn {
        let part = |text: &&str| {
            let id = PartId::new(self.now(), &*self.entropy);
            let content = Content::Text { text: (*text).to_owned(), choices: Vec::new() };
            (id, Part { content, claims: Vec::new() })
        };
        FinishedTurn {
            turn: TurnId::new(self.now(), &*self.entropy),
            at: self.now(),
            events: ids(leased),
            heard: heard(leased),
            parts: says.iter().map(part).collect(),
            memory: Memory { words: "candles".to_owned(), ..Memory::default() },
            disclosed: false,
            pause_until: None,
            opt_out: OptOut::Stays,
            provenance: "{}".to_owned(),
            rows: Vec::new(),
            jobs: Vec::new(),
            begin: None,
        }
    }

    /// Ana writes, and a turn answers with these parts, which wait to be sent.
    pub(crate) async fn answered(&self, stall: &Stall, says: &[&str]) -> (Leased, FinishedTurn) {
        self.writes(stall, "ana").await;
        let leased = self.lease_settled().await;
        let turn = self.turn(&leased, says);
        self.store.finish_turn(&leased.lease, turn.clone()).await.unwrap();
        (leased, turn)
    }

    /// The whole history as `author: text`.
    pub(crate) async fn history(&self, leased: &Leased) -> Vec<String> {
        let lease = &leased.lease;
        let messages = self.store.list_messages(lease.merchant, lease.conversation, 100).await.unwrap();
        let line = |message: Message| {
            format!("{}: {}", message.author.word(), message.text.as_deref().unwrap_or("(nothing)"))
        };
        messages.into_iter().map(line).collect()
    }

    pub(crate) async fn due(&self) -> Vec<String> {
        self.store.list_due(self.now(), 100).await.unwrap()
    }
}

pub(crate) fn ids(leased: &Leased) -> Vec<EventId> {
    leased.events.iter().map(|event| event.id).collect()
}

/// What the shopper said in the events of a lease: the stories' bodies are their own text.
pub(crate) fn heard(leased: &Leased) -> Vec<Message> {
    let said = leased.events.iter().filter(|event| event.kind == "message");
    let message = said.map(|event| Message {
        author: Author::Shopper,
        native_id: event.native_id.clone(),
        text: Some(String::from_utf8(event.body.clone()).unwrap()),
        at: event.at,
    });
    message.collect()
}

pub(crate) fn secret(text: &str) -> SecretText {
    Secret::new(text.to_owned())
}

pub(crate) fn tokens(access: &str, access_ends: Option<Timestamp>) -> ShopTokens {
    ShopTokens {
        access: secret(access),
        access_ends,
        refresh: Some(secret("shprt-first")),
        refresh_ends: None,
        generation: 0,
        source: TokenSource::Grant,
        worked: false,
    }
}

pub(crate) fn facts(name: &str) -> ShopFacts {
    ShopFacts {
        name: name.to_owned(),
        currency: Currency::USD,
        url: format!("https://{name}.example"),
        timezone: "Europe/Oslo".to_owned(),
    }
}

pub(crate) fn job(merchant: MerchantId, key: &str, run_at: Timestamp) -> NewJob {
    NewJob { merchant, kind: "sync_catalogue", key: key.to_owned(), run_at }
}

/// A candle with one variant.
pub(crate) fn candle(id: u64, cents: i64) -> Product {
    let variant = Variant {
        id: VariantId::new(id.wrapping_mul(10)),
        stock_item: id.wrapping_mul(100),
        options: Vec::new(),
        sku: format!("C-{id}"),
        price: Money::new(cents, Currency::USD),
        compare_at: Some(Money::new(cents + 500, Currency::USD)),
        stock: Stock { for_sale: true, counted: true, quantity: 7, oversell: false },
        image: None,
    };
    Product {
        id: ProductId::new(id),
        handle: format!("candle-{id}"),
        title: format!("Candle {id}"),
        vendor: "Nordlys".to_owned(),
        product_type: "Candle".to_owned(),
        tags: vec!["warm".to_owned()],
        description: "Burns for a long evening.".to_owned(),
        status: ProductStatus::Active,
        url: Some(format!("https://nordlys.example/products/candle-{id}")),
        image: None,
        options: Vec::new(),
        collections: vec!["Gifts".to_owned()],
        in_collections: Vec::new(),
        facts: vec![("wax".to_owned(), "soy".to_owned())],
        gift_card: false,
        subscription_only: false,
        updated_at: MORNING,
        variants: vec![variant],
    }
}
