//! The customers' own page at a dock, on the dock's network: it works without internet.

use super::text::dock::{self as words, DockText};
use super::text::{self, Text};
use super::witness::{self, Witnessed};
use super::{BASE_CSS, DOCK_CSS, Frame, LIVE_JS};
use crate::ui::frame::html;
use crate::ui::{Lang, Zone, assets, qr, time};
use askama::Template;
use shared::ids::BayNo;
use shared::sync::BayState;
use shared::time::UnixMs;

pub const PATH: &str = "/dock";

/// Where a carried grant is opened: this and its text.
pub const CARRIED_PATH: &str = "/g/";

/// Receipts drawn as QR codes; the older ones show their code only.
const QR_MAX: usize = 3;

#[derive(Debug, Clone)]
pub struct Dock {
    pub lang: Lang,
    pub zone: Zone,
    /// None before enrolment.
    pub place: Option<Place>,
}

#[derive(Debug, Clone)]
pub struct Place {
    pub store_name: String,
    pub dock_name: String,
    /// The dock's page in the cloud.
    pub dock_url: String,
    pub online: bool,
    pub bays: Vec<Bay>,
    /// The newest first.
    pub receipts: Vec<Receipt>,
    /// What the dock just said to somebody at its reader.
    pub said: Option<Answer>,
    /// Lists of entries that the dock stands witness for, the newest first.
    pub witnessed: Vec<Witnessed>,
}

#[derive(Debug, Clone, Copy)]
pub struct Bay {
    pub bay: BayNo,
    pub state: BayState,
    pub carts: u16,
}

#[derive(Debug, Clone)]
pub struct Receipt {
    pub bay: BayNo,
    /// None where the dock does not know the time.
    pub at: Option<UnixMs>,
    /// Twelve characters.
    pub code: String,
    /// Where the cloud takes it.
    pub url: Option<String>,
}

/// What the dock answered: the bay where one opens, else the code of a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    Opening(BayNo),
    Refused(String),
}

impl Answer {
    /// As it stands in an address: `opening-3`, `code_wrong`.
    pub fn code(&self) -> String {
        match self {
            Self::Opening(bay) => format!("opening-{bay}"),
            Self::Refused(code) => code.clone(),
        }
    }

    pub fn from_code(code: &str) -> Self {
        match code.strip_prefix("opening-").map(str::parse) {
            Some(Ok(bay)) => Self::Opening(bay),
            _ => Self::Refused(code.to_owned()),
        }
    }

    pub fn words(&self, lang: Lang) -> String {
        let t = words::text(lang);
        match self {
            Self::Opening(bay) => (t.opening)(bay.get()),
            Self::Refused(code) => (t.answer)(code).to_owned(),
        }
    }

    /// Whether it is an answer of the dock's door at all.
    pub(super) fn is_known(&self, lang: Lang) -> bool {
        let answer = words::text(lang).answer;
        match self {
            Self::Opening(_) => true,
            Self::Refused(code) => answer(code) != answer(""),
        }
    }

    fn is_good(&self) -> bool {
        matches!(self, Self::Opening(_))
    }
}

impl Dock {
    /// The whole page; `seen` is what the live stream calls this state.
    pub fn page(&self, told: Option<&Answer>, seen: &str) -> String {
        let (lang, path) = (self.lang, PATH);
        html(&Page {
            frame: Frame { lang, path, seen },
            t: text::text(lang),
            d: words::text(lang),
            view: self,
            told: told.map(|told| told.words(lang)),
            good: told.is_some_and(Answer::is_good),
            live: self.live(),
        })
    }

    /// The part that changes, as HTML.
    pub fn live(&self) -> String {
        html(&Live {
            d: words::text(self.lang),
            view: self,
        })
    }

    /// What the dock stands witness for, where that is an alarm: before all else, and live.
    fn alarm(&self) -> String {
        self.witnessed(true)
    }

    /// The same where all is well: after all else.
    fn witness(&self) -> String {
        self.witnessed(false)
    }

    fn witnessed(&self, broken: bool) -> String {
        let place = self.place.as_ref();
        match place.filter(|place| witness::is_broken(&place.witnessed) == broken) {
            Some(place) => witness::at_the_dock(&place.witnessed, self.lang, &self.zone),
            None => String::new(),
        }
    }

    fn name(&self) -> &str {
        self.place
            .as_ref()
            .map_or(words::text(self.lang).title, |place| &place.dock_name)
    }
}

