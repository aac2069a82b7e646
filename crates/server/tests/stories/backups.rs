//! The disk is lost, and a backup put back: the store is what it was, and nobody hears anything twice.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::json;
use shopclerk::engine::{self, Engine};
use shopclerk_domain::clock::Clock as _;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_flows::backup::{self, BackupFault, Made};
use shopclerk_flows::connections;
use shopclerk_flows::progress::Unwatched;
use shopclerk_sandbox::meta::GraphError;
use shopclerk_sandbox::shopify::Compliance;

use crate::control::orders;
use crate::life::{ABOUT_ANA, ana};
use crate::outside::{envelope, from_meta};
use crate::products;
use crate::rehearsal::Stepped;
use crate::settings::{GOOD, Running, command, ran};
use crate::world::{PAGE, World};

const COAT: &str = "how much is the Storm coat?";

impl World {
    async fn backs_up(&self) -> Made {
        backup::make(self.app(), &Unwatched).await.unwrap()
    }

    /// Everything but the keys and the backups is gone; the newest backup is put back on the same address.
    async fn loses_its_disk(&mut self) {
        self.is_put_back().await;
        self.is_switched_on().await;
    }

    /// The same, before the first start.
    async fn is_put_back(&mut self) {
        self.is_switched_off().await;
        let data = self.folder().join("data");
        for entry in fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path()) {
            let kept = entry.ends_with("keys") || entry.ends_with("backups");
            if entry.is_dir() && !kept {
                fs::remove_dir_all(entry).unwrap();
            } else if !kept {
                fs::remove_file(entry).unwrap();
            }
        }
        let place = engine::place_to_restore(self.plan()).unwrap();
        backup::restore(place, None, &Unwatched).await.unwrap();
    }

    /// Starts, and dies on the way.
    async fn dies_while_it_starts(&self, point: &str) {
        self.rehearsal().dies_at(point);
        let listener = engine::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
        let opened = async { Engine::open(self.plan(), listener).await.is_ok() };
        assert_eq!(Box::pin(self.rehearsal().run(opened)).await, Stepped::Died, "{point}");
    }

    /// Begins a backup and dies at `point`, after it was passed so often.
    async fn dies_while_it_backs_up(&self, point: &str, passes: usize) {
        self.rehearsal().dies_at_pass(point, passes);
        let made = async { backup::make(self.app(), &Unwatched).await.is_ok() };
        assert_eq!(self.rehearsal().run(made).await, Stepped::Died, "{point}");
    }

    fn backups_on_disk(&self) -> Vec<PathBuf> {
        let folder = self.folder().join("data/backups/snapshots");
        let mut all: Vec<_> =
            fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        all.sort();
        all
    }

    async fn first_shop(&self) -> ConnectionState {
        let overview = connections::first_overview(self.app()).await.unwrap();
        overview.shops[0].row.shop.state
    }
}

#[tokio::test]
async fn i11_a_store_that_was_put_back_answers_the_next_message() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await.asks(COAT).await.says(&["$189.00"]);
    world.backs_up().await;

    world.loses_its_disk().await;
    world.clock().advance(Duration::from_mins(1));
    world.settle().await;

    world.stranger("Ana").asks(COAT).await.says(&["$189.00"]).never_says(&["automatic"]);
    assert!(world.mirrored("shopify/nordlys.myshopify.com/shop_products.json").await.is_some());
    world.close().await;
}

#[tokio::test]
async fn t59_a_reply_that_waited_at_the_backup_and_was_sent_since_is_not_sent_again() {
    let mut world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    world.sandbox().meta().next_send(
        GraphError::new(613, "(#613) Calls to this api have exceeded the rate limit.").transient(),
    );
    ana.asks(COAT).await.nothing();
    world.backs_up().await;
    world.after(Duration::from_hours(1)).await;
    let sent = world.sends_asked();
    ana.received().says(&["$189.00"]);

    world.loses_its_disk().await;
    world.after(Duration::from_hours(2)).await;

    assert_eq!(world.sends_asked(), sent, "nothing more was sent");
    let parked = world.app().store().list_parked(world.merchant().await, 9).await.unwrap();
    assert!(!parked.is_empty(), "a person sees what waited");
    world.close().await;
}

#[tokio::test]
async fn t59_a_message_answered_after_the_backup_and_delivered_again_is_not_answered_again() {
    let mut world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let psid = ana.psid();
    world.backs_up().await;
    let at = world.clock().now().millis();
    let message = json!({ "mid": "m_once", "text": COAT });
    let event =
        json!({ "sender": { "id": psid }, "recipient": { "id": PAGE }, "timestamp": at, "message": message });
    let body = envelope(PAGE, at, &[event]).to_string();
    from_meta(body.clone()).send(&world).await;
    world.settle().await;
    let sent = world.sends_asked();

    world.clock().advance(Duration::from_mins(2));
    world.loses_its_disk().await;
    assert_eq!(from_meta(body).send(&world).await.status, 200);
    world.settle().await;

    assert_eq!(world.sends_asked(), sent, "nothing more was sent");
    world.close().await;
}

