//! A browser that says yes: follows redirects, keeps cookies, and agrees where a fake asks for consent. It walks the real
//! sign-ins for the one command that needs no person, and for stories.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Response};
use url::Url;

use crate::loopback;

/// The product may wait some seconds for its own checks before it answers a callback.
const PATIENCE: Duration = Duration::from_secs(30);
const MOST_STEPS: usize = 20;
const LARGEST_BODY: usize = 8 * 1024 * 1024;
/// Cookies kept for one host and port.
const MOST_COOKIES: usize = 64;

/// What kind of answers the browser prefers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accept {
    /// Pages, as a person's browser does.
    Html,
    /// JSON, as a program does.
    Json,
}

/// The browser. Cookies belong to a host *and* port, so that the product and the fakes on one machine stay strangers.
pub struct Walker {
    client: reqwest::Client,
    accept: Accept,
    jar: Mutex<BTreeMap<String, Vec<Cookie>>>,
}

struct Cookie {
    name: String,
    value: String,
    path: String,
}

/// Where a walk ended.
#[derive(Debug)]
pub struct Walked {
    /// HTTP status of the last answer.
    pub status: u16,
    /// Address of the last answer.
    pub url: Url,
    /// Its body, as text.
    pub body: String,
    /// Its content type; empty when it has none.
    pub content_type: String,
    /// Where it redirects to, when it was not followed.
    pub location: Option<String>,
}

/// Why a walk did not end with an answer.
#[derive(Debug, thiserror::Error)]
pub enum WalkError {
    /// An address is none, or not on this machine.
    #[error("the walk leads away from this machine or to no address: {0}")]
    Astray(String),
    /// Too many redirects.
    #[error("the walk was redirected more than {MOST_STEPS} times, last to {0}")]
    Circles(String),
    /// A request got no answer.
    #[error("no answer on the way: {0}")]
    Http(#[source] reqwest::Error),
}

impl From<reqwest::Error> for WalkError {
    /// Addresses are left out: their queries carry codes.
    fn from(error: reqwest::Error) -> Self {
        Self::Http(error.without_url())
    }
}

impl Walker {
    /// A browser without cookies.
    pub fn new(accept: Accept) -> Result<Self, WalkError> {
        Ok(Self { client: loopback::client(PATIENCE)?, accept, jar: Mutex::default() })
    }

    /// Goes to `start`, follows every redirect and agrees to every consent page, until an answer is neither.
    pub async fn walk(&self, start: &str) -> Result<Walked, WalkError> {
        let mut here = self.get(start).await?;
        for _ in 0..MOST_STEPS {
            if let Some(next) = &here.location {
                let next = here.url.join(next).map_err(|_| WalkError::Astray(without_query(&here.url)))?;
                here = self.get(next.as_str()).await?;
            } else if let Some((name, value)) = consent(&here) {
                here = self.post_form(here.url.as_str(), &[(&name, &value)]).await?;
            } else {
                return Ok(here);
            }
        }
        Err(WalkError::Circles(without_query(&here.url)))
    }

    /// One request, redirects not followed.
    pub async fn get(&self, url: &str) -> Result<Walked, WalkError> {
        self.request(Method::GET, url, None).await
    }

    /// Sends a form as a page of the same site would, redirects not followed.
    pub async fn post_form(&self, url: &str, fields: &[(&str, &str)]) -> Result<Walked, WalkError> {
        self.request(Method::POST, url, Some(fields)).await
    }

    /// A cookie the browser would send to `url`.
    pub fn cookie(&self, url: &str, name: &str) -> Option<String> {
        let url = Url::parse(url).ok()?;
        let jar = self.jar();
        let cookies = jar.get(&site(&url))?;
        cookies
            .iter()
            .find(|cookie| cookie.name == name && cookie.is_for(&url))
            .map(|cookie| cookie.value.clone())
    }

    async fn request(
        &self,
        method: Method,
        url: &str,
        form: Option<&[(&str, &str)]>,
    ) -> Result<Walked, WalkError> {
        let Some(mut url) = Url::parse(url).ok().filter(loopback::is_loopback) else {
            return Err(WalkError::Astray(Url::parse(url).as_ref().map(without_query).unwrap_or_default()));
        };
        url.set_fragment(None);
        let wanted = match self.accept {
            Accept::Html => "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
            Accept::Json => "application/json",
        };
        let mut request = self.client.request(method, url.clone()).header(ACCEPT, wanted);
        if let Some(cookies) = self.cookies_for(&url) {
            request = request.header(COOKIE, cookies);
        }
        if let Some(form) = form {
            let origin = url.origin().ascii_serialization();
            request = request.header("Origin", origin).header("Sec-Fetch-Site", "same-origin").form(form);
        }
        let answer = request.send().await?;
        self.remember(&url, &answer);
        let text = |name| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let status = answer.status();
        let content_type = text(CONTENT_TYPE).unwrap_or_default();
        let location = text(LOCATION).filter(|_| status.is_redirection());
        let body = loopback::start_of_body(answer, LARGEST_BODY).await;
        let body = String::from_utf8_lossy(&body).into_owned();
        Ok(Walked { status: status.as_u16(), url, body, content_type, location })
    }

