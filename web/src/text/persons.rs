use crate::customer::DataKind;
use crate::manager::PersonError;
use crate::text::{Counted, Named, With, WithTwo};

type Str = &'static str;

/// What staff do for a person who asks what is known of them.
pub struct PersonsText {
    pub title: Str,
    pub text: Str,
    pub cpf: Str,
    pub cpf_help: Str,
    pub find: Str,
    pub since: Str,
    pub rentals: Str,
    pub refunds: Str,
    pub entries: Str,
    pub cards: Str,
    pub none: Str,
    pub latest: Str,
    pub when: Str,
    pub amount: Str,
    pub state: Str,
    pub export: Str,
    pub export_help: Str,
    pub export_page: Str,
    pub export_json: Str,
    pub export_title: Str,
    pub export_text: Str,
    pub made: Str,
    pub cut: Str,
    pub paid: Str,
    pub taken: Str,
    pub returned: Str,
    pub pix_in: Str,
    pub pix_back: Str,
    pub found: Str,
    pub found_docked: Str,
    pub found_claimed: Str,
    pub found_share: Str,
    pub found_nothing: Str,
    pub found_by: Str,
    pub by_key: Str,
    pub by_voucher: Str,
    /// Amount, and when it was given.
    pub voucher: WithTwo,
    pub voucher_redeemed: With,
    pub payouts: Str,
    pub payouts_text: Str,
    pub pix_key: Str,
    pub settled: Str,
    /// What no copy holds, and why.
    pub not_here: Str,
    pub back: Str,
    pub erase: Str,
    pub erase_help: Str,
    pub survives: Str,
    pub blocked: Str,
    pub erase_open: Str,
    pub sure: Str,
    pub erase_now: Str,
    pub erased: Str,
    pub error: Named<PersonError>,
}

/// What a rental's secret address tells of the data that is kept.
pub struct DataText {
    pub link: Str,
    pub title: Str,
    pub text: Str,
    pub what: Named<DataKind>,
    pub why: Str,
    pub why_of: Named<DataKind>,
    pub how_long: Str,
    pub how_long_of: Named<DataKind>,
    /// Days after the last rental, and after the campaign.
    pub how_long_cpf: WithTwo,
    pub how_long_device: Counted,
    /// Days after the rental's end.
    pub how_long_contacts: Counted,
    pub contacts_link: Str,
    pub here: Str,
    pub download: Str,
    pub download_help: Str,
    pub rest_title: Str,
    pub rest: [Str; 3],
    pub back: Str,
}
