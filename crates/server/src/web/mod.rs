//! Everything that speaks HTTP. A handler takes, calls one flow and shows; it decides nothing.

mod api;
mod check_results;
mod client;
mod cookies;
mod dashboard;
mod deletion;
mod extract;
mod facebook;
mod headers;
mod health;
pub(crate) mod listen;
mod metrics;
mod openapi;
mod own_site;
mod pages;
mod passage;
mod places;
mod problem;
mod rates;
mod router;
mod shopify;

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::extract::FromRef;
use shopclerk_flows::app::App;
use tokio_util::sync::CancellationToken;

use self::cookies::CookieStyle;
use self::extract::body::BodyBudget;
pub(crate) use self::passage::Site;
use self::rates::Rates;
use self::router::router;
use crate::config::edge::{EdgeConfig, Proxies};
use crate::meters::Meters;

/// What the handlers share. Cheap to clone: routing does it for every request.
#[derive(Clone, Debug)]
pub(crate) struct Web(Arc<Shared>);

/// What all clones are.
#[derive(Debug)]
pub(crate) struct Shared {
    app: App,
    cookies: CookieStyle,
    bodies: BodyBudget,
    edge: EdgeConfig,
    rates: Rates,
    meters: Meters,
    ready: Arc<AtomicBool>,
}

impl Web {
    /// For an app that is reached over https, or not.
    pub(crate) fn new(app: App, edge: EdgeConfig, meters: Meters) -> Self {
        let cookies = CookieStyle::new(app.settings().public_url.starts_with("https://"));
        let (bodies, rates) = (BodyBudget::default(), Rates::of(&edge));
        Self(Arc::new(Shared { app, cookies, bodies, edge, rates, meters, ready: Arc::default() }))
    }

    /// Whose forwarded addresses count.
    pub(crate) fn proxies(&self) -> Proxies {
        self.edge.proxies.clone()
    }

    /// Says that nothing more is to be accepted.
    pub(crate) fn stop(&self) -> CancellationToken {
        self.app.stop.clone()
    }

    /// The switch of `/readyz`.
    pub(crate) fn ready(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ready)
    }
}

impl Deref for Web {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl FromRef<Web> for App {
    fn from_ref(web: &Web) -> Self {
        web.app.clone()
    }
}

impl FromRef<Web> for CookieStyle {
    fn from_ref(web: &Web) -> Self {
        web.cookies
    }
}

impl FromRef<Web> for Proxies {
    fn from_ref(web: &Web) -> Self {
        web.proxies()
    }
}

impl FromRef<Web> for BodyBudget {
    fn from_ref(web: &Web) -> Self {
        web.bodies.clone()
    }
}

impl FromRef<Web> for Meters {
    fn from_ref(web: &Web) -> Self {
        web.meters.clone()
    }
}

impl FromRef<Web> for Arc<AtomicBool> {
    fn from_ref(web: &Web) -> Self {
        web.ready()
    }
}
