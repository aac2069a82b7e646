//! Benchmarks: how well the search finds (`search-quality`) and how fast (`search-speed`), what looking through thousands of
//! connections costs (`poll`), how many sign-ins can be begun (`login`), what a lying model gets past the gate (`lies`), and how
//! the binary starts and rests (`start`).

mod generator;
mod lies;
mod login;
mod platforms;
mod poll;
mod quality;
mod speed;
mod start;

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(about = "Benchmarks of Shopclerk; not shipped")]
struct Arguments {
    #[command(subcommand)]
    bench: Bench,
}

#[derive(Subcommand)]
enum Bench {
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

fn main() -> anyhow::Result<()> {
    match Arguments::parse().bench {
        Bench::SearchQuality { data, out, show } => quality::run(&data, &out, show.as_deref()),
        Bench::Login { binary, connections, seconds } => {
            login::run(&binary, connections, Duration::from_secs(seconds))
        }
        Bench::BareRedirect { bind } => login::serve_bare(bind),
        Bench::Lies { turns, seed } => lies::run(turns, seed),
        Bench::Start { binary, runs, rest } => start::run(&binary, runs, Duration::from_secs(rest)),
        Bench::Poll { connections, products } => poll::run(connections, products),
        Bench::Platforms { products } => platforms::run(products),
        Bench::SearchSpeed { products, queries, seed } => speed::run(products, queries, seed),
    }
}
