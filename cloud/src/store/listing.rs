//! Rentals as managers look for them: a filter, a search, a page.
//!
//! Shape: a filter is one condition over `rental` with one moment in it, the same for the figure that
//! counts the rows and for the list that shows them. Bounded: a total looks at `COUNTED_MAX` rows at
//! most, a page reads by index.

use super::db::{DbError, Tx, Value};
use super::dock::DockRow;
use super::refund::RefundRow;
use super::rental::RentalRow;
use super::{dock, person, refund, rental};
use crate::keys::SealedCpf;
use shared::ids::{DockId, RefundId, RentalId, TagUid};
use shared::money::Centavos;
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

/// Totals count no further: a year of a busy store, a few milliseconds.
pub const COUNTED_MAX: u32 = 100_000;

/// Characters of the end of a tag that a label on the cart shows.
const LABEL_CHARS: usize = 4;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    All,
    AwaitingPayment,
    Paid,
    Out,
    /// Their deposits stand in the ledger as held: paid, out, abandoned, or back under review.
    Held,
    /// A refund is ordered and not settled, or owed in another way.
    Refunding,
    /// A refund ordered before the moment, refused by the bank before, or with something in its way.
    RefundDelayed,
    Review,
    /// A refund was settled since the moment.
    Refunded,
    Closed,
    Expired,
    Cancelled,
    Abandoned,
    Rescued,
}

/// A filter, the moment it speaks of, and what was typed to search for.
#[derive(Debug, Clone)]
pub struct Listing {
    pub which: Which,
    /// For `RefundDelayed` and `Refunded` the moment of their rule, for all others now.
    pub at: UnixMs,
    pub search: Option<Search>,
}

/// What a manager may have in hand: a bank's id, a rental's, a cart's tag or label.
#[derive(Debug, Clone)]
pub struct Search {
    text: String,
    refund: String,
    tag: String,
    label: String,
}

impl Search {
    /// `None` for an empty text.
    pub fn of(typed: &str) -> Option<Self> {
        let text = typed.trim();
        let lower = text.to_ascii_lowercase();
        let is_label = lower.len() == LABEL_CHARS && lower.bytes().all(|b| b.is_ascii_hexdigit());
        (!text.is_empty()).then(|| Self {
            refund: refund_id(&lower).unwrap_or_default(),
            tag: lower
                .parse::<TagUid>()
                .map_or_else(|_| String::new(), |t| t.to_string()),
            label: if is_label {
                format!("%{lower}")
            } else {
                String::new()
            },
            text: text.to_owned(),
        })
    }
}

/// At the bank a refund's id has no hyphens.
fn refund_id(text: &str) -> Option<String> {
    let bytes: [u8; 16] = hex::decode(text).ok()?.try_into().ok()?;
    Some(RefundId::from_bytes(bytes).to_string())
}

/// What all pages of a list add up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    pub count: u64,
    /// Deposits; for filters about refunds, those refunds.
    pub amount: Centavos,
    pub oldest_ms: Option<UnixMs>,
}

/// A rental with what a line about it shows.
#[derive(Debug, Clone)]
pub struct Line {
    pub rental: RentalRow,
    pub at: DockRow,
    pub refunds: Vec<RefundRow>,
    /// With the sealed CPF.
    pub person: Option<SealedCpf>,
}

struct Statements {
    total: &'static str,
    page: &'static str,
    found_total: &'static str,
    found_page: &'static str,
}

macro_rules! found {
    () => {
        " AND id IN (SELECT id FROM rental WHERE id = $2 \
         UNION SELECT rental_id FROM charge WHERE txid = $2 \
         UNION SELECT rental_id FROM payment WHERE e2eid = $2 \
         UNION SELECT rental_id FROM refund WHERE return_id = $2 \
         UNION SELECT rental_id FROM refund WHERE id = $3 \
         UNION SELECT id FROM rental WHERE tag = $4 \
         UNION SELECT id FROM rental WHERE ended_ms IS NULL AND tag LIKE $5)"
    };
}

macro_rules! total {
    ($amount:literal, $since:literal, $($rest:expr),+) => {
        concat!(
            "SELECT count(*), CAST(coalesce(sum(amount), 0) AS BIGINT), min(since) FROM (SELECT ",
            $amount, " AS amount, ", $since, " AS since FROM rental WHERE ", $($rest),+
        )
    };
}

macro_rules! statements {
    ($where:literal) => {
        statements!($where, "deposit_centavos", "created_ms")
    };
    ($where:literal, $amount:literal, $since:literal) => {
        Statements {
            total: total!($amount, $since, $where, " LIMIT $2) AS counted"),
            page: concat!(
                "SELECT id FROM rental WHERE ",
                $where,
                " ORDER BY created_ms DESC, id DESC LIMIT $2 OFFSET $3"
            ),
            found_total: total!($amount, $since, $where, found!(), " LIMIT $6) AS counted"),
            found_page: concat!(
                "SELECT id FROM rental WHERE ",
                $where,
                found!(),
                " ORDER BY created_ms DESC, id DESC LIMIT $6 OFFSET $7"
            ),
        }
    };
}

const OPEN_REFUNDS: Statements = statements!(
    "created_ms <= $1 AND id IN (SELECT rental_id FROM refund WHERE state IN ('requested', 'processing', 'owed'))",
    "(SELECT sum(f.amount_centavos) FROM refund f WHERE f.rental_id = rental.id \
      AND f.state IN ('requested', 'processing', 'owed'))",
    "(SELECT min(f.due_since_ms) FROM refund f WHERE f.rental_id = rental.id \
      AND f.state IN ('requested', 'processing', 'owed'))"
);

