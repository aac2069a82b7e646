//! What a shop says of itself, and what it granted us.

use serde::Deserialize;
use serde_json::json;
use shopclerk_domain::connection::{ShopDomain, ShopFacts};
use shopclerk_domain::money::Currency;
use shopclerk_domain::secret::SecretText;

use super::Shopify;
use super::admin::Asked;
use crate::error::UpstreamError;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    shop: WireShop,
    current_app_installation: Option<Installation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireShop {
    name: String,
    url: Option<String>,
    primary_domain: Option<PrimaryDomain>,
    currency_code: String,
    iana_timezone: Option<String>,
}

#[derive(Deserialize)]
struct PrimaryDomain {
    url: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Installation {
    access_scopes: Vec<Scope>,
}

#[derive(Deserialize)]
struct Scope {
    handle: String,
}

impl Shopify {
    /// The shop's facts and the scopes it really granted.
    pub async fn shop_facts(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
    ) -> Result<(ShopFacts, Vec<String>), UpstreamError> {
        let asked = Asked {
            site: "shopify.shop",
            operation: "ShopInfo",
            query: include_str!("queries/01_shop.graphql"),
            variables: json!({}),
        };
        let answered = self.admin(shop, token, asked).await?;
        let Data { shop: found, current_app_installation } = answered.data()?;
        let facts = ShopFacts {
            name: found.name,
            currency: Currency::parse(&found.currency_code).map_err(|_| UpstreamError::Malformed)?,
            url: found
                .primary_domain
                .map(|domain| domain.url)
                .or(found.url)
                .ok_or(UpstreamError::Malformed)?,
            timezone: found.iana_timezone.unwrap_or_else(|| "UTC".to_owned()),
        };
        let scopes = current_app_installation.map(|installed| installed.access_scopes).unwrap_or_default();
        Ok((facts, scopes.into_iter().map(|scope| scope.handle).collect()))
    }
}
