//! Connecting Facebook: code, long-lived token, all Pages, each with its own sealed token.

use serde_json::{Value, json};
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::nouns::connections::{AccountConnected, ConnectAccount};
use shopclerk_storage::nouns::sessions::Purpose;
use shopclerk_upstream::meta::oauth::{UserToken, read_callback};
use shopclerk_upstream::meta::pages::PageFound;

use super::Begun;
use super::state::{self, Browser};
use crate::app::App;
use crate::error::FlowError;
use crate::{jobs, session};

/// Pages that are connected.
#[derive(Debug)]
pub struct PagesConnected {
    /// Whose they are.
    pub merchant: MerchantId,
    /// The browser's new session id.
    pub session_id: SecretText,
    /// What Facebook says of each Page, free of tokens.
    pub pages: Vec<Value>,
    /// Pages that belong to another merchant here, by Facebook's id.
    pub taken: Vec<String>,
}

/// Sends the signed-in browser to Facebook's consent page.
pub async fn begin(app: &App, browser: &Browser) -> Result<Begun, FlowError> {
    let merchant = session::who(app, browser.session_id.as_deref()).await?;
    let pending = state::begin(app, Purpose::Facebook, None, Some(merchant), browser).await?;
    let address = app.meta().dialog_address(&app.settings().facebook_redirect, pending.handle.expose());
    Ok(Begun { address, cookie: pending.cookie })
}

/// Takes the callback: the state first, then the calls, then one unit.
pub async fn finish(app: &App, query: &str, browser: &Browser) -> Result<PagesConnected, FlowError> {
    let callback = read_callback(query).map_err(|_| FlowError::StateMalformed)?;
    if callback.code.is_none() && !callback.refused {
        return Err(FlowError::MissingParameter("Missing code parameter"));
    }
    let presented =
        callback.state.as_deref().ok_or(FlowError::MissingParameter("Missing state parameter"))?;
    let pending = state::spend(app, Purpose::Facebook, presented, browser).await?;
    let session = pending.session.ok_or(FlowError::StateInvalid)?;
    let same_browser = browser.session_id.as_deref().map(session::hash) == Some(session);
    let merchant =
        session::who(app, browser.session_id.as_deref()).await.map_err(|_| FlowError::StateInvalid)?;
    if !same_browser || pending.merchant != Some(merchant) {
        return Err(FlowError::StateInvalid);
    }
    let Some(code) = callback.code else { return Err(FlowError::NotGranted) };
    let granted = read_pages(app, &code).await?;
    let (pages, taken) = store(app, merchant, granted).await?;
    if pages.is_empty() && !taken.is_empty() {
        return Err(FlowError::AccountTaken);
    }
    let session_id = session::rotate(app, session).await?;
    app.bell.ring();
    Ok(PagesConnected { merchant, session_id, pages, taken })
}

/// What a code was worth.
struct Granted {
    user: UserToken,
    /// The person, as the app knows them; `None` where Meta would not say.
    person: Option<String>,
    pages: Vec<PageFound>,
}

async fn read_pages(app: &App, code: &SecretText) -> Result<Granted, FlowError> {
    let failed = |error: shopclerk_upstream::UpstreamError| {
        tracing::warn!(%error, "Facebook gave no token or Pages for the code");
        FlowError::ExchangeFailed
    };
    let short = app.meta().exchange_code(code, &app.settings().facebook_redirect).await.map_err(failed)?;
    let long = app.meta().lengthen(&short.token).await.map_err(failed)?;
    let pages = app.meta().pages(&long.token).await.map_err(failed)?;
    let person = app.meta().inspect(&long.token).await.ok().and_then(|info| info.user);
    Ok(Granted { user: long, person, pages })
}

async fn store(
    app: &App,
    merchant: MerchantId,
    granted: Granted,
) -> Result<(Vec<Value>, Vec<String>), FlowError> {
    let now = app.now();
    let Granted { user, person, pages } = granted;
    let accounts: Vec<ConnectAccount> = pages
        .into_iter()
        .map(|page| ConnectAccount {
            new_id: AccountId::new(now, app.entropy()),
            channel: ChannelKind::Messenger,
            cause: match (&page.token, page.can_message) {
                (None, _) => Some(Cause::NoToken),
                (Some(_), false) => Some(Cause::MayNotWrite),
                (Some(_), true) => None,
            },
            native_id: page.id,
            name: page.name,
            token: page.token,
            data: Value::Object(page.data),
            granted_by: person.clone(),
        })
        .collect();
    let shown: Vec<(String, Value)> =
        accounts.iter().map(|account| (account.native_id.clone(), account.data.clone())).collect();
    let ends = user.expires_in.map(|span| now.plus(span));
    let kinds = vec![jobs::SUBSCRIBE_ACCOUNT, jobs::TEST_ACCOUNT, jobs::MIRROR_ACCOUNT];
    let outcome = app.store().connect_accounts(merchant, user.token, ends, accounts, kinds, now).await?;
    let taken: Vec<String> = outcome
        .into_iter()
        .filter_map(|outcome| match outcome {
            AccountConnected::OtherMerchant { native_id } => Some(native_id),
            AccountConnected::Connected(_) => None,
        })
        .collect();
    let pages: Vec<Value> =
        shown.into_iter().filter(|(id, _)| !taken.contains(id)).map(|(_, data)| data).collect();
    app.saw(
        "connect.pages",
        format!("{} Pages are connected", pages.len()),
        json!({ "pages": pages.len(), "taken": taken.len() }),
    );
    Ok((pages, taken))
}
