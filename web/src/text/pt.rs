mod alarms;
mod books;
mod campaigns;
mod customer;
mod inside;
mod manager;
mod notices;
mod offline;
mod papers;
mod payouts;
mod persons;
mod policies;
mod raffle;
mod rescue;

use crate::text::Text;

pub(super) static TEXT: Text = Text {
    common: customer::COMMON,
    dock: customer::DOCK,
    rental: customer::RENTAL,
    pages: customer::PAGES,
    manager: manager::MANAGER,
    carry: offline::CARRY,
    brought: offline::BROUGHT,
    cards: offline::CARDS,
    technicians: offline::TECHNICIANS,
    persons: persons::PERSONS,
    data: persons::DATA,
    books: books::BOOKS,
    payouts: payouts::PAYOUTS,
    policies: policies::POLICIES,
    notices: notices::NOTICES,
    rescue: rescue::RESCUE,
    rescues: rescue::RESCUES,
    raffle: raffle::RAFFLE,
    inside: inside::INSIDE,
    prize: inside::PRIZE,
    campaigns: campaigns::CAMPAIGNS,
    papers: papers::PAPERS,
};
