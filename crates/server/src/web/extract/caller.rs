//! Who calls the API: a merchant by the session of a browser, or the operator by a token. Nobody else gets further than this.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::request::Parts;
use shopclerk_domain::ids::MerchantId;
use shopclerk_flows::app::App;
use shopclerk_flows::error::FlowError;
use shopclerk_flows::operator::{self, ApiToken, Scope};
use shopclerk_flows::{connections, session};

use super::FromBrowser;
use super::query::ListQuery;
use crate::config::edge::Proxies;
use crate::web::api::problem;
use crate::web::cookies::CookieStyle;
use crate::web::problem::Problem;

/// Who asks.
#[derive(Clone, Debug)]
pub(crate) enum Caller {
    /// A merchant, signed in.
    Merchant(MerchantId),
    /// The operator, with what the token is good for.
    Operator(ApiToken),
}

impl Caller {
    /// Goes on if the caller may do this. A merchant may do everything to what is theirs.
    pub(crate) fn with(self, scope: Scope) -> Result<Self, Problem> {
        match &self {
            Self::Operator(token) if !token.scopes.contains(&scope) => Err(problem::SCOPE_MISSING),
            Self::Operator(_) | Self::Merchant(_) => Ok(self),
        }
    }

    /// Whose things are meant: a merchant's own, or those of whom the operator names. Without a name the operator means
    /// nobody's.
    pub(crate) async fn merchant(&self, app: &App, query: &ListQuery) -> Result<Option<MerchantId>, Problem> {
        match (self, query.merchant) {
            (Self::Merchant(_), Some(_)) => Err(problem::OPERATOR_ONLY),
            (Self::Merchant(merchant), None) => Ok(Some(*merchant)),
            (Self::Operator(_), None) => Ok(None),
            (Self::Operator(_), Some(named)) if connections::is_merchant(app, named).await? => {
                Ok(Some(named))
            }
            (Self::Operator(_), Some(_)) => Err(Problem::not_found()),
        }
    }

    /// As [`Caller::merchant`], where it must be somebody's.
    pub(crate) async fn some_merchant(&self, app: &App, query: &ListQuery) -> Result<MerchantId, Problem> {
        self.merchant(app, query).await?.ok_or(problem::MERCHANT_MISSING)
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Sync,
    App: FromRef<S>,
    CookieStyle: FromRef<S>,
    Proxies: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let app = App::from_ref(state);
        if let Some(token) = Bearer::of(parts).token(&app).await? {
            return Ok(Self::Operator(token));
        }
        // A program without either is told what it lacks, not where its request should have come from.
        if !parts.headers.contains_key(COOKIE) {
            return Err(problem::UNAUTHENTICATED);
        }
        let FromBrowser(browser) = FromBrowser::from_request_parts(parts, state).await?;
        match session::who(&app, browser.session_id.as_deref()).await {
            Ok(merchant) => Ok(Self::Merchant(merchant)),
            Err(FlowError::NoSession | FlowError::SessionEnded) => Err(problem::UNAUTHENTICATED),
            Err(error) => Err(error.into()),
        }
    }
}

/// What a request's `Authorization` holds.
pub(crate) enum Bearer {
    /// There is none.
    None,
    /// One token.
    Token(String),
    /// Something that is no single bearer token.
    Nonsense,
}

impl Bearer {
    pub(crate) fn of(parts: &Parts) -> Self {
        let mut sent = parts.headers.get_all(AUTHORIZATION).iter();
        let (Some(first), second) = (sent.next(), sent.next()) else { return Self::None };
        let token = first.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        token.filter(|_| second.is_none()).map_or(Self::Nonsense, Self::Token)
    }

    /// The operator's token it proves; `None` when none was sent. What was sent must count: a wrong token is not made up for
    /// by a cookie.
    pub(crate) async fn token(self, app: &App) -> Result<Option<ApiToken>, Problem> {
        match self {
            Self::None => Ok(None),
            Self::Nonsense => Err(problem::BAD_TOKEN),
            Self::Token(text) => operator::find(app, &text).await?.map(Some).ok_or(problem::BAD_TOKEN),
        }
    }
}