const DELAYED_REFUNDS: Statements = statements!(
    "id IN (SELECT rental_id FROM refund WHERE state IN ('requested', 'processing', 'owed') \
      AND (due_since_ms <= $1 OR order_no > 1 OR reason IS NOT NULL))",
    "(SELECT sum(f.amount_centavos) FROM refund f WHERE f.rental_id = rental.id \
      AND f.state IN ('requested', 'processing', 'owed'))",
    "(SELECT min(f.due_since_ms) FROM refund f WHERE f.rental_id = rental.id \
      AND f.state IN ('requested', 'processing', 'owed'))"
);

const SETTLED_REFUNDS: Statements = statements!(
    "id IN (SELECT rental_id FROM refund WHERE settled_ms >= $1)",
    "(SELECT sum(f.amount_centavos) FROM refund f WHERE f.rental_id = rental.id \
      AND f.settled_ms >= $1)",
    "created_ms"
);

impl Which {
    fn statements(self) -> Statements {
        match self {
            Self::All => statements!("created_ms <= $1"),
            Self::AwaitingPayment => {
                statements!("created_ms <= $1 AND ended_ms IS NULL AND state = 'awaiting_payment'")
            }
            Self::Paid => {
                statements!("created_ms <= $1 AND ended_ms IS NULL AND state = 'paid'")
            }
            Self::Out => statements!("created_ms <= $1 AND ended_ms IS NULL AND state = 'out'"),
            Self::Held => statements!(
                "created_ms <= $1 AND ended_ms IS NULL AND backing = 'deposit' \
                 AND (state IN ('paid', 'out', 'abandoned') OR (state = 'returned' AND review IS NOT NULL))",
                "(deposit_centavos - (SELECT coalesce(sum(b.amount_centavos), 0) \
                  FROM bank_return b WHERE b.e2eid = rental.e2eid AND b.state = 'settled'))",
                "created_ms"
            ),
            Self::Review => statements!(
                "created_ms <= $1 AND ended_ms IS NULL AND state = 'returned' \
                 AND review IS NOT NULL",
                "deposit_centavos",
                "returned_ms"
            ),
            Self::Refunding => OPEN_REFUNDS,
            Self::RefundDelayed => DELAYED_REFUNDS,
            Self::Refunded => SETTLED_REFUNDS,
            Self::Closed => statements!("created_ms <= $1 AND state = 'closed'"),
            Self::Expired => statements!(
                "created_ms <= $1 AND state IN ('expired', 'cancelled') AND state = 'expired'"
            ),
            Self::Cancelled => statements!(
                "created_ms <= $1 AND state IN ('expired', 'cancelled') AND state = 'cancelled'"
            ),
            Self::Abandoned => {
                statements!("created_ms <= $1 AND ended_ms IS NULL AND state = 'abandoned'")
            }
            Self::Rescued => statements!("created_ms <= $1 AND state = 'rescued'"),
        }
    }
}

impl Listing {
    /// All rentals of a filter.
    pub fn of(which: Which, at: UnixMs) -> Self {
        Self {
            which,
            at,
            search: None,
        }
    }

    fn values(&self, bounds: &[i64]) -> Vec<Value<'_>> {
        let mut values: Vec<Value<'_>> = vec![self.at.0.into()];
        if let Some(search) = &self.search {
            let typed = [&search.text, &search.refund, &search.tag, &search.label];
            values.extend(typed.map(|text| text.as_str().into()));
        }
        values.extend(bounds.iter().map(|bound| (*bound).into()));
        values
    }
}

pub fn total(tx: &Tx<'_>, listing: &Listing) -> Result<Total, DbError> {
    let statements = listing.which.statements();
    let sql = match listing.search {
        Some(_) => statements.found_total,
        None => statements.total,
    };
    let values = listing.values(&[i64::from(COUNTED_MAX)]);
    let total = tx.first(sql, &values, |row| {
        Ok(Total {
            count: row.count(0)?,
            amount: Centavos::new(row.int(1)?),
            oldest_ms: row.opt_int(2)?.map(UnixMs),
        })
    })?;
    Ok(total.unwrap_or_default())
}

/// The newest rentals of the list after `skip` others.
pub fn page(
    tx: &Tx<'_>,
    listing: &Listing,
    rows_max: u16,
    skip: u32,
) -> Result<Vec<Line>, DbError> {
    let statements = listing.which.statements();
    let sql = match listing.search {
        Some(_) => statements.found_page,
        None => statements.page,
    };
    let skip = skip.min(COUNTED_MAX);
    let values = listing.values(&[i64::from(rows_max), i64::from(skip)]);
    let ids: Vec<RentalId> = tx.all(sql, &values, |row| row.parsed(0))?;
    let mut docks: BTreeMap<DockId, DockRow> = BTreeMap::new();
    let mut lines = Vec::with_capacity(ids.len());
    for id in ids {
        let Some(rental) = rental::by_id(tx, &id)? else {
            continue;
        };
        let at = match docks.entry(rental.dock) {
            Entry::Occupied(known) => known.get().clone(),
            Entry::Vacant(place) => {
                let Some(at) = dock::by_id(tx, &rental.dock)? else {
                    continue;
                };
                place.insert(at).clone()
            }
        };
        lines.push(line(tx, rental, at)?);
    }
    Ok(lines)
}

fn line(tx: &Tx<'_>, rental: RentalRow, at: DockRow) -> Result<Line, DbError> {
    let person = match rental.person {
        Some(id) => person::sealed_cpf(tx, &id)?,
        None => None,
    };
    Ok(Line {
        refunds: refund::of_rental(tx, &rental.id)?,
        rental,
        at,
        person,
    })
}
