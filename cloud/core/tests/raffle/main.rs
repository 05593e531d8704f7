//! The raffle from outside: whole campaigns, as the cloud plays them.

mod bundle;
mod campaign;
mod refused;
mod sample;
mod seasons;
mod winners;
