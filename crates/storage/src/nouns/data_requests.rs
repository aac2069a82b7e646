//! What a shop asked us to tell of a customer, and the answer: per shopper who that may be, all that is kept of them.

use async_trait::async_trait;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::customer::Customer;
use shopclerk_domain::ids::{MerchantId, ShopperId};

use crate::error::StoreError;

/// The kind of the job that answers a request; its key is the request.
pub const ANSWER_DATA_REQUEST: &str = "answer_data_request";

/// A request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataRequest {
    /// What names it: the shop and its number.
    pub request: String,
    /// When it was made.
    pub asked_at: Timestamp,
    /// When it was answered.
    pub done_at: Option<Timestamp>,
    /// Whom it is about, until it is answered.
    pub about: Option<Customer>,
    /// How many shoppers the answer tells of.
    pub shoppers: u32,
}

/// See the module.
#[async_trait]
pub trait DataRequests: Send + Sync {
    /// One request.
    async fn find_data_request(
        &self,
        merchant: MerchantId,
        request: &str,
    ) -> Result<Option<DataRequest>, StoreError>;

    /// Requests that are kept, the newest first.
    async fn list_data_requests(
        &self,
        merchant: MerchantId,
        most: usize,
    ) -> Result<Vec<DataRequest>, StoreError>;

    /// Answers a request: per shopper a JSON text. Whom it was about goes; an answer replaces an earlier one.
    async fn answer_data_request(
        &self,
        merchant: MerchantId,
        request: &str,
        answers: Vec<(ShopperId, String)>,
        now: Timestamp,
    ) -> Result<(), StoreError>;

    /// The answer, shopper by shopper.
    async fn list_data_answers(
        &self,
        merchant: MerchantId,
        request: &str,
    ) -> Result<Vec<(ShopperId, String)>, StoreError>;
}
