//! What the product is compared with: the least that can honestly acknowledge. It verifies the signature, puts the bytes on disk by
//! one insert, in groups or each by itself, and answers. It reads nothing out of them, knows no duplicates and forgets nothing.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use anyhow::Context;
use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1::Builder;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rusqlite::Connection;
use sha2::Sha256;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::merchants::APP_SECRET;

/// Most messages in one commit: the product's own bound.
const MOST: usize = 256;
/// How often the log is looked at, in commits, and how many pages in it are worth a checkpoint: as the product does.
const LOOK_EVERY: u32 = 16;
const WORTH_IT: i64 = 20_000;

/// Where it keeps what it was told.
pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join("reference.db")
}

type Waiting = (Bytes, oneshot::Sender<bool>);

/// Serves until it is killed.
#[expect(clippy::disallowed_methods, reason = "whatever is under way ends with the process")]
pub(crate) fn serve(bind: SocketAddr, folder: &Path, most: usize) -> anyhow::Result<()> {
    let (sender, receiver) = sync_channel::<Waiting>(4_096);
    let writer = open(&file(folder))?;
    writer.execute_batch("CREATE TABLE IF NOT EXISTS inbox (row INTEGER PRIMARY KEY, body BLOB NOT NULL)")?;
    let (look, looks) = sync_channel(1);
    let checkpointer = open(&file(folder))?;
    std::thread::spawn(move || checkpoint(&checkpointer, &looks));
    std::thread::spawn(move || write(&writer, &receiver, most.clamp(1, MOST), &look));
    tokio::runtime::Runtime::new()?.block_on(async {
        let listener = TcpListener::bind(bind).await?;
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let sender = sender.clone();
            let service = service_fn(move |request| answer(request, sender.clone()));
            tokio::spawn(Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    })
}

async fn answer(
    request: Request<Incoming>,
    writer: SyncSender<Waiting>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let status =
        if request.method() == hyper::Method::GET { StatusCode::OK } else { accept(request, &writer).await };
    let mut response = Response::new(Full::new(Bytes::from_static(br#"{"status":"success"}"#)));
    *response.status_mut() = status;
    Ok(response)
}

async fn accept(request: Request<Incoming>, writer: &SyncSender<Waiting>) -> StatusCode {
    let signature = request.headers().get("x-hub-signature-256").cloned();
    let Ok(body) = request.into_body().collect().await else { return StatusCode::BAD_REQUEST };
    let body = body.to_bytes();
    let signature = signature.as_ref().and_then(|value| value.as_bytes().strip_prefix(b"sha256="));
    if !signature.is_some_and(|signature| is_good(signature, &body)) {
        return StatusCode::UNAUTHORIZED;
    }
    let (caller, written) = oneshot::channel();
    if writer.try_send((body, caller)).is_ok() && written.await.unwrap_or(false) {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn is_good(signature: &[u8], body: &[u8]) -> bool {
    let mut digest = [0; 32];
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(APP_SECRET.as_bytes()) else { return false };
    mac.update(body);
    hex::decode_to_slice(signature, &mut digest).is_ok() && mac.verify_slice(&digest).is_ok()
}

/// The product's own settings of its connections.
fn open(file: &Path) -> anyhow::Result<Connection> {
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0; PRAGMA cache_size = -65536;",
    )?;
    Ok(connection)
}

/// Takes what waits, writes it in one transaction, and only then answers.
fn write(connection: &Connection, waiting: &Receiver<Waiting>, most: usize, look: &SyncSender<()>) {
    let mut commits = 0_u32;
    while let Ok(first) = waiting.recv() {
        let batch: Vec<Waiting> = std::iter::once(first).chain(waiting.try_iter().take(most - 1)).collect();
        let kept = insert(connection, &batch).is_ok();
        for (_, caller) in batch {
            caller.send(kept).ok();
        }
        commits = commits.wrapping_add(1);
        if commits.is_multiple_of(LOOK_EVERY) {
            look.try_send(()).ok();
        }
    }
}

fn insert(connection: &Connection, batch: &[Waiting]) -> rusqlite::Result<()> {
    connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
    let mut insert = connection.prepare_cached("INSERT INTO inbox (body) VALUES (?1)")?;
    for (body, _) in batch {
        insert.execute([&body[..]])?;
    }
    connection.prepare_cached("COMMIT")?.execute([]).map(drop)
}

fn checkpoint(connection: &Connection, looks: &Receiver<()>) {
    let run = |pragma: &str| {
        connection.query_row(pragma, [], |row| Ok((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?)))
    };
    while looks.recv().is_ok() {
        if run("PRAGMA wal_checkpoint(NOOP)").is_ok_and(|(in_log, moved)| in_log - moved >= WORTH_IT) {
            run("PRAGMA wal_checkpoint(PASSIVE)").ok();
        }
    }
}

/// Every body it has on disk.
pub(super) fn kept(folder: &Path) -> anyhow::Result<std::collections::HashSet<Vec<u8>>> {
    let connection = Connection::open(file(folder))?;
    let mut bodies = connection.prepare("SELECT body FROM inbox")?;
    let rows = bodies.query_map([], |row| row.get(0))?;
    rows.collect::<Result<_, _>>().context("the reference's rows")
}
