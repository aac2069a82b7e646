//! Channels through which shoppers write, and what each of them can carry.

use std::fmt;
use std::time::Duration;

/// A channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelKind {
    /// Facebook Messenger.
    Messenger,
}

impl ChannelKind {
    /// The stable word for it in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Messenger => "messenger",
        }
    }

    /// The channel that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Messenger].into_iter().find(|channel| channel.word() == word)
    }

    /// What it can carry.
    pub const fn capabilities(self) -> Capabilities {
        match self {
            Self::Messenger => Capabilities {
                text_chars: 1_900,
                cards: 10,
                card_title_chars: 80,
                card_subtitle_chars: 80,
                card_buttons: 3,
                choices: 13,
                choice_title_chars: 20,
            },
        }
    }

    /// When it lets us write.
    pub const fn send_policy(self) -> SendPolicy {
        match self {
            Self::Messenger => SendPolicy {
                window: Duration::from_hours(24),
                margin: Duration::from_mins(1),
                human_window: Duration::from_hours(7 * 24),
            },
        }
    }
}

/// How much fits where; characters are Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Longest text of one part, below the channel's own limit.
    pub text_chars: usize,
    /// Most cards in one part.
    pub cards: usize,
    /// Longest card title.
    pub card_title_chars: usize,
    /// Longest card subtitle.
    pub card_subtitle_chars: usize,
    /// Most buttons on one card.
    pub card_buttons: usize,
    /// Most quick choices below a part.
    pub choices: usize,
    /// Longest title of a choice or button.
    pub choice_title_chars: usize,
}

/// When a channel lets us write to a shopper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SendPolicy {
    /// How long after the shopper's last message an automatic reply may be sent.
    pub window: Duration,
    /// Safety margin before the end of the window.
    pub margin: Duration,
    /// How long a person may answer.
    pub human_window: Duration,
}

/// The channel's own id of a person within one account: personal data, so it prints as `..4821`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShopperAlias(String);

impl ShopperAlias {
    /// Longest id any channel uses, with room.
    const MAX: usize = 128;

    /// Takes an id as the channel wrote it; `None` when empty, too long or holding control characters.
    pub fn parse(raw: &str) -> Option<Self> {
        let fits = !raw.is_empty() && raw.len() <= Self::MAX && !raw.chars().any(char::is_control);
        fits.then(|| Self(raw.to_owned()))
    }

    /// The id itself: for the call to the channel, the lookup and the merchant's own files.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for ShopperAlias {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tail: Vec<char> = self.0.chars().rev().take(4).collect();
        write!(out, "..{}", tail.into_iter().rev().collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_id_prints_its_tail_only() {
        assert_eq!(format!("{:?}", ShopperAlias::parse("7764400000004821").unwrap()), "..4821");
        assert_eq!(ShopperAlias::parse(""), None);
        assert_eq!(ShopperAlias::parse("7764\n"), None);
    }
}
