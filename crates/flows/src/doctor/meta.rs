//! Meta: the app and its subscription, each Page with its token and fields, and who connected them.

use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::nouns::connections::AccountRow;
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::meta::subscriptions::{AppSubscription, PAGE_FIELDS};

use super::connections::Gathered;
use super::{Finding, Level};
use crate::app::App;
use crate::connections::cure;
use crate::standing::{self, Heard};

const APP: &str = "meta.app";
const PAGE: &str = "page.standing";

pub(super) async fn examine(app: &App, who: &Gathered) -> Vec<Finding> {
    let has_pages = who.merchants.iter().any(|(_, seen)| !seen.accounts.is_empty());
    let subscription = app.meta().app_subscription().await;
    let reached = subscription.is_ok();
    let mut found = vec![subscribed(app, subscription, has_pages)];
    found.extend(version(app));
    for (merchant, seen) in &who.merchants {
        for row in seen.accounts.iter().map(|account| &account.row) {
            let asked = reached && row.account.state != ConnectionState::Disconnected;
            let finding = if asked { page(app, *merchant, row).await } else { as_recorded(row) };
            found.push(finding.about(&row.account.name));
        }
        found.extend(seen.person.map(person));
    }
    if who.more {
        found.push(Finding::warning(
            PAGE,
            "There are more merchants than are asked about here",
            "The dashboard and the daily check cover all of them",
        ));
    }
    found
}

fn subscribed(
    app: &App,
    subscription: Result<Option<AppSubscription>, UpstreamError>,
    has_pages: bool,
) -> Finding {
    const DASHBOARD: &str = "It is repaired by itself within a day, and at once by connecting a Page again";
    let wanted = &app.settings().facebook_webhook;
    match subscription {
        Err(UpstreamError::TokenRefused | UpstreamError::Refused { .. }) => Finding::broken(
            APP,
            "Meta does not accept the app's id and secret",
            "Copy both anew from the app's dashboard, Settings, Basic, into FACEBOOK_APP_ID and FACEBOOK_APP_SECRET",
        ),
        Err(error) => Finding::warning(
            APP,
            format!("Meta could not be asked: {error}"),
            "Check that this server may reach graph.facebook.com, and ask again",
        ),
        Ok(None) if has_pages => {
            Finding::broken(APP, "The app hears of nothing: it has no webhook", DASHBOARD)
        }
        Ok(None) => Finding::ok(APP, "Meta knows the app; its webhook is named with the first Page"),
        Ok(Some(now)) if now.callback != *wanted => Finding::broken(
            APP,
            "The app's webhook at Meta is another address than ours",
            format!(
                "If another server uses this app, give each its own; else connect a Page again, which names {wanted}"
            ),
        ),
        Ok(Some(now)) if !now.active => {
            Finding::broken(APP, "Meta has switched the app's webhook off after failures", DASHBOARD)
        }
        Ok(Some(now)) => match missing(&now.fields) {
            None => Finding::ok(APP, format!("Meta tells {wanted} of {} kinds of events", now.fields.len())),
            Some(fields) => Finding::broken(APP, format!("The app does not hear of {fields}"), DASHBOARD),
        },
    }
}

/// The fields that are not on, as a list for people.
fn missing(fields: &[String]) -> Option<String> {
    let missing: Vec<&str> =
        PAGE_FIELDS.iter().copied().filter(|field| !fields.iter().any(|has| has == field)).collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

fn version(app: &App) -> Option<Finding> {
    let (asked, served) = app.meta().versions();
    let served = served?;
    Some(if served == asked {
        Finding::ok("meta.version", format!("Meta serves version {asked}"))
    } else {
        Finding::warning(
            "meta.version",
            format!("Meta serves {served} where {asked} is asked for"),
            "Set FACEBOOK_GRAPH_VERSION to a version that is alive",
        )
    })
}

/// A Page by what Meta says of it now.
async fn page(app: &App, merchant: MerchantId, row: &AccountRow) -> Finding {
    let token = match app.store().account_token(merchant, row.account.id).await {
        Ok(Some(token)) => token,
        Ok(None) => return stands(ConnectionState::NeedsReconnect, Some(Cause::NoToken)),
        Err(error) => {
            return Finding::broken(PAGE, format!("Its token cannot be read: {error}"), "Connect it again");
        }
    };
    let heard = match app.meta().inspect(&token).await {
        Ok(info) => standing::of_page_token(&info, &row.account.native_id, app.now()),
        Err(error) => {
            return Finding::warning(PAGE, format!("Meta could not be asked: {error}"), "Ask again");
        }
    };
    if let Heard::Trouble(cause) = heard {
        return stands(cause.state(), Some(cause));
    }
    match app.meta().page_fields(&row.account.native_id, &token).await {
        Ok(fields) => match missing(&fields) {
            None => as_recorded(row),
            Some(fields) => Finding::broken(
                "page.fields",
                format!("The Page does not tell us of {fields}"),
                "It is repaired by itself within a day, and at once by connecting the Page again",
            ),
        },
        Err(error) => match standing::of_subscribing(&error) {
            Some(Heard::Trouble(cause)) => stands(cause.state(), Some(cause)),
            _ => Finding::warning(PAGE, format!("Meta could not be asked: {error}"), "Ask again"),
        },
    }
}

/// A Page by what is recorded of it.
fn as_recorded(row: &AccountRow) -> Finding {
    stands(row.account.state, row.cause)
}

/// How a connection stands, as a finding.
pub(super) fn stands(state: ConnectionState, cause: Option<Cause>) -> Finding {
    let level = match state {
        ConnectionState::Ok => Level::Ok,
        ConnectionState::Expiring | ConnectionState::Limited | ConnectionState::Disconnected => {
            Level::Warning
        }
        ConnectionState::NeedsReconnect | ConnectionState::Blocked => Level::Broken,
    };
    let why = cause.map_or_else(String::new, |cause| format!(" ({})", cause.word()));
    let found = Finding::ok(PAGE, format!("{}{why}", state.word()));
    Finding { level, cure: cure(state, cause).map(str::to_owned), ..found }
}

/// Who connected the Pages, where something is to be said of their sign-in: with it new Pages are found.
fn person(cause: Cause) -> Finding {
    let says = format!("The sign-in at Facebook is no longer good ({})", cause.word());
    let cure = "Pages that are connected go on; to connect further ones, sign in at Facebook again";
    Finding::warning("meta.person", says, cure)
}
