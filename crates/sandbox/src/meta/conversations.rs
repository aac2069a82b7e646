//! The Conversations API: what a Page and a shopper have written, newest first, to whoever holds the Page's token.

use std::collections::VecDeque;

use jiff::Timestamp as Instant;
use serde_json::{Map, Value, json};
use shopclerk_domain::clock::Timestamp;

use super::call::Call;
use super::error::GraphError;
use super::fields::{self, Field};
use super::graph::Answer;
use super::ledger::Kind;
use super::pages::asked;
use super::send::forget;
use super::talk::{Card, Message, Side, Thread};
use super::{Memory, MetaFake};

/// Readings a Page's conversations may have within any second.
const PER_SECOND: usize = 2;
/// Messages that hang on a conversation where no other number is asked for.
const MESSAGES: usize = 25;
/// Most that are given at once.
const MOST_MESSAGES: usize = 100;
/// Stands before a conversation's id.
const THREAD: &str = "t_";

impl MetaFake {
    /// `GET {page}/conversations`, of all shoppers or, with `user_id`, of one.
    pub(super) fn conversations(&self, call: &Call, page: &str) -> Answer {
        let page = self.reading_page(call, page)?;
        if call.params.text("platform").is_some_and(|platform| platform != "messenger") {
            return Err(self.unknown(call, "platform"));
        }
        let wanted = asked(call, "id,link,updated_time")?;
        let memory = self.memory();
        let psids = call.params.text("user_id").map_or_else(|| memory.talk.psids(&page), |psid| vec![psid]);
        let mut threads: Vec<(&str, &Thread)> = psids
            .iter()
            .filter_map(|psid| Some((psid.as_str(), memory.talk.thread(psid)?)))
            .filter(|(_, thread)| thread.page == page)
            .collect();
        threads.sort_by_key(|(_, thread)| std::cmp::Reverse(thread.messages.back().map(|last| last.at)));
        let edge = wanted.iter().find(|field| field.name == "messages");
        let whole: Vec<Value> = threads
            .into_iter()
            .map(|(psid, thread)| self.whole_thread(call, psid, thread, edge))
            .collect::<Result<_, _>>()?;
        drop(memory);
        let data = json!({ "page": page, "listed": whole.len() });
        self.options.journal.record("meta.read", "The app reads what was written".to_owned(), data);
        self.list_asked(call, "UnifiedThread", &wanted, whole)
    }

    /// `GET {conversation}/messages`, where the list that hangs on a conversation goes on.
    pub(super) fn messages_of(&self, call: &Call, conversation: &str) -> Answer {
        let missing = || GraphError::missing_object("get", conversation);
        let psid = conversation.strip_prefix(THREAD).ok_or_else(missing)?;
        let page = self.memory().talk.thread(psid).map(|thread| thread.page.clone()).ok_or_else(missing)?;
        self.reading_page(call, &page)?;
        let wanted = asked(call, "id,created_time")?;
        let memory = self.memory();
        let thread = memory.talk.thread(psid).ok_or_else(missing)?;
        let limit = call.params.text("limit").and_then(|text| text.parse().ok());
        let edge = Field { name: "messages".to_owned(), inner: wanted, limit };
        self.messages_edge(call, psid, thread, &edge, call.params.text("after").as_deref())
    }

    /// The Page that reads, if its token may.
    fn reading_page(&self, call: &Call, page: &str) -> Result<String, GraphError> {
        let token = self.page_caller(call, page)?;
        let Kind::Page(page) = &token.kind else { return Err(GraphError::missing_object("get", page)) };
        if !token.has("pages_messaging") {
            return Err(GraphError::new(
                230,
                "(#230) Requires pages_messaging permission to manage the object.",
            ));
        }
        if let Some(error) = self.read_trouble() {
            return Err(error);
        }
        self.take_reading(&mut self.memory(), page)?;
        Ok(page.clone())
    }

    fn take_reading(&self, memory: &mut Memory, page: &str) -> Result<(), GraphError> {
        let now = self.options.clock.now().millis();
        let read: &mut VecDeque<i64> = memory.read_at.entry(page.to_owned()).or_default();
        forget(read, now);
        if read.len() >= PER_SECOND {
            return Err(
                GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit.").transient()
            );
        }
        read.push_back(now);
        Ok(())
    }

