//! A raffle from its draft to its accounts, and a certain prize. The moments are those of a real round
//! of the public beacon, in September 2023.

use crate::world::{DAY, Visit, World, chain, done, manager, refusal};
use cloud::actions::approve_commitment::{self, Approved};
use cloud::actions::authorise_campaign::{self, AuthoriseCampaign};
use cloud::actions::campaign_step::By;
use cloud::actions::disqualify_entry::{self, DisqualifyEntry};
use cloud::actions::draft_campaign::{self, DraftCampaign, Plan};
use cloud::actions::enter_result::{EnterResult, Entered};
use cloud::actions::erase_person::{self, ErasePerson};
use cloud::actions::freeze_campaign::{self, Frozen};
use cloud::actions::put_contact::PutContact;
use cloud::actions::watch_campaigns::{self, Due};
use cloud::actions::{
    Outcome, Rejection, account_campaign, begin_campaign, cancel_campaign, claim_entry,
    close_campaign, consent_name, deliver_prize, draw_campaign, enter_result, expire_prizes,
    note_beacon, publish_campaign, put_contact, rectify_result, redeem_voucher,
};
use cloud::bundles::{self, Made};
use cloud::entropy::Entropy;
use cloud::jobs;
use cloud::notices::{Address, Contact};
use cloud::store::campaign::{CampaignRow, LifeState};
use cloud::store::{
    self, campaign, campaign_key, contact, frozen_entry, notification, prize_voucher,
};
use cloud_core::notice::{Channel, Kind};
use cloud_core::raffle::beacon::{Beacon, Drand};
use cloud_core::raffle::bundle::{Bundle, EntryReceipt};
use cloud_core::raffle::campaign::reading::{Reader, Reading};
use cloud_core::raffle::campaign::{Campaign, CancelReason, Rejection as No};
use cloud_core::raffle::canonical::{self, Digest};
use cloud_core::raffle::certain::Offer;
use cloud_core::raffle::eligible::Outside;
use cloud_core::raffle::extraction::{Extraction, Prizes};
use cloud_core::raffle::result;
use cloud_core::raffle::rules::{
    DisqualificationCode, Method, Prize, Promoter, Rules, lottery_date,
};
use cloud_core::raffle::tree;
use cloud_core::raffle::winners::{Delivery, Winner, winners};
use cloud_core::rental::Step;
use sha2::{Digest as _, Sha256};
use shared::event::Fact;
use shared::ids::{CampaignId, PersonId, StaffId};
use shared::money::Centavos;
use shared::octets::Octets;
use shared::time::UnixMs;
use std::sync::Arc;

const HOUR: i64 = 3_600_000;
const MINUTE: i64 = 60_000;
/// Its round of quicknet is 657,413.
const T_CLOSE: UnixMs = UnixMs(1_694_773_803_000);
const SIGNATURE: &str = "b713718a38ae728dfd477991af2822e08d2f305e47718cef9f7848ce4050e7be\
41076862b98fad56e91a6b85b89cd97b";
/// Wednesday 2023-09-20, 20:00 in Brasília.
pub(crate) const EXTRACTION: UnixMs = UnixMs(1_695_250_800_000);
const NUMBERS: [&str; 5] = ["71953", "08420", "35187", "90266", "44719"];
const OTHERS: [&str; 5] = ["11111", "22222", "33333", "44444", "55555"];
/// Neither combination is below q·N unless N divides ten million.
const HIGHEST: [&str; 5] = ["00999", "00999", "00999", "00999", "00999"];
const PEOPLE: [&str; 4] = ["52998224725", "11144477735", "12345678909", "39053344705"];

pub(crate) fn id() -> CampaignId {
    CampaignId::new(7, [7; 10])
}

fn next() -> CampaignId {
    CampaignId::new(8, [8; 10])
}

fn second() -> StaffId {
    StaffId::new(2, [2; 10])
}

fn rules(w: &World) -> Rules {
    let prize = |rank: u32, value_centavos| Prize {
        rank,
        name: format!("Vale-compras {rank}"),
        value_centavos,
    };
    Rules {
        method: Method::Sa1,
        campaign_id: id(),
        name: "Carrinho de Volta".into(),
        promoter: Promoter {
            name: "Supermercado Modelo Ltda.".into(),
            cnpj: "12ABC34501DE35".into(),
        },
        certificate: String::new(),
        stores: vec!["Loja".into()],
        opens_ms: T_CLOSE.plus(-33 * DAY),
        closes_ms: T_CLOSE.plus(-3 * DAY),
        t_close_ms: T_CLOSE,
        entries_per_person_max: 2,
        minimum_age: 18,
        drand: Drand::after_close(T_CLOSE),
        extraction: extraction(5_801, EXTRACTION),
        prizes: vec![prize(1, 20_000), prize(2, 10_000)],
        alternates: 20,
        claim_days: 180,
        disqualification_codes: vec![DisqualificationCode {
            code: "menor".into(),
            text: "Menor de 18 anos.".into(),
        }],
        fallback: "Sem extração, vale a próxima.".into(),
        text: "Cada devolução vale uma participação.".into(),
        operator_key: Octets::public_key(w.keys.signing()),
    }
}

fn extraction(number: u32, at_ms: UnixMs) -> Extraction {
    Extraction {
        number: number.to_string(),
        date: lottery_date(at_ms),
        at_ms,
    }
}

