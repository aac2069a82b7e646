//! The ways back from the platforms: what a misused, changed or hostile one is answered with, before anybody is called.

use std::time::Duration;

use crate::merchant::{
    FJELL, NORDLYS, SHOP_LOGIN, begins, comes_back, connections_of, fresh_browser, fresh_program, on_its_way,
    refused, session_cookie, signed_in,
};
use crate::outside::{Request, param, signed_query};
use crate::products;
use crate::world::{SHOPIFY_SECRET, World};

const INVALID: &str = "Invalid state token";
const MALFORMED: &str = "Malformed state token";
const EXPIRED: &str = "Expired state token";
const BAD_HMAC: &str = "Invalid HMAC signature";

#[tokio::test]
async fn t16_a_shops_way_back_counts_once_in_its_browser() {
    let world = World::unconnected(products::warm_things()).await;

    let (program, stranger) = (fresh_program(), fresh_program());
    let back = on_its_way(&world, &program, SHOP_LOGIN).await;
    refused(&world, &stranger, &back, INVALID).await;
    refused(&world, &program, &back, INVALID).await;

    let back = on_its_way(&world, &program, SHOP_LOGIN).await;
    let with_other_attempts = fresh_program();
    begins(&world, &with_other_attempts, SHOP_LOGIN).await;
    refused(&world, &with_other_attempts, &back, INVALID).await;

    let back = on_its_way(&world, &program, SHOP_LOGIN).await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 200);
    refused(&world, &program, &back, INVALID).await;
    world.close().await;
}

#[tokio::test]
async fn t16_a_shops_way_back_counts_in_time_for_its_shop_and_platform() {
    let world = World::unconnected(products::warm_things()).await;
    let program = fresh_program();
    let now = || (world.app().now().millis() / 1_000).to_string();
    let back = |shop: &str, state: &str| {
        let pairs = [("code", "c0de"), ("shop", shop), ("state", state), ("timestamp", &now())];
        world.url(&format!("/shopify/callback?{}", signed_query(SHOPIFY_SECRET, &pairs)))
    };
    let state = async || param(&begins(&world, &program, SHOP_LOGIN).await, "state");

    let late = state().await;
    world.clock().advance(Duration::from_mins(10));
    refused(&world, &program, &back(NORDLYS, &late), EXPIRED).await;

    let early = state().await;
    world.clock().jump_to(world.app().now().minus(Duration::from_hours(1)));
    refused(&world, &program, &back(NORDLYS, &early), INVALID).await;

    refused(&world, &program, &back(FJELL, &state().await), INVALID).await;
    let facebook = world.url(&format!("/facebook/callback?code=c0de&state={}", state().await));
    refused(&world, &program, &facebook, INVALID).await;

    let just_in_time = state().await;
    world.clock().advance(Duration::from_millis(599_999));
    let answer = comes_back(&world, &program, &back(NORDLYS, &just_in_time)).await;
    assert_eq!(answer, (400, "Token exchange failed".to_owned()), "the state was good, the code was not");
    world.close().await;
}

