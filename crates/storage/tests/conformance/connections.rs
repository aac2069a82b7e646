//! Shops, accounts and their tokens: one owner each, replaced in one unit, sealed.

use std::time::Duration;

use shopclerk_domain::connection::{ConnectionState, ShopDomain};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::money::Currency;
use shopclerk_domain::standing::Cause;
use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::connections::{
    AccountConnected, ConnectShop, Move, ShopConnected, ShopTokens, Signup,
};
use shopclerk_storage::nouns::jobs::NewJob;
use shopclerk_storage::nouns::sessions::SessionLimits;

use crate::house::{self, House, facts, secret, tokens};

async fn connect(house: &House, connect: ConnectShop) -> ShopConnected {
    house.store.connect_shop(connect, house.now()).await.unwrap()
}

#[tokio::test]
async fn a_known_shop_signs_in_to_its_merchant_again() {
    let house = House::new().await;
    let first = house.shop("nordlys");
    let (merchant, old_session) = (first.new_merchant, first.session.unwrap().id);
    assert_eq!(connect(&house, first).await, ShopConnected::Merchant(merchant));

    let mut again = house.shop("nordlys");
    again.tokens = tokens("shpat-second", None);
    again.signup = Signup::Closed;
    again.facts = None;
    again.ends_session = Some(old_session);
    again.jobs = vec!["sync_catalogue", "subscribe_shop"];
    let session = again.session.unwrap().id;
    assert_eq!(connect(&house, again).await, ShopConnected::Merchant(merchant));

    let shop = ShopDomain::parse_typed("nordlys").unwrap();
    let found = house.store.shop_tokens(merchant, &shop).await.unwrap().unwrap();
    assert_eq!((found.access.expose().as_str(), found.generation), ("shpat-second", 2));
    let rows = house.store.list_shops(merchant).await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].shop.facts, Some(facts("nordlys")));
    assert_eq!(house.due().await.len(), 2);
    let limits = SessionLimits { idle_ms: 1_000, absolute_ms: 1_000 };
    assert_eq!(house.store.find_session(session, limits, house.now()).await.unwrap(), Some(merchant));
    assert_eq!(house.store.find_session(old_session, limits, house.now()).await.unwrap(), None);
}

#[tokio::test]
async fn signing_up_follows_the_rule() {
    let house = House::new().await;
    let with = |name: &str, signup| ConnectShop { signup, ..house.shop(name) };

    assert_eq!(connect(&house, with("nordlys", Signup::Closed)).await, ShopConnected::SignupClosed);
    assert!(matches!(connect(&house, with("nordlys", Signup::First)).await, ShopConnected::Merchant(_)));
    assert_eq!(connect(&house, with("solvik", Signup::First)).await, ShopConnected::SignupClosed);
    assert!(matches!(connect(&house, with("solvik", Signup::Open)).await, ShopConnected::Merchant(_)));
    assert_eq!(house.store.list_merchants(None, 10).await.unwrap().len(), 2);
}

#[tokio::test]
async fn t24_a_shop_of_another_merchant_is_refused_and_nothing_changes() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;
    let mut taken = house.shop("nordlys");
    taken.signed_in = Some(other.merchant);
    taken.tokens = tokens("shpat-stolen", None);
    let session = taken.session.unwrap().id;

    assert_eq!(connect(&house, taken).await, ShopConnected::OtherMerchant);

    let found = house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().unwrap();
    assert_eq!(found.access.expose(), "shpat-first");
    let limits = SessionLimits { idle_ms: 1_000, absolute_ms: 1_000 };
    assert_eq!(house.store.find_session(session, limits, house.now()).await.unwrap(), None);
}

#[tokio::test]
async fn a_second_shop_joins_the_merchant_that_is_signed_in() {
    let (house, stall) = House::with_stall().await;
    let mut second = house.shop("nordlys-outlet");
    second.signed_in = Some(stall.merchant);

    assert_eq!(connect(&house, second).await, ShopConnected::Merchant(stall.merchant));

    assert_eq!(house.store.list_shops(stall.merchant).await.unwrap().len(), 2);
    assert_eq!(house.store.list_merchants(None, 10).await.unwrap(), [stall.merchant]);
}

#[tokio::test]
async fn t24_an_account_belongs_to_the_merchant_who_connected_it_first() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await;

    let refused = house.connect_page(other.merchant, &stall.page, Some("EAAB-other")).await;
    assert_eq!(refused, AccountConnected::OtherMerchant { native_id: stall.page.clone() });
    house
        .store
        .set_account_state(stall.merchant, stall.account, ConnectionState::NeedsReconnect)
        .await
        .unwrap();
    let again = house.connect_page(other.merchant, &stall.page, Some("EAAB-other")).await;
    assert!(matches!(again, AccountConnected::OtherMerchant { .. }));

    let token = house.store.account_token(stall.merchant, stall.account).await.unwrap().unwrap();
    assert_eq!(token.expose(), "EAAB-page");
    assert_eq!(house.store.account_token(other.merchant, stall.account).await.unwrap(), None);
}

