//! Deliveries: the signature first, then everything it says on disk in one unit, then the answer. Nothing else happens
//! between receipt and answer: no upstream call, no search.

use http::HeaderMap;
use serde_json::json;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::erasure::{AskedBy, Subject};
use shopclerk_domain::event::{AccountEvent, AccountNews, ShopEvent, ShopHint};
use shopclerk_domain::ids::{ErasureId, MerchantId};
use shopclerk_storage::StoreError;
use shopclerk_storage::installation::QuarantinePiece;
use shopclerk_storage::nouns::erasures::NewErasure;
use shopclerk_storage::nouns::inbox::{
    Accepted, AccountJob, Delivery, FollowUp, NewDataRequest, Quarantined,
};
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::self_test;
use shopclerk_upstream::shopify::webhook::ReadWebhook;

use crate::app::App;
use crate::error::FlowError;
use crate::reply::BLOCK_WAIT;
use crate::{connection_check, jobs};

/// Who delivers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Meta, for Messenger.
    Messenger,
    /// Shopify.
    Shopify,
}

impl Source {
    /// The stable word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Messenger => "messenger",
            Self::Shopify => "shopify",
        }
    }
}

/// Stores a delivery; durable when it returns. The headers are let go before that is waited for.
pub async fn accept(app: &App, source: Source, headers: HeaderMap, body: &[u8]) -> Result<(), FlowError> {
    match source {
        Source::Messenger => accept_messenger(app, headers, body).await,
        Source::Shopify => accept_shopify(app, headers, body).await,
    }
}

async fn accept_messenger(app: &App, headers: HeaderMap, body: &[u8]) -> Result<(), FlowError> {
    let (started, now) = (app.clock().monotonic(), app.now());
    if !app.meta().verify_delivery(&headers, body, now) {
        return Err(FlowError::BadSignature);
    }
    drop(headers);
    if let Some(nonce) = self_test::nonce(body) {
        return connection_check::tick(app, &nonce).await;
    }
    let read = app.meta().read_delivery(body);
    let delivery = Delivery {
        conversations: read.events,
        accounts: followed_accounts_up(app, read.accounts, now),
        quarantined: read
            .broken
            .into_iter()
            .map(|broken| Quarantined {
                source: Source::Messenger.word(),
                why: broken.why,
                head: None,
                body: broken.bytes,
            })
            .collect(),
        ..Delivery::default()
    };
    if delivery.conversations.is_empty() && delivery.accounts.is_empty() && delivery.quarantined.is_empty() {
        return Ok(());
    }
    let quarantined = delivery.quarantined.len();
    let accepted = store(app, delivery, now).await?;
    after_storing(app, &accepted);
    tell(app, Source::Messenger, &accepted, quarantined, app.millis_since(started));
    Ok(())
}

async fn accept_shopify(app: &App, headers: HeaderMap, body: &[u8]) -> Result<(), FlowError> {
    let (started, now) = (app.clock().monotonic(), app.now());
    if !app.shopify().verify_delivery(&headers, body, now) {
        return Err(FlowError::BadSignature);
    }
    if let Some(nonce) = self_test::nonce(body) {
        return connection_check::tick(app, &nonce).await;
    }
    let mut delivery = Delivery::default();
    match app.shopify().read_delivery(&headers, body, now) {
        ReadWebhook::Event(event) => delivery.shop.push(followed_up(app, event).await?),
        ReadWebhook::Broken { why } => {
            let head = Some(shopclerk_upstream::shopify::webhook::head(&headers));
            let source = Source::Shopify.word();
            delivery.quarantined.push(Quarantined { source, why, head, body: body.to_vec() });
        }
    }
    drop(headers);
    let quarantined = delivery.quarantined.len();
    let accepted = store(app, delivery, now).await?;
    after_storing(app, &accepted);
    tell(app, Source::Shopify, &accepted, quarantined, app.millis_since(started));
    Ok(())
}

/// Gives a quarantined piece the effect it should have had: what is read out of it is stored in the unit in which it leaves
/// the quarantine.
pub(crate) async fn accept_again(app: &App, row: i64, piece: &QuarantinePiece) -> Result<(), FlowError> {
    let mut delivery = Delivery { releases: Some(row), ..Delivery::default() };
    if piece.source == Source::Messenger.word() {
        let read = app.meta().read_again(&piece.body);
        if !read.broken.is_empty() {
            return Err(FlowError::StillUnreadable);
        }
        delivery.conversations = read.events;
        delivery.accounts = followed_accounts_up(app, read.accounts, app.now());
    } else {
        let head = piece.head.as_deref().unwrap_or_default();
        match shopclerk_upstream::shopify::webhook::read_again(head, &piece.body, piece.received_at) {
            ReadWebhook::Event(event) => delivery.shop.push(followed_up(app, event).await?),
            ReadWebhook::Broken { .. } => return Err(FlowError::StillUnreadable),
        }
    }
    let accepted =
        app.store().accept(delivery, app.now(), app.now().plus(app.settings().person_pause)).await?;
    after_storing(app, &accepted);
    Ok(())
}

/// An event of a shop with what follows it up. A shop that nobody here has is counted by the unit that would have
/// kept its hint.
async fn followed_up(app: &App, event: ShopEvent) -> Result<(ShopEvent, FollowUp), FlowError> {
    let merchant = app.store().merchant_of_shop(&event.shop).await?;
    let follow_up = merchant.map_or(FollowUp::Nothing, |merchant| follow_up(app, merchant, &event));
    Ok((event, follow_up))
}

