//! The merchant a browser is signed in for. It is yielded, so that no flow of a merchant's can be called without it.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::app::App;
use shopclerk_flows::session;

use super::FromBrowser;
use crate::config::edge::Proxies;
use crate::web::cookies::CookieStyle;
use crate::web::problem::Problem;

/// Takes the merchant out of a request's session.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SignedIn(pub(crate) MerchantId);

impl<S> FromRequestParts<S> for SignedIn
where
    S: Sync,
    App: FromRef<S>,
    CookieStyle: FromRef<S>,
    Proxies: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let FromBrowser(browser) = FromBrowser::from_request_parts(parts, state).await?;
        Ok(Self(session::who(&App::from_ref(state), browser.session_id.as_deref()).await?))
    }
}
