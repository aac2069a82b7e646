//! `hand_over`: a person of the shop is to answer. The one tool with an effect, and the effect is that we are silent.

use serde_json::{Value, json};
use shopclerk_domain::chat::ToolCall;

use crate::tools::hands::Hands;

pub(super) const NAME: &str = "hand_over";
pub(super) const PURPOSE: &str = "Calls a person of the shop, who answers instead of you.";

/// Whether a call is this one: no budget of look-ups may be in its way.
pub(crate) fn calls_a_person(call: &ToolCall) -> bool {
    call.name == NAME
}

/// Does what a model asks for.
pub(super) fn act(hands: &mut Hands<'_, '_>) -> Value {
    hands.hand_over = true;
    hands.note(NAME, "the model asks for a person".to_owned());
    json!({ "called": true })
}
