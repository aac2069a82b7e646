//! The accept loop: a deadline for request heads, caps on connections, and a drain at the stop. axum's own loop has none of
//! these.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::extract::browser::Peer;

/// Connections in all.
const CONNECTIONS: usize = 4_096;
/// Connections of one address; a proxy on this machine is exempt.
const PER_PEER: usize = 256;
/// A request's head must have arrived by then.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// Largest request head.
const HEAD: usize = 16 * 1024;
/// How long requests under way may take after the stop.
const DRAIN: Duration = Duration::from_secs(8);

/// Answers until `stop`, then lets what is under way finish.
pub(crate) async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    let server = Server::new(router);
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = server.accept(&listener) => accepted,
        };
        if let Some((stream, peer, slot)) = accepted {
            server.answer(stream, peer, slot, &graceful);
        }
    }
    drop(listener);
    drain(graceful).await;
}

#[expect(clippy::disallowed_methods, reason = "a stop must end, whatever a client does")]
async fn drain(graceful: GracefulShutdown) {
    if tokio::time::timeout(DRAIN, graceful.shutdown()).await.is_err() {
        tracing::warn!("some connections were still open at the end of the drain");
    }
}

#[derive(Clone)]
struct Server {
    router: Router,
    builder: Arc<Builder<TokioExecutor>>,
    slots: Arc<Semaphore>,
    peers: Arc<Peers>,
}

/// A place among the connections; given back when dropped.
struct Slot {
    _slot: OwnedSemaphorePermit,
    peer: IpAddr,
    peers: Arc<Peers>,
}

#[derive(Debug, Default)]
struct Peers(Mutex<HashMap<IpAddr, usize>>);

impl Peers {
    fn enter(&self, peer: IpAddr) -> bool {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(peer).or_insert(0);
        if *count >= PER_PEER && !peer.is_loopback() {
            return false;
        }
        *count += 1;
        true
    }

    fn leave(&self, peer: IpAddr) {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&peer) {
            *count -= 1;
            if *count == 0 {
                open.remove(&peer);
            }
        }
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        self.peers.leave(self.peer);
    }
}

impl Server {
    fn new(router: Router) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD_DEADLINE).max_buf_size(HEAD);
        builder.http2().timer(TokioTimer::new()).max_concurrent_streams(64).max_header_list_size(16 * 1024);
        Self {
            router,
            builder: Arc::new(builder),
            slots: Arc::new(Semaphore::new(CONNECTIONS)),
            peers: Arc::default(),
        }
    }

    /// The next connection that finds a place; `None` when it found none and was closed.
    async fn accept(&self, listener: &TcpListener) -> Option<(TcpStream, SocketAddr, Slot)> {
        let slot = Arc::clone(&self.slots).acquire_owned().await.ok()?;
        match listener.accept().await {
            Ok((stream, peer)) => {
                if !self.peers.enter(peer.ip()) {
                    return None;
                }
                let slot = Slot { _slot: slot, peer: peer.ip(), peers: Arc::clone(&self.peers) };
                Some((stream, peer, slot))
            }
            Err(error) => {
                // Most likely out of file descriptors: let some connection end first.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::task::yield_now().await;
                None
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "connections are waited for by the drain, not by the app's tasks"
    )]
    fn answer(&self, stream: TcpStream, peer: SocketAddr, slot: Slot, graceful: &GracefulShutdown) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may be slow");
        }
        let router = self.router.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(Peer(peer));
            router.clone().oneshot(request)
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service).into_owned();
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
}
