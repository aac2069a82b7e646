//! Who of the shoppers a shop's customer is: found by what they said, in the history and in what was received.

use rusqlite::{Connection, params};
use shopclerk_domain::customer::Customer;
use shopclerk_domain::ids::{ConversationId, MerchantId, ShopperId};

use crate::error::StoreError;
use crate::sqlite::inbox::waiting;
use crate::sqlite::sql::Sql as _;

const SAID: &str = "
    SELECT text FROM messages WHERE merchant = ?1 AND conversation = ?2 AND author = 'shopper' AND text IS NOT NULL";

const WAITING: &str = "SELECT body FROM inbox WHERE event = ?1";

const DEAD: &str = "SELECT body FROM inbox WHERE merchant = ?1 AND conversation = ?2 AND state = 'dead'";

const SHOPPER: &str = "SELECT shopper FROM conversations WHERE merchant = ?1 AND conversation = ?2";

pub(super) fn who_are(
    db: &Connection,
    merchant: MerchantId,
    customer: &Customer,
    conversations: &[ConversationId],
) -> Result<Vec<ShopperId>, StoreError> {
    let mut found = Vec::new();
    for conversation in conversations {
        let (owner, id) = (merchant.as_bytes(), conversation.as_bytes());
        let said = db.all(SAID, params![owner, id], |row| row.get::<_, String>(0))?;
        let mut unheard = db.all(DEAD, params![owner, id], |row| row.get::<_, Vec<u8>>(0))?;
        for event in waiting::list(db, merchant, *conversation)? {
            unheard.extend(db.one(WAITING, params![event.event], |row| row.get(0))?);
        }
        let mut texts = said.into_iter().chain(unheard.iter().map(|body| as_read(body)));
        if texts.any(|text| customer.is_in(&text)) {
            let shopper = db.one(SHOPPER, params![owner, id], |row| row.get(0).map(ShopperId::from_bytes))?;
            found.extend(shopper);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// A body as a person would read it: what its sender escaped is written out.
fn as_read(body: &[u8]) -> String {
    let value: Option<serde_json::Value> = serde_json::from_slice(body).ok();
    value.map_or_else(|| String::from_utf8_lossy(body).into_owned(), |value| value.to_string())
}
