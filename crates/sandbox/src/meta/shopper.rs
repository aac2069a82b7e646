//! The people of the sandbox: shoppers who write, tap and take back, and a person who answers from the Page's inbox.

use std::io;

use serde_json::{Value, json};

use super::call::Call;
use super::fields;
use super::graph::Answer;
use super::pages::asked;
use super::talk::{Author, Event, MOST_SHOPPERS, Message, Sent, Side};
use super::{Memory, MetaFake, ids};

/// The app id of the Page's inbox in Business Suite.
const PAGE_INBOX: u64 = 263_902_037_430_900;
const LONGEST_NAME: usize = 60;
const LONGEST_TEXT: usize = 2_000;

/// Why somebody could not do what they were told to.
#[derive(Debug, thiserror::Error)]
pub enum ShopperError {
    /// The name cannot stand for a person.
    #[error("a name has 1 to {LONGEST_NAME} characters, none of them a control character")]
    BadName,
    /// The text cannot be a message.
    #[error("a text has 1 to {LONGEST_TEXT} characters and is not blank")]
    BadText,
    /// Nobody of that name has written to the Page.
    #[error("no shopper of that name has written yet")]
    UnknownShopper,
    /// No message has that id.
    #[error("no message of a shopper has that id")]
    UnknownMessage,
    /// The Page never offered that answer, or its quick replies have vanished.
    #[error("that answer is not on offer: quick replies vanish with the next message")]
    NotOffered,
    /// No kind of event has this name.
    #[error("no kind of event has this name")]
    UnknownKind,
    /// There is no such Page.
    #[error("the sandbox has no such Page")]
    UnknownPage,
    /// The sandbox holds as many shoppers as it can.
    #[error("the sandbox holds {MOST_SHOPPERS} shoppers already")]
    TooMany,
    /// What happened could not be written down.
    #[error("the conversation could not be saved")]
    Storage(#[from] io::Error),
}

/// What a tap means to Messenger.
enum Tap {
    QuickReply,
    Postback,
}

impl MetaFake {
    /// The shopper `name` writes `text` to the main Page; returns the message's id. A shopper exists from their first
    /// message.
    pub fn shopper_writes(&self, name: &str, text: &str) -> Result<String, ShopperError> {
        let page = self.main_page().ok_or(ShopperError::UnknownPage)?;
        self.shopper_writes_to(&page.id, name, text)
    }

    /// The shopper `name` writes `text` to the Page of that id.
    pub fn shopper_writes_to(&self, page: &str, name: &str, text: &str) -> Result<String, ShopperError> {
        let page = self.page(page).ok_or(ShopperError::UnknownPage)?;
        let text = checked_text(text)?;
        let mut memory = self.memory();
        let psid = self.met(&mut memory, &page.id, name)?;
        let mid = ids::message(&*self.options.entropy);
        let message = said(Author::Shopper, &mid, text, self.options.clock.now().millis());
        self.shopper_event(&mut memory, &psid, message, |mid| {
            ("messages", json!({ "mid": mid, "text": text }))
        })?;
        Ok(mid)
    }

    /// The shopper taps what the Page offered: a quick reply of the last message, or a button of any. `title` settles
    /// which, where several post the same payload back.
    pub fn shopper_taps(
        &self,
        name: &str,
        payload: &str,
        title: Option<&str>,
    ) -> Result<String, ShopperError> {
        let mut memory = self.memory();
        let psid = self.known(&memory, name)?;
        let thread = memory.talk.thread(&psid).ok_or(ShopperError::UnknownShopper)?;
        let (tap, title) =
            offered(thread.messages.iter().rev(), payload, title).ok_or(ShopperError::NotOffered)?;
        let mid = ids::message(&*self.options.entropy);
        let message = said(Author::Shopper, &mid, &title, self.options.clock.now().millis());
        self.shopper_event(&mut memory, &psid, message, |mid| match tap {
            Tap::QuickReply => {
                ("messages", json!({ "mid": mid, "text": title, "quick_reply": { "payload": payload } }))
            }
            Tap::Postback => {
                ("messaging_postbacks", json!({ "mid": mid, "title": title, "payload": payload }))
            }
        })?;
        Ok(mid)
    }

