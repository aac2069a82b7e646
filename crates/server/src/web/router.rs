//! The table of contents of everything we answer.

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};

use super::problem::Problem;
use super::rates::Asked;
use super::{
    Web, api, dashboard, deletion, facebook, health, metrics, openapi, pages, passage, rates, shopify,
};

/// All routes behind what every request and answer passes.
pub(crate) fn router(web: Web) -> Router {
    let limit = |asked| from_fn_with_state((web.clone(), asked), rates::limit);
    Router::new()
        .route("/", get(dashboard::home::show))
        .route("/app", get(dashboard::connections::show))
        .route("/app/waiting", get(dashboard::waiting::list))
        .route("/app/waiting/{id}/{decision}", post(dashboard::waiting::decide))
        .route("/app/wishes", get(dashboard::wishes::show).post(dashboard::wishes::keep))
        .route("/app/sessions", get(dashboard::sessions::list))
        .route("/app/sessions/end-others", post(dashboard::sessions::end_others))
        .route("/app/sign-out", post(dashboard::sign_out::end))
        .route("/app/data-requests/{shop}/{number}", get(dashboard::data_requests::show))
        .route("/app/connections/{id}/disconnect", post(dashboard::disconnect::end))
        .route("/assets/{file}", get(pages::asset))
        .route("/shopify/{shop}/login", get(shopify::login::start).layer(limit(Asked::Login)))
        .route("/shopify/callback", get(shopify::callback::finish).layer(limit(Asked::Callback)))
        .route("/shopify/webhook", post(shopify::webhook::receive))
        .route("/facebook/login", get(facebook::login::start).layer(limit(Asked::Login)))
        .route("/facebook/callback", get(facebook::callback::finish).layer(limit(Asked::Callback)))
        // `passage` answers what is posted here before the router is asked; here it stands for the methods that are allowed.
        .route(
            "/facebook/webhook",
            get(facebook::webhook::prove).layer(limit(Asked::Handshake)).post(facebook::webhook::receive),
        )
        .route("/facebook/deauthorize", post(facebook::deauthorize::receive))
        .route("/facebook/data-deletion", post(facebook::data_deletion::receive))
        .route("/deletion/{code}", get(deletion::show))
        .route("/api/v1/merchants", get(api::merchants::list))
        .route("/api/v1/connections", get(api::connections::list))
        .route("/api/v1/conversations", get(api::conversations::list))
        .route("/api/v1/conversations/{id}", get(api::conversations::one))
        .route("/api/v1/messages/{id}/provenance", get(api::messages::provenance))
        .route("/api/v1/products", get(api::products::list))
        .route("/api/v1/deliveries", get(api::deliveries::list))
        .route("/api/v1/deliveries/{id}/replay", post(api::deliveries::replay))
        .route("/api/v1/deliveries/{id}/sent", post(api::deliveries::sent))
        .route("/api/v1/deliveries/{id}/drop", post(api::deliveries::drop))
        .route("/openapi.json", get(openapi::show))
        .route("/metrics", get(metrics::show))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .fallback(|| async { Problem::not_found() })
        .method_not_allowed_fallback(|| async { Problem::method_not_allowed() })
        .layer(from_fn_with_state(web.clone(), passage::pass))
        .with_state(web)
}
