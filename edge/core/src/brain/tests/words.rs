//! The words of the scripts.

use super::tag;
use crate::io::{Command, DoorAnswer, StorageLevel, TechnicianOrder};
use ed25519_dalek::SigningKey;
use shared::allowance::{Allowance, AllowanceHeader, CardKey, CardLimits};
use shared::dock::{Part, Seen};
use shared::event::{Fact, TechnicianAction};
use shared::ids::{GatewayId, GrantId, RentalId, TagUid};
use shared::money::Centavos;
use shared::offline::SharedSecret;
use shared::signed::PublicKey;
use shared::time::UnixMs;
use shared::witness::WitnessKey;

pub(super) fn parse_seen(words: &[&str]) -> Seen {
    match *words {
        ["tag", "-"] => Seen::Tag(None),
        ["tag", name] => Seen::Tag(Some(tag(name))),
        ["in"] => Seen::Presence { present: true },
        ["out"] => Seen::Presence { present: false },
        ["open"] => Seen::Bolt { engaged: false },
        ["shut"] => Seen::Bolt { engaged: true },
        ["fail", part] => Seen::Failed(parse_part(part)),
        ["heal", part] => Seen::Healed(parse_part(part)),
        _ => panic!("{words:?}"),
    }
}

fn parse_part(name: &str) -> Part {
    match name {
        "reader" => Part::Reader,
        "lock" => Part::Lock,
        "bolt" => Part::BoltSensor,
        "presence" => Part::PresenceSensor,
        "lamp" => Part::Indicator,
        _ => panic!("{name}"),
    }
}

pub(super) fn say_fact(fact: &Fact) -> String {
    let uid = |tag: &TagUid| char::from(tag.as_bytes()[3]);
    match fact {
        Fact::GatewayStarted { .. } => "gateway".to_owned(),
        Fact::ReleaseStarted { bay, grant, .. } => format!("release {bay} {}", g(grant)),
        Fact::CartPulled {
            bay, grant, tag, ..
        } => format!("pulled {bay} {} {}", g(grant), uid(tag)),
        Fact::ReleaseExpired { bay, grant, .. } => format!("expired {bay} {}", g(grant)),
        Fact::ReleaseFailed {
            bay, grant, fault, ..
        } => format!("failed {bay} {} {fault:?}", g(grant)),
        Fact::ReleaseUnclear {
            bay, grant, fault, ..
        } => format!("unclear {bay} {} {fault:?}", g(grant)),
        Fact::GrantRefused {
            bay, grant, reason, ..
        } => format!("refused {bay} {} {reason:?}", g(grant)),
        Fact::CartDocked { bay, tag } => format!("docked {bay} {}", uid(tag)),
        Fact::DockingContradicted {
            bay,
            tag,
            contradiction,
        } => format!(
            "contradicted {bay} {} {contradiction:?}",
            tag.as_ref().map_or('-', uid)
        ),
        Fact::CartLeft { bay, tag } => format!("left {bay} {}", uid(tag)),
        Fact::BayFaulted { bay, fault } => format!("faulted {bay} {fault:?}"),
        Fact::BayRecovered { bay } => format!("recovered {bay}"),
        Fact::JournalSalvaged { .. } => "salvaged".to_owned(),
        Fact::CardReleaseStarted { bay, grant, .. } => format!("card {bay} {}", g(grant)),
        Fact::CartPlaced { bay, tag } => format!("placed {bay} {}", uid(tag)),
        Fact::CartTaken { bay, tag } => format!("taken {bay} {}", uid(tag)),
        Fact::TechnicianActed { action, .. } => say_action(action),
        Fact::VoucherRedeemed { voucher, .. } => format!("redeemed {voucher}"),
        Fact::CommitmentWitnessed { name, .. } => format!("witnessed {name}"),
        Fact::CommitmentContradicted { .. } => "contradicted".to_owned(),
    }
}

pub(super) fn say_command(command: &Command) -> Option<String> {
    match command {
        Command::Unlock { bay, .. } => Some(format!("unlock {bay}")),
        Command::Lock { bay } => Some(format!("lock {bay}")),
        Command::Show { bay, signal } => {
            let sound = match signal.sound {
                Some(sound) => format!(" with {sound:?}"),
                None => String::new(),
            };
            Some(format!("show {bay} {:?}{sound}", signal.lamp))
        }
        Command::Sync { .. } => None,
    }
}

