//! One named product: what it costs, whether it can be had, and more about it; never two products mixed.

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::ports::{ShelfUnavailable, Wanted};
use shopclerk_domain::product::ProductRow;

use crate::card::Detail;
use crate::claims::tokens::words;
use crate::names;
use crate::phrases::Phrase;
use crate::rules::draft::{Answer, Draft, choice};
use crate::rules::find::LOOKED_AT;
use crate::rules::matching::Match;
use crate::rules::versions::{self, Versions};
use crate::rules::{MOST_CARDS, Situation, told};
use crate::taps::Tap;

/// So much of a name is remembered.
const NAME_CHARS: usize = 120;

/// What is asked about a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    /// What it costs.
    Price,
    /// Whether it can be had.
    Whether,
    /// More about it.
    Details,
    /// To have it.
    Cart,
}

/// What does it cost?
pub(super) async fn price(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    answer(situation, Question::Price).await
}

/// Is it in stock, does it come in blue?
pub(super) async fn stock(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    answer(situation, Question::Whether).await
}

/// Tell me more about it.
pub(super) async fn details(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    answer(situation, Question::Details).await
}

/// I'll take it.
pub(super) async fn cart(situation: &mut Situation<'_>) -> Result<Draft, ShelfUnavailable> {
    answer(situation, Question::Cart).await
}

/// Which product is meant.
enum Meant {
    One(Box<ProductRow>),
    /// The words name each of these equally well.
    Several(Vec<ProductRow>),
    /// The words name none of these well.
    Unsure(Vec<ProductRow>),
    /// One of these was shown before, but it was not said which.
    Which(Vec<ProductRow>),
    /// It was shown before and is no longer offered.
    Gone,
    Nothing,
}

async fn answer(situation: &mut Situation<'_>, question: Question) -> Result<Draft, ShelfUnavailable> {
    Ok(match meant(situation).await? {
        Meant::One(row) if question == Question::Cart => {
            let offers = situation.promotions().await?;
            about_one(situation, *row, question, offers)
        }
        Meant::One(row) => about_one(situation, *row, question, Vec::new()),
        Meant::Several(rows) => {
            let shown: Vec<ProductRow> = rows.into_iter().take(MOST_CARDS).collect();
            let names: Vec<String> = shown.iter().map(|row| names::name(&row.product)).collect();
            let sentence = situation.fill(Phrase::SeveralNamed, &[("names", &names.join(", "))]);
            choose(situation, sentence, shown)
        }
        Meant::Unsure(rows) => choose(situation, situation.say(Phrase::IsItOneOfThese), rows),
        Meant::Which(rows) => choose(situation, situation.say(Phrase::WhichOne), rows),
        Meant::Gone => choose(situation, situation.say(Phrase::Gone), Vec::new()),
        Meant::Nothing => {
            let sentences = [situation.say(Phrase::NothingFound), situation.say(Phrase::OtherWords)];
            choose(situation, sentences.join(" "), Vec::new())
        }
    })
}

async fn meant(situation: &mut Situation<'_>) -> Result<Meant, ShelfUnavailable> {
    let request = situation.asked.request.clone();
    let memory = &situation.input.memory;
    let about = memory.about;
    let remembered = memory.shown.clone();
    if let Some(id) = request.wanted.like {
        return Ok(one_of(situation.rows(&[id]).await?, Meant::Gone));
    }
    if let Some(id) = about
        && let Some(row) = situation.rows(&[id]).await?.into_iter().next()
        && (request.refers_back || speaks_of_versions(&request.wanted.words, &row))
    {
        return Ok(Meant::One(Box::new(row)));
    }
    if request.wanted.words.is_empty() {
        return Ok(which(situation.rows(&remembered).await?));
    }
    let wanted =
        Wanted { words: request.wanted.words.clone(), without: request.wanted.without, ..Wanted::default() };
    let found = situation.search(&wanted, LOOKED_AT).await?;
    Ok(best_named(&wanted.words, found.rows))
}

fn one_of(rows: Vec<ProductRow>, otherwise: Meant) -> Meant {
    rows.into_iter().next().map_or(otherwise, |row| Meant::One(Box::new(row)))
}

fn which(mut rows: Vec<ProductRow>) -> Meant {
    match rows.len() {
        0 => Meant::Nothing,
        1 => one_of(rows, Meant::Nothing),
        _ => {
            rows.truncate(MOST_CARDS);
            Meant::Which(rows)
        }
    }
}

/// The product the talk is about, if the message asks for a version of it: "and the large one?", "in purple?".
pub(super) async fn version_of_the_talk(
    situation: &mut Situation<'_>,
) -> Result<Option<ProductRow>, ShelfUnavailable> {
    let Some(id) = situation.input.memory.about else { return Ok(None) };
    let own_words = words(&situation.input.memory.words);
    let said = words(&situation.asked.request.wanted.words);
    let new: Vec<&str> = said.iter().filter(|word| !own_words.contains(word)).map(String::as_str).collect();
    let asked_anew = situation.asked.request.refers_back && !new.is_empty();
    let row = situation.rows(&[id]).await?.into_iter().next();
    Ok(row.filter(|row| asked_anew || speaks_of_versions(&new.join(" "), row)))
}

