//! Looking through every connection: what webhooks missed is found and told, and one merchant's trouble is nobody else's.

use std::sync::Mutex;
use std::time::Duration;

use serde_json::json;
use shopclerk_domain::clock::Clock as _;
use shopclerk_domain::connection::{ConnectionName, ShopDomain};
use shopclerk_flows::app::SignupRule;
use shopclerk_flows::connections::{self, Poll};
use shopclerk_flows::poll::now::{self, Asked, Chosen, Look};
use shopclerk_flows::progress::Progress;
use shopclerk_flows::worker;

use crate::control::orders;
use crate::disconnect::{account, ends};
use crate::merchant::{self, FJELL, NORDLYS};
use crate::products;
use crate::scene::Scene;
use crate::world::{PAGE, World, price};

const HOUR: Duration = Duration::from_hours(1);

impl World {
    /// A person asks for a look at everything, and it is done.
    pub(crate) async fn looks_through_everything(&self) -> Asked {
        self.polls(&Chosen::Everything).await
    }

    async fn polls(&self, chosen: &Chosen) -> Asked {
        let asked = now::ask(self.app(), chosen).await.unwrap();
        self.settle().await;
        asked
    }

    /// What the last look at the merchant's first shop came to.
    async fn shop_poll(&self) -> Poll {
        let overview = connections::first_overview(self.app()).await.unwrap();
        overview.shops.into_iter().next().unwrap().looks.poll.unwrap()
    }

    /// What the last look at the merchant's first Page came to.
    async fn page_poll(&self) -> Poll {
        let overview = connections::first_overview(self.app()).await.unwrap();
        overview.accounts.into_iter().next().unwrap().looks.poll.unwrap()
    }

    /// How far each look of `asked` has come, by the name of its connection.
    async fn progress(&self, asked: &Asked) -> Vec<(String, Look)> {
        let mut all = Vec::new();
        for target in &asked.targets {
            all.push((target.name.clone(), now::progress(self.app(), asked, target).await.unwrap()));
        }
        all
    }
}

/// Two merchants, each with a shop of their own.
async fn two_merchants() -> World {
    let world = Scene::of(products::warm_things())
        .set(|settings| settings.signup = SignupRule::Open)
        .connected()
        .await;
    merchant::fjell_opens(&world);
    let owner = merchant::fresh_program();
    let back = merchant::on_its_way(&world, &owner, "/shopify/fjell/login").await;
    assert_eq!(merchant::comes_back(&world, &owner, &back).await.0, 200);
    world.settle().await;
    world
}

#[tokio::test]
async fn what_webhooks_missed_is_found_at_midnight_and_told_on_the_page() {
    let world = Scene::of(products::warm_things())
        .set(|settings| {
            settings.sessions.idle_ms *= 48;
            settings.sessions.absolute_ms *= 48;
        })
        .connected()
        .await;
    assert_eq!(world.shop_poll().await.drift.total(), 0, "the first reading finds nothing that was missed");
    world.after(HOUR).await;
    world.restocks_silently(|products| {
        products[3].variants[0].price = "120.00".to_owned();
        products.remove(0);
        products.push(products::simple(950, "Felt slippers", "35.00", 4));
    });

    world.after(HOUR * 12).await;

    let poll = world.shop_poll().await;
    assert_eq!((poll.drift.added, poll.drift.changed, poll.drift.gone), (1, 1, 1));
    let page = world.walk("/app").await;
    assert!(page.body.contains("2026-11-22 00:00 UTC: 3 changes were found"), "{}", page.body);
    world.after(HOUR * 24).await;
    assert_eq!(world.shop_poll().await.drift.total(), 0);
    world.close().await;
}

#[tokio::test]
async fn what_webhooks_told_is_no_drift() {
    let world = World::with_shop(products::warm_things()).await;
    world.sets("storm-coat", price("150.00"));
    world.sandbox().shopify().delete_product(world.shop(), "lumi-mug").unwrap();
    world.settle().await;
    world.sets("ragg-socks", price("9.00"));
    world.sandbox().deliveries().idle().await;

    world.after(HOUR * 13).await;

    let poll = world.shop_poll().await;
    assert_eq!((poll.drift.total(), poll.why), (0, None));
    world.close().await;
}

