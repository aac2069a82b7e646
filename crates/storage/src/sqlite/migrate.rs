//! Brings the schema up to date: numbered files, each applied in one transaction, never edited once merged.

use rusqlite::Connection;

const MIGRATIONS: &[(u32, &str)] = &[
    (1, include_str!("../../migrations/sqlite/0001_first.sql")),
    (2, include_str!("../../migrations/sqlite/0002_sessions.sql")),
    (3, include_str!("../../migrations/sqlite/0003_api.sql")),
    (4, include_str!("../../migrations/sqlite/0004_standing.sql")),
    (5, include_str!("../../migrations/sqlite/0005_erasures.sql")),
    (6, include_str!("../../migrations/sqlite/0006_schedules.sql")),
    (7, include_str!("../../migrations/sqlite/0007_job_lanes.sql")),
    (8, include_str!("../../migrations/sqlite/0008_imported.sql")),
    (9, include_str!("../../migrations/sqlite/0009_model.sql")),
    (10, include_str!("../../migrations/sqlite/0010_discounts.sql")),
    (11, include_str!("../../migrations/sqlite/0011_outbox.sql")),
    (12, include_str!("../../migrations/sqlite/0012_proofs.sql")),
    (13, include_str!("../../migrations/sqlite/0013_waiting.sql")),
    (14, include_str!("../../migrations/sqlite/0014_dead_events.sql")),
    (15, include_str!("../../migrations/sqlite/0015_settling.sql")),
    (16, include_str!("../../migrations/sqlite/0016_linking.sql")),
    (17, include_str!("../../migrations/sqlite/0017_replies.sql")),
];

/// What an existing store says of its schema.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Schema {
    /// Up to date now, or newer in ways an older program may ignore.
    Usable,
    /// Changed by a newer program in a way this one must not meet.
    TooNew { found: u32, known: u32 },
}

pub(super) fn migrate(connection: &Connection) -> rusqlite::Result<Schema> {
    let found: u32 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let known = MIGRATIONS.last().map_or(0, |(number, _)| *number);
    if found > known {
        let oldest: u32 =
            connection
                .query_row("SELECT value FROM meta WHERE name = 'oldest_program'", [], |row| row.get(0))?;
        return Ok(if oldest > known { Schema::TooNew { found, known } } else { Schema::Usable });
    }
    for (number, sql) in MIGRATIONS.iter().filter(|(number, _)| *number > found) {
        let applied = connection
            .execute_batch(&format!("BEGIN IMMEDIATE; {sql} PRAGMA user_version = {number}; COMMIT;"));
        if let Err(error) = applied {
            if !connection.is_autocommit() {
                connection.execute_batch("ROLLBACK")?;
            }
            return Err(error);
        }
        tracing::info!(schema = number, "the store's schema was brought up to date");
    }
    Ok(Schema::Usable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: &str, expected: &Schema) {
        let store = Connection::open_in_memory().unwrap();
        assert_eq!(migrate(&store).unwrap(), Schema::Usable);
        store.execute_batch(change).unwrap();
        assert_eq!(&migrate(&store).unwrap(), expected, "{change}");
    }

    #[test]
    fn a_newer_schema_is_met_only_if_it_allows_older_programs() {
        check("", &Schema::Usable);
        check("PRAGMA user_version = 9000", &Schema::Usable);
        let known = MIGRATIONS.last().map_or(0, |(number, _)| *number);
        check(
            "PRAGMA user_version = 9000; UPDATE meta SET value = 8999 WHERE name = 'oldest_program'",
            &Schema::TooNew { found: 9000, known },
        );
    }

    #[test]
    fn what_waited_in_an_older_store_is_linked() {
        let store = Connection::open_in_memory().unwrap();
        for (number, sql) in MIGRATIONS.iter().filter(|(number, _)| *number < 13) {
            store.execute_batch(&format!("{sql} PRAGMA user_version = {number};")).unwrap();
        }
        store
            .execute_batch(
                "INSERT INTO conversations (merchant, conversation, account, shopper, alias, created_at)
                VALUES (x'01', x'0a', x'02', x'03', 'ana', 1), (x'01', x'0b', x'02', x'04', 'bo', 1),
                    (x'01', x'0c', x'02', x'05', 'cleo', 1);
                INSERT INTO inbox (event, merchant, conversation, kind, at, received_at, state, asks, body)
                VALUES (1, x'01', x'0a', 'message', 9, 1, 'waiting', 1, x''),
                    (2, x'01', x'0b', 'message', 1, 1, 'waiting', 1, x''),
                    (3, x'01', x'0a', 'message', 1, 1, 'done', 1, x''),
                    (4, x'01', x'0a', 'message', 1, 1, 'waiting', 1, x''),
                    (5, x'01', x'0a', 'message', 1, 1, 'dead', 1, x''),
                    (6, x'01', x'0c', 'message', 1, 1, 'done', 1, x'');",
            )
            .unwrap();

        assert_eq!(migrate(&store).unwrap(), Schema::Usable);

        let column = |sql: &str| -> Vec<Option<i64>> {
            let mut statement = store.prepare(sql).unwrap();
            statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
        };
        let newest = column("SELECT newest_waiting FROM conversations ORDER BY alias");
        assert_eq!(newest, [Some(4), Some(2), None]);
        let older = column("SELECT older FROM inbox ORDER BY event");
        assert_eq!(older, [None, None, None, Some(1), None, None]);
        let up_to = column("SELECT value FROM meta WHERE name = 'linked_up_to'");
        assert_eq!(up_to, [Some(6)], "nothing is linked twice");
    }
}
