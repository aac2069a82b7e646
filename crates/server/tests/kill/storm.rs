//! SIGKILL at any moment while shoppers write: short in every check, long by a flag.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use shopclerk_domain::entropy::{SeededEntropy, fraction};

use crate::ledger::{COAT, Ledger, MUG, Question};
use crate::stage::{SETTLED, Stage};
use crate::wait::{PATIENCE, pass, until};

/// Kills in every check, and by the flag.
const SHORT: usize = 8;
const LONG: usize = 300;
/// Shoppers who wait at the same time, each for the answer to one question.
const CROWD: usize = 6;
/// The process lives at most so long.
const LONGEST_LIFE: Duration = Duration::from_millis(900);

fn kills() -> usize {
    let asked = std::env::var("KILLS").ok().and_then(|kills| kills.parse().ok());
    let usual = if std::env::var_os("SHOPCLERK_LONG").is_some() { LONG } else { SHORT };
    asked.unwrap_or(usual)
}

/// One question after the other, each once the one before is answered.
async fn keeps_asking(stage: &Stage, number: usize, goes_on: &AtomicBool) -> Vec<Question> {
    let mut asked = Vec::new();
    while goes_on.load(Ordering::SeqCst) {
        let question = stage.asks(if (asked.len() + number).is_multiple_of(2) { &COAT } else { &MUG });
        until(PATIENCE, async || question.is_answered(stage)).await;
        asked.push(question);
    }
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deaths_at_random_moments_under_load_lose_and_double_nothing() {
    let stage = Stage::set().await;
    let (kills, chance) = (kills(), SeededEntropy::new(7));
    let goes_on = AtomicBool::new(true);
    let reaper = async {
        for _ in 0..kills {
            let mut process = stage.starts("").await;
            pass(LONGEST_LIFE.mul_f64(fraction(&chance))).await;
            process.kill();
        }
        goes_on.store(false, Ordering::SeqCst);
        stage.starts("").await
    };
    let crowd = join_all((0..CROWD).map(|number| keeps_asking(&stage, number, &goes_on)));
    let (mut process, asked) = tokio::join!(reaper, crowd);
    let mut ledger = Ledger::default();
    asked.into_iter().flatten().for_each(|question| ledger.note(question));
    ledger.until_answered(&stage, PATIENCE).await;
    pass(SETTLED).await;
    process.kill();

    // A part whose sending was cut off twice is not sent a third time: its shopper, and nobody else, is a person's.
    let verdict = ledger.last_verdict(&stage).await;
    println!("{kills} kills at random moments: {verdict}");
    verdict.holds();
    stage.close().await;
}
