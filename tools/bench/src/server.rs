//! A server in a process of its own: the product or what it is compared with. It ends with the bench.

use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::Context;

use crate::merchants::{APP_ID, APP_SECRET, SHOPIFY_SECRET, VERIFY_TOKEN};
use crate::start::{now, until_ready};

/// The binary, if it was built.
pub(crate) fn found(binary: &Path) -> anyhow::Result<PathBuf> {
    binary.canonicalize().with_context(|| format!("there is no {}; build it first", binary.display()))
}

pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// `serve` in `folder`, with settings that are enough.
pub(crate) fn product(binary: &Path, folder: &Path) -> Command {
    let mut command = Command::new(binary);
    command.arg("serve").current_dir(folder).env_clear();
    command
        .env("RUST_LOG", "warn")
        .env("FACEBOOK_APP_ID", APP_ID)
        .env("FACEBOOK_APP_SECRET", APP_SECRET)
        .env("FACEBOOK_VERIFY_TOKEN", VERIFY_TOKEN)
        .env("SHOPIFY_API_KEY", "bench-client")
        .env("SHOPIFY_API_SECRET", SHOPIFY_SECRET);
    command
}

/// A process that is ended with the bench.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Server {
    /// Starts it on a free address and waits until it is ready.
    pub(crate) fn start(command: &mut Command) -> anyhow::Result<Self> {
        let address = free_address()?;
        let child = command
            .env("SHOPCLERK_BIND", address.to_string())
            .env("SHOPCLERK_PUBLIC_URL", format!("http://{address}"))
            .stdout(Stdio::null())
            .spawn()
            .context("a server could not be started")?;
        let server = Self { child, address };
        until_ready(address, now())?;
        Ok(server)
    }

    /// The number the system knows it by.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
