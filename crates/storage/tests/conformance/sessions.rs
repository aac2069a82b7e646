//! Sessions and pending sign-ins.

use std::time::Duration;

use shopclerk_domain::ids::MerchantId;
use shopclerk_storage::nouns::sessions::{Hash, NewSession, PendingState, Purpose, SessionLimits, StateCaps};
use tokio::task::JoinSet;

use crate::house::House;

const CAPS: StateCaps = StateCaps { per_peer: 5, in_all: 20 };
const LIMITS: SessionLimits = SessionLimits { idle_ms: 60 * 60_000, absolute_ms: 12 * 60 * 60_000 };

async fn signed_in(house: &House) -> (MerchantId, Hash) {
    let connect = house.shop("nordlys");
    let session = connect.session.unwrap().id;
    let merchant = connect.new_merchant;
    house.store.connect_shop(connect, house.now()).await.unwrap();
    (merchant, session)
}

async fn find(house: &House, session: Hash) -> Option<MerchantId> {
    house.store.find_session(session, LIMITS, house.now()).await.unwrap()
}

fn pending(house: &House, browser: u8) -> PendingState {
    PendingState {
        id: house.hash(),
        purpose: Purpose::Shopify,
        shop: Some(shopclerk_domain::connection::ShopDomain::parse_typed("nordlys").unwrap()),
        merchant: None,
        session: Some([3; 32]),
        cookie: [4; 32],
        browser: [browser; 32],
        begun_at: house.now(),
        ends_at: house.now().plus(Duration::from_mins(10)),
    }
}

#[tokio::test]
async fn t33_a_session_ends_when_idle_and_use_puts_that_off() {
    let house = House::new().await;
    let (merchant, session) = signed_in(&house).await;

    for _ in 0..3 {
        house.wait(Duration::from_mins(59));
        assert_eq!(find(&house, session).await, Some(merchant));
    }
    house.wait(Duration::from_hours(1));
    assert_eq!(find(&house, session).await, None);
    assert_eq!(find(&house, [0; 32]).await, None);
}

#[tokio::test]
async fn t33_a_session_ends_after_twelve_hours_however_much_it_is_used() {
    let house = House::new().await;
    let (merchant, session) = signed_in(&house).await;

    for _ in 0..23 {
        house.wait(Duration::from_mins(30));
        assert_eq!(find(&house, session).await, Some(merchant));
    }
    house.wait(Duration::from_mins(30));
    assert_eq!(find(&house, session).await, None);
}

#[tokio::test]
async fn a_session_ends_at_once_and_its_successor_begins_with_it() {
    let house = House::new().await;
    let (merchant, session) = signed_in(&house).await;
    let next = house.hash();

    house.store.end_session(session, Some(NewSession { id: next }), house.now()).await.unwrap();
    assert_eq!(find(&house, session).await, None);
    assert_eq!(find(&house, next).await, Some(merchant));

    house.store.end_session(next, None, house.now()).await.unwrap();
    assert_eq!(find(&house, next).await, None);
    // A session that is over hands nothing on.
    let late = NewSession { id: house.hash() };
    house.store.end_session(session, Some(late), house.now()).await.unwrap();
    assert_eq!(find(&house, late.id).await, None);
}

#[tokio::test]
async fn t16_a_pending_sign_in_comes_back_once_as_it_was() {
    let house = House::new().await;
    let state = pending(&house, 1);
    house.store.begin_state(state.clone(), CAPS).await.unwrap();

    let mut spending = JoinSet::new();
    for _ in 0..8 {
        let (store, id) = (house.store.clone(), state.id);
        spending.spawn(async move { store.spend_state(id).await.unwrap() });
    }
    let spent: Vec<_> = spending.join_all().await.into_iter().flatten().collect();

    assert_eq!(spent, [state]);
}

#[tokio::test]
async fn t16_a_late_sign_in_is_told_from_one_that_never_was_for_a_day() {
    let house = House::new().await;
    let [late, older] = [pending(&house, 1), pending(&house, 2)];
    for state in [&late, &older] {
        house.store.begin_state(state.clone(), CAPS).await.unwrap();
    }
    house.wait(Duration::from_hours(23));
    assert_eq!(house.store.spend_state(late.id).await.unwrap(), Some(late));

    house.wait(Duration::from_hours(2));
    house.store.begin_state(pending(&house, 3), CAPS).await.unwrap();
    assert_eq!(house.store.spend_state(older.id).await.unwrap(), None);
}

#[tokio::test]
async fn t23_of_one_browsers_attempts_only_the_newest_stay() {
    let house = House::new().await;
    let mut states = Vec::new();
    for _ in 0..7 {
        let state = pending(&house, 1);
        house.store.begin_state(state.clone(), CAPS).await.unwrap();
        states.push(state.id);
    }
    let other = pending(&house, 2);
    house.store.begin_state(other.clone(), CAPS).await.unwrap();

    let mut alive = Vec::new();
    for id in &states {
        alive.push(house.store.spend_state(*id).await.unwrap().is_some());
    }
    assert_eq!(alive, [false, false, true, true, true, true, true]);
    assert!(house.store.spend_state(other.id).await.unwrap().is_some());
}

#[tokio::test]
async fn t41_strangers_fill_no_store_however_many_addresses_they_have() {
    let house = House::new().await;
    let mut states = Vec::new();
    for browser in 0..25 {
        let state = pending(&house, browser);
        house.store.begin_state(state.clone(), CAPS).await.unwrap();
        states.push(state.id);
    }

    let mut alive = 0;
    for id in &states {
        alive += usize::from(house.store.spend_state(*id).await.unwrap().is_some());
    }
    assert_eq!(alive, CAPS.in_all);
}

#[tokio::test]
async fn t33_the_others_of_one_merchant_end_and_nobody_elses() {
    let house = House::new().await;
    let (merchant, first) = signed_in(&house).await;
    let other = house.shop("solvik");
    let (neighbour, stays) = (other.new_merchant, other.session.unwrap().id);
    house.store.connect_shop(other, house.now()).await.unwrap();
    house.wait(Duration::from_mins(1));
    let second = house.hash();
    house.store.end_session(first, Some(NewSession { id: second }), house.now()).await.unwrap();
    let again = house.shop("nordlys");
    let third = again.session.unwrap().id;
    house.wait(Duration::from_mins(1));
    house.store.connect_shop(again, house.now()).await.unwrap();

    let listed: Vec<Hash> =
        house.store.list_sessions(merchant, 9).await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(listed, [third, second]);
    assert_eq!(house.store.end_other_sessions(merchant, third).await.unwrap(), 1);

    assert_eq!(find(&house, second).await, None);
    assert_eq!(find(&house, third).await, Some(merchant));
    assert_eq!(find(&house, stays).await, Some(neighbour));
}

#[tokio::test]
async fn t33_what_is_long_over_is_not_kept() {
    let house = House::new().await;
    let (merchant, _) = signed_in(&house).await;

    house.wait(Duration::from_hours(25));
    let again = house.shop("nordlys");
    let session = again.session.unwrap().id;
    house.store.connect_shop(again, house.now()).await.unwrap();

    let listed = house.store.list_sessions(merchant, 9).await.unwrap();
    assert_eq!(listed.iter().map(|row| row.id).collect::<Vec<_>>(), [session]);
}
