//! How conversations go: cut off from their shopper at once, then row by row, and at last the conversation itself.

use std::collections::HashSet;

use rusqlite::{Connection, Row, params};
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, EventId, MerchantId, ShopperId};

use crate::error::StoreError;
use crate::nouns::erasures::{InboxLook, Scope, Trace};
use crate::nouns::inbox::Settle;
use crate::sqlite::inbox::linking;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::{proofs, values};

/// How the alias of a conversation that was cut off begins; no channel's does.
const CUT_OFF: &str = "erased:";

/// Rows of the inbox looked at in one go.
const STRETCH: i64 = 10_000;

/// Nobody: the owner of a row that is kept for its number alone.
const NOBODY: [u8; 16] = [0; 16];

const TRACES_OF_SHOPPER: &str = "
    SELECT c.conversation, c.shopper, a.native_id, c.alias FROM conversations c
    JOIN accounts a ON a.merchant = c.merchant AND a.account = c.account
    WHERE c.merchant = ?1 AND c.shopper = ?2 AND c.conversation > ?3 ORDER BY c.conversation LIMIT ?4";

const TRACES_OF_MERCHANT: &str = "
    SELECT c.conversation, c.shopper, a.native_id, c.alias FROM conversations c
    JOIN accounts a ON a.merchant = c.merchant AND a.account = c.account
    WHERE c.merchant = ?1 AND c.conversation > ?3 AND (?2 IS NULL OR c.account = ?2)
    ORDER BY c.conversation LIMIT ?4";

const DROP_ALIASES: &str = "
    DELETE FROM shopper_aliases WHERE merchant = ?1 AND shopper = (
        SELECT c.shopper FROM conversations c WHERE c.merchant = ?1 AND c.conversation = ?2
    ) AND account = (SELECT c.account FROM conversations c WHERE c.merchant = ?1 AND c.conversation = ?2)";

const CUT: &str = "
    UPDATE conversations SET
        alias = ?3, memory = NULL, turn_at = NULL, settles_at = NULL, retry_at = NULL, send_at = NULL,
        waiting_since = NULL, newest_waiting = NULL, fence = fence + 1, lease_until = 0
    WHERE merchant = ?1 AND conversation = ?2
    AND (?4 IS NULL OR max(ifnull(last_shopper_at, 0), created_at) < ?4)";

const STRETCH_OF_INBOX: &str =
    "SELECT event, merchant, conversation FROM inbox WHERE event >= ?1 ORDER BY event LIMIT ?2";

const TURNS: &str = "SELECT row, turn FROM turns WHERE merchant = ?1 AND conversation = ?2 LIMIT ?3";

const PARTS: &str = "SELECT row FROM outbox WHERE merchant = ?1 AND turn = ?2";

const MESSAGES: &str = "SELECT row FROM messages WHERE merchant = ?1 AND conversation = ?2 LIMIT ?3";

const DROP_TAKEN_BACK: &str = "DELETE FROM taken_back WHERE merchant = ?1 AND conversation = ?2";

const DROP_WATERMARKS: &str = "DELETE FROM watermarks WHERE merchant = ?1 AND conversation = ?2";

const DROP_CONVERSATION: &str =
    "DELETE FROM conversations WHERE merchant = ?1 AND conversation = ?2 RETURNING shopper";

const HAS_OTHERS: &str = "SELECT 1 FROM conversations WHERE merchant = ?1 AND shopper = ?2 LIMIT 1";

const DROP_ANSWERS: &str = "DELETE FROM data_answers WHERE merchant = ?1 AND shopper = ?2";

const DROP_SHOPPER: &str = "DELETE FROM shoppers WHERE merchant = ?1 AND shopper = ?2";

/// A table whose newest row is kept for its number: emptied and without owner.
pub(in crate::sqlite) struct Numbered {
    newest: &'static str,
    remove: &'static str,
    empty: &'static str,
}

