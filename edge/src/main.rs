//! `volta-gateway`: one dock's gateway.

use clap::{CommandFactory as _, FromArgMatches as _};
use edge::config::{self, LogFormat, settings};
use edge::technician::Cli;
use edge::{Config, Listening};
use std::io::{self, IsTerminal as _};
use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _, fmt};

/// What the service manager runs after the gateway's end: nothing waits there.
const COILS_OFF: &str = "--coils-off";

#[tokio::main(worker_threads = 2)]
async fn main() -> ExitCode {
    rustls::crypto::ring::default_provider()
        .install_default()
        .expect("nothing before this line chooses a provider");
    let service = edge::is_service() && !std::env::args().any(|it| it == COILS_OFF);
    let told = Cli::command().try_get_matches().and_then(|matches| {
        let cli = Cli::from_arg_matches(&matches)?;
        Ok((matches, cli))
    });
    let (matches, Cli { mut config, tool }) = match told {
        Ok(told) => told,
        Err(error) if service && error.use_stderr() => {
            return wait_for_settings(config::reason(&error)).await;
        }
        Err(error) => error.exit(),
    };
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
        return match service {
            true => wait_for_settings(reason).await,
            false => refuse(&reason),
        };
    }
    if config.coils_off {
        if let Err(error) = edge::coils_off(&config) {
            tracing::error!(%error, "the coils' lines cannot be taken");
        }
        return ExitCode::SUCCESS;
    }
    if service && let Some(reason) = config::left_out(&matches, &config) {
        return wait_for_settings(reason).await;
    }
    let listening = match TcpListener::bind(config.listen).await {
        Ok(listener) => Listening::Bound(listener),
        // The dock works without its page, and an address may come with the network.
        Err(_) if service => Listening::Later(config.listen),
        Err(error) => {
            return refuse(&format!(
                "cannot listen on {}: {error}. Stop what holds that port or set VOLTA_GATEWAY_LISTEN",
                config.listen
            ));
        }
    };
    let data_dir = config.data_dir.clone();
    match edge::run(config, listening, asked_to_stop()).await {
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
        .try_init()
        .map_err(|error| format!("log lines cannot be written: {error}"))
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

/// As a service: settings that cannot be used are shown on a page, for a while.
async fn wait_for_settings(reason: String) -> ExitCode {
    // With the defaults, where the configured ones cannot be read; a second time is no matter.
    let _ = log(&Config::with_data_dir(PathBuf::default()));
    let listen = config::listen_or_default();
    match edge::wait_for_settings(reason.clone(), listen, asked_to_stop()).await {
        true => refuse(&reason),
        false => ExitCode::SUCCESS,
    }
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
