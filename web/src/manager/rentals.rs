use crate::customer::RefundState;
use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{Frame, url};
use askama::Template;
use shared::ids::BayNo;
use shared::money::Centavos;
use shared::time::UnixMs;

/// Rows a page of a list shows: a screen or two, and a bounded query.
pub const PAGE_ROWS: u64 = 50;

/// `GET /manage/rentals?state=…&q=…&page=…`
#[derive(Debug, Clone)]
pub struct RentalListPage {
    pub frame: Frame,
    pub staff: StaffView,
    pub filter: RentalFilter,
    /// What was searched: cart, rental id, Pix id.
    pub query: String,
    /// From 1.
    pub page: u64,
    /// Of all pages together.
    pub total: u64,
    /// Deposits; for filters about refunds, those refunds.
    pub total_amount: Centavos,
    pub rows: Vec<RentalRow>,
}

#[derive(Debug, Clone)]
pub struct RentalRow {
    pub id: String,
    pub state: RentalState,
    pub refund: Option<RefundState>,
    pub dock_name: String,
    pub store_name: String,
    pub bay: Option<BayNo>,
    pub cart_label: Option<String>,
    pub deposit: Centavos,
    pub started_ms: UnixMs,
    pub cpf_masked: Option<String>,
    /// Begun by a member card: nothing was charged.
    pub by_card: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RentalState {
    AwaitingPayment,
    Paid,
    Out,
    Returned,
    Closed,
    Expired,
    Cancelled,
    Abandoned,
    /// Another person brought the cart: the deposit was divided.
    Rescued,
}

impl RentalState {
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::AwaitingPayment | Self::Expired | Self::Cancelled => "calm",
            Self::Paid | Self::Out | Self::Returned => "busy",
            Self::Closed | Self::Rescued => "good",
            Self::Abandoned => "bad",
        }
    }
}

/// Which rentals a list shows. `Held`, `Refunding` and `RefundedToday` are the rows behind totals.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RentalFilter {
    #[default]
    All,
    AwaitingPayment,
    Paid,
    Out,
    /// Paid, out, abandoned, or back under review: their deposits are held.
    Held,
    /// A refund is owed and not settled.
    Refunding,
    RefundDelayed,
    Review,
    /// The refund was settled since midnight.
    RefundedToday,
    Closed,
    Expired,
    Cancelled,
    Abandoned,
    Rescued,
}

impl RentalFilter {
    pub const ALL: [Self; 14] = [
        Self::All,
        Self::AwaitingPayment,
        Self::Paid,
        Self::Out,
        Self::Held,
        Self::Refunding,
        Self::RefundDelayed,
        Self::Review,
        Self::RefundedToday,
        Self::Closed,
        Self::Expired,
        Self::Cancelled,
        Self::Abandoned,
        Self::Rescued,
    ];

    /// The value of `?state=`.
    pub fn key(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::AwaitingPayment => "awaiting-payment",
            Self::Paid => "paid",
            Self::Out => "out",
            Self::Held => "held",
            Self::Refunding => "refunding",
            Self::RefundDelayed => "refund-delayed",
            Self::Review => "review",
            Self::RefundedToday => "refunded-today",
            Self::Closed => "closed",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
            Self::Abandoned => "abandoned",
            Self::Rescued => "rescued",
        }
    }

    /// An absent or unknown `?state=` shows all.
    pub fn from_key(key: Option<&str>) -> Self {
        Self::ALL
            .into_iter()
            .find(|filter| Some(filter.key()) == key)
            .unwrap_or_default()
    }

    pub fn href(self) -> String {
        format!("/manage/rentals?state={}", self.key())
    }
}

#[derive(Template)]
#[template(path = "manager/rentals.html")]
struct ListTemplate<'a> {
    p: &'a RentalListPage,
    t: &'static Text,
    here: &'static str,
}

impl RentalListPage {
    pub fn render(&self) -> String {
        html(&ListTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "rentals",
        })
    }

    fn pages(&self) -> u64 {
        self.total.div_ceil(PAGE_ROWS).max(1)
    }

    fn page_href(&self, page: &u64) -> String {
        format!(
            "{}&q={}&page={page}",
            self.filter.href(),
            url::query_value(&self.query)
        )
    }

    fn before(&self) -> Option<u64> {
        (self.page > 1).then(|| self.page - 1)
    }

    fn after(&self) -> Option<u64> {
        (self.page < self.pages()).then(|| self.page + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_is_its_key() {
        for filter in RentalFilter::ALL {
            assert_eq!(RentalFilter::from_key(Some(filter.key())), filter);
        }
        assert_eq!(
            RentalFilter::from_key(Some("DROP TABLE")),
            RentalFilter::All
        );
        assert_eq!(RentalFilter::from_key(None), RentalFilter::All);
    }
}
