//! Reading what was written to a shopper, to find out whether a part whose answer never came has arrived. A reading that leaves
//! any doubt says so: whoever asked must not take "not seen" for "not sent".

use std::collections::HashSet;
use std::time::Duration;

use jiff::fmt::strtime;
use serde_json::Value;
use shopclerk_domain::channel::ShopperAlias;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::message::{Card, Content};
use shopclerk_domain::secret::SecretText;

use super::Meta;
use crate::error::UpstreamError;

/// Messages read at once.
const MOST: usize = 25;
/// A message may seem this much older than the moment it was to be sent: Meta tells whole seconds, and either clock may be
/// off or be set. What we know to be another message is left out anyway, so looking a little farther back costs nothing.
const BLUR: Duration = Duration::from_mins(1);

/// The part that is looked for.
#[derive(Clone, Debug)]
pub struct Sought<'a> {
    /// What was sent.
    pub content: &'a Content,
    /// When it was about to be sent, by our clock.
    pub since: Timestamp,
    /// The channel's ids of messages that are known to be others.
    pub known: &'a HashSet<String>,
}

/// What a reading shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It stands there, under this id.
    There(String),
    /// It does not stand there, and everything since then was read.
    Absent,
    /// Something stands there that could be it, or not everything was read.
    Unsure,
}

impl Meta {
    /// Looks for a part among what `page` has written to the shopper.
    pub async fn find_sent(
        &self,
        page: &str,
        token: &SecretText,
        to: &ShopperAlias,
        sought: &Sought<'_>,
    ) -> Result<Found, UpstreamError> {
        self.may_ask(page)?;
        let allowed = self.usage.take_read(page, self.http.clock().monotonic());
        allowed.map_err(|wait| UpstreamError::Limited { retry_after: Some(wait) })?;
        let fields = format!("messages.limit({MOST}){{id,created_time,from,message,attachments}}");
        let query = [("platform", "messenger"), ("user_id", to.expose()), ("fields", fields.as_str())];
        let read: Value = self.get("meta.read", token, &[page, "conversations"], &query).await?;
        let ahead = self.clock_ahead_ms().unwrap_or(0).max(0);
        let since = Timestamp::from_millis(sought.since.millis().saturating_sub(ahead));
        // One that lies ahead was told by a clock that has been set back since.
        let since = since.min(self.http.clock().now()).minus(BLUR);
        look_through(&read, page, sought, since).ok_or(UpstreamError::Malformed)
    }
}

/// `None` when the answer has not the shape of one.
fn look_through(read: &Value, page: &str, sought: &Sought<'_>, since: Timestamp) -> Option<Found> {
    let threads = read.get("data")?.as_array()?;
    // There is none where nothing was ever written, or where Meta does not show it to us.
    let Some(thread) = threads.first() else { return Some(Found::Unsure) };
    let edge = thread.get("messages")?;
    let messages = edge.get("data")?.as_array()?;
    let more =
        edge.get("paging").is_some_and(|paging| paging.get("next").is_some()) || messages.len() >= MOST;
    let (mut doubtful, mut reaches_back) = (false, !more);
    for message in messages {
        let at = message.get("created_time").and_then(Value::as_str).and_then(instant)?;
        let id = message.get("id")?.as_str()?;
        reaches_back |= at < since;
        if at < since || sought.known.contains(id) || !is_from(message, page)? {
            continue;
        }
        match compare(message, sought.content) {
            Likeness::Same => return Some(Found::There(id.to_owned())),
            Likeness::Unclear => doubtful = true,
            Likeness::Other => {}
        }
    }
    Some(if doubtful || !reaches_back { Found::Unsure } else { Found::Absent })
}

fn is_from(message: &Value, page: &str) -> Option<bool> {
    match message.get("from")?.get("id")? {
        Value::String(id) => Some(id == page),
        Value::Number(id) => Some(id.to_string() == page),
        _ => None,
    }
}

