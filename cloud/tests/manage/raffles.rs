//! A raffle over the pages: two managers, a customer with a receipt, and everybody else.

use crate::site::{Browser, PASSWORD, Site};
use crate::world::{DEPOSIT, Visit};
use axum::http::{StatusCode, header};
use cloud::app::{now, run_ahead};
use cloud::config::Role;
use cloud::http::secret_hash;
use cloud::jobs;
use cloud::store::{campaign, charge, frozen_entry, prize_voucher, rental};
use cloud_core::raffle::bundle::{Bundle, EntryReceipt};
use cloud_core::raffle::canonical;
use shared::ids::CampaignId;
use shared::octets::Octets;
use shared::time::UnixMs;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
const CPF: &str = "52998224725";
const NUMBERS: [&str; 5] = ["71953", "08420", "35187", "90266", "44719"];

/// As a `datetime-local` sends it, by the shop's clock.
fn local(at: UnixMs) -> String {
    let moment = jiff::Timestamp::from_millisecond(at.0).expect("a moment of our time");
    let zone = jiff::tz::TimeZone::get("America/Sao_Paulo").expect("a zone of this machine");
    moment.to_zoned(zone).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// The same moment, to the minute.
fn minute(at: UnixMs) -> UnixMs {
    UnixMs(at.0 - at.0.rem_euclid(60_000))
}

struct Dates {
    opens: UnixMs,
    closes: UnixMs,
    t_close: UnixMs,
    extraction: UnixMs,
}

fn dates() -> Dates {
    let opens = minute(now()).plus(HOUR);
    let closes = opens.plus(5 * DAY);
    let t_close = closes.plus(24 * HOUR);
    Dates {
        opens,
        closes,
        t_close,
        extraction: t_close.plus(6 * DAY),
    }
}

/// The clock moves on to a moment, and takes the steps that are due.
fn at(site: &mut Site, start: UnixMs, moment: UnixMs) {
    run_ahead(moment.since(start));
    site.world.now = now();
    site.world.waits(0);
    for _ in 0..3 {
        let looks = jobs::look_at_campaigns(&site.app, now());
        site.runtime.block_on(looks).expect("steps that are due");
    }
}

/// Somebody who signs in again where days went by. A session's idle time counts by the machine's own
/// clock, which stays behind.
struct Manager {
    login: &'static str,
    cookie: Option<String>,
    since: UnixMs,
}

impl Manager {
    fn hired(site: &Site, login: &'static str) -> Self {
        site.hires(login, Role::Manager);
        Self {
            login,
            cookie: None,
            since: UnixMs(0),
        }
    }

    fn at<'a>(&mut self, site: &'a Site) -> Browser<'a> {
        if now().since(self.since) > HOUR {
            let mut browser = site.browser();
            let reply = browser.signs_in(self.login, PASSWORD);
            assert_eq!(reply.location(), "/manage");
            (self.cookie, self.since) = (browser.cookie(), now());
        }
        site.act(|tx| {
            let ahead = [now().plus(DAY).0.into()];
            tx.execute("UPDATE session SET expires_ms = $1", &ahead)
                .expect("sessions of this test")
        });
        site.resumes(self.cookie.clone())
    }
}

fn draft(
    browser: &mut Browser<'_>,
    dates: &Dates,
    wrong: Option<(&str, &str)>,
) -> (StatusCode, String) {
    let (opens, closes) = (local(dates.opens), local(dates.closes));
    let extraction = local(dates.extraction);
    let mut form = vec![
        ("name", "Carrinho de Volta"),
        ("mode", "draw"),
        ("opens_at", opens.as_str()),
        ("closes_at", closes.as_str()),
        ("grace_hours", "24"),
        ("extraction_number", "6001"),
        ("extraction_at", extraction.as_str()),
        (
            "prizes",
            "Vale-compras de R$ 500; 500,00\nVale-compras de R$ 100; 100,00",
        ),
        ("alternates", "20"),
        ("entries_max", "10"),
        ("promoter_name", "Supermercado Modelo Ltda."),
        ("promoter_document", "12.ABC.345/01DE-35"),
    ];
    if let Some((name, value)) = wrong {
        for field in form.iter_mut().filter(|(known, _)| *known == name) {
            field.1 = value;
        }
    }
    let reply = browser.post("/manage/campaigns/new", &form);
    match reply.status {
        StatusCode::SEE_OTHER => (reply.status, reply.location().to_owned()),
        status => (status, reply.body),
    }
}