#[tokio::test]
async fn a_grant_without_a_token_keeps_the_one_we_have_or_asks_to_reconnect() {
    let (house, stall) = House::with_stall().await;

    let same = house.connect_page(stall.merchant, &stall.page, None).await;
    assert_eq!(same, AccountConnected::Connected(stall.account));
    let token = house.store.account_token(stall.merchant, stall.account).await.unwrap();
    assert_eq!(token, Some(secret("EAAB-page")));

    let bare = house.connect_page(stall.merchant, "page without token", None).await;
    let AccountConnected::Connected(bare) = bare else { panic!("{bare:?}") };
    let row = house.store.find_account(stall.merchant, bare).await.unwrap().unwrap();
    assert_eq!(row.account.state, ConnectionState::NeedsReconnect);
    assert_eq!(house.store.list_accounts(stall.merchant).await.unwrap().len(), 2);
}

#[tokio::test]
async fn t26_a_renewal_replaces_just_the_pair_it_renewed() {
    let (house, stall) = House::with_stall().await;
    let pair = house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().unwrap();
    let ends = house.now().plus(Duration::from_hours(1));
    let renewed = |access: &str| {
        let mut renewed = tokens(access, Some(ends));
        renewed.generation = pair.generation;
        renewed
    };
    let (merchant, shop) = (stall.merchant, &stall.shop);
    let renew = async |tokens| house.store.renew_shop_tokens(merchant, shop, tokens, 1, vec![]).await;

    renew(renewed("shpat-second")).await.unwrap();
    assert!(matches!(renew(renewed("shpat-third")).await, Err(StoreError::Conflict)));

    let found = house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().unwrap();
    assert_eq!((found.access.expose().as_str(), found.access_ends), ("shpat-second", Some(ends)));
    assert_eq!(found.refresh, Some(secret("shprt-first")));
    let ending = async |before| house.store.list_ending_tokens(before, "renew_token", 10).await.unwrap();
    let later = ends.plus(Duration::from_secs(1));
    assert_eq!(ending(later).await, [(merchant, shop.clone())]);
    assert!(ending(ends).await.is_empty());
    let run_at = house.now();
    let renewal = NewJob { merchant, kind: "renew_token", key: shop.to_string(), run_at };
    house.store.enqueue(vec![renewal]).await.unwrap();
    assert!(ending(later).await.is_empty(), "its job is put up already");
}

#[tokio::test]
async fn t26_the_pair_that_brought_the_newest_is_kept_until_that_has_worked() {
    let (house, stall) = House::with_stall().await;
    let (store, merchant, shop) = (&house.store, stall.merchant, &stall.shop);
    let renew = async |access: &str, generation: i64, spent: i64| {
        let tokens = ShopTokens { generation, ..tokens(access, None) };
        store.renew_shop_tokens(merchant, shop, tokens, spent, Vec::new()).await.unwrap();
    };
    let former = async || {
        let found = store.former_shop_tokens(merchant, shop).await.unwrap();
        found.map(|pair| pair.access.expose().clone())
    };
    assert_eq!(former().await, None);

    renew("shpat-second", 1, 1).await;
    assert_eq!(former().await.as_deref(), Some("shpat-first"));
    renew("shpat-third", 2, 1).await;
    assert_eq!(former().await.as_deref(), Some("shpat-first"), "the one that never worked is gone");
    renew("shpat-fourth", 3, 3).await;
    assert_eq!(former().await.as_deref(), Some("shpat-third"));

    assert!(matches!(store.confirm_shop_tokens(merchant, shop, 3).await, Err(StoreError::Conflict)));
    store.confirm_shop_tokens(merchant, shop, 4).await.unwrap();
    assert_eq!(former().await, None);
    let newest = store.shop_tokens(merchant, shop).await.unwrap().unwrap();
    assert_eq!((newest.access.expose().as_str(), newest.worked), ("shpat-fourth", true));
    store.end_shop_tokens(merchant, shop, 4, Vec::new(), house.now()).await.unwrap();
    let ended = store.shop_tokens(merchant, shop).await.unwrap().unwrap();
    assert_eq!((ended.access_ends, ended.generation), (Some(house.now()), 4));
}

