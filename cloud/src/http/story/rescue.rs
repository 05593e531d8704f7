//! What a cart that somebody brought means to whoever paid for it.

use crate::store::rescue::{RescueRow, RescueState};
use crate::store::story::RentalStory;
use cloud_core::rescue::Objection;
use web::customer::{BroughtView, BroughtWait, Contest, RescuedView};

pub fn brought(story: &RentalStory, of: &RescueRow) -> BroughtView {
    let at = story.returned_at.as_ref().unwrap_or(&story.at);
    BroughtView {
        docked_ms: of.docked_ms,
        dock_name: at.name.clone(),
        store_name: at.store_name.clone(),
        wait: match of.state {
            RescueState::Open => BroughtWait::Claim(of.claim_until_ms),
            RescueState::Review => BroughtWait::Person,
            _ => BroughtWait::Nobody,
        },
        contest: contest(story, of),
    }
}

pub fn rescued(story: &RentalStory, of: &RescueRow) -> RescuedView {
    let at = story.returned_at.as_ref().unwrap_or(&story.at);
    let contest = contest(story, of);
    RescuedView {
        abandoned_ms: story.rental.abandoned_ms.unwrap_or(of.docked_ms),
        docked_ms: of.docked_ms,
        dock_name: at.name.clone(),
        store_name: at.store_name.clone(),
        finder: of.finder_share,
        prizes: of.prize_share,
        pay_from_ms: of.pay_from_ms.filter(|_| contest == Contest::Possible),
        contest,
    }
}

fn contest(story: &RentalStory, of: &RescueRow) -> Contest {
    match of.objection {
        Objection::Open => Contest::Open,
        Objection::Dismissed => Contest::Dismissed,
        Objection::Upheld => Contest::Closed,
        Objection::None if story.may_object => Contest::Possible,
        Objection::None => Contest::Closed,
    }
}
