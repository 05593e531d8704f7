//! What becomes of a receipt's entry.

use super::super::raffle as views;
use crate::app::App;
use crate::store::campaign::{EntryRow, LifeState};
use crate::store::prize_voucher::PrizeVoucherRow;
use crate::store::story::{RaffleStory, RentalStory};
use cloud_core::raffle::campaign::{Campaign, Committed};
use cloud_core::raffle::eligible::Outside;
use shared::time::UnixMs;
use web::campaign::CampaignStage;
use web::customer::{EntryRaffle, EntryStage, OutsideReason};

pub(super) fn view(
    app: &App,
    story: &RentalStory,
    entry: &EntryRow,
    now: UnixMs,
) -> Option<EntryRaffle> {
    let raffle = story.raffle.as_ref()?;
    Some(EntryRaffle {
        campaign_id: views::simple(&entry.campaign.id),
        stage: stage(app, (story, raffle), entry, now),
    })
}

fn stage(
    app: &App,
    (story, raffle): (&RentalStory, &RaffleStory),
    entry: &EntryRow,
    now: UnixMs,
) -> EntryStage {
    // What a finder's entry won is not for who holds the payer's receipt.
    let own = entry.person == story.rental.person;
    let of_this = |voucher: &&PrizeVoucherRow| {
        voucher.of.campaign == entry.campaign.id && voucher.void_ms.is_none()
    };
    let voucher = raffle.vouchers.iter().find(of_this).filter(|_| own);
    let no_cpf = || {
        let until_ms = entry.is_open(now).then_some(entry.until_ms);
        EntryStage::Outside(OutsideReason::NoCpf { until_ms })
    };
    if let Some(why) = entry.outside {
        return EntryStage::Outside(outside(why, &raffle.campaign.state));
    }
    match (&raffle.campaign.state, voucher) {
        (LifeState::Certain(_), Some(voucher)) => EntryStage::Certain {
            code: code(app, voucher),
        },
        (LifeState::Plain | LifeState::Draw(Campaign::Draft(_)), _) => EntryStage::Noted,
        (LifeState::Draw(Campaign::Cancelled(_)), _) => EntryStage::WithoutDraw,
        (_, None) if entry.person.is_none() => no_cpf(),
        (LifeState::Certain(_), None) => EntryStage::Noted,
        (LifeState::Draw(draw), voucher) => match draw.committed() {
            None => waiting(draw),
            Some(committed) => listed(app, raffle, (draw, committed), voucher, now),
        },
    }
}

fn waiting(draw: &Campaign) -> EntryStage {
    let rules = draw.rules();
    EntryStage::Waiting {
        closes_ms: rules.closes_ms,
        list_by_ms: rules
            .extraction
            .at_ms
            .plus(-cloud_core::raffle::commit::BEFORE_EXTRACTION_MS),
        draw_ms: rules.extraction.at_ms,
    }
}

fn listed(
    app: &App,
    raffle: &RaffleStory,
    (draw, committed): (&Campaign, &Committed),
    voucher: Option<&PrizeVoucherRow>,
    now: UnixMs,
) -> EntryStage {
    if let Some(voucher) = voucher {
        let rank = voucher.of.rank;
        return EntryStage::Won {
            rank,
            prize: views::prize_name(draw.rules(), rank),
            code: code(app, voucher),
        };
    }
    let number = raffle
        .position
        .map(|at| views::number_at(committed.n(), at));
    match views::stage(draw, now) {
        CampaignStage::Committed => EntryStage::Listed {
            number,
            draw_ms: committed.due_ms(),
        },
        CampaignStage::Pending => EntryStage::Pending { number },
        _ => EntryStage::NotThisTime { number },
    }
}

fn code(app: &App, voucher: &PrizeVoucherRow) -> String {
    let of = &voucher.of;
    app.keys.voucher_code(&of.campaign, of.rank, &of.rental)
}

/// Why an entry is not in its campaign's list.
pub fn outside(why: Outside, state: &LifeState) -> OutsideReason {
    match why {
        Outside::Period => OutsideReason::OutsidePeriod,
        Outside::Store => OutsideReason::NotHonoured,
        Outside::Late => OutsideReason::Late { next: None },
        Outside::UnderReview | Outside::Untold => OutsideReason::UnderReview,
        Outside::NoCpf => OutsideReason::NoCpf { until_ms: None },
        Outside::OverCap => OutsideReason::OverCap {
            cap: match state {
                LifeState::Draw(draw) => draw.rules().entries_per_person_max,
                LifeState::Plain | LifeState::Certain(_) => 0,
            },
        },
    }
}
