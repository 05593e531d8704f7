//! What a technician at the gateway's page orders.

use super::Brain;
use crate::bay::{Bay, Claim, Turn};
use crate::io::{Now, Output, TechnicianOrder, TestView};
use crate::limits::{SERVICE_IDLE_MS, TECHNICIAN_LOCATE_MS};
use shared::event::{Fact, Technician, TechnicianAction};
use shared::ids::BayNo;
use shared::time::MonoMs;

/// The dock is in service: what comes and goes is nobody's.
#[derive(Debug)]
pub(super) struct Service {
    pub(super) by: Technician,
    /// It ends by itself then, later with every order.
    pub(super) until: MonoMs,
}

impl Brain {
    /// Where the guided test stands, or how the last one of this service ended.
    pub fn test_view(&self) -> Option<TestView> {
        self.bays.values().find_map(Bay::test_view)
    }

    pub(super) fn obey(
        &mut self,
        by: Technician,
        order: TechnicianOrder,
        now: Now,
        out: &mut Output,
    ) {
        let at = now.mono;
        let is_outsider = order == TechnicianOrder::Note(TechnicianAction::LockedOut);
        if let Some(service) = self.service.as_mut().filter(|_| !is_outsider) {
            service.until = at.plus(SERVICE_IDLE_MS);
        }
        match order {
            TechnicianOrder::Note(action) => acted(by, action, out),
            TechnicianOrder::SyncNow => {
                self.uplink.wake(at);
                acted(by, TechnicianAction::SyncAsked, out);
            }
            TechnicianOrder::Locate { bay: no } => {
                if let Some(bay) = self.bays.get_mut(&no) {
                    bay.locate(TECHNICIAN_LOCATE_MS, at);
                    acted(by, TechnicianAction::BayLocated { bay: no }, out);
                }
            }
            TechnicianOrder::BeginService => self.begin_service(by, at, out),
            TechnicianOrder::EndService => self.end_service(by, at, out),
            TechnicianOrder::BeginTest { bay } => self.begin_test(by, bay, at, out),
            TechnicianOrder::Confirm { bay, works } => {
                if let Some(bay) = self.bays.get_mut(&bay) {
                    bay.confirm_test(works, &mut Turn::new(at, Claim::Free, out));
                }
            }
            TechnicianOrder::AbandonTest { bay } => {
                if let Some(bay) = self.bays.get_mut(&bay) {
                    bay.abandon_test(&mut Turn::new(at, Claim::Free, out));
                }
            }
        }
    }

    /// Ends a service in which nobody did anything for long.
    pub(super) fn end_idle_service(&mut self, at: MonoMs, out: &mut Output) {
        let idle = self.service.as_ref().filter(|it| at >= it.until);
        if let Some(by) = idle.map(|service| service.by.clone()) {
            self.end_service(by, at, out);
        }
    }

    /// After a power cut in service: whoever had begun it is still there, or it ends by itself.
    pub(super) fn resume_service(&mut self, at: MonoMs, out: &mut Output) {
        if let Some(service) = &mut self.service {
            service.until = at.plus(SERVICE_IDLE_MS);
            for bay in self.bays.values_mut() {
                bay.begin_service(at, out);
            }
        }
    }

    fn begin_service(&mut self, by: Technician, at: MonoMs, out: &mut Output) {
        if self.service.is_some() {
            return;
        }
        acted(by.clone(), TechnicianAction::ServiceBegan, out);
        let until = at.plus(SERVICE_IDLE_MS);
        self.service = Some(Service { by, until });
        for bay in self.bays.values_mut() {
            bay.begin_service(at, out);
        }
    }

    fn end_service(&mut self, by: Technician, at: MonoMs, out: &mut Output) {
        if self.service.take().is_none() {
            return;
        }
        for bay in self.bays.values_mut() {
            bay.end_service(&mut Turn::new(at, Claim::Free, out));
        }
        acted(by, TechnicianAction::ServiceEnded, out);
    }

    /// One test at a time: the technician looks at one bay.
    fn begin_test(&mut self, by: Technician, no: BayNo, at: MonoMs, out: &mut Output) {
        if self.service.is_none() || !self.bays.contains_key(&no) {
            return;
        }
        for bay in self.bays.values_mut() {
            bay.abandon_test(&mut Turn::new(at, Claim::Free, out));
            bay.forget_test();
        }
        let bay = self.bays.get_mut(&no);
        if bay.is_some_and(|bay| bay.begin_test(by.clone(), at)) {
            acted(by, TechnicianAction::TestBegan { bay: no }, out);
        }
    }
}

fn acted(by: Technician, action: TechnicianAction, out: &mut Output) {
    out.records.push(Fact::TechnicianActed { by, action });
}
