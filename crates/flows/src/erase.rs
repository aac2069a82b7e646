//! Forgetting: what the ledger names goes from the store, the mirror and the index. Every step may run twice; what was connected
//! again since it was asked for is left alone.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::{ConnectionState, ShopDomain};
use shopclerk_domain::customer::Customer;
use shopclerk_domain::erasure::{AskedBy, Erased, Subject};
use shopclerk_domain::ids::{AccountId, ConversationId, ErasureId, EventId, MerchantId, ShopperId};
use shopclerk_storage::nouns::erasures::{ErasureRow, NewErasure, Scope, Trace};
use shopclerk_storage::nouns::jobs::NewJob;

use crate::app::App;
use crate::catalogue::indexes;
use crate::connect::stop;
use crate::error::JobError;
use crate::{jobs, mirror};

/// Rows removed in one unit: a few milliseconds.
const SLICE: usize = 200;
/// Conversations looked at together.
const TOGETHER: usize = 200;

/// Does what a line of the ledger asks for, and marks it done.
pub(crate) async fn run(app: &App, merchant: MerchantId, id: ErasureId) -> Result<(), JobError> {
    let Some(row) = app.store().find_erasure(merchant, id).await? else { return Ok(()) };
    if row.done_at.is_some() {
        return Ok(());
    }
    let outcome = apply(app, &row).await?;
    app.store().finish_erasure(merchant, id, outcome, app.now()).await?;
    let what = row.subject.word();
    tracing::info!(merchant.id = %merchant, erasure.id = %id, what, outcome = outcome.word(), "an erasure is done");
    app.saw(
        "erasure.done",
        format!("{what}: {}", outcome.word()),
        json!({ "what": what, "outcome": outcome.word() }),
    );
    Ok(())
}

/// Takes over a ledger that is ahead of the store, as after a restore, and does all of it again before anything is sent.
pub async fn put_back(app: &App, rows: Vec<ErasureRow>) -> Result<(), JobError> {
    app.store().put_back_erasures(rows.clone()).await?;
    for row in &rows {
        let outcome = apply(app, row).await?;
        app.store().finish_erasure(row.merchant, row.id, outcome, app.now()).await?;
    }
    Ok(())
}

/// Does an erasure, whether or not it was done before.
pub async fn apply(app: &App, row: &ErasureRow) -> Result<Erased, JobError> {
    let merchant = row.merchant;
    match &row.subject {
        Subject::Message { conversation, native_id } => {
            message(app, merchant, *conversation, native_id).await
        }
        Subject::Shopper(shopper) => {
            conversations(app, merchant, Scope::Shopper(*shopper)).await?;
            Ok(Erased::Gone)
        }
        Subject::Customer { .. } => customer(app, merchant, row.about.as_ref()).await,
        Subject::Shop(shop) => self::shop(app, row, shop).await,
        Subject::Account(account) => self::account(app, row, *account).await,
        Subject::Merchant => everything(app, row).await,
    }
}

async fn message(
    app: &App,
    merchant: MerchantId,
    conversation: ConversationId,
    native_id: &str,
) -> Result<Erased, JobError> {
    app.store().erase_message(merchant, conversation, native_id, app.now()).await?;
    let key = conversation.to_string();
    let mirrored = NewJob { merchant, kind: jobs::MIRROR_CONVERSATION, key, run_at: app.now() };
    app.store().enqueue(vec![mirrored]).await?;
    Ok(Erased::Gone)
}

/// Whoever of the shoppers the customer may be is written down as a subject of their own.
async fn customer(app: &App, merchant: MerchantId, about: Option<&Customer>) -> Result<Erased, JobError> {
    let Some(about) = about.filter(|about| about.is_known()) else { return Ok(Erased::Gone) };
    for shopper in find_customer(app, merchant, about).await? {
        let erasure = NewErasure {
            id: ErasureId::new(app.now(), app.entropy()),
            subject: Subject::Shopper(shopper),
            asked_by: AskedBy::Erasure,
            about: None,
        };
        app.store().ask_erasures(merchant, vec![erasure], app.now()).await?;
    }
    app.bell.ring();
    Ok(Erased::Gone)
}

