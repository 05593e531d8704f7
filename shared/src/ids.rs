//! Typed ids. Entities carry UUIDv7 in their hyphenated text form; people read codes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Why a text is not the id, code or tag it was offered as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind}: expected {expected}")]
pub struct InvalidId {
    pub kind: &'static str,
    pub expected: &'static str,
}

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A version 7 id: `unix_ms` orders it, `entropy` makes it unique.
            pub fn new(unix_ms: u64, entropy: [u8; 10]) -> Self {
                Self(uuid::Builder::from_unix_timestamp_millis(unix_ms, &entropy).into_uuid())
            }

            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The unix milliseconds it was born at, as it says itself.
            pub fn born_ms(&self) -> u64 {
                let time = self.0.as_bytes().first_chunk().copied().unwrap_or([0; 6]);
                time.iter().fold(0, |ms, byte| ms << 8 | u64::from(*byte))
            }

            /// 32 lower-case hexadecimal digits, the form Pix ids may take.
            pub fn simple(&self) -> String {
                self.0.simple().to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0.hyphenated())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                const ERROR: InvalidId = InvalidId {
                    kind: stringify!($name),
                    expected: "a lower-case hyphenated UUID",
                };
                let id = Uuid::try_parse(text).map_err(|_| ERROR)?;
                // One spelling per id: ids are compared as text in both databases.
                if text.len() != 36 || text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(ERROR);
                }
                Ok(Self(id))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut buffer = Uuid::encode_buffer();
                serializer.serialize_str(self.0.hyphenated().encode_lower(&mut buffer))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text_visitor::<D, $name>(deserializer)
            }
        }
    )+};
}

uuid_ids! {
    ChainId,
    StoreId,
    DockId,
    GatewayId,
    CartId,
    PersonId,
    RentalId,
    ChargeId,
    /// Names a release permission; used up by one opening of one bay.
    GrantId,
    RefundId,
    PayoutId,
    TransferId,
    OutboxId,
    CampaignId,
    EntryId,
    PolicyId,
    AlarmId,
    StaffId,
}

/// The number painted on a bay, unique within its dock. 1 to 999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct BayNo(u16);

impl BayNo {
    const ERROR: InvalidId = InvalidId {
        kind: "bay number",
        expected: "a whole number from 1 to 999",
    };

    pub fn new(number: u16) -> Result<Self, InvalidId> {
        if (1..=999).contains(&number) {
            Ok(Self(number))
        } else {
            Err(Self::ERROR)
        }
    }

    pub fn get(self) -> u16 {
        self.0
    }
}

impl fmt::Display for BayNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for BayNo {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        text.parse().map_err(|_| Self::ERROR).and_then(Self::new)
    }
}

impl<'de> Deserialize<'de> for BayNo {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::new(u16::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

/// The UID an RFID tag answers with: 4, 7 or 10 bytes (ISO/IEC 14443-3). A label, never a secret.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TagUid {
    bytes: [u8; 10],
    length: u8,
}

impl TagUid {
    const ERROR: InvalidId = InvalidId {
        kind: "tag UID",
        expected: "4, 7 or 10 bytes as lower-case hexadecimal",
    };

    pub fn new(uid: &[u8]) -> Result<Self, InvalidId> {
        if !matches!(uid.len(), 4 | 7 | 10) {
            return Err(Self::ERROR);
        }
        let mut bytes = [0; 10];
        bytes[..uid.len()].copy_from_slice(uid);
        let length = u8::try_from(uid.len()).map_err(|_| Self::ERROR)?;
        Ok(Self { bytes, length })
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

impl fmt::Display for TagUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.as_bytes()))
    }
}

impl fmt::Debug for TagUid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TagUid({self})")
    }
}

impl FromStr for TagUid {
    type Err = InvalidId;
    fn from_str(text: &str) -> Result<Self, InvalidId> {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return Err(Self::ERROR);
        }
        let mut bytes = [0u8; 10];
        let length = text.len() / 2;
        let target = bytes.get_mut(..length).ok_or(Self::ERROR)?;
        hex::decode_to_slice(text, target).map_err(|_| Self::ERROR)?;
        Self::new(&bytes[..length])
    }
}

impl Serialize for TagUid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TagUid {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_visitor::<D, TagUid>(deserializer)
    }
}

/// Deserializes anything that parses from text without allocating when the input lends it.
pub(crate) fn text_visitor<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr,
    T::Err: fmt::Display,
{
    struct Text<T>(std::marker::PhantomData<T>);
    impl<T> serde::de::Visitor<'_> for Text<T>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text value")
        }
        fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_str(Text(std::marker::PhantomData))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = RentalId::new(1_790_000_000_000, [7; 10]);
        let text = id.to_string();
        assert_eq!(text.parse::<RentalId>(), Ok(id));
        assert_eq!(text.as_bytes()[14], b'7', "version 7");
        for wrong in [
            text.to_uppercase(),
            id.simple(),
            format!("{{{text}}}"),
            String::new(),
        ] {
            assert!(wrong.parse::<RentalId>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn ids_sort_by_the_time_they_were_born() {
        assert!(RentalId::new(1, [255; 10]).to_string() < RentalId::new(2, [0; 10]).to_string());
    }

    #[test]
    fn a_tag_is_4_7_or_10_bytes_of_lower_case_hex() {
        for good in ["deadbeef", "04a1b2c3d4e5f6", "00112233445566778899"] {
            assert_eq!(good.parse::<TagUid>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "dead",
            "DEADBEEF",
            "deadbeefz",
            "deadbeef0",
            "0011223344556677889900",
        ] {
            assert!(bad.parse::<TagUid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bay_number_is_1_to_999() {
        assert!("0".parse::<BayNo>().is_err());
        assert!("1000".parse::<BayNo>().is_err());
        assert_eq!("7".parse::<BayNo>().unwrap().get(), 7);
        assert!(serde_json::from_str::<BayNo>("0").is_err());
    }
}
