//! Who hears of what: the app names its webhook and fields once, each Page turns fields on for the app. An event needs both.

use serde_json::{Value, json};
use url::Url;

use super::MetaFake;
use super::call::Call;
use super::dialog;
use super::error::GraphError;
use super::graph::{Answer, Caller};
use super::ids;
use super::ledger::{AppSubscription, Kind, Token};
use crate::loopback;

/// The fields of a Page that concern its conversations, and the few of its profile that were seen in use.
const FIELDS: [&str; 34] = [
    "call_permission_reply",
    "calls",
    "category",
    "conversations",
    "description",
    "feed",
    "inbox_labels",
    "location",
    "mention",
    "message_context",
    "message_deliveries",
    "message_echoes",
    "message_edits",
    "message_mention",
    "message_reactions",
    "message_reads",
    "message_template_status_update",
    "messages",
    "messaging_account_linking",
    "messaging_customer_information",
    "messaging_feedback",
    "messaging_handovers",
    "messaging_optins",
    "messaging_optouts",
    "messaging_policy_enforcement",
    "messaging_postbacks",
    "messaging_referrals",
    "name",
    "phone",
    "picture",
    "response_feedback",
    "send_cart",
    "standby",
    "website",
];
const OBJECTS: [&str; 5] = ["page", "instagram", "permissions", "user", "whatsapp_business_account"];
/// An answer to a challenge is a few digits; what is longer is no answer.
const LONGEST_ANSWER: usize = 256;

impl MetaFake {
    /// `POST {page}/subscribed_apps`: the Page turns fields on for the app.
    pub(super) fn install(&self, call: &Call, page: &str) -> Answer {
        let token = self.page_caller(call, page)?;
        let fields = call.params.list("subscribed_fields");
        if fields.is_empty() {
            return Err(GraphError::parameter("The parameter subscribed_fields is required."));
        }
        check_fields("subscribed_fields", &fields)?;
        if !token.has("pages_manage_metadata") {
            return Err(GraphError::permission("pages_manage_metadata"));
        }
        let about_messages = fields.iter().find(|field| field.starts_with("messag") || *field == "standby");
        if let Some(field) = about_messages.filter(|_| !token.has("pages_messaging")) {
            let message = format!(
                "(#200) To subscribe to the {field} field, one of these permissions is needed: pages_messaging"
            );
            return Err(GraphError::new(200, message));
        }
        let summary = format!("The Page turned {} fields on for the app", fields.len());
        self.options.journal.record("meta.subscribe", summary, json!({ "page": page, "fields": fields }));
        let mut memory = self.memory();
        memory.ledger.pages.insert(page.to_owned(), fields);
        self.save(&memory).map_err(|_| GraphError::unavailable())?;
        Ok(json!({ "success": true }))
    }

    /// `GET {page}/subscribed_apps`.
    pub(super) fn installed(&self, call: &Call, page: &str) -> Answer {
        self.page_caller(call, page)?;
        let data = match self.memory().ledger.pages.get(page) {
            None => Vec::new(),
            Some(fields) => vec![json!({
                "category": "Business",
                "link": "https://www.facebook.com/games/",
                "name": dialog::APP_NAME,
                "id": self.options.app_id,
                "subscribed_fields": fields,
            })],
        };
        Ok(json!({ "data": data }))
    }

    /// `DELETE {page}/subscribed_apps`.
    pub(super) fn uninstall(&self, call: &Call, page: &str) -> Answer {
        self.page_caller(call, page)?;
        let mut memory = self.memory();
        memory.ledger.pages.remove(page);
        self.save(&memory).map_err(|_| GraphError::unavailable())?;
        drop(memory);
        self.options.journal.record("meta.subscribe", "The Page removed the app", json!({ "page": page }));
        Ok(json!({ "success": true }))
    }

    /// `POST {app}/subscriptions`: calls the webhook with a challenge before it answers.
    pub(super) async fn subscribe(&self, call: &Call, app: &str) -> Answer {
        self.app_caller(call, app)?;
        let required = |name: &str| {
            let missing = || GraphError::parameter(format!("The parameter {name} is required."));
            call.params.text(name).filter(|text| !text.is_empty()).ok_or_else(missing)
        };
        let object = required("object")?;
        if !OBJECTS.contains(&object.as_str()) {
            return Err(GraphError::parameter(format!(
                "Param object must be one of {{{}}}",
                OBJECTS.join(", ")
            )));
        }
        let callback_url = required("callback_url")?;
        let verify_token = required("verify_token")?;
        let fields = call.params.list("fields");
        if object == "page" {
            check_fields("fields", &fields)?;
        }
        let outcome = self.challenge(&callback_url, &verify_token).await;
        let summary = match &outcome {
            Ok(()) => "The app's webhook repeated the challenge and is subscribed".to_owned(),
            Err(error) => format!("The app's webhook was not subscribed: {}", error.in_words()),
        };
        self.options.journal.record("meta.subscribe", summary, json!({ "object": object, "fields": fields }));
        outcome?;
        let mut memory = self.memory();
        memory
            .ledger
            .app
            .insert(object, AppSubscription { callback_url, fields, version: call.version.clone() });
        self.save(&memory).map_err(|_| GraphError::unavailable())?;
        Ok(json!({ "success": true }))
    }

