//! Whether the links of a chain still hold: each against its record, its salt and the link before it.

use rusqlite::{Connection, Row, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{MerchantId, TurnId};

use super::{ERASED, read_head, unmakeable};
use crate::chain::{self, BEGINNING, ChainKey, Digest, Joint};
use crate::error::StoreError;
use crate::nouns::proofs::{Proof, Standing, Stretch};
use crate::seal::Sealer;
use crate::sqlite::sql::Sql as _;
use crate::sqlite::values;

pub(super) const STRETCH: &str = "
    SELECT l.number, l.turn, l.at, l.salt, l.digest, l.link, t.provenance FROM proof_links l
    LEFT JOIN turns t ON t.merchant = l.merchant AND t.turn = l.turn
    WHERE l.merchant = ?1 AND l.number > ?2 ORDER BY l.number LIMIT ?3";

pub(super) const LINK: &str = "SELECT link FROM proof_links WHERE merchant = ?1 AND number = ?2";

pub(super) const OF_TURN: &str = "SELECT number FROM proof_links WHERE merchant = ?1 AND turn = ?2";

/// A link as it stands, with the record it is of.
struct Stored {
    number: i64,
    turn: TurnId,
    at: Timestamp,
    salt: Option<Vec<u8>>,
    digest: Digest,
    link: Digest,
    record: Option<String>,
}

impl Stored {
    fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            number: row.get(0)?,
            turn: TurnId::from_bytes(row.get(1)?),
            at: values::at(row, 2)?,
            salt: row.get(3)?,
            digest: row.get(4)?,
            link: row.get(5)?,
            record: row.get(6)?,
        })
    }

    /// The link as it should stand behind that one.
    fn link_behind(
        &self,
        key: &ChainKey,
        merchant: MerchantId,
        previous: Digest,
    ) -> Result<Digest, StoreError> {
        let Self { number, turn, at, digest, .. } = *self;
        key.link(&Joint { merchant, number, turn, at, previous, digest }).ok_or_else(unmakeable)
    }

    /// Whether the record is the one that was linked.
    fn record_stands(&self) -> Standing {
        let erased = self.record.as_deref().is_none_or(|record| record == ERASED);
        let Some(salt) = &self.salt else {
            return if erased { Standing::Erased } else { Standing::Broken("its salt is missing") };
        };
        let Some(record) = self.record.as_deref().filter(|_| !erased) else {
            return Standing::Broken("its record is missing");
        };
        let salt = <[u8; 32]>::try_from(salt.as_slice()).ok();
        let digest = salt.and_then(|salt| chain::digest(&salt, record));
        if digest == Some(self.digest) { Standing::Whole } else { Standing::Broken("its record was changed") }
    }
}

/// Links are judged one behind the other. Where one does not hold, the next is measured against what it should have been,
/// too, so that one change is named once.
struct Walk<'a> {
    key: &'a ChainKey,
    merchant: MerchantId,
    number: i64,
    before: [Digest; 2],
}

impl Walk<'_> {
    fn judge(&mut self, stored: &Stored) -> Result<Standing, StoreError> {
        let expected = self.number.saturating_add(1);
        let [first, other] = self.before;
        let should_be = stored.link_behind(self.key, self.merchant, first)?;
        let holds =
            should_be == stored.link || stored.link_behind(self.key, self.merchant, other)? == stored.link;
        self.number = stored.number;
        self.before = [stored.link, should_be];
        Ok(if stored.number != expected {
            Standing::Broken("records before it are missing")
        } else if !holds {
            Standing::Broken("its link was changed")
        } else {
            stored.record_stands()
        })
    }
}

/// The stretch after a number.
pub(super) fn stretch(
    db: &Connection,
    sealer: &Sealer,
    merchant: MerchantId,
    after: i64,
    most: i64,
) -> Result<Stretch, StoreError> {
    let owner = merchant.as_bytes();
    let Some((key, newest, end)) = read_head(db, sealer, merchant)? else { return Ok(Stretch::default()) };
    // From the record before on, which is judged, not told: what its link should be is what the first one follows.
    let start = after.saturating_sub(1).max(0);
    let before = db.one(LINK, params![owner, start], |row| row.get(0))?.unwrap_or(BEGINNING);
    let mut walk = Walk { key: &key, merchant, number: start, before: [before, before] };
    let told = most.saturating_add(i64::from(after > 0));
    let mut proofs = Vec::new();
    for stored in db.all(STRETCH, params![owner, start, told], Stored::read)? {
        let standing = walk.judge(&stored)?;
        let Stored { number, turn, at, link, .. } = stored;
        if number > after {
            proofs.push(Proof { number, turn, at, link, standing });
        }
    }
    let last = proofs.last().map_or(after, |proof| proof.number);
    if let Some(proof) = proofs.last_mut()
        && last == newest
        && proof.link != end
        && proof.standing == Standing::Whole
    {
        proof.standing = Standing::Broken("the chain ends in another link");
    }
    let is_end = i64::try_from(proofs.len()).is_ok_and(|seen| seen < most);
    let cut_off = if is_end { newest.saturating_sub(last).unsigned_abs() } else { 0 };
    Ok(Stretch { proofs, cut_off })
}

/// One turn's link, measured against the one before it.
pub(super) fn one(
    db: &Connection,
    sealer: &Sealer,
    merchant: MerchantId,
    turn: TurnId,
) -> Result<Option<Proof>, StoreError> {
    let number =
        db.one(OF_TURN, params![merchant.as_bytes(), turn.as_bytes()], |row| row.get::<_, i64>(0))?;
    let Some(number) = number else { return Ok(None) };
    let found = stretch(db, sealer, merchant, number.saturating_sub(1), 1)?;
    Ok(found.proofs.into_iter().next())
}