#[tokio::test]
async fn a_list_is_read_to_its_last_page_and_counted() {
    let world = World::with_shop(products::pebbles(250)).await;
    let before = world.pages_read();

    let asked = world.polls(&Chosen::Shop(ShopDomain::parse(NORDLYS).unwrap())).await;

    assert_eq!(world.pages_read() - before, 3);
    let [(name, Look::Done(poll))] = &world.progress(&asked).await[..] else { panic!("not done") };
    assert_eq!((name.as_str(), poll.read), (NORDLYS, 250));
    world.close().await;
}

#[tokio::test]
async fn a_page_that_changed_its_name_is_known_by_the_new_one_and_mirrored() {
    let world = World::with_shop(products::warm_things()).await;
    let before = world.told("mirror.written").len();
    world.looks_through_everything().await;
    assert_eq!(world.page_poll().await.drift.changed, 0);
    assert_eq!(world.told("mirror.written").len(), before, "nothing changed, nothing is written");

    world.sandbox().meta().rename_page(PAGE, "Nordlys & Daughters");
    world.polls(&Chosen::Page(PAGE.to_owned())).await;

    assert_eq!(world.page_poll().await.drift.changed, 1);
    let mirrored = world.mirrored(&format!("facebook/{PAGE}/page_data.json")).await.unwrap();
    assert_eq!(mirrored["data"][0]["name"], "Nordlys & Daughters");
    world.close().await;
}

#[tokio::test]
async fn between_two_nights_the_changes_of_each_hour_are_read() {
    let world = World::with_shop(products::warm_things()).await;
    world.after(HOUR).await;
    let (whole, read) = (world.told("catalogue.synced").len(), world.product_reads());
    let changed_at = world.clock().now().millis();
    world.restocks_silently(|products| {
        products[3].variants[0].price = "120.00".to_owned();
        products[3].updated_at = changed_at;
    });

    world.after(HOUR).await;

    assert_eq!((world.told("catalogue.synced").len(), world.product_reads()), (whole, read));
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat?").await.says(&["$120.00"]);
    assert_eq!(world.product_reads(), read, "no row had to be read again before it was quoted");
    world.close().await;
}

#[tokio::test]
async fn t62_one_merchants_failure_does_not_delay_another() {
    let world = two_merchants().await;
    world.sandbox().shopify().revoke_tokens(NORDLYS).unwrap();

    let asked = world.looks_through_everything().await;

    for (name, progress) in world.progress(&asked).await {
        match (name.as_str(), progress) {
            (NORDLYS, Look::Failed(why)) => assert_eq!(why, "upstream.token_refused"),
            (FJELL | "Nordlys", Look::Done(_)) => {}
            other => panic!("{other:?}"),
        }
    }
    world.close().await;
}

#[tokio::test]
async fn t62_one_merchants_slowness_does_not_delay_another() {
    let world = two_merchants().await;
    let held = world.sandbox().shopify().hold_answers(NORDLYS);
    for handle in ["storm-coat", "ragg-socks", "lumi-mug", "winter-pine-candle"] {
        world.sets(handle, price("7.00"));
    }
    world.sandbox().deliveries().idle().await;
    let asked = now::ask(world.app(), &Chosen::Everything).await.unwrap();
    let fjell = ConnectionName::Shop(ShopDomain::parse(FJELL).unwrap());
    let target = asked.targets.iter().find(|target| target.connection == fjell).unwrap();

    // There is more to do for the shop that does not answer than there are workers.
    let done = async {
        while !matches!(now::progress(world.app(), &asked, target).await.unwrap(), Look::Done(_)) {
            tokio::task::yield_now().await;
        }
    };
    let workers = (0..5).map(|_| async { while worker::step(world.app()).await {} });
    tokio::select! {
        () = done => {}
        _ = futures::future::join_all(workers) => panic!("nobody waits for the slow shop"),
    }

    held.release();
    world.settle().await;
    assert!(world.progress(&asked).await.iter().all(|(_, look)| matches!(look, Look::Done(_))));
    world.close().await;
}

#[tokio::test]
async fn t15_a_page_whose_limit_is_nearly_spent_is_left_alone() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().meta().usage_stands_at(96);
    world.polls(&Chosen::Page(PAGE.to_owned())).await;
    let asked = world.sandbox().meta().page_calls(PAGE);

    let poll = world.polls(&Chosen::Page(PAGE.to_owned())).await;
    assert_eq!(world.sandbox().meta().page_calls(PAGE), asked, "it is not asked at all");
    world.sandbox().meta().usage_stands_at(10);
    world.after(Duration::from_mins(5)).await;

    assert!(matches!(world.progress(&poll).await[..], [(_, Look::Done(_))]));
    assert!(world.told("job.failed").is_empty(), "waiting is no failure");
    world.close().await;
}