    /// The shopper takes a message of theirs back.
    pub fn shopper_deletes(&self, mid: &str) -> Result<(), ShopperError> {
        let mut memory = self.memory();
        let psid = memory.talk.psid_of_message(mid).ok_or(ShopperError::UnknownMessage)?.to_owned();
        let thread = memory.talk.thread(&psid).ok_or(ShopperError::UnknownMessage)?;
        let own =
            |message: &&Message| message.mid == mid && message.from == Side::Shopper && !message.deleted;
        if thread.messages.iter().find(own).is_none() {
            return Err(ShopperError::UnknownMessage);
        }
        let (page, name) = (thread.page.clone(), thread.name.clone());
        memory.write(Event::Deleted { psid: psid.clone(), mid: mid.to_owned() })?;
        self.options.journal.record(
            "meta.deleted",
            format!("{name} takes a message back"),
            json!({ "mid": mid }),
        );
        let event = json!({
            "sender": { "id": psid }, "recipient": { "id": page }, "timestamp": self.options.clock.now().millis(),
            "message": { "mid": mid, "is_deleted": true },
        });
        self.tell(&memory.ledger, &page, "messages", &event, format!("Deletion by {name}"));
        Ok(())
    }

    /// A person answers the shopper `to` from the Page's inbox: the app hears an echo that is not its own.
    pub fn person_replies(&self, to: &str, text: &str) -> Result<String, ShopperError> {
        let text = checked_text(text)?;
        let mut memory = self.memory();
        let psid = self.known(&memory, to)?;
        let page = memory.talk.thread(&psid).map(|thread| thread.page.clone()).unwrap_or_default();
        let mid = ids::message(&*self.options.entropy);
        let at = self.options.clock.now().millis();
        let message = said(Author::Person, &mid, text, at);
        memory.write(Event::Said { psid: psid.clone(), message, metadata: None })?;
        let data = json!({ "to": to, "mid": mid, "text": text });
        self.options.journal.record("meta.person", format!("A person answers {to}: {text}"), data);
        let echo = json!({ "is_echo": true, "app_id": PAGE_INBOX, "mid": mid, "text": text });
        self.tell_echo(&memory, &page, &psid, at, &echo, format!("Echo of a person's answer to {to}"));
        Ok(mid)
    }

    /// The conversation between the shopper and the main Page, oldest first; `None` if they never wrote.
    pub fn messages(&self, name: &str) -> Option<Vec<Message>> {
        self.messages_with(&self.main_page()?.id, name)
    }

    /// The conversation between the shopper and the Page of that id.
    pub fn messages_with(&self, page: &str, name: &str) -> Option<Vec<Message>> {
        let memory = self.memory();
        let thread = memory.talk.thread(memory.talk.psid(page, name)?)?;
        Some(thread.messages.iter().cloned().collect())
    }

    /// Whether the shopper sees that the main Page is writing.
    pub fn typing(&self, name: &str) -> bool {
        let memory = self.memory();
        let psid = self.main_page().and_then(|page| memory.talk.psid(&page.id, name));
        let thread = psid.and_then(|psid| memory.talk.thread(psid));
        thread.is_some_and(|thread| thread.is_typing(self.options.clock.now()))
    }

    /// The id by which the main Page knows the shopper.
    pub fn psid(&self, name: &str) -> Option<String> {
        self.memory().talk.psid(&self.main_page()?.id, name).map(str::to_owned)
    }

    /// The names of those who wrote to the main Page.
    pub fn shoppers(&self) -> Vec<String> {
        self.main_page().map(|page| self.memory().talk.names(&page.id)).unwrap_or_default()
    }

    /// Every send Meta accepted, of all Pages, in order; the newest 20,000.
    pub fn sends(&self) -> Vec<Sent> {
        self.memory().talk.sends()
    }

    /// `GET {psid}`, for those the calling Page knows.
    pub(super) fn shopper_profile(&self, call: &Call, page: &str, psid: &str) -> Option<Answer> {
        let memory = self.memory();
        let thread = memory.talk.thread(psid).filter(|thread| thread.page == page)?;
        let name = thread.name.clone();
        drop(memory);
        self.options.journal.record(
            "meta.profile",
            format!("The app asks who {name} is"),
            json!({ "name": name }),
        );
        let (first, last) =
            name.split_once(' ').map_or((name.as_str(), None), |(first, last)| (first, Some(last)));
        let picture = format!("https://platform-lookaside.fbsbx.com/platform/profilepic/?psid={psid}");
        let whole = json!({
            "id": psid, "first_name": first, "last_name": last, "name": name, "profile_pic": picture,
            "locale": "en_US", "timezone": -5, "gender": null,
        });
        let wanted = match asked(call, "first_name,last_name,profile_pic,id") {
            Ok(wanted) => wanted,
            Err(error) => return Some(Err(error)),
        };
        let whole = whole.as_object().cloned().unwrap_or_default();
        Some(fields::select(&whole, "Messenger User Profile", &wanted))
    }

