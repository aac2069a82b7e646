//! Everything that speaks HTTP. A handler takes, calls one flow and shows; it decides nothing.

mod cookies;
mod dashboard;
mod deletion;
mod extract;
mod facebook;
mod headers;
mod health;
pub(crate) mod listen;
mod pages;
mod problem;
mod router;
mod shopify;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use axum::extract::FromRef;
use shopclerk_flows::app::App;

pub(crate) use router::router;

use self::cookies::CookieStyle;
use self::extract::body::BodyBudget;

/// What the handlers share.
#[derive(Clone, Debug)]
pub(crate) struct Web {
    app: App,
    cookies: CookieStyle,
    bodies: BodyBudget,
    ready: Arc<AtomicBool>,
}

impl Web {
    /// For an app that is reached over https, or not.
    pub(crate) fn new(app: App) -> Self {
        let secure = app.settings().public_url.starts_with("https://");
        Self { app, cookies: CookieStyle::new(secure), bodies: BodyBudget::default(), ready: Arc::default() }
    }

    /// The switch of `/readyz`.
    pub(crate) fn ready(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.ready)
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

impl FromRef<Web> for BodyBudget {
    fn from_ref(web: &Web) -> Self {
        web.bodies.clone()
    }
}

impl FromRef<Web> for Arc<AtomicBool> {
    fn from_ref(web: &Web) -> Self {
        web.ready()
    }
}
