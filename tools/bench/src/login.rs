//! How many sign-ins a second can be begun, each answered with its redirect once its state is durable; beside a bare router that
//! answers the same redirect and keeps nothing, in the same run under the same load.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::bail;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::server::{Server, found, product};
use crate::start::now;

/// How many of the begun sign-ins are looked for afterwards.
const LOOKED_FOR: usize = 100;

/// Measures both, one after the other, and says what the one is of the other.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn run(binary: &Path, connections: usize, span: Duration) -> anyhow::Result<()> {
    let binary = found(binary)?;
    let runtime = tokio::runtime::Runtime::new()?;
    let bare = {
        let server = Server::start(Command::new(std::env::current_exe()?).arg("bare-redirect"))?;
        runtime.block_on(load(server.address, connections, span))?
    };
    let folder = tempfile::tempdir()?;
    let mut command = product(&binary, folder.path());
    command
        .env("SHOPCLERK_TRUSTED_PROXIES", "127.0.0.1")
        .env("SHOPCLERK_LOGINS_PER_MINUTE", "0")
        .env("SHOPCLERK_CALLBACKS_PER_MINUTE", "0")
        .env("SHOPCLERK_PENDING_LOGINS", "10000000");
    let server = Server::start(&mut command)?;
    let login = runtime.block_on(load(server.address, connections, span))?;
    let kept = runtime.block_on(look_for(server.address, &login.begun))?;
    println!("{connections} connections, {} s each", span.as_secs());
    println!("bare router: {:.0}/s", bare.per_second);
    println!(
        "login:       {:.0}/s, {:.0} % of it",
        login.per_second,
        100.0 * login.per_second / bare.per_second
    );
    println!("of {} begun sign-ins that were looked for, {kept} are stored", login.begun.len());
    Ok(())
}

/// The bare router.
pub(crate) fn serve_bare(bind: SocketAddr) -> anyhow::Result<()> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let away = || async {
            Redirect::to("https://nordlys.myshopify.com/admin/oauth/authorize?client_id=bench&state=none")
        };
        let router = Router::new()
            .route("/shopify/{shop}/login", get(away))
            .route("/readyz", get(|| async { "ready\n" }));
        Ok(axum::serve(tokio::net::TcpListener::bind(bind).await?, router).await?)
    })
}

/// A sign-in that was begun: the handle that travels and the cookie that stays.
struct Begun {
    state: String,
    cookie: String,
}

struct Load {
    per_second: f64,
    begun: Vec<Begun>,
}

/// Asks on so many connections for `span`, each time as another person.
async fn load(address: SocketAddr, connections: usize, span: Duration) -> anyhow::Result<Load> {
    let people = Arc::new(AtomicU64::new(0));
    let begun_at = now();
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..connections {
        asking.spawn(ask(address, Arc::clone(&people), begun_at + span));
    }
    let mut begun = Vec::new();
    while let Some(asked) = asking.join_next().await {
        begun.extend(asked??);
    }
    let answered = people.load(Ordering::Relaxed);
    #[expect(clippy::cast_precision_loss, reason = "shown without digits")]
    let per_second = answered as f64 / begun_at.elapsed().as_secs_f64();
    begun.truncate(LOOKED_FOR);
    Ok(Load { per_second, begun })
}

/// Asks until `end`; keeps the last sign-in it began.
async fn ask(address: SocketAddr, people: Arc<AtomicU64>, end: Instant) -> anyhow::Result<Option<Begun>> {
    let mut stream = BufReader::new(TcpStream::connect(address).await?);
    let mut begun = None;
    while now() < end {
        let [_, a, b, c] = u32::try_from(people.fetch_add(1, Ordering::Relaxed) % (1 << 24))?.to_be_bytes();
        let request = format!(
            "GET /shopify/nordlys/login HTTP/1.1\r\nhost: bench\r\nx-forwarded-for: 10.{a}.{b}.{c}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await?;
        begun = answer(&mut stream).await?;
    }
    Ok(begun)
}

/// Reads one answer, which must be a redirect.
async fn answer(stream: &mut BufReader<TcpStream>) -> anyhow::Result<Option<Begun>> {
    let (mut line, mut length, mut state, mut cookie) = (String::new(), 0, None, None);
    stream.read_line(&mut line).await?;
    if !line.starts_with("HTTP/1.1 303") {
        bail!("instead of a redirect: {}", line.trim());
    }
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            bail!("the answer broke off");
        }
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        match name {
            "content-length" => length = value.parse()?,
            "location" => state = value.rsplit_once("state=").map(|(_, state)| state.to_owned()),
            "set-cookie" => cookie = value.split(';').next().map(str::to_owned),
            _ => {}
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    Ok(state.zip(cookie).map(|(state, cookie)| Begun { state, cookie }))
}

/// How many of these are known: a stored one is spent and then found to be badly signed, any other is not known.
async fn look_for(address: SocketAddr, begun: &[Begun]) -> anyhow::Result<usize> {
    let mut kept = 0;
    for Begun { state, cookie } in begun {
        let request = format!(
            "GET /shopify/callback?code=c&hmac=00&shop=nordlys.myshopify.com&timestamp=1&state={state} HTTP/1.1\r\nhost: bench\r\n\
             cookie: {cookie}\r\nconnection: close\r\n\r\n"
        );
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(request.as_bytes()).await?;
        let mut text = String::new();
        stream.read_to_string(&mut text).await?;
        kept += usize::from(text.contains("Invalid HMAC signature"));
    }
    Ok(kept)
}
