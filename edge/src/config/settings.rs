//! What this start was told, for the technician's page: each variable with its value and its help,
//! both from the parser itself.

use super::Config;
use clap::{ArgMatches, CommandFactory as _};
use std::sync::Arc;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// `VOLTA_GATEWAY_…`
    pub name: String,
    pub value: SettingValue,
    pub help: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SettingValue {
    Plain(String),
    /// There is one, and it is a secret.
    Masked,
    Empty,
}

/// Every setting that has a variable, in the order of the help.
pub fn settings(matches: &ArgMatches) -> Arc<[Setting]> {
    let command = Config::command();
    command
        .get_arguments()
        .filter_map(|argument| {
            let name = argument.get_env()?.to_str()?.to_owned();
            let raw = matches.get_raw(argument.get_id().as_str());
            let raw: Vec<_> = raw
                .into_iter()
                .flatten()
                .map(|part| part.to_string_lossy())
                .collect();
            let value = match raw.concat() {
                text if text.is_empty() => SettingValue::Empty,
                _ if argument.is_hide_env_values_set() => SettingValue::Masked,
                text => SettingValue::Plain(text),
            };
            let help = argument.get_help().map(ToString::to_string);
            Some(Setting {
                name,
                value,
                help: help.unwrap_or_default(),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_variable_is_there_with_its_help_and_secrets_are_masked() {
        let given = ["volta-gateway", "--enrolment-code", "SECRET-CODE"];
        let matches = Config::command().get_matches_from(given);
        let settings = settings(&matches);
        assert!(settings.len() > 10);
        for setting in settings.iter() {
            assert!(
                setting.name.starts_with("VOLTA_GATEWAY_"),
                "{}",
                setting.name
            );
            assert!(!setting.help.is_empty(), "{}", setting.name);
            let translated = web::edge::text::settings::help(web::ui::Lang::Pt, &setting.name);
            assert!(translated.is_some(), "{} in Portuguese", setting.name);
        }
        let of = |name: &str| {
            let found = settings.iter().find(|setting| setting.name == name);
            found.unwrap().value.clone()
        };
        assert_eq!(of("VOLTA_GATEWAY_ENROLMENT_CODE"), SettingValue::Masked);
        assert_eq!(
            of("VOLTA_GATEWAY_LOG_FORMAT"),
            SettingValue::Plain("text".into())
        );
        assert!(!format!("{settings:?}").contains("SECRET"));
    }
}
