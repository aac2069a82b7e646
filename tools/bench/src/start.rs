//! How quickly the binary is ready on an empty store, and how much memory it rests at: one process started and watched from
//! outside, several times.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// Asking more often would itself be the load.
const EVERY: Duration = Duration::from_millis(2);
/// A start that takes longer is broken.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts `binary` `runs` times on empty folders; after the last start waits `rest` and reads its memory.
#[expect(clippy::print_stdout, reason = "a bench prints its figures")]
pub(crate) fn run(binary: &Path, runs: u32, rest: Duration) -> anyhow::Result<()> {
    let binary = &binary
        .canonicalize()
        .with_context(|| format!("there is no {}; build it first", binary.display()))?;
    let mut starts = Vec::new();
    for number in 1..=runs {
        let folder = tempfile::tempdir()?;
        let address = free_address()?;
        let begun = now();
        let mut process = start(binary, folder.path(), address)?;
        let ready = until_ready(address, begun);
        if number == runs && ready.is_ok() {
            thread::sleep(rest);
            println!("resident memory after {} s: {:.1} MiB", rest.as_secs(), resident(process.id())?);
        }
        process.kill().context("the process could not be stopped")?;
        process.wait()?;
        starts.push(ready?);
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

pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

fn start(binary: &Path, folder: &Path, address: SocketAddr) -> anyhow::Result<Child> {
    Command::new(binary)
        .arg("serve")
        .current_dir(folder)
        .env_clear()
        .env("SHOPCLERK_BIND", address.to_string())
        .env("SHOPCLERK_PUBLIC_URL", format!("http://{address}"))
        .env("FACEBOOK_APP_ID", "123456789012345")
        .env("FACEBOOK_APP_SECRET", "bench-8d1f7a2c")
        .env("FACEBOOK_VERIFY_TOKEN", "bench-51c09e7b")
        .env("SHOPIFY_API_KEY", "bench-client")
        .env("SHOPIFY_API_SECRET", "bench-f3a6b1d9")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("{} cannot be started; build it first", binary.display()))
}

pub(crate) fn until_ready(address: SocketAddr, begun: Instant) -> anyhow::Result<Duration> {
    loop {
        if is_ready(address) {
            return Ok(begun.elapsed());
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
