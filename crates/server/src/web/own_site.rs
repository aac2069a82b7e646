//! Requests that change something in a signed-in person's name must come from our own pages: any site can make a browser
//! send its cookies along. Asked where cookies are read, so that no route can forget it.

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};

use super::problem::Problem;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Refuses what would change something and does not come from a page of `origin`, our own. `Sec-Fetch-Site` decides where the
/// browser sends it, else `Origin`; with neither, it was no browser of today that asked.
pub(super) fn check(parts: &Parts, origin: &str) -> Result<(), Problem> {
    let changes_nothing = matches!(parts.method, Method::GET | Method::HEAD);
    if changes_nothing || is_ours(&parts.headers, origin) { Ok(()) } else { Err(Problem::other_site()) }
}

fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let once = |name: HeaderName| {
        let mut values = headers.get_all(name).iter();
        (values.next(), values.next().is_none())
    };
    match (once(FETCH_SITE), once(header::ORIGIN)) {
        ((Some(site), true), _) => site == "same-origin",
        ((None, _), (Some(from), true)) => from == origin,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn check_that(method: &str, headers: &[(&str, &str)], passes: bool) {
        let mut request = Request::builder().method(method).uri("/app/sign-out");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let parts = request.body(()).unwrap().into_parts().0;
        assert_eq!(check(&parts, "https://clerk.example").is_ok(), passes, "{method} {headers:?}");
    }

    #[test]
    fn t36_only_our_own_pages_change_something() {
        let (site, origin) = ("sec-fetch-site", "origin");
        for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "X"] {
            check_that(method, &[], false);
            check_that(method, &[(site, "same-origin")], true);
            check_that(method, &[(site, "same-origin"), (origin, "https://clerk.example")], true);
            for other in ["same-site", "cross-site", "none", "", "SAME-ORIGIN"] {
                check_that(method, &[(site, other)], false);
                check_that(method, &[(site, other), (origin, "https://clerk.example")], false);
            }
            check_that(method, &[(site, "same-origin"), (site, "cross-site")], false);
            check_that(method, &[(origin, "https://clerk.example")], true);
            for other in
                ["https://evil.example", "null", "", "http://clerk.example", "https://clerk.example:8443"]
            {
                check_that(method, &[(origin, other)], false);
            }
            check_that(method, &[(origin, "https://clerk.example"), (origin, "https://evil.example")], false);
        }
        check_that("GET", &[], true);
        check_that("HEAD", &[(site, "cross-site")], true);
    }
}
