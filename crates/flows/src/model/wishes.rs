//! A merchant's wishes about manner and topics, which the model is told as data.

use shopclerk_domain::ids::MerchantId;

use crate::app::App;
use crate::error::FlowError;

/// Longest wishes, in characters.
const MOST: usize = 1_000;

/// What a merchant wishes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wishes {
    /// In the merchant's own words, if there are any.
    pub words: Option<String>,
    /// Whether there is a model to be told of them.
    pub have_model: bool,
}

/// What became of new wishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wished {
    /// They are kept; empty ones are none.
    Kept,
    /// They are longer than 1,000 characters, and nothing was changed.
    TooLong,
}

/// The wishes as they stand.
pub async fn find(app: &App, merchant: MerchantId) -> Result<Wishes, FlowError> {
    let words = app.store().find_wishes(merchant).await?;
    Ok(Wishes { words, have_model: app.model().is_some() })
}

/// Puts new wishes in their place, without what nobody sees.
pub async fn keep(app: &App, merchant: MerchantId, words: &str) -> Result<Wished, FlowError> {
    let is_seen = |ch: &char| !ch.is_control() || matches!(ch, '\n' | '\t');
    let words: String = words.chars().filter(is_seen).collect();
    let words = words.trim();
    if words.chars().count() > MOST {
        return Ok(Wished::TooLong);
    }
    app.store().set_wishes(merchant, words, app.now()).await?;
    Ok(Wished::Kept)
}
