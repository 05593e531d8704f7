//! What an operator does from the command line, on the same database.

use crate::actions::Failure;
use crate::actions::erase_person::ErasePerson;
use crate::app::now;
use crate::config::{Config, Role};
use crate::entropy::Entropy;
use crate::http::code_hash;
use crate::keys::Keys;
use crate::password;
use crate::persons::{self, Erased, PersonsError};
use crate::store::backup::{self, BackupError};
use crate::store::policy::Scope;
use crate::store::staff::StaffRow;
use crate::store::{DbError, Store, Tx, dock, gateway, ledger, policy, staff, worker};
use cloud_core::policy::Policy;
use shared::document::Cpf;
use shared::ids::{ChainId, DockId, PersonId, PolicyId, StaffId, StoreId};
use shared::time::UnixMs;
use std::io::Read;
use std::path::Path;

#[derive(Debug, thiserror::Error)]
pub enum AdminError {
    #[error("{0}")]
    Failed(#[from] Failure),
    #[error("--login: {0} exists already; choose another name")]
    LoginTaken(String),
    #[error("--login: from 3 to 64 letters, digits, points, hyphens or @")]
    LoginMalformed,
    #[error("--dock: there is no dock {0}")]
    UnknownDock(String),
    #[error("standard input: give one CPF, as in `echo 11144477735 | volta-cloud export-person`")]
    NoCpf,
    #[error("nobody is known by this CPF")]
    UnknownPerson,
    #[error(transparent)]
    Persons(#[from] PersonsError),
    #[error(transparent)]
    Backup(#[from] BackupError),
}

/// An enrolment code is typed within a visit.
pub(crate) const CODE_VALID_MS: i64 = 24 * 3_600 * 1_000;

/// The demo shop's docks: code and name.
pub const DEMO_DOCKS: [(&str, &str); 2] = [("norte", "Ponto Norte"), ("sul", "Ponto Sul")];

/// Adds a person and answers the one-time password.
pub async fn add_staff(store: &Store, login: &str, role: Role) -> Result<String, AdminError> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '@' | '_');
    if !(3..=64).contains(&login.len()) || !login.chars().all(allowed) {
        return Err(AdminError::LoginMalformed);
    }
    let mut entropy = Entropy::default();
    let at = now();
    let once = readable_code(&mut entropy, 4);
    let row = StaffRow {
        id: entropy.id(StaffId::new, at),
        login: login.to_owned(),
        role: role.as_str().to_owned(),
        password_hash: password::hash(&once, &mut entropy),
        must_change: true,
    };
    let added = store
        .write(move |tx: &Tx<'_>| staff::insert(tx, &row, at).map_err(Failure::from))
        .await;
    match added {
        Ok(()) => Ok(once),
        Err(Failure::Store(crate::store::StoreError::Db(DbError::Unique(_)))) => {
            Err(AdminError::LoginTaken(login.to_owned()))
        }
        Err(failure) => Err(failure.into()),
    }
}

/// Makes the demo shop where the database has none. True: it was made now.
pub async fn seed_demo(store: &Store) -> Result<bool, AdminError> {
    let at = now();
    let made = store
        .write(move |tx: &Tx<'_>| -> Result<bool, Failure> {
            if !dock::all(tx)?.is_empty() {
                return Ok(false);
            }
            make_shop(tx, at)?;
            Ok(true)
        })
        .await?;
    Ok(made)
}

fn make_shop(tx: &Tx<'_>, at: UnixMs) -> Result<(), Failure> {
    let mut entropy = Entropy::default();
    let chain = entropy.id(ChainId::new, at);
    let shop = entropy.id(StoreId::new, at);
    dock::insert_chain(tx, &chain, "Rede Volta")?;
    dock::insert_store(tx, &shop, &chain, "Supermercado Volta Centro", "São Paulo")?;
    ledger::open_accounts(tx, shop)?;
    let id = entropy.id(PolicyId::new, at);
    policy::insert(tx, &id, Scope::Chain(chain), 1, &Policy::DEFAULT, at)?;
    for (code, name) in DEMO_DOCKS {
        dock::insert(tx, &entropy.id(DockId::new, at), &shop, code, name)?;
    }
    Ok(())
}

/// A one-time code for the device that will drive a dock.
pub async fn enrolment_code(store: &Store, code: &str) -> Result<String, AdminError> {
    let wanted = code.to_owned();
    let row = store
        .read(move |tx| dock::by_code(tx, &wanted))
        .await
        .map_err(Failure::from)?
        .ok_or_else(|| AdminError::UnknownDock(code.to_owned()))?;
    let once = fresh_code();
    let hash = code_hash(&once);
    let expires = now().plus(CODE_VALID_MS);
    store
        .write(move |tx: &Tx<'_>| {
            gateway::add_code(tx, &hash, &row.id, expires).map_err(Failure::from)
        })
        .await?;
    Ok(once)
}

