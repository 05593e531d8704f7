use super::super::order::{NUMBERS, Number};
use super::*;
use proptest::prelude::*;

const PRIZES: [&str; 5] = ["71953", "08420", "35187", "90266", "44719"];

/// How many combinations make `position` the winner of `n`: counted between the two bounds at which
/// the answer changes, each bound found by asking.
fn owned(position: u32, n: u32) -> u32 {
    let first = |position: u32| {
        // The lowest combination whose position is `position` or above, or that decides nothing.
        let (mut low, mut high) = (0, NUMBERS);
        while low < high {
            let middle = low + (high - low) / 2;
            match position_of(middle, n) {
                Some(at) if at < position => low = middle + 1,
                _ => high = middle,
            }
        }
        low
    };
    first(position + 1) - first(position)
}

/// Every entry owns exactly q combinations, consecutive ones, and q·n decide in all. `position_of`
/// never falls along the combinations, so what holds at both ends of every share holds inside it.
fn is_uniform(n: u32) {
    let q = numbers_each(n);
    assert!(q > 0 && NUMBERS - q * n < n.max(q), "{n}");
    for position in 0..n {
        assert_eq!(position_of(position * q, n), Some(position), "{n}");
        assert_eq!(position_of(position * q + q - 1, n), Some(position), "{n}");
        // The number that the entry shows is the last of its share.
        let shown = Number::of(position, q).map(Number::get);
        assert_eq!(shown, Some(position * q + q - 1), "{n}");
    }
    for beyond in [q * n, q * n + 1, NUMBERS - 1] {
        let expected = (beyond < q * n).then(|| n - 1);
        assert_eq!(position_of(beyond, n), expected, "{n} {beyond}");
    }
}

#[test]
fn every_entry_owns_the_same_share_for_every_small_number_of_entries() {
    (1..=5_000).for_each(is_uniform);
}

#[test]
fn every_combination_of_one_draw_is_counted() {
    for n in [1, 3, 97, 4_999] {
        let mut counts = vec![0; n as usize];
        let mut none = 0;
        for combination in 0..NUMBERS {
            match position_of(combination, n) {
                Some(position) => counts[position as usize] += 1,
                None => none += 1,
            }
        }
        let q = NUMBERS / n;
        assert!(counts.iter().all(|count| *count == q), "{n}");
        assert_eq!(none, NUMBERS - q * n);
    }
}