/// A cart out and back by a phone that keeps the receipt's address.
fn returns(site: &mut Site, cpf: &str) -> (Visit, String) {
    let token = {
        let mut phone = site.browser();
        let reply = phone.post("/d/norte/take", &[("cpf", cpf)]);
        reply.location().trim_start_matches("/r/").to_owned()
    };
    let hash = secret_hash(token.as_bytes());
    let row = site
        .world
        .read(move |tx| rental::by_token(tx, &hash))
        .expect("a new rental");
    let id = row.id;
    let charge = site.world.read(move |tx| charge::by_rental(tx, &id));
    let charge = charge.expect("a charge to be made");
    let visit = Visit {
        rental: row.id,
        txid: charge.txid,
        dock: "norte",
        bay: row.bay,
    };
    let w = &mut site.world;
    w.now = now();
    w.bank_makes_charge(&visit);
    w.pays(&visit, DEPOSIT);
    let tag = w.pulls(&visit);
    w.reports("norte");
    w.docks("norte", 1, tag);
    assert_eq!(w.reports("norte"), ["applied"]);
    w.bank_settles(&visit);
    (visit, token)
}

fn reads_numbers(browser: &mut Browser<'_>, page: &str, dates: &Dates, source: &str) -> String {
    let extraction = local(dates.extraction);
    let [one, two, three, four, five] = NUMBERS;
    let form = [
        ("extraction_number", "6001"),
        ("extraction_at", extraction.as_str()),
        ("prize_one", one),
        ("prize_two", two),
        ("prize_three", three),
        ("prize_four", four),
        ("prize_five", five),
        ("source", source),
        ("evidence", "Extração 6001, primeiro prêmio 71953"),
        ("reason", ""),
    ];
    let reply = browser.post(&format!("{page}/extraction"), &form);
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    reply.body
}

/// What the file says is the list's root, as the page offers it to who approves.
fn offered_root(site: &Site, id: CampaignId) -> String {
    let all = site.world.read(move |tx| frozen_entry::all(tx, &id));
    let list = cloud_core::raffle::entry::Entries::new(&id, 10, all).expect("a frozen list");
    list.tree().root().to_string()
}

