//! Taking over from the Python version.

use std::time::Duration;

use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::connection::{ConnectionState, ShopDomain};
use shopclerk_domain::ids::{AccountId, MerchantId};
use shopclerk_domain::secret::Secret;
use shopclerk_storage::installation::Withdrawal;
use shopclerk_storage::nouns::imports::{ImportItem, ImportJobs, Imported};
use shopclerk_storage::nouns::sessions::SessionLimits;

use crate::house::House;

const LIMITS: SessionLimits = SessionLimits { idle_ms: 3_600_000, absolute_ms: 43_200_000 };

fn shop(name: &str, token: Option<&str>) -> ImportItem {
    let token = token.map(|token| Secret::new(token.to_owned()));
    ImportItem::Shop { shop: ShopDomain::parse_typed(name).unwrap(), token }
}

fn page(house: &House, native_id: &str, token: Option<&str>) -> ImportItem {
    ImportItem::Page {
        new_id: AccountId::new(house.now(), &*house.entropy),
        native_id: native_id.to_owned(),
        token: token.map(|token| Secret::new(token.to_owned())),
    }
}

fn jobs() -> ImportJobs {
    ImportJobs { shop: vec!["sync_catalogue"], page: vec!["check_account"] }
}

async fn import(house: &House, merchant: MerchantId, items: Vec<ImportItem>) -> Vec<Imported> {
    house.store.import(merchant, items, jobs(), house.now()).await.unwrap()
}

#[tokio::test]
async fn a_merchant_comes_over_with_everything_that_was_theirs() {
    let house = House::new().await;
    let merchant = MerchantId::parse("7f1d1c5e-3f0a-4c57-9d43-0f5a5b1f6c01").unwrap();
    let session = ImportItem::Session { id: [7; 32], begun_at: house.now().minus(Duration::from_mins(10)) };
    let items = vec![shop("nordlys", Some("shpat-old")), page(&house, "106511", Some("EAAB-old")), session];

    let judged = house.store.judge_import(merchant, items.clone()).await.unwrap();
    assert!(house.store.list_merchants(None, 9).await.unwrap().is_empty(), "looking takes nothing");
    let taken = import(&house, merchant, items).await;

    assert_eq!((judged, taken), (vec![Imported::Taken; 3], vec![Imported::Taken; 3]));
    let domain = ShopDomain::parse_typed("nordlys").unwrap();
    let tokens = house.store.shop_tokens(merchant, &domain).await.unwrap().unwrap();
    assert_eq!(
        (tokens.access.expose().as_str(), tokens.access_ends, tokens.refresh),
        ("shpat-old", None, None)
    );
    let accounts = house.store.list_accounts(merchant).await.unwrap();
    assert_eq!(
        (accounts[0].account.native_id.as_str(), accounts[0].account.state),
        ("106511", ConnectionState::Ok)
    );
    let page_token = house.store.account_token(merchant, accounts[0].account.id).await.unwrap().unwrap();
    assert_eq!(page_token.expose(), "EAAB-old");
    assert_eq!(house.store.find_session([7; 32], LIMITS, house.now()).await.unwrap(), Some(merchant));
    assert_eq!(house.due().await.len(), 2);
}

#[tokio::test]
async fn t53_whose_grant_a_page_is_that_came_over_is_learned_once_from_its_token() {
    let house = House::new().await;
    let merchant = MerchantId::new(house.now(), &*house.entropy);
    import(&house, merchant, vec![page(&house, "106511", Some("EAAB-old"))]).await;
    let account = house.store.list_accounts(merchant).await.unwrap()[0].account.id;

    for told in [None, Some("mia".to_owned()), Some("bo".to_owned())] {
        house.store.mark_account_checked(merchant, account, told, house.now()).await.unwrap();
    }

    let stopped = async |person: &str| {
        let (channel, person) = (ChannelKind::Messenger, person.to_owned());
        let withdrawal = Withdrawal { channel, person, at: house.now() };
        house.store.withdraw_grants(withdrawal, house.now()).await.unwrap()
    };
    assert_eq!(stopped("bo").await, []);
    assert_eq!(stopped("mia").await, [(merchant, account)]);
    let row = house.store.find_account(merchant, account).await.unwrap().unwrap();
    assert_eq!(row.account.state, ConnectionState::Disconnected);
}

#[tokio::test]
async fn what_has_no_token_waits_for_its_merchant_and_for_nothing_else() {
    let house = House::new().await;
    let merchant = MerchantId::new(house.now(), &*house.entropy);

    import(&house, merchant, vec![shop("nordlys", None), page(&house, "106511", None)]).await;

    assert_eq!(
        house.store.list_shops(merchant).await.unwrap()[0].shop.state,
        ConnectionState::NeedsReconnect
    );
    let accounts = house.store.list_accounts(merchant).await.unwrap();
    assert_eq!(accounts[0].account.state, ConnectionState::NeedsReconnect);
    assert!(!house.due().await.iter().any(|due| due.contains("sync")), "{:?}", house.due().await);
}

#[tokio::test]
async fn a_second_import_changes_nothing_and_brings_nothing_back() {
    let house = House::new().await;
    let merchant = MerchantId::new(house.now(), &*house.entropy);
    let session = ImportItem::Session { id: [7; 32], begun_at: house.now() };
    let items = vec![shop("nordlys", Some("shpat-old")), page(&house, "106511", Some("EAAB-old")), session];
    import(&house, merchant, items.clone()).await;
    house.store.end_session([7; 32], None, house.now()).await.unwrap();
    let mut again = house.shop("nordlys");
    again.tokens = crate::house::tokens("shpat-new", None);
    house.store.connect_shop(again, house.now()).await.unwrap();

    let second = import(&house, merchant, items).await;

    assert_eq!(second, vec![Imported::Already; 3]);
    let domain = ShopDomain::parse_typed("nordlys").unwrap();
    let tokens = house.store.shop_tokens(merchant, &domain).await.unwrap().unwrap();
    assert_eq!(tokens.access.expose(), "shpat-new");
    assert_eq!(house.store.find_session([7; 32], LIMITS, house.now()).await.unwrap(), None);
}

#[tokio::test]
async fn t24_what_belongs_to_another_merchant_here_stays_theirs() {
    let (house, stall) = House::with_stall().await;
    let other = MerchantId::new(house.now(), &*house.entropy);

    let taken = import(
        &house,
        other,
        vec![shop("nordlys", Some("shpat-x")), page(&house, &stall.page, Some("EAAB-x"))],
    )
    .await;

    assert_eq!(taken, vec![Imported::OtherMerchant; 2]);
    assert_eq!(house.store.list_merchants(None, 9).await.unwrap(), [stall.merchant], "nobody came of it");
    let tokens = house.store.shop_tokens(stall.merchant, &stall.shop).await.unwrap().unwrap();
    assert_eq!(tokens.access.expose(), "shpat-first");
}
