//! What a reply rests on: kept with the turn as JSON, and told to the onlooker while it happens.

use serde_json::{Value, json};
use shopclerk_agent::gate::Verdict;
use shopclerk_agent::turn::{Drafter, Exchange, TurnOutput};
use shopclerk_domain::claim::{Claim, Fact, RefusedClaim, RowId};

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
        "drafted_by": drafter(output.trace.drafted_by),
        "model": output.trace.exchanges.iter().map(exchange).collect::<Vec<_>>(),
        "model_stopped": output.trace.model_stopped,
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
    let mut drafts = output.trace.drafts.iter();
    for said in &output.trace.exchanges {
        app.saw("turn.model", model_did(said), exchange(said));
        if said.calls.is_empty()
            && let Some(draft) = drafts.next()
        {
            tell_verdict(app, draft, timings);
        }
    }
    if let Some(why) = output.trace.model_stopped {
        app.saw(
            "turn.rules",
            format!("the rules answer instead of the model: {why}"),
            json!({ "code": why }),
        );
    }
    drafts.for_each(|draft| tell_verdict(app, draft, timings));
}

fn tell_verdict(app: &App, draft: &Verdict, timings: &Timings) {
    let summary = match draft.refused.len() {
        0 => format!("every claim stands: {} of {}", draft.claims.len(), draft.claims.len()),
        refused => format!("sent back: {refused} of {} claims have no row", refused + draft.claims.len()),
    };
    let mut data = verdict(draft);
    if let Value::Object(fields) = &mut data {
        fields.insert("turn_millis".to_owned(), json!(timings.turn_millis));
    }
    app.saw("turn.gate", summary, data);
}

fn drafter(drafter: Drafter) -> &'static str {
    match drafter {
        Drafter::Rules => "rules",
        Drafter::Model => "model",
    }
}

fn model_did(said: &Exchange) -> String {
    if said.calls.is_empty() {
        return "the model drafted an answer".to_owned();
    }
    let tools: Vec<&str> = said.calls.iter().map(|(name, _)| name.as_str()).collect();
    format!("the model asks for {}", tools.join(", "))
}

/// What the model said, as it was received.
fn exchange(said: &Exchange) -> Value {
    let calls: Vec<Value> =
        said.calls.iter().map(|(name, arguments)| json!({ "tool": name, "arguments": arguments })).collect();
    json!({
        "text": said.text,
        "calls": calls,
        "prompt_tokens": said.usage.prompt,
        "answer_tokens": said.usage.answer,
    })
}

fn verdict(verdict: &Verdict) -> Value {
    json!({
        "claims": verdict.claims.iter().map(claim).collect::<Vec<_>>(),
        "refused": verdict.refused.iter().map(refused).collect::<Vec<_>>(),
    })
}

/// A claim as records and journals show it.
pub(crate) fn claim(claim: &Claim) -> Value {
    let (kind, row) = match claim.row {
        RowId::Product(id) => ("product", id.to_string()),
        RowId::Discount(id) => ("discount", id.to_string()),
    };
    json!({
        "said": claim.said,
        "fact": fact(&claim.fact),
        (kind): row,
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
        Fact::Saving(_) => "saving",
        Fact::SavingPercent(_) => "saving_percent",
        Fact::Covered(_) => "covered",
        Fact::Gives(_) => "gives",
        Fact::Code(_) => "code",
        Fact::Asks(_) => "asks",
    }
}

#[cfg(test)]
mod tests {
    use shopclerk_agent::turn::Trace;
    use shopclerk_domain::chat::Usage;
    use shopclerk_domain::conversation::Memory;

    use super::*;

    #[test]
    fn what_a_model_said_is_kept_as_it_was_received() {
        let said = Exchange {
            text: "It costs **$19.90**\u{200B}".to_owned(),
            calls: vec![("search_catalogue".to_owned(), "{not json".to_owned())],
            usage: Usage { prompt: 300, answer: 7 },
        };
        let trace = Trace { exchanges: vec![said], model_stopped: Some("unprovable"), ..Trace::default() };
        let output = TurnOutput {
            reply: None,
            memory: Memory::default(),
            disclosed: false,
            hand_over: false,
            stop: false,
            trace,
        };

        let record = record(&output, &Timings { waited_millis: 0.0, turn_millis: 1.0 });

        let record: Value = serde_json::from_str(&record).unwrap();
        assert_eq!(record["model"][0]["text"], "It costs **$19.90**\u{200B}");
        assert_eq!(record["model"][0]["calls"][0]["arguments"], "{not json");
        assert_eq!(record["model"][0]["prompt_tokens"], 300);
        assert_eq!(
            (&record["drafted_by"], &record["model_stopped"]),
            (&json!("rules"), &json!("unprovable"))
        );
    }
}