pub(in crate::sqlite) const INBOX: Numbered = Numbered {
    newest: "SELECT max(event) FROM inbox",
    remove: "DELETE FROM inbox WHERE event = ?1",
    empty: "
        UPDATE inbox SET
            merchant = ?2, conversation = ?2, native_id = NULL, state = 'done', asks = 0, why = NULL, body = x''
        WHERE event = ?1",
};

pub(in crate::sqlite) const MESSAGES_TABLE: Numbered = Numbered {
    newest: "SELECT max(row) FROM messages",
    remove: "DELETE FROM messages WHERE row = ?1",
    empty: "UPDATE messages SET merchant = ?2, conversation = ?2, native_id = NULL, text = NULL WHERE row = ?1",
};

pub(in crate::sqlite) const TURNS_TABLE: Numbered = Numbered {
    newest: "SELECT max(row) FROM turns",
    remove: "DELETE FROM turns WHERE row = ?1",
    empty: "
        UPDATE turns SET merchant = ?2, conversation = ?2, events = '[]', former = '{}', provenance = '{}'
        WHERE row = ?1",
};

pub(in crate::sqlite) const OUTBOX: Numbered = Numbered {
    newest: "SELECT max(row) FROM outbox",
    remove: "DELETE FROM outbox WHERE row = ?1",
    empty: "
        UPDATE outbox SET
            merchant = ?2, conversation = ?2, content = '{}', claims = '[]', gist = '', state = 'refused',
            native_id = NULL
        WHERE row = ?1",
};

impl Numbered {
    /// Removes these rows; the newest of the table loses owner and content instead.
    pub(in crate::sqlite) fn remove(&self, tx: &Connection, rows: &[i64]) -> Result<(), StoreError> {
        let newest = tx.one(self.newest, [], |row| row.get::<_, Option<i64>>(0))?.flatten();
        for row in rows {
            if Some(*row) == newest {
                tx.run(self.empty, params![row, NOBODY])?;
            } else {
                tx.run(self.remove, params![row])?;
            }
        }
        Ok(())
    }
}

/// What every slice goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(in crate::sqlite) const HOT: [&str; 14] = [
    TRACES_OF_SHOPPER,
    DROP_ALIASES,
    CUT,
    STRETCH_OF_INBOX,
    TURNS,
    PARTS,
    MESSAGES,
    DROP_TAKEN_BACK,
    DROP_WATERMARKS,
    DROP_CONVERSATION,
    HAS_OTHERS,
    DROP_ANSWERS,
    DROP_SHOPPER,
    INBOX.empty,
];

pub(super) fn list_traces(
    db: &Connection,
    merchant: MerchantId,
    scope: Scope,
    after: Option<ConversationId>,
    most: i64,
) -> Result<Vec<Trace>, StoreError> {
    // An empty key sorts before every id.
    let after: &[u8] = after.as_ref().map_or(&[], |after| after.as_bytes());
    let owner = merchant.as_bytes();
    match scope {
        Scope::Shopper(shopper) => {
            db.all(TRACES_OF_SHOPPER, params![owner, shopper.as_bytes(), after, most], read_trace)
        }
        Scope::Account(account) => {
            db.all(TRACES_OF_MERCHANT, params![owner, account.as_bytes(), after, most], read_trace)
        }
        Scope::Merchant => db.all(TRACES_OF_MERCHANT, params![owner, None::<&[u8]>, after, most], read_trace),
    }
}

fn read_trace(row: &Row<'_>) -> rusqlite::Result<Trace> {
    let alias: String = row.get(3)?;
    Ok(Trace {
        conversation: ConversationId::from_bytes(row.get(0)?),
        shopper: ShopperId::from_bytes(row.get(1)?),
        account: row.get(2)?,
        alias: ShopperAlias::parse(&alias).filter(|_| !alias.starts_with(CUT_OFF)),
    })
}

