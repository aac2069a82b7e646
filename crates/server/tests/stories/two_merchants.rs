//! Two merchants side by side: neither ever sees a byte of the other, in answers, pages, replies or mirror.

use std::path::Path;

use shopclerk_sandbox::meta::PageSetup;
use shopclerk_sandbox::walk::Walker;

use crate::merchant::{FJELL, NORDLYS, comes_back, fjell_sells, fresh_program, on_its_way, session_cookie};
use crate::outside::Request;
use crate::products;
use crate::scene::Scene;
use crate::world::{PAGE, World};

const FJELL_PAGE: &str = "106511000000002";

/// One side, and the words that are its alone.
struct Side<'a> {
    browser: &'a Walker,
    page: &'static str,
    shopper: &'static str,
    question: &'static str,
    answer: &'static str,
    canaries: Vec<String>,
}

/// Both are connected, each with a Page of its own.
async fn side_by_side(fjell: &Walker) -> World {
    let pages = vec![PageSetup::new(PAGE, "Nordlys Lys"), PageSetup::new(FJELL_PAGE, "Fjell Sport")];
    let open = &[("SHOPCLERK_SIGNUP", "open")];
    let world = Scene::of(products::warm_things()).with_pages(pages).configured(open).unconnected().await;
    fjell_sells(
        &world,
        vec![
            products::simple(901, "Fjell tent", "1990.00", 2),
            products::simple(902, "Granite stove", "790.00", 5),
            products::simple(903, "Trail rope", "390.00", 9),
        ],
    );
    world.sandbox().meta().pick(&[PAGE]);
    world.connect().await;
    world.sandbox().meta().pick(&[FJELL_PAGE]);
    for path in ["/shopify/fjell/login", "/facebook/login"] {
        let back = on_its_way(&world, fjell, path).await;
        assert_eq!(comes_back(&world, fjell, &back).await.0, 200);
    }
    world.settle().await;
    world
}

/// The merchant's id, as its own page says it.
async fn id_of(world: &World, browser: &Walker) -> String {
    let answer = Request::get("/app").header("cookie", session_cookie(world, browser)).send(world).await;
    answer.told("user_uuid")
}

/// Everything the product shows this side: each list, each conversation, the page in both forms.
async fn shown(world: &World, browser: &Walker) -> String {
    let ask = async |path: &str, accept: &str| {
        let request = Request::get(path).header("cookie", session_cookie(world, browser));
        let answer = request.header("accept", accept).send(world).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    };
    let mut all = ask("/app", "text/html").await.body + &ask("/app", "*/*").await.body;
    for path in ["connections", "conversations", "products", "deliveries"] {
        let answer = ask(&format!("/api/v1/{path}"), "*/*").await;
        all += &answer.body;
        for row in answer.json()["data"].as_array().unwrap().iter().filter(|_| path == "conversations") {
            all += &ask(&format!("/api/v1/conversations/{}", row["id"].as_str().unwrap()), "*/*").await.body;
        }
    }
    all
}

/// Every name and byte below a folder.
fn everything(folder: &Path) -> String {
    let mut all = String::new();
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        all += &path.display().to_string();
        let below = if path.is_dir() { everything(&path) } else { std::fs::read_to_string(&path).unwrap() };
        all += &below;
    }
    all
}

#[tokio::test]
async fn t44_two_merchants_interleaved_never_see_a_byte_of_each_other() {
    let fjell = fresh_program();
    let world = side_by_side(&fjell).await;
    let ids = [id_of(&world, world.browser()).await, id_of(&world, &fjell).await];
    let words =
        |list: &[&str], id: &String| list.iter().map(|word| (*word).to_owned()).chain([id.clone()]).collect();
    let sides = [
        Side {
            browser: world.browser(),
            page: PAGE,
            shopper: "Ana",
            question: "how much is the Storm coat?",
            answer: "189",
            canaries: words(&["Storm coat", "canary-qz7n", "Nordlys", "nordlys", PAGE, "Ana"], &ids[0]),
        },
        Side {
            browser: &fjell,
            page: FJELL_PAGE,
            shopper: "Bo",
            question: "how much is the Granite stove?",
            answer: "790",
            canaries: words(
                &["Granite stove", "canary-kx4f", "Fjell", "fjell", FJELL_PAGE, "\"Bo\""],
                &ids[1],
            ),
        },
    ];
    assert_ne!(ids[0], ids[1]);

    for _ in 0..3 {
        for side in &sides {
            world.sandbox().meta().shopper_writes_to(side.page, side.shopper, side.question).unwrap();
        }
        world.settle().await;
        for side in &sides {
            world.sandbox().meta().shopper_writes_to(side.page, side.shopper, &side.canaries[1]).unwrap();
        }
        world.settle().await;
    }

    for (mine, other) in [(&sides[0], &sides[1]), (&sides[1], &sides[0])] {
        let said = world.sandbox().meta().messages_with(mine.page, mine.shopper).unwrap();
        let mirror = world.folder().join("data/mirror/users").join(mine.canaries.last().unwrap());
        let places = [
            ("answers and pages", shown(&world, mine.browser).await),
            ("replies", format!("{said:?}")),
            ("mirror", everything(&mirror)),
        ];
        assert!(places[1].1.contains(mine.answer), "the question was answered: {said:?}");
        for (place, text) in &places {
            assert!(text.contains(&mine.canaries[0]), "{place} is looked at: {text}");
            for canary in &other.canaries {
                assert!(!text.contains(canary), "{place} of {} show {canary}", mine.page);
            }
        }
    }
    assert!(world.sandbox().shopify().is_installed(NORDLYS) && world.sandbox().shopify().is_installed(FJELL));
    world.close().await;
}
