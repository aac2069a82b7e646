//! `hand_over`: a person of the shop is to answer. The one tool with an effect, and the effect is that we are silent.

use serde_json::{Value, json};

use crate::tools::hands::Hands;

pub(super) const NAME: &str = "hand_over";
pub(super) const PURPOSE: &str = "Calls a person of the shop, who answers instead of you.";

/// Does what a model asks for.
pub(super) fn act(hands: &mut Hands<'_, '_>) -> Value {
    hands.hand_over = true;
    hands.note(NAME, "the model asks for a person".to_owned());
    json!({ "called": true })
}
