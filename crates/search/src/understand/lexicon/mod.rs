//! The words of each language by what they do in a message. A language is one text file of this folder.

use std::sync::LazyLock;

use shopclerk_domain::language::Language;

use super::token::{Kind, Tokens};

/// Folded words and phrases, their words separated by one space.
pub(crate) type Phrases = &'static [&'static str];

/// Words that stand for a number.
pub(crate) type Values = &'static [(&'static str, u32)];

/// Declares the sections of a language file, each read into the field of its name.
macro_rules! sections {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// What the words of a language do.
        pub(crate) struct Lexicon {
            /// Which language.
            pub(crate) language: Language,
            /// Numbers in words.
            pub(crate) numbers: Values,
            /// Places in a row; 0 is the last.
            pub(crate) ordinals: Values,
            $($(#[$doc])* pub(crate) $name: Phrases,)*
        }

        impl Lexicon {
            fn read(language: Language, source: &'static str) -> Self {
                Self {
                    language,
                    numbers: values(source, "numbers"),
                    ordinals: values(source, "ordinals"),
                    $($name: phrases(source, stringify!($name)),)*
                }
            }
        }

        #[cfg(test)]
        const SECTIONS: &[&str] = &["numbers", "ordinals", $(stringify!($name)),*];
    };
}

sections! {
    /// Little words that give the language away.
    telling,
    /// Words never searched for.
    filler,
    /// Greetings.
    greetings,
    /// Thanks.
    thanks,
    /// Goodbyes and short answers that ask for nothing.
    assent,
    /// Ask for goods.
    asks,
    /// Ask for goods, or say what one lacks.
    needs,
    /// Say what it is for: `want to brighten up my porch`.
    purposes,
    /// Begin a story: `our teapot cracked`.
    stories,
    /// Say in a story what somebody likes: `she loves tea`.
    likes,
    /// Begin a question that names the goods first: `which mugs do you have`.
    which,
    /// Ask what there is at all.
    everything,
    /// Before an upper limit.
    at_most,
    /// Behind an upper limit.
    at_most_after,
    /// Before a lower limit.
    at_least,
    /// Behind a lower limit.
    at_least_after,
    /// Before an amount that is not meant exactly.
    around,
    /// Before two limits.
    between,
    /// Between two limits.
    and,
    /// Ask for a price.
    price,
    /// Ask whether it can be had.
    stock,
    /// Between goods and their choice: `the shirt in blue`.
    inside,
    /// Sizes and the words for them.
    sizes,
    /// Colours.
    colours,
    /// Ask for the same for less money.
    cheaper,
    /// Ask for the same for more money.
    dearer,
    /// Ask for the cheapest.
    cheap,
    /// Ask for the dearest.
    dear,
    /// Ask for something alike.
    similar,
    /// Ask for further products.
    more,
    /// Ask to be told more of one.
    details,
    /// Ask to have it.
    cart,
    /// Ask for sales and codes.
    promotions,
    /// Look like that, but are not.
    not_promotions,
    /// Ask for a person.
    person,
    /// Ask for a person together with one of the next.
    person_verbs,
    /// Persons one may ask for.
    person_nouns,
    /// Ask for silence, if nothing else is said.
    stop,
    /// Ask for silence.
    stop_surely,
    /// What no search answers: delivery, returns, orders, what we are.
    service,
    /// Before what is not wanted.
    without,
    /// Behind these without being that: `no problem`.
    not_without,
    /// Between two things.
    or,
    /// Behind a place in a row: `the second one`.
    one,
    /// Before a place in a row.
    the,
    /// What was spoken of.
    it,
}

static ALL: LazyLock<[Lexicon; 5]> = LazyLock::new(|| {
    [
        Lexicon::read(Language::En, include_str!("en.txt")),
        Lexicon::read(Language::Es, include_str!("es.txt")),
        Lexicon::read(Language::Fr, include_str!("fr.txt")),
        Lexicon::read(Language::De, include_str!("de.txt")),
        Lexicon::read(Language::Pt, include_str!("pt.txt")),
    ]
});

static MEASURES: LazyLock<Phrases> = LazyLock::new(|| phrases(include_str!("shared.txt"), "measures"));

/// The entries of a section: what stands between the commas up to the next `[section]`.
pub(crate) fn entries<'a>(source: &'a str, section: &str) -> impl Iterator<Item = &'a str> {
    let heading =
        |line: &str| line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) == Some(section);
    let mut lines = source.lines();
    let found = lines.any(heading);
    let lines = lines.take_while(move |line| found && !line.starts_with('['));
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|entry| !entry.is_empty())
}

