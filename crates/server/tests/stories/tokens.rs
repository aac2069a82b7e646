//! Shop tokens that last: whatever dies or races in between, nobody is locked out and no refresh token is spent twice at once.

use std::time::Duration;

use shopclerk_flows::connect::token;
use shopclerk_flows::worker;
use shopclerk_sandbox::shopify::HoldAt;

use crate::merchant::{NORDLYS, SHOP_LOGIN};
use crate::products;
use crate::world::{World, price};

/// All scopes that are asked for.
const ALL_SCOPES: [&str; 4] = ["read_products", "read_inventory", "read_discounts", "read_locations"];

impl World {
    /// Time passes until the shop's token ends soon, and its renewal is put up.
    async fn token_ends_soon(&self) {
        self.clock().advance(Duration::from_mins(51));
        token::renew_ending(self.app()).await.unwrap();
    }

    /// Does what is due without waiting for anything that is on its way.
    async fn works(&self) {
        while worker::step(self.app()).await {}
    }

    /// How often the shop gave a new pair for a refresh token.
    pub(crate) fn refreshes(&self) -> u64 {
        self.sandbox().shopify().calls().get("token refreshed").copied().unwrap_or(0)
    }

    /// State and cure of the shop, as its merchant sees them.
    async fn shop_stands(&self) -> String {
        let page = self.walk("/app").await.body;
        let shop = page.split("<li>").find(|line| line.contains("Shopify shop")).unwrap().to_owned();
        shop.split("</li>").next().unwrap().to_owned()
    }

    /// Whether the shop's changes reach us: the token works.
    pub(crate) async fn hears_changes(&self, cents: &str) -> bool {
        let heard = self.told("catalogue.changed").len();
        self.sets("lumi-mug", price(cents));
        self.settle().await;
        self.told("catalogue.changed").len() > heard
    }
}

#[tokio::test]
async fn t26_a_refresh_that_was_answered_but_not_stored_is_asked_for_again() {
    for point in
        ["shopify.token.before", "shopify.token.answered", "tokens.renew.before", "tokens.renew.committed"]
    {
        let mut world = World::with_shop(products::warm_things()).await;
        world.token_ends_soon().await;
        world.rehearsal().dies_at(point);

        world.until_it_dies().await;
        world.restarts().await;
        world.settle().await;

        assert!(world.shop_stands().await.contains(">ok<"), "{point}");
        assert!(world.hears_changes("21.00").await);
        world.after(Duration::from_hours(1)).await;
        assert!(world.hears_changes("22.00").await);
        world.close().await;
    }
}

#[tokio::test]
async fn t26_the_old_pair_is_kept_until_the_new_one_has_worked() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.token_ends_soon().await;
    world.rehearsal().dies_at("shopify.shop.before");
    world.until_it_dies().await;

    // Another process had spent the same refresh token, and was answered last.
    world.sandbox().shopify().overtake_last_refresh(NORDLYS).unwrap();
    world.restarts().await;
    world.settle().await;
    world.after(Duration::from_secs(30)).await;

    assert_eq!(world.refreshes(), 2, "the pair before it brought another");
    assert!(world.shop_stands().await.contains(">ok<"));
    assert!(world.hears_changes("21.00").await);
    world.close().await;
}

#[tokio::test]
async fn t26_a_renewal_that_a_new_grant_overtakes_changes_nothing() {
    for place in [HoldAt::Arrival, HoldAt::Answer] {
        let world = World::with_shop(products::warm_things()).await;
        world.token_ends_soon().await;
        world.sandbox().shopify().hold_refreshes(place);

        let renewing = world.works();
        let reconnecting = async {
            world.sandbox().shopify().refresh_is_held().await;
            assert_eq!(world.walk(SHOP_LOGIN).await.status, 200);
            world.sandbox().shopify().release_refreshes();
        };
        tokio::join!(renewing, reconnecting);
        world.settle().await;

        assert!(world.shop_stands().await.contains(">ok<"), "{place:?}");
        assert!(world.hears_changes("21.00").await);
        world.after(Duration::from_hours(1)).await;
        assert!(world.hears_changes("22.00").await);
        world.close().await;
    }
}

#[tokio::test]
async fn t26_two_runners_never_refresh_one_shop_at_once() {
    let world = World::with_shop(products::warm_things()).await;
    world.token_ends_soon().await;
    world.sandbox().shopify().hold_refreshes(HoldAt::Answer);

    let first = world.works();
    let second = async {
        world.sandbox().shopify().refresh_is_held().await;
        token::renew_ending(world.app()).await.unwrap();
        world.sandbox().shopify().expire_access_tokens(NORDLYS).unwrap();
        world.sets("lumi-mug", price("21.00"));
        world.sandbox().deliveries().idle().await;
        world.works().await;
        world.sandbox().shopify().release_refreshes();
    };
    tokio::join!(first, second);
    world.after(Duration::from_mins(1)).await;

    assert_eq!(world.sandbox().shopify().most_refreshes_at_once(), 1);
    assert!(world.shop_stands().await.contains(">ok<"));
    assert!(world.hears_changes("22.00").await);
    world.close().await;
}

#[tokio::test]
async fn t26_an_edge_that_answers_for_the_shop_costs_nothing_but_time() {
    let world = World::with_shop(products::warm_things()).await;
    world.sandbox().shopify().edge_answers_trades(3);
    world.token_ends_soon().await;
    world.settle().await;
    assert!(world.shop_stands().await.contains("does not renew our access for now"));

    for _ in 0..4 {
        world.after(Duration::from_mins(1)).await;
    }

    assert_eq!(world.refreshes(), 1);
    assert!(world.shop_stands().await.contains(">ok<"), "it healed by itself");
    world.close().await;
}

#[tokio::test]
async fn t25_what_a_shop_grants_beside_what_was_asked_is_named_and_noticed_when_it_changes() {
    let world = World::with_shop(products::warm_things()).await;
    for (scopes, says) in [
        (vec!["read_products", "read_inventory"], "Not everything was granted"),
        ([ALL_SCOPES.as_slice(), &["write_orders"]].concat(), "It grants more than we ask for"),
        (ALL_SCOPES.to_vec(), ">ok<"),
        (vec!["read_inventory"], "cannot work without was not granted"),
    ] {
        world.sandbox().shopify().grants_only(NORDLYS, &scopes).unwrap();

        world.after(Duration::from_mins(55)).await;

        let stands = world.shop_stands().await;
        assert!(stands.contains(says), "{scopes:?}: {stands}");
        assert_eq!(
            stands.contains("Connect again"),
            says != ">ok<",
            "a cure where there is something to cure"
        );
    }
    let calls = world.sandbox().shopify().calls();
    world.after(Duration::from_mins(90)).await;
    assert_eq!(world.sandbox().shopify().calls(), calls, "work for it has stopped");
    world.close().await;
}
