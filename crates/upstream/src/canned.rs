//! A vendor for tests: answers each request with the next of some canned bytes, and remembers what it was asked.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shopclerk_domain::clock::{ManualClock, Timestamp};
use shopclerk_domain::fault::NoFaults;

use crate::http::{Http, Limits};

/// Limits that make a test short: 64 KiB, and 300 ms in all.
pub(crate) const SHORT: Limits = Limits {
    connect: Duration::from_millis(200),
    read: Duration::from_millis(200),
    total: Duration::from_millis(300),
    most_bytes: 64 * 1024,
};

/// A client with generous times, and the clock it goes by.
pub(crate) fn client() -> (Http, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp::from_millis(1_795_258_800_000)));
    let limits = Limits { total: Duration::from_secs(10), read: Duration::from_secs(10), ..SHORT };
    (Http::with_limits(Arc::clone(&clock) as _, Arc::new(NoFaults), limits).unwrap(), clock)
}

/// What is answered to one request.
pub(crate) enum Reply {
    /// A whole answer.
    Json(u16, String),
    /// These bytes, and then the connection is closed.
    Bytes(Vec<u8>),
    /// These bytes, and then this chunk again and again, after a pause each time, until the other side leaves.
    Endless(&'static str, Vec<u8>, Duration),
    /// Nothing, until the other side leaves.
    Silence,
}

/// A listener on this machine.
pub(crate) struct Canned {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Canned {
    /// Answers with `replies`, one a connection, in order.
    pub(crate) fn answering(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for reply in replies {
                let Ok((mut stream, _)) = listener.accept() else { return };
                seen.lock().unwrap().push(request(&mut stream));
                answer(stream, reply);
            }
        });
        Self { port, asked }
    }

    /// Answers each request with one of these JSON bodies, all with status 200.
    pub(crate) fn with_json(bodies: &[&str]) -> Self {
        Self::answering(bodies.iter().map(|body| Reply::Json(200, (*body).to_owned())).collect())
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far, head and body as they came.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn request(stream: &mut TcpStream) -> String {
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return text;
            }
        }
        match stream.read(&mut buffer) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&buffer[..count]),
            _ => return text,
        }
    }
}

fn answer(mut stream: TcpStream, reply: Reply) {
    match reply {
        Reply::Json(status, body) => {
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            drop(stream.write_all((head + &body).as_bytes()));
        }
        Reply::Bytes(bytes) => drop(stream.write_all(&bytes)),
        Reply::Endless(head, chunk, pause) => {
            let mut open = stream.write_all(head.as_bytes()).is_ok();
            while open {
                std::thread::sleep(pause);
                open = stream.write_all(&chunk).is_ok();
            }
        }
        Reply::Silence => drop(stream.read(&mut [0; 1])),
    }
}
