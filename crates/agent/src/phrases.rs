//! The rules' own sentences, one file per language, all with the same keys.
//!
//! What goes into a sentence is data and is never read as a pattern. How an amount is written lives here too, because it is
//! a question of language.

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use shopclerk_domain::calendar::LocalTime;
use shopclerk_domain::language::Language;
use shopclerk_domain::money::Money;

macro_rules! phrases {
    ($($name:ident => $key:literal),* $(,)?) => {
        /// A sentence of the rules.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Phrase {
            $($name),*
        }

        impl Phrase {
            /// Its key in the phrase files.
            const fn key(self) -> &'static str {
                match self {
                    $(Self::$name => $key),*
                }
            }

            #[cfg(test)]
            const ALL: &'static [Self] = &[$(Self::$name),*];
        }
    };
}

phrases! {
    Hello => "hello",
    HelloName => "hello-name",
    Disclosure => "disclosure",
    DisclosureName => "disclosure-name",
    AskWish => "ask-wish",
    Welcome => "welcome",
    StillHere => "still-here",
    Unclear => "unclear",
    NoPictures => "no-pictures",
    Automatic => "automatic",
    PersonInstead => "person-instead",
    PersonCalled => "person-called",
    Stopped => "stopped",
    AskAPerson => "ask-a-person",
    FoundOne => "found-one",
    FoundMany => "found-many",
    FoundOneUnder => "found-one-under",
    FoundManyUnder => "found-many-under",
    FoundOneAtMost => "found-one-at-most",
    FoundManyAtMost => "found-many-at-most",
    FoundOneAtLeast => "found-one-at-least",
    FoundManyAtLeast => "found-many-at-least",
    CheapestFirst => "cheapest-first",
    DearestFirst => "dearest-first",
    Assortment => "assortment",
    NothingFound => "nothing-found",
    NothingUnder => "nothing-under",
    NothingInRange => "nothing-in-range",
    ClosestPriced => "closest-priced",
    ClosestFrom => "closest-from",
    Closest => "closest",
    OtherWords => "other-words",
    ForeignLimit => "foreign-limit",
    CheaperOne => "cheaper-one",
    CheaperMany => "cheaper-many",
    CheaperNone => "cheaper-none",
    DearerOne => "dearer-one",
    DearerMany => "dearer-many",
    DearerNone => "dearer-none",
    SimilarOne => "similar-one",
    SimilarMany => "similar-many",
    SimilarNone => "similar-none",
    MoreOne => "more-one",
    MoreMany => "more-many",
    MoreNone => "more-none",
    WhichOne => "which-one",
    SeveralNamed => "several-named",
    IsItOneOfThese => "is-it-one-of-these",
    Gone => "gone",
    It => "it",
    Costs => "costs",
    CostsWas => "costs-was",
    CostsSpan => "costs-span",
    CostsList => "costs-list",
    VersionPrice => "version-price",
    PriceOnRequest => "price-on-request",
    PriceUnseen => "price-unseen",
    StockCount => "stock-count",
    StockSome => "stock-some",
    StockNone => "stock-none",
    StockUnseen => "stock-unseen",
    StockVersions => "stock-versions",
    ComesIn => "comes-in",
    NoSuchVersion => "no-such-version",
    Cart => "cart",
    CartWhich => "cart-which",
    ReducedOne => "reduced-one",
    ReducedMany => "reduced-many",
    ReducedNone => "reduced-none",
    CodesNone => "codes-none",
    OfferAll => "offer-all",
    OfferShown => "offer-shown",
    OffPercent => "off-percent",
    OffAmount => "off-amount",
    OffEach => "off-each",
    HowCode => "how-code",
    HowSelf => "how-self",
    AsksSubtotal => "asks-subtotal",
    AsksPieces => "asks-pieces",
    AsksEnd => "asks-end",
    AsksOnce => "asks-once",
    Bare => "bare",
    ButtonView => "button-view",
    ButtonMore => "button-more",
    ButtonLike => "button-like",
    ChoiceCheaper => "choice-cheaper",
    ChoiceMore => "choice-more",
    ChoicePerson => "choice-person",
    ChoiceLike => "choice-like",
    CardFrom => "card-from",
    CardWas => "card-was",
    CardOnRequest => "card-on-request",
    CardSeePrice => "card-see-price",
    CardCount => "card-count",
    CardStock => "card-stock",
    CardSoldOut => "card-sold-out",
}

/// The sentences of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Phrases {
    language: Language,
}

impl Phrases {
    /// The sentences of `language`.
    pub(crate) const fn of(language: Language) -> Self {
        Self { language }
    }

    /// A sentence without variables.
    pub(crate) fn say(self, phrase: Phrase) -> String {
        self.fill(phrase, &[])
    }

