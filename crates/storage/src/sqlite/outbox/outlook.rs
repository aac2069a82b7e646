//! What a send finds, in one reading: each reading of its own would fetch the same pages anew after every commit.

use rusqlite::Connection;
use shopclerk_domain::claim::RowId;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::ids::{ConversationId, MerchantId};

use crate::error::StoreError;
use crate::nouns::outbox::{Outlook, Sender};
use crate::seal::Sealer;
use crate::sqlite::connections::{self, Tokens};
use crate::sqlite::{catalogue, conversations, discounts};

pub(super) fn look_out(
    db: &Connection,
    sealer: &Sealer,
    merchant: MerchantId,
    conversation: ConversationId,
    about: &[RowId],
) -> Result<Option<Outlook>, StoreError> {
    let found = conversations::find_conversation(db, merchant, conversation)?;
    let Some(conversation) = found else { return Ok(None) };
    let (mut products, mut discounts) = (Vec::new(), Vec::new());
    for row in about {
        match row {
            RowId::Product(product) => products.push(*product),
            RowId::Discount(discount) => discounts.push(*discount),
        }
    }
    let account = conversation.account;
    let found = connections::find_account(db, merchant, account)?;
    let is_usable = found.as_ref().is_some_and(|row| may_hold_a_token(row.account.state));
    let token = if is_usable { Tokens { tx: db, sealer }.of_account(merchant, account)? } else { None };
    let sender = Sender { account: found, token, is_open: connections::is_open(db, merchant)? };
    Ok(Some(Outlook {
        sender,
        products: catalogue::find(db, merchant, &products)?,
        discounts: discounts::find(db, merchant, &discounts)?,
        conversation,
    }))
}

/// A token that nobody may use is not opened: should it be damaged, nothing else fails for it.
const fn may_hold_a_token(state: ConnectionState) -> bool {
    !matches!(state, ConnectionState::Disconnected | ConnectionState::NeedsReconnect)
}
