//! What the index keeps of a product, and how a product becomes a document.

use std::collections::BTreeSet;

use shopclerk_domain::language::Language;
use shopclerk_domain::product::{Product, Variant};
use tantivy::TantivyDocument;
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, Schema, SchemaBuilder, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::{PreTokenizedString, Token};

use crate::analyze::{self, Word};

/// Grows with every change of fields or of the analysis: an older folder is emptied and filled anew.
pub(crate) const VERSION: u32 = 1;

/// Before a word in [`Fields::carries`]: it is a stem.
pub(crate) const STEM: char = '~';

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The product's number.
    pub(crate) id: Field,
    /// Lowest and highest price in minor units.
    pub(crate) low: Field,
    pub(crate) high: Field,
    /// How many words the title has, little words aside.
    pub(crate) size: Field,
    /// Title up to `for`, with positions, and what stands behind it.
    pub(crate) title: Field,
    pub(crate) purpose: Field,
    pub(crate) maker: Field,
    pub(crate) kind: Field,
    pub(crate) labels: Field,
    pub(crate) groups: Field,
    pub(crate) choices: Field,
    /// Article numbers and joined spellings.
    pub(crate) codes: Field,
    pub(crate) facts: Field,
    pub(crate) body: Field,
    /// Stems of what the title names in the end: `case` of "Leather laptop case 15 inch, black".
    pub(crate) heads: Field,
    /// Stems of title; of kind, labels and groups; of the rest.
    pub(crate) title_stems: Field,
    pub(crate) kind_stems: Field,
    pub(crate) text_stems: Field,
    /// Plain words of the strong fields: what misspelled words are compared with.
    pub(crate) known: Field,
    /// What the product has for sure, whatever variant is bought: what `without` looks at.
    pub(crate) carries: Field,
    /// Title, type and labels as text, for "something like it".
    pub(crate) about: Field,
}

impl Fields {
    /// The fields whose words count in scoring.
    pub(crate) fn scored(&self) -> [Field; 14] {
        [
            self.title,
            self.purpose,
            self.maker,
            self.kind,
            self.labels,
            self.groups,
            self.choices,
            self.codes,
            self.facts,
            self.body,
            self.heads,
            self.title_stems,
            self.kind_stems,
            self.text_stems,
        ]
    }
}

/// The schema and its fields.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let fields = Fields {
        id: builder.add_u64_field("id", INDEXED | FAST),
        low: builder.add_i64_field("low", FAST),
        high: builder.add_i64_field("high", FAST),
        size: builder.add_u64_field("size", FAST),
        title: text(&mut builder, "title", IndexRecordOption::WithFreqsAndPositions),
        purpose: text(&mut builder, "purpose", IndexRecordOption::WithFreqsAndPositions),
        maker: text(&mut builder, "maker", IndexRecordOption::WithFreqs),
        kind: text(&mut builder, "kind", IndexRecordOption::WithFreqs),
        labels: text(&mut builder, "labels", IndexRecordOption::WithFreqs),
        groups: text(&mut builder, "groups", IndexRecordOption::WithFreqs),
        choices: text(&mut builder, "choices", IndexRecordOption::WithFreqs),
        codes: text(&mut builder, "codes", IndexRecordOption::WithFreqs),
        facts: text(&mut builder, "facts", IndexRecordOption::WithFreqs),
        body: text(&mut builder, "body", IndexRecordOption::WithFreqs),
        heads: text(&mut builder, "heads", IndexRecordOption::WithFreqs),
        title_stems: text(&mut builder, "title_stems", IndexRecordOption::WithFreqs),
        kind_stems: text(&mut builder, "kind_stems", IndexRecordOption::WithFreqs),
        text_stems: text(&mut builder, "text_stems", IndexRecordOption::WithFreqs),
        known: text(&mut builder, "known", IndexRecordOption::Basic),
        carries: text(&mut builder, "carries", IndexRecordOption::Basic),
        about: builder.add_text_field("about", STORED),
    };
    (builder.build(), fields)
}

/// A text field filled with words of our own analysis.
fn text(builder: &mut SchemaBuilder, name: &str, record: IndexRecordOption) -> Field {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer("raw")
        .set_index_option(record)
        .set_fieldnorms(record != IndexRecordOption::Basic);
    builder.add_text_field(name, TextOptions::default().set_indexing_options(indexing))
}

