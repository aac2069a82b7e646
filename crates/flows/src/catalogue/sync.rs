//! Passes over a shop's catalogue, whole or over what changed: page by page into the store, resuming where a crash left them.

use std::time::Duration;

use serde_json::json;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::money::Currency;
use shopclerk_domain::product::Product;
use shopclerk_domain::secret::SecretText;
use shopclerk_storage::nouns::catalogue::{CataloguePage, SyncState};
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::shopify::products::ProductsPage;

use super::discounts;
use super::read::currency;
use crate::app::App;
use crate::connect::{facts, token};
use crate::error::{JobDone, JobError};
use crate::jobs;
use crate::standing::Heard;

/// A run stops after this long and goes on in another: well before its lease ends.
const SLICE: Duration = Duration::from_secs(20);
/// Products per unit, so that a pass never delays an acknowledgement.
const PER_UNIT: usize = 100;

/// What a pass has changed is in the mirror after this long, also where the pass goes on or ends too soon.
const MIRRORED_WITHIN: Duration = Duration::from_mins(1);

/// What the store says when a pass is no longer the one under way.
const SUPERSEDED: &str = "store.conflict";

/// How long a pass that would empty the shelves waits before it is done again.
const SECOND_LOOK: Duration = Duration::from_mins(10);

/// Reads the shop itself and then all its products; what it no longer has is gone afterwards. `attempt` counts the runs
/// that failed before this one.
pub(crate) async fn run(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    attempt: u32,
) -> Result<JobDone, JobError> {
    let started = app.clock().monotonic();
    let (row, tokens) = token::usable_pair(app, merchant, shop).await?;
    let access = &tokens.access;
    let (facts, scopes) = match facts::read(app, merchant, &row, &tokens, Heard::Answered).await {
        Err(error) => return later(app, error),
        Ok(answer) => answer,
    };
    let state = app.store().begin_pass(merchant, shop, app.now()).await?;
    let reading = Reading { app, merchant, shop, access, currency: facts.currency, started };
    let (state, changed) = match reading.to_the_end(state).await? {
        Read::All(state, changed) => (state, changed),
        Read::SoFar(done) => return Ok(done),
    };
    if attempt == 0 && is_suspicious(&state) {
        return Err(JobError::retry_after("catalogue.suspicious", Some(SECOND_LOOK)));
    }
    let mut follow_up = Vec::new();
    if changed > 0 || state.last_complete.is_none() {
        follow_up.push(mirror_job(app, merchant, shop));
    }
    if discounts::are_open(&scopes) {
        let key = shop.to_string();
        follow_up.push(NewJob { merchant, kind: jobs::SYNC_DISCOUNTS, key, run_at: app.now() });
    }
    finish(app, merchant, shop, &state, follow_up).await?;
    Ok(JobDone::Whole)
}

/// Reads what changed since the last pass, so that rows nobody changed are known to be the shop's.
pub(crate) async fn changes(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<JobDone, JobError> {
    let started = app.clock().monotonic();
    let Some(currency) = currency(app, merchant, shop).await? else { return Ok(JobDone::Whole) };
    let access = token::usable(app, merchant, shop).await?;
    let Some(state) = app.store().begin_changes(merchant, shop, app.now()).await? else {
        return Ok(JobDone::Whole);
    };
    let Some(pass) = state.pass else { return Err(JobError::give_up("catalogue.no_pass")) };
    let reading = Reading { app, merchant, shop, access: &access, currency, started };
    let (state, changed) = match reading.to_the_end(state).await {
        Ok(Read::All(state, changed)) => (state, changed),
        Ok(Read::SoFar(done)) => return Ok(done),
        // A pass over everything has begun meanwhile and reads this too.
        Err(error) if error.code == SUPERSEDED => return Ok(JobDone::Whole),
        Err(error) => return Err(error),
    };
    match app.store().finish_changes(merchant, shop, pass).await.map_err(JobError::from) {
        Err(error) if error.code == SUPERSEDED => return Ok(JobDone::Whole),
        finished => finished?,
    }
    if changed > 0 {
        app.store().enqueue(vec![mirror_job(app, merchant, shop)]).await?;
    }
    app.saw(
        "catalogue.changes",
        format!("{} products changed since the last look", state.read),
        json!({ "read": state.read }),
    );
    Ok(JobDone::Whole)
}

/// One run of a pass.
struct Reading<'a> {
    app: &'a App,
    merchant: MerchantId,
    shop: &'a ShopDomain,
    access: &'a SecretText,
    currency: Currency,
    started: Duration,
}