/// Five weeks before the list closes, with another member of the staff and a month after this one.
pub(crate) fn world() -> World {
    let mut w = World::empty();
    w.now = T_CLOSE.plus(-35 * DAY);
    w.enrols("norte", [1; 32]);
    w.enrols("sul", [2; 32]);
    w.waits(0);
    done(w.act(|tx| {
        let staff = store::staff::StaffRow {
            id: second(),
            login: "fiscal".into(),
            role: "manager".into(),
            password_hash: "-".into(),
            must_change: false,
        };
        store::staff::insert(tx, &staff, UnixMs(0))?;
        let after = CampaignRow {
            id: next(),
            name: "outubro".into(),
            opens_ms: T_CLOSE.plus(-3 * DAY + 1),
            closes_ms: T_CLOSE.plus(27 * DAY),
        };
        Ok(campaign::insert(tx, &chain(), &after)?)
    }));
    w
}

pub(crate) fn by(w: &World, staff: StaffId) -> By {
    static NEXT: std::sync::atomic::AtomicU64 = std::sync::atomic::AtomicU64::new(0);
    let number = NEXT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    By {
        staff,
        audit_id: format!("raffle-{}-{number}", w.now.0),
    }
}

fn drafts(w: &World, rules: Rules) -> Outcome<Step<()>> {
    let now = w.now;
    let wanted = DraftCampaign {
        chain: chain(),
        plan: Plan::Draw(Box::new(rules)),
        by: by(w, manager()),
    };
    w.act(move |tx| draft_campaign::run(tx, now, &wanted))
}

fn authorises(w: &World, certificate: &str) -> Outcome<Step<()>> {
    let now = w.now;
    let wanted = AuthoriseCampaign {
        id: id(),
        certificate: certificate.into(),
        ownership_ms: now.plus(-DAY),
        ownership_document: "Termo 7".into(),
        by: by(w, manager()),
    };
    w.act(move |tx| authorise_campaign::run(tx, now, &wanted))
}

fn stage(w: &World) -> &'static str {
    w.read(|tx| campaign::life(tx, &id()))
        .and_then(|row| row.state.stage())
        .unwrap_or("plain")
}

pub(crate) fn draw_state(w: &World) -> Campaign {
    match w.read(|tx| campaign::life(tx, &id())).map(|row| row.state) {
        Some(LifeState::Draw(draw)) => draw,
        other => panic!("no draw: {other:?}"),
    }
}

/// The clock's look: what is due is done.
fn ticks(w: &World) -> Vec<Due> {
    let now = w.now;
    let due = done(w.act(move |tx| watch_campaigns::run(tx, now)));
    for (id, due) in due.clone() {
        let keys = Arc::clone(&w.keys);
        done(w.act(move |tx| jobs::take_step(tx, now, &keys, (&id, due))));
    }
    due.into_iter().map(|(_, due)| due).collect()
}

pub(crate) fn step<T: Send + 'static>(
    w: &World,
    run: impl Fn(&store::Tx<'_>, UnixMs, &cloud::keys::Keys) -> Outcome<T> + Send + 'static,
) -> Outcome<T> {
    let (now, keys) = (w.now, Arc::clone(&w.keys));
    w.act(move |tx| run(tx, now, &keys))
}

/// One cart out of the northern dock and back; told at once, or not yet.
pub(crate) fn brings(w: &mut World, cpf: Option<&str>, dock: &'static str, told: bool) -> Visit {
    let visit = match cpf {
        Some(cpf) => w.take_with_cpf("norte", cpf),
        None => w.take("norte"),
    };
    w.bank_makes_charge(&visit);
    w.pays(&visit, crate::world::DEPOSIT);
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.advance(10 * MINUTE);
    w.docks(dock, 1, tag);
    if told {
        assert_eq!(w.reports(dock), ["applied"]);
        w.bank_settles(&visit);
    }
    visit
}

pub(crate) fn opened() -> World {
    let mut w = world();
    done(drafts(&w, rules(&w)));
    w.advance(DAY);
    done(authorises(&w, "04.012345/2023"));
    w.now = T_CLOSE.plus(-33 * DAY);
    w.waits(0);
    assert_eq!(ticks(&w), [Due::Begin]);
    w
}

/// A week of returns: three people, one of them above the cap, one without a CPF.
pub(crate) struct Returned {
    listed: Vec<Visit>,
    over_cap: Visit,
    nobody: Visit,
}

pub(crate) fn returned(w: &mut World) -> Returned {
    let mut listed = Vec::new();
    for cpf in [PEOPLE[0], PEOPLE[1], PEOPLE[2], PEOPLE[0]] {
        w.waits(HOUR);
        listed.push(brings(w, Some(cpf), "norte", true));
    }
    w.waits(HOUR);
    let over_cap = brings(w, Some(PEOPLE[0]), "norte", true);
    w.waits(HOUR);
    let nobody = brings(w, None, "norte", true);
    Returned {
        listed,
        over_cap,
        nobody,
    }
}

fn root(w: &World) -> Digest {
    let all = w.read(|tx| frozen_entry::all(tx, &id()));
    cloud_core::raffle::entry::Entries::new(&id(), 2, all)
        .expect("a frozen list")
        .tree()
        .root()
}

fn approves(w: &World, staff: StaffId, root: Digest) -> Outcome<Step<Approved>> {
    let by = by(w, staff);
    step(w, move |tx, now, keys| {
        approve_commitment::run(tx, now, keys, (&id(), &root), &by)
    })
}

fn beacon() -> Beacon {
    Beacon::Signed {
        round: 657_413,
        signature: SIGNATURE.parse().expect("96 digits"),
    }
}

fn shuffles(w: &World, beacon: Beacon) -> Outcome<Step<()>> {
    let by = by(w, manager());
    step(w, move |tx, now, _| {
        note_beacon::run(tx, now, (&id(), beacon), Some(&by))
    })
}

