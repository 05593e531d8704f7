//! `volta-gateway`: one dock's gateway.

use clap::{CommandFactory as _, FromArgMatches as _};
use edge::Config;
use edge::config::{LogFormat, settings};
use edge::technician::Cli;
use std::io::{self, IsTerminal as _};
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("nothing before this line chooses a provider");
    let matches = Cli::command().get_matches();
    let Cli { mut config, tool } =
        Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    if let Some(tool) = tool {
        return match tool.run() {
            Ok(line) => {
                println!("{line}");
                ExitCode::SUCCESS
            }
            Err(error) => refuse(&error.to_string()),
        };
    }
    config.settings = settings(&matches);
    if let Err(reason) = log(&config) {
        return refuse(&reason);
    }
    if config.coils_off {
        edge::coils_off(&config);
        return ExitCode::SUCCESS;
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
    let data_dir = config.data_dir.clone();
    match edge::run(config, listener, asked_to_stop()).await {
        Ok(()) if edge::renewal::is_due(&data_dir) => start_anew(),
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => refuse(&failure.to_string()),
    }
}

fn log(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log)
        .map_err(|error| format!("VOLTA_GATEWAY_LOG is not a log filter: {error}"))?;
    let lines = fmt::layer()
        .with_ansi(io::stderr().is_terminal())
        .with_writer(io::stderr);
    let lines = match config.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().boxed(),
    };
    let kept = fmt::layer()
        .with_ansi(false)
        .with_writer(config.logs.clone());
    tracing_subscriber::registry()
        .with(filter)
        .with(lines)
        .with(kept)
        .init();
    Ok(())
}

/// The same program with the same arguments in this very process, so that whoever waits for it need
/// not notice: it has become another gateway.
fn start_anew() -> ExitCode {
    let program = std::env::current_exe();
    let error = match program {
        Ok(program) => Command::new(program)
            .args(std::env::args_os().skip(1))
            .exec(),
        Err(error) => error,
    };
    refuse(&format!(
        "cannot start anew: {error}. Start the gateway again"
    ))
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