#[tokio::test]
async fn what_was_learned_with_an_old_token_says_nothing_of_the_new_one() {
    let (house, stall) = House::with_stall().await;
    let (store, merchant, shop) = (&house.store, stall.merchant, &stall.shop);
    let broken = Move { from: ConnectionState::Ok, to: Some(Cause::TokenRefused) };
    let granted = house.now();
    house.wait(Duration::from_secs(1));
    house.connect_page(merchant, &stall.page, Some("EAAB-new")).await;
    let move_account = async |change, granted| {
        store.move_account(merchant, stall.account, change, granted, Vec::new()).await
    };

    assert!(matches!(move_account(broken, granted).await, Err(StoreError::Conflict)));
    assert!(matches!(store.move_shop(merchant, shop, broken, 2).await, Err(StoreError::Conflict)));
    move_account(broken, house.now()).await.unwrap();
    store.move_shop(merchant, shop, broken, 1).await.unwrap();
    assert!(matches!(move_account(broken, house.now()).await, Err(StoreError::Conflict)), "it stands there");

    let row = store.find_account(merchant, stall.account).await.unwrap().unwrap();
    assert_eq!((row.account.state, row.cause), (ConnectionState::NeedsReconnect, Some(Cause::TokenRefused)));
    let row = store.list_shops(merchant).await.unwrap().remove(0);
    assert_eq!((row.shop.state, row.cause), (ConnectionState::NeedsReconnect, Some(Cause::TokenRefused)));
    let healed = Move { from: ConnectionState::NeedsReconnect, to: None };
    store.move_shop(merchant, shop, healed, 1).await.unwrap();
    assert_eq!(store.list_shops(merchant).await.unwrap()[0].cause, None);
}

#[tokio::test]
async fn what_is_found_of_a_person_and_of_a_check_comes_back() {
    let (house, stall) = House::with_stall().await;
    let (store, merchant) = (&house.store, stall.merchant);

    store.set_person_cause(merchant, Some(Cause::TokenEnding)).await.unwrap();
    store.mark_account_checked(merchant, stall.account, None, house.now()).await.unwrap();

    let person = store.person_token(merchant).await.unwrap().unwrap();
    assert_eq!((person.token.expose().as_str(), person.cause), ("EAAB-user", Some(Cause::TokenEnding)));
    let row = store.find_account(merchant, stall.account).await.unwrap().unwrap();
    assert_eq!(row.checked_at, Some(house.now()));
    house.connect_page(merchant, &stall.page, Some("EAAB-new")).await;
    assert_eq!(store.person_token(merchant).await.unwrap().unwrap().cause, None, "a new grant");
    let nobody = MerchantId::new(house.now(), &*house.entropy);
    assert!(store.person_token(nobody).await.unwrap().is_none());
}

#[tokio::test]
async fn what_is_recorded_of_a_connection_comes_back() {
    let (house, stall) = House::with_stall().await;
    let (store, merchant) = (&house.store, stall.merchant);
    let mut facts = facts("nordlys");
    facts.currency = Currency::EUR;
    let scopes = vec!["read_products".to_owned(), "read_inventory".to_owned()];

    store.set_shop_state(merchant, &stall.shop, ConnectionState::Expiring).await.unwrap();
    let jobs = vec![house::job(merchant, "nordlys", house.now())];
    store.set_shop_facts(merchant, &stall.shop, facts.clone(), scopes.clone(), jobs).await.unwrap();
    store.set_account_state(merchant, stall.account, ConnectionState::Limited).await.unwrap();
    store.set_account_fields(merchant, stall.account, vec!["messages".to_owned()]).await.unwrap();

    let shop = store.list_shops(merchant).await.unwrap().remove(0);
    assert_eq!((shop.shop.state, shop.shop.scopes), (ConnectionState::Expiring, scopes));
    assert_eq!((shop.shop.facts, shop.connected_at), (Some(facts), house::MORNING));
    let account = store.find_account(merchant, stall.account).await.unwrap().unwrap();
    assert_eq!(
        (account.account.state, account.fields),
        (ConnectionState::Limited, vec!["messages".to_owned()])
    );
    assert_eq!(account.data["id"], stall.page.as_str());
    assert_eq!(house.due().await, ["job sync_catalogue nordlys"]);
}

#[tokio::test]
async fn i6_nothing_is_recorded_on_what_is_not_the_merchants() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await.merchant;
    let nobody = MerchantId::new(house.now(), &*house.entropy);
    let unknown = AccountId::new(house.now(), &*house.entropy);

    let refused = [
        house.store.set_shop_state(other, &stall.shop, ConnectionState::Blocked).await,
        house.store.set_shop_facts(other, &stall.shop, facts("x"), Vec::new(), Vec::new()).await,
        house.store.set_account_state(other, stall.account, ConnectionState::Blocked).await,
        house.store.set_account_fields(stall.merchant, unknown, Vec::new()).await,
        house.store.renew_shop_tokens(other, &stall.shop, tokens("t", None), 1, Vec::new()).await,
    ];

    assert!(refused.iter().all(|one| matches!(one, Err(StoreError::Conflict))), "{refused:?}");
    assert!(house.store.list_shops(nobody).await.unwrap().is_empty());
    assert!(house.store.find_account(other, stall.account).await.unwrap().is_none());
}
