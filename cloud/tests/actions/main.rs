//! What the cloud does, told as steps of the domain against a real store.

mod backup;
mod batches;
mod cards;
mod custody;
mod dark_releases;
mod enrolment;
mod handed_out;
mod journey;
mod payments;
mod persons;
mod property;
mod receipts;
mod refunds;
mod rejections;
mod releases;
mod returns;
mod service;
mod storage;
mod world;
