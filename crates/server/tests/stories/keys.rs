//! The key ring in the operator's hands, with the real program: exported, and asked of the process that runs.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use tempfile::TempDir;

use crate::settings::{GOOD, Running, but, command, ran};

/// What the terminal shows for `shopclerk keys` with these words: exit code, stdout, stderr.
fn keys(folder: &TempDir, words: &[&str]) -> (Option<i32>, String, String) {
    ran(command(folder.path(), &[&["keys"], words].concat(), GOOD))
}

fn mode(folder: &TempDir, file: &str) -> u32 {
    std::fs::metadata(folder.path().join(file)).unwrap().permissions().mode() & 0o777
}

#[test]
fn the_keys_are_exported_alike_while_it_runs_and_while_it_does_not() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), GOOD);

    let (code, ring, told) = keys(&folder, &["export"]);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("Without it") || told.contains("This is the key ring"), "{told}");
    assert!(!told.contains(ring.trim()), "the ring goes to stdout alone");
    assert_eq!(ring, std::fs::read_to_string(folder.path().join("data/keys")).unwrap());
    assert_eq!(running.stops(), Some(0));

    let (code, out, told) = keys(&folder, &["export", "--to", "copy"]);
    assert_eq!((code, out.as_str()), (Some(0), ""), "{told}");
    assert_eq!(std::fs::read_to_string(folder.path().join("copy")).unwrap(), ring);
    let (code, _, told) = keys(&folder, &["export", "--to", "copy"]);
    assert_eq!(code, Some(1), "an existing file is not written over");
    assert!(told.contains("name a file that is not there yet"), "{told}");
}

#[test]
fn t66_what_it_makes_is_its_owners_alone() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), GOOD);
    keys(&folder, &["export", "--to", "copy"]);

    assert_eq!(mode(&folder, "data"), 0o700);
    for file in ["data/keys", "data/shopclerk.db", "data/shopclerk.db-wal", "data/control", "copy"] {
        assert_eq!(mode(&folder, file), 0o600, "{file}");
    }
    assert_eq!(running.stops(), Some(0));

    for (file, named) in [("data/keys", "chmod 600"), ("data/shopclerk.db", "chmod 600")] {
        let path = folder.path().join(file);
        std::fs::set_permissions(&path, Permissions::from_mode(0o644)).unwrap();
        let (code, _, told) = keys(&folder, &["export"]);
        assert!(code == Some(1) && told.contains(named) && told.contains(file), "{file}: {told}");
        std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    }
}

/// The ids that `keys list` shows, the key that seals first.
fn listed(folder: &TempDir) -> Vec<String> {
    let (code, out, told) = keys(folder, &["list"]);
    assert_eq!(code, Some(0), "{told}");
    out.lines().map(|line| line.split(' ').next().unwrap().to_owned()).collect()
}

#[test]
fn t29_the_keys_are_rotated_while_it_runs_and_the_old_one_goes_when_nothing_needs_it() {
    let folder = TempDir::new().unwrap();
    let running = Running::start(folder.path(), GOOD);
    let [first] = listed(&folder).try_into().unwrap();

    let (code, _, told) = keys(&folder, &["rotate"]);
    assert!(code == Some(0) && told.contains("run `shopclerk keys export` again"), "{told}");
    assert_eq!(listed(&folder).get(1), Some(&first));
    let (code, _, told) = keys(&folder, &["retire", &first]);
    assert!(code == Some(1) && told.contains("keep a copy of it with `shopclerk keys export`"), "{told}");

    assert_eq!(keys(&folder, &["export", "--to", "copy"]).0, Some(0));
    let (code, out, told) = keys(&folder, &["retire", &first]);
    assert!(code == Some(0) && out.contains("is no longer in the ring"), "{told}");
    assert_eq!((listed(&folder).len(), listed(&folder).contains(&first)), (1, false));
    assert_eq!(running.stops(), Some(0));
    assert_eq!(Running::start(folder.path(), GOOD).stops(), Some(0), "the fresh key alone opens the store");
}

#[test]
fn keys_that_are_given_from_outside_are_not_exported() {
    let folder = TempDir::new().unwrap();
    let ring = "mine:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    let given = but(&[("SHOPCLERK_KEYS", ring)]);
    assert_eq!(Running::start(folder.path(), &given).stops(), Some(0));

    let (code, out, told) = ran(command(folder.path(), &["keys", "export"], &given));

    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(told.contains("given from outside") && !told.contains("AAEC"), "{told}");
}

#[test]
fn an_order_for_no_store_or_without_settings_says_what_is_missing() {
    let folder = TempDir::new().unwrap();

    let (code, out, told) = ran(command(folder.path(), &["keys", "export"], GOOD));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(told.contains("there is no store in ./data; name its folder with --data-dir"), "{told}");
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");

    assert_eq!(Running::start(folder.path(), GOOD).stops(), Some(0));
    let (code, out, told) = ran(command(folder.path(), &["keys", "export"], &[]));
    assert_eq!((code, out.as_str()), (Some(1), ""));
    assert!(told.contains("FACEBOOK_APP_ID: is missing."), "{told}");
}
