//! What a message rests on: found by whatever name a person has for it (turn, part of a reply, the channel's id of what the
//! shopper or the clerk wrote), with its place in the chain of proofs judged anew.

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ConversationId, MerchantId, PartId, TurnId};
use shopclerk_storage::nouns::proofs::{Outcome, Proof};

use crate::app::App;
use crate::error::FlowError;
use crate::proofs;
use crate::provenance::{self, Record, Replayed};

/// Longest name of a message. Channels name theirs by some hundred characters.
const MOST_CHARS: usize = 512;

/// What is known of a turn.
#[derive(Clone, Debug)]
pub struct Explained {
    /// Whose.
    pub merchant: MerchantId,
    /// The turn.
    pub turn: TurnId,
    /// When it was finished.
    pub at: Timestamp,
    /// The conversation, until it is forgotten.
    pub conversation: Option<ConversationId>,
    /// When it was taken back, because what it said was no longer true.
    pub withdrawn_at: Option<Timestamp>,
    /// What it rests on; `None` once that is erased, or where an older version wrote it.
    pub record: Option<Record>,
    /// Its place in the chain; `None` for a turn that is older than the chain.
    pub proof: Option<Proof>,
    /// How the parts of its reply were sent.
    pub sent: Vec<Outcome>,
}

/// One merchant's message.
pub async fn one(app: &App, merchant: MerchantId, message: &str) -> Result<Option<Explained>, FlowError> {
    let message = message.trim();
    if message.is_empty() || message.chars().count() > MOST_CHARS {
        return Ok(None);
    }
    for turn in candidates(app, merchant, message).await? {
        if let Some(explained) = turn_of(app, merchant, turn).await? {
            return Ok(Some(explained));
        }
    }
    Ok(None)
}

/// A message of whichever merchant: the operator need not know whose it is.
pub async fn anyones(app: &App, message: &str) -> Result<Option<Explained>, FlowError> {
    for merchant in proofs::every_merchant(app).await? {
        if let Some(explained) = one(app, merchant, message).await? {
            return Ok(Some(explained));
        }
    }
    Ok(None)
}

/// Takes the turn again, from its record alone.
pub async fn replay(app: &App, explained: &Explained) -> Result<Option<Replayed>, FlowError> {
    match &explained.record {
        Some(record) => provenance::replay(app, explained.merchant, record).await.map(Some),
        None => Ok(None),
    }
}

/// The turns that a name may mean.
async fn candidates(app: &App, merchant: MerchantId, message: &str) -> Result<Vec<TurnId>, FlowError> {
    let mut turns = Vec::new();
    if let (Ok(turn), Ok(part)) = (TurnId::parse(message), PartId::parse(message)) {
        turns.push(turn);
        turns.extend(app.store().find_part(merchant, part).await?.map(|part| part.turn));
    }
    turns.extend(app.store().find_turn_of_message(merchant, message).await?);
    Ok(turns)
}

async fn turn_of(app: &App, merchant: MerchantId, turn: TurnId) -> Result<Option<Explained>, FlowError> {
    let proof = app.store().find_proof(merchant, turn).await?;
    let found = app.store().find_turn(merchant, turn).await?;
    let Some(at) = found.as_ref().map(|found| found.at).or(proof.map(|proof| proof.at)) else {
        return Ok(None);
    };
    Ok(Some(Explained {
        merchant,
        turn,
        at,
        conversation: found.as_ref().map(|found| found.conversation),
        withdrawn_at: found.as_ref().and_then(|found| found.withdrawn_at),
        record: found.and_then(|found| Record::read(&found.provenance)),
        proof,
        sent: app.store().list_outcomes(merchant, turn).await?,
    }))
}
