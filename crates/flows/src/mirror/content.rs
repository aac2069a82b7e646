//! What an object holds, made from the store: allow-listed fields, never a token.

use serde_json::{Value, json};
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::ids::{AccountId, ConversationId, MerchantId};
use shopclerk_domain::message::{Author, Message};
use shopclerk_storage::nouns::connections::ShopRow;

use super::error::MirrorError;
use super::products;
use super::sink::{Digesting, Sink};
use super::{Subject, keeps_conversations};
use crate::app::App;

/// Messages a conversation's file holds at most: the newest.
const MESSAGES: usize = 10_000;

/// An object before it is written.
#[derive(Debug)]
pub(crate) struct Content {
    /// Its whole key.
    pub(crate) key: String,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Whole(Value),
    /// A shop's products, which are made as they are written: there may be many.
    Products(ShopDomain),
}

/// The key of the object about `subject`; `None` = there is none.
pub(crate) async fn key_of(
    app: &App,
    merchant: MerchantId,
    subject: &Subject,
) -> Result<Option<String>, MirrorError> {
    match subject {
        Subject::Conversation(id) => {
            let talk = talk(app, merchant, *id).await?;
            Ok(talk.map(|talk| talk.key(merchant)))
        }
        subject => Ok(of(app, merchant, subject).await?.map(|content| content.key)),
    }
}

/// What the object about `subject` is to hold; `None` = there is none.
pub(crate) async fn of(
    app: &App,
    merchant: MerchantId,
    subject: &Subject,
) -> Result<Option<Content>, MirrorError> {
    match subject {
        Subject::Shop(shop) => about_shop(app, merchant, shop).await,
        Subject::Products(shop) => Ok(find_shop(app, merchant, shop).await?.map(|_| Content {
            key: format!("users/{merchant}/shopify/{shop}/shop_products.json"),
            body: Body::Products(shop.clone()),
        })),
        Subject::Account(account) => about_account(app, merchant, *account).await,
        Subject::Conversation(id) => conversation(app, merchant, *id).await,
    }
}

impl Content {
    /// The key below the merchant's prefix, for people.
    pub(crate) fn path(&self) -> &str {
        self.key.splitn(3, '/').nth(2).unwrap_or_default()
    }

    /// Makes it and hashes it.
    pub(crate) async fn digest(&self, app: &App, merchant: MerchantId) -> Result<Digesting, MirrorError> {
        let mut digest = Digesting::new();
        self.pour(app, merchant, &mut digest).await?;
        Ok(digest)
    }

    /// Makes it.
    pub(crate) async fn pour(
        &self,
        app: &App,
        merchant: MerchantId,
        sink: &mut dyn Sink,
    ) -> Result<(), MirrorError> {
        match &self.body {
            Body::Whole(value) => {
                let bytes = serde_json::to_vec_pretty(value)?;
                sink.take(&bytes).await
            }
            Body::Products(shop) => products::pour(app, merchant, shop, sink).await,
        }
    }
}

async fn about_shop(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<Option<Content>, MirrorError> {
    // Before the first pass has been there, nothing is known; when it ends, it asks for this again.
    let facts = find_shop(app, merchant, shop).await?.and_then(|row| row.shop.facts);
    Ok(facts.map(|facts| Content {
        key: format!("users/{merchant}/shopify/{shop}/shop_metadata.json"),
        body: Body::Whole(json!({ "name": facts.name, "primaryDomain": { "url": facts.url } })),
    }))
}

async fn find_shop(
    app: &App,
    merchant: MerchantId,
    shop: &ShopDomain,
) -> Result<Option<ShopRow>, MirrorError> {
    let shops = app.store().list_shops(merchant).await?;
    Ok(shops.into_iter().find(|row| row.shop.domain == *shop))
}

async fn about_account(
    app: &App,
    merchant: MerchantId,
    account: AccountId,
) -> Result<Option<Content>, MirrorError> {
    let row = app.store().find_account(merchant, account).await?;
    Ok(row.map(|row| Content {
        key: format!("users/{merchant}/facebook/{}/page_data.json", row.account.native_id),
        body: Body::Whole(json!({ "data": [row.data], "paging": {} })),
    }))
}

/// Who talks in a conversation, by the channel's ids.
struct Talk {
    page: String,
    shopper: ShopperAlias,
}

impl Talk {
    fn key(&self, merchant: MerchantId) -> String {
        format!("users/{merchant}/{}", conversation_path(&self.page, self.shopper.expose()))
    }
}

/// Where a shopper's conversation with a Page lies, below the merchant's prefix.
pub(crate) fn conversation_path(page: &str, shopper: &str) -> String {
    format!("facebook/{page}/conversations/{shopper}.json")
}

async fn talk(app: &App, merchant: MerchantId, id: ConversationId) -> Result<Option<Talk>, MirrorError> {
    if !keeps_conversations(app) {
        return Ok(None);
    }
    let Some(conversation) = app.store().find_conversation(merchant, id).await? else { return Ok(None) };
    let account = app.store().find_account(merchant, conversation.account).await?;
    Ok(account.map(|row| Talk { page: row.account.native_id, shopper: conversation.alias }))
}

async fn conversation(
    app: &App,
    merchant: MerchantId,
    id: ConversationId,
) -> Result<Option<Content>, MirrorError> {
    let Some(talk) = talk(app, merchant, id).await? else { return Ok(None) };
    let messages = app.store().list_messages(merchant, id, MESSAGES).await?;
    let events = messages.iter().map(|message| event(message, &talk.page, talk.shopper.expose())).collect();
    Ok(Some(Content { key: talk.key(merchant), body: Body::Whole(Value::Array(events)) }))
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