#[tokio::test]
async fn t16_a_state_of_another_shape_is_malformed_and_one_changed_bit_makes_it_unknown() {
    let world = World::unconnected(products::warm_things()).await;
    let program = signed_in(&world).await;
    let state = param(&begins(&world, &program, "/facebook/login").await, "state");
    let flipped = format!("{}{}", &state[..63], if state.ends_with('0') { '1' } else { '0' });

    for (changed, sentence) in [
        ("x".to_owned(), MALFORMED),
        (state[..63].to_owned(), MALFORMED),
        (format!("{state}0"), MALFORMED),
        (state.to_ascii_uppercase(), MALFORMED),
        (format!("{}%00", &state[..63]), MALFORMED),
        ("%F0%9F%95%AF".to_owned(), MALFORMED),
        (format!("{state}&state={state}"), MALFORMED),
        (flipped, INVALID),
        (String::new(), "Missing state parameter"),
    ] {
        let address = world.url(&format!("/facebook/callback?code=c0de&state={changed}"));
        refused(&world, &program, &address, sentence).await;
    }
    let untouched = world.url(&format!("/facebook/callback?code=c0de&state={state}"));
    assert_eq!(comes_back(&world, &program, &untouched).await.1, "Token exchange failed");
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t16_facebooks_way_back_counts_once_in_its_browser_session_and_time() {
    let world = World::unconnected(products::warm_things()).await;
    let (program, other) = (signed_in(&world).await, signed_in(&world).await);

    let back = on_its_way(&world, &program, "/facebook/login").await;
    refused(&world, &other, &back, INVALID).await;
    let back = on_its_way(&world, &program, "/facebook/login").await;
    refused(&world, &fresh_program(), &back, INVALID).await;

    let back = on_its_way(&world, &program, "/facebook/login").await;
    world.clock().advance(Duration::from_mins(10));
    refused(&world, &program, &back, EXPIRED).await;

    let back = on_its_way(&world, &program, "/facebook/login").await;
    let anew = on_its_way(&world, &program, SHOP_LOGIN).await;
    assert_eq!(comes_back(&world, &program, &anew).await.0, 200, "another session begins");
    refused(&world, &program, &back, INVALID).await;

    let back = on_its_way(&world, &program, "/facebook/login").await;
    assert_eq!(comes_back(&world, &program, &back).await.0, 200);
    refused(&world, &program, &back, INVALID).await;
    world.close().await;
}

#[tokio::test]
async fn t18_every_changed_doubled_or_dropped_parameter_of_a_shops_callback_is_refused() {
    const LACKS: &str = "Missing code/shop/state";
    let world = World::unconnected(products::warm_things()).await;
    let program = fresh_program();

    for (name, changed, dropped) in [
        ("code", BAD_HMAC, LACKS),
        ("shop", BAD_HMAC, LACKS),
        ("state", INVALID, LACKS),
        ("host", BAD_HMAC, BAD_HMAC),
        ("timestamp", BAD_HMAC, BAD_HMAC),
        ("hmac", BAD_HMAC, BAD_HMAC),
    ] {
        let back = on_its_way(&world, &program, SHOP_LOGIN).await;
        let value = param(&back, name);
        let pair = form_urlencoded::Serializer::new(String::new()).append_pair(name, &value).finish();
        refused(&world, &program, &format!("{back}&{pair}"), BAD_HMAC).await;
        let other = if name == "shop" { FJELL.to_owned() } else { other_than(&value) };
        refused(&world, &program, &back.replace(&pair, &format!("{name}={other}")), changed).await;

        let back = on_its_way(&world, &program, SHOP_LOGIN).await;
        refused(&world, &program, &without(&back, name), dropped).await;
    }
    let extra = format!("{}&a=b", on_its_way(&world, &program, SHOP_LOGIN).await);
    refused(&world, &program, &extra, BAD_HMAC).await;
    world.close().await;
}

/// A value with another last character.
fn other_than(value: &str) -> String {
    let last = if value.ends_with('1') { '2' } else { '1' };
    format!("{}{last}", &value[..value.len() - 1])
}

fn without(address: &str, name: &str) -> String {
    let (path, query) = address.split_once('?').unwrap();
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.starts_with(&format!("{name}="))).collect();
    format!("{path}?{}", kept.join("&"))
}

#[tokio::test]
async fn t18_a_callback_is_good_in_any_order_and_for_five_minutes() {
    let world = World::unconnected(products::warm_things()).await;
    let program = fresh_program();
    let now = world.app().now().millis() / 1_000;

    for (seconds, sentence) in
        [(301, BAD_HMAC), (-301, BAD_HMAC), (300, "Token exchange failed"), (-300, "Token exchange failed")]
    {
        let state = param(&begins(&world, &program, SHOP_LOGIN).await, "state");
        let at = (now + seconds).to_string();
        let pairs = [("code", "c0de"), ("shop", NORDLYS), ("state", &*state), ("timestamp", &*at)];
        let query = signed_query(SHOPIFY_SECRET, &pairs);
        let answer = comes_back(&world, &program, &world.url(&format!("/shopify/callback?{query}"))).await;
        assert_eq!(answer, (400, sentence.to_owned()), "{seconds} s");
    }

    let back = on_its_way(&world, &program, SHOP_LOGIN).await;
    let (path, query) = back.split_once('?').unwrap();
    let mut pairs: Vec<&str> = query.split('&').collect();
    pairs.reverse();
    assert_eq!(comes_back(&world, &program, &format!("{path}?{}", pairs.join("&"))).await.0, 200);
    world.close().await;
}

#[tokio::test]
async fn t18_a_right_signature_does_not_make_a_hostile_name_a_shop() {
    let world = World::unconnected(products::warm_things()).await;
    let program = fresh_program();
    let now = (world.app().now().millis() / 1_000).to_string();
    let address = |shop: &str, state: &str| {
        let pairs = [("code", "c0de"), ("shop", shop), ("state", state), ("timestamp", &now)];
        world.url(&format!("/shopify/callback?{}", signed_query(SHOPIFY_SECRET, &pairs)))
    };

    let state = param(&begins(&world, &program, SHOP_LOGIN).await, "state");
    for hostile in HOSTILE {
        refused(&world, &program, &address(hostile, &state), "Invalid shop").await;
    }
    assert_eq!(comes_back(&world, &program, &address(NORDLYS, &state)).await.1, "Token exchange failed");
    world.close().await;
}

