//! The list of the erased, outside the database: one id a line, only ever longer.
//!
//! Invariant: the list is begun once for a database, which from then on knows how many it names. One
//! that is missing or names fewer is somebody's mistake, and is never taken for "nobody was erased".

use super::PersonsError;
use crate::entropy::Entropy;
use crate::store::{DbError, Store, StoreError, Tx, erasure_list, person, staff};
use shared::ids::PersonId;
use shared::time::UnixMs;
use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

/// Rows read at once.
const ROWS_AT_ONCE: u16 = 500;

/// Where the list stands.
#[derive(Clone)]
pub struct Erased(PathBuf);

impl Erased {
    pub fn beside(key_file: &Path) -> Self {
        Self(key_file.with_extension("erased"))
    }

    /// Whom the list names. A line that a power cut broke off names nobody; the database still knows
    /// of that erasure. An error where there is no list.
    pub fn all(&self) -> Result<BTreeSet<PersonId>, PersonsError> {
        self.read()?.ok_or_else(|| self.lost("it is not there"))
    }

    /// The same, once it is certain that this is the list the database knows; begun where it knows of
    /// none.
    pub(super) async fn open(&self, store: &Store) -> Result<BTreeSet<PersonId>, PersonsError> {
        let known = store.read(erasure_list::listed).await?;
        let found = self.read()?;
        if let Some(known) = known {
            let found = found.ok_or_else(|| self.lost("it is not there"))?;
            let names = found.len() as u64;
            return match names >= known {
                true => Ok(found),
                false => {
                    let fewer = format!("it names {names} persons and has named {known}");
                    Err(self.lost(&fewer))
                }
            };
        }
        let found = match found {
            Some(found) => found,
            // A version before this one made the list with the first erasure.
            None if !in_database(store).await?.is_empty() => {
                return Err(self.lost("it is not there, and persons were erased"));
            }
            None => {
                self.append(&[], true)?;
                BTreeSet::new()
            }
        };
        raise(store, found.len() as u64).await?;
        Ok(found)
    }

    /// Adds to the list. It is not made anew where it has gone.
    pub(super) async fn note(
        &self,
        store: &Store,
        persons: &[PersonId],
    ) -> Result<(), PersonsError> {
        self.append(persons, false)?;
        raise(store, self.all()?.len() as u64).await
    }

    /// The way out where no copy of a lost list is left: whom this database knows as erased, and whom
    /// the list that is there still names. Answers how many.
    pub async fn renew(&self, store: &Store, at: UnixMs) -> Result<usize, PersonsError> {
        let mut named = self.read()?.unwrap_or_default();
        let missing: Vec<PersonId> = in_database(store)
            .await?
            .into_iter()
            .filter(|id| named.insert(*id))
            .collect();
        self.append(&missing, true)?;
        let listed = named.len();
        let audit = hex::encode(Entropy::default().bytes::<16>());
        store
            .write(move |tx: &Tx<'_>| -> Result<(), StoreError> {
                erasure_list::set(tx, listed as u64)?;
                let subject = listed.to_string();
                Ok(staff::audit(
                    tx,
                    &audit,
                    None,
                    "renew_erased_list",
                    &subject,
                    at,
                )?)
            })
            .await?;
        Ok(listed)
    }

    fn read(&self) -> Result<Option<BTreeSet<PersonId>>, PersonsError> {
        match std::fs::read_to_string(&self.0) {
            Ok(text) => Ok(Some(
                text.lines().filter_map(|line| line.parse().ok()).collect(),
            )),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    fn append(&self, persons: &[PersonId], begin: bool) -> Result<(), PersonsError> {
        let lines: String = persons.iter().map(|id| format!("\n{id}")).collect();
        let written = std::fs::OpenOptions::new()
            .append(true)
            .create(begin)
            .mode(0o600)
            .open(&self.0)
            .and_then(|mut file| {
                file.write_all(lines.as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| match (begin, self.0.parent()) {
                (true, Some(folder)) if !folder.as_os_str().is_empty() => {
                    std::fs::File::open(folder)?.sync_all()
                }
                _ => Ok(()),
            });
        written.map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => self.lost("it is not there"),
            _ => self.failed(error),
        })
    }

    fn lost(&self, what: &str) -> PersonsError {
        PersonsError::ListLost {
            path: self.0.display().to_string(),
            what: what.to_owned(),
        }
    }

    fn failed(&self, why: std::io::Error) -> PersonsError {
        PersonsError::List {
            path: self.0.display().to_string(),
            why,
        }
    }
}

/// Everybody whom the database knows as erased.
pub(super) async fn in_database(store: &Store) -> Result<Vec<PersonId>, StoreError> {
    let mut all: Vec<PersonId> = Vec::new();
    loop {
        let after = all.last().copied();
        let rows = store
            .read(move |tx| -> Result<_, DbError> { person::erased(tx, after, ROWS_AT_ONCE) })
            .await?;
        if rows.is_empty() {
            return Ok(all);
        }
        all.extend(rows);
    }
}

async fn raise(store: &Store, listed: u64) -> Result<(), PersonsError> {
    let work =
        move |tx: &Tx<'_>| -> Result<(), StoreError> { Ok(erasure_list::raise(tx, listed)?) };
    Ok(store.write(work).await?)
}
