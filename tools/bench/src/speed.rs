//! Speed of understanding and finding, on a generated catalogue.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use shopclerk_domain::clock::{Clock, SystemClock};
use shopclerk_search::index::Index;

use crate::generator;

/// Most hits asked for, as a turn does.
const MOST: usize = 10;

/// Builds the index, asks every question and prints the times. The first tenth of the questions warms up.
#[expect(clippy::print_stdout, reason = "a bench speaks on the terminal")]
pub(crate) fn run(products: u64, queries: u64, seed: u64) -> Result<()> {
    let clock = SystemClock::start();
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("index");
    let start = clock.monotonic();
    let index = Index::rebuild(&path, &mut (0..products).map(|number| generator::product(number, seed)), 1)?;
    let built = clock.monotonic().saturating_sub(start);
    println!("built {} products in {built:.1?}, {:.1} MB on disk", index.len(), megabytes(&path)?);

    let mut taken = Vec::new();
    let mut slowest = (Duration::ZERO, String::new());
    let mut answered = 0_u64;
    for number in 0..queries + queries / 10 {
        let (text, memory) = generator::question(number, products, seed);
        let start = clock.monotonic();
        let hits = index.find(&generator::wanted(&text, &memory), MOST)?;
        let time = clock.monotonic().saturating_sub(start);
        if number < queries / 10 {
            continue;
        }
        answered += u64::from(hits.fitting > 0);
        if time > slowest.0 {
            slowest = (time, text);
        }
        taken.push(time);
    }
    taken.sort_unstable();
    let at = |percent: usize| {
        taken.get(taken.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
    };
    println!("{queries} questions, {answered} with something that fits");
    println!(
        "understand and find: p50 {:.2?}, p90 {:.2?}, p99 {:.2?}, slowest {:.2?}",
        at(50),
        at(90),
        at(99),
        slowest.0
    );
    println!("slowest question: {}", slowest.1);
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn megabytes(folder: &Path) -> Result<f64> {
    let mut sum = 0;
    for entry in fs::read_dir(folder)? {
        sum += entry?.metadata()?.len();
    }
    Ok(sum as f64 / 1_000_000.0)
}
