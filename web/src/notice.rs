//! What a payer is told outside the pages: the words of a mail, of a push, of a messenger.

use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{Lang, Zone, money, time};
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// The deposit is at risk from this moment on.
    AbandonmentNear {
        at_ms: UnixMs,
    },
    Abandoned,
    LateReturnRefunded,
    CartBackUnclaimed,
    Rescued,
    ContestUpheld,
    ContestRefused,
    PayoutKeyNeeded,
    PrizeWon,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeChannel {
    Mail,
    Push,
    Messenger,
}

/// Why a notice was not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeEnded {
    Overtaken,
    TooOld,
    ContactGone,
    Unreachable,
}

/// One notice with what its words need. It names nobody.
#[derive(Debug, Clone)]
pub struct Notice {
    pub lang: Lang,
    pub zone: Zone,
    pub now_ms: UnixMs,
    pub kind: NoticeKind,
    pub deposit: Centavos,
    pub store_name: String,
    /// Absolute address of the rental's page.
    pub url: String,
    /// Days after the visit in which the contact is forgotten.
    pub kept_days: u64,
}

/// What the catalogue makes of a kind: a subject, and what follows in paragraphs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub subject: String,
    pub lines: Vec<String>,
}

/// Values of a notice, formatted for its reader.
pub struct Facts<'a> {
    pub deposit: &'a str,
    pub store: &'a str,
    /// The moment it speaks of, where it speaks of one.
    pub when: &'a str,
}

#[derive(Template)]
#[template(path = "customer/notice_mail.html")]
struct MailTemplate<'a> {
    n: &'a Notice,
    said: Said,
    t: &'static Text,
}

impl Notice {
    pub fn said(&self) -> Said {
        let deposit = money::money(self.deposit, self.lang);
        let when = match &self.kind {
            NoticeKind::AbandonmentNear { at_ms } => {
                time::when(*at_ms, self.now_ms, &self.zone, self.lang)
            }
            _ => String::new(),
        };
        let facts = Facts {
            deposit: &deposit,
            store: &self.store_name,
            when: &when,
        };
        (self.lang.text().notices.said)(&self.kind, &facts)
    }

    /// The mail for readers without HTML.
    pub fn plain(&self) -> String {
        let t = &self.lang.text().notices;
        let said = self.said();
        format!(
            "{}\n\n{}: {}\n\n--\n{}\n",
            said.lines.join("\n\n"),
            t.open_page,
            self.url,
            (t.mail_why)(&self.kept_days)
        )
    }

    pub fn mail_html(&self) -> String {
        html(&MailTemplate {
            said: self.said(),
            t: self.lang.text(),
            n: self,
        })
    }

    /// The few words a push shows.
    pub fn short(&self) -> String {
        self.said().lines.into_iter().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: UnixMs = UnixMs(1_795_282_327_000);

    fn notice(lang: Lang, kind: NoticeKind) -> Notice {
        Notice {
            lang,
            zone: Zone::sao_paulo(),
            now_ms: AT,
            kind,
            deposit: Centavos::new(1_050),
            store_name: "Pão & Cia".into(),
            url: "https://volta.example/r/T".into(),
            kept_days: 30,
        }
    }

    #[test]
    fn every_kind_says_where_to_look_and_what_is_at_stake() {
        let kinds = [
            NoticeKind::AbandonmentNear { at_ms: AT },
            NoticeKind::Abandoned,
            NoticeKind::LateReturnRefunded,
            NoticeKind::CartBackUnclaimed,
            NoticeKind::Rescued,
            NoticeKind::ContestUpheld,
            NoticeKind::ContestRefused,
            NoticeKind::PayoutKeyNeeded,
            NoticeKind::PrizeWon,
        ];
        let mut subjects = std::collections::BTreeSet::new();
        for lang in [Lang::Pt, Lang::En] {
            for kind in kinds {
                let notice = notice(lang, kind);
                let said = notice.said();
                assert!(said.subject.len() < 78, "{}", said.subject);
                assert!(subjects.insert(said.subject.clone()), "{}", said.subject);
                let (plain, html) = (notice.plain(), notice.mail_html());
                for text in [&plain, &html] {
                    assert!(text.contains("https://volta.example/r/T"), "{text}");
                    assert!(text.contains("30"), "when the contact is forgotten: {text}");
                }
                assert!(said.lines.iter().all(|line| plain.contains(line)));
                assert!(!html.contains("& Cia"), "escaped: {html}");
                assert_eq!(notice.short(), said.lines[0]);
            }
        }
    }

    #[test]
    fn a_warning_names_the_moment_by_the_shops_clock() {
        let kind = NoticeKind::AbandonmentNear { at_ms: AT };
        let said = notice(Lang::Pt, kind).said();
        assert!(said.subject.contains("14:32"), "{}", said.subject);
        assert!(said.lines[0].contains("10,50"), "{}", said.lines[0]);
    }
}
