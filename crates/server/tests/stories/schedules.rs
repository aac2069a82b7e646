//! What the product does by itself: each thing at its time, once, whoever else is there to do it.

use std::time::Duration;

use shopclerk_flows::worker;

use crate::products;
use crate::world::World;

const DAY: Duration = Duration::from_hours(24);

#[tokio::test]
async fn every_connection_is_looked_through_at_midnight() {
    let world = World::with_shop(products::warm_things()).await;
    let before = world.told("catalogue.synced").len();

    world.after(Duration::from_hours(13) - Duration::from_millis(1)).await;
    assert_eq!(world.told("catalogue.synced").len(), before, "it is a millisecond to midnight");
    world.after(Duration::from_millis(1)).await;

    assert_eq!(world.told("catalogue.synced").len(), before + 1);
    world.close().await;
}

#[tokio::test]
async fn days_that_were_missed_are_made_up_once() {
    let mut world = World::with_shop(products::warm_things()).await;
    let before = world.told("catalogue.synced").len();
    world.clock().advance(DAY * 3);

    world.restarts().await;
    world.settle().await;
    assert_eq!(world.told("catalogue.synced").len(), before + 1);

    world.restarts().await;
    world.settle().await;
    assert_eq!(world.told("catalogue.synced").len(), before + 1);
    world.close().await;
}

#[tokio::test]
async fn t62_two_runners_on_one_store_do_it_once() {
    let world = World::with_shop(products::warm_things()).await;
    let before = world.told("catalogue.synced").len();
    world.clock().advance(DAY);

    while {
        let (one, other) = tokio::join!(worker::step(world.app()), worker::step(world.app()));
        one || other
    } {}

    assert_eq!(world.told("catalogue.synced").len(), before + 1);
    world.close().await;
}
