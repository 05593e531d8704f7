use super::Outcome;
use super::campaign_step::{draw_of, save};
use crate::store::Tx;
use cloud_core::raffle::campaign::Rejection as Refused;
use cloud_core::rental::Step;
use shared::ids::CampaignId;

/// Of a name that is longer nobody needs more to know the winner.
const WORDS_MAX: usize = 6;

/// The winner of a rank lets their name be published, masked, or takes that back. The whole name is
/// never stored.
pub fn run(tx: &Tx<'_>, (id, rank): (&CampaignId, u32), name: Option<&str>) -> Outcome<Step<()>> {
    let (_, draw) = draw_of(tx, id)?;
    let masked = name.map(masked).filter(|name| !name.is_empty());
    let drawn = draw.drawn().ok_or(Refused::WrongStage)?;
    let before = drawn.winners.iter().find(|winner| winner.rank == rank);
    if before.is_some_and(|winner| winner.name == masked) {
        return Ok(Step::AlreadyApplied);
    }
    save(tx, id, draw.consent(rank, masked)?)?;
    Ok(Step::Executed(()))
}

/// `Ana Paula Silva` as `A*** P*** S***`.
pub fn masked(name: &str) -> String {
    let words = name.split_whitespace().take(WORDS_MAX);
    let initials = words.filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    let masked: Vec<String> = initials
        .map(|initial| format!("{}***", initial.to_uppercase()))
        .collect();
    masked.join(" ")
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn of_a_name_only_its_initials_are_kept() {
        for (name, expected) in [
            ("Ana Paula  silva", "A*** P*** S***"),
            ("élio", "É***"),
            (" 123 <b>", "B***"),
            ("1 2", ""),
            ("a b c d e f g", "A*** B*** C*** D*** E*** F***"),
        ] {
            assert_eq!(masked(name), expected, "{name}");
        }
    }
}
