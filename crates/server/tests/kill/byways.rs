//! It dies where only some messages pass: heard of by their echo, answered by a person, told hours late, accepted by somebody who
//! answers nobody, or overtaken by a change. Each needs circumstances of its own, so the points are named here; that no site is
//! forgotten is the business of `sites`.

use std::collections::BTreeSet;
use std::time::Duration;

use shopclerk_domain::message::Author;
use shopclerk_sandbox::fault::Fault;
use shopclerk_sandbox::meta::GraphError;

use crate::child::Process;
use crate::ledger::{COAT, LAMP, Ledger, MUG, Question};
use crate::sites::{self, BYWAYS};
use crate::stage::{SETTLED, Stage};
use crate::wait::{PATIENCE, pass, until};

/// What a person says.
const PERSON: &str = "This is Pia. I will look after it.";
/// Longer than a message may wait for an automatic answer.
const LONG_AGO: Duration = Duration::from_hours(2);

/// What is different about a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    /// The answer to its reply is lost, and the echo comes.
    Heard,
    /// A person answers after the clerk, from the Page's inbox.
    Spoken,
    /// It was written hours before it is delivered.
    Late,
    /// The same, and it says stop.
    LateStop,
    /// Whoever is there only accepts; a later start answers.
    Unworked,
    /// Its reply never arrives, and what that says has changed when it is to be sent once more.
    Changed,
}

use Way::{Changed, Heard, Late, LateStop, Spoken, Unworked};

/// Where it dies. The first delivery that an own echo comes behind is its message's. A turn of which a part was under way is not
/// withdrawn: that unit is begun, and has nothing to commit.
const DEATHS: [(Way, &str); 17] = [
    (Heard, "inbox.before:1"),
    (Heard, "inbox.committed:1"),
    (Heard, "events.before"),
    (Heard, "events.committed"),
    (Spoken, "inbox.before"),
    (Spoken, "inbox.committed"),
    (Spoken, "events.before"),
    (Spoken, "events.committed"),
    (Late, "events.leave.before"),
    (Late, "events.leave.committed"),
    (LateStop, "events.opt_out.before"),
    (LateStop, "events.opt_out.committed"),
    (Unworked, "inbox.link.before"),
    (Unworked, "inbox.link.committed"),
    (Changed, "send.withdraw.before"),
    (Changed, "send.rewrite.before"),
    (Changed, "send.rewrite.committed"),
];

/// Everybody who was met.
#[derive(Default)]
struct Met {
    ledger: Ledger,
    spoken_to: Vec<String>,
    late: Vec<String>,
    stopped: Vec<String>,
    /// With the price that was no longer true.
    misled: Vec<(String, String)>,
}

impl Met {
    /// Starts a process that dies at the point, and lets happen what leads there.
    async fn leads_to(&mut self, stage: &Stage, way: Way, point: &str) -> Process {
        match way {
            Heard => {
                let process = stage.starts(point).await;
                // Nobody finds it before its echo comes, and that comes once the doubt is on record.
                stage.sandbox.meta().refuse_reads(Some(GraphError::new(2, "(#2) Try again.").transient()));
                stage.next(Fault::CutAfter);
                stage.next(Fault::EchoLate);
                self.ledger.note(stage.asks(&COAT));
                let is_kept = async || stage.sandbox.faults().armed().is_empty();
                assert!(until(PATIENCE, is_kept).await, "{}", process.last_words());
                pass(Duration::from_secs(1)).await;
                stage.sandbox.meta().release_echoes(1);
                process
            }
            Spoken => {
                let mut quiet = stage.starts("").await;
                let question = stage.asks(&COAT);
                let shopper = question.shopper.clone();
                self.ledger.note(question);
                assert!(self.ledger.until_answered(stage, PATIENCE).await, "{}", quiet.last_words());
                stage.sandbox.deliveries().idle().await;
                quiet.kill();
                let process = stage.starts(point).await;
                stage.sandbox.meta().person_replies(&shopper, PERSON).unwrap();
                self.spoken_to.push(shopper);
                process
            }
            Late => {
                let process = stage.starts(point).await;
                self.late.push(stage.wrote(LONG_AGO, "how much is the Storm coat?").await);
                process
            }
            LateStop => {
                let process = stage.starts(point).await;
                self.stopped.push(stage.wrote(LONG_AGO, "stop").await);
                process
            }
            Unworked => {
                let process = stage.starts_to_accept(point).await;
                self.ledger.note(stage.asks(&COAT));
                process
            }
            Changed => {
                let process = stage.starts(point).await;
                let price = |changes: usize| format!("{}.00", 40 + changes);
                let changes = self.misled.len();
                stage.next(Fault::CutBefore);
                self.misled.push((stage.asks(&LAMP).shopper, price(changes)));
                let was_cut = async || stage.sandbox.faults().armed().is_empty();
                assert!(until(PATIENCE, was_cut).await, "{}", process.last_words());
                // Read long before the reply is known to be missing.
                stage.costs(&LAMP, &price(changes + 1));
                process
            }
        }
    }

