//! The model at one turn's table: within the turn's time, on the books of its shopper and merchant, and not at all while it
//! rests.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use serde_json::json;
use shopclerk_domain::chat::{Completion, ModelError, Prompt, Usage};
use shopclerk_domain::ids::{MerchantId, ShopperId};
use shopclerk_domain::ports::ChatModel;
use shopclerk_storage::nouns::budgets::{Booked, Cost};
use shopclerk_upstream::UpstreamError;
use shopclerk_upstream::model::chat::{DECLINED, NO_TOOLS};

use super::breaker::Change;
use super::{Model, ModelSettings, day};
use crate::app::App;
use crate::work::wait;

/// Bound to one turn; no argument can name another merchant or shopper.
#[derive(Debug)]
pub(crate) struct Seat<'a> {
    app: &'a App,
    model: &'a Model,
    merchant: MerchantId,
    shopper: ShopperId,
    /// When the turn began, by the monotonic clock.
    began: Duration,
    /// What the turn has cost so far, in millionths.
    spent: AtomicU64,
    /// The model refused tools in this turn.
    refused_tools: AtomicBool,
}

impl<'a> Seat<'a> {
    /// A seat for a turn that begins now; none where there is no model.
    pub(crate) fn take(app: &'a App, merchant: MerchantId, shopper: ShopperId) -> Option<Self> {
        let (model, began) = (app.model()?, app.clock().monotonic());
        let (spent, refused_tools) = (AtomicU64::new(0), AtomicBool::new(false));
        Some(Self { app, model, merchant, shopper, began, spent, refused_tools })
    }

    fn settings(&self) -> &ModelSettings {
        &self.app.settings().model
    }

    fn day(&self) -> i64 {
        day(self.app.now())
    }

    fn cost(&self, usage: Usage) -> Cost {
        Cost { tokens: usage.total(), micros: self.settings().prices.cost(usage) }
    }

    /// Books what the call may cost at worst. Where the books cannot be kept, the model is not asked.
    async fn book(&self, worst: Cost) -> Result<(), ModelError> {
        let turn = self.spent.load(Ordering::Relaxed).saturating_add(worst.micros);
        if turn > self.settings().turn_micros {
            return Err(ModelError::Spent);
        }
        let caps = self.settings().caps;
        let booked = self.app.store().book_model(self.merchant, self.shopper, self.day(), worst, caps).await;
        let whose = match booked {
            Ok(Booked::Yes) => return Ok(()),
            Ok(Booked::ShopperSpent) => "shopper",
            Ok(Booked::MerchantSpent) => "merchant",
            Err(error) => {
                tracing::warn!(merchant.id = %self.merchant, %error, "the model's cost could not be booked");
                return Err(ModelError::Unavailable);
            }
        };
        tracing::warn!(merchant.id = %self.merchant, whose, "the day's budget for the model is spent");
        self.app.saw(
            "model.spent",
            format!("the {whose}'s budget for today is spent"),
            json!({ "whose": whose }),
        );
        Err(ModelError::Spent)
    }

    async fn settle(&self, day: i64, booked: Cost, real: Cost) {
        self.spent.fetch_add(real.micros, Ordering::Relaxed);
        let settled = self.app.store().settle_model(self.merchant, self.shopper, day, booked, real).await;
        if let Err(error) = settled {
            tracing::warn!(merchant.id = %self.merchant, %error, "what the model cost was not settled: its worst stays booked");
        }
    }

