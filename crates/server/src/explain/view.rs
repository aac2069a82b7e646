//! What a message rests on, for programs.

use schemars::JsonSchema;
use serde::Serialize;
use shopclerk_domain::clock::Timestamp;
use shopclerk_flows::explain::Explained;
use shopclerk_flows::proofs::{Outcome, Proof, Standing};
use shopclerk_flows::provenance::{Held, Record, Said, Struck};

/// What a reply rests on.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ProvenanceJson {
    /// The turn that made the reply.
    #[schemars(extend("format" = "uuid"))]
    turn: String,
    /// When it was finished.
    #[schemars(extend("format" = "date-time"))]
    at: String,
    /// The conversation; null once that is forgotten.
    #[schemars(extend("format" = "uuid"))]
    conversation: Option<String>,
    /// When it was taken back, because what it said was no longer true before it was sent.
    #[schemars(extend("format" = "date-time"))]
    withdrawn_at: Option<String>,
    /// Its place in the chain of proofs; null for a turn that is older than the chain.
    chain: Option<LinkJson>,
    /// What it rests on; null once that is erased.
    basis: Option<BasisJson>,
}

/// A record's place in its chain, judged for this answer.
#[derive(Debug, Serialize, JsonSchema)]
struct LinkJson {
    /// Which record of the merchant's.
    number: i64,
    /// The link over it and all before it, in hex.
    link: String,
    /// `whole`, `erased` or `broken`.
    standing: &'static str,
    /// What is wrong with it.
    why: Option<&'static str>,
}

/// What a reply came from.
#[derive(Debug, Serialize, JsonSchema)]
struct BasisJson {
    /// What the shopper wrote.
    heard: Vec<String>,
    /// What was understood.
    understood: String,
    /// Who wrote the reply: `rules` or `model`.
    drafted_by: String,
    /// Why the rules answered although there is a model, as a stable word.
    model_stopped: Option<String>,
    /// Statements that were struck out of drafts, because no row held them.
    struck_out: Vec<StruckJson>,
    /// The parts of the reply.
    parts: Vec<PartJson>,
    /// The version of the program that took the turn.
    program: String,
}

/// A statement that no row held.
#[derive(Debug, Serialize, JsonSchema)]
struct StruckJson {
    /// The words.
    said: String,
    /// Why it was struck out.
    why: String,
}

/// A part of a reply.
#[derive(Debug, Serialize, JsonSchema)]
struct PartJson {
    /// Its id in the outbox; travels with the message.
    #[schemars(extend("format" = "uuid"))]
    id: String,
    /// The words, or the cards' titles.
    said: String,
    /// `queued`, `sending`, `sent`, `refused`, `unknown` or `parked`; null once it is forgotten.
    state: Option<&'static str>,
    /// The channel's id of the message.
    native_id: Option<String>,
    /// What it states, each with its row.
    claims: Vec<ClaimJson>,
}

/// A statement with the catalogue row it rests on.
#[derive(Debug, Serialize, JsonSchema)]
struct ClaimJson {
    /// The words.
    said: String,
    /// What kind of fact it is, such as `price`.
    fact: String,
    /// The product it is said of.
    product: Option<String>,
    /// The discount, where it is said of one.
    discount: Option<String>,
    /// The variant, where it is said of one.
    variant: Option<String>,
    /// Version of the row.
    version: u64,
    /// When that row was last known to be the shop's.
    #[schemars(extend("format" = "date-time"))]
    read_at: String,
}

impl From<&Explained> for ProvenanceJson {
    fn from(explained: &Explained) -> Self {
        Self {
            turn: explained.turn.to_string(),
            at: explained.at.to_string(),
            conversation: explained.conversation.map(|id| id.to_string()),
            withdrawn_at: explained.withdrawn_at.map(|at| at.to_string()),
            chain: explained.proof.as_ref().map(LinkJson::from),
            basis: explained.record.as_ref().map(|record| BasisJson::of(record, &explained.sent)),
        }
    }
}

impl From<&Proof> for LinkJson {
    fn from(proof: &Proof) -> Self {
        let (standing, why) = match proof.standing {
            Standing::Whole => ("whole", None),
            Standing::Erased => ("erased", None),
            Standing::Broken(why) => ("broken", Some(why)),
        };
        Self { number: proof.number, link: hex::encode(proof.link), standing, why }
    }
}

impl BasisJson {
    fn of(record: &Record, sent: &[Outcome]) -> Self {
        let outcome = record.outcome();
        Self {
            heard: record.heard().iter().map(|heard| heard.text.clone()).collect(),
            understood: outcome.understood.clone(),
            drafted_by: outcome.drafted_by.clone(),
            model_stopped: outcome.model_stopped.clone(),
            struck_out: outcome
                .drafts
                .iter()
                .flat_map(|draft| &draft.refused)
                .map(|Struck { said, why }| StruckJson { said: said.clone(), why: why.clone() })
                .collect(),
            parts: record.parts().map(|(id, said)| part(id, said, sent)).collect(),
            program: record.program().to_owned(),
        }
    }
}

/// How the part of this id was sent.
pub(super) fn outcome_of<'s>(id: &str, sent: &'s [Outcome]) -> Option<&'s Outcome> {
    sent.iter().find(|outcome| outcome.part.to_string() == id)
}

fn part(id: &str, said: &Said, sent: &[Outcome]) -> PartJson {
    let outcome = outcome_of(id, sent);
    PartJson {
        id: id.to_owned(),
        said: said.gist.clone(),
        state: outcome.map(|outcome| outcome.state.word()),
        native_id: outcome.and_then(|outcome| outcome.native_id.clone()),
        claims: said.claims.iter().map(claim).collect(),
    }
}

fn claim(held: &Held) -> ClaimJson {
    ClaimJson {
        said: held.said.clone(),
        fact: held.fact.clone(),
        product: held.product.clone(),
        discount: held.discount.clone(),
        variant: held.variant.clone(),
        version: held.version,
        read_at: Timestamp::from_millis(held.read_at).to_string(),
    }
}