/// Closed, frozen and committed; ten minutes after the end.
fn committed(w: &mut World) {
    w.now = T_CLOSE.plus(-3 * DAY);
    w.waits(0);
    assert_eq!(ticks(w), [Due::Close]);
    w.now = T_CLOSE.plus(10 * MINUTE);
    w.waits(0);
    assert_eq!(ticks(w), [Due::Freeze]);
    let root = root(w);
    assert_eq!(
        done(approves(w, manager(), root)),
        Step::Executed(Approved::Waits)
    );
    assert_eq!(
        done(approves(w, second(), root)),
        Step::Executed(Approved::Committed)
    );
}

fn reads(
    w: &World,
    staff: StaffId,
    (numbers, extraction): (&[&str; 5], Extraction),
    (replaces, reason): (Option<u32>, &str),
) -> Outcome<Step<Entered>> {
    let wanted = EnterResult {
        id: id(),
        replaces,
        reading: Reading {
            by: Reader::Staff(staff),
            name: format!("Print de {staff}"),
            digest: Octets([3; 32]),
            extraction,
            prizes: Prizes::new(numbers).expect("five digits each"),
        },
        reason: reason.into(),
        evidence: "print".into(),
        by: by(w, staff),
    };
    step(w, move |tx, now, keys| match wanted.replaces {
        None => enter_result::run(tx, now, keys, &wanted),
        Some(_) => rectify_result::run(tx, now, keys, &wanted),
    })
}

fn both_read(w: &World, numbers: &[&str; 5]) {
    let planned = || extraction(5_801, EXTRACTION);
    let none = (None, "");
    assert_eq!(
        done(reads(w, manager(), (numbers, planned()), none)),
        Step::Executed(Entered::Pending)
    );
    let answer = done(reads(w, second(), (numbers, planned()), none));
    assert_eq!(answer, Step::Executed(Entered::Recorded { sequence: 1 }));
}

pub(crate) fn drawn(w: &mut World) {
    committed(w);
    w.now = T_CLOSE.plus(HOUR);
    done(shuffles(w, beacon()));
    w.now = EXTRACTION.plus(HOUR);
    both_read(w, &NUMBERS);
    assert_eq!(stage(w), "drawn");
}

fn made(w: &World) -> Made {
    let (now, keys) = (w.now, Arc::clone(&w.keys));
    w.read(move |tx| bundles::make(tx, &keys, &id(), now))
        .expect("a committed campaign")
}

/// Everything that the method lets a stranger check, by the bundle's bytes alone.
#[track_caller]
fn verified(text: &str) -> Bundle {
    let bundle = Bundle::from_text(text).expect("canonical text");
    let list = bundle.list().expect("a list");
    assert!(bundle.is_signed() && bundle.commit.is_for(&bundle.rules));
    assert_eq!(bundle.entries, list.as_slice());
    assert!(bundle.commit.holds(&list));
    let commitment = bundle.commit.commitment(&bundle.rules);
    assert!(bundle.witnesses.iter().all(|one| one.saw(&commitment)));
    assert!(
        bundle
            .results
            .iter()
            .all(|one| one.is_signed(&bundle.rules))
    );
    let Some(beacon) = bundle.beacon else {
        assert!(bundle.results.is_empty() && bundle.winners.is_empty());
        return bundle;
    };
    let due_ms = cloud_core::raffle::commit::due_ms(&bundle.rules, bundle.commit.committed_ms);
    let randomness = beacon.randomness(bundle.rules.drand.round, due_ms);
    let randomness = randomness.expect("a verified beacon");
    let order = cloud_core::raffle::bundle::shuffled(&bundle.commit, &randomness, &list);
    match result::decision(&bundle.results, list.n()) {
        None => assert!(bundle.winners.is_empty()),
        Some((_, start)) => {
            let again = winners(
                &bundle.rules,
                &list,
                &order,
                start,
                &bundle.disqualified,
                &[],
            );
            let bare = |one: &Winner| (one.rank, one.position, one.number.clone(), one.pid);
            assert_eq!(
                again.iter().map(bare).collect::<Vec<_>>(),
                bundle.winners.iter().map(bare).collect::<Vec<_>>()
            );
        }
    }
    bundle
}

fn text(w: &World) -> String {
    String::from_utf8(made(w).text.to_vec()).expect("text")
}

fn receipt(w: &World, visit: &Visit) -> EntryReceipt {
    let rental = visit.rental;
    let text = w.read(move |tx| bundles::receipt(tx, &rental));
    canonical::read(&text.expect("a told return")).expect("canonical text")
}

fn outside(w: &World, visit: &Visit) -> Option<Outside> {
    w.entry(visit).expect("an entry").outside
}