/// The document of an offered product; `None` for one that is not offered.
pub(crate) fn document(product: &Product, fields: &Fields) -> Option<TantivyDocument> {
    let (low, high) = product.price_span().filter(|_| product.is_offered())?;
    let parts = Parts::of(product);
    let mut doc = TantivyDocument::new();
    doc.add_u64(fields.id, product.id.number());
    doc.add_i64(fields.low, low.minor);
    doc.add_i64(fields.high, high.minor);
    let size = parts.title.iter().filter(|word| !analyze::is_little(&word.text)).count();
    doc.add_u64(fields.size, u64::try_from(size).unwrap_or(u64::MAX));
    let (title, purpose) = parts.title.split_at(purpose_start(&parts.title));
    add(&mut doc, fields.title, title.iter().map(|word| word.text.clone()));
    add(&mut doc, fields.purpose, purpose.iter().map(|word| word.text.clone()));
    for (field, words) in [
        (fields.maker, &parts.maker),
        (fields.kind, &parts.kind),
        (fields.labels, &parts.labels),
        (fields.groups, &parts.groups),
        (fields.choices, &parts.choices),
        (fields.facts, &parts.facts),
        (fields.body, &parts.body),
    ] {
        add(&mut doc, field, words.iter().map(|word| word.text.clone()));
    }
    add(&mut doc, fields.codes, parts.codes(product).into_iter());
    parts.add_stems(&mut doc, fields);
    add(&mut doc, fields.known, parts.known().into_iter());
    add(&mut doc, fields.carries, parts.carries(product).into_iter());
    let about = [product.title.as_str(), &product.product_type, &product.tags.join(" ")]
        .map(|line| line.replace(['\n', '\r'], " "))
        .join("\n");
    doc.add_text(fields.about, about.chars().take(1_000).collect::<String>());
    Some(doc)
}

/// The words that say what the thing is: the last before a pause, a number, a colour or the end, in the title up to
/// `for`, and the last of its kind. In the Romance languages it is the first.
fn heads<'a>(title: &'a [Word], kind: &'a [Word], languages: &[Language]) -> Vec<&'a Word> {
    let romance = languages.len() == 1 && matches!(languages, [Language::Es | Language::Fr | Language::Pt]);
    if romance {
        return title.first().into_iter().chain(kind.first()).collect();
    }
    let named = title.get(..purpose_start(title)).unwrap_or(title);
    let ends = |next: Option<&Word>| {
        next.is_none_or(|next| {
            let text = next.text.as_str();
            next.paused
                || text.bytes().any(|b| b.is_ascii_digit())
                || analyze::is_little(text)
                || is_colour(text)
        })
    };
    let plain = |word: &Word| analyze::is_plain(&word.text) && word.text.len() > 2 && !is_colour(&word.text);
    let last = named.iter().enumerate().filter(|(at, word)| plain(word) && ends(named.get(at + 1)));
    last.map(|(_, word)| word).chain(kind.last()).collect()
}

fn is_colour(word: &str) -> bool {
    matches!(
        word,
        "black"
            | "white"
            | "grey"
            | "gray"
            | "red"
            | "blue"
            | "green"
            | "yellow"
            | "pink"
            | "brown"
            | "beige"
            | "silver"
            | "gold"
            | "orange"
            | "purple"
            | "multicolor"
            | "multicolour"
            | "transparent"
            | "navy"
            | "cream"
    )
}

/// Where the title stops naming the thing and says what it is for: `Lamp for projectors`.
fn purpose_start(title: &[Word]) -> usize {
    let says_for = |word: &Word| matches!(word.text.as_str(), "for" | "fur" | "para" | "pour" | "compatible");
    title.iter().position(says_for).filter(|start| *start > 0).unwrap_or(title.len())
}

fn add(doc: &mut TantivyDocument, field: Field, words: impl Iterator<Item = String>) {
    let tokens: Vec<Token> = words
        .enumerate()
        .map(|(position, text)| Token { offset_from: 0, offset_to: 0, position, text, position_length: 1 })
        .collect();
    if !tokens.is_empty() {
        doc.add_pre_tokenized_text(field, PreTokenizedString { text: String::new(), tokens });
    }
}

/// The words of a product, part by part.
struct Parts {
    title: Vec<Word>,
    maker: Vec<Word>,
    kind: Vec<Word>,
    labels: Vec<Word>,
    groups: Vec<Word>,
    choices: Vec<Word>,
    facts: Vec<Word>,
    body: Vec<Word>,
}

