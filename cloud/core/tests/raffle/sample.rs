//! A whole campaign to test with, of any size, from a seed. `examples/sample_bundle.rs` writes it out.
//!
//! It ends so that the beacon's round is 657413 of quicknet, whose signature is known.

use cloud_core::raffle::beacon::{Beacon, Drand};
use cloud_core::raffle::bundle::{Bundle, EntryReceipt};
use cloud_core::raffle::campaign::reading::{Reader, Reading};
use cloud_core::raffle::campaign::{Approval, Campaign};
use cloud_core::raffle::commit::Witness;
use cloud_core::raffle::entry::{CampaignKey, Entries, Entry, Salt, event_mark};
use cloud_core::raffle::extraction::{Extraction, Prizes};
use cloud_core::raffle::rules::{DisqualificationCode, Method, Prize, Promoter, Rules};
use ed25519_dalek::SigningKey;
use shared::chain::{Head, append};
use shared::document::Cpf;
use shared::event::Fact;
use shared::ids::{BayNo, CampaignId, GatewayId, StaffId, TagUid};
use shared::octets::Octets;
use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};

pub const HOUR_MS: i64 = 60 * 60 * 1_000;
pub const DAY_MS: i64 = 24 * HOUR_MS;
/// Its round of quicknet is [`ROUND`].
pub const T_CLOSE_MS: UnixMs = UnixMs(1_694_773_803_000);
pub const ROUND: u64 = 657_413;
pub const SIGNATURE: &str = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be\
41076862b98fad56e91a6b85b89cd97b";
/// Wednesday 2023-09-20, 20:00 in Brasília.
pub const EXTRACTION_MS: UnixMs = UnixMs(1_695_250_800_000);
/// A person may be in the list so often.
pub const PER_PERSON_MAX: u32 = 50;
pub const PRIZES: [&str; 5] = ["71953", "08420", "35187", "90266", "44719"];

/// splitmix64: chance that is the same every time.
#[derive(Debug, Clone)]
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_be_bytes()[..chunk.len()]);
        }
        bytes
    }
}

/// One honoured return, and what its customer keeps.
#[derive(Debug, Clone)]
pub struct Return {
    pub line: String,
    pub salt: Salt,
    pub entry: Entry,
}

pub struct Sample {
    pub operator: SigningKey,
    pub rules: Rules,
    pub returns: Vec<Return>,
    pub entries: Entries,
    pub witnesses: Vec<(GatewayId, SigningKey)>,
}

pub fn operator() -> SigningKey {
    SigningKey::from_bytes(&[0x0b; 32])
}

pub fn staff(number: u8) -> StaffId {
    StaffId::from_bytes([number; 16])
}

pub fn rules() -> Rules {
    let prize = |rank: u32, name: &str, value_centavos| Prize {
        rank,
        name: name.to_owned(),
        value_centavos,
    };
    let code = |code: &str, text: &str| DisqualificationCode {
        code: code.to_owned(),
        text: text.to_owned(),
    };
    Rules {
        method: Method::Sa1,
        campaign_id: CampaignId::from_bytes([0xca; 16]),
        name: "Carrinho de Volta — setembro".to_owned(),
        promoter: Promoter {
            name: "Supermercado Modelo Ltda.".to_owned(),
            cnpj: "12ABC34501DE35".to_owned(),
        },
        certificate: "SPA/MF 04.012345/2023".to_owned(),
        stores: vec!["Loja Centro".to_owned(), "Loja Jardim".to_owned()],
        opens_ms: T_CLOSE_MS.plus(-33 * DAY_MS),
        closes_ms: T_CLOSE_MS.plus(-3 * DAY_MS),
        t_close_ms: T_CLOSE_MS,
        entries_per_person_max: PER_PERSON_MAX,
        minimum_age: 18,
        drand: Drand::after_close(T_CLOSE_MS),
        extraction: extraction(5_801, EXTRACTION_MS),
        prizes: vec![
            prize(1, "Vale-compras de R$ 500", 50_000),
            prize(2, "Vale-compras de R$ 200", 20_000),
            prize(3, "Vale-compras de R$ 100", 10_000),
        ],
        alternates: 20,
        claim_days: 180,
        disqualification_codes: vec![
            code("menor", "Participante com menos de 18 anos."),
            code("equipe", "Participante da equipe organizadora."),
            code("cpf_invalido", "CPF que não existe na Receita Federal."),
        ],
        fallback: "Sem extração no dia, vale a próxima extração regular.".to_owned(),
        text: "Regulamento.\n\n1. Cada devolução honrada vale uma participação.".to_owned(),
        operator_key: Octets::public_key(&operator()),
    }
}

pub fn extraction(number: u32, at_ms: UnixMs) -> Extraction {
    Extraction {
        number: number.to_string(),
        date: cloud_core::raffle::rules::lottery_date(at_ms),
        at_ms,
    }
}

/// `n` returns by some two thirds as many persons.
pub fn sample(n: usize, seed: u64) -> Sample {
    let rules = rules();
    let mut chance = Chance(seed);
    let key = CampaignKey(chance.bytes());
    let witnesses: Vec<(GatewayId, SigningKey)> = (1..=3)
        .map(|number| {
            let gateway = GatewayId::from_bytes([number; 16]);
            (gateway, SigningKey::from_bytes(&[0x70 + number; 32]))
        })
        .collect();
    let (gateway, gateway_key) = (witnesses[0].0, &witnesses[0].1);
    let persons = (n * 2 / 3).max(1) as u64;
    let mut head = Head::empty(&gateway);
    let mut returns = Vec::with_capacity(n);
    for index in 0..n as u64 {
        let appended = append(gateway_key, gateway, head, stamp(index), docked(index));
        head = appended.head;
        // Everybody once first, so that nobody is above the cap.
        let person = if index < persons {
            index
        } else {
            chance.below(persons)
        };
        let salt = Octets(chance.bytes());
        let entry = Entry {
            pid: key.pid(&rules.campaign_id, &cpf(person)),
            ev: event_mark(&appended.line, &salt),
        };
        returns.push(Return {
            line: appended.line,
            salt,
            entry,
        });
    }
    let all = returns.iter().map(|one| one.entry);
    let entries = Entries::new(&rules.campaign_id, PER_PERSON_MAX, all)
        .expect("every return is another event");
    Sample {
        operator: operator(),
        rules,
        returns,
        entries,
        witnesses,
    }
}

