use crate::customer::{PayoutError, PayoutStage};
use crate::manager::{PayoutPurpose, PayoutState};
use crate::text::{Named, With};

type Str = &'static str;

/// Money that is sent to a person's key.
pub struct PayoutsText {
    pub title: Str,
    pub owed: Str,
    pub stage: Named<PayoutStage>,
    pub again: Str,
    pub cpf_label: Str,
    pub key_label: Str,
    pub key_help: Str,
    pub button: Str,
    pub privacy: Str,
    pub back: Str,
    pub error: Named<PayoutError>,
    /// On the rental's page.
    pub link: Str,
    pub manager_title: Str,
    pub manager_text: Str,
    pub off: Str,
    pub none: Str,
    pub ordered: Str,
    pub purpose_head: Str,
    pub key_head: Str,
    pub decide: Str,
    pub came_back: With,
    pub state: Named<PayoutState>,
    pub purpose: Named<PayoutPurpose>,
    pub release: Str,
    pub repeat: Str,
    pub void: Str,
}
