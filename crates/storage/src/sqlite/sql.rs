//! The one way statements are run here: prepared once per connection, then taken from its cache.

use rusqlite::{Connection, ErrorCode, Params, Row};

use crate::error::StoreError;

/// Runs statements and sorts what can go wrong with them.
pub(crate) trait Sql {
    /// Changes rows; says how many.
    fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError>;

    /// The first row.
    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError>;

    /// All rows.
    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError>;

    /// Changes exactly one row, or it is a `Conflict`.
    fn run_one(&self, sql: &str, params: impl Params) -> Result<(), StoreError> {
        if self.run(sql, params)? == 1 { Ok(()) } else { Err(StoreError::Conflict) }
    }
}

impl Sql for Connection {
    fn run(&self, sql: &str, params: impl Params) -> Result<usize, StoreError> {
        Ok(self.prepare_cached(sql)?.execute(params)?)
    }

    fn one<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let mut rows = statement.query(params)?;
        let Some(row) = rows.next()? else { return Ok(None) };
        Ok(Some(read(row)?))
    }

    fn all<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, StoreError> {
        let mut statement = self.prepare_cached(sql)?;
        let rows = statement.query_map(params, read)?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::InvalidColumnType(..) => {
                corrupt("the store", "unnamed", "a column holds another type")
            }
            error => match error.sqlite_error_code() {
                Some(ErrorCode::ConstraintViolation) => Self::Conflict,
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
                _ => Self::Unavailable(Box::new(error)),
            },
        }
    }
}

/// Reports a damaged row: in the log for the operator, as an error for the caller.
pub(crate) fn corrupt(table: &'static str, row: impl std::fmt::Display, why: &'static str) -> StoreError {
    let row = row.to_string();
    tracing::error!(table, row, why, "a stored row is damaged");
    StoreError::Corrupt { table, row, why }
}
