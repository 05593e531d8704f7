use crate::ui::qr;
use shared::time::UnixMs;

/// What a paid customer carries to a dock that the cloud cannot reach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CarryView {
    pub why: CarryWhy,
    /// The signed grant for the dock's scanner: letters and digits only.
    pub carried: String,
    /// Ten digits for the dock's keypad, while they are good.
    pub code: Option<String>,
    /// The dock's own page with the grant, where it told its address.
    pub link: Option<String>,
    pub until_ms: UnixMs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CarryWhy {
    /// The dock has not been heard for a while.
    Dark,
    /// It is there, and the bay has not opened.
    Slow,
}

impl CarryView {
    /// Grouped as telephone numbers are.
    pub(crate) fn code_grouped(&self) -> Option<String> {
        let code = self.code.as_deref()?;
        match (code.get(..3), code.get(3..6), code.get(6..)) {
            (Some(first), Some(second), Some(rest)) => Some(format!("{first} {second} {rest}")),
            _ => Some(code.to_owned()),
        }
    }

    pub(crate) fn qr(&self, label: &str) -> String {
        qr::svg(&self.carried, label)
    }

    pub(crate) fn key(&self) -> String {
        let why = match self.why {
            CarryWhy::Dark => "dark",
            CarryWhy::Slow => "slow",
        };
        let with_code = u8::from(self.code.is_some());
        format!(
            "{why}-{}-{with_code}{}",
            self.until_ms.0,
            u8::from(self.link.is_some())
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_carried_grant_is_a_small_code_and_its_digits_are_grouped() {
        let view = CarryView {
            why: CarryWhy::Dark,
            carried: "A7".repeat(108),
            code: Some("0123456789".into()),
            link: None,
            until_ms: UnixMs(5),
        };
        assert_eq!(view.code_grouped().as_deref(), Some("012 345 6789"));
        assert_eq!(view.key(), "dark-5-10");
        // Letters and digits take 5.5 bits each; as bytes this would need 65 modules and more.
        let dense = qr::matrix(&view.carried).unwrap().width;
        let bytes = qr::matrix(&view.carried.to_lowercase()).unwrap().width;
        assert!(dense <= 49 && bytes > 53, "{dense} {bytes}");
    }
}