/// The shoppers who told us what the customer is recognised by.
pub(crate) async fn find_customer(
    app: &App,
    merchant: MerchantId,
    about: &Customer,
) -> Result<Vec<ShopperId>, JobError> {
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let traces = app.store().list_traces(merchant, Scope::Merchant, after, TOGETHER).await?;
        let Some(last) = traces.last() else { break };
        after = Some(last.conversation);
        let ids = traces.iter().map(|trace| trace.conversation).collect();
        found.extend(app.store().list_shoppers_who_are(merchant, about, ids).await?);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// A shop that lets us in is not one that wants to be forgotten: its word is old, or somebody else's.
async fn shop(app: &App, row: &ErasureRow, shop: &ShopDomain) -> Result<Erased, JobError> {
    let merchant = row.merchant;
    let shops = app.store().list_shops(merchant).await?;
    if let Some(known) = shops.iter().find(|known| known.shop.domain == *shop)
        && known.shop.state != ConnectionState::Disconnected
    {
        let anew = known.connected_at > row.asked_at;
        if anew || !stop::is_gone(app, merchant, shop).await? {
            return Ok(Erased::Superseded);
        }
        if !stop::shop(app, merchant, shop, row.asked_at).await? {
            return Ok(Erased::Superseded);
        }
    }
    if shops.iter().all(|known| known.shop.domain == *shop) {
        return everything(app, row).await;
    }
    while app.store().erase_goods(merchant, Some(shop), SLICE).await? {}
    indexes::forget(app, merchant).await?;
    mirror::remove_all(app, merchant, &format!("/shopify/{shop}")).await?;
    app.store().erase_rest(merchant, &row.subject).await?;
    Ok(Erased::Gone)
}

async fn account(app: &App, row: &ErasureRow, account: AccountId) -> Result<Erased, JobError> {
    let merchant = row.merchant;
    let Some(known) = app.store().find_account(merchant, account).await? else { return Ok(Erased::Gone) };
    if !stop::account(app, merchant, account, row.asked_at).await? {
        return Ok(Erased::Superseded);
    }
    conversations(app, merchant, Scope::Account(account)).await?;
    mirror::remove_all(app, merchant, &format!("/facebook/{}", known.account.native_id)).await?;
    app.store().erase_rest(merchant, &row.subject).await?;
    Ok(Erased::Gone)
}

async fn everything(app: &App, row: &ErasureRow) -> Result<Erased, JobError> {
    let merchant = row.merchant;
    for known in app.store().list_shops(merchant).await? {
        if !stop::shop(app, merchant, &known.shop.domain, row.asked_at).await? {
            return Ok(Erased::Superseded);
        }
    }
    for known in app.store().list_accounts(merchant).await? {
        if !stop::account(app, merchant, known.account.id, row.asked_at).await? {
            return Ok(Erased::Superseded);
        }
    }
    conversations(app, merchant, Scope::Merchant).await?;
    while app.store().erase_goods(merchant, None, SLICE).await? {}
    indexes::forget(app, merchant).await?;
    mirror::remove_all(app, merchant, "").await?;
    app.store().erase_rest(merchant, &Subject::Merchant).await?;
    Ok(Erased::Gone)
}

/// Conversations, page by page: cut off first, so that nothing is added while they go.
async fn conversations(app: &App, merchant: MerchantId, scope: Scope) -> Result<(), JobError> {
    let (mut all, mut after) = (HashSet::new(), None);
    loop {
        let traces = app.store().list_traces(merchant, scope, after, TOGETHER).await?;
        let Some(last) = traces.last() else { break };
        after = Some(last.conversation);
        remove_mirrored(app, merchant, &traces).await?;
        let ids: Vec<ConversationId> = traces.iter().map(|trace| trace.conversation).collect();
        app.store().cut_off(merchant, ids.clone(), None).await?;
        // Once more: one may have been on its way into the mirror.
        remove_mirrored(app, merchant, &traces).await?;
        all.extend(ids);
    }
    events(app, merchant, Arc::new(all.clone())).await?;
    for conversation in all {
        while app.store().erase_conversation(merchant, conversation, SLICE).await? {}
    }
    Ok(())
}

/// A shopper of whom nothing but the names is left: nobody has written since `before`.
pub(crate) async fn silent_shopper(
    app: &App,
    merchant: MerchantId,
    shopper: ShopperId,
    before: Timestamp,
) -> Result<(), JobError> {
    let traces = app.store().list_traces(merchant, Scope::Shopper(shopper), None, TOGETHER).await?;
    let ids = traces.iter().map(|trace| trace.conversation).collect();
    let cut = app.store().cut_off(merchant, ids, Some(before)).await?;
    let silent: Vec<Trace> = traces.into_iter().filter(|trace| cut.contains(&trace.conversation)).collect();
    remove_mirrored(app, merchant, &silent).await?;
    for conversation in cut {
        while app.store().erase_conversation(merchant, conversation, SLICE).await? {}
    }
    Ok(())
}

async fn remove_mirrored(app: &App, merchant: MerchantId, traces: &[Trace]) -> Result<(), JobError> {
    for trace in traces {
        let Some(alias) = &trace.alias else { continue };
        let path = mirror::conversation_path(&trace.account, alias.expose());
        mirror::remove(app, merchant, &path).await?;
    }
    Ok(())
}

async fn events(
    app: &App,
    merchant: MerchantId,
    conversations: Arc<HashSet<ConversationId>>,
) -> Result<(), JobError> {
    if conversations.is_empty() {
        return Ok(());
    }
    let mut from = Some(EventId(0));
    while let Some(place) = from {
        let look = app.store().look_through_inbox(merchant, Arc::clone(&conversations), place).await?;
        for slice in look.events.chunks(SLICE) {
            app.store().erase_events(merchant, slice.to_vec()).await?;
        }
        from = look.next;
    }
    Ok(())
}
