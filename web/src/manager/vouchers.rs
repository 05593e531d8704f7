use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage/vouchers`
#[derive(Debug, Clone)]
pub struct VouchersPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_redeem: bool,
    pub said: VoucherSaid,
    /// Good still, the first to end first.
    pub open: Vec<OpenVoucherRow>,
    pub last: Vec<VoucherRow>,
}

#[derive(Debug, Clone)]
pub struct VoucherRow {
    pub source: VoucherSource,
    pub amount: Centavos,
    pub ended_ms: UnixMs,
    /// Nobody came with it.
    pub expired: bool,
}

#[derive(Debug, Clone)]
pub struct OpenVoucherRow {
    pub source: VoucherSource,
    pub amount: Centavos,
    pub given_ms: UnixMs,
    pub until_ms: UnixMs,
}

/// What a voucher was given for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherSource {
    /// A finder's part of this rental's deposit.
    Rental(String),
    /// The prize of this rank; none of a certain prize.
    Campaign {
        id: String,
        name: String,
        rank: Option<u32>,
    },
}

/// What became of the code that was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VoucherSaid {
    Nothing,
    Done(Centavos),
    Refused(VoucherError),
    /// It is good, and a dock may redeem it too.
    Held(HeldVoucher),
    /// A manager freed this one: it can be accepted now.
    Freed(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldVoucher {
    /// As it was typed.
    pub code: String,
    pub dock_name: String,
    /// When the dock's device was heard last.
    pub heard_ms: UnixMs,
    pub why: HeldWhy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeldWhy {
    /// It was asked back; the dock has not answered yet.
    Asked,
    /// Its journal has a gap, in which it may have been used.
    Doubtful,
    /// Its device serves no dock any more.
    Gone,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoucherError {
    Unknown,
    Used,
    Early,
    Held,
    Expired,
    /// The winner was disqualified after it was made.
    Lost,
}

#[derive(Template)]
#[template(path = "manager/vouchers.html")]
struct VouchersTemplate<'a> {
    p: &'a VouchersPage,
    t: &'static Text,
    here: &'static str,
}

impl VouchersPage {
    pub fn render(&self) -> String {
        html(&VouchersTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "rescues",
        })
    }

    fn refused(&self) -> Option<VoucherError> {
        match self.said {
            VoucherSaid::Refused(error) => Some(error),
            _ => None,
        }
    }

    /// What stands in the field: the code that can be accepted now.
    fn typed(&self) -> &str {
        match &self.said {
            VoucherSaid::Freed(code) => code,
            _ => "",
        }
    }

    fn held(&self, held: &HeldVoucher) -> String {
        let w = &self.frame.lang.text().rescues;
        let heard = self.frame.when(&held.heard_ms);
        (w.voucher_held)(held.why, &held.dock_name, &heard)
    }
}

impl HeldWhy {
    /// A person may take it back on their own word.
    fn may_free(self) -> bool {
        self != Self::Asked
    }
}
