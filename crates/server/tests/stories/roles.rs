//! What a process does of the product's work.

use shopclerk::config::http::Role;
use shopclerk::engine::{Engine, Plan, bind};

use crate::products;
use crate::world::World;

#[tokio::test]
async fn what_a_process_only_accepted_is_answered_by_a_later_start() {
    let mut world = World::with_shop(products::warm_things()).await;
    let address = world.url("").trim_start_matches("http://").parse().unwrap();
    world.shopper("Ana").await;
    world.is_switched_off().await;

    let plan = Plan { role: Role::Web, ..world.plan() };
    let accepting = Engine::start(plan, bind(address).await.unwrap()).await.unwrap();
    world.stranger("Ana").writes("how much is the Storm coat?").await;
    assert_eq!(
        accepting.app.tasks.len(),
        2,
        "one hears the terminal, one links what arrives, and nobody works"
    );
    accepting.stop().await;

    world.is_switched_on().await;
    let ana = world.stranger("Ana");
    world.settle().await;
    ana.received().says(&["costs $189.00"]);
    world.close().await;
}
