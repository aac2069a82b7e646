//! Whatever else happens between shoppers, Pages and Meta, in the documented form of each kind: said to the fake, told by it.

use serde_json::{Value, json};

use super::MetaFake;
use super::shopper::ShopperError;

/// The field that each kind of event is subscribed by.
const FIELD_OF: [(&str, &str); 14] = [
    ("reaction", "message_reactions"),
    ("read", "message_reads"),
    ("delivery", "message_deliveries"),
    ("message_edit", "message_edits"),
    ("referral", "messaging_referrals"),
    ("optin", "messaging_optins"),
    ("pass_thread_control", "messaging_handovers"),
    ("take_thread_control", "messaging_handovers"),
    ("request_thread_control", "messaging_handovers"),
    ("order", "send_cart"),
    ("messaging_customer_information", "messaging_customer_information"),
    ("response_feedback", "response_feedback"),
    ("account_linking", "messaging_account_linking"),
    ("template", "messages"),
];

impl MetaFake {
    /// Something of `kind` happens between the shopper and the main Page; `value` is what stands in the field of that name.
    pub fn happens(&self, name: &str, kind: &str, value: &Value) -> Result<(), ShopperError> {
        let field = FIELD_OF.iter().find(|(known, _)| *known == kind).ok_or(ShopperError::UnknownKind)?.1;
        let page = self.main_page().ok_or(ShopperError::UnknownPage)?.id.clone();
        let memory = self.memory();
        let psid = memory.talk.psid(&page, name).ok_or(ShopperError::UnknownShopper)?.to_owned();
        let mut event = json!({
            "sender": { "id": psid }, "recipient": { "id": page }, "timestamp": self.options.clock.now().millis(),
        });
        if let Some(event) = event.as_object_mut() {
            event.insert(kind.to_owned(), value.clone());
        }
        self.options.journal.record("meta.happened", format!("{kind} of {name}"), json!({ "kind": kind }));
        self.tell(&memory.ledger, &page, field, &event, format!("{kind} of {name}"));
        Ok(())
    }

    /// Meta enforces its policy on a Page: `action` is `warning`, `block` or `unblock`.
    pub fn enforces(&self, page: &str, action: &str) -> Result<(), ShopperError> {
        let page = self.page(page).ok_or(ShopperError::UnknownPage)?.id.clone();
        let event = json!({
            "recipient": { "id": page }, "timestamp": self.options.clock.now().millis(),
            "policy_enforcement": { "action": action, "reason": "The Page was reported for spam." },
        });
        let field = "messaging_policy_enforcement";
        self.tell(&self.memory().ledger, &page, field, &event, format!("Policy: {action}"));
        Ok(())
    }

    /// Something of a Page's own changes; what Graph answers for it from now on is `value`, where it is one of its fields.
    pub fn page_changes(&self, page: &str, field: &str, value: &Value) -> Result<(), ShopperError> {
        let page = self.page(page).ok_or(ShopperError::UnknownPage)?.id.clone();
        let mut memory = self.memory();
        memory.changed.entry(page.clone()).or_default().insert(field.to_owned(), value.clone());
        let time = self.options.clock.now().millis() / 1_000;
        let entry = json!({ "id": page, "time": time, "changes": [{ "field": field, "value": value }] });
        self.tell_entry(&memory.ledger, &page, field, &entry, format!("The Page changed its {field}"));
        Ok(())
    }
}
