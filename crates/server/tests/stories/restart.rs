//! The process dies at any point and starts again: each message leads to at most one reply.

use std::time::Duration;

use crate::products;
use crate::world::World;

/// Whether the conversation may be read where an echo does not come.
#[derive(Clone, Copy)]
enum LookUp {
    Allowed,
    Forbidden,
}

/// Answers one question although the process dies at `point`; returns how often the shopper saw the words and the card, and how
/// many parts wait for a person.
async fn survives(point: &str, echoes: bool, look_up: LookUp) -> (usize, usize, usize) {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await;
    if let LookUp::Forbidden = look_up {
        world.forbids_look_ups();
    }
    // Nobody listens while the process is dead: Meta brings the echo later, or never.
    if echoes {
        world.sandbox().meta().hold_echoes();
    } else {
        world.sandbox().meta().lose_echoes();
    }
    world.rehearsal().dies_at(point);
    world.stranger("Ana").writes("how much is the Storm coat?").await;
    world.until_it_dies().await;

    world.restarts().await;
    world.settle().await;
    world.sandbox().meta().release_echoes(1);
    world.settle().await;
    for _ in 0..6 {
        world.after(Duration::from_secs(10)).await;
    }

    let seen = world.sandbox().meta().messages("Ana").unwrap();
    let words = seen
        .iter()
        .filter(|one| one.text.as_ref().is_some_and(|text| text.contains("costs $189.00")))
        .count();
    let cards = seen.iter().filter(|one| one.cards.iter().any(|card| card.title == "Storm coat")).count();
    let merchant = world.merchant().await;
    let parked = world.app().store().list_parked(merchant, 10).await.unwrap().len();
    world.close().await;
    (words, cards, parked)
}

#[tokio::test]
async fn t13_a_death_before_the_reply_is_on_its_way_costs_the_shopper_nothing() {
    for point in ["lease.committed", "turn.before"] {
        assert_eq!(survives(point, true, LookUp::Allowed).await, (1, 1, 0), "{point}");
    }
}

#[tokio::test]
async fn t13_a_death_after_the_send_is_settled_by_the_echo() {
    for point in ["meta.send.answered", "send.settle.committed"] {
        assert_eq!(survives(point, true, LookUp::Allowed).await, (1, 1, 0), "{point}");
    }
}

#[tokio::test]
async fn t13_a_death_between_sending_and_the_request_is_found_out_and_mended() {
    for point in ["turn.committed", "meta.send.before"] {
        assert_eq!(survives(point, true, LookUp::Allowed).await, (1, 1, 0), "{point}");
        assert_eq!(survives(point, true, LookUp::Forbidden).await, (0, 0, 1), "{point}");
    }
}

#[tokio::test]
async fn t13_a_death_after_the_send_whose_echo_is_lost_is_looked_up_and_not_repeated() {
    assert_eq!(survives("meta.send.answered", false, LookUp::Allowed).await, (1, 1, 0));
    assert_eq!(survives("meta.send.answered", false, LookUp::Forbidden).await, (1, 0, 1));
}

#[tokio::test]
async fn t13_a_death_while_a_part_is_looked_for_changes_nothing() {
    for point in ["meta.read.before", "meta.read.answered"] {
        let mut world = World::with_shop(products::warm_things()).await;
        world.shopper("Ana").await;
        world.sandbox().meta().lose_echoes();
        world.rehearsal().dies_at("meta.send.answered");
        world.stranger("Ana").writes("thanks").await;
        world.until_it_dies().await;
        world.restarts().await;
        world.clock().advance(Duration::from_secs(10));
        world.rehearsal().dies_at(point);
        world.until_it_dies().await;

        world.restarts().await;
        for _ in 0..6 {
            world.after(Duration::from_mins(1)).await;
        }

        let seen = world.sandbox().meta().messages("Ana").unwrap();
        let words = seen.iter().filter(|one| one.text.as_ref().is_some_and(|text| text.contains("welcome")));
        assert_eq!(words.count(), 1, "{point}");
        assert_eq!(world.app().store().list_parked(world.merchant().await, 10).await.unwrap(), [], "{point}");
        world.close().await;
    }
}

#[tokio::test]
async fn t13_an_echo_that_comes_only_after_a_long_stop_still_settles_the_send() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await;
    world.sandbox().meta().hold_echoes();
    world.rehearsal().dies_at("meta.send.answered");
    world.stranger("Ana").writes("a candle under 25 dollars").await;
    world.until_it_dies().await;

    world.clock().advance(Duration::from_mins(5));
    world.restarts().await;
    world.settle().await;
    world.sandbox().meta().release_echoes(1);
    world.settle().await;

    let seen = world.sandbox().meta().messages("Ana").unwrap();
    let cards = seen.iter().filter(|one| !one.cards.is_empty()).count();
    assert_eq!(cards, 1, "the cards follow the words: {seen:?}");
    world.close().await;
}

#[tokio::test]
async fn t63_what_waited_at_the_stop_is_done_after_the_start() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await;
    world.stranger("Ana").writes("how much is the Storm coat?").await;
    world.sets("storm-coat", crate::world::price("150.00"));
    world.sandbox().deliveries().idle().await;

    world.restarts().await;
    world.settle().await;

    let seen = world.sandbox().meta().messages("Ana").unwrap();
    let last = seen.iter().filter_map(|one| one.text.clone()).next_back().unwrap();
    assert!(last.contains("$189.00") || last.contains("$150.00"), "{last}");
    let card = seen.iter().flat_map(|one| &one.cards).next_back().unwrap();
    let price = card.subtitle.clone().unwrap();
    assert!(last.contains(price.split(' ').next().unwrap()), "words and card agree: {last} {price}");
    world.stranger("Ana").asks("how much is the Storm coat?").await.says(&["$150.00"]);
    world.close().await;
}

#[tokio::test]
async fn a_conversation_goes_on_after_a_restart_where_it_was() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await.asks("how much is the Winter Pine candle?").await.says(&["$26.50"]);

    world.restarts().await;

    let ana = world.stranger("Ana");
    ana.taps("Anything cheaper?").await.says(&["Winter Amber candle: $24.90"]).never_says(&["automatic"]);
    world.close().await;
}
