//! What a reply looks like on its way out: clean plain text, cut to what the channel carries.
//!
//! It changes how much is said and never what; whether it is true is left to `gate`.

use shopclerk_domain::channel::Capabilities;
use shopclerk_domain::message::{Button, Card, Choice, Content};
use unicode_segmentation::UnicodeSegmentation;

/// Removes what a reader cannot see or what would turn text around, and squeezes blanks; line breaks stay.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for seen in text.chars().filter(|c| !is_hidden(*c)) {
        let blank = if seen == '\n' { Some('\n') } else { seen.is_whitespace().then_some(' ') };
        match blank {
            Some(_) if out.is_empty() || out.ends_with('\n') => {}
            Some('\n') => {
                out.truncate(out.trim_end().len());
                out.push('\n');
            }
            Some(blank) if !out.ends_with(' ') => out.push(blank),
            Some(_) => {}
            None => out.push(seen),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// Whether a character shows nothing, turns the direction of text or has no agreed meaning. Line break and tab are blanks.
pub(crate) fn is_hidden(seen: char) -> bool {
    if seen.is_control() {
        return !matches!(seen, '\n' | '\t' | '\r');
    }
    matches!(u32::from(seen),
        0xAD | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2 | 0x115F..=0x1160
        | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0x2800
        | 0x3164 | 0xE000..=0xF8FF | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFFF
        | 0x110BD | 0x110CD | 0x13430..=0x1345F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A | 0xE0000..=0x10_FFFF)
}

/// The text if it fits, else its beginning and an ellipsis, never within what a reader sees as one character.
pub(crate) fn cut(text: &str, limit: usize) -> String {
    if text.chars().count() <= limit {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut room = limit.saturating_sub(1);
    for cluster in text.graphemes(true) {
        let length = cluster.chars().count();
        if length > room {
            break;
        }
        room -= length;
        out.push_str(cluster);
    }
    out.truncate(out.trim_end().len());
    if limit > 0 {
        out.push('…');
    }
    out
}

/// The text in pieces that fit, split at sentence ends, where that is not enough at blanks, and at last anywhere.
pub(crate) fn split(text: &str, limit: usize) -> Vec<String> {
    let limit = limit.max(1);
    let mut pieces = Pieces { limit, done: Vec::new(), open: String::new() };
    for sentence in text.split_sentence_bounds() {
        if pieces.take(sentence) {
            continue;
        }
        for word in sentence.split_inclusive(char::is_whitespace) {
            if pieces.take(word) {
                continue;
            }
            for seen in word.chars() {
                pieces.take(seen.encode_utf8(&mut [0; 4]));
            }
        }
    }
    pieces.close();
    pieces.done
}

struct Pieces {
    limit: usize,
    done: Vec<String>,
    open: String,
}

impl Pieces {
    /// Adds to the open piece or starts a new one; `false` if it does not even fit alone.
    fn take(&mut self, more: &str) -> bool {
        if more.trim_end().chars().count() > self.limit {
            return false;
        }
        if self.open.chars().count() + more.trim_end().chars().count() > self.limit {
            self.close();
        }
        self.open.push_str(more);
        true
    }

    fn close(&mut self) {
        let piece = self.open.trim();
        if !piece.is_empty() {
            self.done.push(piece.to_owned());
        }
        self.open.clear();
    }
}

/// The contents within the channel's limits. Where a channel has no cards, they become lines of text.
pub(crate) fn fit(contents: Vec<Content>, capabilities: Capabilities) -> Vec<Content> {
    contents.into_iter().flat_map(|content| fit_one(content, capabilities)).collect()
}

fn fit_one(content: Content, capabilities: Capabilities) -> Vec<Content> {
    match content {
        Content::Text { text, choices } => fit_text(&text, choices, capabilities),
        Content::Cards { cards, choices } if capabilities.cards == 0 => {
            let lines: Vec<String> = cards.iter().map(as_line).collect();
            fit_text(&lines.join("\n"), choices, capabilities)
        }
        Content::Cards { cards, choices } => {
            let cards = cards.into_iter().take(capabilities.cards).map(|card| fit_card(card, capabilities));
            let cards: Vec<Card> = cards.collect();
            let choices = fit_choices(choices, capabilities);
            if cards.is_empty() { Vec::new() } else { vec![Content::Cards { cards, choices }] }
        }
    }
}

fn fit_text(text: &str, choices: Vec<Choice>, capabilities: Capabilities) -> Vec<Content> {
    let mut texts = split(&clean(text), capabilities.text_chars);
    let Some(last) = texts.pop() else { return Vec::new() };
    let mut contents: Vec<Content> =
        texts.into_iter().map(|text| Content::Text { text, choices: Vec::new() }).collect();
    contents.push(Content::Text { text: last, choices: fit_choices(choices, capabilities) });
    contents
}

fn fit_choices(choices: Vec<Choice>, capabilities: Capabilities) -> Vec<Choice> {
    let fits = choices.into_iter().map(|choice| Choice {
        title: cut(&clean(&choice.title), capabilities.choice_title_chars),
        payload: choice.payload,
    });
    fits.filter(|choice| !choice.title.is_empty()).take(capabilities.choices).collect()
}

fn fit_card(card: Card, capabilities: Capabilities) -> Card {
    let buttons = card.buttons.into_iter().map(|button| match button {
        Button::Link { title, url } => {
            Button::Link { title: cut(&title, capabilities.choice_title_chars), url }
        }
        Button::Postback { title, payload } => {
            Button::Postback { title: cut(&title, capabilities.choice_title_chars), payload }
        }
    });
    let subtitle = fit_subtitle(&card.subtitle, capabilities.card_subtitle_chars);
    Card {
        title: cut(&card.title, capabilities.card_title_chars),
        subtitle,
        buttons: buttons.take(capabilities.card_buttons).collect(),
        ..card
    }
}

/// Leaves out whole facts from the end, because half a price would be another price.
fn fit_subtitle(subtitle: &str, limit: usize) -> String {
    let mut kept = String::new();
    for fact in subtitle.split(SUBTITLE_DOT) {
        let dot = if kept.is_empty() { "" } else { SUBTITLE_DOT };
        if kept.chars().count() + dot.chars().count() + fact.chars().count() > limit {
            break;
        }
        kept.push_str(dot);
        kept.push_str(fact);
    }
    kept
}

/// Stands between the facts of a card's subtitle.
pub(crate) const SUBTITLE_DOT: &str = " · ";

fn as_line(card: &Card) -> String {
    let facts = if card.subtitle.is_empty() { String::new() } else { format!(": {}", card.subtitle) };
    let link = card.url.as_ref().map(|url| format!("\n{url}")).unwrap_or_default();
    format!("{}{facts}{link}", card.title)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check_clean(text: &str, expected: &str) {
        assert_eq!(clean(text), expected, "{text:?}");
    }

    #[test]
    fn t49_hidden_characters_are_removed_and_line_breaks_stay() {
        check_clean("Winter\u{200B} Amber", "Winter Amber");
        check_clean("\u{202E}90.42$", "90.42$");
        check_clean("a\u{E0041}\u{E0042}b", "ab");
        check_clean("  two   blanks\t\there \n\n  next ", "two blanks here\nnext");
        check_clean("bell\u{7}", "bell");
        check_clean("K\u{AD}affee \u{2764}\u{FE0F}", "Kaffee \u{2764}");
        check_clean("\u{200F}\u{2066}\u{FEFF}", "");
    }

    #[test]
    fn long_text_is_split_at_sentence_ends_and_figures_stay_whole() {
        let text = "It costs $24.90. It is in stock. It comes in Small and Large.";

        assert_eq!(split(text, 33), ["It costs $24.90. It is in stock.", "It comes in Small and Large."]);
        assert_eq!(split("one two three", 7), ["one two", "three"]);
        assert_eq!(split("abcdef", 4), ["abcd", "ef"]);
        assert_eq!(split("", 10), Vec::<String>::new());
    }

    #[test]
    fn a_long_name_is_cut_between_what_reads_as_characters() {
        assert_eq!(cut("Winter Amber candle", 10), "Winter Am…");
        assert_eq!(cut("Winter Amber", 8), "Winter…");
        assert_eq!(cut("e\u{301}e\u{301}e\u{301}", 4), "e\u{301}…");
        assert_eq!(cut("abc", 3), "abc");
        assert_eq!(cut("abc", 0), "");
    }

    #[test]
    fn a_subtitle_loses_whole_facts_only() {
        assert_eq!(fit_subtitle("$1,249.00 · 7 in stock", 15), "$1,249.00");
        assert_eq!(fit_subtitle("$1,249.00 · 7 in stock", 5), "");
    }

    proptest! {
        #[test]
        fn pieces_keep_every_visible_character_and_the_limit(text in "\\PC{0,300}", limit in 1_usize..60) {
            let cleaned = clean(&text);
            let pieces = split(&cleaned, limit);
            let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();

            prop_assert!(pieces.iter().all(|piece| piece.chars().count() <= limit));
            prop_assert_eq!(visible(&pieces.concat()), visible(&cleaned));
            prop_assert!(cut(&text, limit).chars().count() <= limit);
            prop_assert_eq!(clean(&cleaned), cleaned.clone());
        }
    }
}