    fn known(&self, memory: &Memory, name: &str) -> Result<String, ShopperError> {
        let page = self.main_page().ok_or(ShopperError::UnknownPage)?;
        memory.talk.psid(&page.id, name).map(str::to_owned).ok_or(ShopperError::UnknownShopper)
    }

    fn met(&self, memory: &mut Memory, page: &str, name: &str) -> Result<String, ShopperError> {
        let fine = (1..=LONGEST_NAME).contains(&name.chars().count())
            && name.trim() == name
            && !name.chars().any(char::is_control);
        if !fine {
            return Err(ShopperError::BadName);
        }
        if let Some(psid) = memory.talk.psid(page, name) {
            return Ok(psid.to_owned());
        }
        if memory.talk.shoppers() >= MOST_SHOPPERS {
            return Err(ShopperError::TooMany);
        }
        let mut psid = ids::page_scoped(&*self.options.entropy);
        while memory.talk.thread(&psid).is_some() {
            psid = ids::page_scoped(&*self.options.entropy);
        }
        let at = self.options.clock.now().millis();
        let met = Event::Met { psid: psid.clone(), page: page.to_owned(), name: name.to_owned(), at };
        memory.write(met)?;
        Ok(psid)
    }

    /// Writes down what a shopper did and tells the app, in the field and form that `event` gives.
    fn shopper_event(
        &self,
        memory: &mut Memory,
        psid: &str,
        message: Message,
        event: impl FnOnce(&str) -> (&'static str, Value),
    ) -> Result<(), ShopperError> {
        let (page, name) = memory
            .talk
            .thread(psid)
            .map(|thread| (thread.page.clone(), thread.name.clone()))
            .unwrap_or_default();
        let (mid, at) = (message.mid.clone(), message.at);
        let words = message.text.clone().unwrap_or_default();
        memory.write(Event::Said { psid: psid.to_owned(), message, metadata: None })?;
        let data = json!({ "from": name, "mid": mid, "text": words });
        self.options.journal.record("meta.message", format!("{name} writes: {words}"), data);
        let (field, body) = event(&mid);
        let key = if field == "messages" { "message" } else { "postback" };
        let event =
            json!({ "sender": { "id": psid }, "recipient": { "id": page }, "timestamp": at, key: body });
        self.tell(&memory.ledger, &page, field, &event, format!("Message from {name}"));
        Ok(())
    }
}

fn said(by: Author, mid: &str, text: &str, at: i64) -> Message {
    Message {
        from: if by == Author::Shopper { Side::Shopper } else { Side::Page },
        by,
        mid: mid.to_owned(),
        text: Some(text.to_owned()),
        cards: Vec::new(),
        buttons: Vec::new(),
        quick_replies: Vec::new(),
        at,
        deleted: false,
    }
}

fn checked_text(text: &str) -> Result<&str, ShopperError> {
    let fine = !text.trim().is_empty() && text.chars().count() <= LONGEST_TEXT;
    if fine { Ok(text) } else { Err(ShopperError::BadText) }
}

/// Finds what is tapped, newest message first.
fn offered<'a>(
    mut newest_first: impl Iterator<Item = &'a Message>,
    payload: &str,
    title: Option<&str>,
) -> Option<(Tap, String)> {
    let meant = |label: &str| title.is_none_or(|title| title == label);
    let last = newest_first.next()?;
    let quick = last.quick_replies.iter().find(|reply| reply.payload == payload && meant(&reply.title));
    if let Some(reply) = quick {
        return Some((Tap::QuickReply, reply.title.clone()));
    }
    let buttons = std::iter::once(last)
        .chain(newest_first)
        .flat_map(|message| message.cards.iter().flat_map(|card| &card.buttons).chain(&message.buttons));
    let mut tappable = buttons.filter(|button| button.kind == "postback");
    let found = tappable.find(|button| button.payload.as_deref() == Some(payload) && meant(&button.title))?;
    Some((Tap::Postback, found.title.clone()))
}