impl Parts {
    fn of(product: &Product) -> Self {
        let values = product.variants.iter().flat_map(|variant| &variant.options);
        let values: BTreeSet<&String> = values.collect();
        let choices = product.options.iter().chain(values).map(String::as_str);
        Self {
            title: analyze::words(&product.title),
            maker: analyze::words(&product.vendor),
            kind: analyze::words(&product.product_type),
            labels: listed(product.tags.iter().map(String::as_str)),
            groups: listed(product.collections.iter().map(String::as_str)),
            choices: listed(choices),
            facts: listed(product.facts.iter().map(|(_, value)| value.as_str())),
            body: analyze::words(&product.description),
        }
    }

    /// Joined spellings of everything, and the article numbers whole, joined and in parts.
    fn codes(&self, product: &Product) -> BTreeSet<String> {
        let mut out = BTreeSet::new();
        for words in [&self.title, &self.kind, &self.labels, &self.choices, &self.facts, &self.body] {
            out.extend(analyze::joined(words));
        }
        for variant in product.variants.iter().filter(|variant| !variant.sku.is_empty()) {
            let words = analyze::words(&variant.sku);
            out.extend(analyze::joined(&words));
            out.extend(words.into_iter().map(|word| word.text).filter(|text| text.len() > 1));
        }
        out
    }

    fn add_stems(&self, doc: &mut TantivyDocument, fields: &Fields) {
        let all: Vec<Word> = [&self.body, &self.title, &self.labels].into_iter().flatten().cloned().collect();
        let languages = analyze::fitting_languages(&all);
        let stems = |parts: &[&Vec<Word>]| -> Vec<String> {
            let words = parts.iter().flat_map(|words| words.iter());
            words.flat_map(|word| analyze::stems(&word.text, &languages)).collect()
        };
        let heads = heads(&self.title, &self.kind, &languages);
        let heads: BTreeSet<String> =
            heads.iter().flat_map(|word| analyze::stems(&word.text, &languages)).collect();
        add(doc, fields.heads, heads.into_iter());
        add(doc, fields.title_stems, stems(&[&self.title]).into_iter());
        add(doc, fields.kind_stems, stems(&[&self.kind, &self.labels, &self.groups]).into_iter());
        add(doc, fields.text_stems, stems(&[&self.choices, &self.facts, &self.body]).into_iter());
    }

    fn known(&self) -> BTreeSet<String> {
        let strong = [&self.title, &self.maker, &self.kind, &self.labels, &self.groups, &self.choices];
        let words = strong.into_iter().flatten().map(|word| &word.text);
        words.filter(|text| text.chars().count() >= 3 && analyze::is_plain(text)).cloned().collect()
    }

    /// The words and stems it has for sure; `nut-free` and `without leather` are not having it.
    fn carries(&self, product: &Product) -> BTreeSet<String> {
        let shared: Vec<&str> = match product.variants.split_first() {
            Some((first, others)) => {
                let everywhere =
                    |value: &&String| others.iter().all(|variant: &Variant| variant.options.contains(value));
                first.options.iter().filter(everywhere).map(String::as_str).collect()
            }
            None => Vec::new(),
        };
        let shared = listed(shared.into_iter());
        let mut out = BTreeSet::new();
        for words in [
            &self.title,
            &self.maker,
            &self.kind,
            &self.labels,
            &self.groups,
            &shared,
            &self.facts,
            &self.body,
        ] {
            for (index, word) in words.iter().enumerate() {
                let before = index.checked_sub(1).and_then(|at| words.get(at));
                if !denied(before, words.get(index + 1)) {
                    out.extend(
                        analyze::stems(&word.text, &[Language::En])
                            .into_iter()
                            .map(|stem| format!("{STEM}{stem}")),
                    );
                    out.insert(word.text.clone());
                }
            }
        }
        out
    }
}

fn denied(before: Option<&Word>, after: Option<&Word>) -> bool {
    let denies = |word: &Word| {
        matches!(
            word.text.as_str(),
            "no" | "non" | "not" | "without" | "zero" | "faux" | "vegan" | "ohne" | "sin" | "sans" | "sem"
        )
    };
    before.is_some_and(denies) || after.is_some_and(|word| word.text == "free" || word.text == "frei")
}

/// The words of several values, never tied across two of them.
fn listed<'a>(values: impl Iterator<Item = &'a str>) -> Vec<Word> {
    values.take(500).flat_map(analyze::words).take(4_000).collect()
}