/// Whether the words name choices of this product and nothing else, as in "and the large one?".
fn speaks_of_versions(said: &str, row: &ProductRow) -> bool {
    const FILLERS: &[&str] = &["one", "ones", "version", "size", "colour", "color", "in", "the", "and"];
    let values = versions::values(&row.product);
    let known: Vec<String> = values.iter().flat_map(|(_, value)| names::spellings(value)).flatten().collect();
    let options: Vec<String> = row.product.options.iter().flat_map(|option| words(option)).collect();
    let said = words(said);
    said.iter().any(|word| known.contains(word))
        && said
            .iter()
            .all(|word| known.contains(word) || options.contains(word) || FILLERS.contains(&word.as_str()))
}

/// The product the words name best; several if they name them equally well.
fn best_named(said: &str, mut rows: Vec<ProductRow>) -> Meant {
    let rank = |row: &ProductRow| {
        let matched = Match::of(said, &row.product);
        (matched.covered, matched.is_whole())
    };
    let Some(best) = rows.iter().map(rank).max() else { return Meant::Nothing };
    if best.0 == 0 && rows.len() > 1 {
        rows.truncate(MOST_CARDS);
        return Meant::Unsure(rows);
    }
    rows.retain(|row| rank(row) == best);
    if rows.len() == 1 { one_of(rows, Meant::Nothing) } else { Meant::Several(rows) }
}

/// Asks back, with cards to choose from.
fn choose(situation: &Situation<'_>, sentence: String, shown: Vec<ProductRow>) -> Draft {
    let memory = remember(situation, shown.iter().map(|row| row.product.id).collect());
    let choices = vec![choice(situation, Tap::Person)];
    Answer { sentences: vec![sentence], shown, choices, memory, ..Answer::default() }.draft(situation)
}

/// Tells about one product and shows its card; a cart carries a code of these offers.
pub(super) fn about_one(
    situation: &Situation<'_>,
    row: ProductRow,
    question: Question,
    offers: Vec<DiscountRow>,
) -> Draft {
    let asked = version_in_mind(situation, &row, question)
        .unwrap_or_else(|| Versions::asked(&situation.asked.words, &row.product));
    let unknown =
        asked.named.is_empty() && question != Question::Details && asks_for_unknown_version(situation, &row);
    let sentences = if unknown {
        told::no_such_version(situation, &row)
    } else {
        match question {
            Question::Price => told::price_then_stock(situation, &row, &asked),
            Question::Whether => told::stock_then_price(situation, &row, &asked),
            Question::Details => told::details(situation, &row, &asked),
            Question::Cart => told::cart(situation, &row, &asked, &offers),
        }
    };
    let detail = if question == Question::Details { Detail::Told } else { Detail::Full };
    let first = match question {
        // Whoever has chosen is not led away again.
        Question::Cart if row.product.is_for_sale() => None,
        _ if row.product.is_for_sale() => Some(Tap::Cheaper),
        _ => Some(Tap::Like(row.product.id)),
    };
    let choices = first.into_iter().chain([Tap::Person]).map(|tap| choice(situation, tap)).collect();
    // Its name is what the talk is about, whatever words led to it.
    let words = names::name(&row.product).chars().take(NAME_CHARS).collect();
    let version = if let [only] = asked.variants.as_slice() { Some(only.id) } else { None };
    let about = Some(row.product.id);
    let memory = Memory { words, about, version, shown: vec![row.product.id], ..Memory::default() };
    let detail = Some(detail);
    Answer { sentences, shown: vec![row], offers, choices, detail, memory, ..Answer::default() }
        .draft(situation)
}

/// The version the talk is about, where the message names none and asks of no other: "how many are left?"
fn version_in_mind<'r>(
    situation: &Situation<'_>,
    row: &'r ProductRow,
    question: Question,
) -> Option<Versions<'r>> {
    let memory = &situation.input.memory;
    let version = memory.version.filter(|_| memory.about == Some(row.product.id))?;
    let said = &situation.asked.words;
    let options: Vec<String> = row.product.options.iter().flat_map(|option| words(option)).collect();
    let asks_for_all = question == Question::Details
        || said.iter().any(|word| options.iter().any(|option| word.starts_with(option.as_str())));
    let names_one = !Versions::asked(said, &row.product).named.is_empty();
    if asks_for_all || names_one || !situation.asked.request.wanted.words.is_empty() {
        return None;
    }
    Versions::one(version, &row.product)
}

/// Whether words remain that nothing of a product with choices carries: "in purple", where there is no purple.
fn asks_for_unknown_version(situation: &Situation<'_>, row: &ProductRow) -> bool {
    let said = &situation.asked.request.wanted.words;
    !row.product.options.is_empty() && !Match::of(said, &row.product).beyond.is_empty()
}

fn remember(situation: &Situation<'_>, shown: Vec<ProductId>) -> Memory {
    let said = &situation.asked.request.wanted.words;
    let words = if said.is_empty() { situation.input.memory.words.clone() } else { said.clone() };
    Memory { words, shown, ..Memory::default() }
}