/// Wakes whoever has work to do with it now: what came of conversations leads to no job.
fn after_storing(app: &App, accepted: &Accepted) {
    for stored in accepted.stored.iter().filter(|stored| stored.asks_for_reply) {
        app.typing.add(stored.merchant, stored.conversation, stored.at, app.clock().monotonic());
    }
    for (account, news) in &accepted.moved {
        let now = app.now();
        let until = if *news == AccountNews::Blocked { now.plus(BLOCK_WAIT) } else { now };
        app.blocks.note(*account, until, now);
    }
    if accepted.hints + accepted.noted > 0 {
        app.bell.ring();
    } else if accepted.stored.iter().any(|stored| stored.waits) {
        app.bell.ring_for_talk();
    }
}

async fn store(app: &App, delivery: Delivery, now: Timestamp) -> Result<Accepted, FlowError> {
    match app.store().accept(delivery, now, now.plus(app.settings().person_pause)).await {
        // Not on disk, so not acknowledged: the platform delivers again, and is told when.
        Err(StoreError::Unavailable(source)) => {
            tracing::error!(error = %source, "a delivery could not be stored");
            Err(FlowError::Busy)
        }
        accepted => Ok(accepted?),
    }
}

/// What is said of an account is followed up by reading it again, once all that came with it has come.
fn followed_accounts_up(
    app: &App,
    events: Vec<AccountEvent>,
    now: Timestamp,
) -> Vec<(AccountEvent, Option<AccountJob>)> {
    let job = |news| match news {
        AccountNews::Changed => {
            Some(AccountJob { kind: jobs::READ_ACCOUNT, run_at: now.plus(app.settings().mirror_delay) })
        }
        AccountNews::Regranted => Some(AccountJob { kind: jobs::SUBSCRIBE_ACCOUNT, run_at: now }),
        AccountNews::Blocked | AccountNews::Unblocked | AccountNews::Noted => None,
    };
    let followed_up = |event: AccountEvent| {
        let job = job(event.news);
        (event, job)
    };
    events.into_iter().map(followed_up).collect()
}

/// What a shop's word leads to: mostly a job that reads again what has changed. Bursts about one product become one job.
fn follow_up(app: &App, merchant: MerchantId, event: &ShopEvent) -> FollowUp {
    let erase = |subject, about| {
        let id = ErasureId::new(app.now(), app.entropy());
        FollowUp::Erase(merchant, NewErasure { id, subject, asked_by: AskedBy::Shop, about })
    };
    let (kind, key) = match &event.hint {
        ShopHint::ProductChanged(product) | ShopHint::ProductDeleted(product) => {
            (jobs::READ_PRODUCT, format!("{}/{product}", event.shop))
        }
        ShopHint::StockChanged(item) => (jobs::READ_STOCK_ITEM, format!("{}/{item}", event.shop)),
        ShopHint::ShopChanged => (jobs::SYNC_CATALOGUE, event.shop.to_string()),
        ShopHint::DiscountsChanged => (jobs::SYNC_DISCOUNTS, event.shop.to_string()),
        ShopHint::Removed => (jobs::STOP_SHOP, event.shop.to_string()),
        ShopHint::CustomerAsked { request, about } => {
            let request = format!("{}/{request}", event.shop);
            return FollowUp::Tell(merchant, NewDataRequest { request, about: about.clone() });
        }
        ShopHint::CustomerErased { number, about } => {
            let subject = Subject::Customer { shop: event.shop.clone(), number: *number };
            return erase(subject, Some(about.clone()));
        }
        ShopHint::Erased => return erase(Subject::Shop(event.shop.clone()), None),
        ShopHint::Other(_) => return FollowUp::Nothing,
    };
    FollowUp::Job(NewJob { merchant, kind, key, run_at: app.now() })
}

fn tell(app: &App, source: Source, accepted: &Accepted, quarantined: usize, millis: f64) {
    app.saw_often("inbox.accepted", || words(source, accepted, quarantined, millis));
}

fn words(
    source: Source,
    accepted: &Accepted,
    quarantined: usize,
    millis: f64,
) -> (String, serde_json::Value) {
    let rows: Vec<i64> = accepted.stored.iter().map(|stored| stored.event.0).collect();
    let new = rows.len() + accepted.hints + accepted.noted;
    let summary = match (new, accepted.duplicates, quarantined) {
        (0, 0, 0) => "nothing we serve; acknowledged".to_owned(),
        (0, 0, parked) => format!("{parked} could not be read and wait for a person; acknowledged"),
        (0, known, _) => format!("{known} known already; acknowledged"),
        (1, ..) => format!("1 event on disk in {millis:.1} ms"),
        (many, ..) => format!("{many} events on disk in {millis:.1} ms"),
    };
    let data = json!({
        "source": source.word(), "rows": rows, "hints": accepted.hints, "noted": accepted.noted,
        "duplicates": accepted.duplicates,
        "unknown": accepted.unknown, "quarantined": quarantined, "millis": millis,
    });
    (summary, data)
}

/// Answers Meta's question whether this address is ours; raw query in, challenge out.
pub fn handshake(app: &App, query: &str) -> Result<String, FlowError> {
    app.meta().handshake(query).ok_or(FlowError::HandshakeFailed)
}
