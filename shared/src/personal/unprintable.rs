//! Proof by the compiler: none of these types can be printed with `{}` or written as JSON, not in a
//! log field (`%value`), not in an answer. An inherent constant comes before a trait's, so `PRINTS` is
//! true just for types that have `Display`.

use super::{Email, PersonName, Phone};
use crate::document::Cpf;
use crate::pix_key::PixKey;
use std::fmt::Display;
use std::marker::PhantomData;

struct Of<T>(PhantomData<T>);

trait Neither {
    const PRINTS: bool = false;
    const SERIALISES: bool = false;
}

impl<T> Neither for Of<T> {}

impl<T: Display> Of<T> {
    const PRINTS: bool = true;
}

impl<T: serde::Serialize> Of<T> {
    const SERIALISES: bool = true;
}

macro_rules! never_shown {
    ($($name:ty),+) => {$(
        const _: () = assert!(!Of::<$name>::PRINTS && !Of::<$name>::SERIALISES);
    )+};
}

never_shown!(Cpf, PersonName, Email, Phone, PixKey);

/// What the proof is worth: it sees a type that can be shown.
const _: () = assert!(Of::<String>::PRINTS && Of::<String>::SERIALISES);
