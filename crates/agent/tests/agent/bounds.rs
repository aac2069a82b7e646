//! No text makes the gate panic, and no reply exceeds what a channel carries.

use proptest::prelude::*;
use shopclerk_agent::gate::Said;
use shopclerk_domain::channel::Capabilities;
use shopclerk_domain::message::{Button, Choice, Content};

use crate::shop::{text, verdict};
use crate::talk::{Talk, bubble};

fn capabilities() -> impl Strategy<Value = Capabilities> {
    (1_usize..400, 0_usize..12, 1_usize..90, 0_usize..90, 0_usize..4, 0_usize..5, 1_usize..25).prop_map(
        |(
            text_chars,
            cards,
            card_title_chars,
            card_subtitle_chars,
            card_buttons,
            choices,
            choice_title_chars,
        )| {
            Capabilities {
                text_chars,
                cards,
                card_title_chars,
                card_subtitle_chars,
                card_buttons,
                choices,
                choice_title_chars,
            }
        },
    )
}

fn questions() -> impl Strategy<Value = String> {
    let asked = prop::sample::select(vec![
        "do you have a warm gift for my mother under 40 dollars?",
        "how much is the Harbour Light candle?",
        "is the Tidal mug in stock in blue?",
        "anything cheaper?",
        "tell me more about the Harbour Light candle",
        "what do you sell?",
        "any sales?",
        "show me more",
        "hello",
        "?",
    ]);
    prop_oneof![asked.prop_map(str::to_owned), "\\PC{0,80}"]
}

fn fits(content: &Content, limits: Capabilities) {
    let count = |text: &str| text.chars().count();
    let (Content::Text { choices, .. } | Content::Cards { choices, .. }) = content;
    assert!(choices.len() <= limits.choices);
    assert!(
        choices
            .iter()
            .all(|Choice { title, .. }| count(title) <= limits.choice_title_chars && !title.is_empty())
    );
    match content {
        Content::Text { text, .. } => assert!(!text.is_empty() && count(text) <= limits.text_chars),
        Content::Cards { cards, .. } => {
            assert!(!cards.is_empty() && cards.len() <= limits.cards);
            for card in cards {
                assert!(count(&card.title) <= limits.card_title_chars && !card.title.is_empty());
                assert!(count(&card.subtitle) <= limits.card_subtitle_chars);
                assert!(card.buttons.len() <= limits.card_buttons);
                for button in &card.buttons {
                    let (Button::Link { title, .. } | Button::Postback { title, .. }) = button;
                    assert!(count(title) <= limits.choice_title_chars);
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_gate_answers_to_any_text(draft in "\\PC{0,300}") {
        let _ = verdict(&[text(&draft)], &Said::default());
    }

    #[test]
    fn the_gate_answers_to_any_mix_of_its_own_words(words in prop::collection::vec(prop::sample::select(vec![
        "$", "24.90", "24", "%", "Harbour", "Light", "candle", "Tidal mug", "Small", "and", "or", ",", ".", "\n", "in stock",
        "left", "was", "under", "free", "https://", "evil.com", "@", "-", "7", "x7", "not", "·", "\u{200B}", "７", "€", "(", ")",
    ]), 0..60)) {
        let _ = verdict(&[text(&words.join(" "))], &Said::default());
        let _ = verdict(&[text(&words.concat())], &Said::default());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn replies_stay_within_what_the_channel_carries(limits in capabilities(), asked in prop::collection::vec(questions(), 1..4)) {
        let mut talk = Talk::new();
        talk.capabilities = limits;
        for question in asked {
            talk.turn(vec![bubble(&question, None, 0)]);
            for part in talk.output().reply.iter().flat_map(|reply| &reply.parts) {
                fits(&part.content, limits);
            }
        }
    }
}

/// A lying model may write at any length: the longest text the gate reads is read in time.
#[test]
fn the_longest_text_is_read_in_time() {
    for piece in
        ["$1 and ", "Tidal mug $1, ", "one left or ", "a.bc ", "SAVE use ", "free free ", "Small Large "]
    {
        let draft = piece.repeat(1_900 / piece.split(' ').count());
        assert!(!verdict(&[text(&draft)], &Said::default()).holds() || piece == "Small Large ");
    }
}
