//! Faults on demand: which are armed, and which of them the next operation meets. They live in
//! memory, so a restarted bank is a healthy one; what they already decided stays in the book.

use crate::operation::Operation;
use serde::{Deserialize, Serialize};
use std::sync::{Mutex, MutexGuard, PoisonError};

const FAULTS_MAX: usize = 50; // the page lists them all
const PAUSE_MS_MAX: u64 = 600_000; // longer than any client's patience
const REPEAT_MAX: u32 = 20; // callbacks for one fact
const MOTIVO_CHARS_MAX: usize = 140; // API Pix: `motivo`
const WORDS_CHARS_MAX: usize = 500; // what banks write into an error

/// One fault. JSON: `{"kind": "latency", "latency_ms": 500, "operation": "cob.put", "times": 2}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    #[serde(flatten)]
    pub kind: FaultKind,
    /// Only this operation; absent: every one the kind makes sense for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<Operation>,
    /// Only the next so many; absent: until disarmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum FaultKind {
    /// Waits before it does anything.
    Latency {
        latency_ms: u64,
    },
    /// Answers this status and does nothing.
    ErrorBefore {
        #[serde(default = "status_unavailable")]
        status: u16,
        /// What it says with it, in every field that takes words: banks quote whom they refuse.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        words: Option<String>,
    },
    /// Does the work, then answers this status.
    ErrorAfterSuccess {
        #[serde(default = "status_internal")]
        status: u16,
    },
    /// Does the work, holds the answer, then drops the connection without a byte, or answers after all.
    TimeoutAfterSuccess {
        hold_ms: u64,
        #[serde(default)]
        answer: bool,
    },
    /// Delivers the callback before the operation itself is answered; a devolução settles at once.
    CallbackEarly,
    CallbackLate {
        late_ms: u64,
    },
    /// Delivers the same callback this often.
    CallbackRepeat {
        count: u32,
    },
    /// Holds the callback back until the next one is through.
    CallbackShuffle,
    CallbackNever,
    /// Leaves a devolução EM_PROCESSAMENTO until `POST /control/devolucoes/…` settles it.
    DevolucaoStuck,
    /// Leaves a devolução EM_PROCESSAMENTO for `after_ms`, then NAO_REALIZADO.
    DevolucaoRefused {
        #[serde(default = "motivo_refused")]
        motivo: String,
        #[serde(default)]
        after_ms: u64,
    },
    /// Leaves a send EM_PROCESSAMENTO until `POST /control/envios/…` settles it.
    EnvioStuck,
    /// Leaves a send EM_PROCESSAMENTO for `after_ms`, then NAO_REALIZADO.
    EnvioRefused {
        #[serde(default = "motivo_not_sent")]
        motivo: String,
        #[serde(default)]
        after_ms: u64,
    },
    /// The merchant's money is set aside: a devolução or a send finds no balance. The book does not change.
    BalanceEmpty,
    /// An infraction (MED) about this Pix, or any, is open: a devolução is not taken.
    InfractionOpen {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        e2eid: Option<String>,
    },
    /// The window for devoluções is over, whatever the clock says: none is taken.
    WindowOver,
    /// A devolução is not taken because it would exceed the Pix.
    AboveValue,
    /// Lets a customer's payment settle after expiry or removal, as real banks do.
    PayLate,
}

fn status_unavailable() -> u16 {
    503
}

fn status_internal() -> u16 {
    500
}

fn motivo_refused() -> String {
    "Devolução rejeitada pelo banco do pagador (AC03)".to_owned()
}

fn motivo_not_sent() -> String {
    "Conta do recebedor encerrada (AC07)".to_owned()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FaultError {
    #[error("at most {FAULTS_MAX} faults at once: disarm some with DELETE /control/faults")]
    TooMany,
    #[error("latency_ms, hold_ms, late_ms and after_ms are at most {PAUSE_MS_MAX}")]
    PauseTooLong,
    #[error("count must be 1 to {REPEAT_MAX}")]
    Count,
    #[error("status must be 400 to 599")]
    Status,
    #[error("motivo must have 1 to {MOTIVO_CHARS_MAX} characters")]
    Motivo,
    #[error("words have 1 to {WORDS_CHARS_MAX} characters")]
    Words,
    #[error("times must be at least 1")]
    Times,
}

impl Fault {
    /// Everywhere, until disarmed.
    pub fn of(kind: FaultKind) -> Self {
        Self {
            kind,
            operation: None,
            times: None,
        }
    }

    fn check(&self) -> Result<(), FaultError> {
        if self.times == Some(0) {
            return Err(FaultError::Times);
        }
        match &self.kind {
            FaultKind::Latency { latency_ms: pause }
            | FaultKind::TimeoutAfterSuccess { hold_ms: pause, .. }
            | FaultKind::CallbackLate { late_ms: pause }
                if *pause > PAUSE_MS_MAX =>
            {
                Err(FaultError::PauseTooLong)
            }
            FaultKind::DevolucaoRefused { after_ms, .. }
            | FaultKind::EnvioRefused { after_ms, .. }
                if *after_ms > PAUSE_MS_MAX =>
            {
                Err(FaultError::PauseTooLong)
            }
            FaultKind::DevolucaoRefused { motivo, .. } | FaultKind::EnvioRefused { motivo, .. }
                if !(1..=MOTIVO_CHARS_MAX).contains(&motivo.chars().count()) =>
            {
                Err(FaultError::Motivo)
            }
            FaultKind::CallbackRepeat { count } if !(1..=REPEAT_MAX).contains(count) => {
                Err(FaultError::Count)
            }
            FaultKind::ErrorBefore { status, .. } | FaultKind::ErrorAfterSuccess { status }
                if !(400..=599).contains(status) =>
            {
                Err(FaultError::Status)
            }
            FaultKind::ErrorBefore {
                words: Some(words), ..
            } if !(1..=WORDS_CHARS_MAX).contains(&words.chars().count()) => Err(FaultError::Words),
            _ => Ok(()),
        }
    }
}

/// A fault in place: `hits` counts what met it, `fault.times` what is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Armed {
    pub id: u64,
    pub hits: u64,
    #[serde(flatten)]
    pub fault: Fault,
}

