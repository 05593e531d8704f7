//! SIGKILL at random moments. `scripts/bench kills` does a thousand of them.

use system_tests::kill_at_random;

#[test]
fn killed_forty_times_the_books_say_what_physically_happened() {
    let mut seed = [0u8; 8];
    getrandom::fill(&mut seed).expect("a test machine has randomness");
    let seed = u64::from_le_bytes(seed);
    println!("seed {seed}");
    let tally = kill_at_random(seed, 40, 1_500);
    println!("{tally:?}");
    assert_eq!(tally.kills.values().sum::<usize>(), 40);
    assert!(
        tally.closed > 0,
        "seed {seed}: no cart came back: {tally:?}"
    );
}
