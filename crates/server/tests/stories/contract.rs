//! What the Python version promised, walked from the first screen to the last request with its own `.env` and data: the
//! program runs in a process of its own, and nobody helps it along.

use serde_json::{Value, json};
use shopclerk_sandbox::model::Setting;
use shopclerk_sandbox::shopify::Compliance;

use crate::house::House;
use crate::import::ANNA;
use crate::life::{ABOUT_ANA, ana};
use crate::merchant::NORDLYS;
use crate::model_verbs::{call, say};
use crate::operator::with;
use crate::outside::{
    Request, envelope, from_meta, from_shop, message, meta_signature, param, signed_query, signed_request,
};
use crate::world::{FACEBOOK_SECRET, PAGE, SHOPIFY_SECRET, VERIFY_TOKEN, price};

/// The person who holds the Page at Facebook.
const MIA: &str = "10220004512345678";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_ran_the_python_version_goes_on_with_the_same_env_and_everything_it_promised_works() {
    let mut house = House::of_the_python_version().await;

    house.takes_over_what_the_python_version_knew();
    house.starts_with_its_env();
    house.shows_visitors_the_way().await;
    house.refuses_in_the_old_words().await;
    house.knows_the_owner_who_signs_in_at_the_shop().await;
    house.connects_the_owners_page().await;
    house.answers_a_shopper_with_the_agent().await;
    house.keeps_the_mirror_in_the_space().await;
    house.follows_what_changes().await;
    house.takes_what_the_platforms_deliver_and_nothing_unsigned().await;
    house.tells_a_shop_what_it_keeps_of_a_customer().await;
    house.is_polled_from_the_terminal();
    house.can_be_watched_and_asked().await;
    house.goes_on_after_a_restart().await;
    house.forgets_who_asks_for_it().await;
    house.close().await;
}

/// `users/<uuid>/..`, as scripts know it.
fn key(path: &str) -> String {
    format!("users/{ANNA}/{path}")
}

fn get(path: &str) -> Request {
    Request::get(path)
}

impl House {
    fn takes_over_what_the_python_version_knew(&self) {
        let looked = self.runs(&["import"]);
        assert!(looked.contains("4 would be taken, 0 are here already"), "{looked}");

        let taken = self.runs(&["import", "--apply"]);

        assert!(taken.contains("taken    shop nordlys.myshopify.com\n"), "{taken}");
        assert!(taken.contains("taken    Page 106511000000001\n") && taken.contains("4 taken"), "{taken}");
    }

    fn starts_with_its_env(&mut self) {
        let said = self.starts();

        for old in ["STATE_TOKEN_SECRET is set but no longer used", "TOKEN_DB_PATH", "SESSION_DB_PATH"] {
            assert!(said.contains(old), "{old} is missing in {said}");
        }
        for stand_in in ["FACEBOOK_GRAPH_URL", "FACEBOOK_DIALOG_URL", "SHOPIFY_URL"] {
            assert!(said.contains(&format!("{stand_in} points to a stand-in")), "{said}");
        }
    }

    async fn shows_visitors_the_way(&self) {
        let home = self.asks(get("/")).await;
        let message = "Use /facebook/login or /shopify/{shop_name}/login";
        assert_eq!((home.status, home.json()), (200, json!({ "status": "ok", "message": message })));
        let page = self.asks(get("/").header("accept", "text/html")).await;
        assert!(page.status == 200 && page.body.starts_with("<!doctype html>"), "{}", page.body);

        let now = Self::seconds().to_string();
        let opened = [("host", "YWRtaW4"), ("shop", NORDLYS), ("timestamp", &now)];
        let opened = self.asks(get(&format!("/?{}", signed_query(SHOPIFY_SECRET, &opened)))).await;
        let login = format!("/shopify/{NORDLYS}/login");
        assert_eq!((opened.status, opened.header("location")), (303, Some(&*login)));

        let away = self.asks(get("/shopify/nordlys/login")).await;
        let door = away.header("location").unwrap();
        assert!(away.status == 303 && door.contains("/admin/oauth/authorize?"), "{door}");
        assert_eq!(param(door, "redirect_uri"), self.url("/shopify/callback"));
    }

