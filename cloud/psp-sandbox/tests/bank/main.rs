//! The bank over real HTTP. Every exchange with `/v2` is held against the Central Bank's own
//! specification where that file is present (see `conformance`).

#[cfg(test)]
mod app;
#[cfg(test)]
mod callbacks;
#[cfg(test)]
mod cob;
#[cfg(test)]
mod cob_life;
#[cfg(test)]
mod common;
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod control;
#[cfg(test)]
mod devolucao;
#[cfg(test)]
mod envios;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod lists;
#[cfg(test)]
mod own_returns;
#[cfg(test)]
mod process;
#[cfg(test)]
mod specification;
#[cfg(test)]
mod token;
#[cfg(test)]
mod webhook;
