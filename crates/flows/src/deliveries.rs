//! What did not get through: listed for a person, who has it done after all, says that it was, or drops it. What is decided
//! leaves the list in the same unit, so its effect comes once however often it is asked for.

use std::fmt;

use shopclerk_domain::ids::MerchantId;
use shopclerk_domain::window::{Reason, Verdict, Words, may_write};
use shopclerk_storage::installation::QuarantineRow;
use shopclerk_storage::nouns::deliveries::Ending;
pub use shopclerk_storage::nouns::deliveries::{Undone, UndoneKind};
use shopclerk_storage::nouns::outbox::Outlook;

use crate::app::App;
use crate::error::FlowError;
use crate::paging::{Page, Slice};
use crate::reply::door::Door;
use crate::{connections, inbox};

/// Kinds in the order in which they are listed.
const KINDS: [UndoneKind; 4] = [UndoneKind::Event, UndoneKind::Job, UndoneKind::Part, UndoneKind::Person];
/// So many are counted; beyond that it is "many".
const COUNTED: usize = 100;

/// What a person decides of something that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is done after all: answered, sent, worked at.
    Again,
    /// The part did arrive.
    WasSent,
    /// Nothing more is to come of it.
    Drop,
}

/// Names one thing that waits, such as `event-17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryId {
    /// Something of a merchant's.
    Undone(UndoneKind, i64),
    /// A piece of a delivery that nobody could read, and so nobody's.
    Quarantined(i64),
}

impl DeliveryId {
    /// Reads a name as it stands in an address.
    pub fn parse(text: &str) -> Option<Self> {
        let (word, row) = text.split_once('-')?;
        let row = row.parse().ok().filter(|row: &i64| *row > 0)?;
        let kind = KINDS.into_iter().find(|kind| word_of(*kind) == word);
        match kind {
            Some(kind) => Some(Self::Undone(kind, row)),
            None => (word == QUARANTINED).then_some(Self::Quarantined(row)),
        }
    }
}

/// How pieces in quarantine are named.
const QUARANTINED: &str = "quarantined";

impl fmt::Display for DeliveryId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undone(kind, row) => write!(out, "{}-{row}", word_of(*kind)),
            Self::Quarantined(row) => write!(out, "{QUARANTINED}-{row}"),
        }
    }
}

/// The stable word of a kind.
const fn word_of(kind: UndoneKind) -> &'static str {
    match kind {
        UndoneKind::Event => "event",
        UndoneKind::Job => "job",
        UndoneKind::Part => "part",
        UndoneKind::Person => "person",
    }
}

/// Whom it is about, by their first name; `None` where nobody knows that.
pub async fn shopper_of(
    app: &App,
    merchant: MerchantId,
    undone: &Undone,
) -> Result<Option<String>, FlowError> {
    let Some(conversation) = undone.conversation else { return Ok(None) };
    let found = app.store().find_conversation(merchant, conversation).await?;
    Ok(found.and_then(|conversation| conversation.first_name))
}

/// What waits of a merchant's: events, then jobs, then parts, each kind oldest first.
pub async fn list(
    app: &App,
    merchant: MerchantId,
    slice: &Slice,
) -> Result<Page<(DeliveryId, Undone)>, FlowError> {
    let begin = slice.place(|text| match DeliveryId::parse(text) {
        Some(DeliveryId::Undone(kind, row)) => Some((kind, row)),
        Some(DeliveryId::Quarantined(_)) | None => None,
    })?;
    let mut found = Vec::new();
    for kind in KINDS {
        let after = match begin {
            Some((first, _)) if kind < first => continue,
            Some((first, row)) if kind == first => row,
            Some(_) | None => 0,
        };
        let most = (slice.most + 1).saturating_sub(found.len());
        let rows = app.store().list_undone(merchant, kind, after, most).await?;
        found.extend(rows.into_iter().map(|row| (DeliveryId::Undone(kind, row.row), row)));
    }
    Ok(Page::cut(found, slice.most, |(id, _)| id.to_string()))
}

