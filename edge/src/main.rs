//! `volta-gateway`: one dock's gateway.

use clap::Parser as _;
use edge::Config;
use edge::config::LogFormat;
use std::io::{self, IsTerminal as _};
use std::process::ExitCode;
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::EnvFilter;

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("nothing before this line chooses a provider");
    let config = Config::parse();
    if let Err(reason) = log(&config) {
        return refuse(&reason);
    }
    let listener = match TcpListener::bind(config.listen).await {
        Ok(listener) => listener,
        Err(error) => {
            return refuse(&format!(
                "cannot listen on {}: {error}. Stop what holds that port or set VOLTA_GATEWAY_LISTEN",
                config.listen
            ));
        }
    };
    match edge::run(config, listener, asked_to_stop()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => refuse(&failure.to_string()),
    }
}

fn log(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| format!("VOLTA_GATEWAY_LOG is not a log filter: {error}"))?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => lines.init(),
        LogFormat::Json => lines.json().init(),
    }
    Ok(())
}

fn refuse(reason: &str) -> ExitCode {
    eprintln!("volta-gateway: {reason}");
    ExitCode::FAILURE
}

/// Listens from the call on, so that no early signal ends the process unasked.
fn asked_to_stop() -> impl Future<Output = ()> {
    let terminate = signal(SignalKind::terminate());
    let interrupt = signal(SignalKind::interrupt());
    async {
        tokio::select! {
            () = received(terminate) => {}
            () = received(interrupt) => {}
        }
    }
}

async fn received(signal: io::Result<Signal>) {
    match signal {
        Ok(mut signal) => {
            signal.recv().await;
        }
        Err(_) => std::future::pending().await,
    }
}
