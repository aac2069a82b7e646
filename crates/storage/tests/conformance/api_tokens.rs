//! The operator's tokens: found by their hash alone, one per name, gone when revoked.

use std::time::Duration;

use shopclerk_storage::StoreError;
use shopclerk_storage::nouns::api_tokens::{ApiToken, Scope};

use crate::house::House;

fn token(house: &House, name: &str) -> ApiToken {
    ApiToken {
        name: name.to_owned(),
        scopes: vec![Scope::Read, Scope::Metrics],
        created_at: house.now(),
        ends_at: Some(house.now().plus(Duration::from_hours(1))),
    }
}

#[tokio::test]
async fn a_token_is_found_by_its_hash_until_it_is_revoked() {
    let house = House::new().await;
    let (hash, made) = (house.hash(), token(&house, "metrics"));
    house.store.keep_api_token(hash, made.clone()).await.unwrap();

    assert_eq!(house.store.find_api_token(hash).await.unwrap(), Some(made));
    assert_eq!(house.store.find_api_token(house.hash()).await.unwrap(), None);
    assert!(house.store.revoke_api_token("metrics").await.unwrap());
    assert!(!house.store.revoke_api_token("metrics").await.unwrap());
    assert_eq!(house.store.find_api_token(hash).await.unwrap(), None);
}

#[tokio::test]
async fn a_name_is_given_once_and_the_list_goes_by_names() {
    let house = House::new().await;
    for name in ["b", "a", "c"] {
        house.store.keep_api_token(house.hash(), token(&house, name)).await.unwrap();
    }

    let again = house.store.keep_api_token(house.hash(), token(&house, "b")).await;
    assert!(matches!(again, Err(StoreError::Conflict)));
    let names = async |after: &str, most| {
        let listed = house.store.list_api_tokens(after, most).await.unwrap();
        listed.into_iter().map(|token| token.name).collect::<Vec<_>>()
    };
    assert_eq!(names("", 10).await, ["a", "b", "c"]);
    assert_eq!(names("a", 1).await, ["b"]);
}
