//! Building an [`App`](crate::app::App) from its parts: the door through which the binary hands in settings without
//! reaching for the crates behind the flows. Deliveries too, so that a story can begin with what an older version could not
//! read.

pub use shopclerk_storage::PythonFiles;
pub use shopclerk_storage::nouns::inbox::{Delivery, Quarantined};
pub use shopclerk_storage::nouns::jobs::JobLane;
pub use shopclerk_storage::nouns::sessions::StateCaps;
pub use shopclerk_storage::{KeyError, KeyRing, OpenError, SqliteOptions, SqliteStore, open_sqlite};
pub use shopclerk_upstream::http::{Http, HttpError};
pub use shopclerk_upstream::meta::signature::SIGNATURE as META_SIGNATURE;
pub use shopclerk_upstream::meta::subscriptions::PAGE_FIELDS;
pub use shopclerk_upstream::meta::{Meta, MetaSettings};
pub use shopclerk_upstream::model::chat::{Chat, ChatSettings};
pub use shopclerk_upstream::objects::{BucketAddress, BucketSettings, InvalidBucket, Objects, ObjectsError};
pub use shopclerk_upstream::shopify::signature::SIGNATURE_NAME as SHOPIFY_SIGNATURE;
pub use shopclerk_upstream::shopify::{Shopify, ShopifySettings};