    /// Waits until everybody was answered who is to be.
    async fn are_answered(&self, stage: &Stage) -> bool {
        let see_the_lamp =
            async || self.misled.iter().all(|(shopper, _)| lamps_seen(stage, shopper).len() == 1);
        self.ledger.until_answered(stage, PATIENCE).await && until(PATIENCE, see_the_lamp).await
    }

    /// What was promised to those who got no answer, or whom a person answered.
    async fn hold(&self, stage: &Stage, listed: &BTreeSet<String>) {
        let left: BTreeSet<String> = self.late.iter().chain(&self.stopped).cloned().collect();
        assert_eq!(*listed, left, "whom nobody answered stands on a person's list, and nobody else");
        for shopper in &self.stopped {
            assert!(stage.conversation_with(shopper).await.0.opted_out, "{shopper} said stop");
        }
        for shopper in &self.spoken_to {
            let (_, said) = stage.conversation_with(shopper).await;
            let persons = said.iter().filter(|message| message.author == Author::Person);
            let words: Vec<_> = persons.filter_map(|message| message.text.as_deref()).collect();
            assert_eq!(words, [PERSON], "what {shopper} was told is known once");
        }
        for (shopper, price) in &self.misled {
            assert_eq!(lamps_seen(stage, shopper).len(), 1, "{shopper} sees the card once");
            let said = format!("{:?}", stage.sandbox.meta().messages(shopper));
            assert!(!said.contains(price), "{shopper} is told what is not true any more: {said}");
        }
    }
}

/// What the next process passes before the life is over; `None` where that is over with the answer, or was at the death.
fn ends_with(way: Way, point: &str) -> Option<&'static str> {
    match (way, point) {
        (Heard | Spoken, "events.committed") | (Late, "events.leave.committed") | (Unworked | Changed, _) => {
            None
        }
        (Heard | Spoken, _) => Some("events.committed"),
        (Late | LateStop, _) => Some("events.leave.committed"),
    }
}

/// The cards of the lamp that a shopper sees.
fn lamps_seen(stage: &Stage, shopper: &str) -> Vec<String> {
    let all = stage.sandbox.meta().messages(shopper).unwrap_or_default();
    let titles = all.into_iter().flat_map(|message| message.cards).map(|card| card.title);
    titles.filter(|title| title == LAMP.title).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_where_only_some_messages_pass_loses_and_doubles_nothing_either() {
    let stage = Stage::set().await;
    let mut met = Met::default();
    for (way, point) in DEATHS {
        let mut process = met.leads_to(&stage, way, point).await;
        process.dies(&format!("at {point}, {way:?}")).await;
        let mut process = stage.starts("tell").await;
        let answered = met.are_answered(&stage).await;
        assert!(answered, "{way:?} {point}: {:?}\n{}", met.ledger.verdict(&stage), process.last_words());
        // Nothing that is left may lead the next one to its death.
        if let Some(end) = ends_with(way, point) {
            let is_over = async || process.points().iter().any(|passed| passed == end);
            assert!(until(PATIENCE, is_over).await, "{way:?} {point}:\n{}", process.last_words());
        }
        process.kill();
        stage.sandbox.meta().refuse_reads(None);
    }
    let died_at: BTreeSet<&str> = DEATHS.iter().map(|(_, point)| sites::site_of(point)).collect();
    assert!(BYWAYS.iter().all(|site| died_at.contains(site)), "no byway is forgotten: {died_at:?}");

    let mut process = stage.starts("").await;
    // To whom a person has spoken, the clerk says nothing more.
    for shopper in &met.spoken_to {
        stage.writes(shopper, &format!("and how much is the {}?", MUG.title));
    }
    pass(SETTLED).await;
    process.kill();

    let verdict = met.ledger.verdict(&stage);
    println!("{} deaths where only some messages pass: {verdict}", DEATHS.len());
    verdict.holds();
    met.hold(&stage, &stage.left_to_a_person().await).await;
    for shopper in met.spoken_to.iter().chain(&met.late).chain(&met.stopped) {
        let question = Question { shopper: shopper.clone(), thing: &MUG };
        assert!(!question.is_answered(&stage), "{shopper} is a person's");
    }
    stage.close().await;
}