    /// `GET {app}/subscriptions`.
    pub(super) fn subscriptions(&self, call: &Call, app: &str) -> Answer {
        self.app_caller(call, app)?;
        let memory = self.memory();
        let one = |(object, subscription): (&String, &AppSubscription)| {
            let field = |name: &String| json!({ "name": name, "version": subscription.version });
            let fields: Vec<Value> = subscription.fields.iter().map(field).collect();
            json!({ "object": object, "callback_url": subscription.callback_url, "active": true, "fields": fields })
        };
        Ok(json!({ "data": memory.ledger.app.iter().map(one).collect::<Vec<_>>() }))
    }

    /// `DELETE {app}/subscriptions`, whole or some fields of an object.
    pub(super) fn unsubscribe(&self, call: &Call, app: &str) -> Answer {
        self.app_caller(call, app)?;
        let gone = call.params.list("fields");
        let mut memory = self.memory();
        match call.params.text("object") {
            None => memory.ledger.app.clear(),
            Some(object) if gone.is_empty() => drop(memory.ledger.app.remove(&object)),
            Some(object) => {
                if let Some(subscription) = memory.ledger.app.get_mut(&object) {
                    subscription.fields.retain(|field| !gone.contains(field));
                }
            }
        }
        self.save(&memory).map_err(|_| GraphError::unavailable())?;
        drop(memory);
        self.options.journal.record(
            "meta.subscribe",
            "The app unsubscribed its webhook",
            json!({ "fields": gone }),
        );
        Ok(json!({ "success": true }))
    }

    async fn challenge(&self, callback_url: &str, verify_token: &str) -> Result<(), GraphError> {
        let refused = |why: &str| GraphError::new(2200, format!("(#2200) {why}"));
        let Some(mut to) = Url::parse(callback_url).ok().filter(loopback::is_loopback) else {
            return Err(refused("callback URL is not valid: this sandbox calls back to this machine only"));
        };
        let challenge = ids::challenge(&*self.options.entropy);
        to.query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", &challenge)
            .append_pair("hub.verify_token", verify_token);
        let Ok(answer) = self.client.get(to).header("User-Agent", "facebookplatform/1.0").send().await else {
            return Err(refused(
                "Callback verification failed: the URL couldn't be validated, nobody answered",
            ));
        };
        let status = answer.status();
        if status.as_u16() != 200 {
            let reason = status.canonical_reason().unwrap_or_default();
            return Err(refused(&format!(
                "Callback verification failed with the following errors: HTTP Status Code = {}; HTTP Message = {reason}",
                status.as_u16()
            )));
        }
        if loopback::start_of_body(answer, LONGEST_ANSWER).await == challenge.as_bytes() {
            return Ok(());
        }
        Err(refused("The URL couldn't be validated. Response does not match challenge"))
    }

    /// The token of `page` itself: nothing else may speak for it.
    pub(super) fn page_caller(&self, call: &Call, page: &str) -> Result<Token, GraphError> {
        match self.caller(call)? {
            Caller::Token(token) => match &token.kind {
                Kind::Page(own) if own == page || page == "me" => Ok(token),
                Kind::Page(_) => Err(GraphError::missing_object(call.method.as_str(), page)),
                Kind::ShortUser | Kind::LongUser => Err(GraphError::new(
                    210,
                    "(#210) A page access token is required to request this resource.",
                )),
            },
            Caller::App => {
                Err(GraphError::new(210, "(#210) A page access token is required to request this resource."))
            }
        }
    }

    fn app_caller(&self, call: &Call, app: &str) -> Result<(), GraphError> {
        match self.caller(call)? {
            Caller::App if app == self.options.app_id => Ok(()),
            Caller::App => Err(GraphError::missing_object(call.method.as_str(), app)),
            Caller::Token(_) => {
                Err(GraphError::new(15, "(#15) This method must be called with an app access_token."))
            }
        }
    }
}

fn check_fields(name: &str, fields: &[String]) -> Result<(), GraphError> {
    let unknown = fields.iter().position(|field| !FIELDS.contains(&field.as_str()));
    match unknown {
        None => Ok(()),
        Some(at) => {
            Err(GraphError::parameter(format!("Param {name}[{at}] must be one of {{{}}}", FIELDS.join(", "))))
        }
    }
}