#[test]
fn shares_counted_between_their_bounds() {
    for n in [1, 2, 7, 97, 4_999, 50_021, 1_000_000] {
        for position in [0, n / 3, n / 2, n - 1] {
            assert_eq!(owned(position, n), NUMBERS / n, "{n} {position}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn every_entry_owns_the_same_share_for_any_number_of_entries(n in 5_001u32..=1_000_000) {
        is_uniform(n);
        prop_assert_eq!(owned(n - 1, n), NUMBERS / n);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    /// The rule as the authority knows it: the holder of the number, or of the next higher one.
    #[test]
    fn the_next_higher_number_is_the_quotient(n in 1u32..=5_000, combination in 0..NUMBERS) {
        let q = numbers_each(n);
        let held: Vec<u32> = (0..n).filter_map(|p| Number::of(p, q)).map(Number::get).collect();
        let next = held.partition_point(|number| *number < combination);
        let expected = u32::try_from(next).ok().filter(|next| *next < n);
        prop_assert_eq!(position_of(combination, n), expected);
    }

    #[test]
    fn only_the_last_three_digits_decide(heads in prop::array::uniform5(0u32..100), tails in prop::array::uniform5(0u32..1_000)) {
        let prizes = |heads: [u32; 5]| {
            let texts: [String; 5] = std::array::from_fn(|i| format!("{:02}{:03}", heads[i], tails[i]));
            Prizes::try_from(texts).unwrap()
        };
        prop_assert_eq!(prizes(heads).combinations(), prizes([0; 5]).combinations());
        let [c1, c2] = prizes(heads).combinations();
        let digit = |prize: usize, place: u32| tails[prize] / 10u32.pow(place) % 10;
        let expected = [
            [digit(0, 1), digit(1, 1), digit(0, 0), digit(1, 0), digit(2, 0), digit(3, 0), digit(4, 0)],
            [digit(2, 1), digit(3, 1), digit(0, 2), digit(1, 2), digit(2, 2), digit(3, 2), digit(4, 2)],
        ];
        let number = |digits: [u32; 7]| digits.iter().fold(0, |n, d| n * 10 + d);
        prop_assert_eq!([c1, c2], expected.map(number));
    }
}

#[test]
fn the_known_extraction() {
    let prizes = Prizes::new(&PRIZES).unwrap();
    assert_eq!(prizes.combinations(), [5_230_769, 8_694_127]);
    assert_eq!(prizes.position(5), Some(2));
    let (series, number) = Number::of(2, numbers_each(5)).unwrap().parts();
    assert_eq!((series.as_str(), number.as_str()), ("59", "99999"));
    let text = serde_json::to_string(&prizes).unwrap();
    assert_eq!(text, r#"["71953","08420","35187","90266","44719"]"#);
    assert_eq!(serde_json::from_str::<Prizes>(&text).unwrap(), prizes);
}

#[test]
fn the_second_combination_decides_when_the_first_does_not_and_then_the_next_extraction() {
    // n = 6: q·n = 9,999,996.
    let prizes = |first: &str, fourth: &str| {
        Prizes::new(&[first, "00999", "00999", fourth, "00999"]).unwrap()
    };
    let (both, second) = (prizes("00999", "00999"), prizes("00999", "00909"));
    assert_eq!(both.combinations(), [9_999_999, 9_999_999]);
    assert_eq!((both.decisive(6), both.position(6)), (None, None));
    assert_eq!(both.position(5), Some(4));
    assert_eq!(second.combinations(), [9_999_999, 9_099_999]);
    assert_eq!(second.decisive(6), Some(9_099_999));
    assert_eq!(second.position(6), Some(5));
}

#[test]
fn what_is_no_extraction_is_refused() {
    for bad in [
        ["7195", "08420", "35187", "90266", "44719"],
        ["719533", "08420", "35187", "90266", "44719"],
        ["7195a", "08420", "35187", "90266", "44719"],
        ["٧١٩٥", "08420", "35187", "90266", "44719"],
        [" 1953", "08420", "35187", "90266", "44719"],
    ] {
        assert_eq!(Prizes::new(&bad), Err(InvalidPrizes));
    }
    assert!(serde_json::from_str::<Prizes>(r#"["71953"]"#).is_err());
}

/// Fewer than 100,000 tickets are sold, and how many changed over the years. Every entry must win as
/// often, whatever the range.
#[test]
fn winners_are_spread_evenly_over_each_historic_range_of_tickets() {
    const ENTRIES: u32 = 97;
    const DRAWS: u64 = 400_000;
    // 96 degrees of freedom; above it once in a hundred thousand, below the lower one as rarely.
    const CHI_SQUARE_MILLI: std::ops::Range<u64> = 46_000..164_000;
    for (seed, range) in [(1, 84_000), (2, 92_000), (3, 96_000), (4, 100_000)] {
        let mut state: u64 = seed;
        let mut ticket = || {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let number = (u128::from(state >> 16) * u128::from(range as u64)) >> 48;
            format!("{number:05}")
        };
        let mut counts = vec![0u64; ENTRIES as usize];
        for _ in 0..DRAWS {
            let prizes: [String; 5] = std::array::from_fn(|_| ticket());
            if let Some(position) = Prizes::try_from(prizes).unwrap().position(ENTRIES) {
                counts[position as usize] += 1;
            }
        }
        let drawn: u64 = counts.iter().sum();
        assert!(DRAWS - drawn < 20, "{range}");
        // Σ (count − mean)² / mean, in thousandths, without fractions on the way.
        let n = u64::from(ENTRIES);
        let squares: u64 = counts
            .iter()
            .map(|count| (count * n).abs_diff(drawn).pow(2))
            .sum();
        let chi_square_milli = squares * 1_000 / (drawn * n);
        assert!(
            CHI_SQUARE_MILLI.contains(&chi_square_milli),
            "{range}: {chi_square_milli}"
        );
    }
}
