//! What can be set from outside. Every value has a default that works on one machine.

mod bank;
mod callback;
mod notices;
mod payout;

use crate::mqtt::{MqttConfig, MqttMode};
pub use bank::BankArgs;
pub use callback::{CallbackArgs, CallbackDoor};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};
pub use notices::NoticeArgs;
pub use payout::PayoutArgs;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;

#[derive(Debug, Parser)]
#[command(name = "volta-cloud", version, about = "The cloud service of Volta")]
pub struct Cli {
    #[command(flatten)]
    pub config: Config,
    #[command(subcommand)]
    pub command: Option<Command>,
}

impl Cli {
    /// Reads arguments and environment. A wrong value ends the program with a line that also names
    /// the variable it may have come from.
    pub fn read() -> Self {
        Self::try_parse().unwrap_or_else(|error| {
            if let Some(variable) = variable_of(&error) {
                let _ = error.print();
                eprintln!("Set it by this option or by the variable {variable}.");
                std::process::exit(2);
            }
            error.exit()
        })
    }
}

fn variable_of(error: &clap::Error) -> Option<String> {
    let Some(ContextValue::String(argument)) = error.get(ContextKind::InvalidArg) else {
        return None;
    };
    let long = argument.trim_start_matches("--").split([' ', '=']).next()?;
    let command = Cli::command();
    let argument = command
        .get_arguments()
        .find(|a| a.get_long() == Some(long))?;
    Some(argument.get_env()?.to_string_lossy().into_owned())
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve (what happens without a command).
    Serve,
    /// Add a person who may sign in, and print a one-time password.
    AddStaff {
        #[arg(long)]
        login: String,
        #[arg(long, value_enum, default_value = "manager")]
        role: Role,
    },
    /// Make a shop with two docks to try things with; does nothing where there is one.
    SeedDemo,
    /// Back the database up into a file, also while the service runs.
    Backup {
        /// A file that does not exist yet. The key file is not in it.
        #[arg(long)]
        to: PathBuf,
    },
    /// Print what is known of a person, as JSON. Reads the CPF from standard input.
    ExportPerson,
    /// Destroy what is known of a person. Reads the CPF from standard input.
    ErasePerson,
    /// Note that a person works here: abandoned carts earn them nothing. Reads the CPF from standard
    /// input; what is kept finds the CPF again and cannot be read.
    NoteWorker {
        /// They do not any more.
        #[arg(long)]
        gone: bool,
    },
    /// Begin the lost list of the erased anew, from what the database knows.
    RenewErasedList,
    /// Add a secret to the key file; from the next start on it seals the persons' keys.
    RotatePersonSeal,
    /// Print a one-time code that makes a device the gateway of a dock.
    EnrolmentCode {
        /// The dock's code, as in its QR.
        #[arg(long)]
        dock: String,
    },
    /// Compare a day of the ledger with the bank, print what differs, and fail if anything does.
    CheckBooks {
        /// The day in the shop's time zone: YYYY-MM-DD
        #[arg(long)]
        day: jiff::civil::Date,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Role {
    Administrator,
    Manager,
    /// Sees everything, changes nothing.
    Viewer,
}

impl Role {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Manager => "manager",
            Self::Viewer => "viewer",
        }
    }
}

