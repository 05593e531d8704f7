//! What the gateway is told at its start. Every value has a default that works on one machine.

mod customers;
mod layout;
mod settings;
mod whole;

pub use customers::{LocalUrl, ScannerPath};
pub use layout::{BayList, CartList, NeighbourList};
pub use settings::{Setting, SettingValue, settings};
pub use whole::{left_out, listen_or_default, reason};

use crate::logs::LogRing;

use clap::{Parser, ValueEnum};
use hardware::raspberry_pi::PinPlan;
use reqwest::Url;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;

/// A cause that a person mends is mended before the next try; a try costs the card nothing.
const RETRY_MS: &str = "30000";

/// The gateway of one dock: releases carts on the cloud's grants, takes them back by itself.
#[derive(Debug, Clone, Parser)]
#[command(name = "volta-gateway", version)]
pub struct Config {
    /// Where the cloud answers
    #[arg(long, env = "VOLTA_GATEWAY_CLOUD_URL", default_value = "http://127.0.0.1:8080",
        value_parser = named::<CloudUrl>("VOLTA_GATEWAY_CLOUD_URL",
            "http:// or https:// and a host, without a query, such as https://volta.example"))]
    pub cloud_url: CloudUrl,

    /// Certificates (PEM) of the only authorities believed to name the cloud; else the machine's own
    #[arg(long, env = "VOLTA_GATEWAY_CLOUD_CA")]
    pub cloud_ca: Option<PathBuf>,

    /// Directory of journal, device key and enrolment; created when absent
    #[arg(long, env = "VOLTA_GATEWAY_DATA_DIR", default_value = ".volta/gateway")]
    pub data_dir: PathBuf,

    /// Address and port of the technician's and the simulator's page
    #[arg(long, env = "VOLTA_GATEWAY_LISTEN", default_value = "127.0.0.1:8101",
        value_parser = named::<SocketAddr>("VOLTA_GATEWAY_LISTEN",
            "an address and port such as 127.0.0.1:8101"))]
    pub listen: SocketAddr,

    /// One-time code of the managers' site; used only while this gateway is not enrolled
    #[arg(long, env = "VOLTA_GATEWAY_ENROLMENT_CODE", default_value = "", hide_env_values = true,
        value_parser = named::<EnrolmentCode>("VOLTA_GATEWAY_ENROLMENT_CODE",
            "the code as the managers' site shows it, at most 64 letters, digits and dashes"))]
    pub enrolment_code: EnrolmentCode,

    /// What this gateway drives
    #[arg(long, env = "VOLTA_GATEWAY_HARDWARE", default_value = "simulated",
        value_parser = named::<Hardware>("VOLTA_GATEWAY_HARDWARE",
            "simulated or raspberry_pi"))]
    pub hardware: Hardware,

    /// On a Raspberry Pi, which pin does what at each bay; see hardware/README.md
    #[arg(long, env = "VOLTA_GATEWAY_PINS", default_value = PinPlan::THREE_BAYS,
        value_parser = explained::<PinPlan>("VOLTA_GATEWAY_PINS"))]
    pub pins: PinPlan,

    /// On a Raspberry Pi, the GPIO device, instead of the one with the header's lines
    #[arg(long, env = "VOLTA_GATEWAY_GPIO_CHIP")]
    pub gpio_chip: Option<PathBuf>,

    /// The bays of this dock: number:slot or number:lane:capacity, separated by commas
    #[arg(long, env = "VOLTA_GATEWAY_BAYS", default_value = "1:slot,2:slot,3:lane:6",
        value_parser = explained::<BayList>("VOLTA_GATEWAY_BAYS"))]
    pub bays: BayList,

    /// Carts in the simulated bays at the first start: bay=tag+tag, the innermost first
    #[arg(long, env = "VOLTA_GATEWAY_SIM_CARTS", default_value = "",
        value_parser = explained::<CartList>("VOLTA_GATEWAY_SIM_CARTS"))]
    pub sim_carts: CartList,

    /// Pages of other simulated docks: name=url, separated by commas
    #[arg(long, env = "VOLTA_GATEWAY_SIM_NEIGHBOURS", default_value = "",
        value_parser = explained::<NeighbourList>("VOLTA_GATEWAY_SIM_NEIGHBOURS"))]
    pub sim_neighbours: NeighbourList,

    /// Keyboard-type scanner, keypad or card reader such as /dev/input/by-id/usb-…-event-kbd; any other
    /// path is read as lines of text. Empty: none
    #[arg(long, env = "VOLTA_GATEWAY_SCANNER", default_value = "",
        value_parser = named::<ScannerPath>("VOLTA_GATEWAY_SCANNER",
            "an absolute path such as /dev/input/event0, or empty"))]
    pub scanner: ScannerPath,

    /// Where phones on the dock's network reach this gateway's page, told to the cloud. Empty: nowhere
    #[arg(long, env = "VOLTA_GATEWAY_LOCAL_URL", default_value = "",
        value_parser = named::<LocalUrl>("VOLTA_GATEWAY_LOCAL_URL",
            "http:// or https://, host and port alone, such as http://10.42.0.1:8101, or empty"))]
    pub local_url: LocalUrl,

    /// Log filter such as `info` or `edge=debug`
    #[arg(long, env = "VOLTA_GATEWAY_LOG", default_value = "info")]
    pub log: String,

    /// How log lines are written
    #[arg(long, env = "VOLTA_GATEWAY_LOG_FORMAT", default_value = "text",
        value_parser = named::<LogFormat>("VOLTA_GATEWAY_LOG_FORMAT", "text or json"))]
    pub log_format: LogFormat,

    /// Test aid: a file of the milliseconds by which this machine's clock is to be wrong
    #[arg(long, env = "VOLTA_GATEWAY_CLOCK_SKEW_FILE", hide = true)]
    pub clock_skew_file: Option<PathBuf>,

    /// Test aid: the process aborts itself at this point, see `edge::crash`
    #[arg(long, env = "VOLTA_GATEWAY_CRASH_AT", default_value = "", hide = true,
        value_parser = explained::<crate::crash::CrashAt>("VOLTA_GATEWAY_CRASH_AT"))]
    pub crash_at: crate::crash::CrashAt,

    /// Test aid: milliseconds after which a service that could not start tries again
    #[arg(long, env = "VOLTA_GATEWAY_RETRY_MS", default_value = RETRY_MS, hide = true,
        value_parser = named::<u64>("VOLTA_GATEWAY_RETRY_MS", "a number of milliseconds"))]
    pub retry_ms: u64,

    /// Cut every coil and end: what the service manager runs after the gateway has ended
    #[arg(long)]
    pub coils_off: bool,

    /// Every setting as it was given, for the technician's page.
    #[arg(skip)]
    pub settings: Arc<[Setting]>,

    /// Where log lines are kept for the technician's bundle.
    #[arg(skip)]
    pub logs: LogRing,
}

