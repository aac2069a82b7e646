//! A test alone: every table says whose its rows are, save those written down here with their reason.

use std::collections::BTreeSet;

use super::{connect, migrate};

/// Tables without a merchant, and why.
const NOBODYS: &[(&str, &str)] = &[
    ("api_tokens", "the operator's, who belongs to no merchant"),
    ("counters", "figures over all, naming nobody"),
    ("dedup", "hashes of keys behind a time; that one is known says nothing of whose it was"),
    ("deletions", "a platform's request about a person, who may have belonged to several merchants or none"),
    ("meta", "facts of the store itself"),
    ("quarantine", "nobody could read whose it is; only the operator sees it"),
    ("schedules", "what recurs for all merchants together"),
];

#[test]
fn t42_every_table_names_the_merchant_or_stands_on_the_list() {
    let folder = tempfile::tempdir().unwrap();
    let store = connect::writer(&folder.path().join("schema.db")).unwrap();
    migrate::migrate(&store).unwrap();
    let names = |sql: &str| -> BTreeSet<String> {
        let mut statement = store.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get(0)).unwrap();
        rows.map(Result::unwrap).collect()
    };
    let tables = names("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");

    let without: Vec<&String> = tables
        .iter()
        .filter(|table| {
            !names(&format!("SELECT name FROM pragma_table_info('{table}')")).contains("merchant")
        })
        .collect();

    let listed: Vec<&str> = NOBODYS.iter().map(|(table, _)| *table).collect();
    assert!(tables.len() > 20, "the tables are found");
    assert_eq!(without, listed, "a table without a merchant needs a reason");
}