/// What is in quarantine, oldest first: for the operator.
pub async fn quarantine(app: &App, slice: &Slice) -> Result<Page<(DeliveryId, QuarantineRow)>, FlowError> {
    let after = slice.place(|text| match DeliveryId::parse(text) {
        Some(DeliveryId::Quarantined(row)) => Some(row),
        Some(DeliveryId::Undone(..)) | None => None,
    })?;
    let rows = app.store().list_quarantine(after.unwrap_or(0), slice.most + 1).await?;
    let rows = rows.into_iter().map(|row| (DeliveryId::Quarantined(row.row), row)).collect();
    Ok(Page::cut(rows, slice.most, |(id, _): &(DeliveryId, QuarantineRow)| id.to_string()))
}

/// How much waits of a merchant's, and whether that is not all of it.
pub async fn count(app: &App, merchant: MerchantId) -> Result<(usize, bool), FlowError> {
    let page = list(app, merchant, &Slice { after: None, most: COUNTED }).await?;
    Ok((page.rows.len(), page.next.is_some()))
}

/// Does what a person decided. What a rule forbids to be sent is not put up: it would only come back.
pub async fn decide(
    app: &App,
    merchant: MerchantId,
    kind: UndoneKind,
    row: i64,
    decision: Decision,
) -> Result<(), FlowError> {
    let store = app.store();
    let done = match decision {
        Decision::Again => {
            may_go(app, merchant, kind, row).await?;
            store.put_up_again(merchant, kind, row, app.now()).await?
        }
        Decision::WasSent => store.end_wait(merchant, kind, row, Ending::WasSent, app.now()).await?,
        Decision::Drop => store.end_wait(merchant, kind, row, Ending::Dropped, app.now()).await?,
    };
    if !done {
        return Err(FlowError::NotFound);
    }
    app.bell.ring();
    Ok(())
}

/// Whether a rule forbids what is to be sent after all.
async fn may_go(app: &App, merchant: MerchantId, kind: UndoneKind, row: i64) -> Result<(), FlowError> {
    let found = app.store().list_undone(merchant, kind, row.saturating_sub(1), 1).await?;
    let Some(undone) = found.into_iter().find(|undone| undone.row == row) else {
        return Err(FlowError::NotFound);
    };
    let Some(id) = undone.conversation else { return Ok(()) };
    let words = match (kind, undone.part) {
        (UndoneKind::Event, _) => Words::Answer { to: app.now() },
        (UndoneKind::Part, Some(part)) => match app.store().find_part(merchant, part).await? {
            Some(part) => Words::Part { of: part.turn },
            None => return Err(FlowError::NotFound),
        },
        _ => return Ok(()),
    };
    let found = app.store().look_out(merchant, id, &[]).await?;
    let Some(Outlook { conversation, sender, .. }) = found else { return Ok(()) };
    let door = Door::of(app, sender);
    match may_write(words, &conversation, &door.rules(app), app.now()) {
        // Whether who said stop comes back is heard in the words.
        Verdict::Never(Reason::OptedOut) if kind == UndoneKind::Event => Ok(()),
        Verdict::Never(why) => Err(FlowError::MayNotBeSent(why)),
        Verdict::May(_) | Verdict::Later { .. } => Ok(()),
    }
}

/// The merchant who is meant where perhaps none is named: the only one there is.
pub async fn meant(app: &App, named: Option<MerchantId>) -> Result<Option<MerchantId>, FlowError> {
    let first = app.store().list_merchants(None, 2).await?;
    match (named, first.as_slice()) {
        (Some(named), _) => Ok(connections::is_merchant(app, named).await?.then_some(named)),
        (None, [only]) => Ok(Some(*only)),
        (None, _) => Ok(None),
    }
}

/// Reads a piece in quarantine by today's rules and gives it the effect it should have had. For the operator.
pub async fn read_again(app: &App, row: i64) -> Result<(), FlowError> {
    let piece = app.store().find_quarantined(row).await?.ok_or(FlowError::NotFound)?;
    match inbox::accept_again(app, row, &piece).await {
        // Somebody else's replay took it in between.
        Err(error) if error.is_conflict() => Err(FlowError::NotFound),
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_reads_back_and_nothing_else_is_one() {
        let event = DeliveryId::Undone(UndoneKind::Event, 17);
        for id in [event, DeliveryId::Undone(UndoneKind::Part, 1), DeliveryId::Quarantined(i64::MAX)] {
            assert_eq!(DeliveryId::parse(&id.to_string()), Some(id));
        }
        for text in ["", "event", "event-", "event-0", "event--1", "event-x", "events-1", "-1", "part-1-1"] {
            assert_eq!(DeliveryId::parse(text), None, "{text}");
        }
    }
}
