use super::*;
use crate::config::{Cli, Config};
use clap::Parser as _;

fn config(args: &[&str]) -> Result<Config, clap::Error> {
    Cli::try_parse_from(["volta-cloud"].iter().chain(args)).map(|cli| cli.config)
}

fn settings(args: &[&str]) -> Result<PixSettings, SettingsError> {
    config(args)
        .unwrap_or_else(|error| panic!("{args:?}: {error}"))
        .bank
        .settings()
}

#[test]
fn without_a_word_it_is_the_sandbox_on_this_machine() {
    let settings = settings(&[]).unwrap();
    assert_eq!(settings.base_url, "http://127.0.0.1:8090/v2");
    assert_eq!(settings.token_url, "http://127.0.0.1:8090/oauth/token");
    assert_eq!(settings.token_auth, TokenAuth::Basic);
    assert_eq!(settings.token_body, TokenBody::Form);
    assert!(settings.scopes.starts_with("cob.write "));
    assert!(settings.paths.is_empty() && settings.headers.is_empty() && settings.query.is_empty());
}

#[test]
fn a_profile_gives_way_to_what_is_set_apart() {
    let efi = ["--bank-profile=efi", "--bank-url=http://127.0.0.1:1/v2/"];
    let with = |more: &[&str]| settings(&[&efi[..], more].concat()).unwrap();
    let plain = with(&[]);
    assert_eq!(plain.base_url, "http://127.0.0.1:1/v2");
    assert_eq!(plain.token_url, "https://pix.api.efipay.com.br/oauth/token");
    assert_eq!(
        (plain.token_body, plain.scopes.as_str()),
        (TokenBody::Json, "")
    );
    let bent = with(&[
        "--bank-token-body=form",
        "--bank-token-auth=body",
        "--bank-scopes=cob.read",
        "--bank-paths=cob=/v4/,pix=v5",
        "--bank-headers=x-skip-mtls-checking=true,x-two=2",
        "--bank-query=q=a=b",
    ]);
    assert_eq!(bent.token_body, TokenBody::Form);
    assert_eq!(bent.token_auth, TokenAuth::Body);
    assert_eq!(bent.scopes, "cob.read");
    assert_eq!(bent.paths[&Resource::Cob], "v4");
    assert_eq!(bent.paths[&Resource::Pix], "v5");
    assert_eq!((bent.headers.len(), bent.query.len()), (2, 1));
    assert_eq!(bent.query[0].1.reveal(), "a=b");
    let sicredi = settings(&[
        "--bank-profile=sicredi",
        "--bank-url=http://127.0.0.1:1/api",
        "--bank-paths=cob=v4",
    ]);
    let paths = sicredi.unwrap().paths;
    assert_eq!(
        (&*paths[&Resource::Cob], &*paths[&Resource::Pix]),
        ("v4", "v2")
    );
}

#[test]
fn what_a_bank_demands_is_missed_at_the_start() {
    for profile in ["efi", "sicredi", "pagseguro", "inter"] {
        let error = settings(&["--bank-profile", profile]).unwrap_err();
        assert!(
            matches!(error, SettingsError::IdentityMissing { .. }),
            "{error}"
        );
        let text = error.to_string();
        assert!(
            text.contains(profile) && text.contains(CERTIFICATE),
            "{text}"
        );
    }
    let bb = ["--bank-profile=bb", "--bank-url=http://127.0.0.1:1/pix/v2"];
    let text = settings(&bb).unwrap_err().to_string();
    for name in ["gw-dev-app-key=value", "gw-app-key=value"] {
        assert!(text.contains(name), "{text}");
    }
    for way in [
        "--bank-query=gw-dev-app-key=k",
        "--bank-headers=GW-Dev-App-Key=k",
        "--bank-query=gw-app-key=k",
        "--bank-headers=gw-app-key=k",
    ] {
        assert!(settings(&[&bb[..], &[way]].concat()).is_ok(), "{way}");
    }
}

#[test]
fn wrong_files_and_values_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let nothing = folder.path().join("none.pem");
    let text = folder.path().join("text.pem");
    std::fs::write(&text, "carrinho").unwrap();
    let (nothing, text) = (nothing.to_str().unwrap(), text.to_str().unwrap());
    for (args, expected) in [
        (vec!["--bank-certificate", nothing], CERTIFICATE),
        (vec!["--bank-ca", nothing], AUTHORITIES),
        (vec!["--bank-certificate", text], "neither PEM nor PKCS#12"),
    ] {
        let error = settings(&args).unwrap_err().to_string();
        assert!(error.contains(expected), "{args:?}: {error}");
    }
    for (args, named) in [
        (["--bank-profile", "nubank"], "--bank-profile"),
        (["--bank-token-body", "xml"], "--bank-token-body"),
        (["--bank-token-auth", "none"], "--bank-token-auth"),
        (["--bank-paths", "cobv=v2"], "--bank-paths"),
    ] {
        let error = config(&args).unwrap_err().to_string();
        assert!(error.contains(named), "{args:?}: {error}");
    }
}

#[test]
fn a_wrong_pair_is_named_by_its_variable_and_never_printed() {
    for (arg, variable) in [
        ("--bank-query=top-secret", QUERY),
        ("--bank-query=gw-dev-app-key=a,top-secret", QUERY),
        ("--bank-headers==top-secret", HEADERS),
        ("--bank-headers=x-one=", HEADERS),
    ] {
        let error = settings(&[arg]).unwrap_err();
        assert_eq!(error, SettingsError::Pair { variable }, "{arg}");
        assert!(!error.to_string().contains("top-secret"), "{error}");
    }
}
