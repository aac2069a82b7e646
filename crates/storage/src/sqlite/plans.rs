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

/// A store of its own, and all that is hot.
fn hot() -> (tempfile::TempDir, rusqlite::Connection, Vec<&'static str>) {
    let folder = tempfile::tempdir().unwrap();
    let store = connect::writer(&folder.path().join("plans.db")).unwrap();
    migrate::migrate(&store).unwrap();
    let nouns: &[&[&'static str]] = &[
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
    (folder, store, nouns.concat())
}

#[test]
fn nothing_on_the_way_of_a_message_grows_with_the_tables() {
    let (_folder, store, hot) = hot();
    for sql in hot {
        let steps = steps(&store, sql);
        let slow = steps.iter().find(|step| step.contains("SCAN") || step.contains("TEMP B-TREE"));
        assert_eq!(slow, None, "{sql}\n{steps:#?}");
    }
}

#[test]
fn a_prepared_statement_is_not_prepared_anew_for_each_value() {
    let (_folder, store, hot) = hot();
    for sql in hot {
        let mut statement = store.prepare(sql).unwrap();
        let nothing = vec![rusqlite::types::Null; statement.parameter_count()];
        // Whether it finds anything, or the table refuses it, is not the point.
        let ran = statement.query(rusqlite::params_from_iter(nothing));
        drop(ran.and_then(|mut rows| rows.next().map(|row| row.is_some())));
        assert_eq!(statement.get_status(rusqlite::StatementStatus::RePrepare), 0, "{sql}");
    }
}