#[test]
fn a_campaign_goes_from_its_draft_to_its_accounts() {
    let mut w = opened();
    let returned = returned(&mut w);
    // The southern dock falls silent; what it tells in the grace counts, what it tells later does not.
    w.now = T_CLOSE.plus(-4 * DAY);
    w.reports("norte");
    let from = w.gateway("sul").events();
    let told_in_grace = brings(&mut w, Some(PEOPLE[1]), "sul", false);
    let late = brings(&mut w, Some(PEOPLE[3]), "sul", false);
    w.now = T_CLOSE.plus(-DAY);
    assert_eq!(ticks(&w), [Due::Close]);
    w.gateway("sul").remaining = 1;
    done(w.sends("sul", from..from + 1));
    w.gateway("sul").remaining = 0;
    assert_eq!(w.entry(&told_in_grace).unwrap().campaign.id, id());
    committed_after_close(&mut w, &late);
    assert_eq!(stage(&w), "committed");
    let waiting = verified(&text(&w));
    assert_eq!(waiting.entries.len(), 5);

    // Gateways witness it.
    w.gateway("norte").offline.commitments = Some(Vec::new());
    let shown = w.accepted("norte").commitments.remove(0);
    let seen_ms = w.now;
    let key = w.gateway("norte").key.clone();
    let fact = Fact::CommitmentWitnessed {
        promise: shown.promise,
        name: shown.name,
        seen_ms,
        witness: shown.promise.commitment.witness(&key, seen_ms),
    };
    w.tells("norte", fact);
    assert_eq!(w.reports("norte"), ["applied"]);
    assert_eq!(verified(&text(&w)).witnesses.len(), 1);

    w.now = T_CLOSE.plus(HOUR);
    done(shuffles(&w, beacon()));
    let shuffled = verified(&text(&w));
    assert_eq!(shuffled.beacon, Some(beacon()));
    // Whoever has a receipt finds their entry, and its way to the root.
    let made_now = made(&w);
    for visit in returned.listed.iter().chain([&told_in_grace]) {
        let mark = receipt(&w, visit).mark();
        assert!(shuffled.entries.iter().any(|entry| entry.ev == mark));
        let rental = visit.rental;
        let row = w
            .read(move |tx| frozen_entry::of_rental(tx, &rental))
            .unwrap();
        let inside = made_now.inside(&row.leaf).unwrap();
        let (index, n) = (u64::from(inside.index), u64::from(inside.n));
        assert!(tree::proves(
            &inside.leaf,
            index,
            n,
            &inside.path,
            &inside.root
        ));
        assert_eq!(inside.place.map(|(position, _)| position), row.position);
    }
    assert_eq!(outside(&w, &returned.over_cap), Some(Outside::OverCap));
    assert_eq!(outside(&w, &returned.nobody), Some(Outside::NoCpf));
    w.now = EXTRACTION.plus(HOUR);
    both_read(&w, &NUMBERS);
    assert_eq!(stage(&w), "drawn");
    let bundle = verified(&text(&w));
    assert_eq!(bundle.winners.len(), 2);
    assert_eq!(w.count("SELECT count(*) FROM prize_voucher"), 2);

    delivered_and_accounted(&mut w);
    let inside = returned.listed.iter().chain([&told_in_grace]);
    names_nobody(&w, inside, &text(&w));
}

/// Neither a person nor a return in any spelling, nor what anybody could reckon from a CPF alone.
fn names_nobody<'a>(w: &World, inside: impl Iterator<Item = &'a Visit>, bundle: &str) {
    let cpfs = PEOPLE.iter().flat_map(|cpf| {
        let hashed = hex::encode(&Sha256::digest(cpf)[..16]);
        [(*cpf).to_owned(), hex::encode(cpf), hashed]
    });
    let ids = inside.flat_map(|visit| {
        let person = w.row(visit).person.expect("who is listed is known");
        [visit.rental.to_string(), person.to_string()]
    });
    let spelt = ids.flat_map(|id| [id.replace('-', ""), id]);
    for secret in cpfs.chain(spelt) {
        assert!(!bundle.contains(&secret), "{secret} is in the bundle");
    }
}

fn committed_after_close(w: &mut World, late: &Visit) {
    w.now = T_CLOSE.plus(10 * MINUTE);
    w.reports("norte");
    assert_eq!(ticks(w), [Due::Freeze]);
    assert!(ticks(w).is_empty(), "once");
    // Too late: it joins the next campaign.
    assert_eq!(w.reports("sul"), ["applied", "applied"]);
    let entry = w.entry(late).expect("an honoured return");
    assert_eq!((entry.campaign.id, entry.moved_from), (next(), Some(id())));
    let root = root(w);
    done(approves(w, manager(), root));
    assert_eq!(done(approves(w, manager(), root)), Step::AlreadyApplied);
    assert_eq!(stage(w), "closed", "one person is not two");
    done(approves(w, second(), root));
    assert_eq!(done(approves(w, second(), root)), Step::AlreadyApplied);
}

fn delivered_and_accounted(w: &mut World) {
    let first = w.read(|tx| prize_voucher::of_campaign(tx, &id()));
    let code = w.keys.voucher_code_hash(&id(), 1, &first[0].of.rental);
    w.advance(DAY);
    let books = w.books();
    let redeem = move |w: &World| {
        let now = w.now;
        let audit = format!("redeem-{}", now.0);
        w.act(move |tx| redeem_voucher::run(tx, now, &code, (&manager(), &audit)))
    };
    assert_eq!(done(redeem(w)), Centavos::new(20_000));
    assert_eq!(refusal(redeem(w)), Rejection::VoucherUsed);
    assert_eq!(
        draw_state(w).drawn().expect("a draw").winners[0].delivery,
        Delivery::Delivered
    );
    assert_eq!(w.books(), books, "no deposit moved");
    done(step(w, |tx, _, _| {
        consent_name::run(tx, (&id(), 2), Some("Ana Silva"))
    }));
    let bundle = verified(&text(w));
    assert_eq!(bundle.winners[1].name.as_deref(), Some("A*** S***"));
    let account = |w: &World| {
        let by = by(w, manager());
        step(w, move |tx, now, _| {
            account_campaign::run(tx, now, (&id(), "SCPC 1/2024"), &by)
        })
    };
    assert_eq!(refusal(account(w)), Rejection::Campaign(No::WrongStage));
    w.now = EXTRACTION.plus(HOUR + 180 * DAY - 1);
    assert!(ticks(w).is_empty());
    assert_eq!(w.alarms(), ["campaign_due"], "the claims end soon");
    w.advance(1);
    assert_eq!(ticks(w), [Due::Expire]);
    assert_eq!(stage(w), "delivered");
    assert_eq!(done(account(w)), Step::Executed(()));
    assert_eq!(done(account(w)), Step::AlreadyApplied);
    assert_eq!(stage(w), "accounted");
    assert!(ticks(w).is_empty());
    assert!(w.alarms().is_empty());
    verified(&text(w));
    // With its key destroyed nobody can tell whose entry was whose; the bundle stands.
    let before = text(w);
    let later = w.now.plus(271 * DAY);
    let gone = w.act(move |tx| Ok(campaign_key::destroy(tx, later.plus(-270 * DAY))?));
    assert_eq!(done(gone), 1);
    assert_eq!(text(w), before);
}

