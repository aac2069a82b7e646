//! The mirror: what a merchant's people read in files, `users/<uuid>/...`, free of tokens, written when its content
//! changed. Derived data: every object comes back from the store.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, ConversationId, MerchantId, ProductId};
use shopclerk_domain::message::{Author, Message};
use shopclerk_domain::product::{Product, Variant};

use crate::app::App;
use crate::error::JobError;

/// Products read from the store at a time.
const SLICE: usize = 200;
/// Messages a conversation's file holds at most: the newest.
const MESSAGES: usize = 10_000;

/// `users/<uuid>/shopify/<shop>/shop_metadata.json`
pub(crate) async fn shop(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let shops = app.store().list_shops(merchant).await?;
    let Some(facts) = shops.into_iter().find(|row| row.shop.domain == *shop).and_then(|row| row.shop.facts)
    else {
        // Its first pass has not been here yet; when it ends, it asks for this again.
        return Ok(());
    };
    let content = json!({ "name": facts.name, "primaryDomain": { "url": facts.url } });
    write(app, merchant, &format!("shopify/{shop}/shop_metadata.json"), &content).await
}

/// `users/<uuid>/shopify/<shop>/shop_products.json`
pub(crate) async fn products(app: &App, merchant: MerchantId, shop: &ShopDomain) -> Result<(), JobError> {
    let mut products = Vec::new();
    let mut collections: Map<String, Value> = Map::new();
    let mut after: Option<ProductId> = None;
    loop {
        let rows = app.store().list_products(merchant, after, SLICE).await?;
        let Some(last) = rows.last().map(|row| row.product.id) else { break };
        after = Some(last);
        for product in rows.into_iter().map(|row| row.product).filter(Product::is_offered) {
            let Some(lean) = lean_product(&product) else { continue };
            products.push(lean);
            for collection in product.collections {
                let titles = collections.entry(collection).or_insert_with(|| json!([]));
                if let Value::Array(titles) = titles {
                    titles.push(json!(product.title));
                }
            }
        }
    }
    let collections: Vec<Value> = collections
        .into_iter()
        .map(|(title, products)| json!({ "title": title, "products": products }))
        .collect();
    let content = json!({ "products": products, "discounts": [], "collections": collections });
    write(app, merchant, &format!("shopify/{shop}/shop_products.json"), &content).await
}

/// What sells: nothing that cannot be bought, no internal ids, no empty lists.
fn lean_product(product: &Product) -> Option<Value> {
    let variants: Vec<Value> =
        product.variants.iter().filter(|variant| variant.stock.for_sale).map(lean_variant).collect();
    if variants.is_empty() {
        return None;
    }
    let mut lean = Map::new();
    lean.insert("title".to_owned(), json!(product.title));
    insert_unless_empty(&mut lean, "type", &product.product_type);
    insert_unless_empty(&mut lean, "vendor", &product.vendor);
    lean.insert("url".to_owned(), json!(product.url));
    insert_unless_empty(&mut lean, "description", &product.description);
    if !product.tags.is_empty() {
        lean.insert("tags".to_owned(), json!(product.tags));
    }
    if !product.facts.is_empty() {
        let facts: Map<String, Value> =
            product.facts.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
        lean.insert("metafields".to_owned(), Value::Object(facts));
    }
    lean.insert("variants".to_owned(), Value::Array(variants));
    Some(Value::Object(lean))
}

fn insert_unless_empty(object: &mut Map<String, Value>, key: &str, text: &str) {
    if !text.is_empty() {
        object.insert(key.to_owned(), json!(text));
    }
}

