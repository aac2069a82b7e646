//! The kinds of durable follow-up work, and which flow does each.

use std::time::Duration;

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use shopclerk_domain::connection::{ConnectionName, ShopDomain};
use shopclerk_domain::entropy;
use shopclerk_domain::ids::{AccountId, ConversationId, ErasureId, MerchantId, ProductId};
use shopclerk_storage::nouns::jobs::{JobLane, LeasedJob, NewJob};
use shopclerk_storage::nouns::{data_requests, erasures};
use shopclerk_upstream::UpstreamError;

use crate::app::App;
use crate::error::{FlowError, JobDone, JobError, NextTry};
use crate::mirror::{self, Subject};
use crate::work::retry;
use crate::{account, backup, catalogue, connect, connection_check, data_request, erase, poll, standing};

/// Switch an account's deliveries on and read them back; key: the account.
pub const SUBSCRIBE_ACCOUNT: &str = "subscribe_account";
/// Switch a shop's webhooks on and read them back; key: the shop.
pub const SUBSCRIBE_SHOP: &str = "subscribe_shop";
/// Read a shop and all its products; key: the shop.
pub const SYNC_CATALOGUE: &str = "sync_catalogue";
/// Read what changed in a shop since the last pass; key: the shop.
pub const SYNC_CHANGES: &str = "sync_changes";
/// Read a shop's discounts; key: the shop.
pub const SYNC_DISCOUNTS: &str = "sync_discounts";
/// Look at an account; key: the account.
pub const POLL_ACCOUNT: &str = "poll_account";
/// Try a shop both ways; key: the shop.
pub const TEST_SHOP: &str = "test_shop";
/// Try an account both ways; key: the account.
pub const TEST_ACCOUNT: &str = "test_account";
/// Read one product again; key: the shop, a slash, the product.
pub const READ_PRODUCT: &str = "read_product";
/// Read the product of a stock item again; key: the shop, a slash, the item.
pub const READ_STOCK_ITEM: &str = "read_stock_item";
/// Renew a shop's token; key: the shop.
pub const RENEW_TOKEN: &str = "renew_token";
/// Ask what an account's token is worth; key: the account.
pub const CHECK_ACCOUNT: &str = "check_account";
/// Ask what the token of who connected the accounts is worth; key: the merchant.
pub const CHECK_PERSON: &str = "check_person";
/// Write what a shop says of itself into the mirror; key: the shop.
pub const MIRROR_SHOP: &str = "mirror_shop";
/// Read what a channel says of an account again; key: the account.
pub const READ_ACCOUNT: &str = "read_account";
/// Find out whether a shop has really removed us, and stop it if so; key: the shop.
pub const STOP_SHOP: &str = "stop_shop";
/// Forget what a line of the ledger names; key: the line.
pub const ERASE: &str = erasures::ERASE;
/// Gather what we know of a shop's customer; key: the request.
pub const ANSWER_DATA_REQUEST: &str = data_requests::ANSWER_DATA_REQUEST;
/// Write a shop's products into the mirror; key: the shop.
pub const MIRROR_PRODUCTS: &str = "mirror_products";
/// Write what a channel says of an account into the mirror; key: the account.
pub const MIRROR_ACCOUNT: &str = "mirror_account";
/// Write a conversation into the mirror; key: the conversation.
pub const MIRROR_CONVERSATION: &str = "mirror_conversation";
/// Keep a shop's newest token pair beside the backups; key: the shop.
pub const KEEP_TOKENS: &str = "keep_tokens";

const KINDS: &[&str] = &[
    SUBSCRIBE_ACCOUNT,
    SUBSCRIBE_SHOP,
    SYNC_CATALOGUE,
    SYNC_CHANGES,
    SYNC_DISCOUNTS,
    POLL_ACCOUNT,
    TEST_SHOP,
    TEST_ACCOUNT,
    READ_PRODUCT,
    READ_STOCK_ITEM,
    RENEW_TOKEN,
    CHECK_ACCOUNT,
    CHECK_PERSON,
    READ_ACCOUNT,
    STOP_SHOP,
    ERASE,
    ANSWER_DATA_REQUEST,
    MIRROR_SHOP,
    MIRROR_PRODUCTS,
    MIRROR_ACCOUNT,
    MIRROR_CONVERSATION,
    KEEP_TOKENS,
];

/// After this many failures in a row a job waits for a person.
const MOST_ATTEMPTS: u32 = 12;
/// A token that is refused is renewed for so many attempts of a job; later refusals are taken at their word.
const RENEWED_FOR: u32 = 3;
/// Waited for at least, where the other side asks us to slow down.
const SLOWED_DOWN: Duration = Duration::from_secs(1);

