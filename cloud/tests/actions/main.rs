//! What the cloud does, told as steps of the domain against a real store.

mod batches;
mod enrolment;
mod journey;
mod payments;
mod property;
mod refunds;
mod rejections;
mod releases;
mod returns;
mod storage;
mod world;
