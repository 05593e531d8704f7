use crate::manager::{PAGE_ROWS, StaffView};
use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{Frame, url};
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /manage/cards?state=…&q=…&page=…`: what cards may cost at worst, and the cards.
#[derive(Debug, Clone)]
pub struct CardsPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub may_change: bool,
    pub risk: RiskView,
    pub filter: CardFilter,
    pub query: String,
    /// From 1.
    pub page: u64,
    pub total: u64,
    pub rows: Vec<CardRow>,
    /// What was typed into the form, given back beside its error.
    pub form: CardForm,
}

#[derive(Debug, Clone, Default)]
pub struct CardForm {
    pub holder: String,
    pub error: Option<CardError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardError {
    Number,
    Holder,
    Cpf,
    TooMany,
}

/// The most that can be lost by member cards, in all and a dock.
#[derive(Debug, Clone)]
pub struct RiskView {
    pub worst: Centavos,
    pub docks: Vec<RiskRow>,
}

#[derive(Debug, Clone)]
pub struct RiskRow {
    pub dock_name: String,
    pub dock_code: String,
    /// Another device serves the dock now; this one has not told everything.
    pub replaced: bool,
    /// The newest list it was given; none where it never had one.
    pub list: Option<u64>,
    /// The highest limit a day that it may go by.
    pub limit: Centavos,
    /// Its days that may be used up without word, and what they cost.
    pub days: u64,
    pub untold: Centavos,
    pub out_count: u64,
    pub out: Centavos,
    pub worst: Centavos,
}

#[derive(Debug, Clone)]
pub struct CardRow {
    /// Names it in addresses.
    pub key: String,
    pub ending: String,
    pub holder: String,
    pub has_person: bool,
    pub denied: bool,
    pub changed_ms: UnixMs,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum CardFilter {
    #[default]
    All,
    Active,
    Denied,
}

impl CardFilter {
    pub const ALL: [Self; 3] = [Self::All, Self::Active, Self::Denied];

    /// The value of `?state=`.
    pub fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Active => "active",
            Self::Denied => "denied",
        }
    }

    /// An absent or unknown `?state=` shows all.
    pub fn from_key(key: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|filter| Some(filter.key()) == key)
            .unwrap_or_default()
    }
}

#[derive(Template)]
#[template(path = "manager/cards.html")]
struct CardsTemplate<'a> {
    p: &'a CardsPage,
    t: &'static Text,
    here: &'static str,
}

impl CardsPage {
    pub fn render(&self) -> String {
        html(&CardsTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "cards",
        })
    }

    fn wrong(&self, field: CardError) -> bool {
        self.form.error == Some(field)
    }

    fn pages(&self) -> u64 {
        self.total.div_ceil(PAGE_ROWS).max(1)
    }

    fn before(&self) -> Option<u64> {
        (self.page > 1).then(|| self.page - 1)
    }

    fn after(&self) -> Option<u64> {
        (self.page < self.pages()).then(|| self.page + 1)
    }

    fn page_href(&self, page: &u64) -> String {
        format!(
            "/manage/cards?state={}&q={}&page={page}",
            self.filter.key(),
            url::query_value(&self.query)
        )
    }
}

impl CardError {
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::Number | Self::TooMany => "number",
            Self::Holder => "holder",
            Self::Cpf => "cpf",
        }
    }
}
