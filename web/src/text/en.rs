mod alarms;
mod books;
mod customer;
mod manager;
mod notices;
mod offline;
mod payouts;
mod persons;
mod policies;
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
};