#[test]
fn a_raffle_from_its_form_to_its_minutes() {
    let mut site = Site::new();
    let start = now();
    let dates = dates();
    let mut ana = Manager::hired(&site, "ana");
    let mut rui = Manager::hired(&site, "rui");
    let page = {
        let mut browser = ana.at(&site);
        browser.reads("/manage/campaigns/new");
        for wrong in [
            ("name", ""),
            ("prizes", "Vale-compras"),
            ("promoter_document", "123"),
            ("extraction_at", local(dates.t_close).as_str()),
            ("closes_at", local(dates.opens.plus(-DAY)).as_str()),
        ] {
            let (status, body) = draft(&mut browser, &dates, Some(wrong));
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:?}");
            assert!(body.contains("aria-invalid=\"true\""), "{wrong:?}");
        }
        let (status, page) = draft(&mut browser, &dates, None);
        assert_eq!(status, StatusCode::SEE_OTHER, "{page}");
        browser.reads(&page);
        page
    };
    let simple = page.rsplit('/').next().expect("an id").to_owned();
    let octets: Octets<16> = simple.parse().expect("32 digits");
    let id = CampaignId::from_bytes(octets.0);
    let public = format!("/sorteio/{simple}");
    // Nobody promises a draw without a permit.
    let mut anybody = site.browser();
    assert!(!anybody.reads("/sorteio").contains("Carrinho de Volta"));
    assert_eq!(
        anybody.get(&format!("{public}/regras")).status,
        StatusCode::NOT_FOUND
    );
    let day = local(start).split('T').next().expect("a day").to_owned();
    let authorise = [
        ("certificate", "04.044574/2026"),
        ("ownership_on", day.as_str()),
        ("ownership_document", "Termo 7"),
    ];
    let reply = ana.at(&site).post(&format!("{page}/authorise"), &authorise);
    assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    let rules = site.browser().reads(&format!("{public}/regras"));
    assert!(rules.contains("04.044574/2026") && rules.contains("Loteria Federal"));
    assert!(
        site.browser()
            .reads("/sorteio")
            .contains("Carrinho de Volta")
    );

    at(&mut site, start, dates.opens);
    let (first, token) = returns(&mut site, CPF);
    for cpf in ["11144477735", "12345678909"] {
        at(&mut site, start, now().plus(HOUR));
        returns(&mut site, cpf);
    }
    let receipt = site.browser().reads(&format!("/r/{token}"));
    assert!(receipt.contains("Carrinho de Volta"));
    at(&mut site, start, dates.closes.plus(1));
    at(&mut site, start, dates.t_close.plus(60_000));
    let root = offered_root(&site, id);
    let approve = [("seen", root.as_str()), ("confirm", "1")];
    assert_eq!(
        site.browser().get(&format!("{public}/pacote.json")).status,
        StatusCode::NOT_FOUND
    );
    for manager in [&mut ana, &mut rui] {
        let reply = manager.at(&site).post(&format!("{page}/approve"), &approve);
        assert_eq!(reply.status, StatusCode::OK, "{}", reply.body);
    }
    let reply = site.browser().get(&format!("{public}/pacote.json"));
    let bundle = Bundle::from_text(&reply.body).expect("a canonical bundle");
    assert!(bundle.is_signed());
    let etag = reply.headers.get(header::ETAG).expect("a name").clone();
    let asked = axum::http::Request::get(format!("{public}/pacote.json"));
    let again = site
        .browser()
        .visit(asked.header(header::IF_NONE_MATCH, etag), String::new());
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    // With the receipt anybody finds the entry, and the way to the root.
    let file = site
        .browser()
        .reads(&format!("/r/{token}/comprovante.json"));
    let kept: EntryReceipt = canonical::read(&file).expect("a canonical file");
    assert!(bundle.entries.iter().any(|entry| entry.ev == kept.mark()));
    let inside = site.browser().reads(&format!("/r/{token}/sorteio"));
    assert!(inside.contains(&bundle.commit.root.to_string()[..4]));
    let code = site.world.entry(&first).expect("an entry").id;
    let code = cloud_core::raffle::entry_code(&code);
    let by_code = site
        .browser()
        .post(&format!("{public}/conferir"), &[("code", &code)]);
    assert_eq!(by_code.status, StatusCode::OK, "{}", by_code.body);
    let unknown = [("code", "0000-0000-0000")];
    let reply = site.browser().post(&format!("{public}/conferir"), &unknown);
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);

    at(&mut site, start, dates.extraction.plus(-HOUR));
    at(&mut site, start, dates.extraction.plus(HOUR));
    assert_eq!(
        site.world
            .read(move |tx| campaign::life(tx, &id))
            .unwrap()
            .state
            .stage(),
        Some("committed")
    );
    let mut browser = ana.at(&site);
    reads_numbers(&mut browser, &page, &dates, "Caixa");
    let mut browser = rui.at(&site);
    reads_numbers(&mut browser, &page, &dates, "Diário");
    let shown = site.browser().reads(&public);
    for digits in NUMBERS {
        assert!(
            shown.contains(digits) || shown.contains("<mark>"),
            "{digits}"
        );
    }
    for paper in [
        "ata",
        "lista",
        "lista.csv",
        "contas",
        "contas.csv",
        "nao-retirados",
    ] {
        ana.at(&site).reads(&format!("{page}/{paper}"));
    }
    let won = site
        .world
        .read(move |tx| prize_voucher::of_campaign(tx, &id));
    assert_eq!(won.len(), 2);
    let code = site.app.keys.voucher_code(&id, 1, &won[0].of.rental);
    let prize = site.browser().reads(&format!("/premio/{code}"));
    assert!(prize.contains(&code) && prize.contains("500,00"));
    let consent = [("name", "Ana Paula Silva"), ("publish", "1")];
    site.browser()
        .post(&format!("/premio/{code}/nome"), &consent);
    assert!(site.browser().reads(&public).contains("A*** P*** S***"));
    let redeem = [("code", code.as_str())];
    ana.at(&site).post("/manage/vouchers", &redeem);
    let used = site.browser().reads(&format!("/premio/{code}"));
    assert!(
        !used.contains("class=\"voucher\""),
        "a used code is not shown again"
    );
    let list = ana.at(&site).reads("/manage/vouchers");
    assert!(list.contains("500,00"));
    assert_eq!(
        site.browser().get("/premio/AAAA-AAAA-AAAA-AAAA").status,
        StatusCode::NOT_FOUND
    );
}
