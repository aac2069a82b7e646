//! Conversations for who looks through them: the list, and one with what was said.

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::conversation::Conversation;
use shopclerk_domain::ids::{ConversationId, MerchantId};
use shopclerk_domain::message::Message;
use shopclerk_storage::nouns::conversations::{ConversationRow, Place};

use crate::app::App;
use crate::error::FlowError;
use crate::paging::{Page, Slice};

/// The merchant's conversations, those that began last first.
pub async fn list(
    app: &App,
    merchant: MerchantId,
    slice: &Slice,
) -> Result<Page<ConversationRow>, FlowError> {
    let before = slice.place(|text| ConversationId::parse(text).ok())?;
    let rows = app.store().list_conversations(merchant, before, slice.most + 1).await?;
    Ok(Page::cut(rows, slice.most, |row| row.id.to_string()))
}

/// One conversation with its messages, newest first.
pub async fn one(
    app: &App,
    merchant: MerchantId,
    id: ConversationId,
    slice: &Slice,
) -> Result<(Conversation, Page<Message>), FlowError> {
    let before = slice.place(read_place)?;
    let found = app.store().find_conversation(merchant, id).await?.ok_or(FlowError::NotFound)?;
    let rows = app.store().page_messages(merchant, id, before, slice.most + 1).await?;
    let page = Page::cut(rows, slice.most, |((at, row), _)| format!("{}.{row}", at.millis()));
    Ok((found, page.map(|(_, message)| message)))
}

fn read_place(text: &str) -> Option<Place> {
    let (at, row) = text.split_once('.')?;
    Some((Timestamp::from_millis(at.parse().ok()?), row.parse().ok()?))
}
