//! The language model as the flows have it: one for the installation, with a breaker that leaves it alone while it fails, and
//! for each turn a seat that keeps time and books. The agent sees the seat alone.

mod breaker;
mod probe;
mod seat;
pub mod spent;
mod toolless;
pub mod wishes;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use shopclerk_agent::budget::{Bounds, Prices};
use shopclerk_agent::turn::Guide;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::message::Message;
pub use shopclerk_storage::nouns::budgets::{Cost, DailyCaps};
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_upstream::model::chat::Chat;

use crate::app::App;
use crate::error::FlowError;

use self::breaker::Breaker;
pub(crate) use self::probe::{next_probe, probe_next};
pub(crate) use self::seat::Seat;
use self::toolless::Toolless;

/// So many messages of the past are read for a turn.
const HISTORY: usize = 12;

/// How the model is used.
#[derive(Clone, Debug)]
pub struct ModelSettings {
    /// The operator's own instructions, with the placeholders people know.
    pub template: Option<Arc<str>>,
    /// After this long the rules answer.
    pub deadline: Duration,
    /// How often the shopper is shown anew that we are at it.
    pub typing_every: Duration,
    /// How soon a model that is left alone is looked after first.
    pub probe_every: Duration,
    /// The longest pause between two looks; each is twice the one before.
    pub probe_at_most: Duration,
    /// What one turn may use.
    pub bounds: Bounds,
    /// What one turn may cost, in millionths.
    pub turn_micros: u64,
    /// What tokens cost.
    pub prices: Prices,
    /// What a day may cost.
    pub caps: DailyCaps,
}

impl Default for ModelSettings {
    fn default() -> Self {
        let cost = |tokens| Cost { tokens, micros: u64::MAX };
        Self {
            template: None,
            deadline: Duration::from_secs(20),
            typing_every: Duration::from_secs(10),
            probe_every: Duration::from_secs(5),
            probe_at_most: Duration::from_mins(1),
            bounds: Bounds::default(),
            turn_micros: u64::MAX,
            prices: Prices::default(),
            caps: DailyCaps { shopper: cost(200_000), merchant: cost(5_000_000) },
        }
    }
}

impl ModelSettings {
    /// Tokens that one asking of a turn takes at least with these instructions, besides its answer.
    pub fn least_asking(template: Option<&str>) -> u64 {
        Guide::least_tokens(template)
    }
}

/// The day that budgets count by: since 1970-01-01, UTC.
const fn day(now: Timestamp) -> i64 {
    const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;
    now.millis().div_euclid(DAY_MILLIS)
}

/// The model with what is known of it.
pub(crate) struct Model {
    chat: Chat,
    breaker: Breaker,
    toolless: Toolless,
}

impl fmt::Debug for Model {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Model").field("toolless", &self.toolless).finish_non_exhaustive()
    }
}

impl Model {
    pub(crate) fn new(chat: Chat, settings: &ModelSettings) -> Self {
        let breaker = Breaker::new(settings.probe_every, settings.probe_at_most, settings.deadline);
        Self { chat, breaker, toolless: Toolless::default() }
    }
}

/// What a turn with the model knows besides the rules' facts.
pub(crate) struct Known {
    pub(crate) guide: Guide,
    pub(crate) history: Vec<Message>,
}

/// Reads what the model is told of merchant and conversation.
pub(crate) async fn known(app: &App, leased: &Leased) -> Result<Known, FlowError> {
    let merchant = leased.lease.merchant;
    let history = app.store().list_messages(merchant, leased.conversation.id, HISTORY).await?;
    let guide = Guide {
        template: app.settings().model.template.clone(),
        wishes: app.store().find_wishes(merchant).await?,
        account: leased.account.name.clone(),
    };
    Ok(Known { guide, history })
}
