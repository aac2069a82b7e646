//! Read in one pass or leniently: the same.

use super::super::event::{self, read_event};
use super::super::tests::{ANA, PAGE, delivery, from_ana, from_page, read_delivery};
use super::super::{Entry, Lane, read_leniently};
use super::{entries, message};

/// What differs from the usual in something that matters, or in nothing.
const TWISTS: [(&str, &str); 17] = [
    ("", ""),
    ("\"page\"", "\"pa\\u0067e\""),
    ("\"page\"", "\"instagram\""),
    ("\"time\":1795258801234", "\"time\":\"1795258801234\""),
    ("\"time\":1795258801234", "\"time\":1795258801"),
    ("\"time\":1795258801234", "\"time\":-5"),
    ("\"time\":1795258801234", "\"time\":18446744073709551615"),
    ("\"time\":1795258801234,", ""),
    ("\"entry\":[", "\"entry\":[7,"),
    ("\"entry\":[", "\"entry\":[{\"id\":\"\",\"time\":1,\"messaging\":[]},"),
    ("\"messaging\":[", "\"messaging\":[null,"),
    ("\"messaging\"", "\"standby\""),
    ("\"messaging\":", "\"messaging\":[],\"messaging\":"),
    ("\"id\":\"106511000000001\",\"time\"", "\"id\":106511000000001,\"time\""),
    ("\"entry\"", "\"more\":{},\"entry\""),
    ("]}]}", "]}]"),
    ("\"entry\":[", "\"entry\":[[\"106511000000001\",1,[]],"),
];

#[test]
fn what_is_read_in_one_pass_is_what_the_lenient_reading_reads() {
    let events = [
        from_ana(r#""message":{"mid":"m_1","text":"a {[ red ]} one"}"#),
        from_page(r#""message":{"mid":"m_2","is_echo":true,"app_id":1,"text":"hi"}"#),
        format!(r#"{{"sender":{{"id":"{ANA}"}},"message":{{"mid":"m_3"}}}}"#),
        from_ana(&format!(r#""message":{{"mid":"m_4","deep":{}{}}}"#, "[".repeat(40), "]".repeat(40))),
    ];
    let mut in_one_pass = 0;
    let twisted = TWISTS.map(|(from, to)| delivery(&events.join(",")).replacen(from, to, 1));
    for body in twisted.into_iter().chain([r#"["page",[]]"#.to_owned()]) {
        in_one_pass += usize::from(entries(&body).is_some());

        let lenient = read_leniently(body.as_bytes(), Some(&body), "123");

        assert_eq!(read_delivery(body.as_bytes()), lenient, "{body}");
    }
    assert_eq!(in_one_pass, 5, "the others are not usual");
}

/// What differs from the usual message in something that matters, or in nothing.
const MESSAGE_TWISTS: [(&str, &str); 19] = [
    ("", ""),
    ("\"text\":\"hi\"", "\"text\":7"),
    (",\"text\":\"hi\"", ""),
    ("\"text\":\"hi\"", "\"text\":\"hi\",\"is_echo\":true"),
    ("\"text\":\"hi\"", "\"text\":\"hi\",\"mid\":\"m_2\""),
    ("\"m_1\"", "\"m\\u005f1\""),
    ("\"m_1\"", "\"\""),
    ("\"m_1\"", "5"),
    ("{\"mid\":\"m_1\",\"text\":\"hi\"}", "[\"m_1\",\"hi\"]"),
    ("\"timestamp\":1795258800876", "\"timestamp\":1795258800"),
    ("\"timestamp\":1795258800876", "\"timestamp\":\"1795258800876\""),
    ("\"timestamp\":1795258800876", "\"timestamp\":18446744073709551615"),
    ("\"timestamp\":1795258800876,", ""),
    ("\"id\":\"7764400000000945\"", "\"id\":\"\""),
    ("\"id\":\"7764400000000945\"", "\"id\":\"106511000000001\""),
    ("\"id\":\"7764400000000945\"", "\"id\":7764400000000945"),
    ("\"recipient\":{\"id\":\"106511000000001\"}", "\"recipient\":{\"id\":\"999\"}"),
    ("\"recipient\":{\"id\":\"106511000000001\"}", "\"recipient\":{\"id\":\"\"}"),
    ("\"recipient\":{\"id\":\"106511000000001\"},", ""),
];

#[test]
fn a_message_that_is_read_in_one_pass_is_what_the_lenient_reading_reads() {
    let mut in_one_pass = 0;
    for (from, to) in MESSAGE_TWISTS {
        let event = from_ana(r#""message":{"mid":"m_1","text":"hi"}"#).replacen(from, to, 1);
        in_one_pass += usize::from(message(&event).is_some());
        for (lane, account) in [(Lane::Ours, Some(PAGE)), (Lane::Ours, None), (Lane::Standby, Some(PAGE))] {
            let entry = Entry { account, time: None, lane };

            let lenient = event::read_leniently(&event, entry, "123");

            assert_eq!(read_event(&event, entry, "123"), lenient, "{event}");
        }
    }
    assert_eq!(in_one_pass, 9, "the others are not usual");
}
