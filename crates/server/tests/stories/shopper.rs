//! A shopper in Messenger, and what the Page sends them.

use std::sync::Mutex;

use shopclerk_sandbox::meta::{Message, Side};

use crate::world::{PAGE, World};

/// A shopper in Messenger.
pub(crate) struct Shopper<'a> {
    world: &'a World,
    name: &'static str,
    looked_at: Mutex<usize>,
}

impl<'a> Shopper<'a> {
    pub(crate) fn new(world: &'a World, name: &'static str) -> Self {
        let shopper = Self { world, name, looked_at: Mutex::default() };
        shopper.looks_away();
        shopper
    }

    /// Writes a message; it is delivered when this returns, and answered once the world settles.
    pub(crate) async fn writes(&self, text: &str) {
        self.world.sandbox().meta().shopper_writes(self.name, text).unwrap();
        self.world.sandbox().deliveries().idle().await;
    }

    /// Writes and waits for the answer.
    pub(crate) async fn asks(&self, text: &str) -> Received {
        self.writes(text).await;
        self.world.settle().await;
        self.received()
    }

    /// Taps the quick reply or button of this title that was really received, the newest first.
    pub(crate) async fn taps(&self, title: &str) -> Received {
        let payload = self.offered(|_card| true, title);
        self.taps_payload(title, &payload).await
    }

    /// Taps a button on the card of this name.
    pub(crate) async fn taps_on(&self, card: &str, title: &str) -> Received {
        let payload = self.offered(|shown| shown == card, title);
        self.taps_payload(title, &payload).await
    }

    async fn taps_payload(&self, title: &str, payload: &str) -> Received {
        self.world.sandbox().meta().shopper_taps(self.name, payload, Some(title)).unwrap();
        self.world.settle().await;
        self.received()
    }

    fn offered(&self, on_card: impl Fn(&str) -> bool, title: &str) -> String {
        for message in self.world.sandbox().meta().messages(self.name).unwrap_or_default().iter().rev() {
            let quick = message
                .quick_replies
                .iter()
                .filter(|_| on_card(""))
                .map(|one| (&one.title, Some(&one.payload)));
            let cards = message.cards.iter().filter(|card| on_card(&card.title));
            let buttons = cards.flat_map(|card| &card.buttons).map(|one| (&one.title, one.payload.as_ref()));
            let payload =
                quick.chain(buttons).find(|(shown, _)| *shown == title).and_then(|(_, payload)| payload);
            if let Some(payload) = payload {
                return payload.clone();
            }
        }
        panic!("{title:?} was not offered to {}", self.name);
    }

    /// Takes a message back.
    pub(crate) async fn takes_back(&self, mid: &str) {
        self.world.sandbox().meta().shopper_deletes(mid).unwrap();
        self.world.settle().await;
    }

    /// A person of the shop answers from the Page's inbox; delivered when this returns.
    pub(crate) async fn is_answered_by_a_person(&self, text: &str) {
        self.world.sandbox().meta().person_replies(self.name, text).unwrap();
        self.world.sandbox().deliveries().idle().await;
    }

    /// Whether the shopper sees a card of that name, or a text that holds it. Looks away from nothing.
    pub(crate) fn sees(&self, words: &str) -> bool {
        let all = self.world.sandbox().meta().messages(self.name).unwrap_or_default();
        let from_page = all.into_iter().filter(|message| message.from == Side::Page).collect();
        Received(from_page).words().contains(words)
    }

    /// Whether the shopper sees that somebody writes.
    pub(crate) fn sees_typing(&self) -> bool {
        self.world.sandbox().meta().typing(self.name)
    }

    /// The id by which the Page knows the shopper.
    pub(crate) fn psid(&self) -> String {
        self.world.sandbox().meta().psid(self.name).unwrap()
    }

    /// Where the mirror keeps the conversation.
    pub(crate) fn mirrored_at(&self) -> String {
        format!("facebook/{PAGE}/conversations/{}.json", self.psid())
    }

    /// Looks away: what has been received until now is not looked at any more.
    pub(crate) fn looks_away(&self) {
        let all = self.world.sandbox().meta().messages(self.name).unwrap_or_default();
        *self.looked_at.lock().unwrap() = all.len();
    }

    /// What the Page has sent since the last look.
    pub(crate) fn received(&self) -> Received {
        let all = self.world.sandbox().meta().messages(self.name).unwrap_or_default();
        let mut looked_at = self.looked_at.lock().unwrap();
        let new = all.iter().skip(*looked_at).filter(|message| message.from == Side::Page).cloned().collect();
        *looked_at = all.len();
        Received(new)
    }
}

/// Messages of the Page.
#[derive(Debug)]
pub(crate) struct Received(pub(crate) Vec<Message>);

impl Received {
    pub(crate) fn nothing(&self) {
        assert!(self.0.is_empty(), "{self:?}");
    }

    /// All words, cards' included, in one text.
    pub(crate) fn words(&self) -> String {
        let mut words = Vec::new();
        for message in &self.0 {
            words.extend(message.text.clone());
            for card in &message.cards {
                words.push(format!("[{}: {}]", card.title, card.subtitle.as_deref().unwrap_or_default()));
            }
        }
        words.join("\n")
    }

    /// The cards' titles in order.
    pub(crate) fn titles(&self) -> Vec<String> {
        self.0.iter().flat_map(|message| &message.cards).map(|card| card.title.clone()).collect()
    }

    /// The words must hold each of these.
    #[track_caller]
    pub(crate) fn says(&self, parts: &[&str]) -> &Self {
        let words = self.words();
        for part in parts {
            assert!(words.to_lowercase().contains(&part.to_lowercase()), "{part:?} is missing in:\n{words}");
        }
        self
    }

    /// The words must hold none of these.
    #[track_caller]
    pub(crate) fn never_says(&self, parts: &[&str]) -> &Self {
        let words = self.words();
        for part in parts {
            assert!(!words.to_lowercase().contains(&part.to_lowercase()), "{part:?} is in:\n{words}");
        }
        self
    }
}
