//! The life of data: what a platform asks to be told, stopped or forgotten, and that afterwards nothing of it is left.

use std::time::Duration;

use serde_json::{Value, json};
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::data_request::{self, Answered};
use shopclerk_sandbox::meta::GraphError;
use shopclerk_sandbox::shopify::{Compliance, Customer};

use crate::merchant::{FJELL, NORDLYS, fjell_opens};
use crate::outside::{Answer, Request, from_shop, signed_request};
use crate::products;
use crate::world::{FACEBOOK_SECRET, SHOPIFY_SECRET, World, files};

/// The person who connects the Pages, as the app knows them.
const MIA: &str = "10220004512345678";
const MINUTE: Duration = Duration::from_mins(1);

impl World {
    /// The platform asks what it asks of every app, and all that follows happens.
    pub(crate) async fn platform_asks(&self, what: &Compliance) {
        self.sandbox().shopify().asks(self.shop(), &self.url("/shopify/webhook"), what);
        self.settle().await;
    }

    /// The merchant removes the app from the shop; delivered when this returns.
    async fn shop_removes_us(&self) {
        self.sandbox().shopify().uninstall(self.shop()).unwrap();
        self.sandbox().deliveries().idle().await;
    }

    /// Where the data folder holds a text, whatever the file.
    pub(crate) fn places_with(&self, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        files(&self.folder().join("data"), &mut found);
        let holds = |bytes: &[u8]| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        found.into_iter().filter(|(_, bytes)| holds(bytes)).map(|(name, _)| name).collect()
    }

    async fn shop_state(&self) -> Option<ConnectionState> {
        let shops = self.app().store().list_shops(self.merchant().await).await.unwrap();
        shops.first().map(|row| row.shop.state)
    }

    async fn page_state(&self) -> Option<ConnectionState> {
        let accounts = self.app().store().list_accounts(self.merchant().await).await.unwrap();
        accounts.first().map(|row| row.account.state)
    }

    /// Meta posts a signed request to one of its callbacks.
    pub(crate) async fn meta_says(&self, path: &str, signed: &str) -> Answer {
        let form =
            form_urlencoded::Serializer::new(String::new()).append_pair("signed_request", signed).finish();
        let request = Request::post(path, form).header("content-type", "application/x-www-form-urlencoded");
        request.send(self).await
    }

    /// What Meta says of Mia, now.
    pub(crate) fn of_mia(&self) -> Value {
        json!({ "algorithm": "HMAC-SHA256", "issued_at": self.app().now().millis() / 1_000, "user_id": MIA })
    }
}

/// Ana, who says who she is.
pub(crate) fn ana() -> Customer {
    Customer { id: 191_167, email: Some("Ana@canary.example".to_owned()), phone: None }
}

pub(crate) const ABOUT_ANA: &str = "I am ana@canary.example and live at Elm Lane 3";

#[tokio::test]
async fn t52_a_customer_who_is_redacted_is_nowhere_afterwards_and_the_others_stay() {
    let mut world = World::with_shop(products::warm_things()).await;
    let (hers, his) = (world.shopper("Ana").await, world.shopper("Bob").await);
    hers.asks(ABOUT_ANA).await;
    hers.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    his.asks("how much is the Storm coat? I live at Oak Road 5").await;
    let (object, psid) = (hers.mirrored_at(), hers.psid());
    assert!(world.mirrored(&object).await.is_some());

    world.platform_asks(&Compliance::CustomerRedact(ana())).await;

    assert!(world.mirrored(&object).await.is_none());
    hers.looks_away();
    hers.asks("hello again").await.says(&["automatic"]);
    world.platform_asks(&Compliance::CustomerRedact(ana())).await;
    assert!(world.mirrored(&object).await.is_some(), "who comes back is somebody new");
    world.close_with_work_left().await;
    for canary in ["canary.example", "Elm Lane", "elm lane"] {
        assert_eq!(world.places_with(canary), Vec::<String>::new(), "{canary}");
    }
    assert!(!world.places_with("Oak Road").is_empty() && !world.places_with(&psid).is_empty());
}

