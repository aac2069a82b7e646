//! Conversations and their messages page by page, for who looks through them.

use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{AccountId, ConversationId, MerchantId, ShopperId};
use shopclerk_domain::message::{Author, Message};

use crate::error::StoreError;
use crate::nouns::conversations::{ConversationRow, Place};
use crate::sqlite::sql::{Sql as _, corrupt};
use crate::sqlite::values;

/// Ids sort by birth.
pub(super) const CONVERSATIONS: &str = "
    SELECT c.conversation, c.account, c.shopper, s.first_name, c.created_at, c.last_shopper_at, c.paused_until
    FROM conversations c
    LEFT JOIN shoppers s ON s.merchant = c.merchant AND s.shopper = c.shopper
    WHERE c.merchant = ?1 AND c.conversation < ?2 ORDER BY c.conversation DESC LIMIT ?3";

pub(super) const MESSAGES: &str = "
    SELECT author, native_id, text, at, row FROM messages
    WHERE merchant = ?1 AND conversation = ?2 AND (at, row) < (?3, ?4) ORDER BY at DESC, row DESC LIMIT ?5";

/// Sorts after every id.
const AFTER_ALL: [u8; 17] = [0xff; 17];

pub(super) fn conversations(
    db: &Connection,
    merchant: MerchantId,
    before: Option<ConversationId>,
    most: i64,
) -> Result<Vec<ConversationRow>, StoreError> {
    let before: &[u8] = before.as_ref().map_or(&AFTER_ALL, |before| before.as_bytes());
    db.all(CONVERSATIONS, params![merchant.as_bytes(), before, most], |row| {
        Ok(ConversationRow {
            id: ConversationId::from_bytes(row.get(0)?),
            account: AccountId::from_bytes(row.get(1)?),
            shopper: ShopperId::from_bytes(row.get(2)?),
            first_name: row.get(3)?,
            began_at: values::at(row, 4)?,
            last_shopper_at: values::maybe_at(row, 5)?,
            paused_until: values::maybe_at(row, 6)?,
        })
    })
}

pub(super) fn messages(
    db: &Connection,
    merchant: MerchantId,
    id: ConversationId,
    before: Option<Place>,
    most: i64,
) -> Result<Vec<(Place, Message)>, StoreError> {
    let (at, row) = before.map_or((i64::MAX, i64::MAX), |(at, row)| (at.millis(), row));
    let params = params![merchant.as_bytes(), id.as_bytes(), at, row, most];
    let found = db.all(MESSAGES, params, |row| {
        let (author, at): (String, Timestamp) = (row.get(0)?, values::at(row, 3)?);
        Ok((author, row.get(1)?, row.get(2)?, (at, row.get(4)?)))
    })?;
    let decoded = found.into_iter().map(|(author, native_id, text, place)| {
        let author =
            Author::from_word(&author).ok_or_else(|| corrupt("messages", id, "its author is unknown"))?;
        Ok((place, Message { author, native_id, text, at: place.0 }))
    });
    decoded.collect()
}