    fn cookies_for(&self, url: &Url) -> Option<String> {
        let jar = self.jar();
        let due = jar.get(&site(url))?.iter().filter(|cookie| cookie.is_for(url));
        let pairs: Vec<String> = due.map(|cookie| format!("{}={}", cookie.name, cookie.value)).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    fn remember(&self, url: &Url, answer: &Response) {
        let mut jar = self.jar();
        let cookies = jar.entry(site(url)).or_default();
        for header in answer.headers().get_all(SET_COOKIE) {
            let Some((cookie, ended)) = header.to_str().ok().and_then(parsed) else { continue };
            cookies.retain(|kept| kept.name != cookie.name || kept.path != cookie.path);
            if !ended && cookies.len() < MOST_COOKIES {
                cookies.push(cookie);
            }
        }
    }

    fn jar(&self) -> MutexGuard<'_, BTreeMap<String, Vec<Cookie>>> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Cookie {
    fn is_for(&self, url: &Url) -> bool {
        let below = url.path().strip_prefix(self.path.trim_end_matches('/'));
        below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// Reads a `Set-Cookie` line; the flag says that it ends the cookie instead of setting it.
fn parsed(line: &str) -> Option<(Cookie, bool)> {
    let mut parts = line.split(';').map(str::trim);
    let (name, value) = parts.next()?.split_once('=')?;
    let mut cookie = Cookie { name: name.to_owned(), value: value.to_owned(), path: "/".to_owned() };
    let mut ended = false;
    for attribute in parts {
        let (key, given) = attribute.split_once('=').unwrap_or((attribute, ""));
        if key.eq_ignore_ascii_case("path") && given.starts_with('/') {
            given.clone_into(&mut cookie.path);
        } else if key.eq_ignore_ascii_case("max-age") {
            ended = given.parse::<i64>().is_ok_and(|seconds| seconds <= 0);
        }
    }
    Some((cookie, ended))
}

/// What saying yes means on the consent page of a fake: its first button that carries a value.
fn consent(page: &Walked) -> Option<(String, String)> {
    let asks = ["/dialog/oauth", "/admin/oauth/authorize"].iter().any(|end| page.url.path().ends_with(end));
    if !asks || page.status != 200 || !page.content_type.starts_with("text/html") {
        return None;
    }
    let form = page.body.split_once("<form")?.1;
    form.split("<button").skip(1).find_map(|button| {
        let tag = button.split_once('>')?.0;
        Some((attribute(tag, "name")?, attribute(tag, "value")?))
    })
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let after = tag.split_once(&format!(" {name}=\""))?.1;
    Some(after.split_once('"')?.0.to_owned())
}

fn site(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// An address without what may be secret in it.
fn without_query(url: &Url) -> String {
    let mut shown = url.clone();
    shown.set_query(None);
    shown.set_fragment(None);
    shown.into()
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use axum::http::HeaderMap;
    use axum::http::StatusCode;
    use axum::response::Html;
    use axum::routing::get;

    use super::*;

    async fn serve() -> String {
        let cookie =
            |headers: &HeaderMap| headers.get("cookie").map(|cookie| cookie.to_str().unwrap().to_owned());
        let start = get(|| async {
            let set =
                [("set-cookie", "attempt=1; Path=/app; HttpOnly"), ("location", "/v1/dialog/oauth?state=s")];
            (StatusCode::SEE_OTHER, set)
        });
        let form = "<form method=\"post\"><button class=\"a\" name=\"answer\" value=\"continue\">Continue</button>\
                    <button name=\"answer\" value=\"cancel\">Cancel</button></form>";
        let dialog = get(move || async move { Html(form) }).post(|body: String| async move {
            assert_eq!(body, "answer=continue");
            (StatusCode::FOUND, [("location", "../../app/done?code=1#_=_")])
        });
        let done = get(move |headers: HeaderMap| async move { cookie(&headers).unwrap_or_default() });
        let gone = get(|| async { [("set-cookie", "attempt=; Path=/app; Max-Age=0")] });
        let circle = get(|| async { (StatusCode::SEE_OTHER, [("location", "/circle")]) });
        let router = Router::new()
            .route("/app/start", start)
            .route("/v1/dialog/oauth", dialog)
            .route("/app/done", done)
            .route("/app/gone", gone)
            .route("/circle", circle);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        tokio_util::task::TaskTracker::new().spawn(async move { axum::serve(listener, router).await });
        base
    }

    #[tokio::test]
    async fn it_agrees_and_comes_back_with_its_cookie() {
        let base = serve().await;
        let walker = Walker::new(Accept::Html).unwrap();

        let end = walker.walk(&format!("{base}/app/start")).await.unwrap();

        assert_eq!((end.status, end.body.as_str()), (200, "attempt=1"));
        assert_eq!(end.url.as_str(), format!("{base}/app/done?code=1"));
        walker.get(&format!("{base}/app/gone")).await.unwrap();
        assert_eq!(walker.cookie(&format!("{base}/app/done"), "attempt"), None);
    }

    #[tokio::test]
    async fn it_never_walks_in_circles_or_away() {
        let base = serve().await;
        let walker = Walker::new(Accept::Json).unwrap();

        assert!(matches!(walker.walk(&format!("{base}/circle")).await, Err(WalkError::Circles(_))));
        assert!(matches!(walker.walk("https://shop.example/?code=x").await, Err(WalkError::Astray(_))));
    }

    #[test]
    fn cookies_keep_to_their_path() {
        for (path, url, expected) in
            [("/", "/x", true), ("/app", "/app", true), ("/app", "/app/x", true), ("/app", "/apple", false)]
        {
            let (cookie, _) = parsed(&format!("a=b; Path={path}")).unwrap();
            assert_eq!(
                cookie.is_for(&Url::parse("http://127.0.0.1").unwrap().join(url).unwrap()),
                expected,
                "{url}"
            );
        }
    }
}
