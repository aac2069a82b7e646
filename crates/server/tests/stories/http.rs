//! The surface: which methods which routes take, what every answer carries, and what no answer ever tells.

use crate::merchant::session_cookie;
use crate::outside::{Answer, Request};
use crate::products;
use crate::world::World;

/// Every route with the methods it takes.
pub(crate) const ROUTES: &[(&str, &[&str])] = &[
    ("/", &["GET", "HEAD"]),
    ("/app", &["GET", "HEAD"]),
    ("/app/waiting", &["GET", "HEAD"]),
    ("/app/waiting/part-1/again", &["POST"]),
    ("/app/wishes", &["GET", "HEAD", "POST"]),
    ("/app/sessions", &["GET", "HEAD"]),
    ("/app/sessions/end-others", &["POST"]),
    ("/app/sign-out", &["POST"]),
    ("/app/data-requests/nordlys.myshopify.com/9999", &["GET", "HEAD"]),
    ("/app/connections/nordlys.myshopify.com/disconnect", &["POST"]),
    ("/assets/app.css", &["GET", "HEAD"]),
    ("/shopify/nordlys/login", &["GET", "HEAD"]),
    ("/shopify/callback", &["GET", "HEAD"]),
    ("/shopify/webhook", &["POST"]),
    ("/facebook/login", &["GET", "HEAD"]),
    ("/facebook/callback", &["GET", "HEAD"]),
    ("/facebook/webhook", &["GET", "HEAD", "POST"]),
    ("/facebook/deauthorize", &["POST"]),
    ("/facebook/data-deletion", &["POST"]),
    ("/deletion/00000000000000000000000000000000", &["GET", "HEAD"]),
    ("/api/v1/merchants", &["GET", "HEAD"]),
    ("/api/v1/connections", &["GET", "HEAD"]),
    ("/api/v1/conversations", &["GET", "HEAD"]),
    ("/api/v1/conversations/0", &["GET", "HEAD"]),
    ("/api/v1/products", &["GET", "HEAD"]),
    ("/api/v1/deliveries", &["GET", "HEAD"]),
    ("/api/v1/deliveries/event-1/replay", &["POST"]),
    ("/api/v1/deliveries/event-1/sent", &["POST"]),
    ("/api/v1/deliveries/event-1/drop", &["POST"]),
    ("/openapi.json", &["GET", "HEAD"]),
    ("/metrics", &["GET", "HEAD"]),
    ("/healthz", &["GET", "HEAD"]),
    ("/readyz", &["GET", "HEAD"]),
];

/// T37: what holds for everything we answer.
fn check_headers(answer: &Answer, what: &str) {
    let csp = answer.header("content-security-policy").unwrap_or_else(|| panic!("no policy: {what}"));
    assert!(csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"), "{what}: {csp}");
    assert!(!csp.contains("unsafe") && !csp.contains('*'), "{what}: {csp}");
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}");
    assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{what}");
    let kept =
        if what.contains("/assets/app.css") && answer.status == 200 { "max-age=3600" } else { "no-store" };
    assert_eq!(answer.header("cache-control"), Some(kept), "{what}");
    for absent in
        ["server", "x-powered-by", "via", "access-control-allow-origin", "access-control-allow-methods"]
    {
        assert_eq!(answer.header(absent), None, "{what}");
    }
}

#[tokio::test]
async fn t37_every_answer_carries_the_headers_and_no_other_site_is_let_in() {
    let world = World::with_shop(products::warm_things()).await;
    let cookie = session_cookie(&world, world.browser());

    for (route, _) in ROUTES.iter().chain(&[("/nothing/here", &[][..]), ("/app/", &[])]) {
        for method in ["GET", "POST", "OPTIONS", "DELETE"] {
            for accept in ["text/html", "*/*"] {
                let what = format!("{method} {route} {accept}");
                let request = Request::new(method, route)
                    .header("accept", accept)
                    .header("cookie", cookie.clone())
                    .header("origin", "https://evil.example")
                    .header("access-control-request-method", "POST");
                check_headers(&request.send(&world).await, &what);
            }
        }
    }
    for refused in [
        Request::post("/facebook/webhook", Vec::new()).header("content-length", "99999999"),
        Request::post("/facebook/webhook", Vec::new()).header("content-encoding", "gzip"),
        Request::get(&format!("/{}", "a".repeat(9_000))),
        Request::get("/%ff%fe"),
        Request::get("/shopify/%ff/login"),
    ] {
        check_headers(&refused.send(&world).await, "refused");
    }
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t40_each_route_takes_its_methods_and_names_them_to_those_it_refuses() {
    let world = World::unconnected(Vec::new()).await;

    for (route, taken) in ROUTES {
        for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "X"] {
            let answer = Request::new(method, route)
                .header("x-http-method-override", "POST")
                .header("x-method-override", "DELETE")
                .send(&world)
                .await;
            if taken.contains(&method) {
                assert_ne!(answer.status, 405, "{method} {route}");
                continue;
            }
            assert_eq!(answer.status, 405, "{method} {route}");
            let mut allowed: Vec<&str> = answer.header("allow").unwrap_or_default().split(',').collect();
            allowed.sort_unstable();
            assert_eq!(allowed, *taken, "{method} {route}");
        }
    }
    world.close().await;
}

