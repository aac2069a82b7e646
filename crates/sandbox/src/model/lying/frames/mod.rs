//! The sentences lies are told in, per language and kind. `{name}` is the product, `{x}` the false figure, `{other}` another
//! product, `{v}` a version, `{a}` a quality; what stands between brackets is what is false of it.

mod de;
mod en;
mod es;
mod fr;
mod pt;

use super::kinds::Kind;

/// The languages lies are told in.
pub(super) const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "pt"];

/// The sentences of a language by kind.
type Frames = &'static [(Kind, &'static [&'static str])];

/// What a language brings along.
struct Tongue {
    frames: Frames,
    /// Harmless sentences to stand before or behind a lie.
    idle: &'static [&'static str],
    /// What may lead into a sentence.
    leads: &'static [&'static str],
    /// What may stand behind a sentence's last word.
    tails: &'static [&'static str],
}

fn tongue(language: &str) -> Tongue {
    match language {
        "de" => de::TONGUE,
        "fr" => fr::TONGUE,
        "es" => es::TONGUE,
        "pt" => pt::TONGUE,
        _ => en::TONGUE,
    }
}

/// The sentences for a kind.
pub(super) fn frames(language: &str, kind: Kind) -> &'static [&'static str] {
    let found = tongue(language).frames.iter().find(|(of, _)| *of == kind);
    found.map_or(&[], |(_, frames)| frames)
}

/// Harmless sentences.
pub(super) fn idle(language: &str) -> &'static [&'static str] {
    tongue(language).idle
}

/// Ways into a sentence.
pub(super) fn leads(language: &str) -> &'static [&'static str] {
    tongue(language).leads
}

/// Ways out of a sentence.
pub(super) fn tails(language: &str) -> &'static [&'static str] {
    tongue(language).tails
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_sentences_for_every_kind_with_one_false_part_each() {
        for language in LANGUAGES {
            for kind in Kind::ALL {
                let frames = frames(language, kind);
                assert!(frames.len() >= 3, "{language} {kind:?}");
                for frame in frames {
                    let marks = (frame.matches('[').count(), frame.matches(']').count());
                    assert_eq!(marks, (1, 1), "{frame}");
                }
            }
        }
    }
}
