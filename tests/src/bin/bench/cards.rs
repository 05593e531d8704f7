//! A member card at a dark dock: how long the allowance list takes to say yes or no.

use super::report::{heading, latency};
use ed25519_dalek::SigningKey;
use shared::allowance::{Allowance, AllowanceHeader, CardKey, CardLimits, Listed};
use shared::ids::GatewayId;
use shared::money::Centavos;
use shared::signed::PublicKey;
use shared::time::UnixMs;
use std::error::Error;
use std::hint::black_box;
use std::time::Instant;

const DENIED: u64 = 100_000;
const ALLOWED: u64 = 20_000;
const ASKED: u64 = 10_000;

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    heading("a card at a dark dock: a list that denies 100,000 cards and allows 20,000");
    let cloud = SigningKey::from_bytes(&[7; 32]);
    let gateway = GatewayId::new(1, [7; 10]);
    let header = AllowanceHeader {
        v: 1,
        gateway,
        version: 1,
        issued_ms: UnixMs(1),
        salt: "bench".into(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: 2,
            gateway_centavos_per_day: Centavos::new(20_000),
        },
        technicians: vec![],
        lent: shared::voucher::Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let number = |n: u64| format!("{n:010}");
    let keys = |from: u64, to: u64| (from..to).map(|n| CardKey::of("bench", &number(n)));
    let (allow, deny) = (keys(DENIED, DENIED + ALLOWED), keys(0, DENIED));
    let text = Allowance::encode(&cloud, header, allow.collect(), deny.collect());
    let began = Instant::now();
    let list = Allowance::decode(&text, &PublicKey::of(&cloud), &gateway)?;
    println!(
        "  {} kB, checked whole in {} ms (off the loop's thread)",
        text.len() / 1_024,
        began.elapsed().as_millis()
    );
    let mut took = Vec::new();
    for n in 0..ASKED {
        // Denied, allowed and unknown ones, spread over the list.
        let asked = n * 7_919 % (DENIED + 2 * ALLOWED);
        let number = number(asked);
        let began = Instant::now();
        let listed = black_box(list.listed(list.card_of(black_box(&number))));
        took.push(began.elapsed());
        let expected = match asked {
            n if n < DENIED => Listed::Denied,
            n if n < DENIED + ALLOWED => Listed::Allowed,
            _ => Listed::Unknown,
        };
        if listed != expected {
            return Err("the list answers wrongly".into());
        }
    }
    latency("number typed → hashed → denied, allowed or unknown", took);
    println!();
    Ok(())
}
