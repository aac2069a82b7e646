//! Benchmarks: how fast deliveries are acknowledged (`ack`) and answered (`reply`), how fast changes reach the mirror (`changes`),
//! how well the search finds (`search-quality`) and how fast (`search-speed`), what looking through thousands of connections
//! costs (`poll`), how many sign-ins can be begun (`login`), what a lying model gets past the gate (`lies`) and what the gate
//! holds back of the truth (`truths`), and how the binary starts and rests (`start`).

mod ack;
mod changes;
mod delivery;
mod generator;
mod lies;
mod login;
mod merchants;
mod messenger;
mod platforms;
mod poll;
mod progress;
mod quality;
mod reply;
mod server;
mod speed;
mod spread;
mod start;
mod truths;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

/// What the product allocates with, so that what it is compared with does too.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Exit code of a bench that was refused because the machine was too noisy.
const TOO_NOISY: u8 = 2;

#[derive(Parser)]
#[command(about = "Benchmarks of Shopclerk; not shipped")]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
    /// How fast deliveries are acknowledged, beside a minimal reference. Exit code 2: the machine is too noisy.
    Ack {
        /// The binary.
        #[arg(long, default_value = "target/release/shopclerk")]
        binary: PathBuf,
        /// Delivering at once.
        #[arg(long, default_value_t = 64)]
        connections: usize,
        /// Messages in each run.
        #[arg(long, default_value_t = 60_000)]
        messages: u32,
        /// Shoppers who write them, known before.
        #[arg(long, default_value_t = 2_000)]
        shoppers: u32,
        /// Pages they write to.
        #[arg(long, default_value_t = 100)]
        pages: u32,
        /// Alternating pairs.
        #[arg(long, default_value_t = 5)]
        pairs: u32,
    },
    /// What `ack` compares with.
    #[command(hide = true)]
    Reference {
        /// Where it listens.
        #[arg(long, env = "SHOPCLERK_BIND")]
        bind: std::net::SocketAddr,
        /// Where it keeps what it is told.
        #[arg(long)]
        folder: PathBuf,
        /// Most messages in one commit.
        #[arg(long)]
        most: usize,
    },
    /// How long a reply takes, and how many there are a second. Exit code 2: the machine is too noisy.
    Reply {
        /// The binary.
        #[arg(long, default_value = "target/release/shopclerk")]
        binary: PathBuf,
        /// Messages near idle.
        #[arg(long, default_value_t = 300)]
        single: u32,
        /// Shoppers who write at once under load.
        #[arg(long, default_value_t = 48)]
        abreast: u32,
        /// Seconds under load, five times.
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// How many changes of Pages a second reach the mirror.
    Changes {
        /// The binary.
        #[arg(long, default_value = "target/release/shopclerk")]
        binary: PathBuf,
        /// Pages that change.
        #[arg(long, default_value_t = 1_000)]
        pages: u32,
        /// Changes in all.
        #[arg(long, default_value_t = 40_000)]
        events: u32,
        /// Delivering at once.
        #[arg(long, default_value_t = 16)]
        connections: u32,
    },
    /// How well it finds, on a folder with `products.jsonl.gz`, `*queries_dev.tsv` and `*labels_dev.tsv`.
    SearchQuality {
        /// The folder; without it the bench says that it skips.
        #[arg(long)]
        data: PathBuf,
        /// Where the run files for a scorer go.
        #[arg(long, default_value = "target/search-quality")]
        out: PathBuf,
        /// Print what was understood and found for each query of this set: `keywords`, `chat` or `known`.
        #[arg(long)]
        show: Option<String>,
    },
    /// How fast it finds, on a generated catalogue.
    SearchSpeed {
        /// How many products.
        #[arg(long, default_value_t = 20_000)]
        products: u64,
        /// How many queries.
        #[arg(long, default_value_t = 2_000)]
        queries: u64,
        /// Another seed makes another catalogue.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// How many sign-ins a second can be begun, beside a bare router.
    Login {
        /// The binary.
        #[arg(long, default_value = "target/release/shopclerk")]
        binary: PathBuf,
        /// Asking at once.
        #[arg(long, default_value_t = 256)]
        connections: usize,
        /// Seconds under load, each.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
    },
    /// The router that `login` is compared with.
    #[command(hide = true)]
    BareRedirect {
        /// Where it listens.
        #[arg(long, env = "SHOPCLERK_BIND")]
        bind: std::net::SocketAddr,
    },
    /// What a model that lies on purpose gets past the claim gate.
    Lies {
        /// How many turns.
        #[arg(long, default_value_t = 10_000)]
        turns: u64,
        /// Another seed tells other lies.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Takes this turn of the run alone, and prints all that is said in it.
        #[arg(long)]
        only: Option<u64>,
    },
    /// What the claim gate holds back of the truth.
    Truths {
        /// How many drafts.
        #[arg(long, default_value_t = 10_000)]
        drafts: u64,
        /// Another seed tells other truths.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// What a look at each of many connections costs us, and whether the platforms' rates hold.
    Poll {
        /// How many: half of them shops, half of them Pages.
        #[arg(long, default_value_t = 10_000)]
        connections: u32,
        /// Products of each shop.
        #[arg(long, default_value_t = 20)]
        products: u32,
    },
    /// The platforms that `poll` asks, in a process of their own.
    #[command(hide = true)]
    Platforms {
        /// Products of each shop.
        #[arg(long)]
        products: u32,
    },
    /// How quickly `serve` is ready on an empty store, and its memory at rest.
    Start {
        /// The binary.
        #[arg(long, default_value = "target/release/shopclerk")]
        binary: PathBuf,
        /// How many starts.
        #[arg(long, default_value_t = 7)]
        runs: u32,
        /// Seconds after ready at which memory is read.
        #[arg(long, default_value_t = 10)]
        rest: u64,
    },
}

fn main() -> anyhow::Result<ExitCode> {
    match Arguments::parse().bench {
        Bench::Ack { binary, connections, messages, shoppers, pages, pairs } => {
            let crowd = ack::Crowd { pages, shoppers };
            return ack::run(&ack::Plan { binary: &binary, connections, messages, pairs, crowd }).map(told);
        }
        Bench::Reply { binary, single, abreast, seconds } => {
            let span = Duration::from_secs(seconds);
            return reply::run(&reply::Plan { binary: &binary, single, abreast, span }).map(told);
        }
        Bench::Changes { binary, pages, events, connections } => {
            changes::run(&changes::Plan { binary: &binary, pages, events, connections })
        }
        Bench::Reference { bind, folder, most } => ack::serve_reference(bind, &folder, most),
        Bench::SearchQuality { data, out, show } => quality::run(&data, &out, show.as_deref()),
        Bench::Login { binary, connections, seconds } => {
            login::run(&binary, connections, Duration::from_secs(seconds))
        }
        Bench::BareRedirect { bind } => login::serve_bare(bind),
        Bench::Lies { seed, only: Some(number), .. } => lies::replay(number, seed),
        Bench::Lies { turns, seed, only: None } => lies::run(turns, seed),
        Bench::Truths { drafts, seed } => truths::run(drafts, seed),
        Bench::Start { binary, runs, rest } => start::run(&binary, runs, Duration::from_secs(rest)),
        Bench::Poll { connections, products } => poll::run(connections, products),
        Bench::Platforms { products } => platforms::run(products),
        Bench::SearchSpeed { products, queries, seed } => speed::run(products, queries, seed),
    }
    .map(|()| ExitCode::SUCCESS)
}

fn told(counts: bool) -> ExitCode {
    if counts { ExitCode::SUCCESS } else { ExitCode::from(TOO_NOISY) }
}