#[tokio::test]
async fn t52_a_redacted_customer_whose_message_still_waits_is_found_as_well() {
    let mut world = World::with_shop(products::warm_things()).await;
    let hers = world.stranger("Ana");
    hers.writes(ABOUT_ANA).await;

    world.sandbox().shopify().asks(
        world.shop(),
        &world.url("/shopify/webhook"),
        &Compliance::CustomerRedact(ana()),
    );
    world.settle().await;

    world.close_with_work_left().await;
    assert_eq!(world.places_with("Elm Lane"), Vec::<String>::new());
}

#[tokio::test]
async fn t52_what_we_know_of_a_customer_is_gathered_for_the_merchant_and_goes_with_the_customer() {
    let mut world = World::with_shop(products::warm_things()).await;
    let hers = world.shopper("Ana").await;
    hers.asks(ABOUT_ANA).await;
    hers.asks("how much is the Storm coat?").await;
    world.shopper("Bob").await.asks("how much is the Storm coat?").await;
    let merchant = world.merchant().await;

    for _ in 0..2 {
        world.platform_asks(&Compliance::DataRequest { request: 9_999, customer: ana() }).await;
    }

    let requests = data_request::list(world.app(), merchant).await.unwrap();
    assert_eq!((requests.len(), requests[0].request.as_str()), (1, "nordlys.myshopify.com/9999"));
    assert_eq!((requests[0].shoppers, requests[0].about.clone()), (1, None));
    let shown = async || data_request::show(world.app(), merchant, &requests[0].request).await.unwrap();
    let Answered::Ready(answer) = shown().await else { panic!("it is answered") };
    assert!(answer.contains("Elm Lane 3") && answer.contains("189.00") && answer.contains(&hers.psid()));
    world.platform_asks(&Compliance::CustomerRedact(ana())).await;
    assert_eq!(shown().await, Answered::Ready("[]".to_owned()));
    world.close_with_work_left().await;
    assert_eq!(world.places_with("Elm Lane"), Vec::<String>::new());
}

#[tokio::test]
async fn t54_a_shop_that_removes_us_in_the_middle_of_a_burst_is_silent_from_then_on() {
    let world = World::with_shop(products::warm_things()).await;
    let (ana, bob) = (world.shopper("Ana").await, world.shopper("Bob").await);
    // Blocked for half an hour: her answer waits.
    world.sandbox().meta().next_send(GraphError::new(10, "(#10) temporarily restricted").subcode(1_893_063));
    ana.asks("how much is the Storm coat?").await.nothing();
    bob.writes("a candle under 25 dollars").await;
    let sent = world.sends_asked();

    world.shop_removes_us().await;
    world.settle().await;
    world.after(Duration::from_secs(2)).await;

    assert_eq!(world.shop_state().await, Some(ConnectionState::Disconnected));
    ana.asks("are you there?").await.nothing();
    bob.asks("hello?").await.nothing();
    world.after(40 * MINUTE).await;
    // Bob's answer may have been on its way already; nothing else was.
    assert!(world.sends_asked() <= sent + 2, "{} after {sent}", world.sends_asked());
    let merchant = world.merchant().await;
    let shop = shopclerk_domain::connection::ShopDomain::parse(NORDLYS).unwrap();
    assert!(world.app().store().shop_tokens(merchant, &shop).await.unwrap().is_none());
    world.close().await;
}

