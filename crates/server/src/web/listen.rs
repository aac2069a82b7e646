//! The accept loop: a deadline for request heads, caps on connections, and a drain at the stop. axum's own loop has none of
//! these. It speaks HTTP/1.1 alone: a proxy with TLS stands before anything public, and whatever would first have to find out
//! which protocol a connection speaks waits for its first bytes without a deadline.

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use axum::response::Response;
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1::Builder;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::places::{Hearing, Place, Places};
use crate::config::edge::Proxies;

/// Connections in all. Each costs up to 45 KB until it is answered: together no more than the bodies may.
const CONNECTIONS: usize = 1_400;
/// Connections of one address; this machine and the proxies of ours are exempt.
const PER_PEER: usize = 256;
/// A request's head must have arrived by then, counted from the connection's begin or the last answer.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);
/// Largest request head.
const HEAD: usize = 16 * 1024;
/// How long requests under way may take after the stop.
const DRAIN: Duration = Duration::from_secs(8);
/// What a connection without a place is told, without being heard.
const NO_PLACE: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Who answers the requests that are heard.
pub(crate) trait Answers: Clone + Send + 'static {
    /// Tells `hearing` once all of the request has arrived; of one that ends with its head it knows already.
    fn answer(
        self,
        request: Request<Incoming>,
        hearing: Arc<Hearing>,
    ) -> impl Future<Output = Response> + Send;
}

/// Has everything answered until `stop`, then lets what is under way finish.
pub(crate) async fn serve(
    listener: TcpListener,
    answers: impl Answers,
    proxies: Proxies,
    stop: CancellationToken,
) {
    serve_within(listener, Server::new(answers, proxies, CONNECTIONS, HEAD_DEADLINE), stop).await;
}

async fn serve_within<A: Answers>(listener: TcpListener, server: Server<A>, stop: CancellationToken) {
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => break,
            accepted = server.accept(&listener) => accepted,
        };
        if let Some((stream, place)) = accepted {
            server.answer(stream, place, &graceful);
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
struct Server<A> {
    answers: A,
    builder: Builder,
    places: Arc<Places>,
    proxies: Proxies,
}

impl<A: Answers> Server<A> {
    fn new(answers: A, proxies: Proxies, connections: usize, head_deadline: Duration) -> Self {
        let mut builder = Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(head_deadline).max_buf_size(HEAD);
        Self { answers, builder, places: Places::new(connections), proxies }
    }

    fn most_of(&self, peer: IpAddr) -> Option<usize> {
        let exempt = peer.is_loopback() || self.proxies.contains(peer);
        (!exempt).then_some(PER_PEER)
    }

    /// The next connection that finds a place; `None` when it found none and was sent away.
    async fn accept(&self, listener: &TcpListener) -> Option<(TcpStream, Place)> {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Some(place) = self.places.enter(peer.ip(), self.most_of(peer.ip())) {
                    return Some((stream, place));
                }
                // Whether it hears it or not, it is gone.
                drop(stream.try_write(NO_PLACE));
                None
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                pause().await;
                None
            }
        }
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "connections are waited for by the drain, not by the app's tasks"
    )]
    fn answer(&self, stream: TcpStream, place: Place, graceful: &GracefulShutdown) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may be slow");
        }
        let (answers, hearing) = (self.answers.clone(), Arc::clone(&place.hearing));
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            if request.body().is_end_stream() {
                hearing.heard();
            }
            let (answers, hearing) = (answers.clone(), Arc::clone(&hearing));
            async move {
                // In a box: what holds an answer until it is there is large, and would be moved each time it changes hands.
                let answer = Box::pin(answers.answer(request, Arc::clone(&hearing))).await;
                hearing.answered();
                Ok::<_, Infallible>(answer)
            }
        });
        let connection = self.builder.serve_connection(TokioIo::new(stream), service);
        let connection = graceful.watch(connection);
        let hearing = Arc::clone(&place.hearing);
        let spawned = tokio::spawn(async move {
            let _place = place;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
        hearing.set_connection(spawned.abort_handle());
    }
}

/// Most likely out of file descriptors: some connection must end before the next try can do better.
#[expect(clippy::disallowed_methods, reason = "nothing else tells when a descriptor is free")]
async fn pause() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use axum::response::IntoResponse as _;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    #[derive(Clone)]
    struct Here;

    impl Answers for Here {
        async fn answer(self, _: Request<Incoming>, _: Arc<Hearing>) -> Response {
            "here".into_response()
        }
    }

    /// What is read until the other side closes, after writing `bytes` and no more.
    async fn until_closed(address: SocketAddr, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    #[tokio::test]
    async fn t05_who_does_not_finish_a_head_in_time_is_cut_off() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let server = Server::new(Here, Proxies::default(), CONNECTIONS, Duration::from_millis(40));
        let stop = CancellationToken::new();
        let serving = serve_within(listener, server, stop.clone());
        let asking = async {
            for silent in ["", "P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "GET / HTTP/1.1\r\nhost: x\r\n"] {
                assert!(!until_closed(address, silent.as_bytes()).await.contains("200 OK"), "{silent}");
            }
            let answered = until_closed(address, b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert!(answered.ends_with("here"), "and closed when it has nothing more to say: {answered}");
            stop.cancel();
        };
        tokio::join!(serving, asking);
    }
}