    /// A sentence with its variables filled in.
    pub(crate) fn fill(self, phrase: Phrase, values: &[(&'static str, &str)]) -> String {
        let bundle = bundle(self.language);
        let Some(pattern) = bundle.get_message(phrase.key()).and_then(|message| message.value()) else {
            return String::new();
        };
        let mut arguments = FluentArgs::with_capacity(values.len());
        for (name, value) in values {
            arguments.set(*name, (*value).to_owned());
        }
        let mut errors = Vec::new();
        bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned()
    }

    /// A price as it is quoted: with all its digits. The English form for every language until the shopper's own is chosen.
    pub(crate) fn money(self, money: Money) -> String {
        match self.language {
            Language::En | Language::Es | Language::Fr | Language::De | Language::Pt => money.to_string(),
        }
    }

    /// A day as it is written, with the minute where there is one to tell. No form has a point that could end a sentence.
    pub(crate) fn day(self, day: LocalTime) -> String {
        const MONTHS: [&str; 12] = [
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ];
        let LocalTime { year, month, day, .. } = day;
        match self.language {
            Language::En => {
                let name = usize::from(month).checked_sub(1).and_then(|at| MONTHS.get(at)).unwrap_or(&"");
                format!("{name} {day}, {year}")
            }
            Language::De => format!("{day}.{month}.{year}"),
            Language::Es | Language::Fr | Language::Pt => format!("{day}/{month}/{year}"),
        }
    }

    /// A limit as people say it: `$40`, not `$40.00`.
    pub(crate) fn limit(self, money: Money) -> String {
        let written = self.money(money);
        let zeros = format!(".{}", "0".repeat(money.currency.exponent() as usize));
        if money.currency.exponent() > 0 { written.replacen(&zeros, "", 1) } else { written }
    }
}

type Bundle = FluentBundle<FluentResource>;

fn bundle(language: Language) -> &'static Bundle {
    static EN: LazyLock<Bundle> = LazyLock::new(|| read("en", include_str!("phrases/en.ftl")));
    static ES: LazyLock<Bundle> = LazyLock::new(|| read("es", include_str!("phrases/es.ftl")));
    static FR: LazyLock<Bundle> = LazyLock::new(|| read("fr", include_str!("phrases/fr.ftl")));
    static DE: LazyLock<Bundle> = LazyLock::new(|| read("de", include_str!("phrases/de.ftl")));
    static PT: LazyLock<Bundle> = LazyLock::new(|| read("pt", include_str!("phrases/pt.ftl")));
    match language {
        Language::En => &EN,
        Language::Es => &ES,
        Language::Fr => &FR,
        Language::De => &DE,
        Language::Pt => &PT,
    }
}

/// What cannot be read is left out; a test makes sure that nothing is.
fn read(code: &str, source: &str) -> Bundle {
    let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(partial, _)| partial);
    let mut bundle = FluentBundle::new_concurrent(code.parse().into_iter().collect());
    // The marks would put hidden characters into every reply.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use shopclerk_domain::money::Currency;

    use super::*;

    /// Keys and the variables of each, as the file has them.
    fn keys(source: &str) -> BTreeMap<String, BTreeSet<String>> {
        let lines = source.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        let entry = |line: &str| {
            let (key, sentence) = line.split_once(" = ").expect("one line per key");
            let variables =
                sentence.split("{ $").skip(1).map(|rest| rest.split(" }").next().unwrap().to_owned());
            (key.to_owned(), variables.collect())
        };
        lines.map(entry).collect()
    }

    #[test]
    fn every_language_has_every_sentence_with_the_same_variables() {
        let english = keys(include_str!("phrases/en.ftl"));
        let known: BTreeSet<String> = Phrase::ALL.iter().map(|phrase| phrase.key().to_owned()).collect();
        assert_eq!(english.keys().cloned().collect::<BTreeSet<_>>(), known);
        for (code, source) in [
            ("es", include_str!("phrases/es.ftl")),
            ("fr", include_str!("phrases/fr.ftl")),
            ("de", include_str!("phrases/de.ftl")),
            ("pt", include_str!("phrases/pt.ftl")),
        ] {
            assert_eq!(keys(source), english, "{code}");
        }
    }

    #[test]
    fn every_sentence_can_be_said_in_every_language() {
        for language in [Language::En, Language::Es, Language::Fr, Language::De, Language::Pt] {
            for phrase in Phrase::ALL {
                let variables = keys(include_str!("phrases/en.ftl"))[phrase.key()].clone();
                let values: Vec<(&'static str, &str)> =
                    variables.into_iter().map(|name| (&*name.leak(), "X{ $y }")).collect();
                let said = Phrases::of(language).fill(*phrase, &values);
                assert!(!said.is_empty() && !said.contains('!'), "{language:?} {phrase:?}: {said}");
                assert_eq!(said.matches("X{ $y }").count(), values.len(), "{language:?} {phrase:?}: {said}");
            }
        }
    }

    #[test]
    fn titles_of_buttons_and_choices_fit_where_they_are_shown() {
        for language in [Language::En, Language::Es, Language::Fr, Language::De, Language::Pt] {
            for phrase in
                Phrase::ALL.iter().filter(|p| p.key().starts_with("button") || p.key().starts_with("choice"))
            {
                let said = Phrases::of(language).say(*phrase);
                assert!(said.chars().count() <= 20, "{language:?} {said}");
            }
        }
    }

    #[test]
    fn a_limit_is_said_as_people_say_it() {
        let phrases = Phrases::of(Language::En);

        assert_eq!(phrases.limit(Money::new(4_000, Currency::USD)), "$40");
        assert_eq!(phrases.limit(Money::new(4_050, Currency::USD)), "$40.50");
        assert_eq!(phrases.limit(Money::new(4_000, Currency::parse("JPY").unwrap())), "¥4,000");
        assert_eq!(phrases.limit(Money::new(24_900, Currency::parse("SEK").unwrap())), "249 SEK");
        assert_eq!(phrases.money(Money::new(4_000, Currency::USD)), "$40.00");
    }
}