pub(super) fn cut_off(
    tx: &Connection,
    settle: Settle,
    merchant: MerchantId,
    conversations: &[ConversationId],
    silent_since: Option<Timestamp>,
) -> Result<Vec<ConversationId>, StoreError> {
    let (owner, since) = (merchant.as_bytes(), values::millis(silent_since));
    linking::link(tx, settle)?;
    let mut cut = Vec::with_capacity(conversations.len());
    for conversation in conversations {
        let (id, alias) = (conversation.as_bytes(), format!("{CUT_OFF}{conversation}"));
        if tx.run(CUT, params![owner, id, alias, since])? > 0 {
            tx.run(DROP_ALIASES, params![owner, id])?;
            cut.push(*conversation);
        }
    }
    Ok(cut)
}

/// No index leads from a conversation to its old events: they are few days' worth, and every message would pay for it.
pub(super) fn look(
    db: &Connection,
    merchant: MerchantId,
    wanted: &HashSet<ConversationId>,
    from: EventId,
) -> Result<InboxLook, StoreError> {
    let mut events = Vec::new();
    let (mut seen, mut last) = (0, from.0);
    db.all(STRETCH_OF_INBOX, params![from.0, STRETCH], |row| {
        seen += 1;
        last = row.get(0)?;
        let owner = MerchantId::from_bytes(row.get(1)?);
        if owner == merchant && wanted.contains(&ConversationId::from_bytes(row.get(2)?)) {
            events.push(EventId(last));
        }
        Ok(())
    })?;
    let next = (seen == STRETCH).then(|| EventId(last.saturating_add(1)));
    Ok(InboxLook { events, next })
}

const OWNED_EVENT: &str = "SELECT event FROM inbox WHERE event = ?1 AND merchant = ?2";

pub(super) fn erase_events(
    tx: &Connection,
    merchant: MerchantId,
    events: &[EventId],
) -> Result<(), StoreError> {
    let mut owned = Vec::with_capacity(events.len());
    for event in events {
        owned.extend(tx.one(OWNED_EVENT, params![event.0, merchant.as_bytes()], |row| row.get::<_, i64>(0))?);
    }
    INBOX.remove(tx, &owned)
}

/// Removes turns with their parts, as part of another unit. Their links stay, without salt.
pub(in crate::sqlite) fn erase_turns(
    tx: &Connection,
    turns: &[(i64, [u8; 16], [u8; 16])],
) -> Result<(), StoreError> {
    for (_, merchant, turn) in turns {
        let parts = tx.all(PARTS, params![merchant, turn], |row| row.get::<_, i64>(0))?;
        OUTBOX.remove(tx, &parts)?;
        proofs::forget(tx, merchant, turn)?;
    }
    let rows: Vec<i64> = turns.iter().map(|(row, ..)| *row).collect();
    TURNS_TABLE.remove(tx, &rows)
}

pub(super) fn erase(
    tx: &Connection,
    merchant: MerchantId,
    conversation: ConversationId,
    most: i64,
) -> Result<bool, StoreError> {
    let (owner, id) = (merchant.as_bytes(), conversation.as_bytes());
    let turns =
        tx.all(TURNS, params![owner, id, most], |row| Ok((row.get::<_, i64>(0)?, *owner, row.get(1)?)))?;
    if !turns.is_empty() {
        erase_turns(tx, &turns)?;
        return Ok(true);
    }
    let messages = tx.all(MESSAGES, params![owner, id, most], |row| row.get::<_, i64>(0))?;
    if !messages.is_empty() {
        MESSAGES_TABLE.remove(tx, &messages)?;
        return Ok(true);
    }
    tx.run(DROP_TAKEN_BACK, params![owner, id])?;
    tx.run(DROP_WATERMARKS, params![owner, id])?;
    let shopper = tx.one(DROP_CONVERSATION, params![owner, id], |row| row.get::<_, [u8; 16]>(0))?;
    if let Some(shopper) = shopper
        && tx.one(HAS_OTHERS, params![owner, shopper], |row| row.get::<_, i64>(0))?.is_none()
    {
        tx.run(DROP_ANSWERS, params![owner, shopper])?;
        tx.run(DROP_SHOPPER, params![owner, shopper])?;
    }
    Ok(false)
}
