//! A technician's own key: made once, kept on the technician's machine, its public half enrolled in
//! the managers' site, and an answer to a dock's challenge signed with it.

use crate::files::{read_private, write_private};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use clap::{Args, Parser, Subcommand};
use ed25519_dalek::SigningKey;
use serde::{Deserialize, Serialize};
use shared::ids::GatewayId;
use shared::signed::{self, Domain, PublicKey};
use std::io;
use std::path::{Path, PathBuf};

/// Characters of a challenge.
pub const CHALLENGE_CHARS: usize = 8;

/// Crockford's base 32: letters and digits that nobody confuses.
pub const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const KEY_FILE_BYTES_MAX: u64 = 128;

/// What a technician's key signs. It names the gateway, so that a page that shows another dock's
/// challenge gains nothing by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedAnswer {
    pub gateway: GatewayId,
    pub challenge: String,
}

/// The program as it is started: the gateway, or one of a technician's tools.
#[derive(Debug, Parser)]
#[command(
    name = "volta-gateway",
    version,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    #[command(flatten)]
    pub config: crate::Config,
    #[command(subcommand)]
    pub tool: Option<Tool>,
}

#[derive(Debug, Clone, Subcommand)]
pub enum Tool {
    /// Makes a technician's key and prints its public half, for the managers' site
    TechnicianKey(KeyFile),
    /// Signs a dock's challenge and prints the line to paste into its page
    TechnicianAnswer {
        #[command(flatten)]
        key: KeyFile,
        /// The id of the dock's gateway, as its page showed it when it was installed
        #[arg(long, value_name = "ID")]
        gateway: GatewayId,
        /// The eight characters that the dock's page shows
        challenge: String,
    },
}

#[derive(Debug, Clone, Args)]
pub struct KeyFile {
    /// The technician's key; keep it to yourself
    #[arg(long, value_name = "PATH")]
    pub file: PathBuf,
}

#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("{} exists already: choose another name, or use the key it holds", .0.display())]
    Exists(PathBuf),
    #[error("{} is not a technician's key: make one with `volta-gateway technician-key --file PATH`", .0.display())]
    NotAKey(PathBuf),
    #[error("a challenge has {CHALLENGE_CHARS} letters and digits, as the dock's page shows them")]
    Challenge,
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("the system gives no random numbers: {0}")]
    Random(getrandom::Error),
}

impl Tool {
    /// What is to be printed.
    pub fn run(&self) -> Result<String, ToolError> {
        match self {
            Self::TechnicianKey(key) => make(&key.file).map(|key| PublicKey::of(&key).to_string()),
            Self::TechnicianAnswer {
                key,
                gateway,
                challenge,
            } => {
                let challenge = read_challenge(challenge).ok_or(ToolError::Challenge)?;
                Ok(answer(&load(&key.file)?, *gateway, challenge))
            }
        }
    }
}

/// The signed line that answers a challenge of this gateway, and of no other.
pub fn answer(key: &SigningKey, gateway: GatewayId, challenge: String) -> String {
    let said = SignedAnswer { gateway, challenge };
    signed::sign_value(key, Domain::TechnicianAnswer, &said)
}

/// A challenge as it was typed: blanks and dashes do not count, and look-alikes are taken as meant.
pub fn read_challenge(typed: &str) -> Option<String> {
    let plain: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        })
        .collect();
    let ours = |byte: u8| ALPHABET.contains(&byte);
    (plain.len() == CHALLENGE_CHARS && plain.bytes().all(ours)).then_some(plain)
}

fn make(path: &Path) -> Result<SigningKey, ToolError> {
    if path.exists() {
        return Err(ToolError::Exists(path.to_owned()));
    }
    let mut seed = [0u8; 32];
    getrandom::fill(&mut seed).map_err(ToolError::Random)?;
    let text = format!("{}\n", URL_SAFE_NO_PAD.encode(seed));
    write_private(path, text.as_bytes()).map_err(|source| ToolError::Io {
        path: path.to_owned(),
        source,
    })?;
    Ok(SigningKey::from_bytes(&seed))
}

fn load(path: &Path) -> Result<SigningKey, ToolError> {
    let text = read_private(path, KEY_FILE_BYTES_MAX).map_err(|source| ToolError::Io {
        path: path.to_owned(),
        source,
    })?;
    let mut seed = [0u8; 32];
    let text = text.unwrap_or_default();
    match URL_SAFE_NO_PAD.decode_slice(text.trim(), &mut seed) {
        Ok(32) => Ok(SigningKey::from_bytes(&seed)),
        _ => Err(ToolError::NotAKey(path.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_answers() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("tech.key");
        let key = KeyFile { file };
        let gateway = GatewayId::new(1, [1; 10]);
        let answer = |challenge: &str| Tool::TechnicianAnswer {
            key: key.clone(),
            gateway,
            challenge: challenge.to_owned(),
        };
        assert!(matches!(
            answer("ABCD1234").run(),
            Err(ToolError::NotAKey(_))
        ));
        let public: PublicKey = Tool::TechnicianKey(key.clone())
            .run()
            .unwrap()
            .parse()
            .unwrap();
        let again = Tool::TechnicianKey(key.clone()).run();
        assert!(matches!(again, Err(ToolError::Exists(_))));
        let line = answer("abcd-i2o4").run().unwrap();
        let json = signed::verify(&public, Domain::TechnicianAnswer, &line).unwrap();
        let said = format!(r#"{{"gateway":"{gateway}","challenge":"ABCD1204"}}"#);
        assert_eq!(json, said);
        assert!(matches!(answer("ABC").run(), Err(ToolError::Challenge)));
    }

    #[test]
    fn tools_and_the_gateway_share_one_program() {
        let cli = Cli::try_parse_from(["volta-gateway", "technician-key", "--file", "x"]).unwrap();
        assert!(matches!(cli.tool, Some(Tool::TechnicianKey(_))));
        let cli = Cli::try_parse_from(["volta-gateway", "--log", "debug"]).unwrap();
        assert!(cli.tool.is_none());
        assert_eq!(cli.config.log, "debug");
    }
}
