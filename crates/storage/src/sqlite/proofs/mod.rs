//! The chain of proofs in SQLite: how a record joins it, and the trait. How links are judged is in `judge`.

mod judge;

use std::sync::Arc;

use async_trait::async_trait;
use rusqlite::{Connection, params};
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::entropy::{self, Entropy};
use shopclerk_domain::ids::{MerchantId, PartId, TurnId};
use shopclerk_domain::message::PartState;

use super::sql::{Sql as _, corrupt};
use super::{SqliteStore, values};
use crate::chain::{self, BEGINNING, ChainKey, Digest, Joint};
use crate::error::StoreError;
use crate::nouns::Proofs;
use crate::nouns::proofs::{KeptRow, Linked, Outcome, Proof, RowName, Stretch};
use crate::seal::{Kind, Place, Sealer};

/// The record of a turn whose words were taken back, be it while it read them: what it understood may be those words.
pub(super) const ERASED: &str = r#"{"erased":true}"#;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1_000;

const HEAD: &str = "SELECT key, newest, link FROM proof_chains WHERE merchant = ?1";

const BEGIN: &str = "INSERT INTO proof_chains (merchant, key, newest, link) VALUES (?1, ?2, 0, ?3)";

const ADD: &str = "
    INSERT INTO proof_links (merchant, number, turn, at, salt, digest, link)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const ADVANCE: &str = "UPDATE proof_chains SET newest = ?2, link = ?3 WHERE merchant = ?1";

const FORGET: &str = "UPDATE proof_links SET salt = NULL WHERE merchant = ?1 AND turn = ?2";

/// A row that is known is touched once a day, not with every turn.
const KEEP_ROW: &str = "
    INSERT INTO proof_rows (merchant, name, body, used_at) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (merchant, name) DO UPDATE SET used_at = excluded.used_at WHERE used_at < excluded.used_at - ?5";

const FIND_ROW: &str = "SELECT body FROM proof_rows WHERE merchant = ?1 AND name = ?2";

/// A person waits for this one, so that no message pays for an index of its own.
const TURN_OF_MESSAGE: &str = "
    SELECT turn FROM messages WHERE merchant = ?1 AND native_id = ?2 AND turn IS NOT NULL ORDER BY row DESC LIMIT 1";

const OUTCOMES: &str = "
    SELECT part, state, attempt, sending_at, settled_at, native_id, code FROM outbox
    WHERE merchant = ?1 AND turn = ?2 ORDER BY row";

/// What every turn goes through, for the test that nothing here grows with the tables.
#[cfg(test)]
pub(super) const HOT: [&str; 9] =
    [HEAD, ADD, ADVANCE, FORGET, KEEP_ROW, FIND_ROW, judge::STRETCH, judge::LINK, judge::OF_TURN];

/// A record as it joins the chain: bound to its salt before it reaches the writer.
#[derive(Debug)]
pub(super) struct Record {
    text: String,
    salt: [u8; 32],
    digest: Digest,
    rows: Vec<KeptRow>,
}

impl Record {
    pub(super) fn encode(
        text: String,
        rows: Vec<KeptRow>,
        entropy: &dyn Entropy,
    ) -> Result<Self, StoreError> {
        let salt = entropy::bytes(entropy);
        let digest = chain::digest(&salt, &text).ok_or_else(unmakeable)?;
        Ok(Self { text, salt, digest, rows })
    }

    /// Joins the chain as the record of a turn, as part of the turn's unit; gives what is kept of it.
    pub(super) fn join(
        &self,
        tx: &Connection,
        chains: &Chains,
        turn: Recorded,
    ) -> Result<(&str, Linked), StoreError> {
        let linked = chains.add(tx, turn, self.digest, Some(&self.salt))?;
        for row in &self.rows {
            let (owner, at) = (turn.merchant.as_bytes(), turn.at.millis());
            tx.run(KEEP_ROW, params![owner, row.name, row.body, at, DAY_MILLIS])?;
        }
        Ok((&self.text, linked))
    }

    /// The same for a record that is erased at once: it has its place, and neither words nor salt.
    pub(super) fn join_erased(
        &self,
        tx: &Connection,
        chains: &Chains,
        turn: Recorded,
    ) -> Result<(&str, Linked), StoreError> {
        Ok((ERASED, chains.add(tx, turn, self.digest, None)?))
    }
}

/// Whose record joins, and when.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recorded {
    pub(super) merchant: MerchantId,
    pub(super) turn: TurnId,
    pub(super) at: Timestamp,
}

/// The chains with what their keys are sealed with and made from.
#[derive(Clone, Debug)]
pub(super) struct Chains {
    sealer: Arc<Sealer>,
    entropy: Arc<dyn Entropy>,
}

impl Chains {
    /// Links a record to those before it.
    fn add(
        &self,
        tx: &Connection,
        turn: Recorded,
        digest: Digest,
        salt: Option<&[u8; 32]>,
    ) -> Result<Linked, StoreError> {
        let Recorded { merchant, turn, at } = turn;
        let (key, newest, previous) = self.head(tx, merchant)?;
        let number = newest.saturating_add(1);
        let link =
            key.link(&Joint { merchant, number, turn, at, previous, digest }).ok_or_else(unmakeable)?;
        let owner = merchant.as_bytes();
        tx.run_one(ADD, params![owner, number, turn.as_bytes(), at.millis(), salt, digest, link])?;
        tx.run_one(ADVANCE, params![owner, number, link])?;
        Ok(Linked { number, link })
    }

