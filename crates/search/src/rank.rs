//! Scoring: walks the postings of the asked words and weighs where each word stands, how rare it is and how many of the
//! asked words a product has.

use tantivy::postings::Postings;
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocSet, TantivyError};

use crate::asked::{Asked, Variant};
use crate::schema::Fields;
use crate::snapshot::Snapshot;

/// How quickly repeating a word stops counting.
const SATURATION: f32 = 0.8;

/// What two asked words side by side in the title add.
const SIDE_BY_SIDE: f32 = 0.3;

/// What it adds that the product *is* what a word names, rather than something for it.
const IS_IT: f32 = 0.5;

/// A short title is not the whole of a longer question: it must answer this share of it.
const WHOLE: f32 = 0.4;

/// Fields below this quality are texts that mention things in passing.
const SURE: f32 = 0.75;

/// A word that a longer text mentions once counts this much of one it dwells on.
const MENTIONED: f32 = 0.65;
const LONG_TEXT: f32 = 25.0;

/// A field as scoring sees it.
struct Lane {
    field: Field,
    /// What one occurrence counts.
    boost: f32,
    /// How much a long text thins out its words.
    thinning: f32,
    /// How surely a word here means the product has it.
    quality: f32,
    /// Where the positions of this field start among the title's; `None` for fields without.
    positions: Option<u32>,
}

const fn lane(field: Field, boost: f32, thinning: f32, quality: f32) -> Lane {
    Lane { field, boost, thinning, quality, positions: None }
}

/// Fields that hold words as written.
fn plain_lanes(fields: &Fields) -> [Lane; 10] {
    [
        Lane { positions: Some(0), ..lane(fields.title, 4.8, 0.6, 1.0) },
        Lane { positions: Some(32), ..lane(fields.purpose, 0.8, 0.4, 0.8) },
        lane(fields.maker, 2.0, 0.2, 1.0),
        lane(fields.kind, 6.0, 0.5, 1.0),
        lane(fields.labels, 2.0, 0.5, 1.0),
        lane(fields.groups, 1.2, 0.5, 0.9),
        lane(fields.choices, 1.2, 0.3, 0.9),
        lane(fields.codes, 2.4, 0.2, 1.0),
        lane(fields.facts, 0.4, 0.7, 0.7),
        lane(fields.body, 0.5, 0.95, 0.7),
    ]
}

/// Fields that hold stems.
fn stem_lanes(fields: &Fields) -> [Lane; 3] {
    [
        lane(fields.title_stems, 2.0, 0.6, 1.0),
        lane(fields.kind_stems, 3.2, 0.5, 1.0),
        lane(fields.text_stems, 0.4, 0.95, 0.7),
    ]
}

/// What the walk has gathered of one document.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Tally {
    /// Sum of what its words are worth.
    pub(crate) score: f32,
    /// Weighted share of the asked words it has, not yet divided.
    carried: f32,
    /// Sum of what it is, by the words that decide.
    is_it_all: f32,
    /// Title positions that were asked for.
    covered: u64,
    /// Of the current word: occurrences by weight, best quality, title positions.
    occurrences: f32,
    quality: f32,
    is_it: f32,
    marks: u64,
    /// Title positions of the word before.
    marks_before: u64,
}

/// The tallies of all documents.
pub(crate) struct Ranking {
    tallies: Vec<Tally>,
    touched: Vec<usize>,
    whole: f32,
}

/// A document with what it scored; its product and prices are looked up only if it is near.
#[derive(Clone, Copy)]
pub(crate) struct Ranked {
    /// Its number among those of all segments.
    pub(crate) slot: usize,
    /// What it scored.
    pub(crate) score: f32,
    /// Share of the asked words it has.
    pub(crate) share: f32,
    /// How much of what is asked it *is*, rather than has.
    pub(crate) is_it: f32,
    /// Its title is all asked for.
    pub(crate) exact_title: bool,
}

/// Scores every document that has any of the asked words.
pub(crate) fn rank(asked: &[Asked], snapshot: &Snapshot) -> Result<Ranking, TantivyError> {
    let mut ranking =
        Ranking { tallies: vec![Tally::default(); snapshot.slots()], touched: Vec::new(), whole: 0.0 };
    let mut seen_before: Vec<usize> = Vec::new();
    let mut rarity_before = 0.0;
    for word in asked {
        let seen = ranking.walk(word, snapshot)?;
        let rarity = rarity(seen.len(), snapshot.len());
        if word.known || word.weight >= 0.5 {
            ranking.whole += word.weight * rarity;
        }
        for slot in &seen {
            if let Some(tally) = ranking.tallies.get_mut(*slot) {
                let worth = word.weight * rarity;
                tally.is_it_all += if word.decides { worth * tally.is_it } else { 0.0 };
                tally.settle(worth, word.weight * rarity.min(rarity_before));
            }
        }
        for slot in &seen_before {
            if let Some(tally) = ranking.tallies.get_mut(*slot).filter(|tally| tally.marks == 0) {
                tally.marks_before = 0;
            }
        }
        for slot in &seen {
            if let Some(tally) = ranking.tallies.get_mut(*slot) {
                tally.marks_before = std::mem::take(&mut tally.marks);
            }
        }
        seen_before = seen;
        rarity_before = rarity;
    }
    ranking.touched.sort_unstable();
    ranking.touched.dedup();
    Ok(ranking)
}

