//! The content security policy of a page whose styles and scripts stand inline: nothing runs that
//! is not named by its hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// Header values every page needs besides its policy, by lower-case header name.
pub const PAGE_HEADERS: [(&str, &str); 4] = [
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("x-content-type-options", "nosniff"),
    ("cross-origin-opener-policy", "same-origin"),
];

/// The policy for pages that inline exactly these texts between `<style>` and `<script>` tags.
pub fn policy(styles: &[&str], scripts: &[&str]) -> String {
    let list = |texts: &[&str]| match texts {
        [] => "'none'".to_owned(),
        some => some
            .iter()
            .map(|text| source(text))
            .collect::<Vec<_>>()
            .join(" "),
    };
    format!(
        "default-src 'none'; connect-src 'self'; img-src 'self' data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'; style-src {}; script-src {}",
        list(styles),
        list(scripts)
    )
}

fn source(text: &str) -> String {
    format!(
        "'sha256-{}'",
        STANDARD.encode(Sha256::digest(text.as_bytes()))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_what_may_run_and_nothing_else() {
        let policy = policy(&["a{}"], &["alert(1)", ""]);
        assert!(policy.contains(
            "script-src 'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI=' \
             'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
        ));
        assert!(!policy.contains("unsafe"));
        assert!(super::policy(&[], &[]).ends_with("style-src 'none'; script-src 'none'"));
    }
}
