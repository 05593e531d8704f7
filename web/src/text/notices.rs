use crate::customer::ContactError;
use crate::notice::{Facts, NoticeChannel, NoticeEnded, NoticeKind, Said};
use crate::text::{Counted, Named, With};

type Str = &'static str;

/// Telling the payer: the words of notices, and of the page that asks where to send them.
pub struct NoticesText {
    pub said: fn(&NoticeKind, &Facts<'_>) -> Said,
    pub channel: Named<NoticeChannel>,
    pub kind: Named<NoticeKind>,
    pub ended: Named<NoticeEnded>,
    pub open_page: Str,
    pub mail_why: Counted,
    pub invite: Str,
    pub invite_help: Str,
    pub given: Str,
    pub given_help: Str,
    pub title: Str,
    pub lead: With,
    pub not_now: Str,
    pub saved: Str,
    pub mail_label: Str,
    pub mail_help: Str,
    pub mail_button: Str,
    pub mail_given: With,
    pub phone_label: Str,
    pub phone_help: Str,
    pub phone_button: Str,
    pub phone_given: With,
    pub push_title: Str,
    pub push_help: Str,
    pub push_button: Str,
    pub push_given: Str,
    pub push_denied: Str,
    pub push_failed: Str,
    pub error_title: Str,
    pub error: Named<ContactError>,
    pub kept: Counted,
    pub forget: Str,
    pub back: Str,
}
