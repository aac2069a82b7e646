//! The claim gate against the truth: thousands of true drafts, made from rows, as models word them. What is held back of these
//! is what strictness costs.

mod drafts;
mod frames;
mod manner;

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, ensure};
use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::gate::{self, Ground, Offers, Said};
use shopclerk_domain::money::Currency;

use crate::generator::Chance;
use crate::lies::shop::{NOW, Shop, sampled};
use crate::progress::Progress;

use self::drafts::{Draft, draft};

/// So many of the drafts that were held back are printed.
const MOST_SHOWN: usize = 80;
/// So many in a hundred may be held back.
const MOST_HELD: f64 = 1.0;

/// What a draft tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Price,
    Version,
    Span,
    Former,
    Limit,
    Stock,
    Available,
    SoldOut,
    Quality,
    NotIn,
    Two,
    List,
    Several,
    Link,
    Card,
    Unknown,
    Talk,
}

impl Kind {
    const ALL: [Self; 17] = [
        Self::Price,
        Self::Version,
        Self::Span,
        Self::Former,
        Self::Limit,
        Self::Stock,
        Self::Available,
        Self::SoldOut,
        Self::Quality,
        Self::NotIn,
        Self::Two,
        Self::List,
        Self::Several,
        Self::Link,
        Self::Card,
        Self::Unknown,
        Self::Talk,
    ];
}

/// Puts so many true drafts before the gate and prints what it held back; fails if that is too much.
#[expect(clippy::print_stdout, reason = "a bench speaks on the terminal")]
pub(crate) fn run(drafts: u64, seed: u64) -> Result<()> {
    let shops =
        [sampled()?, Shop::generated(seed, Currency::USD)?, Shop::generated(seed + 1, Currency::EUR)?];
    let mut chance = Chance::new(seed);
    let (mut figures, mut progress) = (Figures::default(), Progress::begin("drafts", drafts));
    for number in 0..drafts {
        let shop = shops.get(usize::try_from(number % 3)?).unwrap_or(&shops[0]);
        let kind = Kind::ALL
            .get(usize::try_from(number / 3 % Kind::ALL.len() as u64)?)
            .copied()
            .unwrap_or(Kind::Price);
        // Some things cannot be said of some products.
        if let Some(draft) = (0..400).find_map(|_| draft(kind, shop, &mut chance)) {
            figures.count(&draft, shop);
        }
        progress.step(|| format!("{} held back", figures.held.len()));
    }
    println!("{figures}");
    figures.verdict()
}

#[derive(Default)]
struct Figures {
    by: BTreeMap<(&'static str, String), (u64, u64)>,
    drafts: u64,
    held: Vec<String>,
}

impl Figures {
    fn count(&mut self, draft: &Draft, shop: &Shop) {
        let said = Said::default();
        let ground = Ground {
            rows: &draft.rows,
            offers: Offers::NONE,
            shop: &shop.facts,
            said: &said,
            freshness: Freshness::default(),
            now: NOW,
        };
        let verdict = gate::check(&draft.contents, &ground).verdict();
        self.drafts += 1;
        for key in [("about", format!("{:?}", draft.kind)), ("in", draft.language.to_owned())] {
            let count = self.by.entry(key).or_default();
            count.0 += 1;
            count.1 += u64::from(!verdict.holds());
        }
        if let Some(refused) = verdict.refused.first() {
            let text =
                draft.contents.first().map(shopclerk_domain::message::Content::gist).unwrap_or_default();
            self.held.push(format!("{:?}: {text} | {}: {}", draft.kind, refused.said, refused.why));
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
    fn share(&self) -> f64 {
        100.0 * self.held.len() as f64 / self.drafts.max(1) as f64
    }

    fn verdict(&self) -> Result<()> {
        ensure!(self.share() <= MOST_HELD, "{:.2} % of what is true was held back", self.share());
        Ok(())
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let step = (self.held.len() / MOST_SHOWN).max(1);
        for held in self.held.iter().step_by(step) {
            writeln!(out, "HELD {}", held.replace('\n', " / "))?;
        }
        for ((by, word), (drafts, held)) in &self.by {
            writeln!(out, "  {by:<5} {word:<10} {drafts:>6} drafts {held:>5} held back")?;
        }
        write!(out, "{} true drafts: {} held back ({:.2} %)", self.drafts, self.held.len(), self.share())
    }
}
