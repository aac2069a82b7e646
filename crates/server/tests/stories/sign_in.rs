//! Sessions: how they begin, what carries them, and when they end.

use std::path::Path;
use std::time::Duration;

use crate::merchant::{
    SHOP_LOGIN, agrees, begins, comes_back, fresh_program, on_its_way, session_cookie, signed_in,
};
use crate::outside::{Answer, Request, param};
use crate::products;
use crate::world::{PAGE, World};
use shopclerk_sandbox::meta::PageSetup;

const MISSING: &str = "Missing session_id cookie";
const ENDED: &str = "Invalid or expired session";

/// What the connections page says to somebody who sends these cookies.
async fn app_with(world: &World, cookies: &str) -> Answer {
    Request::get("/app").header("cookie", cookies).send(world).await
}

async fn is_let_in(world: &World, cookies: &str) -> bool {
    let answer = app_with(world, cookies).await;
    let let_in = answer.status == 200;
    assert!(let_in || answer.problem() == (400, ENDED.to_owned()), "{}", answer.body);
    let_in
}

/// T32 for plain http on loopback: all that a browser is told about a cookie.
fn check_cookie(answer: &Answer, name: &str, life_s: i64) -> String {
    let set = answer.all("set-cookie");
    let line = set.iter().find(|line| line.starts_with(name)).unwrap_or_else(|| panic!("no {name}: {set:?}"));
    let mut parts = line.split("; ");
    let value = parts.next().unwrap().split_once('=').unwrap().1.to_owned();
    let mut attributes: Vec<&str> = parts.collect();
    attributes.sort_unstable();
    assert_eq!(attributes, ["HttpOnly", &format!("Max-Age={life_s}"), "Path=/", "SameSite=Lax"]);
    assert!(value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit()), "256 bits");
    value
}

