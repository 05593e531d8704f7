//! A customer pays: one transaction books the Pix, concludes the charge and queues the callback.

use crate::bank::Bank;
use crate::book::callback::{self, Callback, Delivery};
use crate::book::charge::{self, ChargeStatus};
use crate::book::received::{self, Received};
use crate::operation::Operation;
use crate::{postman, random};
use rusqlite::Transaction;
use shared::money::Centavos;

#[derive(Debug, Clone)]
pub(crate) enum Payment {
    /// By the QR Code of a charge. `late`: settles although expired or removed.
    Charge {
        txid: String,
        valor: Option<Centavos>,
        late: bool,
    },
    /// To a key, without txid: no callback ever reports it.
    Key { chave: String, valor: Centavos },
}

/// Why a payment is not made, in the order in which the app looks.
#[derive(Debug)]
pub(crate) enum PayError {
    Unknown,
    AlreadyPaid,
    Removed,
    Expired,
    Book(rusqlite::Error),
}

impl From<rusqlite::Error> for PayError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Book(error)
    }
}

pub(crate) async fn pay(bank: &Bank, payment: Payment) -> Result<Received, PayError> {
    let delivery = bank.delivery(Operation::CallbackPix);
    let now_ms = bank.now_ms();
    let e2eid = random::transaction_id('E', bank.config.ispb.as_str(), now_ms);
    let (pix, early) = bank
        .book
        .write(move |db| settle(db, payment, e2eid, delivery, now_ms))
        .await?;
    for callback in early {
        postman::deliver(bank, callback).await?;
    }
    bank.postman_woken.notify_one();
    tracing::info!(pix.e2eid = %pix.e2eid, "bank.pix_received");
    Ok(pix)
}

fn settle(
    db: &Transaction<'_>,
    payment: Payment,
    e2eid: String,
    delivery: Delivery,
    now_ms: i64,
) -> Result<(Received, Vec<Callback>), PayError> {
    let (txid, chave, valor) = match payment {
        Payment::Key { chave, valor } => (None, chave, valor),
        Payment::Charge { txid, valor, late } => {
            let charge = charge::by_txid(db, &txid)?.ok_or(PayError::Unknown)?;
            let paid = !received::by_txid(db, &txid)?.is_empty();
            match charge.status {
                _ if paid => return Err(PayError::AlreadyPaid),
                ChargeStatus::Concluida => return Err(PayError::AlreadyPaid),
                ChargeStatus::Ativa if charge.is_expired(now_ms) && !late => {
                    return Err(PayError::Expired);
                }
                ChargeStatus::RemovidaPeloUsuarioRecebedor | ChargeStatus::RemovidaPeloPsp
                    if !late =>
                {
                    return Err(PayError::Removed);
                }
                _ => {}
            }
            charge::conclude(db, &txid)?;
            let terms = charge.terms;
            (Some(txid), terms.chave, valor.unwrap_or(terms.valor))
        }
    };
    let pix = Received {
        e2eid,
        txid,
        chave,
        valor,
        horario_ms: now_ms,
        devolucoes: Vec::new(),
    };
    received::settle(db, &pix)?;
    let early = callback::notify(db, &pix, delivery, now_ms)?;
    Ok((pix, early))
}
