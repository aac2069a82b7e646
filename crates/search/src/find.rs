//! One search: what is asked for is scored, what breaks a limit is left out, and what fits is told from what is near.

use std::cmp::Reverse;
use std::collections::HashSet;

use shopclerk_domain::ids::ProductId;
use shopclerk_domain::language::Language;
use shopclerk_domain::ports::{Order, Wanted};
use tantivy::{TantivyError, Term};

use crate::analyze;
use crate::asked::{self, Asked};
use crate::index::{Fit, Hit, Hits};
use crate::rank::{self, Ranked, Ranking};
use crate::schema::STEM;
use crate::snapshot::Snapshot;
use crate::synonyms;

/// A product with this share of the asked words fits.
const FITS: f32 = 0.55;

/// With less than this it is not even near.
const NEAR: f32 = 0.3;

/// Something like another product: fewer of its words are enough.
const ALIKE: f32 = 0.25;

/// What scores less than this share of the catalogue's best does not fit.
const FAINT: f32 = 0.3;

/// Under a price limit or order, what is for the thing does not pass for the thing: it must be at least this much of it.
const MUST_BE: f32 = 0.5;

/// Reordered by price is only what scores at least this share of the best.
const GOOD: f32 = 0.55;

/// Most exclusions that are looked at.
const MOST_WITHOUT: usize = 16;

/// See [`crate::index::Index::find`].
pub(crate) fn find(snapshot: &Snapshot, wanted: &Wanted, most: usize) -> Result<Hits, TantivyError> {
    let asked = questions(snapshot, wanted)?;
    if asked.is_empty() {
        let nothing_asked = wanted.like.is_none() && wanted.words.trim().is_empty();
        let all = nothing_asked.then(|| rank::everything(snapshot, 1.0));
        return answer(snapshot, all.into_iter().flatten(), wanted, &Bar::default(), most);
    }
    let ranking = rank::rank(&asked, snapshot)?;
    let bar = Bar::over(snapshot, &ranking, &asked, wanted);
    let gift =
        asked.iter().any(|word| synonyms::is_gift(&word.text)) && !asked.iter().any(|word| word.decides);
    if gift && !ranking.ranked(snapshot).any(|ranked| bar.passed_by(&ranked)) {
        return answer(snapshot, rank::everything(snapshot, FITS), wanted, &Bar::default(), most);
    }
    answer(snapshot, ranking.ranked(snapshot), wanted, &bar, most)
}

/// What a product must reach to fit, set by the whole catalogue, also by what a limit leaves out: when no lamp is cheap
/// enough, a cheap lampshade is not a lamp.
#[derive(Default)]
struct Bar {
    share: f32,
    score: f32,
    is_it: f32,
}

impl Bar {
    fn over(snapshot: &Snapshot, ranking: &Ranking, asked: &[Asked], wanted: &Wanted) -> Self {
        let share = if wanted.like.is_some() { ALIKE } else { FITS };
        let itself = |slot: usize| wanted.like.is_some() && wanted.like == snapshot.product(slot);
        let fitting =
            || ranking.ranked(snapshot).filter(|ranked| ranked.share >= share && !itself(ranked.slot));
        let limited = wanted.at_most.is_some() || wanted.at_least.is_some() || wanted.order != Order::Fit;
        let one_word = asked.iter().filter(|word| word.decides).count() == 1;
        let thing =
            if limited && one_word { fitting().map(|ranked| ranked.is_it).fold(0.0, f32::max) } else { 0.0 };
        let best = fitting().map(|ranked| ranked.score).fold(0.0, f32::max);
        Self { share, score: best * FAINT, is_it: thing * MUST_BE }
    }

    fn passed_by(&self, ranked: &Ranked) -> bool {
        let answers = ranked.share >= self.share || ranked.exact_title;
        answers && ranked.score >= self.score && ranked.is_it >= self.is_it
    }
}

/// What is asked: the words, and for "something like it" that product's own: its kind before its labels and its title.
fn questions(snapshot: &Snapshot, wanted: &Wanted) -> Result<Vec<Asked>, TantivyError> {
    let mut out = asked::asked(&wanted.words, snapshot)?;
    let Some(about) = wanted.like.map(|like| snapshot.about(like)).transpose()?.flatten() else {
        return Ok(out);
    };
    let lines: Vec<&str> = about.lines().collect();
    for (line, weight) in [(1, 1.0), (2, 0.6), (0, 0.3)] {
        for mut word in asked::asked(lines.get(line).copied().unwrap_or(""), snapshot)? {
            // What no other product carries, such as its own name, says nothing of likeness.
            let alone = snapshot.frequency(snapshot.fields.carries, &word.text)? <= 1;
            if !alone && !out.iter().any(|have| have.text == word.text) {
                word.weight *= weight;
                out.push(word);
            }
        }
    }
    Ok(out)
}

