//! Why a sandbox does not start, each reason with its cure.

use std::io;
use std::path::PathBuf;

/// An address path nobody guesses.
pub(crate) const SHORTEST_PATH: usize = 16;

/// Why the sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Somebody else listens there.
    #[error(
        "port {port} on 127.0.0.1 cannot be used ({source}); stop what uses it, or let free ports be chosen"
    )]
    Port {
        /// The port.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// The folder cannot be used.
    #[error("the sandbox's folder {} cannot be used ({source}); make it writable or choose another", .folder.display())]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The control address could be guessed.
    #[error("the control path needs at least {SHORTEST_PATH} letters, digits, - or _")]
    ControlPath,
    /// A client for calls on this machine could not be built, or another part failed.
    #[error("the sandbox could not be put together ({0})")]
    Broken(#[source] io::Error),
}
