mod books;
mod customer;
mod manager;
mod offline;
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
    books: books::BOOKS,
    policies: policies::POLICIES,
    rescue: rescue::RESCUE,
    rescues: rescue::RESCUES,
};
