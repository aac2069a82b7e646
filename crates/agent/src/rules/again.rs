//! Questions that lean on what was shown: cheaper, dearer, similar, more.

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::money::Money;
use shopclerk_domain::ports::{Order, ShelfUnavailable, Wanted};
use shopclerk_domain::product::ProductRow;

use crate::names;
use crate::phrases::Phrase;
use crate::rules::draft::{Answer, Draft, choice};
use crate::rules::find::{self, LOOKED_AT};
use crate::rules::{MOST_CARDS, Situation};
use crate::taps::Tap;

/// So many shown products are remembered, so that "more" brings new ones.
const REMEMBERED: usize = 20;

/// How an answer is led in.
struct Lead {
    one: Phrase,
    many: Phrase,
    none: Phrase,
}

/// The same for less money.
pub(super) async fn cheaper(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    let reference = reference(situation).await?;
    let low = prices(&reference).min_by_key(|price| price.minor);
    let Some(low) = low else { return by_order(situation, Order::CheapestFirst).await };
    let mut wanted = same_kind(situation, &reference);
    let below = Money::new(low.minor - 1, low.currency);
    wanted.at_most = Some(wanted.at_most.filter(|most| most.minor < below.minor).unwrap_or(below));
    let lead = Lead { one: Phrase::CheaperOne, many: Phrase::CheaperMany, none: Phrase::CheaperNone };
    show(situation, wanted, lead).await
}

/// The same for more money.
pub(super) async fn dearer(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    let reference = reference(situation).await?;
    let high = reference.iter().filter_map(|row| row.product.price_span()).map(|(_, high)| high);
    let Some(high) = high.filter(|price| price.minor > 0).max_by_key(|price| price.minor) else {
        return by_order(situation, Order::DearestFirst).await;
    };
    let mut wanted = same_kind(situation, &reference);
    wanted.at_most = None;
    wanted.at_least = Some(Money::new(high.minor.saturating_add(1), high.currency));
    let lead = Lead { one: Phrase::DearerOne, many: Phrase::DearerMany, none: Phrase::DearerNone };
    show(situation, wanted, lead).await
}

/// Something like a product shown before.
pub(super) async fn similar(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    let asked = situation.asked.request.wanted.clone();
    let memory = &situation.input.memory;
    let Some(id) = asked.like.or(memory.about).or_else(|| memory.shown.first().copied()) else {
        return find::find(situation).await;
    };
    let Some(origin) = situation.rows(&[id]).await?.into_iter().next() else {
        return Ok(none(situation, situation.say(Phrase::Gone)));
    };
    let mut except = asked.except.clone();
    except.push(id);
    let wanted = Wanted { like: Some(id), except, ..asked };
    let found = situation.search(&wanted, LOOKED_AT).await?;
    let shown = recommended(found.rows, &wanted);
    let name = names::name(&origin.product);
    let phrase = match shown.len() {
        0 => Phrase::SimilarNone,
        1 => Phrase::SimilarOne,
        _ => Phrase::SimilarMany,
    };
    let sentence = situation.fill(phrase, &[("name", &name)]);
    if shown.is_empty() {
        let draft = none(situation, sentence);
        return Ok(Draft { rows: vec![origin], ..draft });
    }
    let mut memory = find::remember(&wanted, &shown);
    memory.words.clone_from(&situation.input.memory.words);
    let choices = vec![choice(situation, Tap::Cheaper), choice(situation, Tap::Person)];
    let answer = Answer {
        sentences: vec![sentence],
        shown,
        spoken_of: vec![origin],
        choices,
        said: find::said(&wanted, false),
        memory,
        ..Answer::default()
    };
    Ok(answer.draft(situation))
}

