//! What a merchant is told when a budget for the model was met today: nobody sees by the answers alone why they are shorter.

use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::nouns::budgets::Refusals;

use super::day;
use crate::app::App;
use crate::error::FlowError;

/// Whose budget for today was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spent {
    /// The merchant's: the rules answer everybody.
    Merchant,
    /// Those of single shoppers, whom the rules answer.
    Shoppers,
}

/// Whose budget was met today, if anybody's; the merchant's counts for more.
pub async fn today(app: &App, merchant: MerchantId) -> Result<Option<Spent>, FlowError> {
    if app.model().is_none() {
        return Ok(None);
    }
    let met = app.store().find_model_refusals(merchant, day(app.now())).await?;
    Ok(match met {
        Refusals { merchant: 1.., .. } => Some(Spent::Merchant),
        Refusals { shopper: 1.., .. } => Some(Spent::Shoppers),
        Refusals { .. } => None,
    })
}