#[derive(Debug, Default)]
pub(crate) struct Faults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    next_id: u64,
    armed: Vec<Armed>,
}

impl Faults {
    pub(crate) fn list(&self) -> Vec<Armed> {
        self.state().armed.clone()
    }

    /// All or none.
    pub(crate) fn replace(&self, faults: Vec<Fault>) -> Result<(), FaultError> {
        if faults.len() > FAULTS_MAX {
            return Err(FaultError::TooMany);
        }
        faults.iter().try_for_each(Fault::check)?;
        let mut state = self.state();
        state.armed.clear();
        for fault in faults {
            state.arm(fault);
        }
        Ok(())
    }

    pub(crate) fn add(&self, fault: Fault) -> Result<(), FaultError> {
        fault.check()?;
        let mut state = self.state();
        if state.armed.len() >= FAULTS_MAX {
            return Err(FaultError::TooMany);
        }
        state.arm(fault);
        Ok(())
    }

    pub(crate) fn clear(&self) {
        self.state().armed.clear();
    }

    /// `false` when there is none with that id.
    pub(crate) fn disarm(&self, id: u64) -> bool {
        let mut state = self.state();
        let before = state.armed.len();
        state.armed.retain(|armed| armed.id != id);
        state.armed.len() < before
    }

    /// The first armed fault that `pick` wants for this operation; uses one of its times up.
    pub(crate) fn meet<T>(
        &self,
        operation: Operation,
        pick: impl Fn(&FaultKind) -> Option<T>,
    ) -> Option<T> {
        let mut state = self.state();
        let (at, picked) = state.armed.iter().enumerate().find_map(|(at, armed)| {
            let concerned = armed.fault.operation.is_none_or(|only| only == operation);
            concerned
                .then(|| pick(&armed.fault.kind))
                .flatten()
                .map(|picked| (at, picked))
        })?;
        let armed = &mut state.armed[at];
        armed.hits += 1;
        if let Some(times) = &mut armed.fault.times {
            *times -= 1;
            if *times == 0 {
                state.armed.remove(at);
            }
        }
        Some(picked)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn arm(&mut self, fault: Fault) {
        self.next_id += 1;
        self.armed.push(Armed {
            id: self.next_id,
            hits: 0,
            fault,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latency(kind: &FaultKind) -> Option<u64> {
        match kind {
            FaultKind::Latency { latency_ms } => Some(*latency_ms),
            _ => None,
        }
    }

    #[test]
    fn a_fault_meets_its_operation_so_many_times() {
        let faults = Faults::default();
        let json = r#"{"kind":"latency","latency_ms":5,"operation":"cob.put","times":2}"#;
        faults.add(serde_json::from_str(json).unwrap()).unwrap();
        assert_eq!(faults.meet(Operation::CobGet, latency), None);
        assert_eq!(faults.meet(Operation::CobPut, latency), Some(5));
        assert_eq!(faults.meet(Operation::CobPut, latency), Some(5));
        assert_eq!(faults.meet(Operation::CobPut, latency), None);
        assert!(faults.list().is_empty());
    }

    #[test]
    fn limits_are_named() {
        let faults = Faults::default();
        for (json, error) in [
            (
                r#"{"kind":"latency","latency_ms":600001}"#,
                FaultError::PauseTooLong,
            ),
            (r#"{"kind":"callback_repeat","count":0}"#, FaultError::Count),
            (
                r#"{"kind":"error_before","status":200}"#,
                FaultError::Status,
            ),
            (
                r#"{"kind":"devolucao_refused","motivo":""}"#,
                FaultError::Motivo,
            ),
            (
                r#"{"kind":"error_before","status":400,"words":""}"#,
                FaultError::Words,
            ),
            (r#"{"kind":"pay_late","times":0}"#, FaultError::Times),
        ] {
            assert_eq!(
                faults.add(serde_json::from_str(json).unwrap()),
                Err(error),
                "{json}"
            );
        }
        let many = vec![Fault::of(FaultKind::PayLate); FAULTS_MAX + 1];
        assert_eq!(faults.replace(many), Err(FaultError::TooMany));
        assert!(faults.list().is_empty());
    }
}
