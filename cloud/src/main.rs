use cloud::app::{Stopping, now};
use cloud::config::{Cli, Command, Config, LogFormat};
use cloud::keys::Keys;
use cloud::live::Hub;
use cloud::persons::{self, Erased};
use cloud::{admin, books, serve};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::IsTerminal as _;
use std::process::ExitCode;
use tracing_subscriber::EnvFilter;

/// rumqttd reports ordinary disconnects as errors; our probe reports what matters of it.
const LOG_FILTER: &str = "info,rumqttd=off,rumqttc=off";

fn main() -> ExitCode {
    let cli = Cli::read();
    start_log(cli.config.log);
    allow_connections();
    if rustls::crypto::ring::default_provider()
        .install_default()
        .is_err()
    {
        tracing::warn!("a TLS provider was installed already");
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    let done = runtime.block_on(run(cli));
    let code = match done {
        Ok(()) => 0,
        Err(error) => {
            failed(error.as_ref());
            1
        }
    };
    // What is durable needs no farewell, and the broker's own runtime cannot be told one.
    std::process::exit(code)
}

async fn run(cli: Cli) -> Result<(), Box<dyn std::error::Error>> {
    let config = cli.config;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Serve => {
            let stopping = Stopping::default();
            tokio::spawn(stop_on_signal(stopping.clone()));
            serve::serve(config, stopping).await?;
        }
        Command::AddStaff { login, role } => {
            let store = open(&config)?;
            println!("{}", admin::add_staff(&store, &login, role).await?);
        }
        Command::SeedDemo => {
            let made = admin::seed_demo(&open(&config)?).await?;
            println!("{}", if made { "made" } else { "there already" });
        }
        Command::Backup { to } => println!("{}", admin::backup(&config, &to)?),
        Command::ExportPerson => {
            let (store, keys) = serve::open_store(&config, Hub::default())?;
            let erased = Erased::beside(&config.key_file);
            persons::bring_up(&store, &keys, &erased).await?;
            println!(
                "{}",
                admin::export_person(&store, &keys, std::io::stdin()).await?
            );
        }
        Command::ErasePerson => {
            let (store, keys) = serve::open_store(&config, Hub::default())?;
            let erased = Erased::beside(&config.key_file);
            persons::bring_up(&store, &keys, &erased).await?;
            admin::erase_person(&store, &keys, &erased, std::io::stdin()).await?;
            println!("erased");
        }
        Command::NoteWorker { gone } => {
            let (store, keys) = serve::open_store(&config, Hub::default())?;
            let news = admin::note_worker(&store, &keys, gone, std::io::stdin()).await?;
            println!("{}", if news { "noted" } else { "known already" });
        }
        Command::RenewErasedList => {
            let erased = Erased::beside(&config.key_file);
            let listed = erased.renew(&open(&config)?, now()).await?;
            println!(
                "{listed} persons named; erase again whoever was erased since this database's backup"
            );
        }
        Command::RotatePersonSeal => {
            let number = Keys::add_person_seal(&config.key_file)?;
            println!(
                "secret {number} seals from the next start on: restart the service, then back up the key file"
            );
        }
        Command::EnrolmentCode { dock } => {
            println!("{}", admin::enrolment_code(&open(&config)?, &dock).await?);
        }
        Command::CheckBooks { day } => books::check(&open(&config)?, &config, day).await?,
    }
    Ok(())
}

fn open(config: &Config) -> Result<cloud::store::Store, serve::StartError> {
    serve::open_store(config, Hub::default()).map(|(store, _)| store)
}

/// A connection is an open file, and every gateway keeps one: the usual soft limit of 1,024 is for
/// programs that are afraid of larger numbers.
fn allow_connections() {
    let limit = getrlimit(Resource::Nofile);
    let wanted = Rlimit {
        current: limit.maximum,
        ..limit
    };
    if let Err(error) = setrlimit(Resource::Nofile, wanted) {
        tracing::warn!(error = %error, files.max = ?limit.current, "the limit of open files stays");
    }
}

async fn stop_on_signal(stopping: Stopping) {
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    match terminate {
        Ok(mut terminate) => tokio::select! {
            _ = terminate.recv() => {}
            _ = tokio::signal::ctrl_c() => {}
        },
        Err(error) => {
            tracing::warn!(error = %error, "cannot hear SIGTERM");
            let _ = tokio::signal::ctrl_c().await;
        }
    }
    stopping.stop();
}

fn start_log(format: LogFormat) {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(LOG_FILTER));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        // A closed stderr must not take a task down.
        .log_internal_errors(false);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("volta-cloud: {error}");
    ExitCode::FAILURE
}
