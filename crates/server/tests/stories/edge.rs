//! The edge: how often strangers may ask, who changes something with a cookie, and many who are slow.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::time::Duration;

use serde_json::json;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::http::ROUTES;
use crate::merchant::{SHOP_LOGIN, comes_back, on_its_way, session_cookie, signed_in};
use crate::outside::{Answer, Request, exchange, from_meta, param, signed_query};
use crate::products;
use crate::scene::Scene;
use crate::settings::{Running, but};
use crate::world::{FACEBOOK_SECRET, SHOPIFY_SECRET, World};

const LIMITED: &[(&str, &str)] = &[
    ("SHOPCLERK_LOGINS_PER_MINUTE", "3"),
    ("SHOPCLERK_CALLBACKS_PER_MINUTE", "4"),
    ("SHOPCLERK_HANDSHAKES_PER_MINUTE", "2"),
];
const BEHIND_A_PROXY: &[(&str, &str)] =
    &[("SHOPCLERK_LOGINS_PER_MINUTE", "3"), ("SHOPCLERK_TRUSTED_PROXIES", "127.0.0.0/8")];
const CALLBACK: &str = "/shopify/callback?code=a&shop=nordlys.myshopify.com&state=b";
const HANDSHAKE: &str = "/facebook/webhook?hub.mode=subscribe&hub.verify_token=guess&hub.challenge=1";

/// How many of so many requests were let through.
async fn admitted(world: &World, times: usize, request: impl Fn(usize) -> Request) -> usize {
    let mut admitted = 0;
    for number in 0..times {
        let answer = request(number).send(world).await;
        if answer.status == 429 {
            assert_eq!(answer.told("code"), "http.too_many");
            assert_eq!(answer.header("retry-after"), Some("60"));
        }
        admitted += usize::from(answer.status != 429);
    }
    admitted
}

#[tokio::test]
async fn t41_a_stranger_asks_so_often_in_a_minute_and_no_more() {
    let world = Scene::of(products::warm_things()).configured(LIMITED).unconnected().await;

    for (door, most) in [(SHOP_LOGIN, 3), (CALLBACK, 4), (HANDSHAKE, 2)] {
        assert_eq!(admitted(&world, 10, |_| Request::get(door)).await, most, "{door}");
    }
    assert_eq!(admitted(&world, 2, |_| Request::get("/facebook/login")).await, 0, "both logins are one");
    assert_eq!(admitted(&world, 20, |_| from_meta("{}")).await, 20, "deliveries are not strangers'");

    world.clock().advance(Duration::from_mins(1));
    assert_eq!(admitted(&world, 10, |_| Request::get(SHOP_LOGIN)).await, 3);
    world.close().await;
}

#[tokio::test]
async fn t70_an_address_somebody_writes_down_moves_no_limit() {
    let forwarded =
        |number: usize| Request::get(SHOP_LOGIN).header("x-forwarded-for", format!("9.9.9.{number}"));
    let world = Scene::of(products::warm_things()).configured(LIMITED).unconnected().await;
    assert_eq!(admitted(&world, 10, forwarded).await, 3, "nobody trusts what this peer says");
    world.close().await;

    let world = Scene::of(products::warm_things()).configured(BEHIND_A_PROXY).unconnected().await;
    assert_eq!(admitted(&world, 10, forwarded).await, 10, "each is another person");
    let spoofed = |number: usize| {
        Request::get(SHOP_LOGIN).header("x-forwarded-for", format!("7.7.7.{number}, 8.8.8.8"))
    };
    assert_eq!(admitted(&world, 10, spoofed).await, 3, "the proxy wrote the last one");
    world.close().await;
}

/// Every unsafe method of every route that is not a platform's or a program's.
fn changing() -> impl Iterator<Item = (&'static str, &'static str)> {
    let own = ROUTES.iter().filter(|(route, _)| route.starts_with("/app"));
    own.flat_map(|(route, methods)| methods.iter().map(move |method| (*method, *route)))
        .filter(|(method, _)| !matches!(*method, "GET" | "HEAD"))
}

