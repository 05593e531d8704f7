use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;

/// `GET /r/{token}/notices`: where the payer wants to be told. A page of its own, so that the rental's
/// page stays light and nothing that is typed is replaced by news.
#[derive(Debug, Clone)]
pub struct ContactsPage {
    pub frame: Frame,
    pub token: String,
    /// Minutes before the deposit is at risk.
    pub lead_minutes: u16,
    /// Days after the rental's end in which contacts are forgotten.
    pub kept_days: u64,
    /// False: the rental is over, or not paid.
    pub open: bool,
    pub mail: ContactField,
    pub phone: ContactField,
    pub push: PushOffer,
    pub saved: bool,
    pub error: Option<ContactError>,
    /// What the form holds when it is shown again.
    pub typed: String,
}

/// One kind of contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ContactField {
    /// This cloud has no such channel.
    Off,
    Asked,
    /// Masked.
    Given(String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PushOffer {
    Off,
    /// The VAPID public key, base64url.
    Asked {
        key: String,
    },
    Given,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContactError {
    Mail,
    Phone,
}

pub(crate) const CONTACTS_JS: &str = include_str!("../../static/customer/contacts.js");

/// What the browser runs when a push arrives; served at `/sw.js`.
pub const SERVICE_WORKER_JS: &str = include_str!("../../static/customer/sw.js");

#[derive(Template)]
#[template(path = "customer/contacts.html")]
struct ContactsTemplate<'a> {
    p: &'a ContactsPage,
    t: &'static Text,
}

impl ContactsPage {
    pub fn render(&self) -> String {
        html(&ContactsTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    fn is_wrong(&self, error: ContactError) -> bool {
        self.error == Some(error)
    }

    fn gave_any(&self) -> bool {
        let given = |field: &ContactField| matches!(field, ContactField::Given(_));
        given(&self.mail) || given(&self.phone) || self.push == PushOffer::Given
    }
}
