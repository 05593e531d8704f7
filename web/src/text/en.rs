mod customer;
mod manager;

use crate::text::Text;

pub(super) static TEXT: Text = Text {
    common: customer::COMMON,
    dock: customer::DOCK,
    rental: customer::RENTAL,
    pages: customer::PAGES,
    manager: manager::MANAGER,
};