/// `g7` is the grant of the scripts with that number, `c7` the one a code with that serial opens.
fn g(grant: &GrantId) -> String {
    let serial = u32::from(grant.as_bytes()[5]);
    match secret().grant_id(serial) == *grant {
        true => format!("c{serial}"),
        false => format!("g{}", grant.as_bytes()[15]),
    }
}

fn say_action(action: &TechnicianAction) -> String {
    match action {
        TechnicianAction::ServiceBegan => "service".to_owned(),
        TechnicianAction::ServiceEnded => "service over".to_owned(),
        TechnicianAction::TestBegan { bay } => format!("test {bay}"),
        TechnicianAction::TestEnded { bay, verdict } => format!("tested {bay} {verdict:?}"),
        TechnicianAction::BayLocated { bay } => format!("located {bay}"),
        other => format!("{other:?}"),
    }
}

pub(super) fn say_answer(answer: &DoorAnswer) -> String {
    match answer {
        DoorAnswer::Opening { bay } => format!("opening {bay}"),
        DoorAnswer::Refused(refusal) => format!("no {refusal:?}"),
    }
}

pub(super) fn parse_level(name: &str) -> StorageLevel {
    match name {
        "ample" => StorageLevel::Ample,
        "low" => StorageLevel::Low,
        "full" => StorageLevel::Full,
        _ => panic!("{name}"),
    }
}

pub(super) fn parse_order(words: &[&str]) -> TechnicianOrder {
    let bay = |bay: &str| bay.parse().unwrap();
    match *words {
        ["in"] => TechnicianOrder::Note(TechnicianAction::SignedIn),
        ["locked"] => TechnicianOrder::Note(TechnicianAction::LockedOut),
        ["begin"] => TechnicianOrder::BeginService,
        ["end"] => TechnicianOrder::EndService,
        ["sync"] => TechnicianOrder::SyncNow,
        ["locate", no] => TechnicianOrder::Locate { bay: bay(no) },
        ["test", no] => TechnicianOrder::BeginTest { bay: bay(no) },
        ["abandon", no] => TechnicianOrder::AbandonTest { bay: bay(no) },
        [answer @ ("yes" | "no"), no] => TechnicianOrder::Confirm {
            bay: bay(no),
            works: answer == "yes",
        },
        _ => panic!("{words:?}"),
    }
}

/// What grants and rentals of one number have in common.
pub(super) fn rental(number: u8) -> RentalId {
    RentalId::new(1, [number; 10])
}

pub(super) fn card(name: &str) -> CardKey {
    CardKey::of("salt", name)
}

pub(super) fn witness() -> WitnessKey {
    WitnessKey::of(&SigningKey::from_bytes(&[4; 32]))
}

pub(super) fn cloud_key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

pub(super) fn secret() -> SharedSecret {
    static SECRET: std::sync::LazyLock<SharedSecret> = std::sync::LazyLock::new(|| {
        let gateway = PublicKey::of(&SigningKey::from_bytes(&[4; 32]));
        SharedSecret::between(&cloud_key(), &gateway)
    });
    SECRET.clone()
}

/// A list that allows `m1` to `m9` and denies `x1` and `m9`. `limits`: releases of a card a day, and
/// of the gateway, each worth R$ 10,00.
pub(super) fn list(version: u64, limits: &[&str]) -> Allowance {
    let number = |at: usize, default: u16| limits.get(at).map_or(default, |it| it.parse().unwrap());
    let gateway = GatewayId::new(1, [0; 10]);
    let header = AllowanceHeader {
        v: 1,
        gateway,
        version,
        issued_ms: UnixMs(1),
        salt: "salt".to_owned(),
        limits: CardLimits {
            deposit_centavos: Centavos::new(1_000),
            card_releases_per_day: number(0, 3),
            gateway_centavos_per_day: Centavos::new(1_000 * i64::from(number(1, 10))),
        },
        technicians: Vec::new(),
        lent: shared::voucher::Lent::default(),
        allow: 0,
        deny: 0,
        body: String::new(),
    };
    let allow = (1..=9).map(|it| card(&format!("m{it}"))).collect();
    let deny = vec![card("x1"), card("m9")];
    let text = Allowance::encode(&cloud_key(), header, allow, deny);
    Allowance::decode(&text, &PublicKey::of(&cloud_key()), &gateway).unwrap()
}