    /// What the answer says of the model. A refusal of what was asked says nothing: three such messages of one shopper's must
    /// not take the model away from all the others.
    fn note(&self, prompt: &Prompt, answer: &Result<Completion, ModelError>) {
        let (breaker, now) = (&self.model.breaker, self.app.clock().monotonic());
        match answer {
            Ok(_) => {
                self.tell(breaker.succeeded());
                // Its words were about tools, and without them it answers: then it was the tools.
                if prompt.tools.is_empty() && self.refused_tools.swap(false, Ordering::Relaxed) {
                    self.model.toolless.found(now);
                    tracing::info!(
                        "the model takes no tools: it is given the facts, and tried again in an hour"
                    );
                }
            }
            Err(ModelError::NoTools) => {
                breaker.undecided();
                self.refused_tools.store(true, Ordering::Relaxed);
            }
            Err(ModelError::Declined) => {
                breaker.undecided();
                tracing::warn!(
                    "the model's endpoint refuses what it was asked; where it refuses all, a setting is wrong"
                );
            }
            Err(ModelError::Spent | ModelError::Resting) => breaker.undecided(),
            Err(ModelError::Refused | ModelError::Unavailable | ModelError::Malformed | ModelError::Slow) => {
                self.tell(breaker.failed(now));
            }
        }
    }

    fn tell(&self, changed: Change) {
        match changed {
            Change::None => {}
            // The probe is due at another time now.
            Change::RestsOn => self.app.bell.ring(),
            Change::Rests => {
                const WHY: &str = "the model failed three times: the rules answer";
                tracing::warn!(
                    "the model failed several times in a row: the rules answer until it is there again"
                );
                self.app.saw("model.rests", WHY.to_owned(), json!({}));
                self.app.bell.ring();
            }
            Change::Returns => {
                tracing::info!("the model is there again");
                self.app.saw("model.returned", "the model is there again".to_owned(), json!({}));
            }
        }
    }
}

#[async_trait]
impl ChatModel for Seat<'_> {
    fn is_without_tools(&self) -> bool {
        self.model.toolless.holds(self.app.clock().monotonic())
    }

    async fn complete(&self, prompt: &Prompt) -> Result<Completion, ModelError> {
        let now = self.app.clock().monotonic();
        let passed = now.saturating_sub(self.began);
        let left = self.settings().deadline.checked_sub(passed).ok_or(ModelError::Slow)?;
        if !self.model.breaker.admits(now) {
            return Err(ModelError::Resting);
        }
        let (day, estimate) = (self.day(), prompt.estimate());
        let worst = self.cost(Usage { prompt: estimate, answer: u64::from(prompt.most_tokens) });
        if let Err(error) = self.book(worst).await {
            self.model.breaker.undecided();
            return Err(error);
        }
        let heard = wait::within(left, self.model.chat.complete(prompt)).await;
        let real = match &heard {
            Some(Ok(said)) => self.cost(said.usage),
            Some(Err(error)) if costs_nothing(error) => Cost::default(),
            // It may have written all it was allowed to before the line was cut, and be paid for it.
            Some(Err(_)) | None => worst,
        };
        self.settle(day, worst, real).await;
        let answer = heard.map_or(Err(ModelError::Slow), |answer| answer.map_err(|error| sorted(&error)));
        self.note(prompt, &answer);
        answer
    }
}

/// Whether a call was surely not answered, so that nobody asks to be paid for it.
const fn costs_nothing(error: &UpstreamError) -> bool {
    match error {
        UpstreamError::Limited { .. }
        | UpstreamError::TokenRefused
        | UpstreamError::Refused { .. }
        | UpstreamError::Unavailable => true,
        UpstreamError::Malformed | UpstreamError::Unclear => false,
    }
}

fn sorted(error: &UpstreamError) -> ModelError {
    match error {
        UpstreamError::Refused { code } if code == NO_TOOLS => ModelError::NoTools,
        UpstreamError::Refused { code } if code == DECLINED => ModelError::Declined,
        UpstreamError::Limited { .. } | UpstreamError::TokenRefused | UpstreamError::Refused { .. } => {
            ModelError::Refused
        }
        UpstreamError::Malformed => ModelError::Malformed,
        UpstreamError::Unavailable | UpstreamError::Unclear => ModelError::Unavailable,
    }
}
