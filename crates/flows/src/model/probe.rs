//! Looks after a model that is left alone, until it is there again.

use std::time::Duration;

use serde_json::json;

use super::breaker::{Change, Probed};
use crate::app::App;

/// When the next look is due by the monotonic clock; none while the model works or there is none.
pub(crate) fn next_probe(app: &App) -> Option<Duration> {
    app.model()?.breaker.probe_at()
}

/// Looks once if it is time; `false` if it is not.
pub(crate) async fn probe_next(app: &App) -> bool {
    let due = next_probe(app).is_some_and(|at| at <= app.clock().monotonic());
    let Some(model) = app.model().filter(|_| due) else { return false };
    let found = if model.chat.is_there().await { Probed::There } else { Probed::Gone };
    let changed = model.breaker.probed(found, app.clock().monotonic(), app.settings().model.probe_every);
    if changed == Change::Returns {
        tracing::info!("the model is there again");
        app.saw("model.returned", "the model is there again".to_owned(), json!({}));
    }
    true
}
