//! What no answer can do to us.

use std::sync::Mutex;

use shopclerk_domain::clock::{ManualClock, Timestamp};
use shopclerk_domain::fault::NoFaults;

use super::*;
use crate::canned::{Canned, Reply, SHORT, client};

fn short() -> Http {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
    Http::with_limits(clock, Arc::new(NoFaults), SHORT).unwrap()
}

async fn answer_to(http: &Http, reply: Reply) -> Result<Answer, Failure> {
    let vendor = Canned::answering(vec![reply]);
    http.call(Call::new("meta.pages", Host::StandIn, vendor.url(), Body::None)).await
}

const OK: &str = "HTTP/1.1 200 OK\r\n\r\n";

#[tokio::test]
async fn t20_an_endless_answer_is_cut() {
    let chunk = vec![b'x'; 16 * 1024];
    let endless = Reply::Endless(OK, chunk, Duration::ZERO);
    assert_eq!(answer_to(&client().0, endless).await.unwrap_err(), Failure::TooLarge);
}

#[tokio::test]
async fn t20_an_answer_that_unpacks_to_too_much_is_cut() {
    let bomb = hex::decode(BOMB).unwrap();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: {}\r\n\r\n", bomb.len());
    let packed = Reply::Bytes([head.as_bytes(), &bomb].concat());
    assert_eq!(answer_to(&client().0, packed).await.unwrap_err(), Failure::TooLarge);
}

#[tokio::test]
async fn t20_slow_answers_end_in_time_and_count_as_none() {
    let pause = Duration::from_millis(20);
    for slow in [
        Reply::Silence,
        Reply::Endless("HTTP/1.1 200 OK\r\n", b"x-drip: 1\r\n".to_vec(), pause),
        Reply::Endless(OK, b"x".to_vec(), pause),
        Reply::Endless("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n", Vec::new(), pause),
    ] {
        assert_eq!(answer_to(&short(), slow).await.unwrap_err(), Failure::NoAnswer);
    }
}

#[tokio::test]
async fn t20_broken_answers_count_as_none() {
    for broken in ["", "HTTP/1.1", "nonsense\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"] {
        let broken = Reply::Bytes(broken.as_bytes().to_vec());
        assert_eq!(answer_to(&client().0, broken).await.unwrap_err(), Failure::NoAnswer);
    }
}

#[tokio::test]
async fn t20_no_redirect_is_followed() {
    let elsewhere = Canned::with_json(&["{}"]);
    let moved = format!("HTTP/1.1 302 Found\r\nlocation: {}/\r\ncontent-length: 0\r\n\r\n", elsewhere.url());

    let answer = answer_to(&client().0, Reply::Bytes(moved.into_bytes())).await.unwrap();

    assert_eq!(answer.status, 302);
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn what_never_left_is_told_from_what_may_have() {
    let (http, _) = client();
    let vendor = Canned::with_json(&["{}"]);
    let nobody = Canned::answering(Vec::new());
    // The listener of a vendor without replies closes at once; wait for the port to be free again.
    while std::net::TcpStream::connect(nobody.url().trim_start_matches("http://")).is_ok() {}
    for (host, url) in [
        (Host::StandIn, nobody.url()),
        (Host::Vendor, vendor.url()),
        (Host::Vendor, "https://localhost/".to_owned()),
        (Host::StandIn, "no address".to_owned()),
    ] {
        let call = Call::new("meta.send", host, url, Body::Form(vec![("code", "1".to_owned())]));
        assert_eq!(http.call(call).await.unwrap_err(), Failure::NotSent);
    }
    assert!(vendor.asked().is_empty());
}

#[derive(Debug, Default)]
struct Reached(Mutex<Vec<(&'static str, Moment)>>);

impl FaultPoints for Reached {
    fn reach(&self, site: &'static str, moment: Moment) {
        self.0.lock().unwrap().push((site, moment));
    }
}

#[tokio::test]
async fn each_call_passes_its_fault_points() {
    let (vendor, reached) = (Canned::with_json(&["{}"]), Arc::new(Reached::default()));
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(0)));
    let http = Http::with_limits(clock, Arc::clone(&reached) as _, SHORT).unwrap();

    let call = Call::new("meta.send", Host::StandIn, vendor.url(), Body::Json(b"{}".to_vec()));
    http.call(call).await.unwrap();

    assert_eq!(*reached.0.lock().unwrap(), [("meta.send", Moment::Before), ("meta.send", Moment::Answered)]);
    let asked = vendor.asked().remove(0).to_ascii_lowercase();
    assert!(asked.contains("user-agent: shopclerk/") && asked.contains("content-type: application/json"));
}

#[test]
fn a_call_prints_no_secret() {
    let token = SecretText::new("EAAsecret".to_owned());
    let call = Call::new("meta.send", Host::Vendor, "https://x/".to_owned(), Body::None).bearer(&token);
    assert!(!format!("{call:?}").contains("EAAsecret"));
}

/// 200,000 zeros, packed.
const BOMB: &str = concat!(
    "1f8b0800000000000203edc13101000000c2a0f54f6d067fa000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
    "00000000000000000000000000000000000080d7007b58e05c400d0300",
);
