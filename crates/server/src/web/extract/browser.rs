//! The browser a request comes from, as its cookies tell.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use shopclerk_flows::app::App;
use shopclerk_flows::connect::Browser;

use crate::config::edge::Proxies;
use crate::web::client;
use crate::web::cookies::CookieStyle;
use crate::web::own_site;
use crate::web::problem::Problem;

/// Takes [`Browser`] out of a request. The only way to its cookies; a request that changes something is let through only from
/// our own pages.
#[derive(Clone, Debug)]
pub(crate) struct FromBrowser(pub(crate) Browser);

impl<S> FromRequestParts<S> for FromBrowser
where
    S: Sync,
    App: FromRef<S>,
    CookieStyle: FromRef<S>,
    Proxies: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        own_site::check(parts, &App::from_ref(state).settings().public_url)?;
        let client = client::of(&Proxies::from_ref(state), &parts.headers, &parts.extensions);
        Ok(Self(CookieStyle::from_ref(state).read(&parts.headers, client.to_string())))
    }
}
