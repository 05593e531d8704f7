//! Passwords of staff: argon2id with the parameters OWASP gives for 19 MiB.

use crate::entropy::Entropy;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};

const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None)
        .expect("the numbers above are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The PHC string to store.
pub fn hash(password: &str, entropy: &mut Entropy) -> String {
    let salt: [u8; 16] = entropy.bytes();
    argon2id()
        .hash_password_with_salt(password.as_bytes(), &salt)
        .expect("a salt of 16 bytes is what argon2 asks for")
        .to_string()
}

/// Takes as long for a hash nobody has as for a wrong password.
pub fn verify(password: &str, stored: Option<&str>) -> bool {
    const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let Ok(parsed) = PasswordHash::new(stored.unwrap_or(NOBODY)) else {
        return false;
    };
    let matches = argon2id()
        .verify_password(password.as_bytes(), &parsed)
        .is_ok();
    matches && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_verifies_itself_only() {
        let stored = hash("correct horse", &mut Entropy::default());
        assert!(
            stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{stored}"
        );
        assert!(verify("correct horse", Some(&stored)));
        assert!(!verify("correct hors", Some(&stored)));
        assert!(!verify("", None));
        assert!(!verify("x", Some("not a hash")));
    }
}