#[tokio::test]
async fn t36_no_other_site_changes_anything_with_the_merchants_cookie() {
    let world = World::with_shop(products::warm_things()).await;
    let cookie = session_cookie(&world, world.browser());
    let ours = world.url("");

    assert!(changing().count() >= 2, "there is something to change");
    for (method, route) in changing() {
        for headers in [
            &[][..],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", &*ours)],
            &[("sec-fetch-site", "none")],
        ] {
            let request = Request::new(method, route).header("cookie", cookie.clone());
            let request = headers.iter().fold(request, |request, (name, value)| request.header(name, *value));
            let answer = request.send(&world).await;
            assert_eq!(
                (answer.status, answer.told("code").as_str()),
                (403, "http.other_site"),
                "{method} {route} {headers:?}"
            );
        }
    }
    assert_eq!(
        Request::get("/app").header("cookie", cookie).send(&world).await.status,
        200,
        "nothing happened"
    );
    world.close().await;
}

/// A press of a button on a page of ours.
async fn presses(world: &World, route: &str, cookie: &str) -> Answer {
    let form =
        Request::post(route, Vec::new()).header("cookie", cookie).header("sec-fetch-site", "same-origin");
    form.send(world).await
}

#[tokio::test]
async fn t34_who_signs_out_is_out_at_once() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;
    let cookie = session_cookie(&world, &program);

    let out = presses(&world, "/app/sign-out", &cookie).await;

    assert_eq!((out.status, out.json()), (200, json!({ "status": "success" })));
    assert!(
        out.header("set-cookie")
            .is_some_and(|line| line.starts_with("session_id=;") && line.contains("Max-Age=0"))
    );
    let asked = Request::get("/app").header("cookie", cookie.clone()).send(&world).await;
    assert_eq!(asked.problem(), (400, "Invalid or expired session".to_owned()));
    assert_eq!(presses(&world, "/app/sign-out", &cookie).await.status, 200, "once more does no harm");
    let page = Request::post("/app/sign-out", Vec::new())
        .header("origin", world.url(""))
        .header("accept", "text/html");
    let page = page.send(&world).await;
    assert_eq!((page.status, page.header("location")), (303, Some("/")));
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t33_a_merchant_sees_the_other_sessions_and_ends_them() {
    let world = World::unconnected(products::warm_things()).await;
    let office = session_cookie(&world, &signed_in(&world).await);
    world.clock().advance(Duration::from_mins(5));
    let phone = session_cookie(&world, &signed_in(&world).await);
    let listed = async |cookie: &str| {
        let answer = Request::get("/app/sessions").header("cookie", cookie).send(&world).await;
        let sessions = answer.json()["sessions"].as_array().cloned().unwrap_or_default();
        sessions
            .iter()
            .map(|it| (it["begun_at"].as_str().unwrap().to_owned(), it["current"] == true))
            .collect::<Vec<_>>()
    };

    let early = "2026-11-21T11:00:00.000Z".to_owned();
    let late = "2026-11-21T11:05:00.000Z".to_owned();
    assert_eq!(listed(&phone).await, [(late.clone(), true), (early, false)]);
    let ended = presses(&world, "/app/sessions/end-others", &phone).await;
    assert_eq!((ended.status, ended.json()), (200, json!({ "ended": 1 })));

    assert_eq!(listed(&phone).await, [(late, true)]);
    let gone = Request::get("/app").header("cookie", office).send(&world).await;
    assert_eq!(gone.problem(), (400, "Invalid or expired session".to_owned()));
    let page = Request::get("/app/sessions")
        .header("cookie", phone)
        .header("accept", "text/html")
        .send(&world)
        .await;
    assert!(page.status == 200 && page.body.contains("This browser"), "{}", page.body);
    world.settle().await;
    world.close().await;
}

