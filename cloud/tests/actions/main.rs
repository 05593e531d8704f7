//! What the cloud does, told as steps of the domain against a real store.

mod backup;
mod batches;
mod cards;
mod custody;
mod dark_releases;
mod enrolment;
mod handed_out;
mod journey;
mod notices;
mod payments;
mod payouts;
mod persons;
mod policies;
mod property;
mod receipts;
mod refund_life;
mod refunds;
mod rejections;
mod releases;
mod rescues;
mod returns;
mod service;
mod statements;
mod storage;
mod strays;
mod world;
