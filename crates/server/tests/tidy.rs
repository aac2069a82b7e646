//! The house rules that no compiler checks: which crate may know which, who may name a vendor or write SQL, how long a file
//! may grow.
#![expect(clippy::unwrap_used, reason = "a broken rule should stop loudly")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Every arrow that is allowed; the missing ones are the point. All may use `domain`.
const ARROWS: &[(&str, &[&str])] = &[
    ("agent", &["search"]),
    ("domain", &[]),
    ("flows", &["agent", "search", "storage", "upstream"]),
    ("sandbox", &[]),
    ("search", &[]),
    ("server", &["flows", "sandbox"]),
    ("storage", &[]),
    ("upstream", &[]),
];

/// Longest file, tests left out.
const LINES: usize = 400;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

fn crates() -> Vec<(String, PathBuf)> {
    entries(&root().join("crates")).into_iter().map(|path| (name_of(&path), path)).collect()
}

fn collect_sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in entries(folder) {
        if path.is_dir() {
            collect_sources(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}

fn is_test(path: &Path) -> bool {
    name_of(path) == "tests.rs" || path.components().any(|part| part.as_os_str() == "tests")
}

/// The crate's files that ship.
fn sources_of(name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    collect_sources(&root().join("crates").join(name).join("src"), &mut found);
    found.into_iter().filter(|path| !is_test(path.strip_prefix(root()).unwrap())).collect()
}

/// A file's lines before its tests.
fn code(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    text.split("\n#[cfg(test)]\nmod tests").next().unwrap().to_owned()
}

/// Code without its comments: what the rules about names look at.
fn statements(path: &Path) -> String {
    code(path).lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn nobody_but(exempt: &[&str], words: &[&str]) {
    for (name, _) in crates().into_iter().filter(|(name, _)| !exempt.contains(&name.as_str())) {
        for path in sources_of(&name) {
            let text = statements(&path);
            for word in words {
                assert!(!text.contains(word), "{} holds {word}", path.display());
            }
        }
    }
}

#[test]
fn every_crate_keeps_to_its_arrows() {
    let allowed: BTreeMap<_, _> = ARROWS.iter().copied().collect();
    let known: Vec<String> = crates().into_iter().map(|(name, _)| name).collect();
    assert_eq!(known, allowed.keys().copied().collect::<Vec<_>>(), "a ninth crate needs a decision record");
    for (name, path) in crates() {
        let manifest: toml::Table = fs::read_to_string(path.join("Cargo.toml")).unwrap().parse().unwrap();
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(used) = manifest.get(section).and_then(toml::Value::as_table) else { continue };
            for dependency in used.keys().filter_map(|used| used.strip_prefix("shopclerk-")) {
                let fits = dependency == "domain" || allowed[name.as_str()].contains(&dependency);
                assert!(fits, "{name} may not use {dependency} ({section})");
            }
        }
        assert_eq!(
            manifest["lints"]["workspace"].as_bool(),
            Some(true),
            "{name} takes the workspace's lints"
        );
    }
}

#[test]
fn i8_only_storage_writes_sql() {
    nobody_but(&["storage"], &["SELECT ", "INSERT INTO", "DELETE FROM", "rusqlite", "PRAGMA "]);
}

#[test]
fn i8_only_upstream_and_the_sandbox_know_a_vendors_wire() {
    let words = [
        "graph.facebook.com/",
        "X-Hub-Signature",
        "x-hub-signature",
        "X-Shopify-",
        "x-shopify-",
        "/admin/api/",
        "/admin/oauth",
        "fb_exchange_token",
        "appsecret_proof",
        "subscribed_apps",
        "reqwest::",
    ];
    nobody_but(&["upstream", "sandbox"], &words);
}

#[test]
fn i6_every_trait_of_a_noun_names_its_merchant() {
    // Deliveries name an account, jobs carry their merchant, sessions and states are found by what a browser holds, tokens
    // are the operator's: their documents say so.
    let exempt = ["api_tokens.rs", "inbox.rs", "jobs.rs", "mod.rs", "sessions.rs"];
    for path in entries(&root().join("crates/storage/src/nouns")) {
        if exempt.contains(&name_of(&path).as_str()) {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for method in text.split("async fn ").skip(1) {
            let signature = method.split(';').next().unwrap();
            let ways = ["merchant: MerchantId", "lease: &Lease", "ConnectShop"];
            assert!(ways.iter().any(|way| signature.contains(way)), "{}: {signature}", path.display());
        }
    }
}

#[test]
fn files_stay_short_and_open_with_what_they_are_for() {
    for (name, _) in crates() {
        for path in sources_of(&name) {
            let text = code(&path);
            assert!(text.starts_with("//!"), "{} does not say what it is for", path.display());
            let lines = text.lines().count();
            assert!(lines <= LINES, "{} has {lines} lines; split it by use case", path.display());
        }
    }
}

#[test]
fn no_page_switches_escaping_off() {
    for path in entries(&root().join("crates/server/templates")) {
        let text = fs::read_to_string(&path).unwrap();
        assert!(!text.contains("|safe") && !text.contains("| safe"), "{}", path.display());
    }
}

/// Every code with what stands beside it in `docs/errors.md`.
fn explained_codes() -> BTreeMap<String, Vec<String>> {
    let documented = fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows = documented.lines().filter(|line| line.starts_with("| `")).map(cells);
    rows.filter_map(|row: Vec<String>| {
        row.split_first().map(|(code, rest)| (code.trim_matches('`').to_owned(), rest.to_vec()))
    })
    .collect()
}

/// A code is a promise to other people's programs: the document is the list, and neither side may have one the other lacks.
#[test]
fn every_code_is_explained_with_cause_and_cure_and_none_was_renamed() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let problems = read("crates/server/src/web/problem.rs")
        + &read("crates/server/src/web/api/problem.rs")
        + &read("crates/sandbox/src/catalogue/error.rs");
    let areas = ["http.", "webhook.", "connect.", "session.", "deletion.", "api.", "catalogue."];
    let of_area = |code: &str| areas.iter().any(|area| code.starts_with(area) && code != *area);
    let mut codes: Vec<&str> = problems.split('"').filter(|text| of_area(text)).collect();
    codes.sort_unstable();
    codes.dedup();

    let explained = explained_codes();
    let listed: Vec<&str> = explained.keys().map(String::as_str).filter(|code| of_area(code)).collect();
    assert!(codes.len() > 50, "the codes are found");
    assert_eq!(codes, listed, "docs/errors.md lists every code, and no other");
    for (code, cells) in &explained {
        assert!(cells.len() >= 2 && cells.iter().all(|cell| !cell.is_empty()), "{code} lacks cause or cure");
    }
}
