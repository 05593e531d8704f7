//! What the payer was told, over which channel, and what became of it. No address is shown: none is
//! needed to know that somebody was told.

use super::{Placed, Told, placed};
use crate::notices::words::kind_view;
use crate::store::notification::NotificationRow;
use cloud_core::notice::{Channel, Ended, State};
use web::manager::StepKind;
use web::notice::{NoticeChannel, NoticeEnded};

impl Told<'_> {
    pub(super) fn notices(&self) -> Vec<Placed> {
        let rows = self.proofs.notices.iter();
        rows.map(|row| self.notice(row)).collect()
    }

    fn notice(&self, row: &NotificationRow) -> Placed {
        let w = &self.text.notices;
        let what = (w.kind)(&kind_view(row.kind, row.about_ms.unwrap_or(row.created_ms)));
        let channel = (w.channel)(&channel_view(row.channel));
        let (at, kind, why) = match row.state {
            State::Told { at_ms } => (at_ms, StepKind::NoticeTold, None),
            State::Waiting => (
                row.created_ms,
                StepKind::NoticeWaiting,
                row.trouble.as_deref(),
            ),
            State::Ended { why } => {
                let why = Some((w.ended)(&ended_view(why)));
                (row.created_ms, StepKind::NoticeEnded, why)
            }
        };
        let (at, mut step) = placed(at, kind, vec![]);
        step.detail = Some(match why {
            Some(why) => format!("{what} · {channel} ({why})"),
            None => format!("{what} · {channel}"),
        });
        (at, step)
    }
}

pub(in super::super) fn channel_of(code: &str) -> Option<NoticeChannel> {
    let found = Channel::ALL.into_iter().find(|c| c.as_str() == code);
    found.map(channel_view)
}

fn channel_view(channel: Channel) -> NoticeChannel {
    match channel {
        Channel::Mail => NoticeChannel::Mail,
        Channel::Push => NoticeChannel::Push,
        Channel::Messenger => NoticeChannel::Messenger,
    }
}

fn ended_view(why: Ended) -> NoticeEnded {
    match why {
        Ended::Overtaken => NoticeEnded::Overtaken,
        Ended::TooOld => NoticeEnded::TooOld,
        Ended::ContactGone => NoticeEnded::ContactGone,
        Ended::Unreachable => NoticeEnded::Unreachable,
    }
}
