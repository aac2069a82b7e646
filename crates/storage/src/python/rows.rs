//! The rows of the Python version's two databases, as they stand there. The files may hold anything: what is not what that
//! version wrote is named and left out.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use super::copy::Copied;

/// Most rows of one table, and longest text of one column: far above what that version could have written.
const MOST: usize = 200_000;
const LONGEST: usize = 16 << 10;

/// Why a database gives no rows.
#[derive(Debug)]
pub(super) enum Trouble {
    /// It is not one of that version's.
    Foreign(&'static str),
    /// The database says so.
    Sqlite(rusqlite::Error),
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// One row of `tokens`.
#[derive(Debug)]
pub(super) struct TokenRow {
    pub(super) key: String,
    pub(super) value: String,
    pub(super) kind: String,
    pub(super) status: Option<String>,
    pub(super) expires_at: Option<i64>,
}

/// One row of `sessions`.
#[derive(Debug)]
pub(super) struct SessionRow {
    pub(super) id: String,
    pub(super) uuid: String,
    pub(super) created_at: i64,
}

/// A row that could be read, or the place of one that could not and why.
pub(super) type Read<T> = Result<T, (usize, &'static str)>;

/// All rows of `tokens`, of either form of the table.
pub(super) fn tokens(copy: &Copied) -> Result<Vec<Read<TokenRow>>, Trouble> {
    let database = open(copy)?;
    let columns = columns(&database, "tokens")?;
    let has = |name: &str| columns.iter().any(|column| column == name);
    if !(has("key") && has("value") && has("type")) {
        return Err(Trouble::Foreign("its table tokens has other columns"));
    }
    let later = |name: &'static str| if has(name) { name } else { "NULL" };
    let (status, expires_at) = (later("status"), later("expires_at"));
    let sql = format!("SELECT key, value, type, {status}, {expires_at} FROM tokens ORDER BY key");
    rows(&database, &sql, |row| {
        Ok(TokenRow {
            key: text(row, 0)?,
            value: text(row, 1)?,
            kind: text(row, 2)?,
            status: optional_text(row, 3)?,
            expires_at: number(row, 4)?,
        })
    })
}

/// All rows of `sessions`.
pub(super) fn sessions(copy: &Copied) -> Result<Vec<Read<SessionRow>>, Trouble> {
    let database = open(copy)?;
    let columns = columns(&database, "sessions")?;
    if !["session_id", "uuid", "created_at"].iter().all(|name| columns.iter().any(|column| column == name)) {
        return Err(Trouble::Foreign("its table sessions has other columns"));
    }
    rows(&database, "SELECT session_id, uuid, created_at FROM sessions ORDER BY created_at", |row| {
        let created_at = number(row, 2)?.ok_or("its created_at is missing")?;
        Ok(SessionRow { id: text(row, 0)?, uuid: text(row, 1)?, created_at })
    })
}

fn open(copy: &Copied) -> Result<Connection, Trouble> {
    let how = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(copy.path(), how)?;
    // Damaged pages are noticed. No integrity check: that would run whatever constraints the file defines.
    database.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON;")?;
    Ok(database)
}

/// The stored columns of a table; a view or a virtual table of that name would run what the file says.
fn columns(database: &Connection, table: &'static str) -> Result<Vec<String>, Trouble> {
    let kind = "SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?1";
    let mut kinds = database.prepare(kind)?;
    let kinds = kinds.query_map([table], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    if kinds != ["table"] {
        return Err(Trouble::Foreign("it has no such table"));
    }
    // Generated columns are not among these.
    let mut columns = database.prepare("SELECT name FROM pragma_table_info(?1)")?;
    let columns = columns.query_map([table], |row| row.get(0))?;
    Ok(columns.collect::<Result<_, _>>()?)
}

fn rows<T>(
    database: &Connection,
    sql: &str,
    read: impl Fn(&Row<'_>) -> Result<T, &'static str>,
) -> Result<Vec<Read<T>>, Trouble> {
    let mut statement = database.prepare(sql)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        if all.len() >= MOST {
            return Err(Trouble::Foreign("it has more rows than that version could write"));
        }
        let place = all.len() + 1;
        all.push(read(row).map_err(|why| (place, why)));
    }
    Ok(all)
}

fn text(row: &Row<'_>, column: usize) -> Result<String, &'static str> {
    optional_text(row, column)?.ok_or("a column is empty")
}

fn optional_text(row: &Row<'_>, column: usize) -> Result<Option<String>, &'static str> {
    match row.get_ref(column).map_err(|_| "a column is missing")? {
        ValueRef::Null => Ok(None),
        ValueRef::Text(bytes) if bytes.len() > LONGEST => Err("a text is too long"),
        ValueRef::Text(bytes) => {
            std::str::from_utf8(bytes).map(|text| Some(text.to_owned())).map_err(|_| "a text is not UTF-8")
        }
        ValueRef::Integer(_) | ValueRef::Real(_) | ValueRef::Blob(_) => Err("a text has another type"),
    }
}

fn number(row: &Row<'_>, column: usize) -> Result<Option<i64>, &'static str> {
    match row.get_ref(column).map_err(|_| "a column is missing")? {
        ValueRef::Null => Ok(None),
        ValueRef::Integer(number) => Ok(Some(number)),
        ValueRef::Real(_) | ValueRef::Text(_) | ValueRef::Blob(_) => Err("a time has another type"),
    }
}
