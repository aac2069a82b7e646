//! It dies at every point of a message's life. The points are not listed here: a life that tells them is lived first.

use std::collections::BTreeSet;
use std::time::Duration;

use shopclerk_sandbox::fault::Fault;
use shopclerk_sandbox::meta::GraphError;

use crate::ledger::{COAT, Ledger, MUG};
use crate::sites;
use crate::stage::{SETTLED, Stage};
use crate::wait::{PATIENCE, pass, until};

/// How a message may fare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fare {
    /// Everything goes well.
    Well,
    /// The answer to its reply and its echo are lost: only a look at the conversation tells.
    Doubted,
    /// Its reply never arrives: it must be missed and sent again.
    Missing,
}

impl Fare {
    const ALL: [Self; 3] = [Self::Well, Self::Doubted, Self::Missing];

    fn befalls(self, stage: &Stage) {
        match self {
            Self::Well => {}
            Self::Doubted => {
                stage.next(Fault::CutAfter);
                stage.next(Fault::EchoLost);
            }
            Self::Missing => stage.next(Fault::CutBefore),
        }
    }
}

/// The points that a message passes which fares so, in order.
async fn points_of(stage: &Stage, fare: Fare) -> Vec<String> {
    let mut process = stage.starts("tell").await;
    // What an earlier life left is done before.
    pass(Duration::from_secs(1)).await;
    let before = process.points().len();
    let mut ledger = Ledger::default();
    fare.befalls(stage);
    ledger.note(stage.asks(&COAT));
    assert!(ledger.until_answered(stage, PATIENCE).await, "{fare:?}:\n{}", process.last_words());
    // The mirror follows a second later, and the work that was put up is finished.
    let written = async || process.points().iter().skip(before).any(|point| point == "objects.put.committed");
    assert!(until(PATIENCE, written).await, "the conversation is mirrored");
    pass(Duration::from_millis(300)).await;
    process.kill();
    let mut known = BTreeSet::new();
    let mut points = process.points();
    points.retain(|point| sites::is_of_any_message(sites::site_of(point)) && known.insert(point.clone()));
    points
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_point_of_a_messages_life_loses_and_doubles_nothing() {
    let stage = Stage::set().await;
    let mut ledger = Ledger::default();
    let mut lived: BTreeSet<String> = BTreeSet::new();
    let mut deaths = 0;
    for fare in Fare::ALL {
        let points = points_of(&stage, fare).await;
        for point in points.into_iter().filter(|point| lived.insert(point.clone())) {
            let mut process = stage.starts(&point).await;
            fare.befalls(&stage);
            ledger.note(stage.asks(&COAT));
            ledger.note(stage.asks(&MUG));
            process.dies(&format!("at {point}")).await;
            deaths += 1;
            // What a second death does to a doubted part is another promise: it is not sent a third time.
            let mut process = stage.starts("").await;
            let answered = ledger.until_answered(&stage, PATIENCE).await;
            assert!(answered, "{point}: {:?}\n{}", ledger.verdict(&stage), process.last_words());
            process.kill();
        }
    }
    sites::every_one_is_accounted_for(&lived);

    let mut process = stage.starts("").await;
    pass(SETTLED).await;
    process.kill();

    let verdict = ledger.last_verdict(&stage).await;
    println!("{deaths} deaths, one at every point of a message's life: {verdict}");
    verdict.holds();
    assert_eq!(verdict.left, Vec::<String>::new());
    stage.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nobody_can_look_up_what_became_of_a_reply_it_is_never_doubled_and_left_to_a_person() {
    let stage = Stage::set().await;
    stage.sandbox.meta().lose_echoes();
    stage.sandbox.meta().refuse_reads(Some(GraphError::new(
        200,
        "(#200) Requires pages_messaging permission to manage the object.",
    )));
    let mut ledger = Ledger::default();
    for point in ["turn.committed", "meta.send.before", "meta.send.answered", "send.settle.before"] {
        let mut process = stage.starts(point).await;
        ledger.note(stage.asks(&COAT));
        process.dies(&format!("at {point}")).await;
    }

    let mut process = stage.starts("").await;
    ledger.note(stage.asks(&MUG));
    pass(SETTLED * 2).await;
    process.kill();

    let verdict = ledger.last_verdict(&stage).await;
    println!("without look-up: {verdict}");
    verdict.holds();
    assert_eq!(verdict.left.len(), 4, "whoever was not answered is on a person's list: {verdict:?}");
    stage.close().await;
}
