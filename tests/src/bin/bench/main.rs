//! Figures, each beside a baseline measured in the same run. Machines are noisy: quote the ratios.

mod books;
mod cards;
mod drain;
mod edge_path;
mod grant_path;
mod kills;
mod matrix;
mod network;
mod report;
mod returns;
mod storm;
mod verifier;

use std::error::Error;

/// `bench [returns|grant|edge|network|drain|start|storm|kills|matrix|cards|verifier]…`; without a name, all
/// but the storm, the kills and the matrix.
fn main() -> Result<(), Box<dyn Error>> {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let runs = |name: &str| wanted.is_empty() || wanted.iter().any(|w| w == name);
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        return Err("a TLS provider was installed already".into());
    }
    tracing_subscriber::fmt()
        .with_env_filter("warn,rumqttd=off,rumqttc=off")
        .with_writer(std::io::stderr)
        .init();
    report::machine();
    if runs("returns") {
        returns::run()?;
    }
    if runs("grant") {
        grant_path::run()?;
    }
    if runs("edge") {
        edge_path::run()?;
    }
    if runs("cards") {
        cards::run()?;
    }
    if runs("network") {
        network::run()?;
    }
    if runs("drain") {
        drain::run()?;
    }
    if runs("start") {
        drain::start()?;
    }
    if runs("verifier") {
        verifier::run()?;
    }
    if wanted.iter().any(|name| name == "storm") {
        storm::run()?;
    }
    if wanted.iter().any(|name| name == "kills") {
        kills::run()?;
    }
    if wanted.iter().any(|name| name == "matrix") {
        matrix::run()?;
    }
    Ok(())
}
