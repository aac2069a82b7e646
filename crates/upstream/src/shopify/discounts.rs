//! Reading a shop's discounts: those that count and those that are to come, page by page.

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::discount::Discount;
use shopclerk_domain::money::Currency;
use shopclerk_domain::secret::SecretText;

use super::Shopify;
use super::admin::Asked;
use super::discount::read_discount;
use super::product::PageInfo;
use crate::error::UpstreamError;

/// Some of a shop's discounts.
#[derive(Clone, Debug)]
pub struct DiscountsPage {
    /// Those with a number; what cannot even be told apart is left out.
    pub discounts: Vec<Discount>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PageData<'a> {
    #[serde(borrow)]
    discount_nodes: Nodes<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Nodes<'a> {
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
    page_info: PageInfo,
}

impl Shopify {
    /// The page that begins at `cursor`. Which of them count now is left to whoever tells of them: dates pass without a word.
    pub async fn discounts_page(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        cursor: Option<&str>,
        currency: Currency,
    ) -> Result<DiscountsPage, UpstreamError> {
        let asked = Asked {
            site: "shopify.discounts",
            operation: "Discounts",
            query: include_str!("queries/05_discounts.graphql"),
            variables: json!({ "cursor": cursor }),
        };
        let answered = self.admin(shop, token, asked).await?;
        let PageData { discount_nodes: Nodes { nodes, page_info } } = answered.data()?;
        let read = |raw: &RawValue| {
            let read = read_discount(raw, currency);
            if read.is_none() {
                tracing::warn!(shop = %shop, "a discount without a number was left out");
            }
            read
        };
        Ok(DiscountsPage { discounts: nodes.into_iter().filter_map(read).collect(), next: page_info.next()? })
    }
}