fn stamp(index: u64) -> Stamp {
    Stamp {
        boot: 1,
        mono_ms: MonoMs(index * 1_000),
        wall_ms: T_CLOSE_MS.plus(-30 * DAY_MS),
        clock: ClockQuality::Server,
    }
}

fn docked(index: u64) -> Fact {
    Fact::CartDocked {
        bay: BayNo::new(1 + (index % 9) as u16).expect("1 to 9"),
        tag: TagUid::new(&[4, 1, 2, (index % 200) as u8]).expect("four bytes"),
    }
}

/// A CPF with right check digits for each number below a billion.
pub fn cpf(number: u64) -> Cpf {
    let mut digits: Vec<u32> = format!("{:09}", 100_000_000 + number)
        .bytes()
        .map(|byte| u32::from(byte - b'0'))
        .collect();
    for _ in 0..2 {
        let weights = (2..=digits.len() as u32 + 1).rev();
        let sum: u32 = digits.iter().zip(weights).map(|(d, w)| d * w).sum();
        digits.push(if sum % 11 < 2 { 0 } else { 11 - sum % 11 });
    }
    let text: String = digits.iter().map(u32::to_string).collect();
    text.parse().expect("made with its check digits")
}

pub fn beacon() -> Beacon {
    Beacon::Signed {
        round: ROUND,
        signature: SIGNATURE.parse().expect("a constant of 96 digits"),
    }
}

/// Two programs at two sources that agree.
pub fn readings(extraction: &Extraction, prizes: &[&str; 5]) -> Vec<Reading> {
    let reading = |name: &str, digest| Reading {
        by: Reader::Fetch,
        name: name.to_owned(),
        digest: Octets([digest; 32]),
        extraction: extraction.clone(),
        prizes: Prizes::new(prizes).expect("five prizes of five digits"),
    };
    vec![reading("Caixa", 1), reading("Diário Oficial", 2)]
}

impl Sample {
    pub fn closed(&self) -> Campaign {
        let rules = &self.rules;
        let mut draft = rules.clone();
        draft.certificate = String::new();
        let proven_ms = rules.opens_ms.plus(-DAY_MS);
        Campaign::draft(draft)
            .expect("the sample's rules are lawful")
            .authorise(&rules.certificate, proven_ms, rules.opens_ms)
            .and_then(|campaign| campaign.open(rules.opens_ms))
            .and_then(|campaign| campaign.close(rules.closes_ms))
            .expect("every step at its date")
    }

    pub fn approvals(&self, at_ms: UnixMs) -> [Approval; 2] {
        let root = self.entries.tree().root();
        [1, 2].map(|number| Approval {
            staff: staff(number),
            root,
            approved_ms: at_ms,
        })
    }

    pub fn committed_at(&self, at_ms: UnixMs) -> Campaign {
        self.closed()
            .commit(&self.entries, &self.approvals(at_ms), at_ms, &self.operator)
            .expect("two different persons approved this list")
    }

    /// Ten minutes after the end.
    pub fn committed(&self) -> Campaign {
        self.committed_at(T_CLOSE_MS.plus(10 * 60 * 1_000))
    }

    pub fn shuffled(&self) -> Campaign {
        self.committed()
            .shuffle(beacon(), T_CLOSE_MS.plus(HOUR_MS))
            .expect("the round that the rules name")
    }

    /// `prizes` of the planned extraction, an hour after it.
    pub fn entered(&self, prizes: &[&str; 5]) -> Campaign {
        let readings = readings(&self.rules.extraction, prizes);
        let at_ms = EXTRACTION_MS.plus(HOUR_MS);
        self.shuffled()
            .enter(&readings, "", at_ms, &self.operator)
            .expect("two sources agree")
    }

    pub fn drawn(&self, prizes: &[&str; 5]) -> Campaign {
        self.entered(prizes)
            .draw(&self.entries, EXTRACTION_MS.plus(2 * HOUR_MS))
            .expect("the numbers decide")
    }

    pub fn bundle(&self, campaign: &Campaign, made_ms: UnixMs) -> Bundle {
        let committed = campaign.committed().expect("bundles begin there");
        let commitment = committed.commit.commitment(&self.rules);
        let witnesses = self.witnesses.iter().map(|(gateway, key)| {
            let seen_ms = committed.commit.committed_ms.plus(60 * 1_000);
            Witness {
                gateway: *gateway,
                name: "Vaga coberta".to_owned(),
                public_key: Octets::public_key(key),
                seen_ms,
                signature: commitment.witness(key, seen_ms),
            }
        });
        let parts = campaign
            .parts(witnesses.collect(), made_ms)
            .expect("bundles begin at the commitment");
        Bundle::signed(parts, &self.entries, &self.operator)
            .expect("every number of the sample is small")
    }

    pub fn receipt(&self, index: usize) -> EntryReceipt {
        let one = &self.returns[index];
        EntryReceipt::new(&self.rules, &one.line, one.salt)
    }
}
