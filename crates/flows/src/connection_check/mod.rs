//! The connection check: whether a new connection works both ways. A delivery of our own leaves for the public address and must
//! come in there; the connection is read once. What was found is kept and shown, and nothing else depends on it.

mod results;

use std::time::Duration;

pub use shopclerk_storage::nouns::checks::{NewCheck, Outcome};

pub use self::results::{CheckResults, TestResult, after_pages, after_shop, results, sentence};

use serde_json::json;
use shopclerk_domain::connection::{ConnectionName, ConnectionState, ShopDomain};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::checks::Way;
use shopclerk_upstream::meta::subscriptions::PAGE_FIELDS;
use shopclerk_upstream::self_test::SelfTest;

use crate::app::App;
use crate::connect::{facts, subscribe, token};
use crate::error::{FlowError, JobError, NextTry};
use crate::poll;
use crate::session::{handle, hash};
use crate::standing::{self, Heard};

/// How long the delivery may take to come in.
const NONCE_LIFE: Duration = Duration::from_mins(10);
/// The shop's token is being renewed: the answer comes with the next try.
const RENEWING: &str = "shop.token_ended";

/// Tries a connection both ways.
pub(crate) async fn run(app: &App, merchant: MerchantId, connection: ConnectionName) -> Result<(), JobError> {
    let (nonce, now) = (handle(app), app.now());
    let check = NewCheck { connection, nonce: hash(nonce.expose()), ends_at: now.plus(NONCE_LIFE) };
    app.store().begin_check(merchant, check.clone(), now).await?;
    let (webhook, polling) = futures::join!(
        settle(app, merchant, &check, Way::Webhook, webhook(app, merchant, &check, &nonce)),
        settle(app, merchant, &check, Way::Polling, polling(app, merchant, &check)),
    );
    webhook.and(polling)
}

/// Keeps what was found of one way. What may pass by itself is an error to the job, which tries again.
async fn settle(
    app: &App,
    merchant: MerchantId,
    check: &NewCheck,
    way: Way,
    found: impl Future<Output = Result<(), JobError>>,
) -> Result<(), JobError> {
    let (why, again) = match found.await {
        Ok(()) => (None, Ok(())),
        Err(error) if error.code == RENEWING => return Err(error),
        Err(error) => {
            let why = error.code.clone();
            (Some(why), if error.next == NextTry::Never { Ok(()) } else { Err(error) })
        }
    };
    app.saw(
        "connect.checked",
        format!("the check of a {} has an answer", check.connection.kind()),
        json!({ "way": format!("{way:?}"), "why": why }),
    );
    match app.store().settle_check(merchant, check, way, why).await {
        // A newer check has begun: that one counts.
        Ok(()) | Err(StoreError::Conflict) => {}
        Err(error) => return Err(error.into()),
    }
    app.bell.ring();
    again
}

async fn webhook(
    app: &App,
    merchant: MerchantId,
    check: &NewCheck,
    nonce: &SecretText,
) -> Result<(), JobError> {
    let answer = match &check.connection {
        ConnectionName::Account(_) => {
            app.meta().deliver_self_test(&app.settings().facebook_webhook, nonce).await
        }
        ConnectionName::Shop(_) => {
            app.shopify().deliver_self_test(&app.settings().shopify_webhook, nonce).await
        }
    };
    let came_in = app.store().last_check(merchant, &check.connection).await?;
    if came_in.is_some_and(|check| check.webhook == Outcome::Success) {
        return Ok(());
    }
    Err(JobError::give_up(match answer {
        SelfTest::Unreachable => "webhook.unreachable",
        SelfTest::SignatureRefused => "webhook.refused",
        SelfTest::Taken | SelfTest::AnsweredOtherwise => "webhook.answered_otherwise",
    }))
}

async fn polling(app: &App, merchant: MerchantId, check: &NewCheck) -> Result<(), JobError> {
    match &check.connection {
        ConnectionName::Account(account) => account_answers(app, merchant, *account).await,
        ConnectionName::Shop(shop) => shop_answers(app, merchant, shop).await,
    }
}

async fn shop_answers(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let access = token::usable(app, merchant, shop).await?;
    let (_, scopes) = app.shopify().shop_facts(shop, &access).await?;
    good_unless(facts::scopes_say(app, &scopes))
}

async fn account_answers(app: &App, merchant: MerchantId, account: AccountId) -> Result<(), JobError> {
    let Some(row) = app.store().find_account(merchant, account).await? else {
        return Err(JobError::give_up("account.unknown"));
    };
    let Some(token) = app.store().account_token(merchant, account).await? else {
        return Err(JobError::give_up("account.no_token"));
    };
    let seen = poll::account::look(app, &row, &token).await?;
    if PAGE_FIELDS.iter().any(|field| !seen.fields.iter().any(|has| has == field)) {
        subscribe::account(app, merchant, account).await?;
    }
    let info = app.meta().inspect(&token).await?;
    match standing::of_page_token(&info, &row.account.native_id, app.now()) {
        Heard::Trouble(cause) => good_unless(Some(cause)),
        _ => Ok(()),
    }
}

/// What is to be said of a connection that works all the same is no failure of its check.
fn good_unless(cause: Option<Cause>) -> Result<(), JobError> {
    match cause.filter(|cause| cause.state() != ConnectionState::Ok) {
        Some(cause) => Err(JobError::give_up(cause.word())),
        None => Ok(()),
    }
}

/// A delivery that was found to be a self-test ticks its nonce, and does nothing else. What cannot be ticked now is not
/// acknowledged.
pub(crate) async fn tick(app: &App, nonce: &SecretText) -> Result<(), FlowError> {
    match app.store().tick_check(hash(nonce.expose()), app.now()).await {
        Ok(true) => app.bell.ring(),
        Ok(false) => tracing::info!("a self-test came in that is not under way; it had no effect"),
        Err(StoreError::Unavailable(_)) => return Err(FlowError::Busy),
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
