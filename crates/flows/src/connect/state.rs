//! Pending sign-ins: an opaque handle that travels, bound to the browser that began it, good for one use in time.

use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::entropy;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::secret::SecretText;
use shopclerk_storage::nouns::sessions::{Hash, PendingState, Purpose};

use crate::app::App;
use crate::error::FlowError;
use crate::session::{handle, hash, is_handle};

/// What a request tells of the browser it comes from.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// The value of the session cookie.
    pub session_id: Option<String>,
    /// The values of the sign-in cookies, by slot.
    pub attempts: [Option<String>; Browser::ATTEMPTS],
    /// The address it connects from, for the cap on pending sign-ins.
    pub peer: String,
}

impl Browser {
    /// Sign-ins one browser may have under way.
    pub const ATTEMPTS: usize = 5;

    /// The first free slot, else one by chance: an abandoned attempt gives way.
    fn free_slot(&self, app: &App) -> usize {
        let chance = entropy::bytes::<1>(app.entropy());
        let any = usize::from(chance.first().copied().unwrap_or(0)) % Self::ATTEMPTS;
        self.attempts.iter().position(Option::is_none).unwrap_or(any)
    }

    fn holds(&self, cookie: Hash) -> bool {
        self.attempts.iter().flatten().any(|value| is_handle(value) && hash(value) == cookie)
    }
}

/// A sign-in that has begun.
pub(super) struct Pending {
    /// The handle that travels.
    pub(super) handle: SecretText,
    /// The cookie that stays: slot and value.
    pub(super) cookie: (usize, SecretText),
}

/// Begins a sign-in. Nothing but the pending state is stored.
pub(super) async fn begin(
    app: &App,
    purpose: Purpose,
    shop: Option<ShopDomain>,
    merchant: Option<MerchantId>,
    browser: &Browser,
) -> Result<Pending, FlowError> {
    let travelling = handle(app);
    let cookie = handle(app);
    let now = app.now();
    let state = PendingState {
        id: hash(travelling.expose()),
        purpose,
        shop,
        merchant,
        session: browser.session_id.as_deref().map(hash),
        cookie: hash(cookie.expose()),
        browser: hash(&browser.peer),
        begun_at: now,
        ends_at: now.plus(app.settings().state_life),
    };
    app.store().begin_state(state, app.settings().pending_logins).await?;
    Ok(Pending { handle: travelling, cookie: (browser.free_slot(app), cookie) })
}

/// Takes the state out, whatever it is worth, and says what it was good for.
pub(super) async fn spend(
    app: &App,
    purpose: Purpose,
    presented: &str,
    browser: &Browser,
) -> Result<PendingState, FlowError> {
    if !is_handle(presented) {
        return Err(FlowError::StateMalformed);
    }
    let state = app.store().spend_state(hash(presented)).await?.ok_or(FlowError::StateInvalid)?;
    if state.purpose != purpose || !browser.holds(state.cookie) {
        return Err(FlowError::StateInvalid);
    }
    let now = app.now();
    if now >= state.ends_at {
        return Err(FlowError::StateExpired);
    }
    if now < state.begun_at {
        return Err(FlowError::StateInvalid);
    }
    Ok(state)
}