/// Documents that have what the shopper does not want. A maker is known by the vendor and the title, anything else by
/// all that is surely said of the product.
fn excluded(snapshot: &Snapshot, without: &[String]) -> Result<HashSet<usize>, TantivyError> {
    let fields = snapshot.fields;
    let mut out = HashSet::new();
    for unwanted in without.iter().take(MOST_WITHOUT) {
        let words: Vec<String> = analyze::words(unwanted)
            .into_iter()
            .map(|word| word.text)
            .filter(|word| !analyze::is_little(word))
            .take(6)
            .collect();
        let mut is_maker = !words.is_empty();
        for word in &words {
            is_maker &= snapshot.frequency(fields.maker, word)? > 0;
        }
        let mut having: Option<HashSet<usize>> = None;
        for word in &words {
            let mut slots = HashSet::new();
            let stem = format!("{STEM}{}", analyze::stem(word, Language::En));
            let places = if is_maker {
                vec![(fields.maker, word.clone()), (fields.title, word.clone())]
            } else {
                vec![(fields.carries, word.clone()), (fields.carries, stem)]
            };
            for (field, text) in places {
                let term = Term::from_field_text(field, &text);
                for part in &snapshot.parts {
                    part.each(field, &term, |doc, _| {
                        slots.insert(part.base + doc as usize);
                    })?;
                }
            }
            having = Some(match having {
                Some(before) => before.intersection(&slots).copied().collect(),
                None => slots,
            });
        }
        out.extend(having.unwrap_or_default());
    }
    Ok(out)
}

/// A product near enough to be shown.
struct Candidate {
    product: ProductId,
    prices: (i64, i64),
    ranked: Ranked,
    fits: bool,
}

/// What keeps the limits: fitting before near, best first, equal ones by their number.
fn answer(
    snapshot: &Snapshot,
    ranked: impl Iterator<Item = Ranked>,
    wanted: &Wanted,
    bar: &Bar,
    most: usize,
) -> Result<Hits, TantivyError> {
    let excluded = excluded(snapshot, &wanted.without)?;
    let candidate = |ranked: Ranked| {
        let fits = bar.passed_by(&ranked);
        if !(fits || ranked.share >= NEAR) || excluded.contains(&ranked.slot) {
            return None;
        }
        let (product, prices) = (snapshot.product(ranked.slot)?, snapshot.prices(ranked.slot)?);
        let allowed = wanted.at_most.is_none_or(|limit| prices.0 <= limit.minor)
            && wanted.at_least.is_none_or(|limit| prices.1 >= limit.minor)
            && !wanted.except.contains(&product)
            && wanted.like != Some(product);
        allowed.then_some(Candidate { product, prices, ranked, fits })
    };
    let mut found: Vec<Candidate> = ranked.filter_map(candidate).collect();
    found.sort_unstable_by(|a, b| {
        let better = b.fits.cmp(&a.fits).then_with(|| b.ranked.score.total_cmp(&a.ranked.score));
        better.then_with(|| a.product.cmp(&b.product))
    });
    let fitting = found.iter().take_while(|candidate| candidate.fits).count();
    by_price(&mut found, fitting, wanted.order);
    let hits = found.iter().take(most).map(|candidate| Hit {
        product: candidate.product,
        score: candidate.ranked.score,
        fit: Fit {
            share: candidate.ranked.share,
            exact_title: candidate.ranked.exact_title,
            fits: candidate.fits,
        },
    });
    Ok(Hits { hits: hits.collect(), fitting })
}

/// Puts the good ones of the first `fitting` in the order asked for.
fn by_price(found: &mut [Candidate], fitting: usize, order: Order) {
    let best = found.first().map_or(0.0, |candidate| candidate.ranked.score);
    let fitting = found.iter().take(fitting);
    let good = fitting.take_while(|candidate| candidate.ranked.score >= best * GOOD).count();
    if let Some(good) = found.get_mut(..good) {
        match order {
            Order::CheapestFirst => good.sort_by_key(|candidate| candidate.prices.0),
            Order::DearestFirst => good.sort_by_key(|candidate| Reverse(candidate.prices.1)),
            Order::Fit => {}
        }
    }
}