#[tokio::test]
async fn t54_a_shop_that_comes_back_sells_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.shop_removes_us().await;
    world.settle().await;
    world.after(2 * MINUTE).await;
    let merchant = world.merchant().await;

    world.connect().await;

    assert_eq!((world.merchant().await, world.shop_state().await), (merchant, Some(ConnectionState::Ok)));
    ana.looks_away();
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t04_an_old_word_that_a_shop_left_stops_and_erases_nothing_while_it_lets_us_in() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let body = |field: &str| json!({ "shop_id": 7_001, field: NORDLYS }).to_string();
    let replayed = [
        from_shop(NORDLYS, "app/uninstalled", "old-1", body("myshopify_domain")),
        from_shop(NORDLYS, "shop/redact", "old-2", body("shop_domain")),
    ];

    for word in replayed {
        assert_eq!(word.send(&world).await.status, 200);
        world.settle().await;
    }

    assert_eq!(world.shop_state().await, Some(ConnectionState::Ok));
    assert_eq!(world.told("connect.still_installed").len(), 1);
    assert_eq!(world.told("erasure.done")[0].1["outcome"], "superseded");
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t52_a_shop_that_is_redacted_takes_its_merchant_along_and_no_other() {
    let mut world = World::with_shop(products::warm_things()).await;
    fjell_opens(&world);
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat? I live at Elm Lane 3").await.says(&["$189.00"]);
    world.shop_removes_us().await;
    world.settle().await;
    world.after(2 * MINUTE).await;

    world.clock().advance(Duration::from_hours(48));
    world.platform_asks(&Compliance::ShopRedact).await;
    world.sandbox().shopify().asks(FJELL, &world.url("/shopify/webhook"), &Compliance::ShopRedact);
    world.settle().await;

    assert_eq!(world.app().store().list_merchants(None, 9).await.unwrap(), []);
    ana.looks_away();
    ana.asks("hello?").await.nothing();
    world.close_with_work_left().await;
    for canary in ["Storm coat", "Elm Lane", "Nordlys"] {
        assert_eq!(world.places_with(canary), Vec::<String>::new(), "{canary}");
    }
}

#[tokio::test]
async fn t53_what_meta_did_not_sign_itself_is_refused_and_changes_nothing() {
    let world = World::with_shop(products::warm_things()).await;
    let good = signed_request(FACEBOOK_SECRET, &world.of_mia());
    let (signature, payload) = good.split_once('.').unwrap();
    let of = |payload: Value| signed_request(FACEBOOK_SECRET, &payload);
    let now = world.app().now().millis() / 1_000;
    let other = of(json!({ "algorithm": "HMAC-SHA256", "issued_at": now, "user_id": "1" }));
    let forged = [
        String::new(),
        ".".to_owned(),
        payload.to_owned(),
        format!(".{payload}"),
        format!("{signature}."),
        format!("{signature}.{}", other.split_once('.').unwrap().1),
        format!("{}.{payload}", &signature[1..]),
        format!("{good}.x"),
        signed_request(SHOPIFY_SECRET, &world.of_mia()),
        signed_request("", &world.of_mia()),
        of(json!({ "algorithm": "none", "issued_at": now, "user_id": MIA })),
        of(json!({ "issued_at": now, "user_id": MIA })),
        of(json!({ "algorithm": "HMAC-SHA256", "user_id": MIA })),
        of(json!({ "algorithm": "HMAC-SHA256", "issued_at": now + 3_600, "user_id": MIA })),
        of(json!({ "algorithm": "HMAC-SHA256", "issued_at": now })),
        of(json!({ "algorithm": "HMAC-SHA256", "issued_at": now, "user_id": "9".repeat(65) })),
        of(json!([MIA])),
        format!("{good}{}", "A".repeat(9_000)),
    ];

    for path in ["/facebook/deauthorize", "/facebook/data-deletion"] {
        for signed in &forged {
            let answer = world.meta_says(path, signed).await;
            assert_eq!(answer.problem(), (401, "Invalid signed request".to_owned()), "{signed}");
        }
        let twice = format!("signed_request={good}&signed_request={good}");
        assert_eq!(Request::post(path, twice).send(&world).await.status, 401);
        assert_eq!(Request::post(path, vec![b'a'; 17_000]).send(&world).await.status, 413);
    }
    assert_eq!(world.page_state().await, Some(ConnectionState::Ok));
    world.close().await;
}