#[tokio::test]
async fn t40_nothing_lies_behind_our_routes() {
    let world = World::unconnected(Vec::new()).await;

    for path in [
        "/assets/../Cargo.toml",
        "/assets/..%2f..%2fCargo.toml",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets//etc/passwd",
        "/assets/..%5c..%5cCargo.toml",
        "/assets/app.css%00.html",
        "/assets/app.css/",
        "/assets/APP.CSS",
        "/assets/",
        "/assets",
        "/../../etc/passwd",
        "//evil.example/",
        "/.env",
        "/.git/config",
        "/debug",
        "/metrics",
        "/metrics/",
        "/openapi.yaml",
        "/api/v1",
        "/api/v1/tokens",
        "/api/v2/connections",
        "/app/../app",
        "/shopify/nordlys/login/",
        "/facebook/webhook/",
        "/index.php",
        "/users/",
    ] {
        let answer = Request::get(path).send(&world).await;
        assert_eq!((answer.status, answer.json()["code"].as_str()), (404, Some("http.not_found")), "{path}");
    }
    world.close().await;
}

#[tokio::test]
async fn t39_a_failing_store_is_told_by_a_number_and_nothing_else() {
    let mut world = World::with_shop(products::warm_things()).await;
    let cookie = session_cookie(&world, world.browser());
    world.restarts().await;
    let (database, elsewhere) = (world.folder().join("data/shopclerk.db"), world.folder().join("gone"));
    let ask = |accept: &str| Request::get("/app").header("cookie", cookie.clone()).header("accept", accept);

    std::fs::rename(&database, &elsewhere).unwrap();
    let (told, page) = (ask("*/*").send(&world).await, ask("text/html").send(&world).await);
    std::fs::rename(&elsewhere, &database).unwrap();

    assert_eq!((told.status, told.json()["code"].as_str()), (500, Some("http.internal")));
    assert!(
        told.json()["request_id"].as_str().is_some_and(|id| page.body.contains("request") && !id.is_empty())
    );
    assert_eq!((page.status, page.header("content-type")), (500, Some("text/html; charset=utf-8")));
    let folder = world.folder().display().to_string();
    for answer in [&told, &page] {
        check_headers(answer, "GET /app");
        for word in [&*folder, "shopclerk.db", "sqlite", "SQLite", "unable to open", "src/", "Unavailable"] {
            assert!(!answer.body.contains(word), "{word} in {}", answer.body);
        }
    }
    assert_eq!(ask("*/*").send(&world).await.status, 200, "it recovers by itself");
    world.close().await;
}

#[tokio::test]
async fn a_browser_gets_pages_and_everything_else_json() {
    let world = World::unconnected(Vec::new()).await;
    let kind = async |path: &str, accept: Option<&str>| {
        let request = Request::get(path);
        let request = accept.iter().fold(request, |request, accept| request.header("accept", *accept));
        request.send(&world).await.header("content-type").unwrap().to_owned()
    };

    for accept in
        ["text/html", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "application/json, TEXT/HTML;q=0.1"]
    {
        assert_eq!(kind("/", Some(accept)).await, "text/html; charset=utf-8");
        assert_eq!(kind("/nothing", Some(accept)).await, "text/html; charset=utf-8");
    }
    for accept in [None, Some("*/*"), Some("application/json"), Some("text/*"), Some(""), Some("x")] {
        assert_eq!(kind("/", accept).await, "application/json");
        assert_eq!(kind("/nothing", accept).await, "application/problem+json");
    }
    let told = Request::get("/").send(&world).await.json();
    let message = "Use /facebook/login or /shopify/{shop_name}/login";
    assert_eq!(told, serde_json::json!({ "status": "ok", "message": message }));
    world.close().await;
}

#[tokio::test]
async fn a_problem_has_a_stable_form_and_repeats_nothing_of_the_request() {
    let world = World::unconnected(Vec::new()).await;

    let answer = Request::get("/facebook/callback?code=CANARY&state=CANARY&error_description=CANARY")
        .header("user-agent", "CANARY")
        .header("cookie", "session_id=CANARY")
        .send(&world)
        .await;

    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let expected = serde_json::json!({
        "title": "Bad Request", "status": 400, "code": "connect.state_malformed",
        "detail": "Malformed state token", "cure": "Start the connection again.",
    });
    assert_eq!((answer.json(), answer.body.contains("CANARY")), (expected, false));
    for (path, sentence) in [
        ("/facebook/callback", "Missing code parameter"),
        ("/facebook/callback?code=", "Missing code parameter"),
        ("/facebook/callback?code=a", "Missing state parameter"),
        ("/facebook/callback?error=access_denied", "Missing state parameter"),
        ("/shopify/callback", "Missing code/shop/state"),
        ("/shopify/callback?code=a&shop=nordlys.myshopify.com", "Missing code/shop/state"),
        ("/shopify/callback?shop=nordlys.myshopify.com&state=a", "Missing code/shop/state"),
        ("/shopify/callback?code=a&state=a", "Missing code/shop/state"),
        ("/shopify/callback?code=a&shop=nordlys.myshopify.com&state=a", "Malformed state token"),
    ] {
        assert_eq!(Request::get(path).send(&world).await.problem(), (400, sentence.to_owned()), "{path}");
    }
    world.close().await;
}

#[tokio::test]
async fn it_says_that_it_lives_and_that_it_takes_work() {
    let world = World::unconnected(Vec::new()).await;

    for (path, word) in [("/healthz", "ok\n"), ("/readyz", "ready\n")] {
        let answer = Request::get(path).send(&world).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, word));
    }
    world.close().await;
}
