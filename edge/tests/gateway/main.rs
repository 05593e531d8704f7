//! The real `volta-gateway` against a small cloud and a small broker of the tests' own.

// `cfg(test)` tells clippy that helpers of tests are tests too.
#[cfg(test)]
mod broker;
#[cfg(test)]
mod cloud;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod dark;
#[cfg(test)]
mod downlink;
#[cfg(test)]
mod enrolment;
#[cfg(test)]
mod full_disk;
#[cfg(test)]
mod manager;
#[cfg(test)]
mod program;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod stranded;
#[cfg(test)]
mod technician;
#[cfg(test)]
mod uplink;
#[cfg(test)]
mod vouchers;
#[cfg(test)]
mod watchdog;
#[cfg(test)]
mod witness;
