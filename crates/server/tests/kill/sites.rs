//! Every site of the code that names itself among the fault points, found in the code: none may be forgotten by the rehearsals.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// What stands before a site's name where something is written or copied.
const NAMED_BY: [&str; 5] =
    ["unit(Lane::Interactive,\"", "unit(Lane::Bulk,\"", "repeatable_unit(\"", "fleeting_unit(\"", "reach(\""];
/// How the sites of calls begin.
const CALLED: [&str; 5] = ["meta.", "model.", "objects.", "own.", "shopify."];

/// Sites of a message that only its own circumstances lead to; `byways` dies at each.
pub(crate) const BYWAYS: [&str; 6] =
    ["events", "events.leave", "events.opt_out", "inbox.link", "send.rewrite", "send.withdraw"];

/// Sites of walks that are none of a message's: connecting, reading the shop, looking after everything, forgetting, what a person decides
/// of the list. And of failures that need a broken shop (`turn.fail`) or a job that fails: their own stories tell of them. By their
/// whole names, so that a new site is nobody's until somebody says whose.
const OTHER_WALKS: &[&str] = &[
    "api_token.keep",
    "api_token.revoke",
    "backup.copy",
    "backup.erasures",
    "backup.seal",
    "catalogue.begin",
    "catalogue.finish",
    "catalogue.gone",
    "catalogue.page",
    "catalogue.products",
    "check.begin",
    "check.settle",
    "check.tick",
    "connect.accounts",
    "connect.shop",
    "connection.checked",
    "connection.data",
    "connection.facts",
    "connection.fields",
    "connection.person",
    "connection.state",
    "connection.stop",
    "connection.withdraw",
    "data_request.answer",
    "deletion.open",
    "delivery.again",
    "delivery.end",
    "discounts.begin",
    "discounts.finish",
    "discounts.page",
    "erasure.ask",
    "erasure.cut_off",
    "erasure.finish",
    "erasure.put_back",
    "erasure.rest",
    "erasure.slice",
    "grants.withdraw",
    "import",
    "job.enqueue",
    "job.give_up",
    "job.retry",
    "keys.adopt",
    "keys.exported",
    "keys.reseal",
    "meta.inspect",
    "meta.page",
    "meta.pages",
    "meta.self_test",
    "meta.subscribe",
    "meta.subscriptions",
    "meta.token",
    "meta.unsubscribe",
    "oauth.begin",
    "oauth.state",
    "objects.delete",
    "own.handshake",
    "poll.done",
    "poll.failed",
    "restore.finish",
    "restore.open",
    "restore.settle",
    "restore.tokens",
    "retention.slice",
    "schedule.finish",
    "schedule.lease",
    "schedule.plan",
    "session.end",
    "session.end_others",
    "session.use",
    "shopify.discounts",
    "shopify.product",
    "shopify.products",
    "shopify.self_test",
    "shopify.shop",
    "shopify.subscribe",
    "shopify.subscriptions",
    "shopify.token",
    "shopify.uninstall",
    "shopify.variants",
    "tokens.confirm",
    "tokens.end",
    "tokens.renew",
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

/// The site a point is of.
pub(crate) fn site_of(point: &str) -> &str {
    point.rsplit_once('.').map_or(point, |(site, _)| site)
}

/// Whether every message may pass it.
pub(crate) fn is_of_any_message(site: &str) -> bool {
    !OTHER_WALKS.contains(&site) && !BYWAYS.contains(&site)
}

/// Every site is passed by a message's life, is a byway of one, or belongs to another walk; and every point that was passed, and every
/// name in a list, is one of the code's.
pub(crate) fn every_one_is_accounted_for(lived: &BTreeSet<String>) {
    let passed: BTreeSet<&str> = lived.iter().map(|point| site_of(point)).collect();
    let named = named();
    assert!(named.len() > 60, "the sites are found: {named:?}");
    for site in &passed {
        assert!(named.contains(*site), "{site} is reached and not found in the code");
    }
    for site in OTHER_WALKS.iter().chain(&BYWAYS) {
        assert!(named.contains(*site), "{site} is listed and not found in the code");
    }
    let forgotten: Vec<&String> =
        named.iter().filter(|site| !passed.contains(site.as_str()) && is_of_any_message(site)).collect();
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