#[tokio::test]
async fn t32_every_cookie_is_for_the_server_alone_and_has_an_end() {
    let world = World::unconnected(products::warm_things()).await;
    let browser = fresh_program();

    let login = Request::get(SHOP_LOGIN).send(&world).await;
    let attempt = format!("shopclerk_login_0={}", check_cookie(&login, "shopclerk_login_0", 600));
    let back = agrees(&browser, login.header("location").unwrap()).await;
    let callback = |back: &str| Request::get(&back.replace(&world.url(""), ""));
    let home = callback(&back).header("cookie", attempt).send(&world).await;
    let session = format!("session_id={}", check_cookie(&home, "session_id", 43_200));

    let login = Request::get("/facebook/login").header("cookie", session.clone()).send(&world).await;
    let attempt = format!("shopclerk_login_0={}", check_cookie(&login, "shopclerk_login_0", 600));
    let back = agrees(&browser, login.header("location").unwrap()).await;
    let home = callback(&back).header("cookie", format!("{session}; {attempt}")).send(&world).await;
    assert_ne!(format!("session_id={}", check_cookie(&home, "session_id", 43_200)), session);
    assert!(!app_with(&world, &session).await.body.contains("connections"));
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t34_every_sign_in_gives_a_new_id_and_the_old_one_is_dead() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;
    let mut former = Vec::new();

    for path in ["/facebook/login", SHOP_LOGIN, "/facebook/login"] {
        former.push(session_cookie(&world, &program));
        let back = on_its_way(&world, &program, path).await;
        assert_eq!(comes_back(&world, &program, &back).await.0, 200);

        assert!(is_let_in(&world, &session_cookie(&world, &program)).await);
        for old in &former {
            assert!(!is_let_in(&world, old).await, "after {path}");
        }
    }
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t34_an_id_that_somebody_chose_is_never_taken_over() {
    let world = World::unconnected(products::warm_things()).await;
    let chosen = format!("session_id={}", "ab".repeat(32));

    let login = Request::get(SHOP_LOGIN).header("cookie", chosen.clone()).send(&world).await;
    let attempt = format!("shopclerk_login_0={}", check_cookie(&login, "shopclerk_login_0", 600));
    let back = agrees(&fresh_program(), login.header("location").unwrap()).await;
    let home = Request::get(&back.replace(&world.url(""), ""))
        .header("cookie", format!("{chosen}; {attempt}"))
        .send(&world)
        .await;

    assert_eq!(home.status, 200);
    assert_ne!(format!("session_id={}", check_cookie(&home, "session_id", 43_200)), chosen);
    assert!(!is_let_in(&world, &chosen).await);
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t33_a_session_ends_after_an_hour_without_use() {
    let world = World::with_shop(products::warm_things()).await;
    let cookies = session_cookie(&world, world.browser());

    for _ in 0..3 {
        world.clock().advance(Duration::from_mins(59));
        assert!(is_let_in(&world, &cookies).await);
    }
    world.clock().advance(Duration::from_hours(1));
    assert!(!is_let_in(&world, &cookies).await);
    let login = Request::get("/facebook/login").header("cookie", cookies).send(&world).await;
    assert_eq!(login.problem(), (400, ENDED.to_owned()));
    world.close().await;
}

#[tokio::test]
async fn t33_a_session_in_constant_use_ends_after_twelve_hours() {
    let world = World::with_shop(products::warm_things()).await;
    let cookies = session_cookie(&world, world.browser());

    for _ in 0..23 {
        world.clock().advance(Duration::from_mins(30));
        assert!(is_let_in(&world, &cookies).await);
    }
    world.clock().advance(Duration::from_mins(29));
    assert!(is_let_in(&world, &cookies).await);
    world.clock().advance(Duration::from_mins(1));
    assert!(!is_let_in(&world, &cookies).await);
    world.close().await;
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_at_every_door() {
    let world = World::with_shop(products::warm_things()).await;
    let good = session_cookie(&world, world.browser());
    let id = good.trim_start_matches("session_id=").to_owned();

    for door in ["/app", "/facebook/login"] {
        for (cookies, sentence) in [
            ("other=1".to_owned(), MISSING),
            (format!("Session_Id={id}"), MISSING),
            (format!("__Host-session_id={id}"), MISSING),
            (format!("session_id={id}; session_id={}", "0".repeat(64)), MISSING),
            (format!("session_id={}; session_id={id}", "0".repeat(64)), MISSING),
            ("session_id=".to_owned(), ENDED),
            (format!("session_id={}", "0".repeat(64)), ENDED),
            (format!("session_id={}", &id[..63]), ENDED),
            (format!("session_id={id}0"), ENDED),
            (format!("session_id={}", id.to_ascii_uppercase()), ENDED),
            ("session_id=' OR 1=1 --".to_owned(), ENDED),
        ] {
            let answer = Request::get(door).header("cookie", cookies.clone()).send(&world).await;
            assert_eq!(answer.problem(), (400, sentence.to_owned()), "{door} {cookies}");
            assert!(answer.all("location").is_empty());
        }
        let twice = Request::get(door).header("cookie", good.clone()).header("cookie", good.clone());
        assert_eq!(twice.send(&world).await.problem(), (400, MISSING.to_owned()));
        assert_eq!(Request::get(door).send(&world).await.problem(), (400, MISSING.to_owned()));
    }
    assert!(is_let_in(&world, &format!("a=b; {good}; c=d")).await);
    world.close().await;
}

#[tokio::test]
async fn t33_what_is_on_disk_signs_nobody_in() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;
    let door = begins(&world, &program, "/facebook/login").await;

    let carried = [
        session_cookie(&world, &program).trim_start_matches("session_id=").to_owned(),
        program.cookie(&world.url("/"), "shopclerk_login_1").unwrap(),
        param(&door, "state"),
    ];

    for secret in &carried {
        let bytes = hex::decode(secret).unwrap();
        assert!(!is_on_disk(&world.folder().join("data"), secret.as_bytes()));
        assert!(!is_on_disk(&world.folder().join("data"), &bytes));
    }
    world.settle().await;
    world.close().await;
}

fn is_on_disk(folder: &Path, needle: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).any(|path| {
        if path.is_dir() {
            return is_on_disk(&path, needle);
        }
        path.is_file() && std::fs::read(path).unwrap().windows(needle.len()).any(|window| window == needle)
    })
}

#[tokio::test]
async fn two_browsers_of_one_merchant_are_signed_in_side_by_side() {
    let world = World::unconnected(products::warm_things()).await;
    let (office, phone) = (signed_in(&world).await, signed_in(&world).await);

    let uuid = async |browser| {
        let answer = app_with(&world, &session_cookie(&world, browser)).await;
        answer.json()["user_uuid"].as_str().unwrap().to_owned()
    };

    assert_eq!(uuid(&office).await, uuid(&phone).await);
    assert_ne!(session_cookie(&world, &office), session_cookie(&world, &phone));
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t38_a_page_named_to_do_harm_is_only_shown() {
    let name = "<script>alert(1)</script>\" onload=\"x' & <b>";
    let world = World::with_pages(Vec::new(), vec![PageSetup::new(PAGE, name)]).await;
    world.connect().await;

    let page = world.walk("/app").await.body;

    assert!(!page.contains("<script") && !page.contains("<b>") && !page.contains("\" onload"), "{page}");
    assert!(page.contains("&#60;script&#62;") || page.contains("&lt;script&gt;"), "{page}");
    world.close().await;
}
