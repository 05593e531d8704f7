//! A program's own database, read beside it.

use rusqlite::types::{FromSql, Value as Sql};
use rusqlite::{Connection, OpenFlags, Row, ToSql};
use std::path::Path;
use std::time::Duration;

/// A read-only connection: what is committed, never what is promised.
#[derive(Debug)]
pub struct Database(Connection);

impl Database {
    pub fn open(path: &Path) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let opened = Connection::open_with_flags(path, flags).and_then(|connection| {
            connection.busy_timeout(Duration::from_secs(10))?;
            connection.pragma_update(None, "query_only", true)?;
            Ok(connection)
        });
        Self(opened.unwrap_or_else(|e| panic!("{}: {e}", path.display())))
    }

    /// Changes rows before a program opens its database.
    pub(crate) fn change(&self, sql: &str, values: &[&dyn ToSql]) {
        let changed = self.0.pragma_update(None, "query_only", false);
        changed
            .and_then(|()| self.0.execute(sql, values))
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// The single value of the single row.
    pub fn one<T: FromSql>(&self, sql: &str, values: &[&dyn ToSql]) -> T {
        self.0
            .query_row(sql, values, |row| row.get(0))
            .unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// The first column of the first row, if there is one.
    pub fn first<T: FromSql>(&self, sql: &str, values: &[&dyn ToSql]) -> Option<T> {
        self.all(sql, values, |row| row.get(0)).into_iter().next()
    }

    pub fn all<T>(
        &self,
        sql: &str,
        values: &[&dyn ToSql],
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let rows = || {
            let mut statement = self.0.prepare(sql)?;
            statement.query_map(values, read)?.collect()
        };
        let found: rusqlite::Result<Vec<T>> = rows();
        found.unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// Every row of a query as text, for messages.
    pub fn show(&self, sql: &str) -> String {
        let rows = self.all(sql, &[], |row| {
            let columns = row.as_ref().column_count();
            let cells: rusqlite::Result<Vec<String>> =
                (0..columns).map(|at| row.get(at).map(cell)).collect();
            Ok(cells?.join(" | "))
        });
        rows.join("\n")
    }
}

fn cell(value: Sql) -> String {
    match value {
        Sql::Null => "-".to_owned(),
        Sql::Integer(number) => number.to_string(),
        Sql::Real(number) => number.to_string(),
        Sql::Text(text) => text,
        Sql::Blob(bytes) => hex::encode(bytes),
    }
}
