//! Writes a campaign's bundle and a receipt to try a verifier on:
//!
//! ```text
//! cargo run -p cloud-core --example sample_bundle -- <directory> <entries> <stage>
//! ```
//!
//! Stages: `committed`, `shuffled`, `drawn` (one disqualification before and one after, one prize
//! delivered), `rectified`, `next` (the first extraction decides nothing; with few entries the second
//! does), `moved` (committed too late for the planned extraction), `absent` (no beacon). The same
//! arguments write the same bytes.

#[path = "../tests/raffle/sample.rs"]
mod sample;

use cloud_core::raffle::beacon::Beacon;
use cloud_core::raffle::campaign::{Campaign, Rejection};
use cloud_core::raffle::canonical;
use cloud_core::raffle::extraction::Prizes;
use sample::{DAY_MS, EXTRACTION_MS, HOUR_MS, PRIZES, ROUND, Sample, extraction, readings};
use std::error::Error;
use std::path::Path;

const SEED: u64 = 20_230_920;
/// Both combinations are 9,999,999: no entry holds that unless their number divides ten million.
const HIGHEST: [&str; 5] = ["00999", "00999", "00999", "00999", "00999"];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, entries, stage] = arguments.as_slice() else {
        return Err("usage: sample_bundle <directory> <entries> <stage>".into());
    };
    let sample = sample::sample(entries.parse()?, SEED);
    let campaign = at_stage(&sample, stage)??;
    let bundle = sample.bundle(&campaign, EXTRACTION_MS.plus(30 * DAY_MS));
    let directory = Path::new(directory);
    std::fs::create_dir_all(directory)?;
    let path = directory.join(bundle.file_name());
    std::fs::write(&path, bundle.to_text()?)?;
    println!("{}", path.display());
    let path = directory.join("recibo.json");
    std::fs::write(&path, canonical::text(&sample.receipt(0))?)?;
    println!("{}", path.display());
    Ok(())
}

fn at_stage(sample: &Sample, stage: &str) -> Result<Result<Campaign, Rejection>, String> {
    let evening_ms = EXTRACTION_MS.plus(HOUR_MS);
    let later = extraction(5_802, EXTRACTION_MS.plus(3 * DAY_MS));
    let later_ms = later.at_ms.plus(HOUR_MS);
    let key = &sample.operator;
    Ok(match stage {
        "committed" => Ok(sample.committed()),
        "shuffled" => Ok(sample.shuffled()),
        "drawn" => drawn(sample),
        "rectified" => sample
            .drawn(&PRIZES)
            .rectify(
                1,
                &readings(&sample.rules.extraction, &HIGHEST.map(|_| "12345")),
                "Erro de digitação no primeiro registro.",
                evening_ms.plus(2 * HOUR_MS),
                key,
            )
            .and_then(|campaign| campaign.draw(&sample.entries, evening_ms.plus(3 * HOUR_MS))),
        "next" => {
            let none = sample.entered(&HIGHEST);
            let why = "A extração anterior não deu número de participante.";
            none.enter(&readings(&later, &PRIZES), why, later_ms, key)
                .and_then(|campaign| campaign.draw(&sample.entries, later_ms))
        }
        "moved" => sample
            .committed_at(EXTRACTION_MS.plus(-20 * HOUR_MS))
            .shuffle(sample::beacon(), EXTRACTION_MS.plus(-19 * HOUR_MS))
            .and_then(|campaign| {
                let why = "Compromisso publicado depois do prazo.";
                campaign.enter(&readings(&later, &PRIZES), why, later_ms, key)
            })
            .and_then(|campaign| campaign.draw(&sample.entries, later_ms)),
        "absent" => {
            let stated_ms = EXTRACTION_MS.plus(-HOUR_MS);
            let beacon = Beacon::Absent {
                round: ROUND,
                absent_ms: stated_ms,
            };
            sample.committed().shuffle(beacon, stated_ms)
        }
        other => return Err(format!("no stage {other}")),
    })
}

fn drawn(sample: &Sample) -> Result<Campaign, Rejection> {
    let (entries, key) = (&sample.entries, &sample.operator);
    let evening_ms = EXTRACTION_MS.plus(HOUR_MS);
    let planned = readings(&sample.rules.extraction, &PRIZES);
    let mut campaign = sample.shuffled();
    if entries.n() > 30 {
        // The place that the extraction will turn out to name.
        let named = Prizes::new(&PRIZES)
            .ok()
            .and_then(|prizes| prizes.position(entries.n()));
        let named = named.ok_or(Rejection::Undecided)?;
        campaign = campaign.disqualify(named, "menor", entries, EXTRACTION_MS.plus(-DAY_MS))?;
    }
    campaign = campaign.enter(&planned, "", evening_ms, key)?;
    campaign = campaign.draw(entries, evening_ms)?;
    if entries.n() > 30 {
        let second = campaign.drawn().and_then(|drawn| drawn.winners[1].position);
        let second = second.ok_or(Rejection::NoWinner)?;
        campaign = campaign.disqualify(second, "equipe", entries, evening_ms.plus(DAY_MS))?;
    }
    campaign
        .deliver(1, evening_ms.plus(2 * DAY_MS))?
        .consent(1, Some("M*** S***".to_owned()))
}
