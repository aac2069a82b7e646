//! What the language model costs, and how merchants wish it to speak.

use shopclerk_domain::ids::ShopperId;
use shopclerk_storage::nouns::budgets::{Booked, Cost, DailyCaps, Refusals};

use tokio::task::JoinSet;

use crate::house::House;

const DAY: i64 = 20_778;

fn tokens(tokens: u64) -> Cost {
    Cost { tokens, micros: tokens * 2 }
}

const CAPS: DailyCaps =
    DailyCaps { shopper: Cost { tokens: 100, micros: 1_000 }, merchant: Cost { tokens: 150, micros: 1_000 } };

fn shopper(house: &House) -> ShopperId {
    ShopperId::new(house.now(), &*house.entropy)
}

#[tokio::test]
async fn t50_nobody_books_beyond_a_cap_and_what_was_not_used_is_given_back() {
    let (house, stall) = House::with_stall().await;
    let (ana, ben, other) = (shopper(&house), shopper(&house), house.stall("solvik").await.merchant);
    let book = async |who, cost| house.store.book_model(stall.merchant, who, DAY, cost, CAPS).await.unwrap();

    assert_eq!(book(ana, tokens(80)).await, Booked::Yes);
    assert_eq!(book(ana, tokens(21)).await, Booked::ShopperSpent);
    assert_eq!(book(ben, tokens(71)).await, Booked::MerchantSpent);
    assert_eq!(book(ben, Cost { tokens: 1, micros: 900 }).await, Booked::MerchantSpent);
    let refusals = async |merchant, day| house.store.find_model_refusals(merchant, day).await.unwrap();
    assert_eq!(refusals(stall.merchant, DAY).await, Refusals { shopper: 1, merchant: 2 });
    assert_eq!(
        [refusals(stall.merchant, DAY + 1).await, refusals(other, DAY).await],
        [Refusals::default(); 2]
    );
    house.store.settle_model(stall.merchant, ana, DAY, tokens(80), tokens(10)).await.unwrap();
    assert_eq!(book(ben, tokens(71)).await, Booked::Yes);

    let cost = async |merchant, who, day| house.store.find_model_cost(merchant, who, day).await.unwrap();
    assert_eq!(cost(stall.merchant, None, DAY).await, tokens(81));
    assert_eq!(cost(stall.merchant, Some(ana), DAY).await, tokens(10));
    assert_eq!(cost(stall.merchant, None, DAY + 1).await, Cost::default());
    assert_eq!(cost(other, None, DAY).await, Cost::default());
    assert_eq!(cost(other, Some(ana), DAY).await, Cost::default());
}

#[tokio::test]
async fn t50_many_who_book_at_once_do_not_overdraw() {
    let (house, stall) = House::with_stall().await;
    let ana = shopper(&house);
    let mut bookings = JoinSet::new();
    for _ in 0..40 {
        let (store, merchant) = (house.store.clone(), stall.merchant);
        bookings.spawn(async move { store.book_model(merchant, ana, DAY, tokens(9), CAPS).await });
    }

    let booked = bookings.join_all().await;

    assert_eq!(booked.iter().filter(|booked| booked.as_ref().unwrap() == &Booked::Yes).count(), 11);
}

#[tokio::test]
async fn the_books_of_past_days_go_and_absurd_figures_stay_figures() {
    let (house, stall) = House::with_stall().await;
    let ana = shopper(&house);
    let most = Cost { tokens: u64::MAX, micros: u64::MAX };
    let caps = DailyCaps { shopper: most, merchant: most };
    let book = async |day, cost| house.store.book_model(stall.merchant, ana, day, cost, caps).await.unwrap();
    book(DAY, most).await;
    book(DAY, tokens(1)).await;
    house.store.settle_model(stall.merchant, ana, DAY + 1, most, tokens(0)).await.unwrap();

    let cost = async |day| house.store.find_model_cost(stall.merchant, None, day).await.unwrap();
    assert!(cost(DAY).await.tokens >= 1 << 50);
    assert_eq!(cost(DAY + 1).await, Cost::default(), "never below nothing");

    book(DAY + 8, tokens(1)).await;
    assert_eq!(cost(DAY).await, Cost::default());
}

#[tokio::test]
async fn a_merchants_wishes_are_their_own_and_can_be_taken_back() {
    let (house, stall) = House::with_stall().await;
    let other = house.stall("solvik").await.merchant;
    let wishes = async |merchant| house.store.find_wishes(merchant).await.unwrap();
    assert_eq!(wishes(stall.merchant).await, None);

    house.store.set_wishes(stall.merchant, "Be brief.", house.now()).await.unwrap();
    assert_eq!(wishes(stall.merchant).await.as_deref(), Some("Be brief."));
    assert_eq!(wishes(other).await, None);

    house.store.set_wishes(stall.merchant, "", house.now()).await.unwrap();
    assert_eq!(wishes(stall.merchant).await, None);
}
