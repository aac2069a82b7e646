//! Shops that the operator connects in the terminal: with a token that never ends, or by the app's own credentials.

use std::time::Duration;

use serde_json::json;
use shopclerk_flows::connect::operator::{self, Given, NotConnected, ShopConnectedBy};
use shopclerk_flows::connect::token;

use crate::control;
use crate::merchant::{FJELL, NORDLYS, SHOP_LOGIN, connections_of, fjell_opens, line};
use crate::products;
use crate::world::World;

const SCOPES: [&str; 4] = ["read_products", "read_inventory", "read_discounts", "read_locations"];

impl World {
    /// The operator connects a shop with a token, as it stands in a file.
    async fn pastes(&self, shop: &str, text: &str) -> Result<ShopConnectedBy, NotConnected> {
        let token = operator::read_token(text)?;
        let connected = operator::shop(self.app(), shop, Given::Token(token), None).await;
        self.settle().await;
        connected
    }

    async fn asks_by_credentials(&self, shop: &str) -> Result<ShopConnectedBy, NotConnected> {
        let connected = operator::shop(self.app(), shop, Given::Credentials, None).await;
        self.settle().await;
        connected
    }

    /// How often a token was given for the app's credentials.
    fn days_tokens(&self) -> u64 {
        let calls = self.sandbox().shopify().calls();
        calls.get("token a day's token for the app's credentials").copied().unwrap_or(0)
    }
}

#[tokio::test]
async fn a_token_from_the_admin_connects_a_shop_for_good() {
    let world = World::unconnected(products::warm_things()).await;
    let pasted = world.sandbox().shopify().token_from_admin(NORDLYS, &SCOPES).unwrap();

    let connected = world.pastes("nordlys", &format!("{pasted}\n")).await.unwrap();

    assert_eq!(
        (connected.name.as_str(), connected.shop.as_str(), connected.cause),
        ("Nordlys", NORDLYS, None)
    );
    assert_eq!(world.merchant().await, connected.merchant);
    assert!(world.hears_changes("21.00").await);
    world.clock().advance(Duration::from_hours(24 * 400));
    assert_eq!(token::renew_ending(world.app()).await.unwrap(), 0, "it never ends");
    assert!(world.hears_changes("22.00").await);
    world.close().await;
}

#[tokio::test]
async fn t26_a_pasted_token_that_was_taken_away_asks_for_another_and_a_sign_in_replaces_it() {
    let world = World::unconnected(products::warm_things()).await;
    let pasted = world.sandbox().shopify().token_from_admin(NORDLYS, &SCOPES).unwrap();
    world.pastes(NORDLYS, &pasted).await.unwrap();
    world.sandbox().shopify().expire_access_tokens(NORDLYS).unwrap();
    assert!(world.hears_changes("20.50").await, "a static token does not end");
    let another = world.sandbox().shopify().token_from_admin("elsewhere.myshopify.com", &SCOPES).unwrap();
    assert!(matches!(world.pastes(NORDLYS, &another).await, Err(NotConnected::TokenRefused)));
    assert!(world.hears_changes("20.70").await, "a refused one replaces nothing");

    let held = world.sandbox().shopify().token_from_admin(NORDLYS, &SCOPES).unwrap();
    world.pastes(NORDLYS, &held).await.unwrap();
    world.revokes_silently();
    assert!(!world.hears_changes("21.00").await);
    assert_eq!(world.walk(SHOP_LOGIN).await.status, 200);
    world.settle().await;
    assert!(world.hears_changes("22.00").await);
    assert_eq!(connections_of(&world, world.browser()).await, [line("Shopify shop", "Nordlys", "ok")]);
    world.close().await;
}

#[tokio::test]
async fn t26_credentials_bring_a_new_token_every_day_until_the_shop_says_no() {
    let world = World::unconnected(products::warm_things()).await;
    assert!(matches!(
        world.asks_by_credentials(NORDLYS).await,
        Err(NotConnected::CredentialsRefused { code }) if code == "shop_not_permitted"
    ));
    world.sandbox().shopify().belongs_to_our_organisation(NORDLYS);
    world.asks_by_credentials(NORDLYS).await.unwrap();

    for day in 1..4 {
        assert!(world.hears_changes(&format!("2{day}.00")).await, "day {day}");
        world.after(Duration::from_hours(24)).await;
        assert_eq!(world.days_tokens(), 1 + day);
    }
    world.sandbox().shopify().leaves_our_organisation(NORDLYS);
    world.after(Duration::from_hours(24)).await;
    assert_eq!(world.walk(SHOP_LOGIN).await.status, 200, "signing in is the other way");
    world.settle().await;
    assert!(world.hears_changes("29.00").await);
    world.close().await;
}

#[tokio::test]
async fn what_cannot_be_connected_is_said_and_changes_nothing() {
    let world = World::with_shop(products::warm_things()).await;
    fjell_opens(&world);
    let merchant = world.merchant().await;
    let good = world.sandbox().shopify().token_from_admin(FJELL, &SCOPES).unwrap();
    let nobody = shopclerk_domain::ids::MerchantId::parse("0192f3a0-0000-7000-8000-00000000beef").unwrap();
    let given = || Given::Token(operator::read_token(&good).unwrap());

    assert!(matches!(world.pastes("fjell.evil.com", &good).await, Err(NotConnected::BadShop)));
    assert!(matches!(world.pastes(FJELL, "shpat_ 1").await, Err(NotConnected::BadToken)));
    assert!(matches!(world.pastes(FJELL, "shpat_0123456789abcdef").await, Err(NotConnected::TokenRefused)));
    let refused = operator::shop(world.app(), FJELL, given(), Some(nobody)).await;
    assert!(matches!(refused, Err(NotConnected::NoSuchMerchant)));
    let refused = operator::shop(world.app(), NORDLYS, given(), Some(nobody)).await;
    assert!(matches!(refused, Err(NotConnected::OtherMerchant)));
    assert_eq!(connections_of(&world, world.browser()).await.len(), 2);

    let joined = operator::shop(world.app(), FJELL, given(), Some(merchant)).await.unwrap();
    world.settle().await;
    assert_eq!(joined.merchant, merchant);
    assert_eq!(connections_of(&world, world.browser()).await.len(), 3);
    world.close().await;
}

#[tokio::test]
async fn t27_the_terminal_connects_a_shop_through_the_running_process() {
    let world = World::unconnected(products::warm_things()).await;
    let pasted = world.sandbox().shopify().token_from_admin(NORDLYS, &SCOPES).unwrap();
    let connect = |token: Option<&str>| {
        let arguments = json!({ "shop": "nordlys", "token": token, "merchant": null });
        control::order("shops.connect", &arguments)
    };

    for (token, told, sentence) in [
        (None, "failed", "gives nothing for the app's credentials (shop_not_permitted)"),
        (Some("shpat_0123456789abcdef"), "failed", "does not accept this token"),
        (Some("not a token"), "failed", "is no access token"),
        (Some(pasted.as_str()), "done", "Nordlys (nordlys.myshopify.com) is connected for merchant"),
    ] {
        let answer = control::asks(&world, &connect(token)).await;
        assert!(answer[0][told].as_str().is_some_and(|words| words.contains(sentence)), "{answer:?}");
        world.remember_answer(&answer[0].to_string());
    }

    world.settle().await;
    assert!(world.hears_changes("21.00").await);
    world.close().await;
}

impl World {
    /// The shop takes all tokens back; its webhooks still come.
    fn revokes_silently(&self) {
        self.sandbox().shopify().forget_tokens(NORDLYS).unwrap();
    }
}