impl Config {
    /// Every default. Reads no environment variable.
    pub fn with_data_dir(data_dir: PathBuf) -> Self {
        let fixed = "a default value satisfies its own parser";
        Self {
            cloud_url: "http://127.0.0.1:8080".parse().expect(fixed),
            cloud_ca: None,
            data_dir,
            listen: "127.0.0.1:8101".parse().expect(fixed),
            enrolment_code: EnrolmentCode::default(),
            hardware: Hardware::Simulated,
            pins: PinPlan::THREE_BAYS.parse().expect(fixed),
            gpio_chip: None,
            bays: "1:slot,2:slot,3:lane:6".parse().expect(fixed),
            sim_carts: CartList::default(),
            sim_neighbours: NeighbourList::default(),
            scanner: ScannerPath::default(),
            local_url: LocalUrl::default(),
            log: "info".to_owned(),
            log_format: LogFormat::Text,
            clock_skew_file: None,
            crash_at: crate::crash::CrashAt::default(),
            retry_ms: RETRY_MS.parse().expect(fixed),
            coils_off: false,
            settings: Arc::default(),
            logs: LogRing::default(),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid;

/// The cloud's address, ready to have a path put behind it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudUrl(String);

impl CloudUrl {
    /// The address of a resource; `path` begins with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    pub fn is_https(&self) -> bool {
        self.0.starts_with("https:")
    }
}

impl fmt::Display for CloudUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for CloudUrl {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let url = Url::parse(text).map_err(|_| Invalid)?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !plain {
            return Err(Invalid);
        }
        Ok(Self(url.as_str().trim_end_matches('/').to_owned()))
    }
}

/// A one-time code; empty when none is given. Masked in `Debug`, as it is a secret until used.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct EnrolmentCode(String);

// The cloud's codes are far shorter; this only keeps a pasted file out.
const CODE_CHARS_MAX: usize = 64;

impl EnrolmentCode {
    pub fn given(&self) -> Option<&str> {
        (!self.0.is_empty()).then_some(self.0.as_str())
    }
}

impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_empty() { "none" } else { "***" })
    }
}

impl FromStr for EnrolmentCode {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        if text.len() > CODE_CHARS_MAX || !text.bytes().all(allowed) {
            return Err(Invalid);
        }
        Ok(Self(text.to_owned()))
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Hardware {
    Simulated,
    #[value(name = "raspberry_pi")]
    RaspberryPi,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl FromStr for Hardware {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        <Self as ValueEnum>::from_str(text, false).map_err(|_| Invalid)
    }
}

impl FromStr for LogFormat {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        <Self as ValueEnum>::from_str(text, false).map_err(|_| Invalid)
    }
}

/// clap names the flag in its errors; operators set variables, so the reason names those.
fn named<T: FromStr>(
    variable: &'static str,
    expected: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        text.parse()
            .map_err(|_| format!("{variable} must be {expected}"))
    }
}

/// As [`named`], for values whose own error says what is wrong with which part.
fn explained<T>(
    variable: &'static str,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static
where
    T: FromStr,
    T::Err: fmt::Display,
{
    move |text| text.parse().map_err(|error| format!("{variable}: {error}"))
}