#[tokio::test]
async fn t62_each_merchant_has_a_turn_of_its_own() {
    let world = Scene::of(products::warm_things())
        .set(|settings| {
            settings.signup = SignupRule::Open;
            settings.poll_spread = HOUR;
        })
        .connected()
        .await;
    let before = world.shop_poll().await.done_at;

    world.after(HOUR * 13).await;
    assert_eq!(world.shop_poll().await.done_at, before, "midnight is when turns begin");
    world.after(HOUR).await;
    world.after(Duration::from_mins(1)).await;

    assert!(world.shop_poll().await.done_at > before);
    world.close().await;
}

#[tokio::test]
async fn a_look_at_nothing_is_told_as_such() {
    let world = World::with_shop(products::warm_things()).await;

    for nobody in [Chosen::Shop(ShopDomain::parse(FJELL).unwrap()), Chosen::Page("7".to_owned())] {
        assert!(now::ask(world.app(), &nobody).await.unwrap().targets.is_empty(), "{nobody:?}");
    }
    world.close().await;
}

#[tokio::test]
async fn nobody_waits_for_a_look_at_what_is_disconnected() {
    let world = World::with_shop(products::warm_things()).await;
    let asked = now::ask(world.app(), &Chosen::Everything).await.unwrap();
    let page = account(&world).await;

    ends(&world, world.browser(), &page).await;
    let looks = now::follow(world.app(), &asked, &Told::default()).await.unwrap();

    let [Look::Done(_), Look::Failed(why)] = &looks[..] else { panic!("{looks:?}") };
    assert_eq!(why, "connection.disconnected");
    let again = now::ask(world.app(), &Chosen::Everything).await.unwrap();
    assert_eq!(again.targets.iter().map(|target| &*target.name).collect::<Vec<_>>(), [NORDLYS]);
    world.settle().await;
    world.close().await;
}

#[tokio::test]
async fn a_look_that_is_followed_tells_how_far_it_has_come() {
    let world = World::with_shop(products::pebbles(250)).await;
    let told = Told::default();
    let asked = now::ask(world.app(), &Chosen::Everything).await.unwrap();

    // Nobody else works: whoever follows does it.
    let looks = now::follow(world.app(), &asked, &told).await.unwrap();

    assert!(looks.iter().all(|look| matches!(look, Look::Done(_))), "{looks:?}");
    let told = told.0.into_inner().unwrap();
    assert!(told.iter().all(|(_, done, all)| done <= all && *all == 2), "{told:?}");
    assert_eq!(told.last(), Some(&("all looked through".to_owned(), 2, 2)));
    world.close().await;
}

/// What was told of an order's progress: what, how much of it, of how much.
#[derive(Default)]
struct Told(Mutex<Vec<(String, u64, u64)>>);

impl Progress for Told {
    fn at(&self, what: &str, done: u64, total: Option<u64>) {
        self.0.lock().unwrap().push((what.to_owned(), done, total.unwrap()));
    }

    fn say(&self, _sentence: &str) {}
}

#[tokio::test]
async fn a_look_ordered_in_the_terminal_tells_what_it_found_and_refuses_what_is_not_there() {
    let world = World::with_shop(products::warm_things()).await;
    world.restocks_silently(|products| drop(products.remove(0)));
    world.clock().advance(HOUR / 2);

    let told = orders(&world, "poll.now", &json!({ "shop": "nordlys" })).await;
    let done = told.last().unwrap()["done"][0].clone();
    assert_eq!(done["failed"], false, "{told:?}");
    let sentence = done["sentence"].as_str().unwrap();
    assert!(sentence.ends_with("nobody had told us of 0 added, 0 changed, 1 gone"), "{sentence}");
    assert!(told.iter().any(|line| line["progress"]["total"] == 1), "{told:?}");

    for (arguments, why) in [
        (json!({ "shop": "fjell" }), "there is no such connection"),
        (json!({ "shop": "evil.example" }), "--shop takes"),
        (json!({ "merchant": "me" }), "--merchant takes"),
        (json!({ "page": "1; DROP" }), "--page takes"),
    ] {
        let told = orders(&world, "poll.now", &arguments).await;
        assert!(told[0]["failed"].as_str().is_some_and(|said| said.contains(why)), "{told:?}");
    }
    world.close().await;
}
