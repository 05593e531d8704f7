use crate::campaign::{self, CampaignMode};
use crate::text::Text;
use crate::ui::frame::html;
use crate::ui::{Frame, qr};
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /premio/{code}`: what a winner, or everybody of a certain prize, gets. The code is its secret.
#[derive(Debug, Clone)]
pub struct PrizePage {
    pub frame: Frame,
    /// Of this address; forms are sent to it.
    pub code: String,
    pub campaign_id: String,
    pub campaign: String,
    pub mode: CampaignMode,
    pub rank: u32,
    pub prize: String,
    pub value: Centavos,
    /// Seven digits; none of a certain prize.
    pub number: Option<String>,
    /// Until then it can be claimed.
    pub claim_until_ms: UnixMs,
    pub claim_days: u32,
    /// Names; empty for every store of the chain.
    pub stores: Vec<String>,
    /// None for a prize that is handed over at the store's desk.
    pub voucher: Option<VoucherView>,
    pub state: PrizeState,
    /// None of a certain prize: no name is published.
    pub consent: Option<ConsentView>,
    /// The answer about the name was just stored.
    pub saved: bool,
}

#[derive(Debug, Clone)]
pub struct VoucherView {
    /// As the till types it.
    pub code: String,
    /// What the till's scanner reads.
    pub scanned: String,
    pub valid_until_ms: UnixMs,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrizeState {
    Ready,
    /// Used at a till, or handed over.
    Redeemed {
        at_ms: UnixMs,
        store_name: String,
    },
    Expired,
    /// The entry was disqualified: the code of the rules and its words.
    Lost {
        code: String,
        text: String,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConsentView {
    /// As it would stand on the page of the campaign.
    pub masked_name: Option<String>,
    pub given: bool,
    /// A name is needed for it, and none was typed.
    pub name_missing: bool,
}

#[derive(Template)]
#[template(path = "customer/prize.html")]
struct PrizeTemplate<'a> {
    p: &'a PrizePage,
    t: &'static Text,
}

impl PrizePage {
    pub fn render(&self) -> String {
        html(&PrizeTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    fn is_certain(&self) -> bool {
        self.mode == CampaignMode::Certain
    }

    fn title(&self) -> &'static str {
        let w = &self.frame.lang.text().prize;
        match (&self.state, self.is_certain()) {
            (PrizeState::Ready, true) => w.certain_title,
            (PrizeState::Ready, false) => w.won_title,
            (PrizeState::Redeemed { .. }, _) => w.redeemed_title,
            (PrizeState::Expired, _) => w.expired_title,
            (PrizeState::Lost { .. }, _) => w.lost_title,
        }
    }

    fn stores(&self) -> String {
        match self.stores.is_empty() {
            true => self.frame.lang.text().raffle.every_store.to_owned(),
            false => self.stores.join(" · "),
        }
    }

    fn number(&self, number: &str) -> String {
        let (series, order) = campaign::series_and_order(number);
        (self.frame.lang.text().raffle.number)(&series, &order)
    }

    fn qr(&self, voucher: &VoucherView) -> String {
        qr::svg(&voucher.scanned, self.frame.lang.text().prize.qr_label)
    }
}