/// Further products of the last search.
pub(super) async fn more(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    let wanted = {
        let (asked, memory) = (&situation.asked.request.wanted, &situation.input.memory);
        let words = if asked.words.is_empty() { &memory.words } else { &asked.words };
        Wanted {
            words: words.clone(),
            at_most: asked.at_most.or(memory.at_most),
            at_least: asked.at_least.or(memory.at_least),
            except: memory.shown.clone(),
            like: None,
            ..asked.clone()
        }
    };
    let lead = Lead { one: Phrase::MoreOne, many: Phrase::MoreMany, none: Phrase::MoreNone };
    let before = situation.input.memory.shown.clone();
    let mut draft = show(situation, wanted, lead).await?;
    if !draft.shown.is_empty() {
        let fresh = draft.memory.shown.clone();
        draft.memory.shown.extend(before.into_iter().filter(|id| !fresh.contains(id)));
        draft.memory.shown.truncate(REMEMBERED);
    }
    Ok(draft)
}

/// Without anything to compare with, the question is one of order.
async fn by_order(situation: &mut Situation<'_>, order: Order) -> Result<Draft, ShelfUnavailable> {
    situation.asked.request.wanted.order = order;
    if situation.asked.request.wanted.words.is_empty() {
        situation.asked.request.wanted.words.clone_from(&situation.input.memory.words);
    }
    find::find(situation).await
}

/// What a comparison is with: the product meant, the one the talk is about, or all that was shown.
async fn reference(situation: &mut Situation<'_>) -> Result<Vec<ProductRow>, ShelfUnavailable> {
    let memory = &situation.input.memory;
    let one = situation.asked.request.wanted.like.or(memory.about);
    let ids = one.map_or_else(|| memory.shown.iter().take(MOST_CARDS).copied().collect(), |id| vec![id]);
    situation.rows(&ids).await
}

fn prices(rows: &[ProductRow]) -> impl Iterator<Item = Money> {
    rows.iter().filter_map(|row| row.product.price_span()).map(|(low, _)| low).filter(|low| low.minor > 0)
}

/// The same kind of thing as before, other than what was compared with.
fn same_kind(situation: &Situation<'_>, reference: &[ProductRow]) -> Wanted {
    let asked = situation.asked.request.wanted.clone();
    let remembered = &situation.input.memory.words;
    let words = if asked.words.is_empty() { remembered.clone() } else { asked.words.clone() };
    let about_one = asked.like.or(situation.input.memory.about);
    let like = about_one.or_else(|| reference.first().filter(|_| words.is_empty()).map(|row| row.product.id));
    // A product's own name would find only itself.
    let words = if about_one.is_some() { String::new() } else { words };
    let mut except = asked.except.clone();
    except.extend(reference.iter().map(|row| row.product.id));
    Wanted { words, like, except, ..asked }
}

async fn show(situation: &mut Situation<'_>, wanted: Wanted, lead: Lead) -> Result<Draft, ShelfUnavailable> {
    let found = situation.search(&wanted, LOOKED_AT).await?;
    let more = found.fitting > MOST_CARDS;
    let shown = recommended(found.rows, &wanted);
    if shown.is_empty() {
        return Ok(none(situation, situation.say(lead.none)));
    }
    let phrase = if shown.len() == 1 { lead.one } else { lead.many };
    let sentences = vec![situation.say(phrase)];
    let mut memory = find::remember(&wanted, &shown);
    if memory.words.is_empty() {
        memory.words.clone_from(&situation.input.memory.words);
    }
    let mut choices = vec![choice(situation, Tap::Cheaper)];
    if more {
        choices.push(choice(situation, Tap::More));
    }
    choices.push(choice(situation, Tap::Person));
    Ok(Answer { sentences, shown, choices, memory, ..Answer::default() }.draft(situation))
}

fn recommended(rows: Vec<ProductRow>, wanted: &Wanted) -> Vec<ProductRow> {
    rows.into_iter().filter(|row| find::recommends(row, wanted)).take(MOST_CARDS).collect()
}

/// Nothing of the kind; the talk stays where it was.
fn none(situation: &Situation<'_>, sentence: String) -> Draft {
    let choices = vec![choice(situation, Tap::Person)];
    let memory: Memory = situation.input.memory.clone();
    Answer { sentences: vec![sentence], choices, memory, ..Answer::default() }.draft(situation)
}
