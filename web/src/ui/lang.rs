/// The languages of the catalogue. Portuguese is the first and the default.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lang {
    #[default]
    Pt,
    En,
}

/// A longer `Accept-Language` was not written by a browser.
const RANGES_MAX: usize = 32;

impl Lang {
    /// What the reader asked for: `?lang=`, else the remembered cookie, else `Accept-Language`.
    pub fn choose(query: Option<&str>, cookie: Option<&str>, accept: Option<&str>) -> Self {
        query
            .and_then(Self::from_code)
            .or_else(|| cookie.and_then(Self::from_code))
            .or_else(|| accept.and_then(Self::from_accept))
            .unwrap_or_default()
    }

    /// The short code of links and cookies: `pt`, `en`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Pt => "pt",
            Self::En => "en",
        }
    }

    /// The value of `<html lang>`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Pt => "pt-BR",
            Self::En => "en",
        }
    }

    pub fn other(self) -> Self {
        match self {
            Self::Pt => Self::En,
            Self::En => Self::Pt,
        }
    }

    /// The language's name in itself, for the link that switches to it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::Pt => "Português",
            Self::En => "English",
        }
    }

    fn from_code(code: &str) -> Option<Self> {
        match code.split('-').next()?.trim() {
            c if c.eq_ignore_ascii_case("pt") => Some(Self::Pt),
            c if c.eq_ignore_ascii_case("en") => Some(Self::En),
            _ => None,
        }
    }

    fn from_accept(header: &str) -> Option<Self> {
        let mut best: Option<(u32, Self)> = None;
        for range in header.split(',').take(RANGES_MAX) {
            let mut parts = range.split(';');
            let lang = parts.next().and_then(Self::from_code);
            let weight = parts.find_map(quality).unwrap_or(1000);
            if let Some(lang) = lang
                && weight > 0
                && best.is_none_or(|(heaviest, _)| weight > heaviest)
            {
                best = Some((weight, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }
}

/// `q=0.8` as thousandths.
fn quality(parameter: &str) -> Option<u32> {
    let value = parameter.trim().strip_prefix("q=")?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let digits: String = fraction.chars().chain("000".chars()).take(3).collect();
    Some(whole.parse::<u32>().ok()?.min(1) * 1000 + digits.parse::<u32>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_wins_over_the_cookie_and_the_cookie_over_the_browser() {
        for (query, cookie, accept, lang) in [
            (None, None, None, Lang::Pt),
            (Some("en"), Some("pt"), Some("pt-BR"), Lang::En),
            (Some("xx"), Some("en"), Some("pt"), Lang::En),
            (None, None, Some("en-US,en;q=0.9,pt;q=0.8"), Lang::En),
            (None, None, Some("de, en;q=0.3, pt-BR;q=0.7"), Lang::Pt),
            (None, None, Some("en;q=0"), Lang::Pt),
            (None, None, Some("de"), Lang::Pt),
            (None, None, Some(";;;,,q=;en;q=x"), Lang::Pt),
        ] {
            assert_eq!(Lang::choose(query, cookie, accept), lang, "{accept:?}");
        }
    }
}
