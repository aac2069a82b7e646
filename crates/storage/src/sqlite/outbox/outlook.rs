//! What a send finds, in one reading: each reading of its own would fetch the same pages anew after every commit.

use rusqlite::Connection;
use shopclerk_domain::claim::RowId;
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
    let sender = Sender {
        account: connections::find_account(db, merchant, account)?,
        token: Tokens { tx: db, sealer }.of_account(merchant, account)?,
        is_open: connections::is_open(db, merchant)?,
    };
    Ok(Some(Outlook {
        sender,
        products: catalogue::find(db, merchant, &products)?,
        discounts: discounts::find(db, merchant, &discounts)?,
        conversation,
    }))
}
