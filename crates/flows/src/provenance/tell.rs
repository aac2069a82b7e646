//! Tells the onlooker how a reply comes about, while it happens.

use serde_json::{Value, json};
use shopclerk_agent::gate::Verdict;
use shopclerk_agent::turn::{Exchange, TurnOutput};
use shopclerk_domain::ids::TurnId;
use shopclerk_storage::nouns::proofs::Linked;

use super::Timings;
use super::outcome::Draft;
use crate::app::App;

/// Tells the onlooker how the reply came about.
pub(crate) fn tell(app: &App, output: &TurnOutput, timings: &Timings) {
    app.saw_often("turn.understood", || (format!("Understood: {}", output.trace.understood), json!({})));
    for step in &output.trace.steps {
        app.saw_often("turn.tool", || (step.summary.clone(), json!({ "tool": step.tool })));
    }
    let mut drafts = output.trace.drafts.iter();
    for said in &output.trace.exchanges {
        app.saw_often("turn.model", || (model_did(said), exchange(said)));
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

/// Tells the onlooker where the turn's record stands.
pub(crate) fn tell_link(app: &App, turn: TurnId, linked: Linked) {
    let Linked { number, link } = linked;
    app.saw_often("turn.recorded", || {
        let summary = format!("record {number} of the chain; shopclerk explain {turn}");
        (summary, json!({ "turn": turn.to_string(), "number": number, "link": hex::encode(link) }))
    });
}

fn tell_verdict(app: &App, draft: &Verdict, timings: &Timings) {
    app.saw_often("turn.gate", || {
        let summary = match draft.refused.len() {
            0 => format!("every claim stands: {} of {}", draft.claims.len(), draft.claims.len()),
            refused => format!("sent back: {refused} of {} claims have no row", refused + draft.claims.len()),
        };
        let Draft { claims, refused } = draft.into();
        (summary, json!({ "claims": claims, "refused": refused, "turn_millis": timings.turn_millis }))
    });
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
