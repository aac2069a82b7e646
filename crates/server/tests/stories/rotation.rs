//! A key ring that is rotated while shoppers write: whenever the process stops, nobody notices and nothing is lost.

use shopclerk_flows::keys::{self, KeysError};
use shopclerk_flows::progress::Unwatched;

use crate::products;
use crate::rehearsal::Stepped;
use crate::shopper::Shopper;
use crate::world::World;

/// Where a rotation may be cut off.
const POINTS: [&str; 4] =
    ["keys.adopt.before", "keys.adopt.committed", "keys.reseal.before", "keys.reseal.committed"];

/// The ids of the ring's keys, the newest first.
fn ring(world: &World) -> Vec<String> {
    let text = std::fs::read_to_string(world.folder().join("data/keys")).unwrap();
    text.trim().split(',').map(|entry| entry.split(':').next().unwrap().to_owned()).collect()
}

async fn is_answered(ana: &Shopper<'_>) {
    ana.asks("a warm throw, please").await.says(&["throw"]);
}

/// How many values each key has sealed, the newest key first.
async fn sealed(world: &World) -> Vec<u64> {
    keys::in_use(world.app()).await.unwrap().iter().map(|it| it.values).collect()
}

fn stops() -> usize {
    if std::env::var_os("SHOPCLERK_LONG").is_some() { 50 } else { POINTS.len() + 1 }
}

#[tokio::test]
async fn t29_a_rotation_that_stops_anywhere_is_finished_and_no_shopper_notices() {
    let mut world = World::with_shop(products::warm_things()).await;
    is_answered(&world.shopper("Ana").await).await;
    let values: u64 = sealed(&world).await.iter().sum();

    for stop in 0..stops() {
        world.rehearsal().dies_at(POINTS[stop % POINTS.len()]);
        let rotation = async { keys::rotate(world.app(), &Unwatched).await.is_ok() };
        assert_eq!(world.rehearsal().run(rotation).await, Stepped::Died, "stop {stop}");
        world.restarts().await;
        world.settle().await;
        is_answered(&world.stranger("Ana")).await;

        assert_eq!(sealed(&world).await[0], values, "the last key seals everything");
        keys::mark_exported(world.app()).await.unwrap();
        for former in ring(&world).iter().skip(1) {
            keys::retire(world.app(), former).await.unwrap();
        }
    }

    world.restarts().await;
    is_answered(&world.stranger("Ana")).await;
    assert_eq!((ring(&world).len(), sealed(&world).await), (1, vec![values]));
    world.close().await;
}

async fn refused(world: &World, key: &str) -> KeysError {
    keys::retire(world.app(), key).await.unwrap_err()
}

#[tokio::test]
async fn t29_a_key_that_something_needs_stays_in_the_ring() {
    let mut world = World::with_shop(products::warm_things()).await;
    let [first] = ring(&world).try_into().unwrap();
    assert!(matches!(refused(&world, &first).await, KeysError::NotOlder(..)), "it seals");

    world.rehearsal().dies_at("keys.reseal.before");
    let rotation = async { keys::rotate(world.app(), &Unwatched).await.is_ok() };
    assert_eq!(world.rehearsal().run(rotation).await, Stepped::Died);
    world.restarts().await;
    assert!(matches!(refused(&world, &first).await, KeysError::InUse(..)), "tokens need it");

    world.settle().await;
    assert!(matches!(refused(&world, &first).await, KeysError::NotExported(..)), "older backups need it");
    keys::mark_exported(world.app()).await.unwrap();
    keys::retire(world.app(), &first).await.unwrap();

    assert_eq!((ring(&world).len(), ring(&world).contains(&first)), (1, false));
    is_answered(&world.shopper("Ana").await).await;
    world.close().await;
}
