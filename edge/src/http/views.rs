//! From the gateway's own words to those of the pages.

use crate::config::{Setting, SettingValue};
use crate::status as inner;
use edge_core::io::{StorageLevel, SyncFailure, TestStep};
use shared::ids::BayNo;
use shared::witness::{Promise, Witnessed};
use web::edge::status as view;
use web::edge::technician::{bays, settings, system, trial};
use web::edge::witness;

pub(super) fn enrolment(enrolling: &inner::Enrolling) -> view::Stage {
    match enrolling {
        inner::Enrolling::CodeMissing => view::Stage::EnrolmentCodeMissing,
        inner::Enrolling::Asking => view::Stage::EnrolmentAsking,
        inner::Enrolling::Unreachable => view::Stage::EnrolmentUnreachable,
        inner::Enrolling::Refused { title, detail } => view::Stage::EnrolmentRefused {
            title: title.clone(),
            detail: detail.clone(),
        },
    }
}

pub(super) fn serving(serving: &inner::Serving) -> view::Serving {
    view::Serving {
        store_name: serving.store_name.clone(),
        dock_name: serving.dock_name.clone(),
        dock_url: serving.dock_url.clone(),
        in_service: serving.service.is_some(),
        uplink: uplink(&serving.uplink),
        bays: serving.bays.iter().map(bay).collect(),
    }
}

pub(super) fn testable_bays(serving: &inner::Serving) -> Vec<bays::TestableBay> {
    let tested = serving.test.as_ref();
    let tested = tested.filter(|(test, _)| test.verdict.is_none());
    let tested = tested.map(|(test, _)| test.bay);
    let testable = |view: &inner::BayView| bays::TestableBay {
        under_test: tested == Some(view.snapshot.bay),
        bay: bay(view),
    };
    serving.bays.iter().map(testable).collect()
}

/// Where the test of this bay stands.
pub(super) fn trial(serving: &inner::Serving, bay: BayNo) -> trial::Stage {
    let idle = |elsewhere| trial::Stage::Idle { elsewhere };
    let Some((test, left_ms)) = &serving.test else {
        return idle(None);
    };
    let at = |step| trial::Stage::At {
        step,
        seconds_left: left_ms.div_ceil(1000),
    };
    match (test.verdict, test.step) {
        (None, _) if test.bay != bay => idle(Some(test.bay)),
        (Some(_), _) if test.bay != bay => idle(None),
        (Some(verdict), _) => trial::Stage::Over(verdict),
        (None, TestStep::Lamp) => at(trial::Step::Lamp),
        (None, TestStep::Sound) => at(trial::Step::Sound),
        (None, TestStep::Bolt) => at(trial::Step::Bolt),
        (None, TestStep::Presence) => at(trial::Step::Presence),
        (None, TestStep::Reader) => at(trial::Step::Reader),
        (None, TestStep::Done) => idle(None),
    }
}

pub(super) fn machine(serving: &inner::Serving) -> system::Serving {
    let age_ms = serving.oldest_unacked_ms;
    let age_ms = age_ms.map(|age_ms| i64::try_from(age_ms).unwrap_or(i64::MAX));
    system::Serving {
        gateway: serving.gateway.to_string(),
        boot: serving.boot,
        dock_url: serving.dock_url.clone(),
        uplink: uplink(&serving.uplink),
        downlink_connected: serving.downlink_connected,
        head_seq: serving.head_seq,
        acked_seq: serving.acked_seq,
        backlog_since: age_ms.map(|age_ms| serving.at.plus(age_ms.saturating_neg())),
        quarantined: serving.quarantined.clone(),
        at: serving.at,
        clock: serving.clock,
        clock_offset_ms: serving.clock_offset_ms,
        clock_floor: serving.clock_floor,
        level: match serving.storage.level {
            StorageLevel::Ample => system::Level::Ample,
            StorageLevel::Low => system::Level::Low,
            StorageLevel::Full => system::Level::Full,
        },
        journal_bytes: serving.journal_bytes,
        list: serving.allowance.as_ref().map(|list| system::List {
            version: list.header.version,
            issued: list.header.issued_ms,
            allow: list.header.allow,
            deny: list.header.deny,
            technicians: list
                .header
                .technicians
                .iter()
                .map(|technician| technician.name.clone())
                .collect(),
        }),
        spent: serving.exposure.spent,
        limit: serving.exposure.limit,
        open_cards: serving.exposure.open_cards,
        witnessed: witnessed(serving),
    }
}

/// What the gateway stands witness for.
pub(super) fn witnessed(serving: &inner::Serving) -> Vec<witness::Witnessed> {
    let list = |promise: &Promise| witness::List {
        entries: promise.commitment.n,
        root: promise.commitment.root,
        rules: promise.commitment.rules_hash,
    };
    let view = |it: &Witnessed| witness::Witnessed {
        name: it.name.clone(),
        list: list(&it.promise),
        seen: it.seen_ms,
        clock: it.clock,
        other: it
            .contradicted
            .as_ref()
            .map(|(other, at)| (list(other), *at)),
    };
    serving.witnessed.iter().map(view).collect()
}

pub(super) fn setting(setting: &Setting) -> settings::Setting {
    settings::Setting {
        name: setting.name.clone(),
        value: match &setting.value {
            SettingValue::Plain(text) => settings::Value::Plain(text.clone()),
            SettingValue::Masked => settings::Value::Masked,
            SettingValue::Empty => settings::Value::Empty,
        },
        help: setting.help.clone(),
    }
}

fn uplink(uplink: &inner::Uplink) -> view::Uplink {
    match *uplink {
        inner::Uplink::NotYet => view::Uplink::NotYet,
        inner::Uplink::Answered { last_ms } => view::Uplink::Answered { last: last_ms },
        inner::Uplink::Failing {
            failure,
            since_ms,
            attempts,
        } => view::Uplink::Failing {
            cause: match failure {
                SyncFailure::Unreachable => view::Cause::Unreachable,
                SyncFailure::CloudError => view::Cause::CloudError,
                SyncFailure::Gap { .. } => view::Cause::Gap,
                SyncFailure::Fork => view::Cause::Fork,
                SyncFailure::NotEnrolled => view::Cause::NotEnrolled,
                SyncFailure::Refused => view::Cause::Refused,
            },
            since: since_ms,
            attempts,
        },
    }
}

fn bay(bay: &inner::BayView) -> view::Bay {
    let snapshot = &bay.snapshot;
    view::Bay {
        bay: snapshot.bay,
        state: snapshot.state,
        carts: snapshot.carts,
        capacity: snapshot.capacity,
        tag: snapshot.tag,
        fault: snapshot.fault,
        contradiction: snapshot.contradiction,
        lamp: bay.signal.map(|signal| signal.lamp),
        bolt_engaged: bay.sensors.bolt_engaged,
        present: bay.sensors.present,
        read: bay.sensors.tag,
        failing: bay.sensors.failing.iter().copied().collect(),
        reader_failures: bay.sensors.reader_failures,
    }
}
