//! Looking through the whole mirror: what `shopclerk mirror verify` names, and `rebuild` mends.

use std::sync::Mutex;

use shopclerk_flows::mirror::audit::{self, Tally};
use shopclerk_flows::progress::{Progress, Unwatched};

use tempfile::TempDir;

use crate::products;
use crate::settings::{GOOD, Running, command, ran};
use crate::world::{PAGE, World};

const SHOP: &str = "shopify/nordlys.myshopify.com";

/// Keeps what it is told.
#[derive(Default)]
struct Heard(Mutex<Vec<String>>);

impl Progress for Heard {
    fn at(&self, _what: &str, _done: u64, _total: Option<u64>) {}

    fn say(&self, sentence: &str) {
        self.0.lock().unwrap().push(sentence.to_owned());
    }
}

#[tokio::test]
async fn i7_a_damaged_mirror_is_named_object_by_object_and_built_again() {
    let world = World::with_shop(products::warm_things()).await;
    let ana = world.shopper("Ana").await;
    let merchant = world.merchant().await;
    let users = world.folder().join("data/mirror/users");
    let folder = users.join(merchant.to_string());
    let clean = audit::verify(world.app(), &Unwatched).await.unwrap();
    assert!(clean.is_clean() && clean.same == 4, "{clean:?}");

    std::fs::write(folder.join(SHOP).join("shop_products.json"), "{}").unwrap();
    std::fs::remove_file(folder.join(ana.mirrored_at())).unwrap();
    std::fs::write(folder.join("old.json"), "of another version").unwrap();
    let stranger = users.join("0192f3a0-0000-7000-8000-00000000000a");
    std::fs::create_dir(&stranger).unwrap();
    std::fs::write(stranger.join("gone.json"), "of a merchant that is gone").unwrap();
    let heard = Heard::default();
    let found = audit::verify(world.app(), &heard).await.unwrap();
    assert_eq!(found, Tally { same: 2, missing: 1, different: 1, extra: 2, ..Tally::default() });
    let mut heard = heard.0.into_inner().unwrap();
    heard.sort();
    let stem = format!("users/{merchant}");
    assert_eq!(
        heard,
        [
            format!("different: {stem}/{SHOP}/shop_products.json"),
            "extra: users/0192f3a0-0000-7000-8000-00000000000a/gone.json".to_owned(),
            format!("extra: {stem}/old.json"),
            format!("missing: {stem}/{}", ana.mirrored_at()),
        ]
    );

    let built = audit::rebuild(world.app(), &Unwatched).await.unwrap();
    assert_eq!((built.written, built.removed), (4, 2));
    let clean = audit::verify(world.app(), &Unwatched).await.unwrap();
    assert_eq!(clean, Tally { same: 4, ..Tally::default() });
    assert!(world.mirrored(&format!("facebook/{PAGE}/page_data.json")).await.is_some());
    world.close().await;
}

#[test]
fn the_terminal_names_what_is_wrong_and_mends_it_while_it_runs_and_while_it_does_not() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), GOOD);
    let stranger = folder.path().join("data/mirror/users/0192f3a0-0000-7000-8000-00000000000a");
    let mirror = |word| ran(command(folder.path(), &["mirror", word], GOOD));
    let spoiled = || {
        std::fs::create_dir_all(&stranger).unwrap();
        std::fs::write(stranger.join("old.json"), "{}").unwrap();
    };
    let tells = |word, expected: Option<i32>, says: &str| {
        let (code, out, told) = mirror(word);
        assert!(code == expected && out.contains(says), "{word}: {code:?} {out} {told}");
        told
    };

    spoiled();
    let told = tells("verify", Some(1), "0 missing, 0 different, 1 extra");
    assert!(told.contains("extra: users/0192f3a0-0000-7000-8000-00000000000a/old.json"), "{told}");
    tells("rebuild", Some(0), "0 written, 1 removed");
    assert_eq!(running.stops(), Some(0));

    spoiled();
    tells("verify", Some(1), "1 extra");
    tells("rebuild", Some(0), "1 removed");
    tells("verify", Some(0), "0 extra");
}