/// Where a platform answers everything with an error page of its own.
fn broken_platform() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut asked = [0; 4_096];
            drop(stream.read(&mut asked));
            let page = "<h1>CANARY in line 7 of /srv/platform.rb</h1>";
            let head = "HTTP/1.1 500 Oops\r\ncontent-type: text/html\r\nconnection: close";
            drop(write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n{page}", page.len()));
        }
    });
    address
}

/// A setting made up in the story.
fn operator(name: &'static str, value: String) -> &'static [(&'static str, &'static str)] {
    Vec::leak(vec![(name, &*value.leak())])
}

#[tokio::test]
async fn t39_a_failing_platform_is_told_by_a_sentence_and_nothing_else() {
    let nobody = "http://127.0.0.1:1".to_owned();
    for shopify in [broken_platform(), nobody.clone()] {
        let settings = operator("SHOPIFY_URL", format!("{shopify}/{{shop}}"));
        let world = Scene::of(products::warm_things()).configured(settings).unconnected().await;
        let door = Request::get(SHOP_LOGIN).send(&world).await;
        let state = param(door.header("location").unwrap(), "state");
        let now = (world.app().now().millis() / 1_000).to_string();
        let pairs =
            [("code", "c0de"), ("shop", "nordlys.myshopify.com"), ("state", &*state), ("timestamp", &*now)];
        let back = format!("/shopify/callback?{}", signed_query(SHOPIFY_SECRET, &pairs));
        let cookie = door.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        let answer = Request::get(&back).header("cookie", cookie).send(&world).await;
        assert_eq!(answer.problem(), (400, "Token exchange failed".to_owned()), "{shopify}");
        assert!(!answer.body.contains("CANARY") && !answer.body.contains("127.0.0.1"), "{}", answer.body);
        world.close().await;
    }
    for graph in [broken_platform(), nobody] {
        let settings = operator("FACEBOOK_GRAPH_URL", graph);
        let world = Scene::of(products::warm_things()).configured(settings).unconnected().await;
        let program = signed_in(&world).await;
        let back = on_its_way(&world, &program, "/facebook/login").await;
        let (status, sentence) = comes_back(&world, &program, &back).await;
        assert_eq!((status, &*sentence), (400, "Token exchange failed"));
        world.settle().await;
        world.close().await;
    }
}

/// How many say a letter at a time. The long form is more than there are places for.
fn many() -> usize {
    if std::env::var_os("SHOPCLERK_LONG").is_some() { 5_000 } else { 300 }
}

/// Memory of a process, in bytes.
fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap() * 1_024
}

#[tokio::test]
async fn t05_thousands_who_say_a_letter_at_a_time_keep_nobody_out_and_cost_little() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), &but(&[("FACEBOOK_APP_SECRET", FACEBOOK_SECRET)]));
    let status = async |request: Request| exchange(running.address(), &request.bytes()).await.unwrap().status;
    let head = b"POST /facebook/webhook HTTP/1.1\r\nhost: a\r\ncontent-length: 3000000\r\n\r\n";
    assert_eq!(status(from_meta("{}")).await, 200);
    let before = resident(running.id());

    let mut slow = Vec::new();
    for number in 0..many() {
        let mut stream = TcpStream::connect(running.address()).await.unwrap();
        // Half of them stay in the head, half in the body.
        let said: &[u8] = if number % 2 == 0 { b"G" } else { head };
        stream.write_all(said).await.unwrap();
        slow.push(stream);
    }
    for _ in 0..3 {
        for stream in &mut slow {
            // Whoever had to make room finds the connection closed.
            drop(stream.write_all(b"E").await);
        }
        assert_eq!(status(from_meta("{}")).await, 200);
        assert_eq!(status(Request::get("/readyz")).await, 200);
    }

    let grown = resident(running.id()).saturating_sub(before);
    eprintln!("{} who are slow: {} KB more than the {} KB before", many(), grown / 1_024, before / 1_024);
    assert!(grown < 64 * 1_024 * 1_024, "{grown} bytes more");
    assert_eq!(running.stops(), Some(0));
}
