//! What the shoppers wrote down themselves: what each asked, and what each saw of an answer. Nothing of the product has a say in it.

use std::collections::BTreeSet;
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
pub(crate) const LAMP: Thing = Thing { title: "Halo lamp", price: "$40.00" };
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

impl Seen {
    const fn is_whole(self) -> bool {
        self.words > 0 && self.cards > 0
    }

    const fn is_doubled(self) -> bool {
        self.words > 1 || self.cards > 1
    }
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
        self.seen(stage).is_whole()
    }
}

/// All questions of one run.
#[derive(Default)]
pub(crate) struct Ledger {
    questions: Vec<Question>,
}

/// What became of them.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) asked: usize,
    /// Who never saw the answer, or only half of it, and does not stand on a person's list either.
    pub(crate) lost: Vec<String>,
    /// Who did not, and does.
    pub(crate) left: Vec<String>,
    /// Who stands there and was answered whole, or never asked.
    pub(crate) needless: Vec<String>,
    /// Who saw a part of the answer more than once.
    pub(crate) doubled: Vec<String>,
}

impl Verdict {
    /// One shopper is one question: what each saw, against those who stand on a person's list.
    fn of(seen: &[(&str, Seen)], listed: &BTreeSet<String>) -> Self {
        let mut verdict = Self { asked: seen.len(), ..Self::default() };
        for (shopper, seen) in seen {
            let told = format!("{shopper}: {seen:?}");
            if seen.is_doubled() {
                verdict.doubled.push(told.clone());
            }
            match (seen.is_whole(), listed.contains(*shopper)) {
                (false, false) => verdict.lost.push(told),
                (false, true) => verdict.left.push(told),
                (true, true) => verdict.needless.push(told),
                (true, false) => {}
            }
        }
        let asked = |shopper: &&String| seen.iter().any(|(known, _)| *known == shopper.as_str());
        let strangers = listed.iter().filter(|shopper| !asked(shopper));
        verdict.needless.extend(strangers.map(|shopper| format!("{shopper}: never asked")));
        verdict
    }

    /// Nothing lost, nothing doubled, and a person's list of those alone whom it is for.
    #[track_caller]
    pub(crate) fn holds(&self) {
        let nobody: &[String] = &[];
        assert_eq!(
            (&*self.lost, &*self.doubled, &*self.needless),
            (nobody, nobody, nobody),
            "lost, doubled and listed for nothing: {self}"
        );
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (lost, doubled, left) = (self.lost.len(), self.doubled.len(), self.left.len());
        write!(out, "{} asked, {lost} lost, {doubled} doubled, {left} left to a person", self.asked)
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

    /// What became of them, while nobody knows who stands on a person's list.
    pub(crate) fn verdict(&self, stage: &Stage) -> Verdict {
        self.against(stage, &BTreeSet::new())
    }

    /// What became of them; the product is dead.
    pub(crate) async fn last_verdict(&self, stage: &Stage) -> Verdict {
        self.against(stage, &stage.left_to_a_person().await)
    }

    fn against(&self, stage: &Stage, listed: &BTreeSet<String>) -> Verdict {
        let seen: Vec<_> =
            self.questions.iter().map(|question| (question.shopper.as_str(), question.seen(stage))).collect();
        Verdict::of(&seen, listed)
    }
}

#[test]
fn whoever_is_not_answered_must_stand_on_the_list_in_person() {
    let seen = |words, cards| Seen { words, cards };
    let asked = [
        ("Ana", seen(1, 1)),
        ("Ben", seen(0, 0)),
        ("Cleo", seen(1, 0)),
        ("Dan", seen(1, 1)),
        ("Eva", seen(1, 2)),
    ];
    let listed = ["Cleo", "Dan", "Zoe"].map(str::to_owned).into();

    let verdict = Verdict::of(&asked, &listed);

    let names = |told: &[String]| -> Vec<String> {
        told.iter().filter_map(|told| Some(told.split_once(':')?.0.to_owned())).collect()
    };
    assert_eq!(names(&verdict.lost), ["Ben"]);
    assert_eq!(names(&verdict.left), ["Cleo"]);
    assert_eq!(names(&verdict.needless), ["Dan", "Zoe"]);
    assert_eq!(names(&verdict.doubled), ["Eva"]);
}