impl Receipt {
    fn grouped(&self) -> String {
        let letters: Vec<char> = self.code.chars().collect();
        let groups: Vec<String> = letters
            .chunks(4)
            .map(|group| group.iter().collect())
            .collect();
        groups.join(" ")
    }
}

/// A grant that a phone brought, before it is used.
#[derive(Debug, Clone)]
pub struct Carried {
    pub lang: Lang,
    pub dock_name: Option<String>,
    /// The text itself.
    pub text: String,
    /// The bay it opens; none for a text that is nothing of this dock's.
    pub bay: Option<BayNo>,
}

impl Carried {
    pub fn page(&self) -> String {
        let lang = self.lang;
        let path = match self.bay {
            Some(_) => format!("{CARRIED_PATH}{}", self.text),
            None => PATH.to_owned(),
        };
        html(&CarriedPage {
            frame: Frame {
                lang,
                path: &path,
                seen: "",
            },
            t: text::text(lang),
            d: words::text(lang),
            view: self,
        })
    }
}

#[derive(Template)]
#[template(path = "edge/dock.html")]
struct Page<'a> {
    frame: Frame<'a>,
    t: &'a Text,
    d: &'a DockText,
    view: &'a Dock,
    told: Option<String>,
    good: bool,
    live: String,
}

#[derive(Template)]
#[template(path = "edge/dock_live.html")]
struct Live<'a> {
    d: &'a DockText,
    view: &'a Dock,
}

#[derive(Template)]
#[template(path = "edge/dock_carried.html")]
struct CarriedPage<'a> {
    frame: Frame<'a>,
    t: &'a Text,
    d: &'a DockText,
    view: &'a Carried,
}

impl Live<'_> {
    fn state(&self, bay: &Bay) -> String {
        (self.d.state)(bay.state, bay.carts)
    }

    fn said(&self, answer: &Answer) -> String {
        answer.words(self.view.lang)
    }

    fn receipt_of(&self, receipt: &Receipt) -> String {
        (self.d.receipt_of)(receipt.bay.get())
    }

    fn receipt_at(&self, receipt: &Receipt) -> Option<String> {
        let at = time::clock(receipt.at?, &self.view.zone);
        Some((self.d.receipt_at)(&at))
    }

    fn drawn(&self, url: &str, place: &usize) -> Option<String> {
        (*place < QR_MAX).then(|| qr::svg(url, self.d.receipt_qr))
    }
}

impl CarriedPage<'_> {
    fn title(&self) -> String {
        match self.view.bay {
            Some(bay) => (self.d.carried_title)(bay.get()),
            None => self.d.carried_unread_title.to_owned(),
        }
    }

    fn open(&self, bay: &BayNo) -> String {
        (self.d.carried_open)(bay.get())
    }

    fn unread(&self) -> &'static str {
        (self.d.answer)("unread")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_travels_in_an_address() {
        let bay = BayNo::new(12).unwrap();
        for (answer, code) in [
            (Answer::Opening(bay), "opening-12"),
            (Answer::Refused("code_wrong".into()), "code_wrong"),
            (Answer::Refused("opening-0".into()), "opening-0"),
        ] {
            assert_eq!(Answer::from_code(code), answer);
            assert_eq!(answer.code(), code);
        }
    }

    #[test]
    fn a_receipt_is_grouped_and_only_the_newest_are_drawn() {
        let receipt = Receipt {
            bay: BayNo::new(3).unwrap(),
            at: None,
            code: "0001A7K4Q2XZ".into(),
            url: Some("https://volta.example/r/AAAA".into()),
        };
        let dock = Dock {
            lang: Lang::Pt,
            zone: Zone::sao_paulo(),
            place: Some(Place {
                store_name: "Loja".into(),
                dock_name: "Norte".into(),
                dock_url: "https://volta.example/d/norte".into(),
                online: false,
                bays: vec![],
                receipts: vec![receipt; QR_MAX + 2],
                said: Some(Answer::Refused("card_out".into())),
                witnessed: vec![],
            }),
        };
        let live = dock.live();
        assert_eq!(live.matches("0001 A7K4 Q2XZ").count(), QR_MAX + 2);
        assert_eq!(live.matches("<svg").count(), QR_MAX);
        assert!(live.contains("já está com um carrinho"));
    }
}
