//! The store's traits, one per noun. Each writing method is one atomic unit, durable when it returns; there is no
//! transaction handle. Every method names its merchant, save those of [`crate::installation`].

pub mod api_tokens;
pub mod budgets;
pub mod catalogue;
pub mod checks;
pub mod connections;
pub mod conversations;
pub mod data_requests;
pub mod deliveries;
pub mod discounts;
pub mod erasures;
pub mod imports;
pub mod inbox;
pub mod jobs;
pub mod mirror;
pub mod outbox;
pub mod polls;
pub mod proofs;
pub mod retention;
pub mod sessions;
pub mod wishes;

pub use api_tokens::ApiTokens;
pub use budgets::Budgets;
pub use catalogue::Catalogue;
pub use checks::Checks;
pub use connections::Connections;
pub use conversations::Conversations;
pub use data_requests::DataRequests;
pub use deliveries::Deliveries;
pub use discounts::Discounts;
pub use erasures::Erasures;
pub use imports::Imports;
pub use inbox::Inbox;
pub use jobs::Jobs;
pub use mirror::Mirrored;
pub use outbox::Outbox;
pub use polls::Polls;
pub use proofs::Proofs;
pub use sessions::Sessions;
pub use wishes::Wishes;