    async fn refuses_in_the_old_words(&self) {
        let stranger =
            || get("/facebook/login").header("cookie", "session_id=5b0e7d1c-8a44-4a7e-9a2b-3c1f5e6d7a80");
        let challenge = get("/facebook/webhook?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1");
        for (request, status, sentence) in [
            (get("/shopify/evil.com/login"), 400, "Invalid shop"),
            (get("/shopify/callback"), 400, "Missing code/shop/state"),
            (get("/facebook/login"), 400, "Missing session_id cookie"),
            (stranger(), 400, "Invalid or expired session"),
            (get("/facebook/callback"), 400, "Missing code parameter"),
            (get("/facebook/callback?code=1"), 400, "Missing state parameter"),
            (get("/facebook/callback?code=1&state=old:form"), 400, "Malformed state token"),
            (challenge, 403, "Verification failed"),
        ] {
            let asked = format!("{request:?}");
            let answer = self.asks(request).await;
            assert_eq!(answer.problem(), (status, sentence.to_owned()), "{asked}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"), "{asked}");
        }
    }

    async fn knows_the_owner_who_signs_in_at_the_shop(&self) {
        let answer = self.owner_walks("/shopify/nordlys/login").await;

        assert_eq!(answer["user_uuid"], ANNA, "a reconnect keeps the user_uuid");
        assert_eq!(answer["shopify_data"]["name"], "Nordlys");
        assert_eq!(answer["webhook_test"], json!({ "status": "success" }));
        assert_eq!(answer["polling_test"], json!([{ "shop": NORDLYS, "result": { "status": "success" } }]));
        assert_eq!(answer.get("token_data"), None);
    }

    async fn connects_the_owners_page(&self) {
        let answer = self.owner_walks("/facebook/login").await;

        assert_eq!((&answer["user_uuid"], &answer["pages"]["paging"]), (&json!(ANNA), &json!({})));
        assert_eq!(answer["pages"]["data"][0]["id"], PAGE);
        assert_eq!(answer["webhook_test"], json!({ "status": "success" }));
        assert_eq!(answer["polling_test"], json!([{ "page_id": PAGE, "result": { "status": "success" } }]));
        assert!(!answer.to_string().contains("access_token"), "{answer}");
    }

    async fn answers_a_shopper_with_the_agent(&self) {
        let model = self.sandbox().model();
        model.will(call("search_catalogue", &json!({ "query": "storm coat" })));
        model.will(say("For such weather I'd take the Storm coat: it costs $189.00."));

        self.sandbox().meta().shopper_writes("Ana", "do you have a coat for bad weather?").unwrap();

        self.until(|house| house.has_read("Ana", "I'd take the Storm coat: it costs $189.00.")).await;
        self.until(|house| house.has_read("Ana", "Storm coat")).await;
    }

    async fn keeps_the_mirror_in_the_space(&self) {
        let psid = self.sandbox().meta().psid("Ana").unwrap();
        for (path, holds) in [
            (format!("shopify/{NORDLYS}/shop_metadata.json"), "primaryDomain"),
            (format!("shopify/{NORDLYS}/shop_products.json"), "Winter Amber candle"),
            (format!("facebook/{PAGE}/page_data.json"), "Home goods store"),
            (format!("facebook/{PAGE}/conversations/{psid}.json"), "a coat for bad weather"),
        ] {
            self.until(|house| house.object(&key(&path)).contains(holds)).await;
        }
    }

    async fn follows_what_changes(&self) {
        self.sandbox().shopify().patch_product(NORDLYS, "storm-coat", &price("150.00")).unwrap();
        self.sandbox().meta().page_changes(PAGE, "name", &json!("Nordlys & Daughters")).unwrap();

        let goods = key(&format!("shopify/{NORDLYS}/shop_products.json"));
        let page = key(&format!("facebook/{PAGE}/page_data.json"));
        self.until(|house| house.object(&goods).contains("\"150.00\"")).await;
        self.until(|house| house.object(&page).contains("Nordlys & Daughters")).await;
    }

    async fn takes_what_the_platforms_deliver_and_nothing_unsigned(&self) {
        let query = format!("hub.mode=subscribe&hub.verify_token={VERIFY_TOKEN}&hub.challenge=1158201444");
        let challenge = self.asks(get(&format!("/facebook/webhook?{query}"))).await;
        assert_eq!((challenge.status, &*challenge.body), (200, "1158201444"));

        let at = Self::seconds() * 1_000;
        let event = envelope(PAGE, at, &[message(PAGE, "7311", "m_walk", "hello", at)]).to_string();
        let signed = from_meta(event.clone());
        let unsigned = signed.clone().without("x-hub-signature-256");
        let sha1 =
            unsigned.clone().header("x-hub-signature", meta_signature(FACEBOOK_SECRET, event.as_bytes()));
        let shops = from_shop(NORDLYS, "products/update", "walk-1", "{}");
        let forged = shops.clone().with_body("{\"id\":1}");
        for taken in
            [signed, from_meta("{\"object\":\"instagram\",\"entry\":[]}"), from_meta("no JSON"), shops]
        {
            let answer = self.asks(taken.clone()).await;
            assert_eq!((answer.status, answer.json()), (200, json!({ "status": "success" })), "{taken:?}");
        }
        for refused in [unsigned, sha1, forged] {
            let answer = self.asks(refused.clone()).await;
            assert_eq!(answer.problem(), (401, "Invalid HMAC signature".to_owned()), "{refused:?}");
        }
    }

    async fn tells_a_shop_what_it_keeps_of_a_customer(&self) {
        let before = self.written_to("Ana");
        self.sandbox().meta().shopper_writes("Ana", ABOUT_ANA).unwrap();
        self.until(|house| house.written_to("Ana") > before).await;
        let asks = Compliance::DataRequest { request: 9_999, customer: ana() };
        self.sandbox().shopify().asks(NORDLYS, &self.url("/shopify/webhook"), &asks);

        let told = async || self.owner_asks(get("/app")).await.json()["data_requests"][0]["answer"].clone();
        while told().await.is_null() {}
        let answer = self.owner_asks(get(told().await.as_str().unwrap())).await;
        assert!(answer.body.contains("Elm Lane 3"), "{}", answer.body);
        let request = format!("{NORDLYS}/9999");
        let listed = self.runs(&["privacy", "requests"]);
        assert!(listed.contains(&request) && listed.contains("1 shopper may be the customer"), "{listed}");
        let printed = self.runs(&["privacy", "answer", &request, "--merchant", ANNA]);
        assert_eq!(serde_json::from_str::<Value>(&printed).unwrap(), answer.json());
    }

    fn is_polled_from_the_terminal(&self) {
        let told = self.runs(&["poll", "now", "--merchant", ANNA]);

        for connection in [NORDLYS, "Nordlys & Daughters"] {
            let line = told.lines().find(|line| line.starts_with(&format!("{connection}: "))).expect(&told);
            assert!(line.ends_with("read, nothing was missed"), "{told}");
        }
    }

    async fn can_be_watched_and_asked(&self) {
        assert_eq!(self.asks(get("/healthz")).await.status, 200);
        assert_eq!(self.asks(get("/readyz")).await.status, 200);
        let document = self.asks(get("/openapi.json")).await.json();
        assert!(document["paths"]["/facebook/webhook"]["post"].is_object(), "{document}");

        assert_eq!(self.asks(get("/metrics")).await.status, 404, "nobody was given a token for it");
        let token = self.runs(&["token", "new", "watch", "--scope", "metrics"]);
        let figures = self.asks(with(get("/metrics"), token.trim())).await;
        assert!(figures.status == 200 && figures.body.contains("shopclerk_connections{"), "{}", figures.body);

        assert_eq!(self.asks(get("/api/v1/connections")).await.status, 401);
        assert_eq!(self.connections().await, [("account", "ok"), ("shop", "ok")].map(known));
    }

    /// The owner's connections: kind and state.
    async fn connections(&self) -> Vec<(String, String)> {
        let listed = self.owner_asks(get("/api/v1/connections")).await.json();
        let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
        let mut all: Vec<_> = listed["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| (text(row, "kind"), text(row, "state")))
            .collect();
        all.sort();
        all
    }

    async fn goes_on_after_a_restart(&mut self) {
        self.stops();
        self.starts();

        let page = self.owner_asks(get("/app").header("accept", "text/html")).await;
        assert!(page.status == 200 && page.body.contains("Nordlys"), "the owner is still signed in");
        self.sandbox().model().set(Setting::read(&json!({ "mode": "off" })).unwrap());
        self.sandbox().meta().shopper_writes("Ana", "how much is the Storm coat?").unwrap();
        self.until(|house| house.has_read("Ana", "$150.00")).await;
    }

    async fn forgets_who_asks_for_it(&self) {
        let person = json!({ "algorithm": "HMAC-SHA256", "issued_at": Self::seconds(), "user_id": MIA });
        let form = format!("signed_request={}", signed_request(FACEBOOK_SECRET, &person));
        let says = |path: &str| {
            Request::post(path, form.clone()).header("content-type", "application/x-www-form-urlencoded")
        };

        assert_eq!(self.asks(says("/facebook/deauthorize")).await.status, 200);
        assert_eq!(self.connections().await, [("account", "disconnected"), ("shop", "ok")].map(known));

        let asked = self.asks(says("/facebook/data-deletion")).await;
        let path = format!("/deletion/{}", asked.told("confirmation_code"));
        assert_eq!((asked.status, asked.told("url")), (200, self.url(&path)));
        while self.asks(get(&path)).await.told("status") != "done" {}
        let below = key("facebook/");
        let left = self.sandbox().objects().keys().into_iter().filter(|key| key.starts_with(&below));
        assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new());
        assert_eq!(self.connections().await, [("shop", "ok")].map(known));
    }
}

fn known((kind, state): (&str, &str)) -> (String, String) {
    (kind.to_owned(), state.to_owned())
}
