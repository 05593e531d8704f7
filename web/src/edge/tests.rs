//! What the styles promise to eyes: contrast in the sun, and nothing that flashes fast.

use super::*;
use std::collections::BTreeMap;

type Colours = BTreeMap<String, [u8; 3]>;

/// The variables of the first `:root{…}` after `from`.
fn colours(css: &str, from: &str) -> Colours {
    let css = &css[css.find(from).unwrap()..];
    let css = &css[css.find(":root{").unwrap() + 6..];
    let block = &css[..css.find('}').unwrap()];
    block
        .split(';')
        .filter_map(|rule| rule.trim().strip_prefix("--")?.split_once(':'))
        .map(|(name, value)| (name.to_owned(), rgb(value.trim())))
        .collect()
}

fn rgb(text: &str) -> [u8; 3] {
    let digits = text.strip_prefix('#').unwrap();
    let wide: String = match digits.len() {
        3 => digits.chars().flat_map(|d| [d, d]).collect(),
        _ => digits.to_owned(),
    };
    [0, 2, 4].map(|at| u8::from_str_radix(&wide[at..at + 2], 16).unwrap())
}

#[expect(
    clippy::float_arithmetic,
    reason = "WCAG defines luminance by real numbers"
)]
fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let luminance = |rgb: [u8; 3]| {
        let [r, g, b] = rgb.map(|part| {
            let part = f64::from(part) / 255.0;
            match part <= 0.04045 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_text_reads_in_the_sun() {
    for from in [":root{", "prefers-color-scheme:dark"] {
        let of = colours(BASE_CSS, from);
        for (text, grounds) in [
            (
                "ink",
                &["ground", "paper", "wash", "warn-wash", "bad-wash"][..],
            ),
            (
                "soft",
                &["ground", "paper", "wash", "warn-wash", "bad-wash"],
            ),
            ("brand", &["ground", "paper"]),
            ("good", &["paper", "wash"]),
            ("bad", &["paper", "bad-wash"]),
            ("brand-ink", &["brand"]),
        ] {
            for ground in grounds {
                let found = contrast(of[text], of[*ground]);
                assert!(found >= 7.0, "{from} {text} on {ground}: {found:.2}");
            }
        }
    }
}

#[test]
fn no_pattern_flashes_more_than_three_times_a_second() {
    let mut patterns = 0;
    for css in [BASE_CSS, STATUS_CSS, TECHNICIAN_CSS, SIMULATOR_CSS] {
        for (end, _) in css.match_indices("infinite") {
            let (_, found) = css[..end].rsplit_once("animation:").unwrap();
            let mut words = found.split_whitespace();
            let (name, length) = (words.next().unwrap(), words.next().unwrap());
            let frames = css.split(&format!("@keyframes {name}{{")).nth(1).unwrap();
            // Each stop that leaves the lamp's own look is one flash.
            let first_rule = &frames[..frames.find('{').unwrap()];
            let flashes = first_rule.split(',').count();
            let thousandths = length.trim_end_matches('s').trim_start_matches('0');
            let cycle_ms = match thousandths.split_once('.') {
                Some((whole, part)) => {
                    let part = format!("{part:0<3}");
                    whole.parse::<usize>().unwrap_or(0) * 1000 + part.parse::<usize>().unwrap()
                }
                None => thousandths.parse::<usize>().unwrap() * 1000,
            };
            assert!(
                flashes * 1000 <= 3 * cycle_ms,
                "{name}: {flashes} in {cycle_ms} ms"
            );
            patterns += 1;
        }
    }
    assert!(patterns >= 4, "only {patterns} lamp patterns found");
}

#[test]
fn the_technicians_assets_are_small() {
    let whole = [BASE_CSS, STATUS_CSS, TECHNICIAN_CSS, LIVE_JS, TECHNICIAN_JS];
    let bytes: usize = whole.iter().map(|text| text.len()).sum();
    assert!(bytes < 30_000, "{bytes} bytes of styles and scripts a page");
}

#[test]
fn every_kind_of_event_has_words() {
    for lang in [crate::ui::Lang::Pt, crate::ui::Lang::En] {
        let t = text::text(lang);
        for kind in technician::journal::KINDS {
            assert_ne!((t.event_kind)(kind), (t.event_kind)("?"), "{kind}");
        }
    }
}