/// Does the job of the lane that has been due the longest; `false` when none is due.
pub(crate) async fn do_next(app: &App, lane: JobLane) -> Result<bool, FlowError> {
    // Objects have workers of their own, whose place may be slow for all alike.
    let full = if lane == JobLane::Errands { app.shares.full() } else { Vec::new() };
    let Some(job) = app.store().lease_job(lane, app.now(), app.settings().lease, &full).await? else {
        return Ok(false);
    };
    let share = (lane == JobLane::Errands).then(|| app.shares.take(job.merchant));
    let done = do_leased(app, &job).await;
    let was_full = !app.shares.full().is_empty();
    drop(share);
    if was_full {
        // What was left aside may go on.
        app.bell.ring();
    }
    done
}

async fn do_leased(app: &App, job: &LeasedJob) -> Result<bool, FlowError> {
    match run_safely(app, job).await {
        Ok(done) => finish(app, job, done).await?,
        // It has stopped since this was put up: there is nothing to do for it any more.
        Err(error) if error.code == "shop.disconnected" => finish(app, job, JobDone::Whole).await?,
        Err(error) => match slowed_down(app, &error) {
            Some(done) => finish(app, job, done).await?,
            None => settle_failure(app, job, error).await?,
        },
    }
    Ok(true)
}

/// Who asks us to slow down is waited for as long as it takes; that is no failure, so nothing is counted.
fn slowed_down(app: &App, error: &JobError) -> Option<JobDone> {
    let NextTry::Later(hint) = error.next else { return None };
    let wait = hint.unwrap_or(SLOWED_DOWN).max(SLOWED_DOWN);
    (error.code == "upstream.limited").then(|| JobDone::GoOnAt(app.now().plus(wait)))
}

async fn finish(app: &App, job: &LeasedJob, done: JobDone) -> Result<(), FlowError> {
    let next = match (done, KINDS.iter().find(|kind| job.kind == **kind)) {
        (JobDone::GoOnAt(run_at), Some(kind)) => {
            vec![NewJob { merchant: job.merchant, kind, key: job.key.clone(), run_at }]
        }
        (JobDone::GoOnAt(_) | JobDone::Whole, _) => Vec::new(),
    };
    Ok(app.store().finish_job(job, next, app.now()).await?)
}

/// A job that makes us panic is counted as failed, so that it cannot come back for ever.
async fn run_safely(app: &App, job: &LeasedJob) -> Result<JobDone, JobError> {
    let run = AssertUnwindSafe(run(app, job)).catch_unwind().await;
    run.unwrap_or_else(|_| Err(JobError::retry("job.panicked")))
}

async fn run(app: &App, job: &LeasedJob) -> Result<JobDone, JobError> {
    if job.kind == SYNC_CATALOGUE {
        return catalogue::sync::run(app, job.merchant, &shop(&job.key)?, job.attempt).await;
    }
    if job.kind == SYNC_CHANGES {
        return catalogue::sync::changes(app, job.merchant, &shop(&job.key)?).await;
    }
    run_whole(app, job).await.map(|()| JobDone::Whole)
}

async fn run_whole(app: &App, job: &LeasedJob) -> Result<(), JobError> {
    let merchant = job.merchant;
    match job.kind.as_str() {
        SUBSCRIBE_ACCOUNT => connect::subscribe::account(app, merchant, account(&job.key)?).await,
        SUBSCRIBE_SHOP => connect::subscribe::shop(app, merchant, &shop(&job.key)?).await,
        POLL_ACCOUNT => poll::account::run(app, merchant, account(&job.key)?).await,
        TEST_SHOP => connection_check::run(app, merchant, ConnectionName::Shop(shop(&job.key)?)).await,
        TEST_ACCOUNT => {
            connection_check::run(app, merchant, ConnectionName::Account(account(&job.key)?)).await
        }
        SYNC_DISCOUNTS => catalogue::discounts::read(app, merchant, &shop(&job.key)?).await,
        READ_PRODUCT => {
            let (shop, id) = shop_and_number(&job.key)?;
            catalogue::read::product(app, merchant, &shop, ProductId::new(id)).await
        }
        READ_STOCK_ITEM => {
            let (shop, item) = shop_and_number(&job.key)?;
            catalogue::read::stock_item(app, merchant, &shop, item).await
        }
        RENEW_TOKEN => connect::token::renew(app, merchant, &shop(&job.key)?, job.until).await,
        CHECK_ACCOUNT => connect::check::account(app, merchant, account(&job.key)?).await,
        CHECK_PERSON => connect::check::person(app, merchant).await,
        READ_ACCOUNT => account::read(app, merchant, self::account(&job.key)?).await,
        STOP_SHOP => connect::stop::uninstalled(app, merchant, &shop(&job.key)?).await,
        ERASE => erase::run(app, merchant, erasure(&job.key)?).await,
        ANSWER_DATA_REQUEST => data_request::answer(app, merchant, &job.key).await,
        KEEP_TOKENS => backup::keep_pair(app, merchant, &shop(&job.key)?).await,
        MIRROR_SHOP => mirrored(app, merchant, Subject::Shop(shop(&job.key)?)).await,
        MIRROR_PRODUCTS => mirrored(app, merchant, Subject::Products(shop(&job.key)?)).await,
        MIRROR_ACCOUNT => mirrored(app, merchant, Subject::Account(account(&job.key)?)).await,
        MIRROR_CONVERSATION => mirrored(app, merchant, Subject::Conversation(conversation(&job.key)?)).await,
        _ => Err(JobError::give_up("job.unknown_kind")),
    }
}

