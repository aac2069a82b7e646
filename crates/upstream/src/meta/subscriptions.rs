//! Who tells us what: the app names our webhook once, each Page turns its fields on. An event comes only if its field is on at
//! both, so both can be read back.

use serde::Deserialize;
use serde_json::Value;
use shopclerk_domain::secret::SecretText;

use super::oauth::id_text;
use super::{Asked, Meta, read};
use crate::error::UpstreamError;
use crate::http::{Answer, Body};

/// What we want to hear from a Page, and what the app subscribes to.
pub const PAGE_FIELDS: &[&str] = &[
    "messages",
    "messaging_postbacks",
    "messaging_referrals",
    "messaging_optins",
    "message_echoes",
    "message_deliveries",
    "message_reads",
    "message_reactions",
    "message_edits",
    "messaging_handovers",
    "standby",
    "messaging_policy_enforcement",
    // Changes of the Page itself.
    "name",
    "category",
    "picture",
    "website",
    "phone",
    "location",
];

/// Permissions whose end we want to hear of.
const PERMISSION_FIELDS: [&str; 3] = ["connected", "pages_messaging", "pages_manage_metadata"];

/// The app's own subscription to its Pages' events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppSubscription {
    /// Where deliveries go.
    pub callback: String,
    /// Whether Meta still delivers; it stops after too many failures.
    pub active: bool,
    /// Which fields are on.
    pub fields: Vec<String>,
}

#[derive(Deserialize)]
struct Done {
    success: Option<Value>,
}

#[derive(Deserialize)]
struct Listed<T> {
    #[serde(default = "Vec::new")]
    data: Vec<T>,
}

#[derive(Deserialize)]
struct Subscription {
    object: String,
    #[serde(default)]
    callback_url: String,
    #[serde(default)]
    active: bool,
    #[serde(default)]
    fields: Vec<Value>,
}

#[derive(Deserialize)]
struct Installed {
    id: Value,
    #[serde(default)]
    subscribed_fields: Vec<String>,
}

impl Meta {
    /// Names `callback` as the app's webhook. Meta calls it with a handshake before it answers here.
    pub async fn subscribe_app(&self, callback: &str) -> Result<(), UpstreamError> {
        let form = vec![
            ("object", "page".to_owned()),
            ("callback_url", callback.to_owned()),
            ("verify_token", self.settings.verify_token.expose().clone()),
            ("fields", PAGE_FIELDS.join(",")),
            ("include_values", "true".to_owned()),
        ];
        self.change(&self.app_token(), &[&self.settings.app_id, "subscriptions"], form).await
    }

    /// Asks to be told what people permit and take back, at the same address.
    pub async fn subscribe_permissions(&self, callback: &str) -> Result<(), UpstreamError> {
        let form = vec![
            ("object", "permissions".to_owned()),
            ("callback_url", callback.to_owned()),
            ("verify_token", self.settings.verify_token.expose().clone()),
            ("fields", PERMISSION_FIELDS.join(",")),
            ("include_values", "true".to_owned()),
        ];
        self.change(&self.app_token(), &[&self.settings.app_id, "subscriptions"], form).await
    }

    /// The app's subscription as it stands; `None` when there is none.
    pub async fn app_subscription(&self) -> Result<Option<AppSubscription>, UpstreamError> {
        let path = [self.settings.app_id.as_str(), "subscriptions"];
        let listed: Listed<Subscription> =
            self.get("meta.subscriptions", &self.app_token(), &path, &[]).await?;
        let name = |field: &Value| field.as_str().or_else(|| field.get("name")?.as_str()).map(str::to_owned);
        let page = listed.data.into_iter().find(|one| one.object == "page");
        Ok(page.map(|one| AppSubscription {
            callback: one.callback_url,
            active: one.active,
            fields: one.fields.iter().filter_map(name).collect(),
        }))
    }

    /// Turns all our fields on for a Page; always the complete list, since Meta leaves open whether it adds or replaces.
    pub async fn subscribe_page(&self, page: &str, token: &SecretText) -> Result<(), UpstreamError> {
        self.may_ask(page)?;
        let form = vec![("subscribed_fields", PAGE_FIELDS.join(","))];
        self.change(token, &[page, "subscribed_apps"], form).await
    }

    /// The fields a Page has turned on for us; empty = our app is not installed there.
    pub async fn page_fields(&self, page: &str, token: &SecretText) -> Result<Vec<String>, UpstreamError> {
        self.may_ask(page)?;
        let listed: Listed<Installed> =
            self.get("meta.subscriptions", token, &[page, "subscribed_apps"], &[]).await?;
        let ours = |one: &Installed| id_text(&one.id).as_deref() == Some(&self.settings.app_id);
        Ok(listed.data.into_iter().find(ours).map(|one| one.subscribed_fields).unwrap_or_default())
    }

    /// Takes our app off a Page: from then on it tells us nothing.
    pub async fn unsubscribe_page(&self, page: &str, token: &SecretText) -> Result<(), UpstreamError> {
        let asked = Asked {
            site: "meta.unsubscribe",
            path: &[page, "subscribed_apps"],
            query: &[],
            body: Body::None,
        };
        done(&self.make(self.call(token, asked).deleting()).await?)
    }

    async fn change(
        &self,
        token: &SecretText,
        path: &[&str],
        form: Vec<(&'static str, String)>,
    ) -> Result<(), UpstreamError> {
        let asked = Asked { site: "meta.subscribe", path, query: &[], body: Body::Form(form) };
        done(&self.ask(token, asked).await?)
    }
}

/// Whether a change was made, as its answer says.
fn done(answer: &Answer) -> Result<(), UpstreamError> {
    let Done { success } = read(answer)?;
    // Written as a text now and then.
    let done = success.is_some_and(|word| word == true || word == "true");
    if done { Ok(()) } else { Err(UpstreamError::Malformed) }
}