    fn whole_thread(&self, call: &Call, psid: &str, thread: &Thread, edge: Option<&Field>) -> Answer {
        let updated = thread.messages.back().map(|last| created(last.at));
        let both = json!({ "data": [shopper(psid, thread), self.page_itself(&thread.page)] });
        let messages = match edge {
            Some(edge) => self.messages_edge(call, psid, thread, edge, None)?,
            None => Value::Null,
        };
        Ok(json!({
            "id": format!("{THREAD}{psid}"), "link": format!("/{}/inbox/{psid}/", thread.page),
            "updated_time": updated, "message_count": thread.messages.len(), "unread_count": 0, "can_reply": true,
            "participants": both, "senders": both, "messages": messages,
            "snippet": thread.messages.back().and_then(|last| last.text.clone()),
        }))
    }

    fn messages_edge(
        &self,
        call: &Call,
        psid: &str,
        thread: &Thread,
        edge: &Field,
        after: Option<&str>,
    ) -> Answer {
        let limit = edge.limit.unwrap_or(MESSAGES).clamp(1, MOST_MESSAGES);
        let seen_until = self.options.clock.now().minus(self.troubles().lag);
        let shows = |message: &&Message| Timestamp::from_millis(message.at) <= seen_until;
        let mut newest_first = thread.messages.iter().rev().filter(shows).peekable();
        if let Some(after) = after {
            while newest_first.next_if(|message| message.mid != after).is_some() {}
            newest_first.next();
        }
        let given: Vec<&Message> = newest_first.by_ref().take(limit).collect();
        let data: Vec<Value> = given
            .iter()
            .map(|message| fields::select(&self.whole_message(psid, thread, message), "Message", &edge.inner))
            .collect::<Result<_, _>>()?;
        let (Some(first), Some(last)) = (given.first(), given.last()) else {
            return Ok(json!({ "data": [] }));
        };
        let mut paging = json!({ "cursors": { "before": first.mid, "after": last.mid } });
        if newest_first.next().is_some()
            && let Some(paging) = paging.as_object_mut()
        {
            let token = call.token().unwrap_or_default();
            let query = form_urlencoded::Serializer::new(String::new())
                .extend_pairs([
                    ("access_token", token.as_str()),
                    ("limit", &limit.to_string()),
                    ("after", &last.mid),
                ])
                .finish();
            let next = format!("{}/{}/{THREAD}{psid}/messages?{query}", self.options.base_url, call.version);
            paging.insert("next".to_owned(), next.into());
        }
        Ok(json!({ "data": data, "paging": paging }))
    }

    fn whole_message(&self, psid: &str, thread: &Thread, message: &Message) -> Map<String, Value> {
        let (shopper, page) = (shopper(psid, thread), self.page_itself(&thread.page));
        let (from, to) = if message.from == Side::Page { (page, shopper) } else { (shopper, page) };
        let whole = json!({
            "id": message.mid, "created_time": created(message.at), "from": from, "to": { "data": [to] },
            "message": message.text.as_deref().unwrap_or_default(), "attachments": attachments(&message.cards),
            "sticker": null, "tags": { "data": [{ "name": "inbox" }, { "name": "source:web" }] },
        });
        if let Value::Object(whole) = whole { whole } else { Map::new() }
    }

    fn page_itself(&self, page: &str) -> Value {
        let name = self.page(page).map(|page| self.name_of(page)).unwrap_or_default();
        json!({ "name": name, "email": format!("{page}@facebook.com"), "id": page })
    }
}

fn shopper(psid: &str, thread: &Thread) -> Value {
    json!({ "name": thread.name, "email": format!("{psid}@facebook.com"), "id": psid })
}

/// To the second, with an offset that has no colon.
fn created(at: i64) -> String {
    let at = Instant::from_millisecond(at).unwrap_or_default();
    at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string()
}

/// Cards as attachments, one each.
fn attachments(cards: &[Card]) -> Value {
    if cards.is_empty() {
        return Value::Null;
    }
    let one = |card: &Card| {
        let button = card.buttons.first();
        let cta =
            button.map(|button| json!({ "title": button.title, "type": button.kind, "url": button.url }));
        json!({ "generic_template": {
            "title": card.title, "subtitle": card.subtitle, "media_url": card.image_url, "cta": cta,
        } })
    };
    json!({ "data": cards.iter().map(one).collect::<Vec<_>>() })
}
