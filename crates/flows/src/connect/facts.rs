//! What a shop says of itself and grants us, read and kept, and what that says of the connection.

use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::{ShopRow, ShopTokens};
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_upstream::UpstreamError;

use super::token;
use crate::app::App;
use crate::catalogue::sync::mirror_job;
use crate::jobs;
use crate::standing::{self, Heard};

/// Reads what the shop says of itself and the scopes it grants, and keeps what is new; `heard` says what such an answer proves.
pub(crate) async fn read(
    app: &App,
    merchant: MerchantId,
    row: &ShopRow,
    tokens: &ShopTokens,
    heard: fn(Option<Cause>) -> Heard,
) -> Result<(ShopFacts, Vec<String>), UpstreamError> {
    let shop = &row.shop.domain;
    let (facts, scopes) = app.shopify().shop_facts(shop, &tokens.access).await?;
    let found = scopes_say(app, &scopes);
    let kept = async {
        if row.shop.facts.as_ref() != Some(&facts) || row.shop.scopes != scopes {
            let mirrored = NewJob { kind: jobs::MIRROR_SHOP, ..mirror_job(app, merchant, shop) };
            let (facts, scopes) = (facts.clone(), scopes.clone());
            app.store().set_shop_facts(merchant, shop, facts, scopes, vec![mirrored]).await?;
        }
        token::learn_of(app, merchant, row, heard(found), tokens.generation).await
    };
    kept.await.map_err(|error: StoreError| {
        tracing::warn!(shop = %shop, %error, "what the shop says of itself was not kept");
        UpstreamError::Unavailable
    })?;
    Ok((facts, scopes))
}

/// What is to be said of the scopes that a shop granted.
pub(crate) fn scopes_say(app: &App, granted: &[String]) -> Option<Cause> {
    standing::of_scopes(granted, app.shopify().asked_scopes(), &app.settings().required_scopes)
}
