//! What every request passes on its way in, and every answer on its way out.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::FutureExt as _;
use hyper::body::Incoming;
use tower::ServiceExt as _;

use super::extract::{FacebookBody, Wants};
use super::facebook::webhook;
use super::listen::Answers;
use super::places::Hearing;
use super::problem::Problem;
use super::{Web, headers, metrics, pages, router};

/// All that we answer.
#[derive(Clone, Debug)]
pub(crate) struct Site {
    web: Web,
    router: Router,
}

impl Site {
    pub(crate) fn new(web: Web) -> Self {
        Self { router: router(web.clone()), web }
    }
}

impl Answers for Site {
    /// Messages are most of what is asked, and go past the router: it copies, for each request, whatever lies on the way of a route.
    async fn answer(self, request: Request<Incoming>, hearing: Arc<Hearing>) -> Response {
        if request.method() == Method::POST && request.uri().path() == webhook::PATH {
            let passed = Passed::of(webhook::PATH, &request);
            return passed.through(&self.web, || deliver(&self.web, request, &hearing)).await;
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(hearing);
        // In a box of its own: all would pay for the largest.
        let Ok(answer) = Box::pin(self.router.oneshot(request)).await;
        answer
    }
}

async fn deliver(web: &Web, request: Request<Incoming>, hearing: &Hearing) -> Response {
    match FacebookBody::read(request, Some(hearing), &web.bodies).await {
        Ok(body) => webhook::receive(State(web.app.clone()), body).await.into_response(),
        Err(problem) => problem.into_response(),
    }
}

/// The same for all other routes. One layer: a router copies for each request whatever lies below a layer, so that each further one
/// costs as much as all that it covers.
pub(super) async fn pass(State(web): State<Web>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    Passed::of(route, &request).through(&web, || next.run(request)).await
}

/// What is remembered of a request until its answer.
struct Passed<'a> {
    asked: metrics::Asked<'a>,
    wants: Wants,
    fits: Result<(), Problem>,
}

impl<'a> Passed<'a> {
    fn of<B>(route: &'a str, request: &Request<B>) -> Self {
        let asked = metrics::Asked::of(route, request.method());
        Self { asked, wants: Wants::of(request.headers()), fits: headers::check(request.uri()) }
    }

    /// Refuses what no route needs, bounds the wait, outlives a panic, and gives the answer its headers, its form and its count.
    async fn through<F: Future<Output = Response>>(self, web: &Web, answer: impl FnOnce() -> F) -> Response {
        let answer = match self.fits {
            Ok(()) => {
                let answered = AssertUnwindSafe(headers::within_deadline(answer())).catch_unwind().await;
                answered.unwrap_or_else(|_| Problem::panicked())
            }
            Err(problem) => problem.into_response(),
        };
        let mut answer = pages::in_form(answer, self.wants);
        headers::guard(web, &mut answer);
        self.asked.answered(&web.meters, answer.status());
        answer
    }
}
