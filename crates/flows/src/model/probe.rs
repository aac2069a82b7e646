//! Looks after a model that is left alone, until it is there again. It asks for a word, as a turn would: some list their models
//! while nobody gets an answer, and here no shopper waits for it.

use std::time::Duration;

use super::breaker::Probed;
use crate::app::App;
use crate::work::wait;

/// When the next look is due by the monotonic clock; none while the model works or there is none.
pub(crate) fn next_probe(app: &App) -> Option<Duration> {
    app.model()?.breaker.probe_at()
}

/// Looks once if it is time; `false` if it is not.
pub(crate) async fn probe_next(app: &App) -> bool {
    let due = next_probe(app).is_some_and(|at| at <= app.clock().monotonic());
    let Some(model) = app.model().filter(|_| due) else { return false };
    let found = match wait::within(app.settings().model.deadline, model.chat.is_there()).await {
        Some(true) => Probed::There,
        Some(false) | None => Probed::Gone,
    };
    model.breaker.probed(found, app.clock().monotonic());
    true
}
