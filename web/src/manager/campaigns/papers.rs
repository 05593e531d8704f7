//! What is printed, signed and sent to the authority.

mod csv;
#[cfg(test)]
mod tests;

use crate::campaign::{
    self, CampaignTerms, CommitmentView, Delivery, DisqualifiedView, ExtractionView, OutcomeView,
    ShuffleState, ShuffleView,
};
use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage/campaigns/{campaign_id}/ata`: the minutes of the draw, with lines for two witnesses.
#[derive(Debug, Clone)]
pub struct MinutesPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub terms: CampaignTerms,
    /// Where the result was established.
    pub place: String,
    pub held_ms: UnixMs,
    pub commitment: CommitmentView,
    /// Who approved the list.
    pub approved_by: Vec<String>,
    pub shuffle: ShuffleView,
    /// Every record; the last one that nothing stands in for decides.
    pub extractions: Vec<ExtractionView>,
    pub outcome: OutcomeView,
    pub disqualified: Vec<DisqualifiedView>,
}

/// `GET /manage/campaigns/{campaign_id}/lista`: the fixed list, a page of it or all of it.
#[derive(Debug, Clone)]
pub struct EntriesPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub terms: CampaignTerms,
    pub commitment: CommitmentView,
    pub rows: Vec<EntryRow>,
    /// From 1; the page is chosen by `?page=`.
    pub page: u64,
    pub pages: u64,
}

/// No name and no CPF: the pseudonym tells which entries are one person's.
#[derive(Debug, Clone)]
pub struct EntryRow {
    /// Place in the list by leaf, from 1.
    pub index: u64,
    /// As on the receipt.
    pub code: String,
    pub returned_ms: UnixMs,
    pub store_name: String,
    /// 32 hexadecimal digits.
    pub pid: String,
    /// 64 hexadecimal digits.
    pub leaf: String,
    /// Seven digits, once shuffled.
    pub number: Option<String>,
}

/// `GET /manage/campaigns/{campaign_id}/contas`
#[derive(Debug, Clone)]
pub struct AccountsPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub terms: CampaignTerms,
    pub drawn_ms: UnixMs,
    pub rows: Vec<AccountRow>,
    pub claim_until_ms: UnixMs,
    /// The income tax on the prizes, and its latest day.
    pub tax: Centavos,
    pub tax_by_ms: UnixMs,
    /// The latest day for the unclaimed value.
    pub union_by_ms: UnixMs,
    pub accounts_by_ms: UnixMs,
    /// The unclaimed value's receipt of payment.
    pub darf_document: Option<String>,
    /// The accounts' protocol number, and when they were sent.
    pub protocol: Option<(String, UnixMs)>,
}

#[derive(Debug, Clone)]
pub struct AccountRow {
    pub rank: u32,
    pub prize: String,
    pub value: Centavos,
    /// Seven digits.
    pub number: Option<String>,
    pub delivery: Delivery,
    /// The signed receipt.
    pub document: Option<String>,
}

/// `GET /manage/campaigns/{campaign_id}/nao-retirados`
#[derive(Debug, Clone)]
pub struct UnclaimedPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub terms: CampaignTerms,
    pub claim_until_ms: UnixMs,
    pub union_by_ms: UnixMs,
    pub rows: Vec<UnclaimedRow>,
}

#[derive(Debug, Clone)]
pub struct UnclaimedRow {
    pub rank: u32,
    pub prize: String,
    pub value: Centavos,
    pub number: Option<String>,
    /// The last notice that went out; none where nobody can be told.
    pub told_ms: Option<UnixMs>,
    pub expired: bool,
}

#[derive(Template)]
#[template(path = "manager/minutes.html")]
struct MinutesTemplate<'a> {
    p: &'a MinutesPage,
    c: &'a CampaignTerms,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/entries.html")]
struct EntriesTemplate<'a> {
    p: &'a EntriesPage,
    c: &'a CampaignTerms,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/accounts.html")]
struct AccountsTemplate<'a> {
    p: &'a AccountsPage,
    c: &'a CampaignTerms,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/unclaimed.html")]
struct UnclaimedTemplate<'a> {
    p: &'a UnclaimedPage,
    c: &'a CampaignTerms,
    t: &'static Text,
    here: &'static str,
}

impl MinutesPage {
    pub fn render(&self) -> String {
        html(&MinutesTemplate {
            p: self,
            c: &self.terms,
            t: self.frame.lang.text(),
            here: "campaigns",
        })
    }

    fn deciding(&self) -> Option<&ExtractionView> {
        let standing = |record: &&ExtractionView| record.stands();
        self.extractions.iter().rev().find(standing)
    }

    fn others(&self) -> Vec<&ExtractionView> {
        let deciding = self.deciding().map(|record| record.sequence);
        let all = self.extractions.iter();
        all.filter(|record| Some(record.sequence) != deciding)
            .collect()
    }

    fn groups(&self, hex: &str) -> String {
        campaign::groups(hex).join(" ")
    }

    fn number(&self, number: &str) -> String {
        numbered(&self.frame, number)
    }
}

impl EntriesPage {
    pub fn render(&self) -> String {
        html(&EntriesTemplate {
            p: self,
            c: &self.terms,
            t: self.frame.lang.text(),
            here: "campaigns",
        })
    }

    /// `rows` as a file for a spreadsheet: UTF-8 with mark, `;`, CRLF.
    pub fn csv(&self) -> String {
        csv::entries(self)
    }

    fn groups(&self, hex: &str) -> String {
        campaign::groups(hex).join(" ")
    }

    fn number(&self, number: &str) -> String {
        numbered(&self.frame, number)
    }

    fn before(&self) -> Option<u64> {
        self.page.checked_sub(1).filter(|page| *page > 0)
    }

    fn after(&self) -> Option<u64> {
        (self.page < self.pages).then(|| self.page.saturating_add(1))
    }
}

impl AccountsPage {
    pub fn render(&self) -> String {
        html(&AccountsTemplate {
            p: self,
            c: &self.terms,
            t: self.frame.lang.text(),
            here: "campaigns",
        })
    }

    /// The prizes as a file for a spreadsheet: UTF-8 with mark, `;`, decimal comma, CRLF.
    pub fn csv(&self) -> String {
        csv::accounts(self)
    }

    fn sum(&self, wanted: fn(&Delivery) -> bool) -> Centavos {
        let rows = self.rows.iter().filter(|row| wanted(&row.delivery));
        Centavos::new(rows.map(|row| row.value.get()).sum())
    }

    fn promised(&self) -> Centavos {
        self.sum(|_| true)
    }

    fn delivered(&self) -> Centavos {
        self.sum(|delivery| matches!(delivery, Delivery::Delivered(_)))
    }

    fn unclaimed(&self) -> Centavos {
        self.sum(|delivery| matches!(delivery, Delivery::Expired(_)))
    }

    fn pending(&self) -> Centavos {
        self.sum(|delivery| matches!(delivery, Delivery::Pending))
    }

    fn number(&self, number: &str) -> String {
        numbered(&self.frame, number)
    }
}

impl UnclaimedPage {
    pub fn render(&self) -> String {
        html(&UnclaimedTemplate {
            p: self,
            c: &self.terms,
            t: self.frame.lang.text(),
            here: "campaigns",
        })
    }

    fn total(&self) -> Centavos {
        Centavos::new(self.rows.iter().map(|row| row.value.get()).sum())
    }

    fn number(&self, number: &str) -> String {
        numbered(&self.frame, number)
    }
}

fn numbered(frame: &Frame, number: &str) -> String {
    let (series, order) = campaign::series_and_order(number);
    (frame.lang.text().raffle.number)(&series, &order)
}
