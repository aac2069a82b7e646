//! Many shops whose tokens end in the same minute, several runners, and a process that dies again and again in between. The long
//! form: `STORM_SHOPS=1000 STORM_DEATHS=60 cargo test --release -p shopclerk --test stories storm -- --nocapture`.

use std::time::Duration;

use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::connect::token;
use shopclerk_flows::{connections, worker};
use shopclerk_sandbox::shopify::store::{ShopInfo, Store};

use crate::merchant::{comes_back, fresh_program, on_its_way};
use crate::products;
use crate::rehearsal::Stepped;
use crate::scene::Scene;
use crate::world::World;

/// Where the process dies, in turn.
const GAPS: [&str; 8] = [
    "shopify.token.before",
    "shopify.token.answered",
    "tokens.renew.before",
    "tokens.renew.committed",
    "shopify.shop.before",
    "shopify.shop.answered",
    "tokens.confirm.committed",
    "job.finish.committed",
];

fn size(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

impl World {
    /// A further shop on the platform, connected by its owner.
    async fn another_shop(&self, number: usize) {
        let shop = ShopInfo {
            id: 8_000 + number as u64,
            name: format!("Shop {number}"),
            domain: format!("shop-{number}.myshopify.com"),
            currency: "EUR".to_owned(),
            timezone: "Europe/Oslo".to_owned(),
            ..ShopInfo::default()
        };
        let mug = products::simple(90_000 + number as u64, "Mug", "9.00", 2);
        let products = std::iter::once((mug.id, mug)).collect();
        self.sandbox().shopify().add_store(Store { shop, products, ..Store::default() }).unwrap();
        let owner = fresh_program();
        let back = on_its_way(self, &owner, &format!("/shopify/shop-{number}/login")).await;
        assert_eq!(comes_back(self, &owner, &back).await.0, 200);
        self.settle().await;
    }

    /// Three runners work until nothing is due; answers how often the process died on the way and was started again.
    async fn weathers(&mut self, deaths: usize) -> usize {
        let mut died = 0;
        for number in 0..deaths {
            let gap = GAPS[number % GAPS.len()];
            self.rehearsal().dies_at_pass(gap, 1 + number % 3);
            if self.runs_until_idle().await == Stepped::Died {
                died += 1;
                self.restarts().await;
            }
        }
        self.rehearsal().forget();
        assert_eq!(self.runs_until_idle().await, Stepped::Idle);
        died
    }

    async fn runs_until_idle(&self) -> Stepped {
        loop {
            let app = self.app();
            let runners = async {
                let (one, two, three) = tokio::join!(worker::step(app), worker::step(app), worker::step(app));
                one || two || three
            };
            match self.rehearsal().run(runners).await {
                Stepped::Worked => {}
                ended => return ended,
            }
        }
    }

    /// Shops that are not well.
    async fn locked_out(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut after = None;
        loop {
            let merchants = self.app().store().list_merchants(after, 100).await.unwrap();
            let Some(last) = merchants.last() else { return found };
            after = Some(*last);
            for merchant in merchants {
                let shops = connections::overview(self.app(), merchant).await.unwrap().shops;
                let bad = shops.into_iter().filter(|shop| shop.row.shop.state != ConnectionState::Ok);
                found.extend(bad.map(|shop| format!("{} {:?}", shop.row.shop.domain, shop.row.cause)));
            }
        }
    }
}

#[tokio::test]
async fn t26_tokens_that_end_in_one_minute_lock_nobody_out_whatever_dies() {
    let (shops, deaths) = (size("STORM_SHOPS", 40), size("STORM_DEATHS", GAPS.len()));
    let open = &[("SHOPCLERK_SIGNUP", "open")];
    let mut world = Scene::of(Vec::new()).configured(open).unconnected().await;
    for number in 0..shops {
        world.another_shop(number).await;
    }
    let mut died = 0;
    for round in 1..=2_u64 {
        world.clock().advance(Duration::from_mins(52));
        let ending = token::renew_ending(world.app()).await.unwrap();
        assert_eq!(ending, shops, "all of them end");
        died += world.weathers(deaths).await;
        // What was left to a later try is due by now.
        world.clock().advance(Duration::from_mins(1));
        assert_eq!(world.runs_until_idle().await, Stepped::Idle);
        assert!(
            world.refreshes() >= round * shops as u64,
            "every shop gave a new pair: {}",
            world.refreshes()
        );
    }

    assert_eq!(world.locked_out().await, Vec::<String>::new());
    assert_eq!(world.sandbox().shopify().most_refreshes_at_once(), 1);
    let refreshed = world.refreshes();
    eprintln!(
        "storm: {shops} shops, 2 rounds, {died} deaths: 0 locked out, {refreshed} refreshes, never two of one shop at once"
    );
    assert!(died >= deaths, "the process did die: {died}");
    world.close().await;
}
