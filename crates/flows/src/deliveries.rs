//! What did not get through: listed for a person, and put up again when the person says so. What is put up again leaves the
//! list in the same unit, so its effect comes once however often it is asked for.

use std::fmt;

use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::StoreError;
use shopclerk_storage::installation::QuarantineRow;
use shopclerk_storage::nouns::deliveries::{Undone, UndoneKind};

use crate::app::App;
use crate::error::FlowError;
use crate::inbox;
use crate::paging::{Page, Slice};

/// Kinds in the order in which they are listed.
const KINDS: [UndoneKind; 3] = [UndoneKind::Event, UndoneKind::Job, UndoneKind::Part];

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
    }
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

/// Puts something of a merchant's up again.
pub async fn replay(app: &App, merchant: MerchantId, kind: UndoneKind, row: i64) -> Result<(), FlowError> {
    if !app.store().put_up_again(merchant, kind, row, app.now()).await? {
        return Err(FlowError::NotFound);
    }
    app.bell.ring();
    Ok(())
}

/// Reads a piece in quarantine by today's rules and gives it the effect it should have had. For the operator.
pub async fn read_again(app: &App, row: i64) -> Result<(), FlowError> {
    let piece = app.store().find_quarantined(row).await?.ok_or(FlowError::NotFound)?;
    match inbox::accept_again(app, row, &piece).await {
        // Somebody else's replay took it in between.
        Err(FlowError::Internal(source)) if is_conflict(source.as_ref()) => Err(FlowError::NotFound),
        outcome => outcome,
    }
}

fn is_conflict(source: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    matches!(source.downcast_ref::<StoreError>(), Some(StoreError::Conflict))
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