/// Backs the database up, and says what the backup is worth and what is not in it.
pub fn backup(config: &Config, to: &Path) -> Result<String, AdminError> {
    let done = backup::backup(&config.database, to)?;
    Ok(format!(
        "{}: {} rows in {} tables, {} bytes, checked. Not in it: {}, without which it opens no \
         personal data and no gateway trusts it, and {}, the list of those who were erased. Keep \
         copies of both elsewhere",
        to.display(),
        done.rows,
        done.tables,
        done.bytes,
        config.key_file.display(),
        config.key_file.with_extension("erased").display(),
    ))
}

/// What is known of the person of a CPF, as JSON.
pub async fn export_person(
    store: &Store,
    keys: &Keys,
    from: impl Read,
) -> Result<String, AdminError> {
    let person = person_of(store, keys, from).await?;
    let audit = audit_id();
    let at = now();
    store
        .write(move |tx: &Tx<'_>| -> Result<(), Failure> {
            let subject = person.to_string();
            Ok(staff::audit(
                tx,
                &audit,
                None,
                "export_person",
                &subject,
                at,
            )?)
        })
        .await?;
    let known = persons::export(store, keys, person).await;
    let known = known.map_err(Failure::from)?;
    let known = known.ok_or(AdminError::UnknownPerson)?;
    Ok(serde_json::to_string_pretty(&known).expect("texts and numbers are JSON"))
}

/// Destroys what is known of the person of a CPF.
pub async fn erase_person(
    store: &Store,
    keys: &Keys,
    erased: &Erased,
    from: impl Read,
) -> Result<(), AdminError> {
    let wanted = ErasePerson {
        person: person_of(store, keys, from).await?,
        by: None,
        audit_id: audit_id(),
    };
    persons::erase(store, erased, wanted).await?;
    Ok(())
}

/// Notes whether the person with a CPF works here. False: that was known.
pub async fn note_worker(
    store: &Store,
    keys: &Keys,
    gone: bool,
    from: impl Read,
) -> Result<bool, AdminError> {
    let (index, at) = (keys.cpf_index(&cpf_of(from)?), now());
    let noted = store.write(move |tx: &Tx<'_>| -> Result<bool, Failure> {
        Ok(match gone {
            true => worker::forget(tx, &index)?,
            false => worker::note(tx, &index, at)?,
        })
    });
    Ok(noted.await?)
}

/// A CPF comes by standard input: arguments stand in the shell's history and in the list of processes.
async fn person_of(store: &Store, keys: &Keys, from: impl Read) -> Result<PersonId, AdminError> {
    let cpf = cpf_of(from)?;
    let found = persons::find(store, keys, &cpf).await;
    found
        .map_err(Failure::from)?
        .ok_or(AdminError::UnknownPerson)
}

fn cpf_of(from: impl Read) -> Result<Cpf, AdminError> {
    let mut text = String::new();
    from.take(64)
        .read_to_string(&mut text)
        .map_err(|_| AdminError::NoCpf)?;
    text.trim().parse().map_err(|_| AdminError::NoCpf)
}

fn audit_id() -> String {
    hex::encode(Entropy::default().bytes::<16>())
}

/// An enrolment code: a hundred random bits.
pub(crate) fn fresh_code() -> String {
    readable_code(&mut Entropy::default(), 5)
}

/// Groups of four symbols, 20 random bits each, without look-alikes.
fn readable_code(entropy: &mut Entropy, groups: usize) -> String {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let group = |bytes: [u8; 4]| {
        let symbols = bytes.map(|b| char::from(ALPHABET[usize::from(b % 32)]));
        symbols.iter().collect::<String>()
    };
    let groups: Vec<String> = (0..groups).map(|_| group(entropy.bytes())).collect();
    groups.join("-")
}
