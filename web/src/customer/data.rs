use crate::notice::NoticeChannel;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;
use shared::money::Centavos;
use shared::time::UnixMs;

/// `GET /r/{token}/data`: what is kept of one rental, why, and for how long. It tells of this rental
/// alone, whoever else is known by the same CPF.
#[derive(Debug, Clone)]
pub struct DataPage {
    pub frame: Frame,
    pub token: String,
    pub started_ms: UnixMs,
    pub dock_name: String,
    pub store_name: String,
    pub deposit: Centavos,
    pub cart_label: Option<String>,
    pub returned_ms: Option<UnixMs>,
    /// The bank's ids of the Pix that came and of those that went back.
    pub pix: Vec<String>,
    pub cpf_masked: Option<String>,
    pub entry_code: Option<String>,
    /// Where the payer wants to be told.
    pub contacts: Vec<DataContact>,
    /// How long contacts are kept after the rental's end.
    pub contact_days: u64,
    pub by_card: bool,
    /// How long a CPF is known after the last rental and after a campaign.
    pub cpf_days: (u64, u64),
    /// How long this phone remembers the address.
    pub device_days: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataContact {
    pub channel: NoticeChannel,
    /// None for a browser.
    pub masked: Option<String>,
}

/// What is kept, by what it is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DataKind {
    Course,
    Money,
    Cpf,
    Contacts,
    Entry,
    Card,
    Device,
}

#[derive(Template)]
#[template(path = "customer/data.html")]
struct DataTemplate<'a> {
    p: &'a DataPage,
    t: &'static Text,
}

impl DataPage {
    pub fn render(&self) -> String {
        html(&DataTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }

    /// Only what there is.
    fn kinds(&self) -> Vec<DataKind> {
        let all = [
            (DataKind::Course, true),
            (DataKind::Money, !self.by_card),
            (DataKind::Card, self.by_card),
            (DataKind::Cpf, self.cpf_masked.is_some()),
            (DataKind::Contacts, !self.contacts.is_empty()),
            (DataKind::Entry, self.entry_code.is_some()),
            (DataKind::Device, true),
        ];
        let kept = all.into_iter().filter(|(_, kept)| *kept);
        kept.map(|(kind, _)| kind).collect()
    }

    fn how_long(&self, kind: &DataKind) -> String {
        let t = &self.frame.lang.text().data;
        let (rental, campaign) = self.cpf_days;
        match kind {
            DataKind::Cpf => (t.how_long_cpf)(&rental, &campaign),
            DataKind::Contacts => (t.how_long_contacts)(&self.contact_days),
            DataKind::Device => (t.how_long_device)(&self.device_days),
            other => (t.how_long_of)(other).to_owned(),
        }
    }

    fn values(&self, kind: &DataKind) -> Vec<String> {
        match kind {
            DataKind::Course => {
                let mut values = vec![
                    format!("{}, {}", self.store_name, self.dock_name),
                    self.frame.stamp(&self.started_ms),
                ];
                values.extend(self.cart_label.clone());
                values.extend(self.returned_ms.map(|at| self.frame.stamp(&at)));
                values
            }
            DataKind::Money => {
                let deposit = self.frame.money(&self.deposit);
                std::iter::once(deposit).chain(self.pix.clone()).collect()
            }
            DataKind::Cpf => self.cpf_masked.iter().cloned().collect(),
            DataKind::Entry => self.entry_code.iter().cloned().collect(),
            DataKind::Contacts => self
                .contacts
                .iter()
                .map(|given| self.told_by(given))
                .collect(),
            DataKind::Card | DataKind::Device => Vec::new(),
        }
    }

    fn told_by(&self, given: &DataContact) -> String {
        let channel = (self.frame.lang.text().notices.channel)(&given.channel);
        match &given.masked {
            Some(masked) => format!("{channel}: {masked}"),
            None => channel.to_owned(),
        }
    }

    fn is_contacts(&self, kind: &DataKind) -> bool {
        *kind == DataKind::Contacts
    }
}