#[derive(Debug, Clone, Args)]
pub struct Config {
    /// Where customers, managers and gateways connect.
    #[arg(
        long,
        env = "VOLTA_CLOUD_LISTEN",
        default_value = "127.0.0.1:8080",
        global = true
    )]
    pub listen: SocketAddr,
    /// Where operators read /metrics and health; keep it off the internet.
    #[arg(
        long,
        env = "VOLTA_CLOUD_OPS_LISTEN",
        default_value = "127.0.0.1:8081",
        global = true
    )]
    pub ops_listen: SocketAddr,
    /// The address people type; QR codes and cookies follow it.
    #[arg(long, env = "VOLTA_CLOUD_PUBLIC_URL", default_value = "http://127.0.0.1:8080",
          value_parser = base_url, global = true)]
    pub public_url: String,
    /// The SQLite database file.
    #[arg(
        long,
        env = "VOLTA_CLOUD_DATABASE",
        default_value = ".volta/cloud.db",
        global = true
    )]
    pub database: PathBuf,
    /// The file with the cloud's secrets; made at first start, mode 0600.
    #[arg(
        long,
        env = "VOLTA_CLOUD_KEY_FILE",
        default_value = ".volta/cloud.key",
        global = true
    )]
    pub key_file: PathBuf,
    /// Where gateways connect for hints.
    #[arg(
        long,
        env = "VOLTA_CLOUD_MQTT_LISTEN",
        default_value = "127.0.0.1:1883",
        global = true
    )]
    pub mqtt_listen: SocketAddr,
    /// An external broker instead of the embedded one: mqtt://user:password@host:port
    #[arg(
        long,
        env = "VOLTA_CLOUD_MQTT_URL",
        hide_env_values = true,
        global = true
    )]
    pub mqtt_url: Option<String>,
    /// The host and port gateways are told, where they differ: host:port
    #[arg(long, env = "VOLTA_CLOUD_MQTT_ADVERTISE", value_parser = host_port, global = true)]
    pub mqtt_advertise: Option<(String, u16)>,
    /// The gateways' user name at an external broker; {gateway} stands for the gateway's id.
    #[arg(
        long,
        env = "VOLTA_CLOUD_MQTT_GATEWAY_USERNAME",
        default_value = "{gateway}",
        global = true
    )]
    pub mqtt_gateway_username: String,
    /// The gateways' password at an external broker; without it each has its own.
    #[arg(
        long,
        env = "VOLTA_CLOUD_MQTT_GATEWAY_PASSWORD",
        hide_env_values = true,
        global = true
    )]
    pub mqtt_gateway_password: Option<String>,
    #[command(flatten)]
    pub bank: BankArgs,
    /// The name the customer's bank shows as the payee.
    #[arg(
        long,
        env = "VOLTA_CLOUD_PAYEE_NAME",
        default_value = "Supermercado Volta",
        global = true
    )]
    pub payee_name: String,
    #[arg(
        long,
        env = "VOLTA_CLOUD_PAYEE_CITY",
        default_value = "Sao Paulo",
        global = true
    )]
    pub payee_city: String,
    #[command(flatten)]
    pub callback: CallbackArgs,
    #[command(flatten)]
    pub notices: NoticeArgs,
    /// Seconds between two reads of the bank's list of received Pix.
    #[arg(long, env = "VOLTA_CLOUD_BANK_POLL_SECONDS", default_value = "30",
          value_parser = clap::value_parser!(u64).range(1..=3600), global = true)]
    pub bank_poll_seconds: u64,
    /// The most that a Pix without a charge may bring to go back by itself; above, a manager
    /// releases it. 0: a manager releases every one.
    #[arg(long, env = "VOLTA_CLOUD_STRAY_REFUND_CENTAVOS_MAX", default_value = "20000",
          value_parser = clap::value_parser!(i64).range(0..=1_000_000_000), global = true)]
    pub stray_refund_centavos_max: i64,
    #[command(flatten)]
    pub payout: PayoutArgs,
    /// Rentals one address may begin in a minute; a whole store may share one.
    #[arg(
        long,
        env = "VOLTA_CLOUD_TAKES_PER_MINUTE",
        default_value = "30",
        global = true
    )]
    pub takes_per_minute: NonZeroU32,
    /// The time zone of pages and campaigns.
    #[arg(long, env = "VOLTA_CLOUD_TIME_ZONE", default_value = "America/Sao_Paulo",
          value_parser = time_zone, global = true)]
    pub time_zone: String,
    /// text or json
    #[arg(
        long,
        env = "VOLTA_CLOUD_LOG",
        default_value = "text",
        value_enum,
        global = true
    )]
    pub log: LogFormat,
    /// Test aid: the process kills itself at this point of its work.
    #[arg(long, env = "VOLTA_CLOUD_CRASH_AT", hide = true, global = true)]
    pub crash_at: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl Config {
    pub fn mqtt(&self) -> MqttConfig {
        MqttConfig {
            mode: match &self.mqtt_url {
                Some(url) => MqttMode::External { url: url.clone() },
                None => MqttMode::Embedded {
                    listen: self.mqtt_listen,
                },
            },
            advertise: self.mqtt_advertise.clone(),
            external_username: self.mqtt_gateway_username.clone(),
            external_password: self.mqtt_gateway_password.clone(),
            ..MqttConfig::default()
        }
    }

    pub fn secure_cookies(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

fn base_url(text: &str) -> Result<String, String> {
    let url = text.trim_end_matches('/');
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"))
        .ok_or("give an address that begins with http:// or https://")?;
    if rest.is_empty() || rest.contains([' ', '?', '#']) {
        return Err("give a plain address such as https://volta.example".into());
    }
    Ok(url.to_owned())
}

fn host_port(text: &str) -> Result<(String, u16), String> {
    let (host, port) = text.rsplit_once(':').ok_or("give host:port")?;
    let port = port
        .parse()
        .map_err(|_| "the port is a number from 1 to 65535")?;
    if host.is_empty() || port == 0 {
        return Err("give host:port".into());
    }
    Ok((host.to_owned(), port))
}

fn time_zone(text: &str) -> Result<String, String> {
    jiff::tz::TimeZone::get(text)
        .map(|_| text.to_owned())
        .map_err(|_| "give an IANA name such as America/Sao_Paulo".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_work_and_wrong_values_are_named() {
        let parse = |args: &[&str]| {
            Cli::try_parse_from(["volta-cloud"].iter().chain(args)).map(|cli| cli.config)
        };
        assert!(parse(&[]).is_ok());
        for (args, named) in [
            (["--listen", "nowhere"], "--listen"),
            (["--public-url", "volta.example"], "--public-url"),
            (["--mqtt-advertise", "host"], "--mqtt-advertise"),
            (["--bank-poll-seconds", "0"], "--bank-poll-seconds"),
            (
                ["--stray-refund-centavos-max", "1000000001"],
                "--stray-refund-centavos-max",
            ),
            (["--time-zone", "Mars/Olympus"], "--time-zone"),
            (["--log", "xml"], "--log"),
        ] {
            let error = Cli::try_parse_from(["volta-cloud", args[0], args[1]]).unwrap_err();
            assert!(error.to_string().contains(named), "{args:?}: {error}");
            let variable = variable_of(&error).unwrap_or_default();
            assert!(variable.starts_with("VOLTA_CLOUD_"), "{args:?}: {variable}");
        }
    }
}