#[tokio::test]
async fn i11_a_token_pair_that_was_rotated_after_the_backup_comes_back() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.backs_up().await;
    world.after(Duration::from_mins(55)).await;
    // The shop has seen the new pair at work: the old one is dead.
    world.after(Duration::from_mins(10)).await;

    world.loses_its_disk().await;
    world.after(Duration::from_hours(2)).await;

    assert_eq!(world.first_shop().await, ConnectionState::Ok);
    world.stranger("Ana").asks(COAT).await.says(&["$189.00"]);
    world.close().await;
}

#[tokio::test]
async fn i11_without_the_pair_the_shop_says_that_it_must_be_connected_again() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.backs_up().await;
    for _ in 0..3 {
        world.after(Duration::from_mins(55)).await;
    }
    fs::remove_dir_all(world.folder().join("data/backups/tokens")).unwrap();

    world.loses_its_disk().await;
    world.after(Duration::from_hours(2)).await;

    assert_eq!(world.first_shop().await, ConnectionState::NeedsReconnect);
    world.close().await;
}

#[tokio::test]
async fn i11_who_was_forgotten_after_the_backup_is_forgotten_again_before_anything_is_said() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.shopper("Ana").await.asks(ABOUT_ANA).await;
    world.shopper("Bob").await.asks("how much is the Storm coat? I live at Oak Road 5").await;
    world.backs_up().await;
    world.platform_asks(&Compliance::CustomerRedact(ana())).await;
    world.after(Duration::from_mins(1)).await;

    world.loses_its_disk().await;

    world.settle().await;
    world.close_with_work_left().await;
    for canary in ["canary.example", "Elm Lane"] {
        assert_eq!(world.places_with(canary), Vec::<String>::new(), "{canary}");
    }
    assert!(!world.places_with("Oak Road").is_empty(), "the others stay");
}

#[tokio::test]
async fn i11_a_first_start_after_a_restore_may_die_anywhere_and_the_next_one_goes_on() {
    for point in [
        "restore.tokens.before",
        "restore.tokens.committed",
        "erasure.put_back.before",
        "erasure.put_back.committed",
        "restore.finish.before",
        "restore.finish.committed",
    ] {
        let mut world = World::with_shop(products::warm_things()).await;
        world.shopper("Ana").await.asks(ABOUT_ANA).await;
        world.backs_up().await;
        world.platform_asks(&Compliance::CustomerRedact(ana())).await;
        for _ in 0..2 {
            world.after(Duration::from_mins(55)).await;
        }

        world.is_put_back().await;
        Box::pin(world.dies_while_it_starts(point)).await;
        world.is_switched_on().await;
        world.after(Duration::from_hours(2)).await;

        assert_eq!(world.app().store().restored_at().await.unwrap(), None, "{point}: all has followed");
        assert_eq!(world.first_shop().await, ConnectionState::Ok, "{point}: the newer pair came back");
        world.close_with_work_left().await;
        assert_eq!(world.places_with("Elm Lane"), Vec::<String>::new(), "{point}");
    }
}

#[tokio::test]
async fn t59_every_night_one_is_made_and_the_old_ones_go_by_the_rule() {
    let world = World::with_shop(products::warm_things()).await;
    for _ in 0..16 {
        world.after(Duration::from_hours(24)).await;
    }

    let listed = backup::list(world.app().objects()).await.unwrap();

    assert!(listed.is_sorted_by(|one, next| one.made_at > next.made_at));
    // The last of each of fourteen days, and of the one week that lies before them.
    assert_eq!(listed.len(), 15, "{listed:?}");
    assert_eq!(world.backups_on_disk().len(), listed.len());
    backup::verify(world.app(), None, &Unwatched).await.unwrap();
    world.close().await;
}

#[tokio::test]
async fn a_backup_says_that_a_lost_disk_loses_it_until_the_keys_are_kept_elsewhere() {
    let world = World::unconnected(Vec::new()).await;

    let warned = world.backs_up().await.warning.unwrap();
    assert!(warned.contains("a lost disk loses this backup too; run `shopclerk keys export`"), "{warned}");
    shopclerk_flows::keys::mark_exported(world.app()).await.unwrap();

    world.clock().advance(Duration::from_mins(1));
    assert_eq!(world.backs_up().await.warning, None);
    world.close().await;
}