#[tokio::test]
async fn t53_who_removes_the_app_is_believed_at_once_and_a_new_grant_is_not_undone_by_a_replay() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let signed = signed_request(FACEBOOK_SECRET, &world.of_mia());

    let answer = world.meta_says("/facebook/deauthorize", &signed).await;

    assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"success"}"#));
    assert_eq!(world.page_state().await, Some(ConnectionState::Disconnected));
    ana.looks_away();
    ana.asks("how much is the Storm coat?").await.nothing();
    world.clock().advance(MINUTE);
    world.walk("/facebook/login").await;
    world.settle().await;
    assert_eq!(world.meta_says("/facebook/deauthorize", &signed).await.status, 200);
    world.settle().await;
    assert_eq!(world.page_state().await, Some(ConnectionState::Ok));
    ana.asks("how much is the Storm coat?").await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn t53_who_asks_to_be_forgotten_sees_it_done_under_a_code_that_tells_nothing_else() {
    let mut world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat? I live at Elm Lane 3").await;
    let page = "facebook/106511000000001/page_data.json";
    assert!(world.mirrored(page).await.is_some());
    let signed = signed_request(FACEBOOK_SECRET, &world.of_mia());

    let asked = world.meta_says("/facebook/data-deletion", &signed).await;
    let (url, code) = (asked.told("url"), asked.told("confirmation_code"));
    let path = url.strip_prefix(&world.url("")).unwrap().to_owned();

    assert_eq!((asked.status, path.as_str(), code.len()), (200, format!("/deletion/{code}").as_str(), 32));
    assert_eq!(Request::get(&path).send(&world).await.told("status"), "pending");
    world.settle().await;
    assert_eq!(Request::get(&path).send(&world).await.told("status"), "done");
    let shown = Request::get(&path).header("accept", "text/html").send(&world).await;
    assert!(shown.status == 200 && shown.body.contains("Everything is deleted"));
    assert!(!shown.body.contains("Nordlys") && !shown.body.contains(MIA));
    let again = world.meta_says("/facebook/data-deletion", &signed).await;
    assert_eq!(again.told("confirmation_code"), code, "a replay is the same request");
    assert_eq!((world.page_state().await, world.mirrored(page).await), (None, None));
    world.close_with_work_left().await;
    for canary in ["Elm Lane", MIA] {
        assert_eq!(world.places_with(canary), Vec::<String>::new(), "{canary}");
    }
}

#[tokio::test]
async fn t53_a_code_nobody_was_given_and_a_person_nobody_knows_lead_nowhere() {
    let world = World::with_shop(products::warm_things()).await;
    for code in ["x", &"0".repeat(32), &"f".repeat(31), "../app", "%00"] {
        let answer = Request::get(&format!("/deletion/{code}")).send(&world).await;
        assert_eq!(answer.status, 404, "{code}");
    }
    let stranger = json!({ "algorithm": "HMAC-SHA256", "issued_at": 1_291_836_800, "user_id": "218471" });
    let asked = world.meta_says("/facebook/data-deletion", &signed_request(FACEBOOK_SECRET, &stranger)).await;
    let progress = Request::get(&format!("/deletion/{}", asked.told("confirmation_code"))).send(&world).await;
    assert_eq!(progress.told("status"), "done", "there was nothing to delete");
    assert_eq!(world.page_state().await, Some(ConnectionState::Ok));
    world.close().await;
}

/// How many nights found something of a kind too old.
fn swept(world: &World, what: &str) -> usize {
    world.told("retention.swept").iter().filter(|(_, data)| data["kind"] == what).count()
}

#[tokio::test]
async fn t55_what_is_too_old_goes_night_by_night_and_what_is_not_stays() {
    let mut world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    ana.asks("how much is the Storm coat? I live at Elm Lane 3").await.says(&["$189.00"]);
    let object = ana.mirrored_at();

    world.after(Duration::from_hours(24 * 8)).await;
    assert_eq!((swept(&world, "events"), swept(&world, "messages")), (1, 0));
    assert!(world.mirrored(&object).await.unwrap().to_string().contains("Elm Lane"));

    world.after(Duration::from_hours(24 * 28)).await;
    assert_eq!((swept(&world, "dedup keys"), swept(&world, "messages")), (1, 0));

    world.after(Duration::from_hours(24 * 56)).await;
    assert_eq!((swept(&world, "messages"), swept(&world, "turns")), (1, 1));
    assert_eq!(world.mirrored(&object).await.unwrap(), json!([]));
    ana.looks_away();
    ana.asks("how much is the Lumi mug?").await.says(&["Lumi mug"]);

    world.after(Duration::from_hours(24 * 181)).await;
    assert_eq!(swept(&world, "shoppers"), 1);
    assert!(world.mirrored(&object).await.is_none());
    world.close_with_work_left().await;
    for canary in ["Elm Lane", "elm lane"] {
        assert_eq!(world.places_with(canary), Vec::<String>::new(), "{canary}");
    }
}
