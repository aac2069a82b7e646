//! How many `changes` a second go from delivery to mirrored object, their content being what it was: each event counted, each Page
//! read again after its last one. The time ends when nothing of it is left to do.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use rusqlite::{Connection, OpenFlags};
use serde_json::json;
use shopclerk_domain::clock::{Clock as _, SystemClock};

use crate::delivery::{self, Line};
use crate::merchants::{self, page};
use crate::platforms::{self, Platforms};
use crate::server::{Server, found, product};
use crate::start::now;

/// What is to be reached.
const PER_SECOND: f64 = 2_000.0;
/// Work that is due later than this is none of it.
const SOON: i64 = 3_000;
/// How often it is looked whether anything is left: seldom, for looking is work too.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What is measured.
pub(crate) struct Plan<'a> {
    pub(crate) binary: &'a Path,
    pub(crate) pages: u32,
    pub(crate) events: u32,
    pub(crate) connections: u32,
}

/// Measures and prints.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn run(plan: &Plan<'_>) -> anyhow::Result<()> {
    let binary = found(plan.binary)?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let folder = tempfile::tempdir()?;
        let data = folder.path().join("data");
        merchants::connected(&data, plan.pages).await?;
        let platforms = Platforms::open(1);
        let address = platforms::serve(Arc::clone(&platforms).router()).await?;
        let mut command = product(&binary, folder.path());
        command
            .env("FACEBOOK_GRAPH_URL", format!("http://{address}/meta"))
            .env("FACEBOOK_DIALOG_URL", format!("http://{address}/meta"))
            .env("SHOPIFY_URL", format!("http://{address}/shop/{{shop}}"));
        let server = Server::start(&mut command)?;
        let store = Store::open(&data)?;
        // The first change of each Page writes its object: what follows finds it as it is.
        let first = deliver(plan, server.address, "first", plan.pages).await?;
        store.done().await?;
        let (written, counted) = (store.written()?, store.counted()?);
        let begun = now();
        let then = deliver(plan, server.address, "then", plan.events).await?;
        let accepted = begun.elapsed();
        store.done().await?;
        let wall = begun.elapsed();
        let per_second = f64::from(plan.events) / wall.as_secs_f64();
        println!("{} changes of {} Pages over {} connections", plan.events, plan.pages, plan.connections);
        println!("accepted in {accepted:.2?}, all of it done in {wall:.2?}: {per_second:.0}/s");
        ensure!(counted == u64::from(plan.pages), "{counted} first changes were counted");
        let counted = store.counted()? - counted;
        ensure!(counted == u64::from(plan.events), "{counted} of {} changes were counted", plan.events);
        for last in [first, then] {
            let unread =
                last.iter().filter(|(page, at)| platforms.asked(page).is_none_or(|asked| asked < *at));
            ensure!(unread.count() == 0, "some Pages were not read after their last change");
        }
        ensure!(
            store.written()? == written && written == u64::from(plan.pages),
            "{written} objects, or others now"
        );
        println!(
            "every change is counted, every Page was read after its last, {written} objects are as they were"
        );
        ensure!(per_second >= PER_SECOND, "{per_second:.0}/s, not {PER_SECOND}");
        Ok(())
    })
}

/// Delivers so many changes, the Pages' turns coming round; answers with when the last of each Page was acknowledged.
async fn deliver(
    plan: &Plan<'_>,
    server: SocketAddr,
    round: &'static str,
    events: u32,
) -> anyhow::Result<Vec<(String, Instant)>> {
    let (pages, connections) = (plan.pages, plan.connections);
    let mut delivering = tokio::task::JoinSet::new();
    for first in 0..connections {
        delivering.spawn(async move {
            let mut line = Line::to(server).await?;
            let mut last = Vec::new();
            for number in (first..events).step_by(usize::try_from(connections)?) {
                let page = page(number % pages);
                let request = change(&page, round, number);
                line.deliver(&request).await?;
                last.push((page, now()));
            }
            anyhow::Ok(last)
        });
    }
    let mut last = std::collections::HashMap::new();
    for delivered in delivering.join_all().await {
        for (page, at) in delivered? {
            let known = last.entry(page).or_insert(at);
            *known = at.max(*known);
        }
    }
    Ok(last.into_iter().collect())
}

fn change(page: &str, round: &str, number: u32) -> Vec<u8> {
    let time = SystemClock::start().now().millis() / 1_000;
    let change = json!({ "field": "description", "value": format!("{round} {number}") });
    let body = json!({ "object": "page", "entry": [{ "id": page, "time": time, "changes": [change] }] });
    delivery::signed(body.to_string().as_bytes()).0
}

/// The product's store, looked into from outside.
struct Store {
    connection: Connection,
    file: PathBuf,
}

impl Store {
    fn open(folder: &Path) -> anyhow::Result<Self> {
        let file = folder.join("shopclerk.db");
        let connection = Connection::open_with_flags(&file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        Ok(Self { connection, file })
    }

    fn number(&self, sql: &str) -> anyhow::Result<u64> {
        let number = self.connection.prepare_cached(sql)?.query_row([], |row| row.get::<_, i64>(0));
        Ok(u64::try_from(number.with_context(|| self.file.display().to_string())?)?)
    }

    /// Changes that were counted.
    fn counted(&self) -> anyhow::Result<u64> {
        self.number("SELECT ifnull(sum(count), 0) FROM account_events WHERE kind = 'description'")
    }

    /// Objects of Pages that were written, each time they were.
    fn written(&self) -> anyhow::Result<u64> {
        self.number("SELECT count(DISTINCT written_at || key) FROM mirrored WHERE key LIKE '%page_data.json'")
    }

    /// Waits until nothing is left to do.
    #[expect(clippy::disallowed_methods, reason = "a bench measures the machine's own time")]
    async fn done(&self) -> anyhow::Result<()> {
        loop {
            let soon = SystemClock::start().now().millis() + SOON;
            let sql = "SELECT count(*) FROM jobs WHERE state <> 'given_up' AND run_at <= ?1";
            let left: i64 = self.connection.prepare_cached(sql)?.query_row([soon], |row| row.get(0))?;
            if left == 0 {
                return Ok(());
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }
}