/// Kept for the life of the process, as the files themselves are.
fn phrases(source: &'static str, section: &str) -> Phrases {
    Vec::leak(entries(source, section).collect())
}

fn values(source: &'static str, section: &str) -> Values {
    let pairs = entries(source, section).filter_map(|entry| entry.split_once(" = "));
    Vec::leak(pairs.filter_map(|(word, value)| Some((word, value.parse().ok()?))).collect())
}

/// The lexicons one message is read with: its language's, and English, which people mix in everywhere.
#[derive(Clone, Copy)]
pub(crate) struct Voice {
    /// The language of the message.
    pub(crate) language: Language,
    own: &'static Lexicon,
    english: &'static Lexicon,
}

impl Voice {
    /// The language with the most telling words; the conversation's own where none tells.
    pub(crate) fn hear(tokens: &Tokens, known: Language) -> Self {
        let [english, ..] = &*ALL;
        let words = || tokens.list.iter().filter(|token| token.kind == Kind::Word).take(200);
        let tells = |lexicon: &Lexicon, word: &str| {
            [lexicon.telling, lexicon.greetings, lexicon.thanks].iter().any(|words| words.contains(&word))
        };
        let count = |lexicon: &Lexicon| words().filter(|word| tells(lexicon, &word.folded)).count();
        let best = ALL.iter().map(count).max().unwrap_or(0);
        let leading = || ALL.iter().filter(|lexicon| best > 0 && count(lexicon) == best);
        let own = leading()
            .find(|lexicon| lexicon.language == known)
            .or_else(|| leading().next())
            .or_else(|| ALL.iter().find(|lexicon| lexicon.language == known));
        let own = own.unwrap_or(english);
        Self { language: own.language, own, english }
    }

    /// The words of one kind in both lexicons.
    pub(crate) fn words(&self, of: impl Fn(&Lexicon) -> Phrases) -> Vec<&'static str> {
        let mut out = of(self.own).to_vec();
        if self.own.language != self.english.language {
            out.extend_from_slice(of(self.english));
        }
        out
    }

    /// Whether `word` is of one kind.
    pub(crate) fn has(&self, word: &str, of: impl Fn(&Lexicon) -> Phrases) -> bool {
        of(self.own).contains(&word) || of(self.english).contains(&word)
    }

    /// The number `word` stands for.
    pub(crate) fn value(&self, word: &str, of: impl Fn(&Lexicon) -> Values) -> Option<u32> {
        let both = of(self.own).iter().chain(of(self.english));
        both.into_iter().find(|(name, _)| *name == word).map(|(_, value)| *value)
    }
}

/// Names of measures: a number before one is not a price.
pub(crate) fn is_measure(word: &str) -> bool {
    MEASURES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_sections_in_folded_words() {
        let sources = [
            include_str!("en.txt"),
            include_str!("es.txt"),
            include_str!("fr.txt"),
            include_str!("de.txt"),
            include_str!("pt.txt"),
        ];
        for source in sources {
            let mut headings: Vec<&str> =
                source.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']')).collect();
            headings.sort_unstable();
            let mut known = SECTIONS.to_vec();
            known.sort_unstable();
            assert_eq!(headings, known);
            for entry in headings.iter().flat_map(|section| entries(source, section)) {
                assert_eq!(entry, crate::analyze::fold(entry));
                assert!(!entry.contains('\''), "{entry}");
            }
        }
    }
}
