//! What the shoppers wrote down themselves: what each asked, and what each saw of an answer. Nothing of the product has a say in it.

use std::fmt;

use shopclerk_sandbox::meta::Side;

use crate::stage::Stage;
use crate::wait::until;

/// Something the shop sells.
pub(crate) struct Thing {
    pub(crate) title: &'static str,
    pub(crate) price: &'static str,
}

pub(crate) const COAT: Thing = Thing { title: "Storm coat", price: "$189.00" };
pub(crate) const MUG: Thing = Thing { title: "Lumi mug", price: "$18.00" };

/// One shopper's one question.
#[derive(Clone)]
pub(crate) struct Question {
    pub(crate) shopper: String,
    pub(crate) thing: &'static Thing,
}

/// How often the shopper saw the answer's two parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Seen {
    words: usize,
    cards: usize,
}

impl Question {
    fn seen(&self, stage: &Stage) -> Seen {
        let all = stage.sandbox.meta().messages(&self.shopper).unwrap_or_default();
        let from_page = || all.iter().filter(|message| message.from == Side::Page);
        let says = |text: &Option<String>| text.as_ref().is_some_and(|text| text.contains(self.thing.price));
        let words = from_page().filter(|message| says(&message.text)).count();
        let shows =
            from_page().filter(|message| message.cards.iter().any(|card| card.title == self.thing.title));
        Seen { words, cards: shows.count() }
    }

    /// Whether both parts of the answer are there.
    pub(crate) fn is_answered(&self, stage: &Stage) -> bool {
        let seen = self.seen(stage);
        seen.words > 0 && seen.cards > 0
    }
}

/// All questions of one run.
#[derive(Default)]
pub(crate) struct Ledger {
    questions: Vec<Question>,
}

/// What became of them.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) asked: usize,
    /// Who never saw the answer, or only half of it.
    pub(crate) lost: Vec<String>,
    /// Who saw a part of it more than once.
    pub(crate) doubled: Vec<String>,
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} asked, {} lost, {} doubled", self.asked, self.lost.len(), self.doubled.len())
    }
}

impl Ledger {
    pub(crate) fn note(&mut self, question: Question) {
        self.questions.push(question);
    }

    /// Waits until everybody has been answered, or long enough.
    pub(crate) async fn until_answered(&self, stage: &Stage, limit: std::time::Duration) -> bool {
        until(limit, async || self.questions.iter().all(|question| question.is_answered(stage))).await
    }

    pub(crate) fn verdict(&self, stage: &Stage) -> Verdict {
        let mut verdict = Verdict { asked: self.questions.len(), lost: Vec::new(), doubled: Vec::new() };
        for question in &self.questions {
            let seen = question.seen(stage);
            let told = format!("{}: {seen:?}", question.shopper);
            if seen.words == 0 || seen.cards == 0 {
                verdict.lost.push(told.clone());
            }
            if seen.words > 1 || seen.cards > 1 {
                verdict.doubled.push(told);
            }
        }
        verdict
    }
}
