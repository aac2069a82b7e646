//! Connecting: the two walks by which a merchant proves to own a shop and gives us its Pages.

pub mod check;
pub mod disconnect;
pub mod facebook;
pub(crate) mod facts;
pub mod operator;
pub mod shopify;
mod state;
pub(crate) mod stop;
pub mod subscribe;
pub mod token;

pub use state::Browser;

use shopclerk_domain::secret::SecretText;

/// Where a sign-in goes on: the browser is sent to `address` and keeps `cookie`.
#[derive(Debug)]
pub struct Begun {
    /// The provider's page.
    pub address: String,
    /// What binds the attempt to this browser: cookie slot and value.
    pub cookie: (usize, SecretText),
}
