//! What stands in every page's place while the gateway cannot start: what is wrong, what to do about
//! it, and that it tries again by itself.

use super::text::stranded::{StrandedText, Words, text};
use super::text::{self, Text};
use super::{BASE_CSS, DOCK_CSS, STRANDED_JS};
use crate::ui::frame::html;
use crate::ui::{Lang, assets};
use askama::Template;

/// Why there is no dock behind this page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// None: the journal is being opened, or put together again.
    Starting,
    /// A setting is missing, empty or wrong.
    Settings,
    /// The data directory cannot be read, written or held.
    Folder,
    Key,
    Enrolment,
    Journal,
    DiskFull,
    /// Pins, SPI, GPIO.
    Hardware,
    /// The file of certificates.
    Authorities,
    /// The program's own end.
    Program,
}

impl Trouble {
    pub const ALL: [Self; 10] = [
        Self::Starting,
        Self::Settings,
        Self::Folder,
        Self::Key,
        Self::Enrolment,
        Self::Journal,
        Self::DiskFull,
        Self::Hardware,
        Self::Authorities,
        Self::Program,
    ];

    /// For programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Settings => "settings_unusable",
            Self::Folder => "data_directory_unusable",
            Self::Key => "key_unusable",
            Self::Enrolment => "enrolment_unusable",
            Self::Journal => "journal_unusable",
            Self::DiskFull => "disk_full",
            Self::Hardware => "hardware_unusable",
            Self::Authorities => "authorities_unusable",
            Self::Program => "program_ended",
        }
    }

    pub fn title(self, lang: Lang) -> &'static str {
        (text(lang).trouble)(self).title
    }
}

#[derive(Debug, Clone)]
pub struct Stranded {
    pub lang: Lang,
    pub software: String,
    pub trouble: Trouble,
    /// The error's own words, in English; empty for none. No secrets.
    pub detail: String,
    /// None where nothing is tried again because nothing has failed.
    pub retry_seconds: Option<u64>,
}

impl Stranded {
    pub fn page(&self) -> String {
        let s = text(self.lang);
        html(&Page {
            lang: self.lang,
            t: text::text(self.lang),
            s,
            words: (s.trouble)(self.trouble),
            view: self,
        })
    }
}

#[derive(Template)]
#[template(path = "edge/stranded.html")]
struct Page<'a> {
    lang: Lang,
    t: &'a Text,
    s: &'a StrandedText,
    words: Words,
    view: &'a Stranded,
}

impl Page<'_> {
    fn tries_again(&self, seconds: &u64) -> String {
        (self.s.tries_again)(*seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_trouble_says_in_both_languages_what_to_do() {
        let mut said = BTreeSet::new();
        for lang in [Lang::Pt, Lang::En] {
            for trouble in Trouble::ALL {
                let page = Stranded {
                    lang,
                    software: "volta-gateway 0.1.0".into(),
                    trouble,
                    detail: "bay 1, spi: <b> & \"co\"".into(),
                    retry_seconds: Some(30),
                }
                .page();
                let words = (text(lang).trouble)(trouble);
                assert!(!words.steps.is_empty() && said.insert(words.title));
                let title = words.title.replace('\'', "&#39;");
                assert!(page.contains(&title), "{trouble:?}");
                assert!(page.contains(lang.tag()) && page.contains("30 s"));
                assert!(!page.contains("<b>"), "escaped");
            }
        }
        let codes: BTreeSet<_> = Trouble::ALL.iter().map(|it| it.code()).collect();
        assert_eq!(codes.len(), Trouble::ALL.len());
    }
}
