//! A raffle in the demo shop, as two managers run it over their pages. Its list ends half an hour
//! before a round of the public beacon that everybody knows, in September 2023.

use crate::customer::Rental;
use crate::http::{between, eventually, form, get};
use crate::options::{CLOUD, NORTE};
use crate::staff::Staff;
use crate::system::System;
use serde_json::{Value, json};
use shared::time::UnixMs;

const HOUR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;
/// Of a cart through the shop.
const TRIP_MS: i64 = 15 * MINUTE_MS;

/// Friday 2023-09-01, 09:00 in São Paulo.
const STARTS: UnixMs = UnixMs(1_693_569_600_000);
const OPENS_AT: &str = "2023-09-01T10:00";
/// To the second: the list ends three days later, and the round is half an hour after that.
const CLOSES_AT: &str = "2023-09-12T07:30:03";
const T_CLOSE: UnixMs = UnixMs(1_694_773_803_000);
const EXTRACTION_AT: &str = "2023-09-20T20:00";
const EXTRACTION: UnixMs = UnixMs(1_695_250_800_000);
/// Round 657,413 of quicknet.
const SIGNATURE: &str = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be\
41076862b98fad56e91a6b85b89cd97b";
const NUMBERS: [(&str, &str); 5] = [
    ("prize_one", "71953"),
    ("prize_two", "08420"),
    ("prize_three", "35187"),
    ("prize_four", "90266"),
    ("prize_five", "44719"),
];
/// With right check digits, and nobody's.
const PEOPLE: [&str; 3] = ["52998224725", "11144477735", "12345678909"];
const MANAGERS: [&str; 2] = ["ana", "rui"];
const PASSWORD: &str = "um carrinho volta sempre";

/// One campaign, from its draft to its winners.
#[derive(Debug)]
pub struct Raffle {
    /// As addresses write it.
    pub id: String,
    /// The honoured returns of its period, in order.
    pub returned: Vec<Rental>,
}

/// What [`Raffle::moves_on`] came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Draft,
    Authorised,
    Open,
    Closed,
    Committed,
    Shuffled,
    Drawn,
}

impl Stage {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Authorised => "authorised",
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Committed => "committed",
            Self::Shuffled => "shuffled",
            Self::Drawn => "drawn",
        }
    }
}

impl Raffle {
    /// When a system must start for it: [`crate::Options::starting`].
    pub const STARTS: UnixMs = STARTS;

    /// Two managers are hired, and one of them plans it.
    pub fn drafted(system: &System) -> Self {
        let [ana, _] = MANAGERS.map(|login| Staff::hired(system, login, PASSWORD));
        let draft = form(&[
            ("name", "Carrinho de Volta"),
            ("mode", "draw"),
            ("opens_at", OPENS_AT),
            ("closes_at", CLOSES_AT),
            ("grace_hours", "72"),
            ("extraction_number", "5801"),
            ("extraction_at", EXTRACTION_AT),
            (
                "prizes",
                "Vale-compras de R$ 500; 500,00\nVale-compras de R$ 100; 100,00",
            ),
            ("alternates", "20"),
            ("entries_max", "10"),
            ("promoter_name", "Supermercado Volta Ltda."),
            ("promoter_document", "12.ABC.345/01DE-35"),
        ]);
        let id = planned(&ana, &draft);
        Self {
            id,
            returned: Vec::new(),
        }
    }

    /// Lets time pass to the next stage and does what people do for it.
    pub fn moves_on(&mut self, system: &mut System, from: Stage) -> Stage {
        match from {
            Stage::Draft => {
                self.is_authorised(system);
                Stage::Authorised
            }
            Stage::Authorised => {
                self.opens(system);
                Stage::Open
            }
            Stage::Open => {
                self.closes(system);
                Stage::Closed
            }
            Stage::Closed => {
                self.is_committed(system);
                Stage::Committed
            }
            Stage::Committed => {
                self.is_shuffled(system);
                Stage::Shuffled
            }
            Stage::Shuffled | Stage::Drawn => {
                self.is_drawn(system);
                Stage::Drawn
            }
        }
    }

    pub fn is_authorised(&self, system: &System) {
        let fields = [
            ("certificate", "04.031245/2023"),
            ("ownership_on", "2023-09-01"),
            ("ownership_document", "Termo 7"),
        ];
        self.does(system, 0, "authorise", &fields);
    }

    /// The period begins; three people bring a cart back, and one who gives no CPF.
    pub fn opens(&mut self, system: &mut System) {
        let opens = STARTS.plus(HOUR_MS);
        later(system, opens.plus(MINUTE_MS));
        self.await_stage(system, "open");
        let wishes = PEOPLE.map(|cpf| json!({ "cpf": cpf }));
        let out: Vec<_> = wishes
            .iter()
            .chain([&json!({})])
            .map(|wish| goes_out(system, wish))
            .collect();
        system.wait_until(system.now().plus(TRIP_MS));
        // The carts left the first two slots and the lane.
        for ((_, tag), bay) in out.iter().zip(1..) {
            system.dock(NORTE).push(bay, tag);
        }
        for (rental, _) in out {
            rental.until(&["closed"]);
            self.returned.push(rental);
        }
    }