#[test]
fn every_step_again_changes_nothing() {
    let mut w = world();
    let already = |w: &World, outcome: Outcome<Step<()>>, before: &str| {
        assert_eq!(done(outcome), Step::AlreadyApplied);
        assert_eq!(w.everything(), before);
    };
    done(drafts(&w, rules(&w)));
    let before = w.everything();
    already(&w, drafts(&w, rules(&w)), &before);
    done(authorises(&w, "1/2023"));
    let before = w.everything();
    already(&w, authorises(&w, "1/2023"), &before);
    w.now = T_CLOSE.plus(-33 * DAY);
    w.waits(0);
    done(step(&w, |tx, now, _| begin_campaign::run(tx, now, &id())));
    let before = w.everything();
    already(
        &w,
        step(&w, |tx, now, _| begin_campaign::run(tx, now, &id())),
        &before,
    );
    returned(&mut w);
    w.now = T_CLOSE.plus(-3 * DAY);
    w.waits(0);
    done(step(&w, |tx, now, _| close_campaign::run(tx, now, &id())));
    let before = w.everything();
    already(
        &w,
        step(&w, |tx, now, _| close_campaign::run(tx, now, &id())),
        &before,
    );
    w.now = T_CLOSE.plus(MINUTE);
    let freezes = |w: &World| {
        step(w, |tx, now, keys| {
            freeze_campaign::run(tx, now, keys, &id())
        })
    };
    let frozen = Frozen {
        listed: 4,
        moved: 0,
        left_out: 2,
    };
    assert_eq!(done(freezes(&w)), Step::Executed(frozen));
    let before = w.everything();
    assert_eq!(done(freezes(&w)), Step::AlreadyApplied);
    // Killed between the freeze and the commitment: the list is there, and it is the same.
    w.restarts();
    assert_eq!(done(freezes(&w)), Step::AlreadyApplied);
    assert_eq!(w.everything(), before);
    let root = root(&w);
    done(approves(&w, manager(), root));
    w.restarts();
    done(approves(&w, second(), root));
    w.now = T_CLOSE.plus(HOUR);
    done(shuffles(&w, beacon()));
    let before = w.everything();
    already(&w, shuffles(&w, beacon()), &before);
    w.now = EXTRACTION.plus(HOUR);
    both_read(&w, &NUMBERS);
    let planned = || (&NUMBERS, extraction(5_801, EXTRACTION));
    let before = w.everything();
    let again = reads(&w, second(), planned(), (None, "")).map(|step| match step {
        Step::Executed(_) => Step::Executed(()),
        Step::AlreadyApplied => Step::AlreadyApplied,
    });
    already(&w, again, &before);
    let draws = |w: &World| step(w, |tx, now, keys| draw_campaign::run(tx, now, keys, &id()));
    already(&w, draws(&w), &before);
    let delivers = |w: &World| {
        let by = by(w, manager());
        step(w, move |tx, now, _| {
            deliver_prize::run(tx, now, (&id(), 1), &by)
        })
    };
    done(delivers(&w));
    let before = w.everything();
    already(&w, delivers(&w), &before);
}

#[test]
fn a_step_is_refused_before_its_time_and_out_of_its_turn() {
    let mut w = world();
    let no = |why| Rejection::Campaign(why);
    let begins = |w: &World| step(w, |tx, now, _| begin_campaign::run(tx, now, &id()));
    let freezes = |w: &World| {
        step(w, |tx, now, keys| {
            freeze_campaign::run(tx, now, keys, &id())
        })
    };
    assert_eq!(refusal(begins(&w)), Rejection::UnknownCampaign);
    let mut bad = rules(&w);
    bad.prizes.clear();
    assert_eq!(refusal(drafts(&w, bad)), no(No::RulesRefused));
    let mut taken = rules(&w);
    taken.campaign_id = CampaignId::new(9, [9; 10]);
    done(drafts(&w, rules(&w)));
    assert_eq!(refusal(drafts(&w, taken)), Rejection::CampaignOverlaps);
    assert_eq!(refusal(begins(&w)), no(No::WrongStage));
    assert_eq!(refusal(authorises(&w, "")), no(No::RulesRefused));
    done(authorises(&w, "1/2023"));
    assert_eq!(
        refusal(drafts(
            &w,
            Rules {
                text: "x".into(),
                ..rules(&w)
            }
        )),
        no(No::WrongStage)
    );
    assert_eq!(refusal(begins(&w)), no(No::TooEarly));
    w.now = T_CLOSE.plus(-33 * DAY);
    w.waits(0);
    ticks(&w);
    returned(&mut w);
    assert_eq!(refusal(freezes(&w)), no(No::WrongStage));
    w.now = T_CLOSE.plus(-3 * DAY);
    w.waits(0);
    ticks(&w);
    w.now = T_CLOSE;
    assert_eq!(refusal(freezes(&w)), no(No::TooEarly));
    assert_eq!(
        refusal(approves(&w, manager(), Octets([0; 32]))),
        Rejection::ListNotFrozen
    );
    w.advance(1);
    done(freezes(&w));
    assert_eq!(
        refusal(approves(&w, manager(), Octets([0; 32]))),
        no(No::OtherEntries)
    );
    assert_eq!(refusal(shuffles(&w, beacon())), no(No::WrongStage));
    let root = root(&w);
    done(approves(&w, manager(), root));
    done(approves(&w, second(), root));
    assert_eq!(
        refusal(shuffles(&w, beacon())),
        no(No::TooEarly),
        "the round is to come"
    );
    let planned = || (&NUMBERS, extraction(5_801, EXTRACTION));
    assert_eq!(
        refusal(reads(&w, manager(), planned(), (None, ""))),
        no(No::NotShuffled)
    );
    w.now = T_CLOSE.plus(HOUR);
    let forged = Beacon::Signed {
        round: 657_413,
        signature: Octets([9; 48]),
    };
    assert!(matches!(
        refusal(shuffles(&w, forged)),
        Rejection::Campaign(No::Beacon(_))
    ));
    done(shuffles(&w, beacon()));
    // Nobody reads what is not extracted yet, and two who differ make nothing.
    done(reads(&w, manager(), planned(), (None, "")));
    let early = refusal(reads(&w, second(), planned(), (None, "")));
    assert!(
        matches!(early, Rejection::Campaign(No::Record(_))),
        "{early:?}"
    );
    w.now = EXTRACTION.plus(HOUR);
    let other = (&OTHERS, extraction(5_801, EXTRACTION));
    assert_eq!(
        done(reads(&w, second(), other, (None, ""))),
        Step::Executed(Entered::Pending)
    );
    assert_eq!(stage(&w), "committed", "pending");
    let answer = done(reads(&w, second(), planned(), (None, "")));
    assert_eq!(answer, Step::Executed(Entered::Recorded { sequence: 1 }));
    let by = by(&w, manager());
    let cancels = step(&w, move |tx, now, _| {
        cancel_campaign::run(tx, now, (&id(), CancelReason::Authority), &by)
    });
    assert_eq!(refusal(cancels), no(No::WrongStage));
}

