//! Bodies of deliveries: refused by their length before reading and by count while reading, within a deadline, and all of
//! them together within one budget of memory.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{FromRef, FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_ENCODING, CONTENT_LENGTH};
use futures::FutureExt as _;
use hyper::body::Body;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::web::places::Hearing;
use crate::web::problem::Problem;

const MIB: usize = 1024 * 1024;
/// All bodies in flight.
const BUDGET: usize = 64 * MIB;
/// A body must have arrived by then.
const DEADLINE: Duration = Duration::from_secs(10);

/// Memory for bodies in flight, in bytes.
#[derive(Clone, Debug)]
pub(crate) struct BodyBudget(Arc<Semaphore>);

impl Default for BodyBudget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(BUDGET)))
    }
}

impl BodyBudget {
    fn take(&self, bytes: usize) -> Result<OwnedSemaphorePermit, Problem> {
        let permits = u32::try_from(bytes).map_err(|_| Problem::body_too_large())?;
        Arc::clone(&self.0).try_acquire_many_owned(permits).map_err(|_| Problem::busy())
    }
}

/// A body of at most `MAX` bytes with the head it came under; gives its share of the budget back when dropped.
#[derive(Debug)]
pub(crate) struct RawBody<const MAX: usize> {
    /// What the request says of it. It lies in the connection's own buffer, which is free for what comes next once this is gone.
    pub(crate) headers: HeaderMap,
    /// The bytes as received.
    pub(crate) bytes: Vec<u8>,
    _share: Option<OwnedSemaphorePermit>,
}

/// What Meta may deliver at once.
pub(crate) type FacebookBody = RawBody<{ 3 * MIB }>;
/// A form that a platform posts.
pub(crate) type SmallBody = RawBody<{ 16 * 1024 }>;
/// What Shopify may deliver at once.
pub(crate) type ShopifyBody = RawBody<{ 5 * MIB }>;

impl<S, const MAX: usize> FromRequest<S> for RawBody<MAX>
where
    S: Sync,
    BodyBudget: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let hearing = request.extensions().get::<Arc<Hearing>>().cloned();
        Self::read(request, hearing.as_deref(), &BodyBudget::from_ref(state)).await
    }
}

impl<const MAX: usize> RawBody<MAX> {
    /// Reads the body of a request; who asks is heard then.
    pub(crate) async fn read<B>(
        request: Request<B>,
        hearing: Option<&Hearing>,
        budget: &BodyBudget,
    ) -> Result<Self, Problem>
    where
        B: Body<Data = Bytes> + Unpin,
    {
        let encoded = request.headers().get(CONTENT_ENCODING).is_some_and(|value| value != "identity");
        if encoded {
            return Err(Problem::body_encoded());
        }
        let announced = request
            .headers()
            .get(CONTENT_LENGTH)
            .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > MAX) {
            return Err(Problem::body_too_large());
        }
        let (parts, body) = request.into_parts();
        let read = in_time(gather::<MAX>(body, budget)).await.ok_or(Problem::body_unreadable())?;
        if let Some(hearing) = hearing {
            hearing.heard();
        }
        let (bytes, share) = read?;
        Ok(Self { headers: parts.headers, bytes, _share: share })
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that bounds the arrival of a body")]
fn in_time<T>(reading: impl Future<Output = T>) -> impl Future<Output = Option<T>> {
    tokio::time::timeout(DEADLINE, reading).map(Result::ok)
}

async fn gather<const MAX: usize>(
    mut body: impl Body<Data = Bytes> + Unpin,
    budget: &BodyBudget,
) -> Result<(Vec<u8>, Option<OwnedSemaphorePermit>), Problem> {
    let mut bytes = Vec::new();
    let mut share: Option<OwnedSemaphorePermit> = None;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(chunk) = frame.map_err(|_| Problem::body_unreadable())?.into_data() else { continue };
        if bytes.len() + chunk.len() > MAX {
            return Err(Problem::body_too_large());
        }
        let more = budget.take(chunk.len())?;
        match &mut share {
            Some(share) => share.merge(more),
            None => share = Some(more),
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok((bytes, share))
}