    /// The period ends, and then the grace: the list is fixed.
    pub fn closes(&self, system: &mut System) {
        later(system, T_CLOSE.plus(-24 * HOUR_MS));
        self.await_stage(system, "closed");
        later(system, T_CLOSE.plus(MINUTE_MS));
        let frozen = "SELECT frozen_ms FROM campaign WHERE stage = 'closed'";
        eventually("the list is fixed", || {
            system.cloud_db().first::<Option<i64>>(frozen, &[])?
        });
    }

    /// Both managers approve the list that their pages show, and both docks say that they saw it.
    pub fn is_committed(&self, system: &System) {
        let root = self.offered(system);
        for manager in 0..MANAGERS.len() {
            self.await_stage(system, "closed");
            self.approves(system, manager, &root);
        }
        self.await_stage(system, "committed");
        let saw = "SELECT count(*) FROM witness WHERE root = (SELECT root FROM commitment)";
        eventually("the docks' words", || {
            (system.cloud_db().one::<i64>(saw, &[]) == 2).then_some(())
        });
    }

    /// The root of the list that waits for the second manager's yes.
    pub fn offered(&self, system: &System) -> String {
        let page = self.signed_in(system, 1).reads(&self.managed());
        between(&page, "name=\"seen\" value=\"", "\"")
    }

    /// One of the two says yes to a list.
    pub fn approves(&self, system: &System, manager: usize, root: &str) {
        let fields = [("seen", root), ("confirm", "1")];
        self.does(system, manager, "approve", &fields);
    }

    /// The round is known, and a manager pastes it.
    pub fn is_shuffled(&self, system: &mut System) {
        later(system, T_CLOSE.plus(HOUR_MS));
        self.does(system, 1, "shuffle", &[("signature", SIGNATURE)]);
    }

    /// The lottery has drawn, and two managers read it, each from a source of their own.
    pub fn is_drawn(&self, system: &mut System) {
        later(system, EXTRACTION.plus(HOUR_MS));
        for (manager, source) in ["Site da Caixa", "Diário Oficial"].into_iter().enumerate() {
            self.await_stage(system, "committed");
            self.reads(system, manager, source);
        }
        self.await_stage(system, "drawn");
    }

    pub fn reads(&self, system: &System, manager: usize, source: &str) {
        let mut fields = vec![
            ("extraction_number", "5801"),
            ("extraction_at", EXTRACTION_AT),
            ("source", source),
            ("evidence", "Extração 5801, primeiro prêmio 71953"),
            ("reason", ""),
        ];
        fields.extend(NUMBERS);
        self.does(system, manager, "extraction", &fields);
    }

    /// The path of the page that everybody reads.
    pub fn public(&self) -> String {
        format!("/sorteio/{}", self.id)
    }

    /// The bundle as the cloud serves it at this moment.
    pub fn bundle(&self, system: &System) -> String {
        let path = format!("{}{}/pacote.json", system.cloud_url(), self.public());
        let answer = get(&path);
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer.body
    }

    pub fn await_stage(&self, system: &System, stage: &str) {
        let sql = "SELECT stage FROM campaign WHERE replace(id, '-', '') = ?1";
        eventually(&format!("the campaign is {stage}"), || {
            let now: Option<String> = system.cloud_db().one(sql, &[&self.id]);
            (now.as_deref() == Some(stage)).then_some(())
        });
    }

    fn managed(&self) -> String {
        format!("/manage/campaigns/{}", self.id)
    }

    /// Hours have passed since anybody was at their desk: everybody signs in anew.
    fn signed_in(&self, system: &System, manager: usize) -> Staff {
        Staff::signs_in(system, MANAGERS[manager], PASSWORD)
    }

    fn does(&self, system: &System, manager: usize, verb: &str, fields: &[(&str, &str)]) {
        let path = format!("{}/{verb}", self.managed());
        let staff = self.signed_in(system, manager);
        let answer = staff.posts(&path, &form(fields));
        assert_eq!(answer.status, 200, "{verb}: {}", answer.body);
    }
}

/// Sends a plan, and answers the id of the campaign that it became.
pub fn planned(staff: &Staff, draft: &str) -> String {
    let made = staff.posts("/manage/campaigns/new", draft);
    assert_eq!(made.status, 303, "{}", made.body);
    let page = made.headers.get("location").map(String::as_str);
    let id = page.and_then(|page| page.rsplit('/').next());
    id.expect("an address ends in its id").to_owned()
}

/// The cloud dies, time passes without it, and it comes back and looks what is due.
pub fn later(system: &mut System, moment: UnixMs) {
    system.kill9(CLOUD);
    system.wait_until(moment);
    system.restart(CLOUD);
    // Docks that were silent for days tell that they are there.
    for dock in system.docks() {
        system.await_carts(dock, system.carts(dock));
    }
}

fn goes_out(system: &System, wish: &Value) -> (Rental, String) {
    let rental = system.take_with(NORTE, wish);
    system.pay(&rental);
    let tag = system.pull(&rental, NORTE);
    (rental, tag)
}

/// One cart out and back, a quarter of an hour later.
pub fn returns(system: &System, wish: &Value) -> Rental {
    let (rental, tag) = goes_out(system, wish);
    system.wait_until(system.now().plus(TRIP_MS));
    system.dock(NORTE).push(1, &tag);
    rental.until(&["closed"]);
    rental
}
