use crate::campaign::{self, CampaignTerms};
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;

/// `GET /sorteio/{campaign_id}/regras`: the published rules in full, to read and to print.
#[derive(Debug, Clone)]
pub struct RulesPage {
    pub frame: Frame,
    pub terms: CampaignTerms,
    /// The Portuguese text that the hash covers, as it was published; a line is a paragraph.
    pub text: String,
    /// Codes for which an entry is disqualified, and their words.
    pub codes: Vec<(String, String)>,
    /// What happens without an extraction.
    pub fallback: String,
}

#[derive(Template)]
#[template(path = "customer/rules.html")]
struct RulesTemplate<'a> {
    p: &'a RulesPage,
    c: &'a CampaignTerms,
    t: &'static Text,
}

impl RulesPage {
    pub fn render(&self) -> String {
        html(&RulesTemplate {
            p: self,
            c: &self.terms,
            t: self.frame.lang.text(),
        })
    }

    fn paragraphs(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter(|line| !line.trim().is_empty())
    }

    fn stores(&self) -> String {
        match self.terms.stores.is_empty() {
            true => self.frame.lang.text().raffle.every_store.to_owned(),
            false => self.terms.stores.join(" · "),
        }
    }

    fn groups(&self, hex: &str) -> Vec<String> {
        campaign::groups(hex)
    }
}
