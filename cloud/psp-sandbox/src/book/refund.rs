//! Devoluções: accepted once, settled once, then final.

use super::{UnknownState, ledger, parsed, received::Received};
use rusqlite::{Connection, OptionalExtension, Row};
use shared::money::Centavos;
use std::str::FromStr;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refund {
    pub(crate) e2eid: String,
    pub(crate) id: String,
    pub(crate) rtr_id: String,
    pub(crate) valor: Centavos,
    pub(crate) natureza: String,
    pub(crate) descricao: Option<String>,
    pub(crate) status: RefundStatus,
    pub(crate) motivo: Option<String>,
    pub(crate) solicitacao_ms: i64,
    pub(crate) liquidacao_ms: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RefundStatus {
    EmProcessamento,
    Devolvido,
    NaoRealizado,
}

impl RefundStatus {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::EmProcessamento => "EM_PROCESSAMENTO",
            Self::Devolvido => "DEVOLVIDO",
            Self::NaoRealizado => "NAO_REALIZADO",
        }
    }
}

impl FromStr for RefundStatus {
    type Err = UnknownState;
    fn from_str(text: &str) -> Result<Self, UnknownState> {
        [Self::EmProcessamento, Self::Devolvido, Self::NaoRealizado]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownState)
    }
}

/// What the bank decided when it accepted a devolução; survives a restart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// `None`: stuck until the control API settles it.
    pub(crate) settle_at_ms: Option<i64>,
    pub(crate) refusal: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    Pay,
    Refuse { motivo: String },
}

pub(crate) const NO_BALANCE: &str = "Saldo insuficiente na conta do recebedor (AM04)";

const SELECT: &str = "SELECT e2eid, id, rtr_id, valor_centavos, natureza, descricao, status, \
     motivo, solicitacao_ms, liquidacao_ms FROM devolucao";

/// The devoluções of one Pix, in the order of request.
pub(crate) fn of(db: &Connection, e2eid: &str) -> rusqlite::Result<Vec<Refund>> {
    let mut statement = db.prepare_cached(&format!(
        "{SELECT} WHERE e2eid = ?1 ORDER BY solicitacao_ms, rowid"
    ))?;
    statement.query_map([e2eid], refund)?.collect()
}

pub(crate) fn find(db: &Connection, e2eid: &str, id: &str) -> rusqlite::Result<Option<Refund>> {
    db.query_row(
        &format!("{SELECT} WHERE e2eid = ?1 AND id = ?2"),
        (e2eid, id),
        refund,
    )
    .optional()
}

pub(crate) fn accept(db: &Connection, refund: &Refund, plan: &Plan) -> rusqlite::Result<()> {
    db.execute(
        "INSERT INTO devolucao (e2eid, id, rtr_id, valor_centavos, natureza, descricao, status, \
         solicitacao_ms, settle_at_ms, refusal) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        (
            &refund.e2eid,
            &refund.id,
            &refund.rtr_id,
            refund.valor.get(),
            &refund.natureza,
            &refund.descricao,
            refund.status.as_str(),
            refund.solicitacao_ms,
            plan.settle_at_ms,
            &plan.refusal,
        ),
    )?;
    Ok(())
}

/// The accepted devolução to settle next: e2eid, id, when, and its planned outcome.
pub(crate) struct Due {
    pub(crate) e2eid: String,
    pub(crate) id: String,
    pub(crate) settle_at_ms: i64,
    pub(crate) outcome: Outcome,
}

pub(crate) fn next_due(db: &Connection) -> rusqlite::Result<Option<Due>> {
    db.query_row(
        "SELECT e2eid, id, settle_at_ms, refusal FROM devolucao \
         WHERE status = 'EM_PROCESSAMENTO' AND settle_at_ms IS NOT NULL \
         ORDER BY settle_at_ms, rowid LIMIT 1",
        [],
        |row| {
            let refusal: Option<String> = row.get(3)?;
            Ok(Due {
                e2eid: row.get(0)?,
                id: row.get(1)?,
                settle_at_ms: row.get(2)?,
                outcome: refusal.map_or(Outcome::Pay, |motivo| Outcome::Refuse { motivo }),
            })
        },
    )
    .optional()
}

/// Ends what is EM_PROCESSAMENTO; `false` when it is not. The money moves here or not at all.
pub(crate) fn settle(
    db: &Connection,
    pix: &Received,
    id: &str,
    outcome: &Outcome,
    now_ms: i64,
) -> rusqlite::Result<bool> {
    let Some(refund) =
        find(db, &pix.e2eid, id)?.filter(|refund| refund.status == RefundStatus::EmProcessamento)
    else {
        return Ok(false);
    };
    let refusal = match outcome {
        Outcome::Refuse { motivo } => Some(motivo.as_str()),
        Outcome::Pay if ledger::merchant_balance(db)? < refund.valor => Some(NO_BALANCE),
        Outcome::Pay => None,
    };
    let (status, liquidacao_ms) = match refusal {
        Some(_) => (RefundStatus::NaoRealizado, None),
        None => {
            ledger::give_back(db, pix, &refund, now_ms)?;
            (RefundStatus::Devolvido, Some(now_ms))
        }
    };
    db.execute(
        "UPDATE devolucao SET status = ?3, motivo = ?4, liquidacao_ms = ?5, settle_at_ms = NULL \
         WHERE e2eid = ?1 AND id = ?2",
        (&pix.e2eid, id, status.as_str(), refusal, liquidacao_ms),
    )?;
    Ok(true)
}

fn refund(row: &Row<'_>) -> rusqlite::Result<Refund> {
    Ok(Refund {
        e2eid: row.get(0)?,
        id: row.get(1)?,
        rtr_id: row.get(2)?,
        valor: Centavos::new(row.get(3)?),
        natureza: row.get(4)?,
        descricao: row.get(5)?,
        status: parsed(row, 6)?,
        motivo: row.get(7)?,
        solicitacao_ms: row.get(8)?,
        liquidacao_ms: row.get(9)?,
    })
}
