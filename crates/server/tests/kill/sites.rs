//! Every site of the code that names itself among the fault points, found in the code: none may be forgotten by the rehearsals.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What stands before a site's name where something is written or copied.
const NAMED_BY: [&str; 5] =
    ["unit(Lane::Interactive,\"", "unit(Lane::Bulk,\"", "repeatable_unit(\"", "fleeting_unit(\"", "reach(\""];
/// How the sites of calls begin.
const CALLED: [&str; 5] = ["meta.", "model.", "objects.", "own.", "shopify."];

/// Walks that are none of a message's: connecting, reading the shop, looking after everything, forgetting. And what a message passes
/// only where something else happens meanwhile: a row changes (`send.rewrite`, `send.withdraw`), a person has the word (`events`), a
/// turn or a job fails. Their own stories tell of them.
const OTHER_WALKS: &[&str] = &[
    "api_token.",
    "backup.",
    "catalogue.",
    "check.",
    "connect.",
    "connection.",
    "data_request.",
    "deletion.",
    "delivery.",
    "discounts.",
    "erasure.",
    "events",
    "grants.",
    "import",
    "inbox.link",
    "job.enqueue",
    "job.give_up",
    "job.retry",
    "keys.",
    "meta.inspect",
    "meta.page",
    "meta.self_test",
    "meta.subscri",
    "meta.token",
    "meta.unsubscribe",
    "oauth.",
    "objects.delete",
    "own.",
    "poll.",
    "restore.",
    "retention.",
    "schedule.",
    "send.rewrite",
    "send.withdraw",
    "session.",
    "shopify.",
    "tokens.",
    "turn.fail",
    "wishes",
];

/// The sites in the code that ships.
fn named() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let code: String =
            text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default().split_whitespace().collect();
        for mark in NAMED_BY {
            let found = code.split(mark).skip(1).filter_map(|rest| rest.split('"').next());
            names.extend(found.map(str::to_owned));
        }
        let is_called = |text: &&str| {
            CALLED.iter().any(|vendor| text.strip_prefix(vendor).is_some_and(|rest| !rest.is_empty()))
                && text.bytes().all(|one| one.is_ascii_lowercase() || b"._".contains(&one))
        };
        if path.components().any(|part| part.as_os_str() == "upstream") {
            names.extend(code.split('"').filter(is_called).map(str::to_owned));
        }
    }
    names
}

fn sources() -> Vec<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for name in ["storage", "upstream"] {
        collect(&crates.join(name).join("src"), &mut found);
    }
    found
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") && !path.ends_with("tests.rs") {
            found.push(path);
        }
    }
}

/// Whether the point or site is none of another walk.
pub(crate) fn is_of_a_message(point: &str) -> bool {
    !OTHER_WALKS.iter().any(|walk| point.starts_with(walk))
}

/// Every site is passed by a message's life, or belongs to another walk; and every point that was passed is one of the code's.
pub(crate) fn every_one_is_accounted_for(lived: &BTreeSet<String>) {
    let passed: BTreeSet<&str> = lived.iter().filter_map(|point| Some(point.rsplit_once('.')?.0)).collect();
    let named = named();
    assert!(named.len() > 60, "the sites are found: {named:?}");
    for site in &passed {
        assert!(named.contains(*site), "{site} is reached and not found in the code");
    }
    let forgotten: Vec<&String> =
        named.iter().filter(|site| !passed.contains(site.as_str()) && is_of_a_message(site)).collect();
    assert!(
        forgotten.is_empty(),
        "no message of the rehearsal passes {forgotten:?}, and no other walk owns them"
    );
}

/// Nothing is written or called past the functions that name their sites.
#[test]
fn every_durable_write_and_outside_call_names_its_site() {
    let doors = [
        // Who opens a database to write: the thread of units, its start, what restores; the last two are tests.
        (
            "connect::writer(",
            &["writer/batch.rs", "sqlite/mod.rs", "restore.rs", "plans.rs", "schema.rs"][..],
        ),
        // And copies of databases, which nobody else has.
        ("READ_WRITE", &["connect.rs", "sqlite/backup.rs", "python/rows.rs"]),
        // The one client, between its two points; objects have a library of their own.
        (".send().await", &["http/mod.rs"]),
        (".put(&", &["objects/room.rs", "objects/transfer.rs"]),
        ("put_multipart(", &["objects/transfer.rs"]),
        (".delete(&", &["objects/room.rs"]),
    ];
    for path in sources() {
        let text = fs::read_to_string(&path).unwrap();
        let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap_or_default();
        for (door, owners) in doors {
            let owned = owners.iter().any(|owner| path.ends_with(owner));
            assert!(owned || !code.contains(door), "{} goes through `{door}` by itself", path.display());
        }
    }
}
