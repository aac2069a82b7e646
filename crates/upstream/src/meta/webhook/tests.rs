//! The shapes in which deliveries were really seen, and many in which they were not.

use proptest::prelude::*;
use shopclerk_domain::event::{DedupKey, EventKind};
use shopclerk_domain::ids::PartId;

use super::*;

pub(super) const PAGE: &str = "106511000000001";
pub(super) const ANA: &str = "7764400000000945";

pub(super) fn read_delivery(body: &[u8]) -> Delivered {
    super::read_delivery(body, "123")
}

pub(super) fn delivery(events: &str) -> String {
    format!(r#"{{"object":"page","entry":[{{"id":"{PAGE}","time":1795258801234,"messaging":[{events}]}}]}}"#)
}

pub(super) fn from_ana(rest: &str) -> String {
    format!(r#"{{"sender":{{"id":"{ANA}"}},"recipient":{{"id":"{PAGE}"}},"timestamp":1795258800876,{rest}}}"#)
}

pub(super) fn from_page(rest: &str) -> String {
    format!(r#"{{"sender":{{"id":"{PAGE}"}},"recipient":{{"id":"{ANA}"}},"timestamp":1795258803000,{rest}}}"#)
}

fn only(body: &str) -> ConversationEvent {
    let mut found = read_delivery(body.as_bytes());
    assert_eq!((found.events.len(), found.unknown, found.broken.len()), (1, 0, 0), "{body}");
    found.events.remove(0)
}

fn key(event: &str) -> DedupKey {
    only(&delivery(event)).dedup
}

fn contact(word: &str) -> EventKind {
    EventKind::Contact(word.to_owned())
}

fn farthest(word: &str) -> EventKind {
    let until = shopclerk_domain::clock::Timestamp::from_millis(1_795_258_803_000);
    EventKind::Farthest { word: word.to_owned(), until }
}

fn other(word: &str) -> EventKind {
    EventKind::Other(word.to_owned())
}

#[test]
fn a_message_is_read_with_all_that_tells_it_from_others() {
    let event = from_ana(r#""message":{"mid":"m_Zx3","text":"Avez-vous ce sac ?"}"#);
    let read = only(&delivery(&event));

    assert_eq!(read.kind, EventKind::Message);
    assert_eq!((read.account.as_str(), read.shopper.expose()), (PAGE, ANA));
    assert_eq!(read.native_id.as_deref(), Some("m_Zx3"));
    assert_eq!(read.at.millis(), 1_795_258_800_876);
    assert_eq!(read.body, event.as_bytes());
}

#[test]
#[expect(clippy::too_many_lines, reason = "one table")]
fn each_kind_of_event_is_known() {
    let part = "0192f3a0-0000-7000-8000-000000000001";
    for (event, kind) in [
        (
            from_ana(r#""message":{"mid":"m","text":"Blue","quick_reply":{"payload":"v1:more"}}"#),
            EventKind::Message,
        ),
        (from_ana(r#""message":{"mid":"m","attachments":[{}]}"#), EventKind::Message),
        (from_ana(r#""message":{"mid":"m","is_unsupported":true}"#), EventKind::Message),
        (
            from_ana(r#""message":{"mid":"m","text":"hi"},"prior_message":{},"hop_context":[]"#),
            EventKind::Message,
        ),
        (
            from_ana(r#""message":{"mid":"m","is_deleted":true}"#),
            EventKind::Deleted { native_id: "m".to_owned() },
        ),
        (from_ana(r#""message":{"is_deleted":true}"#), other("deleted")),
        (from_ana(r#""postback":{"mid":"m","title":"More","payload":"v1:more"}"#), EventKind::Tap),
        (from_ana(r#""postback":{"payload":"v1:start"}"#), EventKind::Tap),
        (
            from_page(&format!(
                r#""message":{{"mid":"m","is_echo":true,"app_id":1,"metadata":"out:{part}"}}"#
            )),
            EventKind::OwnEcho(PartId::parse(part).unwrap()),
        ),
        (
            from_page(r#""message":{"mid":"m","is_echo":true,"app_id":263902037430900}"#),
            EventKind::PersonEcho,
        ),
        (
            from_page(r#""message":{"mid":"m","is_echo":true,"metadata":"out:nonsense"}"#),
            EventKind::PersonEcho,
        ),
        (from_page(r#""message":{"mid":"m","is_echo":true,"metadata":"campaign"}"#), EventKind::PersonEcho),
        (from_page(r#""message":{"mid":"m","text":"an echo that does not say so"}"#), EventKind::PersonEcho),
        (from_page(r#""message":{"mid":"m","is_echo":true,"is_deleted":true}"#), other("deleted_echo")),
        (
            from_ana(r#""message_edit":{"mid":"m","text":"the red one","num_edit":"1"}"#),
            EventKind::Edited { native_id: "m".to_owned(), text: "the red one".to_owned() },
        ),
        (from_ana(r#""message_edit":{"text":"of nothing"}"#), other("message_edit")),
        (from_ana(r#""reaction":{"mid":"m","action":"react","emoji":"\u2764"}"#), contact("reaction")),
        (from_ana(r#""reaction":{"mid":"m","action":"unreact"}"#), other("reaction")),
        (from_ana(r#""read":{"watermark":1795258803000}"#), farthest("read")),
        (from_ana(r#""read":{}"#), other("read")),
        (from_ana(r#""delivery":{"mids":["m"],"watermark":"1795258803000"}"#), farthest("delivery")),
        (from_ana(r#""referral":{"ref":"x","source":"SHORTLINK"}"#), contact("referral")),
        (from_ana(r#""pass_thread_control":{"new_owner_app_id":"123"}"#), EventKind::ThreadGiven),
        (
            from_ana(
                r#""take_thread_control":{"previous_owner_app_id":"123","new_owner_app_id":263902037430900}"#,
            ),
            EventKind::ThreadTaken,
        ),
        (
            from_ana(r#""request_thread_control":{"requested_owner_app_id":123}"#),
            other("request_thread_control"),
        ),
        (from_ana(r#""order":{"products":[{"id":123}],"note":""}"#), other("order")),
        (
            from_ana(r#""messaging_customer_information":{"screens":[]}"#),
            other("messaging_customer_information"),
        ),
        (
            from_ana(r#""response_feedback":{"feedback":"Good response","mid":"m"}"#),
            other("response_feedback"),
        ),
        (from_ana(r#""account_linking":{"status":"linked"}"#), other("account_linking")),
        (from_ana(r#""optin":{"type":"notification_messages"}"#), other("optin")),
        (from_ana(r#""pass_thread_control":{"previous_owner_app_id":null}"#), other("pass_thread_control")),
        (from_ana(r#""template":{"type":"coupon","coupon_code":"SPRING10"}"#), other("template")),
        (from_ana(r#""something_new":{}"#), other("unknown")),
    ] {
        let read = only(&delivery(&event));
        assert_eq!(read.kind, kind, "{event}");
        assert_eq!((read.account.as_str(), read.shopper.expose()), (PAGE, ANA), "{event}");
    }
}

#[test]
fn ids_and_times_come_as_numbers_and_as_texts() {
    let message = r#""message":{"mid":"m","text":"hi"}"#;
    for (rest, millis) in [
        (r#""timestamp":"1795258800876","#, 1_795_258_800_876),
        (r#""timestamp":1795258800,"#, 1_795_258_800_000),
        (r#""timestamp":"2026-11-21T11:00:00+0000","#, 1_795_258_800_000),
        (r#""timestamp":"2026-11-21T11:00:00Z","#, 1_795_258_800_000),
        (r#""timestamp":null,"#, 1_795_258_801_234),
        (r#""timestamp":1.7e12,"#, 1_795_258_801_234),
        ("", 1_795_258_801_234),
    ] {
        let event = format!(r#"{{"sender":{{"id":{ANA}}},"recipient":{{"id":{PAGE}}},{rest}{message}}}"#);
        let read = only(&delivery(&event));
        assert_eq!(read.at.millis(), millis, "{rest}");
        assert_eq!((read.account.as_str(), read.shopper.expose()), (PAGE, ANA));
    }
    let without_any = format!(
        r#"{{"object":"page","entry":[{{"messaging":[{{"sender":{{"id":"1"}},"recipient":{{"id":"2"}},{message}}}]}}]}}"#
    );
    assert_eq!(only(&without_any).at.millis(), 0);
}

#[test]
fn what_concerns_no_conversation_is_counted() {
    for (body, unknown) in [
        (r#"{"object":"instagram","entry":[{"id":"1"},{"id":"2"}]}"#.to_owned(), 2),
        (r#"{"object":"permissions","entry":[]}"#.to_owned(), 1),
        (r#"{"entry":[{"messaging":[{}]}]}"#.to_owned(), 1),
        ("{}".to_owned(), 1),
        ("[]".to_owned(), 0),
        (r#"[{"object":"instagram","entry":[]}]"#.to_owned(), 1),
        (r#"{"object":"page"}"#.to_owned(), 1),
        (r#"{"object":"page","entry":[]}"#.to_owned(), 0),
        (r#"{"object":"page","entry":[{}]}"#.to_owned(), 1),
        (r#"{"object":"page","entry":[{"id":"1","messaging":[]}]}"#.to_owned(), 0),
        (delivery("{}"), 1),
        (delivery(r#"{"recipient":{"id":"1"},"policy_enforcement":{"action":"block"}}"#), 1),
        (delivery(r#"{"recipient":{"id":"1"},"app_roles":{"123":["primary_receiver"]}}"#), 1),
        (delivery(r#"{"sender":{"user_ref":"u-77"},"recipient":{"id":"1"},"optin":{}}"#), 1),
        (r#"{"object":"page","entry":[{"id":"1","changes":[{"field":"name","value":"New"},{"field":"feed","value":{"item":"comment"}}]}]}"#.to_owned(), 2),
        (r#"{"object":"page","entry":[{"id":"1","field":"name"}]}"#.to_owned(), 1),
    ] {
        let found = read_delivery(body.as_bytes());
        let counted = found.unknown + found.accounts.len();
        assert_eq!((found.events.len(), counted, found.broken.len()), (0, unknown, 0), "{body}");
    }
}

#[test]
fn t06_a_bad_piece_is_kept_and_does_not_hold_up_its_neighbours() {
    let good = from_ana(r#""message":{"mid":"m_good","text":"hi"}"#);
    let deep = from_ana(&format!(r#""message":{}1{}"#, "[".repeat(40), "]".repeat(40)));
    let wrong = from_ana(r#""message":"text""#);
    for bad in ["7", "null", "[]", r#""text""#, &wrong, &deep] {
        let found = read_delivery(delivery(&format!("{bad},{good}")).as_bytes());
        assert_eq!(found.events.len(), 1, "{bad}");
        assert_eq!(found.events[0].native_id.as_deref(), Some("m_good"));
        assert_eq!(found.broken.len(), 1);
        assert_eq!(found.broken[0].bytes, bad.as_bytes());
    }
    let body = format!(
        r#"{{"object":"page","entry":[7,{{"id":"1","messaging":{{}}}},{{"id":"{PAGE}","messaging":[{good}]}}]}}"#
    );
    let found = read_delivery(body.as_bytes());
    assert_eq!((found.events.len(), found.broken.len()), (1, 2));
}

#[test]
fn t06_a_body_that_does_not_parse_is_kept_whole() {
    let nested = "[".repeat(200_000);
    let closed = nested.clone() + &"]".repeat(200_000);
    for body in ["", "{", "nonsense", "\u{feff}{}", "7", "null", r#"{"object":"page","entry":[}"#, &nested] {
        let found = read_delivery(body.as_bytes());
        assert_eq!(found.broken.len(), 1, "{}", &body[..body.len().min(20)]);
        assert_eq!(found.broken[0].bytes, body.as_bytes());
    }
    assert_eq!(read_delivery(closed.as_bytes()).broken.len(), 1);
    assert_eq!(read_delivery(b"{\"object\":\"\xff\"}").broken.len(), 1);
    assert_eq!(read_delivery(br#"{"object":"page","entry":{}}"#).broken.len(), 1);
}

#[test]
fn t05_a_delivery_holds_a_thousand_events_and_keeps_the_rest_for_a_person() {
    let events = |count: usize| {
        let one = |n: usize| from_ana(&format!(r#""message":{{"mid":"m_{n}","text":"hi"}}"#));
        delivery(&(0..count).map(one).collect::<Vec<_>>().join(","))
    };
    let full = read_delivery(events(1_000).as_bytes());
    assert_eq!((full.events.len(), full.broken.len()), (1_000, 0));

    let body = events(1_001);
    let over = read_delivery(body.as_bytes());
    assert_eq!((over.events.len(), over.broken.len()), (1_000, 1));
    assert_eq!(over.broken[0].bytes, body.as_bytes());

    let empty = format!(r#"{{"object":"page","entry":[{}]}}"#, vec!["{}"; 5_000].join(","));
    assert_eq!(read_delivery(empty.as_bytes()).broken.len(), 1);
}

#[test]
fn what_another_app_holds_is_recorded_and_not_answered() {
    let event = from_ana(r#""message":{"mid":"m","text":"hi"}"#);
    let standby = delivery(&event).replace("messaging", "standby");
    let read = only(&standby);
    assert_eq!(read.kind, other("standby"));
    assert_ne!(read.dedup, key(&event));
}

#[test]
fn the_test_button_of_the_dashboard_is_one_event_of_nobodys_page() {
    let value = r#"{"sender":{"id":"12334"},"recipient":{"id":"23245"},"timestamp":"1527459824","message":{"mid":"test_message_id","text":"test_message"}}"#;
    for body in [
        format!(
            r#"{{"object":"page","entry":[{{"id":"0","time":1527459824,"changes":[{{"field":"messages","value":{value}}}]}}]}}"#
        ),
        format!(r#"{{"object":"page","entry":[{{"id":"0","field":"messages","value":{value}}}]}}"#),
    ] {
        let read = only(&body);
        assert_eq!((read.account.as_str(), read.at.millis()), ("23245", 1_527_459_824_000));
    }
}

#[test]
fn t08_the_same_event_has_the_same_key_however_it_is_delivered() {
    let event = from_ana(r#""message":{"mid":"m_1","text":"hi"}"#);
    let spaced = event.replace(',', " ,\n").replace("\"hi\"", "\"\\u0068i\"");
    let second = from_ana(r#""message":{"mid":"m_2","text":"hi"}"#);

    assert_eq!(key(&event), key(&spaced));
    let batch = read_delivery(delivery(&format!("{second},{event}")).as_bytes());
    assert_eq!(batch.events[1].dedup, key(&event));

    let reordered = r#"{"timestamp":1,"referral":{"ref":"x","type":"OPEN_THREAD"},"recipient":{"id":"2"},"sender":{"id":"1"}}"#;
    let ordered = r#"{"sender":{"id":"1"},"recipient":{"id":"2"},"timestamp":1,"referral":{"type":"OPEN_THREAD","ref":"x"}}"#;
    assert_eq!(key(reordered), key(ordered));
}

#[test]
fn t08_what_takes_effect_at_once_has_the_same_key_whatever_time_it_names() {
    let later = |event: &str| event.replace("\"timestamp\":17952588", "\"timestamp\":17952599");
    for event in [
        from_page(r#""message":{"mid":"m","text":"hi","is_echo":true}"#),
        from_ana(r#""message":{"mid":"m","is_deleted":true}"#),
        from_ana(r#""message_edit":{"mid":"m","text":"ho","num_edit":1}"#),
    ] {
        assert_eq!(key(&event), key(&later(&event)), "{event}");
    }
    let waits = from_ana(r#""message":{"mid":"m","text":"hi"}"#);
    assert!(key(&waits).0 < key(&later(&waits)).0, "such keys are in the order of time");
}

#[test]
fn t08_different_events_have_different_keys_though_they_share_a_message_id() {
    let events = [
        from_ana(r#""message":{"mid":"m","text":"hi"}"#),
        from_page(r#""message":{"mid":"m","is_echo":true}"#),
        from_ana(r#""message":{"mid":"m","is_deleted":true}"#),
        from_ana(r#""message_edit":{"mid":"m","text":"ho","num_edit":1}"#),
        from_ana(r#""message_edit":{"mid":"m","text":"ho","num_edit":2}"#),
        from_ana(r#""message_edit":{"mid":"m","text":"ho"}"#),
        from_ana(r#""message_edit":{"mid":"m","text":"hu"}"#),
        from_ana(r#""reaction":{"mid":"m","action":"react"}"#),
        from_ana(r#""reaction":{"mid":"m","action":"unreact"}"#),
        from_ana(r#""postback":{"mid":"m","payload":"a"}"#),
        from_ana(r#""postback":{"payload":"a"}"#),
        from_ana(r#""postback":{"payload":"b"}"#),
        from_ana(r#""read":{"watermark":1}"#),
        from_ana(r#""read":{"watermark":2}"#),
        from_ana(r#""delivery":{"watermark":1}"#),
        from_ana(r#""message":{"text":"no id"}"#),
        from_ana(r#""message":{"text":"no id either"}"#),
        from_ana(r#""message":{"mid":"m","text":"hi"}"#).replace(PAGE, "106511000000002"),
    ];
    let mut keys: Vec<[u8; 16]> = events.iter().map(|event| key(event).0).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), events.len());
}

#[test]
fn the_turn_reads_words_payloads_and_how_much_else_there_was() {
    let message = |rest: &str| from_ana(&format!(r#""message":{{"mid":"m",{rest}}}"#));
    let image = r#"{"type":"image","payload":{"url":"https://x"}}"#;
    let sticker = r#"{"type":"sticker","payload":{"sticker_id":369239263222822}}"#;
    let doubled = r#"{"type":"image","payload":{"url":"https://x","sticker_id":"369239263222822"}}"#;
    for (event, text, payload, attachments) in [
        (message(r#""text":"Blue \ud83d\udc5c""#), "Blue \u{1f45c}", None, 0),
        (message(r#""text":"Blue","quick_reply":{"payload":"COLOR:blue"}"#), "Blue", Some("COLOR:blue"), 0),
        (message(r#""text":7"#), "7", None, 0),
        (message(r#""text":null,"attachments":[{}]"#), "", None, 1),
        (message(&format!(r#""attachments":[{image},{image}]"#)), "", None, 2),
        (message(&format!(r#""attachments":[{sticker},{doubled}]"#)), "", None, 1),
        (message(&format!(r#""attachments":[{doubled}]"#)), "", None, 1),
        (message(r#""attachments":null"#), "", None, 0),
        (message(r#""attachments":[{"type":"image","payload":"text"},7]"#), "", None, 2),
        (message(r#""is_unsupported":true"#), "", None, 1),
        (from_page(r#""message":{"is_echo":true,"text":"Yes, in stock"}"#), "Yes, in stock", None, 0),
        (from_ana(r#""postback":{"title":"More","payload":"v1:more"}"#), "More", Some("v1:more"), 0),
        (from_ana(r#""postback":{}"#), "", None, 0),
    ] {
        let read = read_incoming(event.as_bytes()).unwrap();
        assert_eq!(
            (read.text.as_str(), read.payload.as_deref(), read.attachments),
            (text, payload, attachments),
            "{event}"
        );
        assert!(read.at.millis() > 1_795_258_800_000);
    }
    for event in [
        from_ana(r#""read":{"watermark":1}"#),
        "{}".to_owned(),
        "7".to_owned(),
        "{".to_owned(),
        "[".repeat(100),
    ] {
        assert_eq!(read_incoming(event.as_bytes()), None, "{event}");
    }
    let long = read_incoming(message(&format!(r#""text":"{}""#, "é".repeat(100_000))).as_bytes()).unwrap();
    assert_eq!(long.text.chars().count(), 20_000);
}

fn json(depth: u32) -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just("1e400".to_owned()),
        "[a-z\\\\\"é]{0,6}".prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    leaf.prop_recursive(depth, 64, 6, |inner| {
        let name = prop::sample::select(vec![
            "object",
            "entry",
            "id",
            "time",
            "messaging",
            "standby",
            "changes",
            "field",
            "value",
            "sender",
            "recipient",
            "timestamp",
            "message",
            "mid",
            "text",
            "is_echo",
            "metadata",
            "postback",
            "payload",
            "attachments",
            "read",
            "watermark",
            "reaction",
            "message_edit",
            "num_edit",
            "is_deleted",
        ]);
        let object = prop::collection::vec((name, inner.clone()), 0..6).prop_map(|fields| {
            let fields: Vec<String> =
                fields.into_iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", fields.join(","))
        });
        let list = prop::collection::vec(inner, 0..6).prop_map(|list| format!("[{}]", list.join(",")));
        prop_oneof![object, list]
    })
}

proptest! {
    #[test]
    fn no_delivery_makes_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_delivery(&bytes);
        read_incoming(&bytes);
    }

    #[test]
    fn no_shape_of_event_makes_the_reader_panic_or_lose_it(event in json(5)) {
        let found = read_delivery(delivery(&event).as_bytes());
        prop_assert_eq!(found.events.len() + found.unknown + found.broken.len(), 1);
        for event in &found.events {
            read_incoming(&event.body);
        }
        read_delivery(event.as_bytes());
    }

    #[test]
    fn a_cut_or_flipped_delivery_never_makes_the_reader_panic(at in 0_usize..400, flip in any::<u8>()) {
        let mut body = delivery(&from_ana(r#""message":{"mid":"m_Zx3","text":"Avez-vous ce sac ?","attachments":[{"type":"image"}]}"#)).into_bytes();
        read_delivery(&body[..at.min(body.len())]);
        let at = at % body.len();
        body[at] = flip;
        read_delivery(&body);
    }
}

/// What is said of accounts: account, kind, effect.
fn told(body: &str) -> Vec<(String, String, &'static str)> {
    let accounts = read_delivery(body.as_bytes()).accounts;
    accounts.into_iter().map(|event| (event.account, event.kind, event.news.effect())).collect()
}

#[test]
fn what_is_said_of_an_account_itself_is_known_with_its_effect() {
    let notice = |rest: &str| {
        delivery(&format!(r#"{{"recipient":{{"id":"{PAGE}"}},"timestamp":1795258800876,{rest}}}"#))
    };
    let change = |change: &str| {
        format!(r#"{{"object":"page","entry":[{{"id":"{PAGE}","time":1795258801,"changes":[{change}]}}]}}"#)
    };
    let permission = |change: &str| {
        format!(r#"{{"object":"permissions","entry":[{{"id":"1","time":1795258801,"changes":[{change}]}}]}}"#)
    };
    for (body, kind, effect) in [
        (
            notice(r#""policy_enforcement":{"action":"block","reason":"spam"}"#),
            "policy_enforcement",
            "blocked",
        ),
        (notice(r#""policy-enforcement":{"action":"unblock"}"#), "policy_enforcement", "unblocked"),
        (notice(r#""policy_enforcement":{"action":"warning"}"#), "policy_enforcement", "none"),
        (notice(r#""app_roles":{"123":["primary_receiver"]}"#), "app_roles", "none"),
        (notice(r#""optin":{"ref":"footer","user_ref":"u-77"}"#), "optin", "none"),
        (change(r#"{"field":"name","value":"Nordlys Candles"}"#), "name", "read_again"),
        (change(r#"{"field":"picture"}"#), "picture", "read_again"),
        (
            change(r#"{"field":"feed","value":{"item":"comment","from":{"id":"1","name":"Ana"}}}"#),
            "feed",
            "read_again",
        ),
        (change(&format!(r#"{{"field":"feed","value":{{"from":{{"id":"{PAGE}"}}}}}}"#)), "feed", "none"),
        (
            permission(&format!(
                r#"{{"field":"pages_messaging","value":{{"verb":"revoked","target_ids":["{PAGE}"]}}}}"#
            )),
            "permission.pages_messaging",
            "checked",
        ),
    ] {
        assert_eq!(told(&body), [(PAGE.to_owned(), kind.to_owned(), effect)], "{body}");
    }
    for nothing in [
        notice(r#""something_new":{}"#),
        change(r#"{"value":"no field"}"#),
        change(r#"{"field":"a field with spaces"}"#),
        permission(r#"{"field":"connected","verb":"granted"}"#),
    ] {
        let read = read_delivery(nothing.as_bytes());
        assert_eq!((read.accounts.len(), read.events.len(), read.unknown), (0, 0, 1), "{nothing}");
    }
}

#[test]
fn t08_a_change_told_twice_is_the_same_and_another_is_another() {
    let key = |time: u64, field: &str, value: &str| {
        let body = format!(
            r#"{{"object":"page","entry":[{{"id":"{PAGE}","time":{time},"changes":[{{"field":"{field}","value":{value}}}]}}]}}"#
        );
        read_delivery(body.as_bytes()).accounts.remove(0).dedup
    };
    let first = key(1_795_258_801, "name", r#"{"a":1,"b":2}"#);
    assert_eq!(first, key(1_795_258_801, "name", r#"{ "b" : 2, "a" : 1 }"#));
    assert_ne!(first, key(1_795_258_802, "name", r#"{"a":1,"b":2}"#));
    assert_ne!(first, key(1_795_258_801, "phone", r#"{"a":1,"b":2}"#));
    assert_ne!(first, key(1_795_258_801, "name", r#"{"a":1,"b":3}"#));
}
