//! The mirror: what a merchant's people read in files, `users/<uuid>/...`, free of tokens, written when its content
//! changed. Derived data: every object comes back from the store.

pub mod audit;
mod content;
mod error;
mod lean;
mod products;
mod sink;

use serde_json::json;
use sha2::{Digest, Sha256};
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, ConversationId, MerchantId};

use self::content::Content;
pub(crate) use self::content::conversation_path;
pub use self::error::MirrorError;
use self::sink::{Digesting, Sending};
use crate::app::App;

/// What one object is about.
#[derive(Clone, Debug)]
pub(crate) enum Subject {
    /// `shopify/<shop>/shop_metadata.json`
    Shop(ShopDomain),
    /// `shopify/<shop>/shop_products.json`
    Products(ShopDomain),
    /// `facebook/<page_id>/page_data.json`
    Account(AccountId),
    /// `facebook/<page_id>/conversations/<sender_id>.json`
    Conversation(ConversationId),
}

/// Writes the object, unless its content is what was written last.
pub(crate) async fn write(app: &App, merchant: MerchantId, subject: &Subject) -> Result<(), MirrorError> {
    let Some(content) = content::of(app, merchant, subject).await? else { return Ok(()) };
    let digest = content.digest(app, merchant).await?;
    if is_written(app, merchant, &content, &digest).await? {
        return Ok(());
    }
    put(app, merchant, &content, digest).await?;
    // What was forgotten while it was on its way must not lie there again.
    if content::key_of(app, merchant, subject).await?.is_none() {
        remove(app, merchant, content.path()).await?;
    }
    Ok(())
}

/// Whether the content is what was written last. A folder is looked at, too: people delete files. What is missing in a bucket
/// is found by [`audit`].
async fn is_written(
    app: &App,
    merchant: MerchantId,
    content: &Content,
    digest: &Digesting,
) -> Result<bool, MirrorError> {
    let known = app.store().mirrored(merchant, &content.key).await?;
    if known != Some(mark(app, &digest.hash())) {
        return Ok(false);
    }
    Ok(!app.objects().is_local() || app.objects().mirror().exists(&content.key).await?)
}

/// Writes the object whatever was written last.
pub(crate) async fn put(
    app: &App,
    merchant: MerchantId,
    content: &Content,
    digest: Digesting,
) -> Result<(), MirrorError> {
    let mut hash = digest.hash();
    let bytes = digest.bytes();
    if let Some(whole) = digest.into_whole() {
        app.objects().mirror().put(&content.key, whole).await?;
    } else {
        // Too large to have been kept: it is made once more, and what was sent counts, should it differ by now.
        let mut sending = Sending::begin(app.objects().mirror(), &content.key)?;
        match content.pour(app, merchant, &mut sending).await {
            Ok(()) => hash = sending.finish().await?,
            Err(error) => {
                sending.abort().await;
                return Err(error);
            }
        }
    }
    app.store().mark_mirrored(merchant, &content.key, mark(app, &hash), app.now()).await?;
    let path = content.path();
    app.saw("mirror.written", format!("{path} written"), json!({ "path": path, "bytes": bytes }));
    Ok(())
}

/// Removes an object below the merchant's prefix; one that is not there is removed already.
pub(crate) async fn remove(app: &App, merchant: MerchantId, path: &str) -> Result<(), MirrorError> {
    let key = format!("users/{merchant}/{path}");
    app.objects().mirror().delete(&key).await?;
    Ok(app.store().forget_mirrored(merchant, &key).await?)
}

/// Removes every object below a folder of the merchant's, or below the merchant's own for an empty one.
pub(crate) async fn remove_all(app: &App, merchant: MerchantId, folder: &str) -> Result<(), MirrorError> {
    let prefix = format!("users/{merchant}{folder}");
    app.objects().mirror().delete_all(&prefix).await?;
    Ok(app.store().forget_mirrored(merchant, &prefix).await?)
}

/// What is remembered of a written object: its content, and where it was written. What lies elsewhere is not here.
fn mark(app: &App, hash: &[u8; 32]) -> [u8; 32] {
    let place = Sha256::new().chain_update(app.objects().place()).chain_update([0]);
    place.chain_update(hash).finalize().into()
}

/// Whether conversations are mirrored: into a bucket only if the operator says so, for they are personal data.
pub(crate) fn keeps_conversations(app: &App) -> bool {
    app.objects().is_local() || app.settings().mirror_conversations
}
