//! A message for one browser: RFC 8291 over the content coding of RFC 8188, in one record.

use super::decoded;
use crate::entropy::Entropy;
use hmac::{Hmac, KeyInit as _, Mac as _};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::rand::SystemRandom;
use sha2::Sha256;

/// An uncompressed point of P-256.
const PUBLIC_BYTES: usize = 65;
const UNCOMPRESSED: u8 = 4;
const AUTH_BYTES: usize = 16;
const SALT_BYTES: usize = 16;

/// The record size that every push service takes.
const RECORD_BYTES: usize = 4_096;
const TAG_BYTES: usize = 16;

/// Ends the last record.
const LAST: u8 = 2;

/// Room for a message in the one record.
const MESSAGE_BYTES_MAX: usize = RECORD_BYTES - TAG_BYTES - 1 - (SALT_BYTES + 5 + PUBLIC_BYTES);

/// The browser that may read: its public key and its authentication secret.
pub(super) struct Reader {
    public: [u8; PUBLIC_BYTES],
    auth: [u8; AUTH_BYTES],
}

impl Reader {
    /// None: no browser gives such keys.
    pub(super) fn read(p256dh: &str, auth: &str) -> Option<Self> {
        let public: [u8; PUBLIC_BYTES] = decoded(p256dh)?.try_into().ok()?;
        let auth = decoded(auth)?.try_into().ok()?;
        (public[0] == UNCOMPRESSED).then_some(Self { public, auth })
    }

    /// None: the browser's key is no point of the curve, or the message is too long.
    pub(super) fn seal(&self, message: &[u8]) -> Option<Vec<u8>> {
        let random = SystemRandom::new();
        let own = EphemeralPrivateKey::generate(&ECDH_P256, &random).ok()?;
        let public: [u8; PUBLIC_BYTES] = own.compute_public_key().ok()?.as_ref().try_into().ok()?;
        let theirs = UnparsedPublicKey::new(&ECDH_P256, self.public);
        let shared = agree_ephemeral(own, &theirs, <[u8]>::to_vec).ok()?;
        let salt = Entropy::default().bytes();
        self.seal_with(&shared, &public, salt, message)
    }

    fn seal_with(
        &self,
        shared: &[u8],
        public: &[u8; PUBLIC_BYTES],
        salt: [u8; SALT_BYTES],
        message: &[u8],
    ) -> Option<Vec<u8>> {
        if message.len() > MESSAGE_BYTES_MAX {
            return None;
        }
        let info = [b"WebPush: info\0".as_slice(), &self.public, public].concat();
        let secret = expanded::<32>(&keyed(&self.auth, shared), &info);
        let derived = keyed(&salt, &secret);
        let key = expanded::<16>(&derived, b"Content-Encoding: aes128gcm\0");
        let nonce = expanded::<12>(&derived, b"Content-Encoding: nonce\0");
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let mut record = [message, &[LAST]].concat();
        let nonce = Nonce::assume_unique_for_key(nonce);
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut record)
            .ok()?;
        let size = u32::try_from(RECORD_BYTES).ok()?.to_be_bytes();
        let id_length = u8::try_from(PUBLIC_BYTES).ok()?;
        Some([salt.as_slice(), &size, &[id_length], public, &record].concat())
    }
}

/// HKDF-Extract, which is an HMAC.
fn keyed(salt: &[u8], material: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(salt).expect("HMAC takes a key of any length");
    mac.update(material);
    mac.finalize().into_bytes().into()
}

/// HKDF-Expand for what one block holds.
fn expanded<const N: usize>(key: &[u8; 32], info: &[u8]) -> [u8; N] {
    const { assert!(N <= 32) };
    let block = keyed(key, &[info, &[1]].concat());
    let mut bytes = [0; N];
    bytes.copy_from_slice(&block[..N]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    const UA_PUBLIC: &str =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
    const AUTH: &str = "BTBZMqHH6r4Tts7J_aSIgg";

    /// The example of RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_standard_comes_out() {
        let bytes = |text: &str| decoded(text).unwrap();
        let reader = Reader::read(UA_PUBLIC, AUTH).unwrap();
        let shared = bytes("kyrL1jIIOHEzg3sM2ZWRHDRB62YACZhhSlknJ672kSs");
        let public = bytes(
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8",
        );
        let salt = bytes("DGv6ra1nlYgDCS1FRnbzlw");
        let sealed = reader
            .seal_with(
                &shared,
                &public.try_into().unwrap(),
                salt.try_into().unwrap(),
                b"When I grow up, I want to be a watermelon",
            )
            .unwrap();
        assert_eq!(
            URL_SAFE_NO_PAD.encode(sealed),
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLoc\
             InmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNW\
             QexSgSxsj_Qulcy4a-fN"
        );
    }

    #[test]
    fn keys_that_no_browser_gives_are_refused() {
        assert!(Reader::read(UA_PUBLIC, &format!("{AUTH}==")).is_some());
        assert!(Reader::read(&UA_PUBLIC[1..], AUTH).is_none());
        assert!(Reader::read(UA_PUBLIC, "").is_none());
        assert!(Reader::read("*", AUTH).is_none());
        let nowhere = URL_SAFE_NO_PAD.encode([4; PUBLIC_BYTES]);
        let reader = Reader::read(&nowhere, AUTH).unwrap();
        assert!(reader.seal(b"x").is_none(), "no point of the curve");
        let reader = Reader::read(UA_PUBLIC, AUTH).unwrap();
        assert!(reader.seal(&[0; MESSAGE_BYTES_MAX]).is_some());
        assert!(reader.seal(&[0; MESSAGE_BYTES_MAX + 1]).is_none());
    }
}
