//! The conversations as Messenger keeps them: who wrote what, what a Page has sent, and whether it may still write.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use shopclerk_domain::clock::Timestamp;

/// Messages kept per conversation; older ones scroll out of reach.
const MESSAGES_KEPT: usize = 1_000;
/// Sends kept in the ledger.
const SENDS_KEPT: usize = 20_000;
/// Shoppers there may be at all.
pub(super) const MOST_SHOPPERS: usize = 20_000;
/// How long Messenger shows the dots after `typing_on`.
const TYPING: Duration = Duration::from_secs(20);

/// Who wrote a message, as both sides see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The shopper.
    Shopper,
    /// The Page, whoever wrote for it.
    Page,
}

/// Who wrote for the Page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Author {
    /// The shopper, for herself.
    Shopper,
    /// The connected app.
    App,
    /// A person in the Page's inbox.
    Person,
}

/// One message as it shows in the conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Which side it stands on.
    pub from: Side,
    /// Whose words they are.
    pub by: Author,
    /// The message's id.
    pub mid: String,
    /// Its words; absent for cards, and once deleted.
    pub text: Option<String>,
    /// Cards of a generic template.
    pub cards: Vec<Card>,
    /// Buttons below the text of a button template.
    pub buttons: Vec<Button>,
    /// What can be tapped as an answer while this is the last message.
    pub quick_replies: Vec<QuickReply>,
    /// UTC milliseconds.
    pub at: i64,
    /// Whether its writer took it back.
    pub deleted: bool,
}

/// One card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Card {
    /// First line.
    pub title: String,
    /// Second line.
    pub subtitle: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Where a tap on the card leads.
    pub url: Option<String>,
    /// Buttons below.
    pub buttons: Vec<Button>,
}

/// A button, which stays tappable for ever.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Button {
    /// `web_url`, `postback` or `phone_number`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its label.
    pub title: String,
    /// Where it leads.
    pub url: Option<String>,
    /// What it posts back.
    pub payload: Option<String>,
}

/// An answer to tap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuickReply {
    /// Its label, and the shopper's words once tapped.
    pub title: String,
    /// What it posts back.
    pub payload: String,
}

/// One send that Meta accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// The sending Page.
    pub page_id: String,
    /// To whom, by the name that drives the shopper.
    pub to: String,
    /// The id it got.
    pub mid: String,
    /// What the app wrote into `metadata`.
    pub metadata: Option<String>,
    /// UTC milliseconds.
    pub at: i64,
}

/// What is written to disk before it is believed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    Met { psid: String, page: String, name: String, at: i64 },
    Said { psid: String, message: Message, metadata: Option<String> },
    Deleted { psid: String, mid: String },
}

/// One shopper's conversation with one Page.
pub(super) struct Thread {
    pub(super) page: String,
    pub(super) name: String,
    /// When the shopper last did something that opens the window.
    pub(super) last_heard: Timestamp,
    pub(super) messages: VecDeque<Message>,
    typing_until: Option<Timestamp>,
}

/// All conversations, by the shopper's id at the Page.
#[derive(Default)]
pub(super) struct Talk {
    threads: BTreeMap<String, Thread>,
    by_name: BTreeMap<(String, String), String>,
    by_mid: BTreeMap<String, String>,
    sends: VecDeque<Sent>,
}

impl Talk {
    /// Makes an event true in memory.
    pub(super) fn apply(&mut self, event: Event) {
        match event {
            Event::Met { psid, page, name, at } => {
                self.by_name.insert((page.clone(), name.clone()), psid.clone());
                let last_heard = Timestamp::from_millis(at);
                let thread = Thread { page, name, last_heard, messages: VecDeque::new(), typing_until: None };
                self.threads.insert(psid, thread);
            }
            Event::Said { psid, message, metadata } => self.say(psid, message, metadata),
            Event::Deleted { psid, mid } => {
                let thread = self.threads.get_mut(&psid);
                if let Some(message) =
                    thread.and_then(|thread| thread.messages.iter_mut().find(|message| message.mid == mid))
                {
                    message.text = None;
                    message.deleted = true;
                }
            }
        }
    }

    fn say(&mut self, psid: String, message: Message, metadata: Option<String>) {
        let Some(thread) = self.threads.get_mut(&psid) else { return };
        match message.by {
            Author::Shopper => thread.last_heard = Timestamp::from_millis(message.at),
            Author::Person => thread.typing_until = None,
            Author::App => {
                thread.typing_until = None;
                let (page_id, to) = (thread.page.clone(), thread.name.clone());
                self.sends.push_back(Sent {
                    page_id,
                    to,
                    mid: message.mid.clone(),
                    metadata,
                    at: message.at,
                });
            }
        }
        self.by_mid.insert(message.mid.clone(), psid);
        thread.messages.push_back(message);
        if thread.messages.len() > MESSAGES_KEPT
            && let Some(gone) = thread.messages.pop_front()
        {
            self.by_mid.remove(&gone.mid);
        }
        if self.sends.len() > SENDS_KEPT {
            self.sends.pop_front();
        }
    }

    pub(super) fn thread(&self, psid: &str) -> Option<&Thread> {
        self.threads.get(psid)
    }

    /// The id by which a Page knows the shopper of that name.
    pub(super) fn psid(&self, page: &str, name: &str) -> Option<&str> {
        self.by_name.get(&(page.to_owned(), name.to_owned())).map(String::as_str)
    }

    /// The ids of those a Page has a conversation with.
    pub(super) fn psids(&self, page: &str) -> Vec<String> {
        let of_page = self.threads.iter().filter(|(_, thread)| thread.page == page);
        of_page.map(|(psid, _)| psid.clone()).collect()
    }

    /// Whose conversation a message stands in.
    pub(super) fn psid_of_message(&self, mid: &str) -> Option<&str> {
        self.by_mid.get(mid).map(String::as_str)
    }

    /// Names of the shoppers a Page knows, in the order of the alphabet.
    pub(super) fn names(&self, page: &str) -> Vec<String> {
        self.by_name.keys().filter(|(of, _)| of == page).map(|(_, name)| name.clone()).collect()
    }

    pub(super) fn shoppers(&self) -> usize {
        self.threads.len()
    }

    pub(super) fn sends(&self) -> Vec<Sent> {
        self.sends.iter().cloned().collect()
    }

    /// Shows or hides the dots. They are not saved: they end by themselves.
    pub(super) fn set_typing(&mut self, psid: &str, until: Option<Timestamp>) {
        if let Some(thread) = self.threads.get_mut(psid) {
            thread.typing_until = until;
        }
    }
}

impl Thread {
    /// Until when dots shown now are seen.
    pub(super) fn typing_from(now: Timestamp) -> Timestamp {
        now.plus(TYPING)
    }

    pub(super) fn is_typing(&self, now: Timestamp) -> bool {
        self.typing_until.is_some_and(|until| now < until)
    }
}
