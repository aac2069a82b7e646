//! What an operator asks of the product in the terminal. One process holds the store: while it runs, an order is handed to
//! it over a socket in the data folder; otherwise the command opens the store itself, for this one order and without
//! listening to anybody. Either way the order is carried out by the same code.
//!
//! The socket (`<data>/control`, its owner's alone) takes one line of JSON, `{"order": name, "arguments": {..}}`, and answers
//! with lines: any number of `progress` and `said`, then one `done` or `failed`. Who hangs up ends the order.

mod address;
mod ask;
mod line;
mod listen;
mod orders;
mod wire;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use shopclerk_flows::app::App;
use shopclerk_flows::doctor::Premises;
use shopclerk_flows::progress::Progress;

pub(crate) use ask::{ask, expect_store};
pub(crate) use listen::open;

/// What an order may use: the product as it runs, or as it was opened for it.
#[derive(Clone, Debug)]
pub(crate) struct Product {
    pub(crate) app: App,
    pub(crate) premises: Arc<Premises>,
}

/// Something an operator asks for. It must bear being cut off at any await: the process may be killed, too.
pub(crate) trait Order: Serialize + DeserializeOwned + Send + 'static {
    /// Its name on the wire; unique, and kept from version to version.
    const NAME: &'static str;

    /// What it is answered with: no secret, since it travels.
    type Answer: Serialize + DeserializeOwned + Send;

    /// Carries it out. What goes wrong is one sentence for the terminal.
    fn carry_out(
        self,
        product: &Product,
        progress: &dyn Progress,
    ) -> impl Future<Output = anyhow::Result<Self::Answer>> + Send;
}

/// Where the socket lies.
fn socket(folder: &Path) -> PathBuf {
    folder.join("control")
}
