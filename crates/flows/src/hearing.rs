//! What a shopper's waiting messages say: in which order they are read, what of them joins the history, and whether they say stop.

use shopclerk_agent::turn as agent;
use shopclerk_domain::connection::ShopFacts;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::message::{Author, Incoming, Message};
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::inbox::InboxEvent;
use shopclerk_upstream::meta::webhook::read_incoming;

use crate::app::App;
use crate::error::FlowError;

/// The words of these events in the order in which they were written. Where a stop stands only by the order in which they arrived,
/// that one counts: clocks go wrong, and silence is the answer to every doubt.
pub(crate) fn in_order(events: &[&InboxEvent], memory: &Memory, shop: &ShopFacts) -> Vec<Incoming> {
    let words = |events: &[&InboxEvent]| -> Vec<Incoming> {
        events.iter().filter_map(|event| read_incoming(&event.body)).collect()
    };
    let written = words(events);
    if events.is_sorted_by_key(|event| event.id) || agent::says_stop(&written, memory, shop) {
        return written;
    }
    let mut as_they_came = events.to_vec();
    as_they_came.sort_by_key(|event| event.id);
    let arrived = words(&as_they_came);
    if agent::says_stop(&arrived, memory, shop) { arrived } else { written }
}

/// Whether the shopper's words in these events say that no more messages are wanted.
pub(crate) async fn says_stop(app: &App, leased: &Leased, events: &[&InboxEvent]) -> Result<bool, FlowError> {
    let spoken = |event: &&&InboxEvent| matches!(event.kind.as_str(), "message" | "tap");
    let events: Vec<&InboxEvent> = events.iter().filter(spoken).copied().collect();
    if events.is_empty() {
        return Ok(false);
    }
    let shops = app.store().list_shops(leased.lease.merchant).await?;
    let Some(facts) = shops.into_iter().find_map(|row| row.shop.facts) else { return Ok(false) };
    let memory = &leased.conversation.memory;
    Ok(agent::says_stop(&in_order(&events, memory, &facts), memory, &facts))
}

/// What an event adds to the history: the words of the shopper or of a person.
pub(crate) fn heard(event: &InboxEvent) -> Option<Message> {
    let author = match event.kind.as_str() {
        "message" | "tap" => Author::Shopper,
        "person_echo" => Author::Person,
        _ => return None,
    };
    let incoming = read_incoming(&event.body)?;
    let text = (!incoming.text.is_empty()).then_some(incoming.text);
    Some(Message { author, native_id: event.native_id.clone(), text, at: event.at })
}