/// Every product, each scored alike.
pub(crate) fn everything(snapshot: &Snapshot, share: f32) -> impl Iterator<Item = Ranked> + '_ {
    let slots = snapshot.parts.iter().flat_map(|part| part.living().map(|doc| part.base + doc as usize));
    slots.map(move |slot| Ranked { slot, score: 1.0, share, is_it: 0.0, exact_title: false })
}

/// Rare words say more (the usual inverse document frequency).
#[expect(clippy::cast_precision_loss, reason = "a weight for scoring")]
fn rarity(having: usize, all: u64) -> f32 {
    (1.0 + (all as f32 - having as f32 + 0.5).max(0.5) / (having as f32 + 0.5)).ln()
}

impl Tally {
    /// Closes the current word: its occurrences become score.
    fn settle(&mut self, worth: f32, pair_worth: f32) {
        let strength = self.occurrences * (SATURATION + 1.0) / (self.occurrences + SATURATION);
        self.score += worth * (strength + IS_IT * self.is_it);
        self.carried += worth * self.quality.min(1.0);
        if self.marks & (self.marks_before << 1) != 0 {
            self.score += SIDE_BY_SIDE * pair_worth;
        } else if self.marks & (self.marks_before << 2) != 0 {
            self.score += SIDE_BY_SIDE * 0.5 * pair_worth;
        }
        self.covered |= self.marks;
        self.occurrences = 0.0;
        self.quality = 0.0;
        self.is_it = 0.0;
    }
}

impl Ranking {
    /// Counts one word in all fields; gives the documents that have it.
    fn walk(&mut self, word: &Asked, snapshot: &Snapshot) -> Result<Vec<usize>, TantivyError> {
        let mut seen = Vec::new();
        for variant in &word.variants {
            if variant.stem {
                for lane in stem_lanes(&snapshot.fields) {
                    self.walk_lane(variant, &lane, snapshot, &mut seen)?;
                }
                self.walk_heads(variant, snapshot)?;
            } else {
                for lane in plain_lanes(&snapshot.fields) {
                    self.walk_lane(variant, &lane, snapshot, &mut seen)?;
                }
            }
        }
        self.touched.extend_from_slice(&seen);
        Ok(seen)
    }

    /// Marks the documents whose title or kind names this very thing; all of them have been seen in other fields.
    fn walk_heads(&mut self, variant: &Variant, snapshot: &Snapshot) -> Result<(), TantivyError> {
        let Some(heads) = snapshot.lane(snapshot.fields.heads) else { return Ok(()) };
        heads.walk(&variant.text, IndexRecordOption::Basic, &snapshot.parts, |part, postings, _| {
            if let Some(tally) = self.tallies.get_mut(part.base + postings.doc() as usize) {
                tally.is_it = tally.is_it.max(variant.weight);
            }
        })
    }

    fn walk_lane(
        &mut self,
        variant: &Variant,
        lane: &Lane,
        snapshot: &Snapshot,
        seen: &mut Vec<usize>,
    ) -> Result<(), TantivyError> {
        let Some(words) = snapshot.lane(lane.field) else { return Ok(()) };
        let record = if lane.positions.is_some() {
            IndexRecordOption::WithFreqsAndPositions
        } else {
            IndexRecordOption::WithFreqs
        };
        let mut places = Vec::new();
        words.walk(&variant.text, record, &snapshot.parts, |part, postings, length| {
            let slot = part.base + postings.doc() as usize;
            let Some(tally) = self.tallies.get_mut(slot) else { return };
            if tally.quality == 0.0 {
                seen.push(slot);
            }
            #[expect(clippy::cast_precision_loss, reason = "small counts, for scoring")]
            let (count, length) = (postings.term_freq() as f32, length as f32);
            let thinned = 1.0 - lane.thinning + lane.thinning * length / words.mean;
            tally.occurrences += variant.weight * lane.boost * count / thinned;
            let mentioned = lane.quality < SURE && count < 2.0 && length > LONG_TEXT;
            let quality = lane.quality * if mentioned { MENTIONED } else { 1.0 };
            tally.quality = tally.quality.max(variant.weight * quality);
            if let Some(start) = lane.positions {
                postings.positions_with_offset(start, &mut places);
                let marked = places.iter().map(|at| 1_u64.checked_shl(*at).unwrap_or(0));
                tally.marks = marked.fold(tally.marks, |marks, mark| marks | mark);
            }
        })
    }

    /// Everything scored, in the order of documents.
    pub(crate) fn ranked<'a>(&'a self, snapshot: &'a Snapshot) -> impl Iterator<Item = Ranked> + 'a {
        self.touched.iter().filter_map(move |slot| {
            let tally = self.tallies.get(*slot)?;
            let share = if self.whole > 0.0 { (tally.carried / self.whole).min(1.0) } else { 0.0 };
            let covered = tally.covered.count_ones();
            let exact_title = covered > 0 && share >= WHOLE && covered >= snapshot.title_size(*slot);
            Some(Ranked {
                slot: *slot,
                score: tally.score * (0.5 + 0.5 * share),
                share,
                is_it: tally.is_it_all,
                exact_title,
            })
        })
    }
}
