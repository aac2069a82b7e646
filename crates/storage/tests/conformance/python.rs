//! Reading the Python version's databases. They were written by its own packages (`tests/python/old_version.py`); those that
//! are broken on purpose are changed here.

use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;
use shopclerk_domain::secret::{Secret, SecretText};
use shopclerk_storage::{PythonError, PythonFiles, PythonRows, read_python};
use tempfile::TempDir;

const SECRET: &str = "a-state-secret-of-the-old-days";

fn committed() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python/old_version")
}

/// Both databases in a folder that may be changed.
fn old_version() -> (TempDir, PythonFiles) {
    let folder = tempfile::tempdir().unwrap();
    for name in ["tokens.db", "sessions.db"] {
        fs::copy(committed().join(name), folder.path().join(name)).unwrap();
    }
    let files = files_in(folder.path());
    (folder, files)
}

fn files_in(folder: &Path) -> PythonFiles {
    PythonFiles { tokens: folder.join("tokens.db"), sessions: folder.join("sessions.db") }
}

fn secret(text: &str) -> SecretText {
    Secret::new(text.to_owned())
}

fn read(files: &PythonFiles) -> Result<PythonRows, PythonError> {
    read_python(files, &secret(SECRET))
}

fn change(path: &Path, sql: &str) {
    let database = Connection::open(path).unwrap();
    database.execute_batch(sql).unwrap();
    database.close().unwrap();
}

/// What reading says when the file of tokens was changed like this.
fn refused(sql: &str) -> String {
    let (_folder, files) = old_version();
    change(&files.tokens, sql);
    read(&files).unwrap_err().to_string()
}

#[test]
fn what_its_own_packages_sealed_opens() {
    let rows = read(&files_in(&committed())).unwrap();

    let value = |name: &str| {
        let row = rows.tokens.iter().find(|row| row.key == name).unwrap();
        row.value.expose().clone()
    };
    assert_eq!(value("USER_UUID_nordlys_myshopify_com"), "7f1d1c5e-3f0a-4c57-9d43-0f5a5b1f6c01");
    assert_eq!(value("FACEBOOK_ACCESS_TOKEN_106511000000001"), "EAABoldPageTokenOfNordlys0000001");
    assert_eq!((rows.tokens.len(), rows.sessions.len()), (12, 4));
    let refused: Vec<_> = rows.refused.iter().map(|row| (row.row.as_str(), row.why.as_str())).collect();
    assert_eq!(
        refused,
        [("USER_UUID_broken_myshopify_com", "it was changed, or sealed with another secret")]
    );
    let canceled: Vec<_> = rows.tokens.iter().filter(|row| row.canceled).map(|row| &row.key).collect();
    assert_eq!(canceled, ["SHOPIFY_ACCESS_TOKEN_solvik_myshopify_com"]);
}

#[test]
fn what_still_lies_in_the_log_is_read_and_the_folder_stays_as_it_was() {
    let (folder, files) = old_version();
    let writer = Connection::open(&files.tokens).unwrap();
    let copy = "INSERT INTO tokens SELECT 'PAGE_UUID_7', value, type, status, expires_at FROM tokens WHERE type = 'uuid' LIMIT 1";
    writer.execute_batch(copy).unwrap();
    assert!(fs::metadata(folder.path().join("tokens.db-wal")).unwrap().len() > 0, "it lies in the log");
    let listing = || {
        let names = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
        let mut all: Vec<_> = names.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
        all.sort();
        all
    };
    let before = listing();

    let rows = read(&files).unwrap();

    assert!(rows.tokens.iter().any(|row| row.key == "PAGE_UUID_7"));
    assert_eq!(before, listing());
}

