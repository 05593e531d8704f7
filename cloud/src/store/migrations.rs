//! The schema's history. A migration that has shipped is never edited; a new one is added.

use super::db::DbError;
use super::sqlite::failed;
use rusqlite::Connection;

const MIGRATIONS: [&str; 18] = [
    include_str!("migrations/0001_main_job.sql"),
    include_str!("migrations/0002_without_internet.sql"),
    include_str!("migrations/0003_custody.sql"),
    include_str!("migrations/0004_handed_out.sql"),
    include_str!("migrations/0005_policies.sql"),
    include_str!("migrations/0006_books.sql"),
    include_str!("migrations/0007_refunds.sql"),
    include_str!("migrations/0008_persons.sql"),
    include_str!("migrations/0009_rescue_accounts.sql"),
    include_str!("migrations/0010_payouts.sql"),
    include_str!("migrations/0011_notices.sql"),
    include_str!("migrations/0012_rescue.sql"),
    include_str!("migrations/0013_debts_and_erasures.sql"),
    include_str!("migrations/0014_voucher_ends.sql"),
    include_str!("migrations/0015_follow_chain.sql"),
    include_str!("migrations/0016_witness.sql"),
    include_str!("migrations/0017_campaign.sql"),
    include_str!("migrations/0018_voucher_loan.sql"),
];

/// Brings a database to this version's schema, each step in its own transaction.
pub(super) fn apply(connection: &mut Connection) -> Result<(), DbError> {
    connection
        .execute_batch("CREATE TABLE IF NOT EXISTS schema_version (version BIGINT PRIMARY KEY)")
        .map_err(failed)?;
    let sql = "SELECT coalesce(max(version), 0) FROM schema_version";
    let current: i64 = connection
        .query_row(sql, [], |row| row.get(0))
        .map_err(failed)?;
    let current = usize::try_from(current).unwrap_or(usize::MAX);
    if current > MIGRATIONS.len() {
        return Err(DbError::Engine(format!(
            "the database has schema version {current}, this program knows {}: run the newer program",
            MIGRATIONS.len()
        )));
    }
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(current) {
        let step = connection.transaction().map_err(failed)?;
        step.execute_batch(migration).map_err(failed)?;
        let version = i64::try_from(index + 1).unwrap_or(i64::MAX);
        let sql = "INSERT INTO schema_version (version) VALUES ($1)";
        step.execute(sql, [version]).map_err(failed)?;
        step.commit().map_err(failed)?;
    }
    Ok(())
}
