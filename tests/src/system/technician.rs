//! What the managers' site answers to a technician's challenge, from the files of a dock.

use super::System;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use shared::enrol::Enrolled;
use shared::offline::SharedSecret;
use shared::signed;
use std::fs;

impl System {
    pub fn technician_answer(&self, dock: &str, challenge: &str) -> String {
        let read = |name: &str| {
            let path = self.folder().join(dock).join(name);
            fs::read_to_string(path).expect("an enrolled dock has its files")
        };
        let mut seed = [0u8; 32];
        let written = URL_SAFE_NO_PAD.decode_slice(read("device.key").trim(), &mut seed);
        assert_eq!(written, Ok(32), "a device key");
        let line = read("enrolment.signed");
        let json = signed::text_of(line.trim_end()).expect("a signed line");
        let enrolled: Enrolled = serde_json::from_str(json).expect("an enrolment");
        SharedSecret::between(&SigningKey::from_bytes(&seed), &enrolled.cloud_key)
            .technician_answer(challenge)
    }
}
