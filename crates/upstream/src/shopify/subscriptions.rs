//! Which changes a shop tells us of. Shopify deletes a subscription after too many failures, so what stands is read back.

use serde::Deserialize;
use serde_json::{Value, json};
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::secret::SecretText;

use super::Shopify;
use super::admin::Asked;
use super::product::PageInfo;
use crate::error::UpstreamError;

/// What we want to hear of, as webhooks name it.
pub const TOPICS: &[&str] = &[
    "products/create",
    "products/update",
    "products/delete",
    "inventory_levels/update",
    "collections/create",
    "collections/update",
    "collections/delete",
    "discounts/create",
    "discounts/update",
    "discounts/delete",
    "discounts/redeemcode_removed",
    "shop/update",
    "app/uninstalled",
    "app/scopes_update",
];

/// What a shop tells us of in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subscribed {
    /// All of it, as webhooks name it.
    pub topics: Vec<String>,
    /// What it did not tell before.
    pub made: Vec<String>,
}

/// Lists of subscriptions are followed this far.
const MOST_ROUNDS: usize = 20;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    webhook_subscriptions: Subscriptions,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Subscriptions {
    nodes: Vec<Subscription>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Left {
    app_uninstall: Option<Uninstalled>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Uninstalled {
    #[serde(default)]
    user_errors: Vec<Value>,
}

#[derive(Deserialize)]
struct Subscription {
    topic: String,
    uri: Option<String>,
}

impl Shopify {
    /// Makes sure that the shop tells `callback` of all [`TOPICS`] its scopes allow.
    pub async fn ensure_subscriptions(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        callback: &str,
    ) -> Result<Subscribed, UpstreamError> {
        let standing = self.subscribed(shop, token, callback).await?;
        let missing: Vec<&str> =
            TOPICS.iter().copied().filter(|topic| !standing.iter().any(|known| known == topic)).collect();
        if missing.is_empty() {
            return Ok(Subscribed { topics: standing, made: Vec::new() });
        }
        for topic in missing {
            self.subscribe(shop, token, topic, callback).await?;
        }
        let topics = self.subscribed(shop, token, callback).await?;
        let made = topics.iter().filter(|topic| !standing.contains(topic)).cloned().collect();
        Ok(Subscribed { topics, made })
    }

    /// Takes our app out of the shop: the token that asks for it is dead afterwards.
    pub async fn uninstall(&self, shop: &ShopDomain, token: &SecretText) -> Result<(), UpstreamError> {
        let asked = Asked {
            site: "shopify.uninstall",
            operation: "Bye",
            query: include_str!("queries/19_app_uninstall.graphql"),
            variables: json!({}),
        };
        let answered = self.admin(shop, token, asked).await?;
        let left: Left = answered.data()?;
        let refused = left.app_uninstall.is_none_or(|left| !left.user_errors.is_empty());
        if refused { Err(UpstreamError::Refused { code: "appUninstall".to_owned() }) } else { Ok(()) }
    }

    /// The topics of which the shop tells `callback` as things stand.
    pub async fn subscribed(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        callback: &str,
    ) -> Result<Vec<String>, UpstreamError> {
        let (mut found, mut cursor) = (Vec::new(), None::<String>);
        for _ in 0..MOST_ROUNDS {
            let asked = Asked {
                site: "shopify.subscriptions",
                operation: "Subs",
                query: include_str!("queries/11_webhook_list.graphql"),
                variables: json!({ "cursor": cursor }),
            };
            let answered = self.admin(shop, token, asked).await?;
            let Listed { webhook_subscriptions: Subscriptions { nodes, page_info } } = answered.data()?;
            let ours = nodes.into_iter().filter(|one| one.uri.as_deref() == Some(callback));
            found.extend(ours.map(|one| as_header(&one.topic)));
            cursor = page_info.next()?;
            if cursor.is_none() {
                break;
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }

    /// A topic that is refused, for want of a scope or because it stands already, is no error: reading back tells.
    async fn subscribe(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        topic: &str,
        callback: &str,
    ) -> Result<(), UpstreamError> {
        // Of a product a hint needs no more; `updated_at` must stay, or changes that look alike are swallowed.
        let lean = matches!(topic, "products/create" | "products/update");
        let fields = lean.then_some(["id", "updated_at", "admin_graphql_api_id"]);
        let input = json!({ "uri": callback, "format": "JSON", "includeFields": fields });
        let asked = Asked {
            site: "shopify.subscribe",
            operation: "Sub",
            query: include_str!("queries/10_webhook_create.graphql"),
            variables: json!({ "topic": as_enum(topic), "input": input }),
        };
        let answered = self.admin(shop, token, asked).await;
        match answered.map_err(UpstreamError::from) {
            Ok(answered) => answered.data::<Value>().map(drop),
            Err(UpstreamError::Refused { .. } | UpstreamError::Malformed) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// `products/update` as the API spells it: `PRODUCTS_UPDATE`.
fn as_enum(topic: &str) -> String {
    topic.replace('/', "_").to_ascii_uppercase()
}

/// `INVENTORY_LEVELS_UPDATE` as webhooks spell it; what we do not know is only lower-cased.
fn as_header(topic: &str) -> String {
    let known = TOPICS.iter().find(|known| as_enum(known) == topic);
    known.map_or_else(|| topic.to_ascii_lowercase(), |known| (*known).to_owned())
}
