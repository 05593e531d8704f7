//! Settings that a power cut or an editor left half-written: never guessed at.

use super::{Config, Hardware};
use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _};
use std::error::Error as _;
use std::net::SocketAddr;

/// What a service must be told: a default in its place would be another dock, another cloud, or a dock
/// that is only simulated. Arguments by their names in [`Config`].
const TOLD: [&str; 4] = ["cloud_url", "data_dir", "hardware", "bays"];

/// Those that only a Raspberry Pi needs.
const TOLD_ON_A_PI: &str = "pins";

/// What is wrong when a service was not told what it must be told; none when it was.
pub fn left_out(matches: &ArgMatches, config: &Config) -> Option<String> {
    let pins = matches!(config.hardware, Hardware::RaspberryPi).then_some(TOLD_ON_A_PI);
    let command = Config::command();
    let missing: Vec<&str> = TOLD
        .into_iter()
        .chain(pins)
        .filter(|id| matches.value_source(id) == Some(ValueSource::DefaultValue))
        .filter_map(|id| variable(&command, |argument| argument.get_id() == id))
        .collect();
    (!missing.is_empty()).then(|| {
        let names = missing.join(", ");
        format!(
            "no value is given for {names}. A service takes no default for it: the file of its settings \
             may have lost lines"
        )
    })
}

/// Why settings cannot be used, in words that name the variable. Values are not repeated: one of them
/// may be a secret.
pub fn reason(error: &clap::Error) -> String {
    if let Some(source) = error.source() {
        return source.to_string();
    }
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(text)) => text.as_str(),
        Some(ContextValue::Strings(texts)) => texts.first().map_or("", String::as_str),
        _ => "",
    };
    let flag = argument.split(' ').next().unwrap_or_default();
    let flag = flag.trim_start_matches('-');
    let command = Config::command();
    match variable(&command, |argument| argument.get_long() == Some(flag)) {
        Some(name) => format!("{name} must have a value: it is empty"),
        None => format!(
            "the command line cannot be used ({}). `volta-gateway --help` lists what there is",
            error.kind()
        ),
    }
}

/// Where the page can be told of it: the configured address where that much can be read.
pub fn listen_or_default() -> SocketAddr {
    let given = std::env::var("VOLTA_GATEWAY_LISTEN").ok();
    let given = given.and_then(|text| text.trim().parse().ok());
    given.unwrap_or_else(|| Config::with_data_dir(".".into()).listen)
}

fn variable(command: &clap::Command, is: impl Fn(&clap::Arg) -> bool) -> Option<&str> {
    let argument = command.get_arguments().find(|argument| is(argument))?;
    argument.get_env()?.to_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::FromArgMatches as _;

    fn parsed(arguments: &[&str]) -> Result<(ArgMatches, Config), clap::Error> {
        let given = ["volta-gateway"].iter().chain(arguments);
        let matches = Config::command().try_get_matches_from(given)?;
        let config = Config::from_arg_matches(&matches)?;
        Ok((matches, config))
    }

    #[test]
    fn what_is_wrong_is_named_and_no_value_is_repeated() {
        for (arguments, says) in [
            (["--pins", "1:spi=0."], "VOLTA_GATEWAY_PINS"),
            (["--listen", ""], "VOLTA_GATEWAY_LISTEN"),
            (["--data-dir", ""], "VOLTA_GATEWAY_DATA_DIR"),
            (["--cloud-ca", ""], "VOLTA_GATEWAY_CLOUD_CA"),
            (["--retry-ms", ""], "VOLTA_GATEWAY_RETRY_MS"),
            (
                ["--enrolment-code", "SECRET code"],
                "VOLTA_GATEWAY_ENROLMENT_CODE",
            ),
            (
                ["--cloud-url", "http://me:SECRET@cloud"],
                "VOLTA_GATEWAY_CLOUD_URL",
            ),
            (["--colour", "SECRET"], "command line"),
        ] {
            let said = reason(&parsed(&arguments).unwrap_err());
            assert!(said.contains(says), "{arguments:?}: {said}");
            assert!(!said.contains("SECRET"), "{said}");
        }
    }

    #[test]
    fn a_service_takes_no_default_for_what_it_drives() {
        let whole = [
            "--cloud-url=http://c",
            "--data-dir=d",
            "--bays=1:slot",
            "--hardware=raspberry_pi",
            "--pins=1:spi=0.0,rst=12,coil=17,bolt=!4,presence=!5,lamp=23,sound=26",
        ];
        let (matches, config) = parsed(&whole).unwrap();
        assert_eq!(left_out(&matches, &config), None);
        for (lost, name) in [
            (0, "CLOUD_URL"),
            (1, "DATA_DIR"),
            (2, "BAYS"),
            (3, "HARDWARE"),
            (4, "PINS"),
        ] {
            let mut rest = whole.to_vec();
            rest.remove(lost);
            let (matches, config) = parsed(&rest).unwrap();
            let said = left_out(&matches, &config).unwrap();
            assert!(said.contains(&format!("VOLTA_GATEWAY_{name}.")), "{said}");
        }
    }
}