/// Meta's offset has no colon: `2026-06-15T22:08:01+0000`.
fn instant(text: &str) -> Option<Timestamp> {
    let read = strtime::parse("%Y-%m-%dT%H:%M:%S%z", text).and_then(|parsed| parsed.to_timestamp());
    read.ok().map(|at| Timestamp::from_millis(at.as_millisecond())).or_else(|| Timestamp::parse(text))
}

/// Whether a message is the part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likeness {
    Same,
    Other,
    /// It shows too little of itself.
    Unclear,
}

fn compare(message: &Value, content: &Content) -> Likeness {
    let words = plain(message.get("message").and_then(Value::as_str).unwrap_or_default());
    let attached = message.get("attachments").and_then(|list| list.get("data")).and_then(Value::as_array);
    match content {
        Content::Text { text, .. } if words == plain(text) => Likeness::Same,
        Content::Text { .. } => Likeness::Other,
        Content::Cards { .. } if !words.is_empty() => Likeness::Other,
        Content::Cards { cards, .. } => {
            attached.map_or(Likeness::Unclear, |shown| compare_cards(shown, cards))
        }
    }
}

/// Templates are shown with their elements, all or only the first; other attachments are no cards of ours.
fn compare_cards(shown: &[Value], cards: &[Card]) -> Likeness {
    let templates: Vec<&Value> = shown.iter().filter_map(|one| one.get("generic_template")).collect();
    if templates.is_empty() {
        let is_file = |one: &Value| {
            ["mime_type", "image_data", "file_url", "video_data"].iter().any(|key| one.get(key).is_some())
        };
        return if !shown.is_empty() && shown.iter().all(is_file) {
            Likeness::Other
        } else {
            Likeness::Unclear
        };
    }
    let line = |template: &Value, name: &str| template.get(name).and_then(Value::as_str).map(plain);
    let same = |(template, card): (&&Value, &Card)| {
        line(template, "title").as_deref() == Some(plain(&card.title).as_str())
            && line(template, "subtitle").is_none_or(|subtitle| subtitle == plain(&card.subtitle))
    };
    if templates.len() <= cards.len() && templates.iter().zip(cards).all(same) {
        Likeness::Same
    } else {
        Likeness::Other
    }
}