async fn mirrored(app: &App, merchant: MerchantId, subject: Subject) -> Result<(), JobError> {
    Ok(mirror::write(app, merchant, &subject).await?)
}

const BAD_KEY: &str = "job.bad_key";

fn shop(key: &str) -> Result<ShopDomain, JobError> {
    ShopDomain::parse(key).map_err(|_| JobError::give_up(BAD_KEY))
}

fn shop_and_number(key: &str) -> Result<(ShopDomain, u64), JobError> {
    let (domain, number) = key.split_once('/').ok_or_else(|| JobError::give_up(BAD_KEY))?;
    Ok((shop(domain)?, number.parse().map_err(|_| JobError::give_up(BAD_KEY))?))
}

fn account(key: &str) -> Result<AccountId, JobError> {
    AccountId::parse(key).map_err(|_| JobError::give_up(BAD_KEY))
}

fn erasure(key: &str) -> Result<ErasureId, JobError> {
    ErasureId::parse(key).map_err(|_| JobError::give_up(BAD_KEY))
}

fn conversation(key: &str) -> Result<ConversationId, JobError> {
    ConversationId::parse(key).map_err(|_| JobError::give_up(BAD_KEY))
}

async fn settle_failure(app: &App, job: &LeasedJob, error: JobError) -> Result<(), FlowError> {
    let error = after_refusal(app, job, error).await?;
    note_poll(app, job, &error).await?;
    let again = match error.next {
        NextTry::Later(hint) if job.attempt + 1 < MOST_ATTEMPTS => Some(hint),
        // The place of objects is one for all, and its operator's: what waits for it is written once it is back.
        NextTry::Later(hint) if error.code.starts_with("objects.") => Some(hint),
        NextTry::Later(_) | NextTry::Never => None,
    };
    app.saw(
        "job.failed",
        format!("{} did not work out: {}", job.kind, error.code),
        serde_json::json!({ "kind": job.kind, "code": error.code, "attempt": job.attempt }),
    );
    tracing::warn!(merchant.id = %job.merchant, job.kind = %job.kind, code = %error.code, "a job failed");
    let Some(hint) = again else {
        return Ok(app.store().give_up_job(job, &error.code, app.now()).await?);
    };
    let at = retry::next_attempt(app.now(), job.attempt, hint, entropy::fraction(app.entropy()));
    Ok(app.store().retry_job(job, at, &error.code).await?)
}

/// A poll that failed is told where the last whole one is.
async fn note_poll(app: &App, job: &LeasedJob, error: &JobError) -> Result<(), FlowError> {
    let connection = match job.kind.as_str() {
        SYNC_CATALOGUE => shop(&job.key).map(ConnectionName::Shop),
        POLL_ACCOUNT => account(&job.key).map(ConnectionName::Account),
        _ => return Ok(()),
    };
    let Ok(connection) = connection else { return Ok(()) };
    Ok(app.store().poll_failed(job.merchant, &connection, &error.code, app.now()).await?)
}

/// What a shop's refusal of a job says of the shop. Where it does not accept the token, a new one may heal the job; else only its
/// merchant can. A renewal judges its own refusals.
async fn after_refusal(app: &App, job: &LeasedJob, error: JobError) -> Result<JobError, FlowError> {
    let Some(refusal) = error.refusal.as_ref().filter(|_| job.kind != RENEW_TOKEN) else { return Ok(error) };
    let domain = job.key.split('/').next().and_then(|key| ShopDomain::parse(key).ok());
    let Some(domain) = domain else { return Ok(error) };
    let leased_at = job.until.minus(app.settings().lease);
    if connect::token::row(app, job.merchant, &domain).await?.is_some_and(|row| row.connected_at > leased_at)
    {
        // Its merchant has just connected it again: what was refused is no longer what we have.
        return Ok(JobError::retry(error.code));
    }
    if *refusal == UpstreamError::TokenRefused
        && job.attempt < RENEWED_FOR
        && connect::token::distrust(app, job.merchant, &domain).await?
    {
        return Ok(JobError::retry(error.code));
    }
    if let Some(heard) = standing::of_shop(refusal)
        && let Some(tokens) = app.store().shop_tokens(job.merchant, &domain).await?
    {
        connect::token::learn(app, job.merchant, &domain, heard, tokens.generation).await?;
    }
    Ok(error)
}