#[tokio::test]
async fn t64_a_death_on_the_way_leaves_no_half_backup_and_the_next_one_is_whole() {
    for (point, passes, left) in [
        ("backup.copy.before", 0, 0),
        ("backup.seal.committed", 0, 0),
        ("objects.put.committed", 0, 0),
        ("objects.put.before", 1, 0),
        ("objects.put.committed", 1, 1),
        ("objects.delete.before", 0, 1),
    ] {
        let mut world = World::with_shop(products::warm_things()).await;
        world.dies_while_it_backs_up(point, passes).await;

        world.restarts().await;
        let listed = backup::list(world.app().objects()).await.unwrap();
        assert_eq!(listed.iter().filter(|one| !one.read_back).count(), left, "{point}: it says of itself");
        assert_eq!(listed.len(), left, "{point}");
        world.clock().advance(Duration::from_mins(1));
        let made = world.backs_up().await;

        let listed = backup::list(world.app().objects()).await.unwrap();
        assert_eq!(
            listed.iter().map(|one| (&*one.name, one.read_back)).collect::<Vec<_>>(),
            [(&*made.name, true)]
        );
        assert_eq!(world.backups_on_disk().len(), 1, "{point}: no mark is left");
        backup::verify(world.app(), None, &Unwatched).await.unwrap();
        world.close().await;
    }
}

#[tokio::test]
async fn t64_a_backup_that_was_not_read_back_is_as_good_as_any_once_it_was_looked_at() {
    let mut world = World::with_shop(products::warm_things()).await;
    world.dies_while_it_backs_up("objects.put.committed", 1).await;
    world.restarts().await;
    let told = orders(&world, "backup.list", &json!({})).await;
    assert!(told[0]["done"][0][3].as_str().is_some_and(|said| said.starts_with("not read back")), "{told:?}");

    backup::verify(world.app(), None, &Unwatched).await.unwrap();

    assert!(backup::list(world.app().objects()).await.unwrap()[0].read_back);
    world.close().await;
}

#[tokio::test]
async fn t59_a_backup_that_its_place_damaged_is_refused_in_a_sentence() {
    let world = World::with_shop(products::warm_things()).await;
    let name = world.backs_up().await.name;
    let file = world.backups_on_disk().remove(0);
    let whole = fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;

    for (bytes, sentence) in [
        (&whole[..whole.len() - 1], "cut off"),
        (&flipped[..], "changed or cut off"),
        (&b"not one of ours"[..], "cut off"),
    ] {
        fs::write(&file, bytes).unwrap();
        let said = backup::verify(world.app(), Some(&name), &Unwatched).await.unwrap_err().sentence();
        assert!(said.contains(sentence) && !said.contains('\n'), "{said}");
    }
    let unknown = backup::verify(world.app(), Some("20200101T000000000Z.sealed"), &Unwatched).await;
    assert!(matches!(unknown, Err(BackupFault::NoSuch { .. })));
    world.close().await;
}

#[test]
fn the_program_makes_lists_checks_and_puts_back_backups_while_it_runs_and_while_it_does_not() {
    let folder = tempfile::TempDir::new().unwrap();
    let says = |words: &[&str]| {
        let (code, out, told) = ran(command(folder.path(), &[&["backup"], words].concat(), GOOD));
        (code, out + &told)
    };
    let running = Running::start(folder.path(), GOOD);
    assert!(says(&["list"]).1.contains("There is no backup yet"));
    let (code, made) = says(&["now"]);
    assert!(code == Some(0) && made.contains("was made and read back"), "{made}");
    assert!(made.contains("a lost disk loses this backup too"), "{made}");
    let (code, refused) = says(&["restore"]);
    assert!(code == Some(1) && refused.contains("is in use by process"), "{refused}");
    assert_eq!(running.stops(), Some(0));

    assert!(says(&["verify"]).1.contains("is good: the store at"));
    let (code, refused) = says(&["restore"]);
    assert!(code == Some(1) && refused.contains("shopclerk.db is there already"), "{refused}");
    for file in ["shopclerk.db", "shopclerk.db-wal", "shopclerk.db-shm"] {
        fs::remove_file(folder.path().join("data").join(file)).ok();
    }
    let keys = folder.path().join("data/keys");
    fs::rename(&keys, folder.path().join("elsewhere")).unwrap();
    let (code, refused) = says(&["restore"]);
    assert!(code == Some(1) && refused.contains("put the exported key ring there"), "{refused}");
    fs::rename(folder.path().join("elsewhere"), &keys).unwrap();
    let (code, restored) = says(&["restore"]);
    assert!(code == Some(0) && restored.contains("is back: the store as it was at"), "{restored}");
    let running = Running::start(folder.path(), GOOD);
    assert_eq!(running.stops(), Some(0));
}
