//! The managers' pages over the real router and a real store, as a browser meets them.

mod books;
mod closing;
mod door;
mod enrolment;
mod live;
mod notices;
mod offline;
mod pages;
mod payouts;
mod persons;
mod policies;
mod raffles;
mod refunds;
mod rescues;
mod sessions;
mod site;
mod txids;

#[path = "../actions"]
mod actions {
    #[expect(
        dead_code,
        unused_imports,
        reason = "the world of the actions' tests can do more than is looked at here"
    )]
    pub(crate) mod world;
}

use actions::world;
