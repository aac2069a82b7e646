//! A gate between Meta and the product that makes one of them a worse product than it is: together with it, the product has the
//! very bug that the gate plants.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use tokio::net::TcpListener;

/// The bug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bug {
    /// A webhook is acknowledged before what it said is durable.
    AcknowledgesFirst,
    /// A webhook is known again by a note that is made beside the unit in which it becomes durable.
    DedupBesideTheUnit,
}

#[derive(Clone)]
struct Gate {
    bug: Bug,
    behind: String,
    client: reqwest::Client,
    noted: Arc<Mutex<BTreeSet<Bytes>>>,
}

/// Opens a gate before the product at `address`; its own address.
pub(crate) async fn open(bug: Bug, address: &str) -> String {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let behind = format!("http://{address}/facebook/webhook");
    let gate = Gate { bug, behind, client, noted: Arc::default() };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = format!("http://{}/facebook/webhook", listener.local_addr().unwrap());
    let router = Router::new().route("/facebook/webhook", post(pass_on)).with_state(gate);
    in_background(async move { axum::serve(listener, router).await.unwrap() });
    here
}

#[expect(clippy::disallowed_methods, reason = "a gate ends with the runtime of its test")]
fn in_background(task: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(task);
}

async fn pass_on(State(gate): State<Gate>, headers: HeaderMap, body: Bytes) -> StatusCode {
    match gate.bug {
        Bug::AcknowledgesFirst => {
            in_background(async move {
                gate.knock(headers, body).await;
            });
            StatusCode::OK
        }
        Bug::DedupBesideTheUnit => {
            let is_new = gate.noted.lock().unwrap().insert(body.clone());
            if is_new { gate.knock(headers, body).await } else { StatusCode::OK }
        }
    }
}

impl Gate {
    async fn knock(&self, headers: HeaderMap, body: Bytes) -> StatusCode {
        let answer = self.client.post(&self.behind).headers(headers).body(body).send().await;
        answer.map_or(StatusCode::BAD_GATEWAY, |answer| answer.status())
    }
}