#[test]
fn a_wrong_result_is_corrected_until_a_prize_is_handed_over() {
    let mut w = opened();
    returned(&mut w);
    committed(&mut w);
    w.now = T_CLOSE.plus(HOUR);
    done(shuffles(&w, beacon()));
    w.now = EXTRACTION.plus(HOUR);
    both_read(&w, &OTHERS);
    let wrong = verified(&text(&w)).winners;
    let planned = || (&NUMBERS, extraction(5_801, EXTRACTION));
    let how = (Some(1), "Erro de digitação.");
    w.advance(HOUR);
    done(reads(&w, manager(), planned(), how));
    assert_eq!(
        verified(&text(&w)).winners,
        wrong,
        "one alone corrects nothing"
    );
    let answer = done(reads(&w, second(), planned(), how));
    assert_eq!(answer, Step::Executed(Entered::Recorded { sequence: 2 }));
    let right = verified(&text(&w));
    assert_eq!(right.results.len(), 2, "nothing is edited");
    assert_ne!(right.winners, wrong);
    let valid = "SELECT count(*) FROM prize_voucher WHERE void_ms IS NULL";
    assert_eq!(w.count(valid), 2);
    let delivers = by(&w, manager());
    done(step(&w, move |tx, now, _| {
        deliver_prize::run(tx, now, (&id(), 1), &delivers)
    }));
    let back = (&OTHERS, extraction(5_801, EXTRACTION));
    let refused = refusal(reads(&w, manager(), back, (Some(2), "Outra vez.")));
    assert_eq!(refused, Rejection::Campaign(No::AlreadyDelivered));
}

#[test]
fn an_extraction_without_a_number_leaves_it_to_the_next() {
    let mut w = opened();
    let returned = returned(&mut w);
    // Seven entries do not divide ten million.
    assert_eq!(returned.listed.len(), 4);
    for cpf in [PEOPLE[3], PEOPLE[3], PEOPLE[1]] {
        w.waits(HOUR);
        brings(&mut w, Some(cpf), "norte", true);
    }
    committed(&mut w);
    w.now = T_CLOSE.plus(HOUR);
    done(shuffles(&w, beacon()));
    w.now = EXTRACTION.plus(HOUR);
    both_read(&w, &HIGHEST);
    assert_eq!(stage(&w), "entered");
    assert!(ticks(&w).is_empty());
    assert!(verified(&text(&w)).winners.is_empty());
    w.now = EXTRACTION.plus(3 * DAY + HOUR);
    let later = || (&NUMBERS, extraction(5_802, EXTRACTION.plus(3 * DAY)));
    let why = (None, "A extração anterior não deu número.");
    done(reads(&w, manager(), later(), why));
    done(reads(&w, second(), later(), why));
    assert_eq!(stage(&w), "drawn");
    assert_eq!(verified(&text(&w)).winners.len(), 2);
}

#[test]
fn a_disqualified_winners_prize_goes_to_an_alternate_and_no_other_moves() {
    let mut w = opened();
    returned(&mut w);
    drawn(&mut w);
    let before = verified(&text(&w)).winners;
    let wanted = DisqualifyEntry {
        id: id(),
        position: before[0].position.expect("a winner"),
        code: "menor".into(),
        by: by(&w, manager()),
    };
    w.advance(HOUR);
    let disqualifies = move |w: &World| {
        let wanted = wanted.clone();
        step(w, move |tx, now, keys| {
            disqualify_entry::run(tx, now, keys, &wanted)
        })
    };
    done(disqualifies(&w));
    assert_eq!(done(disqualifies(&w)), Step::AlreadyApplied);
    let after = verified(&text(&w)).winners;
    assert_ne!(after[0].pid, before[0].pid);
    assert_eq!(after[1], before[1]);
    let valid = w.read(|tx| prize_voucher::of_campaign(tx, &id()));
    let valid: Vec<u32> = valid
        .iter()
        .filter(|voucher| voucher.void_ms.is_none())
        .map(|voucher| voucher.of.rank)
        .collect();
    assert_eq!(valid, [1, 2]);
    let lost = w.read(|tx| prize_voucher::of_campaign(tx, &id()));
    let lost = lost.iter().find(|one| one.void_ms.is_some()).unwrap();
    let code = w.keys.voucher_code_hash(&id(), 1, &lost.of.rental);
    let now = w.now;
    let redeems = w.act(move |tx| redeem_voucher::run(tx, now, &code, (&manager(), "r")));
    assert_eq!(refusal(redeems), Rejection::VoucherLost);
}

