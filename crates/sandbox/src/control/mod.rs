//! The control surface: over HTTP, programs and the page drive shoppers, people and goods, and read what happened.
//! `docs/sandbox.md` describes it. Its address carries a part nobody guesses, and whoever knows it may do everything.

mod answer;
mod discounts;
mod faults;
mod happen;
mod journal;
mod model;
mod page;
mod people;
mod products;
mod state;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::{Redirect, Response};
use axum::routing::{delete, get, patch, post};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use self::answer::Refusal;
pub use self::state::{Status, Step};
use crate::deliver::Deliveries;
use crate::fault::Faults;
use crate::journal::Journal;
use crate::meta::MetaFake;
use crate::model::ModelFake;
use crate::objects::ObjectsFake;
use crate::shopify::ShopifyFake;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data: http://127.0.0.1:* http://localhost:* https:; connect-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";

/// What the surface acts on.
#[derive(Clone)]
pub(crate) struct Control {
    pub(crate) meta: Arc<MetaFake>,
    pub(crate) shopify: Arc<ShopifyFake>,
    pub(crate) model: Arc<ModelFake>,
    pub(crate) objects: Arc<ObjectsFake>,
    pub(crate) journal: Journal,
    pub(crate) deliveries: Deliveries,
    pub(crate) faults: Faults,
    pub(crate) status: watch::Receiver<Status>,
    pub(crate) shop: String,
    pub(crate) shopper: String,
    pub(crate) stop: CancellationToken,
}

impl Control {
    /// Calls that no fake knows, since the start.
    pub(crate) fn unknown_calls(&self) -> usize {
        self.meta.unknown_calls()
            + self.shopify.unknown_calls()
            + self.model.unknown_calls()
            + self.objects.unknown_calls()
    }

    /// All addresses, below the unguessable `path`.
    pub(crate) fn router(self, path: &str) -> Router {
        let at = |rest: &str| format!("/{path}{rest}");
        let home = at("/");
        Router::new()
            .route(&at(""), get(async move || Redirect::to(&home)))
            .route(&at("/"), get(page::index))
            .route(&at("/{file}"), get(page::file))
            .route(&at("/state"), get(state::read))
            .route(&at("/shoppers/{name}/messages"), get(people::conversation).post(people::write))
            .route(&at("/shoppers/{name}/messages/{mid}"), delete(people::take_back))
            .route(&at("/shoppers/{name}/taps"), post(people::tap))
            .route(&at("/shoppers/{name}/events"), post(happen::between))
            .route(&at("/page/changes"), post(happen::page))
            .route(&at("/page/policy"), post(happen::policy))
            .route(&at("/shop/uninstall"), post(happen::uninstall))
            .route(&at("/people/replies"), post(people::reply))
            .route(&at("/products"), get(products::list))
            .route(&at("/products/{handle}"), patch(products::change))
            .route(&at("/discounts"), get(discounts::list))
            .route(&at("/discounts/{id}"), patch(discounts::change).delete(discounts::remove))
            .route(&at("/model"), get(model::read).put(model::set))
            .route(&at("/faults"), get(faults::read).post(faults::arm).delete(faults::disarm))
            .route(&at("/journal"), get(journal::read))
            .route(&at("/journal/live"), get(journal::follow))
            .fallback(async || Refusal::unknown_path())
            .method_not_allowed_fallback(async || Refusal::unknown_path())
            .layer(middleware::from_fn(careful))
            .with_state(self)
    }
}

/// Headers that keep the page to itself and its address out of other places.
async fn careful(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let set: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in set {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}
