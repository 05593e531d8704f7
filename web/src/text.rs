//! The catalogue: every word a reader sees, in both languages. A missing message does not compile.

mod books;
mod campaigns;
mod customer;
mod en;
mod manager;
mod notices;
mod offline;
mod payouts;
mod persons;
mod policies;
mod pt;
mod raffle;
mod rescue;

pub use books::BooksText;
pub use campaigns::{CampaignsText, PapersText};
pub use customer::{CommonText, DockText, PagesText, RentalText};
pub use manager::{DashboardText, DetailText, ManagerText, SignInText};
pub use notices::NoticesText;
pub use offline::{BroughtText, CardsText, CarryText, TechniciansText};
pub use payouts::PayoutsText;
pub use persons::{DataText, PersonsText};
pub use policies::PoliciesText;
pub use raffle::{InsideText, PrizeText, RaffleText};
pub use rescue::{RescueText, RescuesText};

use crate::ui::Lang;
use std::fmt::Display;

/// A message with one value in it; values arrive already formatted.
pub type With = fn(&dyn Display) -> String;
pub type WithTwo = fn(&dyn Display, &dyn Display) -> String;
/// A message that depends on how many there are.
pub type Counted = fn(&u64) -> String;
/// The words for each case of `T`.
pub type Named<T> = fn(&T) -> &'static str;

pub struct Text {
    pub common: CommonText,
    pub dock: DockText,
    pub rental: RentalText,
    pub pages: PagesText,
    pub manager: ManagerText,
    pub carry: CarryText,
    pub brought: BroughtText,
    pub cards: CardsText,
    pub technicians: TechniciansText,
    pub persons: PersonsText,
    pub data: DataText,
    pub books: BooksText,
    pub payouts: PayoutsText,
    pub policies: PoliciesText,
    pub notices: NoticesText,
    pub rescue: RescueText,
    pub rescues: RescuesText,
    pub raffle: RaffleText,
    pub inside: InsideText,
    pub prize: PrizeText,
    pub campaigns: CampaignsText,
    pub papers: PapersText,
}

impl Lang {
    pub fn text(self) -> &'static Text {
        match self {
            Self::Pt => &pt::TEXT,
            Self::En => &en::TEXT,
        }
    }
}