#[test]
fn a_place_that_cannot_be_written_is_no_hindrance() {
    let (folder, files) = old_version();
    let allow = |mode| {
        fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    allow(0o500);

    let rows = read(&files);

    allow(0o700);
    assert_eq!(rows.unwrap().tokens.len(), 12);
}

#[test]
fn an_older_form_of_the_table_is_read_too() {
    let (_folder, files) = old_version();
    change(
        &files.tokens,
        "ALTER TABLE tokens DROP COLUMN status; ALTER TABLE tokens DROP COLUMN expires_at;",
    );

    let rows = read(&files).unwrap();

    assert!(rows.tokens.iter().all(|row| !row.canceled && row.expires_at.is_none()));
}

#[test]
fn a_wrong_secret_is_one_sentence() {
    let wrong = read_python(&files_in(&committed()), &secret("another")).unwrap_err().to_string();

    assert!(wrong.starts_with("STATE_TOKEN_SECRET is not the secret "), "{wrong}");
    assert!(wrong.ends_with("not one of its 13 rows opens"), "{wrong}");
}

#[test]
fn what_is_no_database_of_that_version_is_refused_in_one_sentence() {
    for (sql, why) in [
        ("DROP TABLE tokens", "it has no such table"),
        ("DROP TABLE tokens; CREATE VIEW tokens AS SELECT 1 AS key, 2 AS value, 3 AS type", "no such table"),
        ("DROP TABLE tokens; CREATE VIRTUAL TABLE tokens USING fts5(key, value, type)", "no such table"),
        ("ALTER TABLE tokens RENAME COLUMN value TO other", "has other columns"),
    ] {
        let said = refused(sql);
        assert!(said.contains("is not a database of the Python version") && said.contains(why), "{said}");
    }
    let (folder, files) = old_version();
    for (bytes, why) in [(&b"no database"[..], "file is not a database"), (b"", "no such table")] {
        fs::write(&files.tokens, bytes).unwrap();
        let said = read(&files).unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }
    fs::remove_file(&files.tokens).unwrap();
    assert!(matches!(read(&files), Err(PythonError::Missing { .. })));
    fs::create_dir(&files.tokens).unwrap();
    let said = read(&files).unwrap_err().to_string();
    assert!(said.ends_with("cannot be read: it is not a regular file"), "{said}");
    drop(folder);
}

#[test]
fn a_damaged_page_is_said_and_never_taken_for_rows() {
    let (_folder, files) = old_version();
    let mut image = fs::read(&files.tokens).unwrap();
    image[4_096..8_192].fill(0xa5);
    fs::write(&files.tokens, image).unwrap();

    let said = read(&files).unwrap_err().to_string();

    assert!(said.contains("malformed"), "{said}");
}

#[test]
fn rows_of_another_shape_are_named_one_by_one_and_the_others_taken() {
    let (_folder, files) = old_version();
    change(
        &files.tokens,
        "INSERT INTO tokens VALUES (x'ff00', 'a', 'token', 'active', NULL);
         INSERT INTO tokens VALUES (CAST(x'41ff' AS TEXT), 'a', 'token', 'active', NULL);
         INSERT INTO tokens VALUES ('LONG', CAST(zeroblob(20000) AS TEXT), 'token', 'active', NULL);
         INSERT INTO tokens VALUES ('TIME', 'a', 'token', 'active', 'soon');
         INSERT INTO tokens VALUES ('KIND', 'a', 'other', 'active', NULL);
         INSERT INTO tokens VALUES ('STATUS', 'a', 'token', 'perhaps', NULL);
         INSERT INTO tokens VALUES ('LINE' || char(10) || char(27) || '[2J', 'a', 'token', 'active', NULL);",
    );

    let rows = read(&files).unwrap();

    assert_eq!(rows.tokens.len(), 12);
    let mut whys: Vec<_> = rows.refused.iter().map(|row| row.why.as_str()).collect();
    whys.sort_unstable();
    assert_eq!(
        whys,
        [
            "a text has another type",
            "a text is not UTF-8",
            "a text is too long",
            "a time has another type",
            "it was changed, or sealed with another secret",
            "it was changed, or sealed with another secret",
            "its status is neither active nor canceled",
            "its type is neither token nor uuid",
        ]
    );
    assert!(rows.refused.iter().any(|row| row.row == "LINE??[2J"), "{:?}", rows.refused);
}

#[test]
fn lost_sessions_are_no_reason_to_take_nothing() {
    let (_folder, files) = old_version();
    fs::remove_file(&files.sessions).unwrap();

    let rows = read(&files).unwrap();

    assert_eq!((rows.tokens.len(), rows.sessions.len()), (12, 0));
    assert!(rows.refused.iter().any(|row| row.row == "the sessions"));
}
