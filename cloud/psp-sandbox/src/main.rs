//! `volta-bank`: the sandbox bank as its own process.

use clap::Parser;
use psp_sandbox::{Config, serve};
use std::io::IsTerminal;
use std::process::ExitCode;
use tokio::net::TcpListener;
use tracing_subscriber::EnvFilter;

#[tokio::main]
async fn main() -> ExitCode {
    let config = Config::parse();
    let filter = match EnvFilter::try_new(&config.log) {
        Ok(filter) => filter,
        Err(error) => return refuse(&format!("VOLTA_BANK_LOG is not a log filter: {error}")),
    };
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr)
        // It would report a closed stderr on stderr, and panic there.
        .log_internal_errors(false)
        .init();
    let listener = match TcpListener::bind(config.listen).await {
        Ok(listener) => listener,
        Err(error) => {
            return refuse(&format!(
                "cannot listen on {}: {error}. Stop what holds that port or set VOLTA_BANK_LISTEN",
                config.listen
            ));
        }
    };
    match serve(config, listener, asked_to_stop()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => refuse(&error.to_string()),
    }
}

fn refuse(reason: &str) -> ExitCode {
    eprintln!("volta-bank: {reason}");
    ExitCode::FAILURE
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
