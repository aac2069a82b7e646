//! How quickly the binary is ready on an empty store, and how much memory it rests at: one process started and watched from
//! outside, several times.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

use crate::server::{Server, found, product};

/// Asking more often would itself be the load.
const EVERY: Duration = Duration::from_millis(2);
/// A start that takes longer is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts `binary` `runs` times on empty folders; after the last start waits `rest` and reads its memory.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn run(binary: &Path, runs: u32, rest: Duration) -> anyhow::Result<()> {
    let binary = &found(binary)?;
    let mut starts = Vec::new();
    for number in 1..=runs {
        let folder = tempfile::tempdir()?;
        let begun = now();
        let server = Server::start(&mut product(binary, folder.path()))?;
        starts.push(begun.elapsed());
        if number == runs {
            thread::sleep(rest);
            println!("resident memory after {} s: {:.1} MiB", rest.as_secs(), resident(server.process())?);
        }
    }
    starts.sort_unstable();
    let middle = starts.get(starts.len() / 2).copied().unwrap_or_default();
    println!("start to ready: median {} ms of {starts:?}", middle.as_millis());
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a bench measures the machine's own time")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

pub(crate) fn until_ready(address: SocketAddr, begun: Instant) -> anyhow::Result<()> {
    loop {
        if is_ready(address) {
            return Ok(());
        }
        if begun.elapsed() > PATIENCE {
            bail!("not ready after {} s", PATIENCE.as_secs());
        }
        thread::sleep(EVERY);
    }
}

fn is_ready(address: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}

/// Resident memory in MiB, as the kernel counts it.
fn resident(process: u32) -> anyhow::Result<f64> {
    let status =
        std::fs::read_to_string(format!("/proc/{process}/status")).context("memory is read on Linux only")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kib / 1024.0)
}
