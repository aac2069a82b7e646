//! Bugs planted on purpose: a test that catches none of them proves nothing. They stand beside the product, in a gate before it, in
//! its folder or in its pace, so that none of them can ever ship.

use std::fs;
use std::path::Path;
use std::time::Duration;

use shopclerk_sandbox::fault::Fault;

use crate::child::Process;
use crate::gateway::{self, Bug};
use crate::ledger::{COAT, Ledger, Verdict};
use crate::stage::{SETTLED, Stage, free_address};
use crate::wait::{PATIENCE, pass, until};

/// How long a lost message is waited for.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

/// One message behind a gate, while the product dies before it has stored anything.
async fn behind_a_gate(bug: Bug) -> Verdict {
    let stage = Stage::set().await;
    let gate = gateway::open(bug, &stage.address).await;
    stage.sandbox.meta().deliver_elsewhere(&gate);
    let mut ledger = Ledger::default();
    let mut process = stage.starts("inbox.before").await;
    ledger.note(stage.asks(&COAT));
    process.dies("before it stores the message").await;

    let mut process = stage.starts("").await;
    ledger.until_answered(&stage, LONG_ENOUGH).await;
    process.kill();
    let verdict = ledger.verdict(&stage);
    stage.close().await;
    verdict
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledging_before_the_commit_is_caught() {
    let verdict = behind_a_gate(Bug::AcknowledgesFirst).await;
    assert_eq!(verdict.lost.len(), 1, "{verdict:?}");
    println!("caught: acknowledge before commit: {verdict}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dedup_outside_the_unit_is_caught() {
    let verdict = behind_a_gate(Bug::DedupBesideTheUnit).await;
    assert_eq!(verdict.lost.len(), 1, "{verdict:?}");
    println!("caught: dedup outside the unit: {verdict}");
}

/// The folder is put back to the moment before the record, as if the send had been recorded only after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sending_before_recording_it_is_caught() {
    let stage = Stage::set().await;
    let mut ledger = Ledger::default();
    let mut process = stage.starts("turn.before").await;
    stage.next(Fault::EchoLost);
    ledger.note(stage.asks(&COAT));
    process.dies("before it records that it sends").await;
    let before = stage.folder.path().join("before");
    copy(&stage.data(), &before);

    let mut process = stage.starts("meta.send.answered").await;
    process.dies("after it has sent").await;
    fs::remove_dir_all(stage.data()).unwrap();
    copy(&before, &stage.data());
    let mut process = stage.starts("").await;
    ledger.until_answered(&stage, PATIENCE).await;
    process.kill();

    let verdict = ledger.verdict(&stage);
    assert_eq!(verdict.doubled.len(), 1, "{verdict:?}");
    println!("caught: send before record: {verdict}");
    stage.close().await;
}

/// Two runners on one store.
struct Rivals {
    stage: Stage,
    ledger: Ledger,
    /// Frozen while it works at an answer.
    first: Process,
    /// It took the place of the first.
    second: Process,
}

impl Rivals {
    /// The first is frozen at `point`, and the second starts with this rehearsal. Whoever is frozen while he happens to write keeps the
    /// file, and nobody can take his place: then it is all tried anew.
    async fn meet(befalls: Option<Fault>, point: &str, rehearsal: &str) -> Self {
        for _ in 0..5 {
            let stage = Stage::set().await;
            let mut ledger = Ledger::default();
            let first = stage.starts(&format!("freeze:{point}")).await;
            // What a start brings is done by then.
            pass(Duration::from_secs(2)).await;
            if let Some(fault) = befalls {
                stage.next(fault);
            }
            ledger.note(stage.asks(&COAT));
            first.freezes().await;

            // Nobody would take the folder while its holder lives.
            fs::remove_file(stage.data().join("shopclerk.lock")).unwrap();
            let elsewhere = free_address();
            let hook = format!("http://{elsewhere}/facebook/webhook");
            stage.sandbox.meta().deliver_elsewhere(&hook);
            let second = stage.starts_at(&elsewhere, rehearsal).await;
            if !second.is_dead() {
                return Self { stage, ledger, first, second };
            }
            assert!(second.last_words().contains("the store is busy"), "{}", second.last_words());
        }
        panic!("whoever was frozen was writing each time");
    }

    async fn is_answered(&self) {
        let answered = self.ledger.until_answered(&self.stage, PATIENCE).await;
        assert!(answered, "{}", self.second.last_words());
    }

    /// What became of it once both are gone.
    async fn end(mut self) -> Verdict {
        self.first.kill();
        self.second.kill();
        let verdict = self.ledger.last_verdict(&self.stage).await;
        self.stage.close().await;
        verdict
    }
}

/// One is frozen at `point` while it sends, another takes its place, and then it goes on; for so long it is looked whether it sends
/// once more.
async fn frozen(point: &str, limit: Duration) -> Verdict {
    let rivals = Rivals::meet(None, point, "").await;
    rivals.is_answered().await;
    rivals.first.thaw();
    until(limit, async || !rivals.ledger.verdict(&rivals.stage).doubled.is_empty()).await;
    rivals.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runner_that_was_frozen_past_its_lease_sends_nothing_any_more() {
    let verdict = frozen("turn.committed", SETTLED).await;
    assert_eq!((verdict.lost.len(), verdict.doubled.len()), (0, 0), "{verdict:?}");
}

/// One is frozen before a unit of its own, and another takes the conversation over and is frozen while it holds it. Then the first goes
/// on: its lease is not the newest any more, and though the conversation is leased, and nothing else in the store speaks against its
/// unit, that is refused. Nothing leaves until the other goes on as well.
async fn refused_by_the_fence(befalls: Option<Fault>, first_at: &str, second_at: &str) {
    let rivals = Rivals::meet(befalls, first_at, &format!("freeze:{second_at}")).await;
    rivals.second.freezes().await;
    let sent = || rivals.stage.sandbox.meta().sends().len();
    let before = sent();

    rivals.first.thaw();
    pass(SETTLED).await;
    assert_eq!(sent(), before, "it sends under a lease that somebody newer holds");
    rivals.second.thaw();
    rivals.is_answered().await;
    pass(SETTLED).await;

    let verdict = rivals.end().await;
    verdict.holds();
    assert_eq!(verdict.left, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_turn_that_ends_after_another_runner_took_it_over_is_refused() {
    refused_by_the_fence(None, "model.chat.answered", "model.chat.answered").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_send_that_is_recorded_after_another_runner_took_it_over_begins_nothing() {
    refused_by_the_fence(Some(Fault::EchoLost), "meta.send.answered", "meta.read.answered").await;
}

/// Frozen behind its last look at the lease, it is a runner without fencing: what `docs/reliability.md` says remains open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_fencing_is_caught() {
    let verdict = frozen("meta.send.before", PATIENCE).await;
    assert_eq!(verdict.doubled.len(), 1, "{verdict:?}");
    println!("caught: no fencing: {verdict}");
}

/// Copies a folder; what is no file holds nothing.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()) {
        let there = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &there);
        } else if path.is_file() {
            fs::copy(&path, &there).unwrap();
        }
    }
}
