use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;

/// `GET /`: where to begin without a QR code at hand.
#[derive(Debug, Clone)]
pub struct HomePage {
    pub frame: Frame,
    pub docks: Vec<HomeDock>,
}

#[derive(Debug, Clone)]
pub struct HomeDock {
    pub code: String,
    pub dock_name: String,
    pub store_name: String,
    pub carts_ready: u64,
    pub places_free: u64,
    pub online: bool,
}

/// `GET /help`
#[derive(Debug, Clone)]
pub struct HelpPage {
    pub frame: Frame,
}

/// `GET /privacy`
#[derive(Debug, Clone)]
pub struct PrivacyPage {
    pub frame: Frame,
}

/// Any refusal a person sees: what happened, and the way out.
#[derive(Debug, Clone)]
pub struct ErrorPage {
    pub frame: Frame,
    pub status: u16,
    pub title: String,
    pub detail: String,
    pub way_out: WayOut,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayOut {
    pub href: String,
    pub label: String,
}

/// The errors the catalogue has words for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    NotFound,
    UnknownDock,
    UnknownRental,
    BadForm,
    CrossSite,
    Forbidden,
    NotNow,
    TooLarge,
    TooMany,
    Unavailable,
    Internal,
}

impl ErrorKind {
    pub fn status(self) -> u16 {
        match self {
            Self::NotFound | Self::UnknownDock | Self::UnknownRental => 404,
            Self::BadForm => 422,
            Self::CrossSite | Self::Forbidden => 403,
            Self::NotNow => 409,
            Self::TooLarge => 413,
            Self::TooMany => 429,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

#[derive(Template)]
#[template(path = "customer/home.html")]
struct HomeTemplate<'a> {
    p: &'a HomePage,
    t: &'static Text,
}

#[derive(Template)]
#[template(path = "customer/topics.html")]
struct TopicsTemplate<'a> {
    p: Topics<'a>,
    t: &'static Text,
}

struct Topics<'a> {
    frame: &'a Frame,
    title: &'static str,
    items: &'static [(&'static str, &'static str)],
}

#[derive(Template)]
#[template(path = "customer/error.html")]
struct ErrorTemplate<'a> {
    p: &'a ErrorPage,
    t: &'static Text,
}

impl HomePage {
    pub fn render(&self) -> String {
        html(&HomeTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }
}

impl HelpPage {
    pub fn render(&self) -> String {
        let t = self.frame.lang.text();
        topics(&self.frame, t.pages.help_title, &t.pages.help_items)
    }
}

impl PrivacyPage {
    pub fn render(&self) -> String {
        let t = self.frame.lang.text();
        topics(&self.frame, t.pages.privacy_title, &t.pages.privacy_items)
    }
}

impl ErrorPage {
    /// The catalogue's words for `kind`; the way out leads to the start.
    pub fn of(frame: Frame, kind: ErrorKind) -> Self {
        let t = frame.lang.text();
        Self {
            status: kind.status(),
            title: (t.pages.error_title)(&kind).to_owned(),
            detail: (t.pages.error_detail)(&kind).to_owned(),
            way_out: WayOut {
                href: "/".to_owned(),
                label: t.common.to_start.to_owned(),
            },
            frame,
        }
    }

    pub fn render(&self) -> String {
        html(&ErrorTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }
}

fn topics(
    frame: &Frame,
    title: &'static str,
    items: &'static [(&'static str, &'static str)],
) -> String {
    html(&TopicsTemplate {
        p: Topics {
            frame,
            title,
            items,
        },
        t: frame.lang.text(),
    })
}