/// How far a run came.
enum Read {
    /// To the last page, with so many products that were other than known.
    All(SyncState, usize),
    /// It goes on in another run.
    SoFar(JobDone),
}

impl Reading<'_> {
    async fn to_the_end(&self, mut state: SyncState) -> Result<Read, JobError> {
        let Self { app, merchant, shop, access, currency, started } = *self;
        let (mut resumed, mut changed) = (true, 0);
        loop {
            let read_at = app.now();
            let cursor = state.cursor.as_deref();
            let page = match app.shopify().products_page(shop, access, cursor, state.since, currency).await {
                // A cursor kept from an earlier run may have become worthless: the pass begins anew rather than never to end.
                Err(UpstreamError::Refused { .. }) if resumed && state.cursor.is_some() => {
                    (resumed, state.cursor) = (false, None);
                    continue;
                }
                Err(error) => return later(app, error).map(Read::SoFar),
                Ok(page) => page,
            };
            resumed = false;
            let last = page.next.is_none();
            let others;
            (state, others) = store_page(app, merchant, shop, state, page, read_at).await?;
            changed += others;
            if last {
                return Ok(Read::All(state, changed));
            }
            let spent = app.clock().monotonic().saturating_sub(started);
            if spent > SLICE || app.stop.is_cancelled() {
                return Ok(Read::SoFar(JobDone::GoOnAt(app.now())));
            }
        }
    }
}

/// A pass that saw less than half of what is on the shelves may be a shop that answers oddly: a second one must agree before
/// the rest is taken down.
fn is_suspicious(state: &SyncState) -> bool {
    state.products > 0 && state.read < state.products / 2 + 1
}

/// A shop that asks us to slow down is no failure: the pass goes on where it was.
fn later(app: &App, error: UpstreamError) -> Result<JobDone, JobError> {
    match error {
        UpstreamError::Limited { retry_after } => {
            Ok(JobDone::GoOnAt(app.now().plus(retry_after.unwrap_or(Duration::from_secs(2)))))
        }
        other => Err(other.into()),
    }
}

async fn store_page(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    state: SyncState,
    page: ProductsPage,
    read_at: Timestamp,
) -> Result<(SyncState, usize), JobError> {
    let Some(pass) = state.pass else { return Err(JobError::give_up("catalogue.no_pass")) };
    for refused in &page.refused {
        tracing::warn!(shop = %shop, product.id = %refused.id, why = %refused.why, "a product was left out");
    }
    let (read, next) = (page.products.len() as u64, page.next);
    let mut changed = 0;
    let mut products = page.products.into_iter().peekable();
    loop {
        let slice: Vec<Product> = products.by_ref().take(PER_UNIT).collect();
        let last = products.peek().is_none();
        // The cursor moves with the page's last slice: a crash before it reads the page again.
        let cursor = if last { next.clone() } else { state.cursor.clone() };
        let jobs =
            vec![NewJob { run_at: app.now().plus(MIRRORED_WITHIN), ..mirror_job(app, merchant, shop) }];
        let slice = CataloguePage { pass, products: slice, cursor, read_at, jobs };
        changed += app.store().store_page(merchant, shop, slice).await?.len();
        if last {
            break;
        }
    }
    if changed > 0 {
        app.indexes.mark(merchant);
        app.bell.ring();
    }
    let state = SyncState { cursor: next, read: state.read + read, ..state };
    app.saw(
        "catalogue.page",
        format!("{} products read", state.read),
        json!({ "read": state.read, "changed": changed, "refused": page.refused.len() }),
    );
    Ok((state, changed))
}

async fn finish(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
    state: &SyncState,
    follow_up: Vec<NewJob>,
) -> Result<(), JobError> {
    let Some(pass) = state.pass else { return Err(JobError::give_up("catalogue.no_pass")) };
    let if_gone = vec![mirror_job(app, merchant, shop)];
    let follows = !follow_up.is_empty();
    let gone = app.store().finish_pass(merchant, shop, pass, if_gone, follow_up).await?;
    if !gone.is_empty() {
        app.indexes.mark(merchant);
    }
    if follows || !gone.is_empty() {
        app.bell.ring();
    }
    app.saw(
        "catalogue.synced",
        format!("{} products are in step with the shop", state.read),
        json!({ "read": state.read, "gone": gone.len() }),
    );
    Ok(())
}

/// The job that writes the shop's products into the mirror, once the changes have gathered.
pub(crate) fn mirror_job(app: &App, merchant: MerchantId, shop: &ShopDomain) -> NewJob {
    NewJob {
        merchant,
        kind: jobs::MIRROR_PRODUCTS,
        key: shop.to_string(),
        run_at: app.now().plus(app.settings().mirror_delay),
    }
}