#[test]
fn who_is_erased_leaves_the_bundle_as_it_was() {
    let mut w = opened();
    let returned = returned(&mut w);
    committed(&mut w);
    let before = text(&w);
    let person = w.row(&returned.listed[0]).person.expect("a person");
    done(erases(&w, person));
    assert_eq!(text(&w), before);
    w.now = T_CLOSE.plus(HOUR);
    done(shuffles(&w, beacon()));
    w.now = EXTRACTION.plus(HOUR);
    both_read(&w, &NUMBERS);
    assert_eq!(verified(&text(&w)).winners.len(), 2);
    // Erased before the list was made: nobody's entry.
    let mut w = opened();
    let returned = self::returned(&mut w);
    let person = w.row(&returned.listed[1]).person.expect("a person");
    done(erases(&w, person));
    committed(&mut w);
    assert_eq!(outside(&w, &returned.listed[1]), Some(Outside::NoCpf));
    assert_eq!(verified(&text(&w)).entries.len(), 3);
}

fn erases(w: &World, person: PersonId) -> Outcome<Step<()>> {
    let (now, wanted) = (
        w.now,
        ErasePerson {
            person,
            by: None,
            audit_id: format!("erase-{person}"),
        },
    );
    w.act(move |tx| erase_person::run(tx, now, &wanted))
}

#[test]
fn without_a_beacon_the_list_is_shuffled_by_nothing_near_the_extraction() {
    let mut w = opened();
    returned(&mut w);
    committed(&mut w);
    w.now = EXTRACTION.plus(-2 * HOUR - 1);
    assert!(ticks(&w).is_empty());
    assert_eq!(w.alarms(), ["campaign_due"]);
    w.advance(1);
    assert_eq!(ticks(&w), [Due::ShuffleAbsent { round: 657_413 }]);
    assert!(matches!(
        verified(&text(&w)).beacon,
        Some(Beacon::Absent { .. })
    ));
    let late = refusal(shuffles(&w, beacon()));
    assert_eq!(late, Rejection::Campaign(No::TooLate));
}

#[test]
fn a_campaign_that_nobody_took_part_in_ends_without_a_draw() {
    let mut w = opened();
    w.now = T_CLOSE.plus(-3 * DAY);
    ticks(&w);
    w.now = T_CLOSE.plus(1);
    assert_eq!(ticks(&w), [Due::Freeze]);
    assert_eq!(stage(&w), "cancelled");
    assert!(ticks(&w).is_empty());
    assert!(w.alarms().is_empty());
}

/// A voucher of R$ 2,00 for everybody, twice at most, from now on.
pub(crate) fn offers(w: &mut World) {
    let offer = Offer {
        campaign_id: id(),
        name: "Vale certo".into(),
        stores: vec!["Loja".into()],
        opens_ms: T_CLOSE.plus(-33 * DAY),
        closes_ms: T_CLOSE.plus(-3 * DAY),
        voucher: Centavos::new(200),
        valid_days: 30,
        vouchers_per_person_max: 2,
        text: "Todo mundo que devolve ganha.".into(),
    };
    let (now, wanted) = (
        w.now,
        DraftCampaign {
            chain: chain(),
            plan: Plan::Certain(offer),
            by: by(w, manager()),
        },
    );
    done(w.act(move |tx| draft_campaign::run(tx, now, &wanted)));
    w.now = T_CLOSE.plus(-33 * DAY);
    w.waits(0);
    assert!(ticks(w).is_empty(), "nobody published it");
    let publishes = by(w, manager());
    done(step(w, move |tx, now, _| {
        publish_campaign::run(tx, now, &id(), &publishes)
    }));
    assert_eq!(stage(w), "open");
}

#[test]
fn everybody_gets_the_certain_prize_within_its_caps_and_once() {
    let mut w = world();
    offers(&mut w);
    let returned = returned(&mut w);
    let count = "SELECT count(*) FROM prize_voucher";
    assert_eq!(
        w.count(count),
        4,
        "two of three by one person, and none of nobody"
    );
    w.waits(HOUR);
    let (now, rental) = (w.now, returned.nobody.rental);
    let person = w.person(PEOPLE[3]);
    done(w.act(move |tx| claim_entry::run(tx, now, &rental, &person)));
    assert_eq!(w.count(count), 5, "claimed with the entry");
    done(step(&w, |tx, _, keys| {
        cloud::actions::name_vouchers::run(tx, keys)
    }));
    let code = |visit: &Visit| w.keys.voucher_code_hash(&id(), 0, &visit.rental);
    let (first, second) = (code(&returned.listed[0]), code(&returned.listed[1]));
    let redeems = |w: &World, code: [u8; 32], audit: &'static str| {
        let now = w.now;
        w.act(move |tx| redeem_voucher::run(tx, now, &code, (&manager(), audit)))
    };
    assert_eq!(done(redeems(&w, first, "a")), Centavos::new(200));
    assert_eq!(refusal(redeems(&w, first, "b")), Rejection::VoucherUsed);
    w.now = T_CLOSE.plus(-2 * DAY);
    assert_eq!(ticks(&w), [Due::Close]);
    assert_eq!(refusal(redeems(&w, second, "c")), Rejection::VoucherExpired);
    assert_eq!(w.books(), [0, 0, 0]);
    w.advance(30 * DAY);
    let accounts = by(&w, manager());
    done(step(&w, move |tx, now, _| {
        account_campaign::run(tx, now, (&id(), ""), &accounts)
    }));
    assert_eq!(stage(&w), "accounted");
}

