//! Bank faults × process deaths × timing. A process of its own: its clock is set ahead.

use system_tests::{Death, Fault, Timing, play};

/// A journey through each cell and some more.
const JOURNEYS: usize = 1_800;

#[test]
fn whatever_bank_and_machine_do_every_centavo_is_in_one_place() {
    let mut seed = [0u8; 8];
    getrandom::fill(&mut seed).expect("a test machine has randomness");
    let seed = u64::from_le_bytes(seed);
    println!("seed {seed}");
    let played = play(seed, JOURNEYS);
    println!("{}\n{:?}\n{:?}", played.visits, played.deaths, played.met);
    assert!(
        played.findings.is_empty(),
        "seed {seed}:\n{}",
        played.findings.join("\n")
    );
    assert_eq!(
        played.visits.missing(),
        Vec::<(Fault, Death, Timing)>::new(),
        "seed {seed}"
    );
}
