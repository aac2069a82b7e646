//! How a Page stands: what Meta says of its token once a day, and what its answers to messages say, become a state with a cure,
//! and heal by themselves where they can.

use std::time::Duration;

use shopclerk_flows::connect::check;
use shopclerk_flows::poll;
use shopclerk_sandbox::meta::{GraphError, Revoked};

use crate::merchant::{SHOP_LOGIN, connections_of};
use crate::products;
use crate::world::World;

impl World {
    /// The daily look at every connection.
    async fn looks_through(&self) {
        poll::everything(self.app()).await.unwrap();
        check::all(self.app()).await.unwrap();
        self.settle().await;
    }

    /// The Page's state, and the page on which its merchant reads the cure.
    async fn page_stands(&self) -> (String, String) {
        // However long the story takes: its merchant signs in anew.
        assert_eq!(self.walk(SHOP_LOGIN).await.status, 200);
        self.settle().await;
        let lines = connections_of(self, self.browser()).await;
        let page = lines.iter().find(|line| line.0 == "Facebook Page").unwrap().2.clone();
        (page, self.walk("/app").await.body)
    }

    async fn page_must_stand(&self, state: &str, says: &str) {
        let (found, body) = self.page_stands().await;
        assert_eq!(found, state, "{says}");
        assert!(body.contains(says), "{says} is missing in {body}");
    }
}

#[tokio::test]
async fn t26_the_daily_look_finds_what_ended_a_token_and_says_how_to_mend_it() {
    for (why, state, says) in [
        (Revoked::PasswordChanged, "needs_reconnect", "a password was changed"),
        (Revoked::RoleLost, "needs_reconnect", "no longer has a role there"),
        (Revoked::LoginNeeded, "needs_reconnect", "Do that at facebook.com"),
        (Revoked::AppRemoved, "disconnected", "The app was removed at the platform"),
    ] {
        let world = World::with_shop(products::warm_things()).await;
        world.sandbox().meta().revoke(why).unwrap();

        world.looks_through().await;

        world.page_must_stand(state, says).await;
        assert_eq!(world.walk("/facebook/login").await.status, 200);
        world.settle().await;
        world.page_must_stand("ok", "Facebook tells us of 18 kinds of events").await;
        world.close().await;
    }
}

#[tokio::test]
async fn t26_a_token_that_ends_is_told_of_two_weeks_before_and_a_good_one_heals() {
    let day = Duration::from_hours(24);
    let world = World::with_shop(products::warm_things()).await;
    let in_days = |days: i64| days * 86_400_000;
    for (ends_in, state, says) in [
        (in_days(13), "expiring", "ends within two weeks"),
        (in_days(15), "ok", "Facebook tells us"),
        (-1, "needs_reconnect", "The access has ended"),
        (in_days(99), "ok", "Facebook tells us"),
    ] {
        world.sandbox().meta().end_page_tokens_in(ends_in).unwrap();
        world.looks_through().await;
        world.page_must_stand(state, says).await;
    }
    for (days, says) in [(77, "the time is nearly over"), (14, "agree again every 90 days. Connect")] {
        world.sandbox().meta().end_page_tokens_in(in_days(900)).unwrap();
        world.after(day * days).await;
        world.looks_through().await;
        world.page_must_stand("expiring", says).await;
    }
    world.close().await;
}

#[tokio::test]
async fn t25_a_right_that_was_taken_back_and_a_token_of_another_app_are_found() {
    for (right, says) in [("pages_messaging", "was not granted"), ("", "given to another app")] {
        let world = World::with_shop(products::warm_things()).await;
        match right {
            "" => world.sandbox().meta().give_tokens_to_app("999").unwrap(),
            right => world.sandbox().meta().take_back(right).unwrap(),
        }

        world.looks_through().await;

        world.page_must_stand("needs_reconnect", says).await;
        world.close().await;
    }
}

#[tokio::test]
async fn t26_a_refused_send_stops_the_page_and_names_the_very_cure() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().revoke(Revoked::PasswordChanged).unwrap();

    ana.asks("a candle under 25 dollars").await.nothing();

    world.page_must_stand("needs_reconnect", "a password was changed").await;
    let asked = world.sends_asked();
    world.after(Duration::from_mins(40)).await;
    assert_eq!(world.sends_asked(), asked, "nothing is tried on a dead token");

    world.sandbox().meta().forgive().unwrap();
    world.looks_through().await;
    world.after(Duration::from_mins(16)).await;
    ana.received().says(&["Winter Amber"]);
    world.page_must_stand("ok", "Facebook tells us").await;
    world.close().await;
}

#[tokio::test]
async fn a_page_that_is_slowed_down_or_blocked_says_so_and_heals_by_itself() {
    for (error, state, says) in [
        (GraphError::new(613, "slow"), "limited", "slows us down for now"),
        (GraphError::new(368, "no"), "blocked", "does not let us write for now"),
    ] {
        let world = World::with_shop(products::warm_things()).await;
        let ana = world.shopper("Ana").await;
        world.sandbox().meta().next_send(error);

        ana.asks("a candle under 25 dollars").await.nothing();
        world.page_must_stand(state, says).await;

        world.after(Duration::from_mins(31)).await;
        ana.received().says(&["Winter Amber"]);
        world.page_must_stand("ok", "Facebook tells us").await;
        world.close().await;
    }
}

#[tokio::test]
async fn a_block_ends_even_when_nothing_is_left_to_send() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(GraphError::new(368, "no"));
    ana.asks("a candle under 25 dollars").await.nothing();
    ana.is_answered_by_a_person("We have Winter Amber").await;

    world.after(Duration::from_mins(31)).await;

    world.page_must_stand("ok", "Facebook tells us").await;
    world.close().await;
}
