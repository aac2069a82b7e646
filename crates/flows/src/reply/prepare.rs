//! Preparing a send that the unit before it begins: the end of a turn begins its first part, the end of a send the next one. So the
//! disk is waited for once where it would be twice.

use std::time::Duration;

use shopclerk_agent::gate;
use shopclerk_domain::message::OutboxPart;
use shopclerk_storage::nouns::conversations::Leased;
use shopclerk_storage::nouns::outbox::{NextSend, Outlook};

use super::Begun;
use super::door::{Door, Key};
use super::prove::{Rows, rows_of, start_of};
use crate::app::App;

/// A part that may be begun.
pub(crate) struct Ready {
    part: OutboxPart,
    key: Key,
}

impl Ready {
    /// It was begun, by a unit that was put up at this moment of the monotonic clock.
    pub(crate) fn begun(self: Box<Self>, since: Duration) -> Box<Begun> {
        let Self { part, key } = *self;
        Box::new(Begun { part, key, since })
    }
}

/// What it takes to begin this part in the unit before it, which asks the rule. `None` where its rows or its account stand against
/// that: then its own try finds out what, and does what is to be done.
pub(crate) async fn prepare(app: &App, leased: &Leased, part: &OutboxPart) -> Option<(Box<Ready>, NextSend)> {
    let (merchant, id) = (leased.lease.merchant, leased.lease.conversation);
    let found = app.store().look_out(merchant, id, &rows_of(&part.part.claims)).await;
    let Outlook { sender, products, discounts, .. } = found.ok()??;
    let door = Door::of(app, sender);
    let rules = door.rules(app);
    let key = door.key?;
    let claims = gate::recheck(&part.part.claims, &Rows { products, discounts }.present(app)).ok()?;
    let mut part = part.clone();
    part.part.claims.clone_from(&claims);
    let start = start_of(&part, claims);
    Some((Box::new(Ready { part, key }), NextSend { start, rules }))
}