fn lean_variant(variant: &Variant) -> Value {
    let mut lean = Map::new();
    insert_unless_empty(&mut lean, "title", &variant.title());
    lean.insert("price".to_owned(), json!(variant.price.decimal()));
    lean.insert("currency".to_owned(), json!(variant.price.currency.code()));
    if let Some(was) = variant.reduced_from() {
        lean.insert("compare_at_price".to_owned(), json!(was.decimal()));
    }
    lean.insert("available".to_owned(), json!(true));
    if variant.stock.counted && variant.stock.quantity > 0 {
        lean.insert("inventory_quantity".to_owned(), json!(variant.stock.quantity));
    }
    Value::Object(lean)
}

/// `users/<uuid>/facebook/<page_id>/page_data.json`
pub(crate) async fn account(app: &App, merchant: MerchantId, account: AccountId) -> Result<(), JobError> {
    let Some(row) = app.store().find_account(merchant, account).await? else { return Ok(()) };
    let content = json!({ "data": [row.data], "paging": {} });
    write(app, merchant, &format!("facebook/{}/page_data.json", row.account.native_id), &content).await
}

/// `users/<uuid>/facebook/<page_id>/conversations/<sender_id>.json`
pub(crate) async fn conversation(
    app: &App,
    merchant: MerchantId,
    id: ConversationId,
) -> Result<(), JobError> {
    let Some(conversation) = app.store().find_conversation(merchant, id).await? else { return Ok(()) };
    let Some(row) = app.store().find_account(merchant, conversation.account).await? else { return Ok(()) };
    let page = &row.account.native_id;
    let shopper = conversation.alias.expose();
    let messages = app.store().list_messages(merchant, id, MESSAGES).await?;
    let events: Vec<Value> = messages.iter().map(|message| event(message, page, shopper)).collect();
    write(app, merchant, &conversation_path(page, shopper), &Value::Array(events)).await
}

/// Where a shopper's conversation with a Page lies, below the merchant's prefix.
pub(crate) fn conversation_path(page: &str, shopper: &str) -> String {
    format!("facebook/{page}/conversations/{shopper}.json")
}

/// Removes an object below the merchant's prefix; one that is not there is removed already.
pub(crate) async fn remove(app: &App, merchant: MerchantId, path: &str) -> Result<(), JobError> {
    let key = format!("users/{merchant}/{path}");
    app.objects().mirror().delete(&key).await?;
    Ok(app.store().forget_mirrored(merchant, &key).await?)
}

/// Removes every object below a folder of the merchant's, or below the merchant's own for an empty one.
pub(crate) async fn remove_all(app: &App, merchant: MerchantId, folder: &str) -> Result<(), JobError> {
    let prefix = format!("users/{merchant}{folder}");
    app.objects().mirror().delete_all(&prefix).await?;
    Ok(app.store().forget_mirrored(merchant, &prefix).await?)
}

fn event(message: &Message, page: &str, shopper: &str) -> Value {
    let (sender, recipient) = match message.author {
        Author::Shopper => (shopper, page),
        Author::Clerk | Author::Person => (page, shopper),
    };
    json!({
        "sender": { "id": sender },
        "recipient": { "id": recipient },
        "timestamp": message.at.millis(),
        "message": { "mid": message.native_id, "text": message.text },
    })
}

/// Writes an object below the merchant's prefix, unless its content is what was written last.
async fn write(app: &App, merchant: MerchantId, path: &str, content: &Value) -> Result<(), JobError> {
    let key = format!("users/{merchant}/{path}");
    let bytes = serde_json::to_vec_pretty(content).map_err(|_| JobError::give_up("mirror.unwritable"))?;
    let hash: [u8; 32] = Sha256::digest(&bytes).into();
    if app.store().mirrored(merchant, &key).await? == Some(hash)
        && app.objects().mirror().exists(&key).await?
    {
        return Ok(());
    }
    let size = bytes.len();
    app.objects().mirror().put(&key, bytes.into()).await?;
    app.store().mark_mirrored(merchant, &key, hash, app.now()).await?;
    app.saw("mirror.written", format!("{path} written"), json!({ "path": path, "bytes": size }));
    Ok(())
}
