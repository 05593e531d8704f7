use super::*;
use p12_keystore::{
    Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKey,
    PrivateKeyChain,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

/// Made by `openssl pkcs12 -export -legacy -passout pass:` (40-bit RC2 and 3DES, SHA-1), the shape of
/// Efí's files, for a key that nothing else uses. Good to 2036-11-18T11:01:28Z.
const LEGACY_P12: &str = "\
     MIIDggIBAzCCA0gGCSqGSIb3DQEHAaCCAzkEggM1MIIDMTCCAicGCSqGSIb3DQEHBqCCAhgwggIUAgEAMIICDQYJKoZI\
     hvcNAQcBMBwGCiqGSIb3DQEMAQYwDgQIaTOzWX1X5XECAggAgIIB4CttdET6qRH727Z1fNkHi5idAQ8hQn6d1JEwyi8S\
     1QA605VRq3KJAKhAaO2ERJnS7c6/ARpko8MUIM7IkWFZr78BezSjvDs2yWaIXkkRH9a5VTWPW2ItKq2u3gLoSao/NoTx\
     4q1ITi8oYtB+pwc2rXVhctUVOqECX0O5peJpY5g0Jt5xRd1w3Y9Z/AXYnbxCDFbWh1hs70soojMc+byc4VSA2tugjYiy\
     iKslp/OzRLQkb8dl8EOqli6HEwsU0d5Ok/Gf8qTboG3CutUAJnh0j4MshRl1A1SXQkIwsiUWH7may1bNRGr599vJH5HZ\
     q/CLfqbMsDT4Hq+RelytpM1XBxtPpzjLM/RAugVXo2rjH7zmL9Jdr8V3hMhyBvaE28owF8/qkqccWjuUY3CbqxPsmiEv\
     OXVNUiDWFdhG7f6hDUGnqp+ry4bsG7dlEuH1qwE2VPJdPBohVRUkSaz3zYkQuZuYvcV1tlPDL9A8usqzRRlQphwOqyI6\
     exNjGYdLQ0VEjaJWFJlZ6sgE2JL6+FM2LIeJRtNuF0n+msU8xh5ZQfczJRwmqu3rRU+M2qw27GF2RFddY7WHEk4ZSwwa\
     L+rliOyixb+XcLRZ7iwkAN2cdj029BN+wSISy79U/IAyhurXdzCCAQIGCSqGSIb3DQEHAaCB9ASB8TCB7jCB6wYLKoZI\
     hvcNAQwKAQKggbQwgbEwHAYKKoZIhvcNAQwBAzAOBAj4f4qp1J/JkwICCAAEgZCwn1NoLf9cVJWBLij2BqV8xDXtlSdd\
     UflrlqOaHSxOO9o2ZxL/3QlWWwSbG10XwpkqE2CCwQz6m1iBVgN5CEWHZ7qirzEzd8XGbv5ZJwGMgXXy0yphinATkqXR\
     EgcxE4I+BLTJe9i/uaaHcHo+kTQnMt5rDd81oKJTmbClrGbYFN7FpuwAd4s8UpmkZa2P244xJTAjBgkqhkiG9w0BCRUx\
     FgQUobVwgc9ifcraMKO4qWIxcSbuXFwwMTAhMAkGBSsOAwIaBQAEFGnZmwTkstrD0GLI8NJ56ItORCOTBAhm/gJcJWLA\
     ZgICCAA=";
/// The same certificate and key as OpenSSL 3 packs them by itself (AES-256, SHA-256).
const MODERN_P12: &str = "\
     MIIEDAIBAzCCA8IGCSqGSIb3DQEHAaCCA7MEggOvMIIDqzCCAmIGCSqGSIb3DQEHBqCCAlMwggJPAgEAMIICSAYJKoZI\
     hvcNAQcBMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAidZqkergjN/QICCAAwDAYIKoZIhvcNAgkFADAdBglg\
     hkgBZQMEASoEECbv9uHWpUh+Lq7mv4/UpriAggHgoteqwWjHBFvzTllJCzKezEaGmAo2BA792qshnFWpv/eizxLduYwt\
     85ne0Z+mDs7nVOYB41kpY0lOuvZki/owR8ClYltwYDAy12uFJJyIiy5F/BfpFc8o/V1oiVH8Z1+CUKbnV42J4tp78lpx\
     X9ilW69a30yq2Wg/iFf36m3Ep0W23J3y+3sVbrkcDfpKAzA8fi8bKIP8rWlqD1/mihB+FR+J7g/SndmQ1TCQ1YTNbxP7\
     R43QJZU3+dg4yh7cuDPyjSPhrfrJ9T5LwNJG5LQBhos0ImZ2t3vkMYrO6Cr5H4F+Yx6b6MOCrTOZKV7vqaJ38KcZnvnW\
     E7AjmwWZVpZiyArbst2ImeozzoI0QQa15pBt5kh/2n+zqVpl7AHd5IYuQMMzW2CJ6bfmvL5IzOAokPMYW5hdUlkrnhyx\
     iVb2UdHSTs5P20RY5vmBPYOe4A+OlW7HTdZbndRznA2nUfQhwkvzcaKVQGfXfNu5By+tcUD+MqCdO2078gqwpy4afwQW\
     zCcUJOtndZXx6h53/iHXdrhIzFNwSd7Y+seKwOUushUwuVXHjgLciyTphIRWIyUwR7LG7QG8chUqijNAJXEDNClIUKvP\
     9pdgHs/sy8Mg3I1QeFDsd9W3o4y+ZBgRHPmmMIIBQQYJKoZIhvcNAQcBoIIBMgSCAS4wggEqMIIBJgYLKoZIhvcNAQwK\
     AQKgge8wgewwVwYJKoZIhvcNAQUNMEowKQYJKoZIhvcNAQUMMBwECER8wlqMizhmAgIIADAMBggqhkiG9w0CCQUAMB0G\
     CWCGSAFlAwQBKgQQosNgcJIqU/JSsuXWXug9kgSBkD/Sh4m2ckHGCkwkOP9WRqq/v5oi27jmqGG0y5E7y2jL+pT3aibm\
     WzdP3VwLkwRQ7J7i11+OLx+ihA13/Dg8PAfgcaoES2EqIEBXHqe/0k1Vai7eAa3v+++u+jiXlzRj7bRCWhpG4eh25dgR\
     GvsIuv1yAgsUIqvL98+ApyvQ8vuStG/udcZ89KCIT9PDLhVoRTElMCMGCSqGSIb3DQEJFTEWBBShtXCBz2J9ytowo7ip\
     YjFxJu5cXDBBMDEwDQYJYIZIAWUDBAIBBQAEIFNmOXgabVrGP0sGaCKjLwNGNNLBa8G+gaRJcoL6kbKoBAjQw7yPUl2s\
     pQICCAA=";
const OPENSSL_END_MS: UnixMs = UnixMs(2_110_618_888_000);

struct Made {
    leaf: rcgen::Certificate,
    key: KeyPair,
    root: rcgen::Certificate,
}

fn made() -> Made {
    let root_key = KeyPair::generate().unwrap();
    let mut root = CertificateParams::new(Vec::new()).unwrap();
    root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let root_certificate = root.self_signed(&root_key).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut leaf = CertificateParams::new(vec!["loja.test".to_owned()]).unwrap();
    leaf.not_after = date_time_ymd(2027, 3, 1);
    let issuer = Issuer::new(root, root_key);
    Made {
        leaf: leaf.signed_by(&key, &issuer).unwrap(),
        key,
        root: root_certificate,
    }
}

const LEAF_END_MS: UnixMs = UnixMs(1_803_859_200_000);

fn read(certificate: &str, key: Option<&str>) -> Result<(usize, UnixMs), IdentityError> {
    let password = Secret::default();
    let identity = Identity::read(certificate.as_bytes(), key.map(str::as_bytes), &password)?;
    assert!(identity.for_client().is_ok());
    Ok((identity.chain.len(), identity.not_after_ms()))
}

#[test]
fn pem_is_read_in_any_order_from_one_file_or_two() {
    let made = made();
    let (leaf, root, key) = (made.leaf.pem(), made.root.pem(), made.key.serialize_pem());
    let other = KeyPair::generate().unwrap().serialize_pem();
    let locked =
        "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
    for (name, certificate, key, expected) in [
        (
            "one file",
            format!("{leaf}{key}"),
            None,
            Ok((1, LEAF_END_MS)),
        ),
        (
            "key first",
            format!("{key}{leaf}{root}"),
            None,
            Ok((2, LEAF_END_MS)),
        ),
        (
            "root first",
            format!("{root}{leaf}{key}"),
            None,
            Ok((2, LEAF_END_MS)),
        ),
        (
            "two files",
            leaf.clone(),
            Some(key.as_str()),
            Ok((1, LEAF_END_MS)),
        ),
        ("no key", leaf.clone(), None, Err(IdentityError::NoKey)),
        (
            "key of another",
            leaf.clone(),
            Some(&other),
            Err(IdentityError::Mismatch),
        ),
        (
            "only a key",
            key.clone(),
            None,
            Err(IdentityError::NoCertificate),
        ),
        (
            "locked key",
            leaf,
            Some(locked),
            Err(IdentityError::KeyEncrypted),
        ),
        (
            "no PEM",
            "carrinho".to_owned(),
            None,
            Err(IdentityError::Format),
        ),
        ("empty", String::new(), None, Err(IdentityError::Format)),
        (
            "huge",
            "x".repeat(IDENTITY_BYTES_MAX + 1),
            None,
            Err(IdentityError::TooLarge),
        ),
    ] {
        assert_eq!(read(&certificate, key), expected, "{name}");
    }
}

#[test]
fn the_own_certificate_leads_whatever_led_the_file() {
    let made = made();
    let file = [made.root.pem(), made.leaf.pem(), made.key.serialize_pem()].concat();
    let identity = Identity::read(file.as_bytes(), None, &Secret::default()).unwrap();
    assert_eq!(
        identity.chain,
        [made.leaf.der().clone(), made.root.der().clone()]
    );
    let shown = format!("{identity:?}");
    assert!(!shown.contains("BEGIN") && shown.len() < 100, "{shown}");
}

#[test]
fn what_openssl_packs_with_an_empty_password_opens() {
    for file in [LEGACY_P12, MODERN_P12] {
        let file = base64::engine::general_purpose::STANDARD
            .decode(file)
            .unwrap();
        let identity = Identity::read(&file, None, &Secret::default()).unwrap();
        assert_eq!(identity.not_after_ms(), OPENSSL_END_MS);
        assert!(identity.for_client().is_ok());
        let wrong = Identity::read(&file, None, &Secret::new("other"));
        assert_eq!(wrong, Err(IdentityError::Password));
    }
}

#[test]
fn pkcs12_opens_by_its_password_in_every_encryption_banks_use() {
    let made = made();
    let certificate = Certificate::from_der(made.leaf.der()).unwrap();
    let key = PrivateKey::from_der(&made.key.serialize_der()).unwrap();
    let chain = PrivateKeyChain::new(vec![1], key, [certificate]);
    let mut store = KeyStore::new();
    store.add_entry("loja", KeyStoreEntry::PrivateKeyChain(chain));
    for encryption in [
        EncryptionAlgorithm::PbeWithHmacSha256AndAes256,
        EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc,
    ] {
        for (password, other) in [("", "x"), ("senha", "")] {
            let file = store
                .writer(password)
                .encryption_algorithm(encryption)
                .encryption_iterations(10)
                .mac_algorithm(MacAlgorithm::HmacSha256)
                .mac_iterations(10)
                .write()
                .unwrap();
            let identity = Identity::read(&file, None, &Secret::new(password)).unwrap();
            assert_eq!(identity.not_after_ms(), LEAF_END_MS);
            let wrong = Identity::read(&file, None, &Secret::new(other));
            assert_eq!(
                wrong,
                Err(IdentityError::Password),
                "{encryption:?} {password}"
            );
        }
    }
}
