//! The client of a bucket against servers of S3 that others wrote: one in this process, always, and the one that
//! `TEST_S3_ENDPOINT` names, where there is one.
#![expect(clippy::unwrap_used, reason = "a broken promise should stop loudly")]

mod server;

use std::sync::Arc;

use futures::{StreamExt, stream};
use shopclerk_domain::clock::{Clock, SystemClock};
use shopclerk_domain::fault::{FaultPoints, NoFaults};
use shopclerk_domain::secret::Secret;
use shopclerk_upstream::objects::{BucketAddress, BucketSettings, Objects, ObjectsError};

use self::server::{BUCKET, KEY, SECRET, Server};

const MERCHANT: &str = "users/0192f3a0-0000-7000-8000-000000000001";

fn bucket(endpoint: &str, secret: &str) -> Objects {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::start());
    let faults: Arc<dyn FaultPoints> = Arc::new(NoFaults);
    let address = BucketAddress::parse(Some(endpoint), Some("fra1"), BUCKET).unwrap();
    let (key, secret) = (Secret::new(KEY.to_owned()), Secret::new(secret.to_owned()));
    Objects::in_bucket(&BucketSettings { address, key, secret }, clock, &faults).unwrap()
}

/// All that we ask of a place, once.
async fn serves(objects: &Objects) {
    small_objects_come_and_go(objects).await;
    a_listing_goes_on_behind_its_first_page(objects).await;
    large_objects_go_in_parts(objects).await;
}

async fn small_objects_come_and_go(objects: &Objects) {
    let mirror = objects.mirror();
    let key = format!("{MERCHANT}/shopify/nordlys.myshopify.com/shop_products.json");
    assert_eq!(mirror.get(&key).await.unwrap(), None);
    mirror.put(&key, "{}".into()).await.unwrap();
    mirror.put(&key, r#"{"products":[]}"#.into()).await.unwrap();
    assert_eq!(mirror.get(&key).await.unwrap().unwrap(), r#"{"products":[]}"#);
    assert_eq!(mirror.size(&key).await.unwrap(), Some(15));
    mirror.put(&format!("{MERCHANT}/empty_1.-"), bytes::Bytes::new()).await.unwrap();
    assert_eq!(mirror.get(&format!("{MERCHANT}/empty_1.-")).await.unwrap().unwrap(), "");

    for _ in 0..2 {
        mirror.delete(&key).await.unwrap();
    }
    assert_eq!(mirror.size(&key).await.unwrap(), None);
    assert_eq!(mirror.delete_all(MERCHANT).await.unwrap(), 1);
}

async fn a_listing_goes_on_behind_its_first_page(objects: &Objects) {
    let mirror = objects.mirror();
    let keys: Vec<String> =
        (0..1_003).map(|number| format!("{MERCHANT}/facebook/1/{number:04}.json")).collect();
    let puts = stream::iter(&keys).map(|key| mirror.put(key, key.clone().into()));
    puts.buffer_unordered(16).for_each(|put| async { put.unwrap() }).await;
    mirror.put("users/0192f3a0-0000-7000-8000-000000000002/x.json", "other".into()).await.unwrap();

    let found = mirror.list(MERCHANT).await.unwrap();

    assert!(found.iter().map(|object| &object.key).eq(keys.iter()));
    assert!(found.iter().all(|object| object.bytes == object.key.len() as u64));
    let merchants = mirror.merchants().await.unwrap();
    assert_eq!(merchants.iter().map(|id| format!("users/{id}")).next().as_deref(), Some(MERCHANT));
    assert_eq!(merchants.len(), 2);
    mirror.delete_all(MERCHANT).await.unwrap();
    assert!(mirror.list(MERCHANT).await.unwrap().is_empty());
}

async fn large_objects_go_in_parts(objects: &Objects) {
    let backups = objects.backups();
    let folder = tempfile::tempdir().unwrap();
    let bytes: Vec<u8> =
        (0..17_000_000_u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    std::fs::write(&from, &bytes).unwrap();

    assert_eq!(backups.put_file("backups/large.sealed", &from).await.unwrap(), 17_000_000);
    assert_eq!(backups.get_file("backups/large.sealed", &to).await.unwrap(), Some(17_000_000));
    assert!(std::fs::read(&to).unwrap() == bytes);

    let mut upload = backups.upload("backups/given_up").unwrap();
    upload.write(&bytes).await.unwrap();
    upload.abort().await;
    let listed = backups.list("backups").await.unwrap();
    assert_eq!(listed.iter().map(|object| object.key.as_str()).collect::<Vec<_>>(), ["backups/large.sealed"]);
    assert_eq!(backups.get("backups/given_up").await.unwrap(), None);
}

#[tokio::test]
async fn a_server_that_others_wrote_serves_us() {
    let server = Server::start().await;
    serves(&bucket(server.endpoint(), SECRET)).await;
}

#[tokio::test]
async fn a_wrong_secret_is_refused_by_a_server_that_others_wrote() {
    let server = Server::start().await;
    let objects = bucket(server.endpoint(), "another-secret");

    let put = objects.mirror().put(&format!("{MERCHANT}/x.json"), "{}".into()).await;

    assert!(matches!(put, Err(ObjectsError::Refused(_))), "{put:?}");
}

#[tokio::test]
async fn the_server_that_the_environment_names_serves_us() {
    match std::env::var("TEST_S3_ENDPOINT") {
        Ok(endpoint) => serves(&bucket(&endpoint, SECRET)).await,
        Err(_) => eprintln!("skipped: TEST_S3_ENDPOINT names no server with a bucket `{BUCKET}`"),
    }
}
