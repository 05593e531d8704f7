//! The driver seam: values, rows and transactions, whatever engine is below.

use crate::live::Topic;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt::Display;
use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    #[error("a row with this {0} exists already")]
    Unique(String),
    #[error("column {column} holds what this version cannot read: {why}")]
    Unreadable { column: usize, why: String },
    #[error("{0}")]
    Engine(String),
    #[error(
        "{path} cannot serve as the Volta cloud database: {why}. Name another file in VOLTA_CLOUD_DATABASE, or move this one away"
    )]
    NotOurs { path: String, why: String },
}

/// A parameter. Ids and other displayed types become text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'a> {
    Null,
    Int(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl Value<'_> {
    pub fn text(displayed: impl Display) -> Self {
        Self::Text(Cow::Owned(displayed.to_string()))
    }

    /// A counter of ours; none comes near the end of 63 bits.
    pub fn count(number: u64) -> Self {
        Self::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(bytes))
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// One row of an answer, read by column number from 0.
pub struct Row<'r>(&'r rusqlite::Row<'r>);

impl<'r> Row<'r> {
    pub(super) fn of(row: &'r rusqlite::Row<'r>) -> Self {
        Self(row)
    }

    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.0.get(column).map_err(|e| unreadable(column, e))
    }

    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, DbError> {
        self.0.get(column).map_err(|e| unreadable(column, e))
    }

    /// A counter that is never negative.
    pub fn count(&self, column: usize) -> Result<u64, DbError> {
        u64::try_from(self.int(column)?).map_err(|e| unreadable(column, e))
    }

    pub fn small(&self, column: usize) -> Result<u16, DbError> {
        u16::try_from(self.int(column)?).map_err(|e| unreadable(column, e))
    }

    pub fn text(&self, column: usize) -> Result<String, DbError> {
        self.0.get(column).map_err(|e| unreadable(column, e))
    }

    pub fn opt_text(&self, column: usize) -> Result<Option<String>, DbError> {
        self.0.get(column).map_err(|e| unreadable(column, e))
    }

    pub fn bytes(&self, column: usize) -> Result<Vec<u8>, DbError> {
        self.0.get(column).map_err(|e| unreadable(column, e))
    }

    pub fn opt_bytes(&self, column: usize) -> Result<Option<Vec<u8>>, DbError> {
        self.0.get(column).map_err(|e| unreadable(column, e))
    }

    /// An id, a tag, or any other type with one spelling.
    pub fn parsed<T>(&self, column: usize) -> Result<T, DbError>
    where
        T: FromStr,
        T::Err: Display,
    {
        self.str(column)?.parse().map_err(|e| unreadable(column, e))
    }

    pub fn opt_parsed<T>(&self, column: usize) -> Result<Option<T>, DbError>
    where
        T: FromStr,
        T::Err: Display,
    {
        match self.0.get_ref(column).map_err(|e| unreadable(column, e))? {
            rusqlite::types::ValueRef::Null => Ok(None),
            _ => self.parsed(column).map(Some),
        }
    }

    fn str(&self, column: usize) -> Result<&str, DbError> {
        let value = self.0.get_ref(column).map_err(|e| unreadable(column, e))?;
        value.as_str().map_err(|e| unreadable(column, e))
    }
}

pub(crate) fn unreadable(column: usize, why: impl Display) -> DbError {
    DbError::Unreadable {
        column,
        why: why.to_string(),
    }
}

/// A running transaction. What it touched is told to the pages after its commit.
pub struct Tx<'c> {
    connection: &'c rusqlite::Connection,
    touched: RefCell<Vec<Topic>>,
}

impl<'c> Tx<'c> {
    pub(super) fn on(connection: &'c rusqlite::Connection) -> Self {
        Self {
            connection,
            touched: RefCell::default(),
        }
    }

    /// Runs a statement and answers how many rows it changed.
    pub fn execute(&self, sql: &'static str, values: &[Value<'_>]) -> Result<usize, DbError> {
        super::sqlite::execute(self.connection, sql, values)
    }

    /// The first row, if there is one.
    pub fn first<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl FnOnce(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Option<T>, DbError> {
        super::sqlite::first(self.connection, sql, values, read)
    }

    /// All rows; the statement bounds them with `LIMIT` where there may be many.
    pub fn all<T>(
        &self,
        sql: &'static str,
        values: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, DbError>,
    ) -> Result<Vec<T>, DbError> {
        super::sqlite::all(self.connection, sql, values, read)
    }

    /// Notes that readers of `topic` should look again once this is committed.
    pub fn touch(&self, topic: Topic) {
        self.touched.borrow_mut().push(topic);
    }

    pub(super) fn take_touched(&self) -> Vec<Topic> {
        self.touched.take()
    }
}