#[test]
fn a_plan_makes_room_among_months_without_one() {
    let mut w = world();
    let month = |number: u8, opens: i64, closes: i64| CampaignRow {
        id: CampaignId::new(u64::from(number), [number; 10]),
        name: format!("mês {number}"),
        opens_ms: T_CLOSE.plus(opens * DAY),
        closes_ms: T_CLOSE.plus(closes * DAY),
    };
    let (runs, inside) = (month(20, -60, -20), month(21, -20, -4));
    done(w.act(move |tx| {
        campaign::insert(tx, &chain(), &runs)?;
        Ok(campaign::insert(tx, &chain(), &inside)?)
    }));
    done(drafts(&w, rules(&w)));
    let months = w.read(|tx| campaign::live(tx, &chain(), 10));
    let found: Vec<(String, UnixMs)> = months
        .iter()
        .filter(|row| row.row.opens_ms < T_CLOSE.plus(-DAY * 4))
        .map(|row| (row.row.name.clone(), row.row.closes_ms))
        .collect();
    let opens = T_CLOSE.plus(-33 * DAY);
    let planned = ("Carrinho de Volta".to_owned(), T_CLOSE.plus(-3 * DAY + 1));
    assert_eq!(found, [planned, ("mês 20".to_owned(), opens)]);
    // A draft that is given up leaves its period without a promise.
    let withdraws = by(&w, manager());
    done(step(&w, move |tx, now, _| {
        cancel_campaign::run(tx, now, (&id(), CancelReason::Withdrawn), &withdraws)
    }));
    assert_eq!(stage(&w), "plain");
    w.now = opens;
    w.waits(0);
    let visit = brings(&mut w, Some(PEOPLE[0]), "norte", true);
    assert_eq!(w.entry(&visit).unwrap().campaign.id, id());
    let expired = step(&w, |tx, now, _| expire_prizes::run(tx, now, &id()));
    assert_eq!(refusal(expired), Rejection::Campaign(No::WrongStage));
}

/// The payer of a visit that is not over says where to be told.
fn gives_mail(w: &World, visit: &Visit) {
    let mut entropy = Entropy::default();
    let contact = Contact {
        token: "q7ZrVb2hYw0XkLm5TnPd3g".into(),
        lang: "pt".into(),
        address: Address::Mail("ana@exemplo.com.br".into()),
    };
    let put = PutContact {
        rental: visit.rental,
        channel: Channel::Mail,
        address: contact.to_bytes(),
        fresh: w.keys.new_contact_key(&visit.rental, &mut entropy),
        nonce: entropy.bytes(),
    };
    done(step(w, move |tx, now, keys| {
        put_contact::run(tx, now, keys, &put)
    }));
}

/// A cart out and back by somebody who says where to be told, or not.
fn brings_back(w: &mut World, cpf: &str, reachable: bool) {
    w.waits(HOUR);
    let visit = w.take_with_cpf("norte", cpf);
    w.bank_makes_charge(&visit);
    w.pays(&visit, crate::world::DEPOSIT);
    if reachable {
        gives_mail(w, &visit);
    }
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.docks("norte", 1, tag);
    assert_eq!(w.reports("norte"), ["applied"]);
    w.bank_settles(&visit);
}

#[test]
fn who_keeps_a_prize_is_not_told_of_it_again() {
    let mut w = opened();
    for cpf in &PEOPLE[..3] {
        brings_back(&mut w, cpf, true);
    }
    drawn(&mut w);
    let notices = "SELECT count(*) FROM outbox WHERE kind = 'send_notice'";
    assert_eq!(w.count(notices), 2);
    // The first prize goes to the alternate, who is told; the second stays where it is.
    let wanted = DisqualifyEntry {
        id: id(),
        position: verified(&text(&w)).winners[0].position.expect("a winner"),
        code: "menor".into(),
        by: by(&w, manager()),
    };
    w.advance(HOUR);
    done(step(&w, move |tx, now, keys| {
        disqualify_entry::run(tx, now, keys, &wanted)
    }));
    assert_eq!(w.count(notices), 3);
}

#[test]
fn winners_are_told_over_what_they_gave_and_those_who_gave_nothing_are_listed() {
    let mut w = opened();
    for (cpf, reachable) in [(PEOPLE[0], true), (PEOPLE[1], true), (PEOPLE[2], false)] {
        brings_back(&mut w, cpf, reachable);
    }
    drawn(&mut w);
    let won = w.read(|tx| prize_voucher::of_campaign(tx, &id()));
    let told = won.iter().filter(|voucher| {
        let rental = voucher.of.rental;
        let rows = w.read(move |tx| notification::of_rental(tx, &rental));
        rows.iter().any(|row| row.kind == Kind::PrizeWon)
    });
    let told = told.count();
    let reachable = won.iter().filter(|voucher| {
        let rental = voucher.of.rental;
        !w.read(move |tx| contact::channels(tx, &rental)).is_empty()
    });
    assert_eq!((won.len(), told), (2, reachable.count()));
    assert!(told > 0, "two of three gave an address");
    let notices = "SELECT count(*) FROM outbox WHERE kind = 'send_notice'";
    assert_eq!(w.count(notices), i64::try_from(told).unwrap());
    // Told once, however often the prizes are looked at.
    let draws = step(&w, |tx, now, keys| draw_campaign::run(tx, now, keys, &id()));
    assert_eq!(done(draws), Step::AlreadyApplied);
    assert_eq!(w.count(notices), i64::try_from(told).unwrap());
}