/// Names that must never become a host.
const HOSTILE: &[&str] = &[
    "evil.com",
    "x.myshopify.com@evil.com",
    "evil.com#.myshopify.com",
    "evil.com?.myshopify.com",
    "evil.com/.myshopify.com",
    "evil.com\\.myshopify.com",
    "nordlys.myshopify.com.evil.com",
    "evilmyshopify.com",
    "nordlys.myshopify.com.",
    "nordlys.myshopify.com:443",
    "nordlys.myshopify.com%2eevil.com",
    "nord\0lys.myshopify.com",
    "nordlys.myshopify.com\r\nx: y",
    "ｎordlys.myshopify.com",
    "nordlys。myshopify.com",
    "a.b.myshopify.com",
    "-nordlys.myshopify.com",
    ".myshopify.com",
    "127.0.0.1",
    "https://nordlys.myshopify.com",
];

#[tokio::test]
async fn t19_only_a_shops_own_name_leads_to_its_door() {
    let world = World::unconnected(products::warm_things()).await;

    let encoded = HOSTILE
        .iter()
        .map(|name| form_urlencoded::byte_serialize(name.as_bytes()).collect::<String>().replace('+', "%20"));
    let raw =
        ["nordlys%252emyshopify.com", "%6eordlys%2emyshopify%2ecom%00", "nordlys%0a", "a_b", &"a".repeat(63)]
            .map(str::to_owned);
    for name in encoded.chain(raw) {
        let answer = Request::get(&format!("/shopify/{name}/login")).send(&world).await;
        assert_eq!(answer.problem(), (400, "Invalid shop".to_owned()), "{name}");
        assert!(answer.all("location").is_empty() && answer.all("set-cookie").is_empty());
    }
    let door = world.sandbox().shopify_url_template().replace("{shop}", NORDLYS);
    for name in ["nordlys", "nordlys.myshopify.com", "NORDLYS.MyShopify.com", "n%6Frdlys"] {
        let answer = Request::get(&format!("/shopify/{name}/login")).send(&world).await;
        assert!(answer.header("location").unwrap().starts_with(&door), "{name}");
    }
    assert_eq!(world.sandbox().journal().after(0, 10).len(), 0, "nobody was called");
    world.close().await;
}

#[tokio::test]
async fn t22_where_a_sign_in_leads_is_ours_to_say() {
    let world = World::unconnected(products::warm_things()).await;
    let ours = world.url("/shopify/callback");

    let path =
        "/shopify/nordlys/login?next=https://evil.example/&redirect_uri=//evil.example&host=evil.example";
    let answer = Request::get(path)
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-forwarded-proto", "https")
        .header("forwarded", "host=evil.example;proto=https")
        .header("x-original-url", "//evil.example")
        .send(&world)
        .await;
    let away = answer.header("location").unwrap();
    assert_eq!((param(away, "redirect_uri"), away.contains("evil")), (ours, false));

    let browser = fresh_browser();
    let now = (world.app().now().millis() / 1_000).to_string();
    let back = on_its_way(&world, &browser, SHOP_LOGIN).await;
    let (code, state) = (param(&back, "code"), param(&back, "state"));
    let pairs = [
        ("code", &*code),
        ("next", "//evil.example"),
        ("shop", NORDLYS),
        ("state", &*state),
        ("timestamp", &*now),
    ];
    let query = signed_query(SHOPIFY_SECRET, &pairs);
    let home = browser.get(&world.url(&format!("/shopify/callback?{query}"))).await.unwrap();
    assert_eq!((home.status, home.location.as_deref()), (303, Some("/app")));
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn t23_any_number_of_begun_sign_ins_changes_nothing_else() {
    let world = World::with_shop(products::warm_things()).await;
    let cookie = session_cookie(&world, world.browser());
    let (entries, told) =
        (world.sandbox().journal().after(0, 10_000).len(), world.told("connect.shop").len());
    let before = connections_of(&world, world.browser()).await;

    let request = Request::get("/shopify/fjell/login");
    let asked: Vec<_> = (0..200).map(|_| request.send(&world)).collect();
    let answers = futures::future::join_all(asked).await;

    assert!(answers.iter().all(|answer| answer.status == 303));
    assert_eq!(connections_of(&world, world.browser()).await, before);
    assert_eq!(world.sandbox().journal().after(0, 10_000).len(), entries, "nobody was called");
    assert_eq!(world.told("connect.shop").len(), told);
    assert!(world.app().store().list_due(world.app().now(), 5).await.unwrap().is_empty());
    assert_eq!(Request::get("/app").header("cookie", cookie).send(&world).await.status, 200);
    world.close().await;
}

#[tokio::test]
async fn t23_five_tabs_may_sign_in_side_by_side_and_the_newest_always_can() {
    let world = World::unconnected(products::warm_things()).await;
    let program = fresh_program();

    let mut tabs = Vec::new();
    for _ in 0..6 {
        tabs.push(on_its_way(&world, &program, SHOP_LOGIN).await);
    }

    let mut arrived = Vec::new();
    for back in tabs.iter().rev() {
        arrived.push(comes_back(&world, &program, back).await.0 == 200);
    }
    assert!(arrived[0], "the newest");
    assert_eq!(arrived.iter().filter(|arrived| **arrived).count(), 5);
    world.close().await;
}
