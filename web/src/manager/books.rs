use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

mod csv;

/// `GET /manage/books`: what waits for a person, then the days, the latest first.
#[derive(Debug, Clone)]
pub struct BooksPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_release: bool,
    pub held: Vec<StrayRow>,
    /// Those that went back, or are on their way.
    pub passed: Vec<StrayRow>,
    pub days: Vec<DayRow>,
    /// The day from which older ones are listed.
    pub older: Option<String>,
}

/// A Pix that no charge explains.
#[derive(Debug, Clone)]
pub struct StrayRow {
    pub e2eid: String,
    pub amount: Centavos,
    pub settled_ms: UnixMs,
    pub state: StrayState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum StrayState {
    HeldAboveLimit,
    HeldReturnUnderWay,
    /// It may have been paid to another key of the account.
    HeldKeyNotNamed,
    /// It was found days after it came.
    HeldLongAgo,
    Due,
    Returned,
}

#[derive(Debug, Clone)]
pub struct DayRow {
    /// `2026-11-20`
    pub day: String,
    /// Its first moment.
    pub from_ms: UnixMs,
    pub version: u32,
    pub received: Centavos,
    pub returned: Centavos,
    /// Held, owed and without charge at its end.
    pub kept: Centavos,
    pub differences: u64,
}

/// `GET /manage/books/{day}?version=…`
#[derive(Debug, Clone)]
pub struct DayPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub row: DayRow,
    pub made_ms: UnixMs,
    /// Every version there is, the latest first, with when it was made.
    pub versions: Vec<(u32, UnixMs)>,
    pub sums: Vec<SumRow>,
    pub differences: Vec<DifferenceRow>,
    /// The bank's list as it was read.
    pub lines: Vec<LineRow>,
}

/// One figure by both books; what only the ledger can say has no bank's.
#[derive(Debug, Clone)]
pub struct SumRow {
    pub kind: SumKind,
    pub ledger: Centavos,
    pub bank: Option<Centavos>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SumKind {
    Received,
    Returned,
    Sent,
    SentBack,
    HeldAtStart,
    HeldAtEnd,
    OwedAtStart,
    OwedAtEnd,
    StrayAtStart,
    StrayAtEnd,
    PayableAtStart,
    PayableAtEnd,
    PrizeAtStart,
    PrizeAtEnd,
    ShopAtStart,
    ShopAtEnd,
}

#[derive(Debug, Clone)]
pub struct DifferenceRow {
    pub kind: DifferenceKind,
    pub e2eid: Option<String>,
    pub refund: Option<String>,
    pub ledger: Centavos,
    pub bank: Centavos,
    /// What the bank has more.
    pub gap: Centavos,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DifferenceKind {
    PixNotInLedger,
    PixNotAtBank,
    PixAmount,
    RefundNotInLedger,
    RefundUnknown,
    RefundNotAtBank,
    RefundAmount,
    PayoutNotInLedger,
    PayoutNotAtBank,
    PayoutAmount,
    AnotherDay,
    Unreadable,
    Uneven,
}

/// A Pix or a devolução that the bank listed.
#[derive(Debug, Clone)]
pub struct LineRow {
    /// We sent it to a person; then the id is ours.
    pub sent: bool,
    pub e2eid: String,
    pub refund: Option<String>,
    pub amount: Centavos,
    pub settled_ms: Option<UnixMs>,
}

#[derive(Template)]
#[template(path = "manager/books.html")]
struct BooksTemplate<'a> {
    p: &'a BooksPage,
    t: &'static Text,
    here: &'static str,
}

#[derive(Template)]
#[template(path = "manager/day.html")]
struct DayTemplate<'a> {
    p: &'a DayPage,
    t: &'static Text,
    here: &'static str,
}

impl BooksPage {
    pub fn render(&self) -> String {
        html(&BooksTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "books",
        })
    }
}

impl DayPage {
    pub fn render(&self) -> String {
        html(&DayTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "books",
        })
    }

    /// The statement as a file that a spreadsheet opens: see `csv.rs` for its form.
    pub fn csv(&self) -> String {
        csv::written(self)
    }

    fn csv_href(&self) -> String {
        format!(
            "/manage/books/{}/csv?version={}",
            self.row.day, self.row.version
        )
    }

    fn is_latest(&self) -> bool {
        self.versions
            .first()
            .is_none_or(|(version, _)| *version == self.row.version)
    }
}

impl DayRow {
    fn href(&self) -> String {
        format!("/manage/books/{}", self.day)
    }
}

impl StrayRow {
    fn class(&self) -> &'static str {
        match self.state {
            StrayState::HeldAboveLimit
            | StrayState::HeldReturnUnderWay
            | StrayState::HeldKeyNotNamed
            | StrayState::HeldLongAgo => "bad",
            StrayState::Due => "busy",
            StrayState::Returned => "good",
        }
    }
}
