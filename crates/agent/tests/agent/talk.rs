//! A shopper at the counter of the pier shop: writes, taps, and keeps the memory between turns.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::turn::{self, ModelSide, TurnInput, TurnOutput};
use shopclerk_domain::channel::{Capabilities, ChannelKind};
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::discount::ToldCodes;
use shopclerk_domain::message::{Button, Choice, Content, Incoming};
use shopclerk_domain::product::ProductRow;

use crate::shop::{NOW, PierShelf, facts, rows};

/// The shelf never waits, so one poll answers.
pub(crate) fn now_or_never<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("the shelf of the pier shop never waits"),
    }
}

pub(crate) struct Talk {
    pub(crate) shelf: PierShelf,
    pub(crate) memory: Memory,
    pub(crate) capabilities: Capabilities,
    pub(crate) disclosed: bool,
    pub(crate) last: Option<TurnOutput>,
}

impl Talk {
    /// A talk that has begun: the shopper knows who answers.
    pub(crate) fn begun() -> Self {
        Self { disclosed: true, ..Self::new() }
    }

    pub(crate) fn new() -> Self {
        Self {
            shelf: PierShelf { rows: rows(), offers: Vec::new() },
            memory: Memory::default(),
            capabilities: ChannelKind::Messenger.capabilities(),
            disclosed: false,
            last: None,
        }
    }

    pub(crate) fn with(change: impl Fn(&mut ProductRow)) -> Self {
        let mut talk = Self::begun();
        talk.shelf.rows.iter_mut().for_each(change);
        talk
    }

    pub(crate) fn writes(&mut self, text: &str) -> String {
        self.turn(vec![bubble(text, None, 0)])
    }

    /// Taps the choice or button with this title in the last reply.
    pub(crate) fn taps(&mut self, title: &str) -> String {
        let offered = self.last.as_ref().map(offered).unwrap_or_default();
        let payload = offered.into_iter().find(|(shown, _)| shown == title).map(|(_, payload)| payload);
        let payload = payload.unwrap_or_else(|| panic!("{title} was not offered"));
        self.turn(vec![bubble(title, Some(&payload), 0)])
    }

    pub(crate) fn turn(&mut self, messages: Vec<Incoming>) -> String {
        let output = now_or_never(turn::answer(self.input(messages), &self.shelf)).unwrap();
        self.goes_on(output)
    }

    /// The same with a model that drafts.
    pub(crate) fn turn_with(&mut self, text: &str, side: ModelSide<'_>) -> String {
        let input = self.input(vec![bubble(text, None, 0)]);
        let output = now_or_never(turn::answer_with(input, &self.shelf, Some(side))).unwrap();
        self.goes_on(output)
    }

    fn input(&self, messages: Vec<Incoming>) -> TurnInput {
        TurnInput {
            shop: facts(),
            capabilities: self.capabilities,
            first_name: Some("Ana".to_owned()),
            messages,
            memory: self.memory.clone(),
            history_is_empty: !self.disclosed,
            disclose: !self.disclosed,
            opted_out: false,
            too_often: false,
            freshness: Freshness::default(),
            told_codes: ToldCodes::Public,
            now: NOW,
        }
    }

    fn goes_on(&mut self, output: TurnOutput) -> String {
        self.disclosed |= output.disclosed;
        self.memory = output.memory.clone();
        let said = shown(&output);
        self.last = Some(output);
        said
    }

    pub(crate) fn output(&self) -> &TurnOutput {
        self.last.as_ref().unwrap()
    }
}

pub(crate) fn bubble(text: &str, payload: Option<&str>, attachments: usize) -> Incoming {
    Incoming { text: text.to_owned(), payload: payload.map(str::to_owned), attachments, at: NOW }
}

/// The reply as the shopper sees it: words, cards as `[title | subtitle]`, choices as `(title)`.
pub(crate) fn shown(output: &TurnOutput) -> String {
    let mut lines = Vec::new();
    for part in output.reply.iter().flat_map(|reply| &reply.parts) {
        let choices = match &part.content {
            Content::Text { text, choices } => {
                lines.push(text.clone());
                choices
            }
            Content::Cards { cards, choices } => {
                lines.extend(cards.iter().map(|card| format!("[{} | {}]", card.title, card.subtitle)));
                choices
            }
        };
        let titles: Vec<String> = choices.iter().map(|choice| format!("({})", choice.title)).collect();
        if !titles.is_empty() {
            lines.push(titles.join(" "));
        }
    }
    lines.join("\n")
}

fn offered(output: &TurnOutput) -> Vec<(String, String)> {
    let mut offered = Vec::new();
    for part in output.reply.iter().flat_map(|reply| &reply.parts) {
        let (Content::Text { choices, .. } | Content::Cards { choices, .. }) = &part.content;
        offered.extend(choices.iter().map(|Choice { title, payload }| (title.clone(), payload.clone())));
        if let Content::Cards { cards, .. } = &part.content {
            for button in cards.iter().flat_map(|card| &card.buttons) {
                if let Button::Postback { title, payload } = button {
                    offered.push((title.clone(), payload.clone()));
                }
            }
        }
    }
    offered
}