    /// The merchant's key and where the chain ends; begun with the first turn.
    fn head(&self, tx: &Connection, merchant: MerchantId) -> Result<(ChainKey, i64, Digest), StoreError> {
        if let Some(head) = read_head(tx, &self.sealer, merchant)? {
            return Ok(head);
        }
        let key = ChainKey::fresh(&*self.entropy);
        let sealed = self.sealer.seal(place(merchant), &key.to_text()).ok_or_else(unmakeable)?;
        tx.run_one(BEGIN, params![merchant.as_bytes(), sealed, BEGINNING])?;
        Ok((key, 0, BEGINNING))
    }
}

fn read_head(
    db: &Connection,
    sealer: &Sealer,
    merchant: MerchantId,
) -> Result<Option<(ChainKey, i64, Digest)>, StoreError> {
    let found = db.one(HEAD, params![merchant.as_bytes()], |row| {
        Ok((row.get::<_, Vec<u8>>(0)?, row.get::<_, i64>(1)?, row.get::<_, Digest>(2)?))
    })?;
    let Some((locked, newest, link)) = found else { return Ok(None) };
    let damaged = |why| corrupt("proof_chains", merchant, why);
    let key = sealer.open(place(merchant), &locked).map_err(damaged)?;
    let key = ChainKey::parse(&key).ok_or_else(|| damaged("not a key"))?;
    Ok(Some((key, newest, link)))
}

fn place(merchant: MerchantId) -> Place<'static> {
    Place { merchant: Some(merchant), kind: Kind::ProofKey, row: b"", generation: 0 }
}

fn unmakeable() -> StoreError {
    StoreError::unavailable("a link of the chain of proofs cannot be made")
}

/// The salt of a record whose words go, as part of the unit that removes them.
pub(super) fn forget(tx: &Connection, merchant: &[u8; 16], turn: &[u8; 16]) -> Result<(), StoreError> {
    tx.run(FORGET, params![merchant, turn]).map(drop)
}

fn outcomes(db: &Connection, merchant: MerchantId, turn: TurnId) -> Result<Vec<Outcome>, StoreError> {
    let rows = db.all(OUTCOMES, params![merchant.as_bytes(), turn.as_bytes()], |row| {
        let outcome = Outcome {
            part: PartId::from_bytes(row.get(0)?),
            state: PartState::Parked,
            attempt: row.get(2)?,
            sending_at: values::maybe_at(row, 3)?,
            settled_at: values::maybe_at(row, 4)?,
            native_id: row.get(5)?,
            code: row.get(6)?,
        };
        Ok((row.get::<_, String>(1)?, outcome))
    })?;
    let decoded = rows.into_iter().map(|(state, outcome)| {
        let state = PartState::from_word(&state);
        let state = state.ok_or_else(|| corrupt("outbox", outcome.part, "its state is unknown"))?;
        Ok(Outcome { state, ..outcome })
    });
    decoded.collect()
}

impl SqliteStore {
    pub(super) fn chains(&self) -> Chains {
        Chains { sealer: Arc::clone(&self.sealer), entropy: Arc::clone(&self.entropy) }
    }
}

#[async_trait]
impl Proofs for SqliteStore {
    async fn find_proof(&self, merchant: MerchantId, turn: TurnId) -> Result<Option<Proof>, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.readers.read(move |db| judge::one(db, &sealer, merchant, turn)).await
    }

    async fn verify_proofs(
        &self,
        merchant: MerchantId,
        after: i64,
        most: usize,
    ) -> Result<Stretch, StoreError> {
        let sealer = Arc::clone(&self.sealer);
        self.readers.read(move |db| judge::stretch(db, &sealer, merchant, after, values::limit(most))).await
    }

    async fn find_kept_rows(
        &self,
        merchant: MerchantId,
        names: Vec<RowName>,
    ) -> Result<Vec<KeptRow>, StoreError> {
        let find = move |db: &Connection| {
            let mut rows = Vec::with_capacity(names.len());
            for name in names {
                let body = db.one(FIND_ROW, params![merchant.as_bytes(), name], |row| row.get(0))?;
                rows.extend(body.map(|body| KeptRow { name, body }));
            }
            Ok(rows)
        };
        self.readers.read(find).await
    }

    async fn find_turn_of_message(
        &self,
        merchant: MerchantId,
        native_id: &str,
    ) -> Result<Option<TurnId>, StoreError> {
        let native_id = native_id.to_owned();
        let find = move |db: &Connection| {
            db.one(TURN_OF_MESSAGE, params![merchant.as_bytes(), native_id], |row| {
                row.get(0).map(TurnId::from_bytes)
            })
        };
        self.readers.read(find).await
    }

    async fn list_outcomes(&self, merchant: MerchantId, turn: TurnId) -> Result<Vec<Outcome>, StoreError> {
        self.readers.read(move |db| outcomes(db, merchant, turn)).await
    }
}
