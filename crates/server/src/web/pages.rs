//! How pages are rendered, the files they use, and problems as people see them.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use super::extract::{Segment, Wants};
use super::problem::Problem;

/// The one style sheet, compiled in; nothing is looked up on disk.
const STYLE: &str = include_str!("../../assets/app.css");

/// A page as text.
pub(super) fn render(page: &impl Template) -> Result<String, Problem> {
    page.render().map_err(|error| Problem::internal(&error))
}

/// `GET /assets/{file}`
pub(super) async fn asset(Segment(file): Segment) -> Result<Response, Problem> {
    if file != "app.css" {
        return Err(Problem::not_found());
    }
    let headers =
        [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")];
    Ok((headers, STYLE).into_response())
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    detail: &'a str,
    cure: &'a str,
    code: &'a str,
    request_id: Option<&'a str>,
}

/// A person's browser sees a problem as a page; programs see it as it is.
pub(super) fn in_form(response: Response, wants: Wants) -> Response {
    let Some(problem) = response.extensions().get::<Problem>().filter(|_| wants == Wants::Page) else {
        return response;
    };
    let page = ProblemPage {
        detail: problem.detail,
        cure: problem.cure,
        code: problem.code,
        request_id: problem.request_id.as_deref(),
    };
    let Ok(html) = page.render() else { return response };
    with_page(response.status(), html, &response)
}

fn with_page(status: StatusCode, html: String, former: &Response) -> Response {
    let mut response = (status, Html(html)).into_response();
    for (name, value) in former.headers() {
        if name != header::CONTENT_TYPE && name != header::CONTENT_LENGTH {
            response.headers_mut().append(name.clone(), HeaderValue::clone(value));
        }
    }
    response
}
