//! Reading the catalogue: page by page, or one product anew. Pages are as large as the shop allows.

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::money::Currency;
use shopclerk_domain::product::Product;
use shopclerk_domain::secret::SecretText;

use super::Shopify;
use super::admin::{AdminError, Answered, Asked};
use super::product::{PageInfo, ReadProduct, Variants, add_variants, read_product};
use crate::error::UpstreamError;

pub use super::product::RefusedProduct;
pub use super::throttle::Cost;

const PAGE: &str = "ProductsPage";
/// A product has at most 2,048 variants; a list that goes on after this many pages of 250 leads nowhere.
const MOST_VARIANT_PAGES: usize = 10;

/// Some products of a shop.
#[derive(Clone, Debug)]
pub struct ProductsPage {
    /// Those that can be taken over.
    pub products: Vec<Product>,
    /// Those that cannot.
    pub refused: Vec<RefusedProduct>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
    /// What this page cost the shop's allowance.
    pub cost: Cost,
}

#[derive(Deserialize)]
struct PageData<'a> {
    #[serde(borrow)]
    products: Products<'a>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Products<'a> {
    #[serde(borrow)]
    nodes: Vec<&'a RawValue>,
    page_info: PageInfo,
}

#[derive(Deserialize)]
struct ProductData<'a> {
    /// `null` = there is none; an answer without the field says nothing.
    #[serde(borrow)]
    product: &'a RawValue,
}

#[derive(Deserialize)]
struct VariantsData {
    product: Option<WithVariants>,
}

#[derive(Deserialize)]
struct WithVariants {
    variants: Variants,
}

/// A product that was read, one that cannot be taken over, or one that vanished while it was read.
enum Whole {
    Read(Box<Product>),
    Refused(RefusedProduct),
    Gone,
}

impl Shopify {
    /// The page that begins at `cursor`: all products, or those changed since an instant; every status, so that what is
    /// withdrawn is seen leaving.
    pub async fn products_page(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        cursor: Option<&str>,
        updated_since: Option<Timestamp>,
        currency: Currency,
    ) -> Result<ProductsPage, UpstreamError> {
        let answered = self.ask_page(shop, token, cursor, updated_since).await?;
        let PageData { products } = answered.data()?;
        let mut page =
            ProductsPage { products: Vec::new(), refused: Vec::new(), next: None, cost: answered.cost };
        for raw in products.nodes {
            match self.whole(shop, token, raw, currency).await {
                Ok(Whole::Read(product)) => page.products.push(*product),
                Ok(Whole::Refused(refused)) => page.refused.push(refused),
                Ok(Whole::Gone) => {}
                Err(error @ UpstreamError::Limited { .. }) => {
                    // The page begins anew later; a smaller one gets further before the allowance is spent again.
                    self.throttle.shrink_page(shop, PAGE);
                    return Err(error);
                }
                Err(error) => return Err(error),
            }
        }
        page.next = products.page_info.next()?;
        Ok(page)
    }

    /// One product as it is now; `None` when the shop has it no more, or in a form that cannot be taken over.
    pub async fn product(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        id: ProductId,
        currency: Currency,
    ) -> Result<Option<Product>, UpstreamError> {
        let asked = Asked {
            site: "shopify.product",
            operation: "OneProduct",
            query: include_str!("queries/21_product.graphql"),
            variables: json!({ "id": format!("gid://shopify/Product/{id}") }),
        };
        let answered = self.admin(shop, token, asked).await?;
        let ProductData { product } = answered.data()?;
        if product.get() == "null" {
            return answered.prove_absence().map(|()| None);
        }
        match self.whole(shop, token, product, currency).await? {
            Whole::Read(product) if product.id == id => Ok(Some(*product)),
            Whole::Gone => Ok(None),
            // As in a pass: what cannot be read is left out rather than known by figures that are no longer true.
            Whole::Refused(refused) => {
                tracing::warn!(shop = %shop, product.id = %refused.id, why = %refused.why, "a product was left out");
                Ok(None)
            }
            Whole::Read(_) => Err(UpstreamError::Malformed),
        }
    }

    /// Asks for as many products as the shop answers at once.
    async fn ask_page(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        cursor: Option<&str>,
        updated_since: Option<Timestamp>,
    ) -> Result<Answered, UpstreamError> {
        let query = updated_since.map(|since| format!("updated_at:>='{since}'"));
        loop {
            let first = self.throttle.page_size(shop);
            let asked = Asked {
                site: "shopify.products",
                operation: PAGE,
                query: include_str!("queries/03_products_page.graphql"),
                variables: json!({ "first": first, "cursor": cursor, "query": query }),
            };
            match self.admin(shop, token, asked).await {
                Err(AdminError::TooMuch) if self.throttle.shrink_page(shop, PAGE) => {}
                answered => return Ok(answered?),
            }
        }
    }

    /// A product with all of its variants.
    async fn whole(
        &self,
        shop: &ShopDomain,
        token: &SecretText,
        raw: &RawValue,
        currency: Currency,
    ) -> Result<Whole, UpstreamError> {
        let ReadProduct { mut product, mut more } = match read_product(raw, currency) {
            Ok(read) => read,
            Err(refused) => return Ok(Whole::Refused(refused)),
        };
        for _ in 0..MOST_VARIANT_PAGES {
            let Some(cursor) = &more else { return Ok(Whole::Read(Box::new(product))) };
            let asked = Asked {
                site: "shopify.variants",
                operation: "ProductVariantsPage",
                query: include_str!("queries/04_variants_page.graphql"),
                variables: json!({ "id": format!("gid://shopify/Product/{}", product.id), "cursor": cursor }),
            };
            let answered = self.admin(shop, token, asked).await?;
            let VariantsData { product: found } = answered.data()?;
            let Some(WithVariants { variants }) = found else {
                return answered.prove_absence().map(|()| Whole::Gone);
            };
            match add_variants(&mut product, variants, currency) {
                Ok(next) => more = next,
                Err(refused) => return Ok(Whole::Refused(refused)),
            }
        }
        let why = "its list of variants does not end".to_owned();
        Ok(Whole::Refused(RefusedProduct { id: product.id.to_string(), handle: product.handle, why }))
    }
}
