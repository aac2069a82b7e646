//! What a reply rests on: kept with the turn as JSON, and told to the onlooker while it happens.

use serde_json::{Value, json};
use shopclerk_agent::gate::Verdict;
use shopclerk_agent::turn::TurnOutput;
use shopclerk_domain::claim::{Claim, Fact, RefusedClaim};

use crate::app::App;

/// How long a turn took.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timings {
    /// From the first event on disk to the lease.
    pub(crate) waited_millis: f64,
    /// From the lease to the finished draft.
    pub(crate) turn_millis: f64,
}

/// The record of a turn.
pub(crate) fn record(output: &TurnOutput, timings: &Timings) -> String {
    let drafts: Vec<Value> = output.trace.drafts.iter().map(verdict).collect();
    json!({
        "understood": output.trace.understood,
        "steps": output.trace.steps.iter().map(|step| json!({ "tool": step.tool, "summary": step.summary })).collect::<Vec<_>>(),
        "drafts": drafts,
        "disclosed": output.disclosed,
        "hand_over": output.hand_over,
        "stop": output.stop,
        "waited_millis": timings.waited_millis,
        "turn_millis": timings.turn_millis,
    })
    .to_string()
}

/// Tells the onlooker how the reply came about.
pub(crate) fn tell(app: &App, output: &TurnOutput, timings: &Timings) {
    app.saw("turn.understood", format!("Understood: {}", output.trace.understood), json!({}));
    for step in &output.trace.steps {
        app.saw("turn.tool", step.summary.clone(), json!({ "tool": step.tool }));
    }
    let last = output.trace.drafts.len().saturating_sub(1);
    for (number, draft) in output.trace.drafts.iter().enumerate() {
        let summary = match (draft.refused.len(), number == last) {
            (0, _) => format!("every claim stands: {} of {}", draft.claims.len(), draft.claims.len()),
            (refused, _) => {
                format!("sent back: {refused} of {} claims have no row", refused + draft.claims.len())
            }
        };
        let mut data = verdict(draft);
        if let Value::Object(fields) = &mut data {
            fields.insert("turn_millis".to_owned(), json!(timings.turn_millis));
        }
        app.saw("turn.gate", summary, data);
    }
}

fn verdict(verdict: &Verdict) -> Value {
    json!({
        "claims": verdict.claims.iter().map(claim).collect::<Vec<_>>(),
        "refused": verdict.refused.iter().map(refused).collect::<Vec<_>>(),
    })
}

/// A claim as records and journals show it.
pub(crate) fn claim(claim: &Claim) -> Value {
    json!({
        "said": claim.said,
        "fact": fact(&claim.fact),
        "product": claim.product.to_string(),
        "variant": claim.variant.map(|variant| variant.to_string()),
        "version": claim.version,
        "read_at": claim.read_at.millis(),
    })
}

/// A refused claim as records and journals show it.
pub(crate) fn refused(claim: &RefusedClaim) -> Value {
    json!({ "said": claim.said, "why": claim.why })
}

fn fact(fact: &Fact) -> &'static str {
    match fact {
        Fact::Price(_) => "price",
        Fact::PriceFrom(_) => "price_from",
        Fact::PriceAtMost(_) => "price_at_most",
        Fact::PriceAtLeast(_) => "price_at_least",
        Fact::ReducedFrom(_) => "reduced_from",
        Fact::InStock(_) => "in_stock",
        Fact::Available => "available",
        Fact::SoldOut => "sold_out",
        Fact::Link(_) => "link",
        Fact::Cart(_) => "cart",
        Fact::Name(_) => "name",
    }
}
