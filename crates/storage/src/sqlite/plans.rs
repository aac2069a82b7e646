//! A test alone: what every message, part, product and job goes through is found by an index, so its cost does not grow
//! with the tables.

use super::{
    api_tokens, budgets, catalogue, checks, connect, connections, conversations, deliveries, discounts,
    erasures, inbox, installation, jobs, migrate, outbox, overview, polls, proofs, reseal, retention,
    sessions,
};

/// The steps SQLite would take for a statement.
fn steps(store: &rusqlite::Connection, sql: &str) -> Vec<String> {
    let mut statement = store.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let nothing = vec![rusqlite::types::Null; statement.parameter_count()];
    let rows = statement.query_map(rusqlite::params_from_iter(nothing), |row| row.get(3)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn nothing_on_the_way_of_a_message_grows_with_the_tables() {
    let folder = tempfile::tempdir().unwrap();
    let store = connect::writer(&folder.path().join("plans.db")).unwrap();
    migrate::migrate(&store).unwrap();
    let nouns: &[&[&str]] = &[
        &budgets::HOT,
        &inbox::HOT,
        &conversations::HOT,
        &outbox::HOT,
        &catalogue::HOT,
        &checks::HOT,
        &jobs::HOT,
        &polls::HOT,
        &proofs::HOT,
        &sessions::HOT,
        &installation::HOT,
        &api_tokens::HOT,
        &connections::HOT,
        &connections::LISTS,
        &deliveries::HOT,
        &discounts::HOT,
        &erasures::HOT,
        &retention::HOT,
        &erasures::CONVERSATIONS_HOT,
        &overview::HOT,
        &reseal::hot(),
    ];

    for sql in nouns.concat() {
        let steps = steps(&store, sql);
        let slow = steps.iter().find(|step| step.contains("SCAN") || step.contains("TEMP B-TREE"));
        assert_eq!(slow, None, "{sql}\n{steps:#?}");
    }
}
