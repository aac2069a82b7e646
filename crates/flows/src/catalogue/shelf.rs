//! One merchant's catalogue as the agent may see it: ids from the index, everything else from the rows.

use async_trait::async_trait;
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::ids::{MerchantId, ProductId};
use shopclerk_domain::money::Money;
use shopclerk_domain::ports::{Found, Order, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::ProductRow;

use super::{discounts, indexes, read};
use crate::app::App;
use crate::error::FlowError;

/// Ids asked of the index for one search: more than are shown, because rows may have changed since.
const CANDIDATES: usize = 50;

/// So few products are searched in less time than handing the search to another thread takes.
const SEARCHED_HERE: u64 = 250;

/// Bound to one merchant; no argument can name another.
#[derive(Debug)]
pub(crate) struct MerchantShelf<'a> {
    app: &'a App,
    merchant: MerchantId,
}

impl<'a> MerchantShelf<'a> {
    pub(crate) const fn new(app: &'a App, merchant: MerchantId) -> Self {
        Self { app, merchant }
    }

    async fn find(&self, wanted: &Wanted, most: usize) -> Result<Found, FlowError> {
        let index = indexes::open(self.app, self.merchant).await?;
        let asked = wanted.clone();
        let candidates = CANDIDATES.max(most);
        let hits = if index.len() <= SEARCHED_HERE {
            index.find(&asked, candidates).map_err(|error| FlowError::Internal(Box::new(error)))?
        } else {
            indexes::blocking(move || index.find(&asked, candidates)).await?
        };
        let ids: Vec<ProductId> = hits.hits.iter().map(|hit| hit.product).collect();
        let found = self.app.store().find_products(self.merchant, &ids).await?;
        let before = found.len();
        let mut rows: Vec<ProductRow> = found.into_iter().filter(|row| fits(row, wanted)).collect();
        let dropped = before - rows.len() + (ids.len() - before);
        sort(&mut rows, wanted.order);
        rows.truncate(most);
        let mut rows = self.fresh(rows).await?;
        rows.retain(|row| fits(row, wanted));
        let offered = self.app.store().count_offered(self.merchant).await?;
        Ok(Found {
            rows,
            fitting: hits.fitting.saturating_sub(dropped),
            offered: usize::try_from(offered).unwrap_or(usize::MAX),
        })
    }

    /// Rows whose figures are too old are read again first; the caller judges anew by what was read.
    async fn fresh(&self, rows: Vec<ProductRow>) -> Result<Vec<ProductRow>, FlowError> {
        if !read::freshen(self.app, self.merchant, &rows).await {
            return Ok(rows);
        }
        let ids: Vec<ProductId> = rows.iter().map(|row| row.product.id).collect();
        Ok(self.app.store().find_products(self.merchant, &ids).await?)
    }
}

/// Whether a row keeps the limits now: offered, and with a price for sale within them.
fn fits(row: &ProductRow, wanted: &Wanted) -> bool {
    let product = &row.product;
    let within = |price: Money| {
        let below =
            wanted.at_most.is_none_or(|limit| limit.currency == price.currency && price.minor <= limit.minor);
        let above = wanted
            .at_least
            .is_none_or(|limit| limit.currency == price.currency && price.minor >= limit.minor);
        below && above
    };
    let for_sale = product.is_for_sale();
    product.is_offered()
        && (!product.gift_card || names(&product.title, &wanted.words))
        && !wanted.except.contains(&product.id)
        && product
            .variants
            .iter()
            .any(|variant| (variant.stock.for_sale || !for_sale) && within(variant.price))
}

/// Whether the words hold one of the title: a gift card stands for every thing and is none, so it must be asked for.
fn names(title: &str, words: &str) -> bool {
    let words = words.to_lowercase();
    title.to_lowercase().split_whitespace().any(|word| words.split_whitespace().any(|asked| asked == word))
}

fn sort(rows: &mut [ProductRow], order: Order) {
    let lowest = |row: &ProductRow| row.product.price_span().map_or(i64::MAX, |(lowest, _)| lowest.minor);
    match order {
        Order::Fit => {}
        Order::CheapestFirst => rows.sort_by_key(lowest),
        Order::DearestFirst => rows.sort_by_key(|row| std::cmp::Reverse(lowest(row))),
    }
}

#[async_trait]
impl Shelf for MerchantShelf<'_> {
    async fn search(&self, wanted: &Wanted, most: usize) -> Result<Found, ShelfUnavailable> {
        self.find(wanted, most).await.map_err(|error| {
            tracing::warn!(merchant.id = %self.merchant, %error, "the catalogue could not be searched");
            ShelfUnavailable
        })
    }

    async fn rows(&self, ids: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        let read = async {
            let rows = self.app.store().find_products(self.merchant, ids).await?;
            let mut rows = self.fresh(rows).await?;
            rows.retain(|row| row.product.is_offered());
            Ok::<_, FlowError>(rows)
        };
        read.await.map_err(|error| {
            tracing::warn!(merchant.id = %self.merchant, %error, "the catalogue could not be read");
            ShelfUnavailable
        })
    }

    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        discounts::told(self.app, self.merchant).await.map_err(|error| {
            tracing::warn!(merchant.id = %self.merchant, %error, "the discounts could not be read");
            ShelfUnavailable
        })
    }
}