/// White space is the channel's to change.
fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shopclerk_domain::ids::ProductId;

    use super::*;

    const PAGE: &str = "106511000000001";
    /// 11:00:10.900 UTC.
    const SENDING: Timestamp = Timestamp::from_millis(1_795_258_810_900);

    fn card(title: &str, subtitle: &str) -> Card {
        let (title, subtitle) = (title.to_owned(), subtitle.to_owned());
        Card { product: ProductId::new(1), title, subtitle, image: None, url: None, buttons: Vec::new() }
    }

    fn text(words: &str) -> Content {
        Content::Text { text: words.to_owned(), choices: Vec::new() }
    }

    fn message(id: &str, second: i64, from: &str, words: &str) -> Value {
        let at = jiff::Timestamp::from_second(1_795_258_800 + second).unwrap();
        let created = at.strftime("%Y-%m-%dT%H:%M:%S+0000").to_string();
        json!({ "id": id, "created_time": created, "from": { "id": from }, "message": words })
    }

    fn look(messages: &[Value], content: &Content) -> Option<Found> {
        let known = HashSet::from(["m_known".to_owned()]);
        let sought = Sought { content, since: SENDING, known: &known };
        let read = json!({ "data": [{ "id": "t_1", "messages": { "data": messages } }] });
        look_through(&read, PAGE, &sought, SENDING.minus(BLUR))
    }

    #[test]
    fn words_are_found_by_whom_when_and_what() {
        let there = |id: &str| Some(Found::There(id.to_owned()));
        let sought = text("Here you are.\n\n$24.90 ");
        for (messages, expected) in [
            (vec![message("m_1", 10, PAGE, "Here you are.\n$24.90")], there("m_1")),
            (
                vec![message("m_2", 12, "7764", "Thanks"), message("m_1", 11, PAGE, "Here you are. $24.90")],
                there("m_1"),
            ),
            (vec![message("m_1", 11, "7764", "Here you are. $24.90")], Some(Found::Absent)),
            (vec![message("m_1", 11, PAGE, "Here you are. $24.91")], Some(Found::Absent)),
            (vec![message("m_known", 11, PAGE, "Here you are. $24.90")], Some(Found::Absent)),
            (vec![message("m_1", -50, PAGE, "Here you are. $24.90")], Some(Found::Absent)),
            (vec![], Some(Found::Absent)),
        ] {
            assert_eq!(look(&messages, &sought), expected, "{messages:?}");
        }
    }

    #[test]
    fn cards_are_found_by_what_is_shown_of_them() {
        let sought = Content::Cards {
            cards: vec![card("Amber", "$24.90"), card("Pine", "$26.50")],
            choices: Vec::new(),
        };
        let shown = |attachments: Value| {
            let mut one = message("m_1", 11, PAGE, "");
            one.as_object_mut().unwrap().insert("attachments".to_owned(), json!({ "data": attachments }));
            look(&[one], &sought).unwrap()
        };
        let template = |title: &str, subtitle: &str| json!({ "generic_template": { "title": title, "subtitle": subtitle } });
        let there = Found::There("m_1".to_owned());

        assert_eq!(shown(json!([template("Amber", "$24.90"), template("Pine", "$26.50")])), there);
        assert_eq!(shown(json!([{ "generic_template": { "title": "Amber" } }])), there);
        assert_eq!(shown(json!([template("Amber", "$19.90"), template("Pine", "$26.50")])), Found::Absent);
        assert_eq!(shown(json!([template("Pine", "$26.50")])), Found::Absent);
        assert_eq!(shown(json!([{ "mime_type": "image/png", "image_data": {} }])), Found::Absent);
        assert_eq!(shown(json!([{ "id": "1" }])), Found::Unsure);
        assert_eq!(look(&[message("m_1", 11, PAGE, "")], &sought), Some(Found::Unsure));
    }

    #[test]
    fn t13_what_was_not_read_whole_proves_nothing() {
        let sought = text("Here you are.");
        let many: Vec<Value> =
            (0..25).map(|number| message(&format!("m_{number}"), 30, "7764", "and?")).collect();
        assert_eq!(look(&many, &sought), Some(Found::Unsure));
        for read in [
            json!({ "data": [] }),
            json!({ "data": [{ "messages": { "data": [], "paging": { "next": "https://x" } } }] }),
        ] {
            let known = HashSet::new();
            let sought = Sought { content: &sought, since: SENDING, known: &known };
            assert_eq!(look_through(&read, PAGE, &sought, SENDING), Some(Found::Unsure), "{read}");
        }
    }

    #[test]
    fn t13_an_answer_of_another_shape_is_none() {
        let known = HashSet::new();
        let content = text("Here you are.");
        let sought = Sought { content: &content, since: SENDING, known: &known };
        let broken = |key: &str, value: Value| {
            let mut one = message("m_1", 11, PAGE, "Hi");
            one.as_object_mut().unwrap().insert(key.to_owned(), value);
            json!({ "data": [{ "messages": { "data": [one] } }] })
        };
        for read in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "data": "x" }),
            json!({ "data": [{}] }),
            json!({ "data": [{ "messages": [] }] }),
            broken("created_time", json!("yesterday")),
            broken("created_time", json!(7)),
            broken("id", json!(null)),
            broken("from", json!("me")),
        ] {
            assert_eq!(look_through(&read, PAGE, &sought, SENDING), None, "{read}");
        }
    }

    #[test]
    fn metas_times_are_read() {
        assert_eq!(instant("2026-11-21T11:00:00+0000"), Some(Timestamp::from_millis(1_795_258_800_000)));
        assert_eq!(instant("2026-11-21T12:00:00+0100"), Some(Timestamp::from_millis(1_795_258_800_000)));
        assert_eq!(instant("2026-11-21T11:00:00Z"), Some(Timestamp::from_millis(1_795_258_800_000)));
        assert_eq!(instant("11:00"), None);
    }
}
