//! A dock whose cloud does not answer: what customers carry, type and show there.

use crate::cloud::{Cloud, Mood, now_ms};
use crate::program::{Place, Running};
use shared::event::Fact;
use shared::grant::Grant;
use shared::ids::{BayNo, RentalId};
use shared::receipt::Receipt;
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::PathBuf;

const SCANNER: &str = "VOLTA_GATEWAY_SCANNER";

/// The first start of a gateway, up to the cloud's knowledge of the cart in bay 1 and the gateway's
/// of the time.
async fn lit(cloud: &Cloud, place: &Place, extra: &[(&str, &str)]) -> Running {
    let gateway = place.start(extra);
    cloud
        .until("the cart", |book| book.count("cart_docked") == 1)
        .await;
    cloud
        .until("an exchange after it", |book| book.offers.last() > Some(&2))
        .await;
    gateway
}

/// Waits until a gateway that started again has read what stands in its bays: before, it has no cart
/// to give.
async fn cart_in_place(gateway: &mut Running) {
    while !gateway.get("/").await.contains("card occupied") {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}

async fn dark(cloud: &Cloud) {
    cloud.book().mood = Mood::Portal;
    let before = cloud.book().exchanges;
    cloud
        .until("darkness", |book| book.exchanges > before)
        .await;
}

fn bay(number: u16) -> BayNo {
    BayNo::new(number).unwrap()
}

#[tokio::test]
async fn a_carried_grant_opens_a_dark_dock_once() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut gateway = lit(&cloud, &place, &[]).await;
    dark(&cloud).await;
    let grant = cloud.grant(1);
    let path = format!("/g/{}", Grant::carried(&Cloud::token(&grant)).unwrap());

    let page = gateway.get(&path).await;
    assert!(page.contains(&format!("action=\"{path}\"")), "{page}");
    assert!(page.contains("Abrir a vaga 1"), "{page}");
    assert!(!page.contains("<script"), "nothing acts by itself");
    assert_eq!(gateway.post_from_another_site(&path).await, 403);
    let state = gateway.get("/simulator/api/state").await;
    assert!(state.contains("\"bolt_engaged\":true"), "{state}");

    assert_eq!(gateway.post(&path, &[]).await, "/dock?aviso=opening-1");
    let told = gateway.get("/dock?aviso=opening-1").await;
    assert!(told.contains("A vaga 1 abre"), "{told}");
    gateway.pull(1).await;
    gateway.logged("cart_pulled").await;
    assert_eq!(gateway.post(&path, &[]).await, "/dock?aviso=grant_used");
    gateway.kill().await;

    let mut again = place.start(&[]);
    again.logged("recorded").await;
    assert_eq!(again.post(&path, &[]).await, "/dock?aviso=grant_used");
    let middle = if &path[50..51] == "A" { "B" } else { "A" };
    let garbled = format!("{}{middle}{}", &path[..50], &path[51..]);
    for text in ["/g/AAAA", &garbled] {
        assert_eq!(again.post(text, &[]).await, "/dock?aviso=unread", "{text}");
    }
    cloud.book().mood = Mood::Honest;
    cloud
        .until("the history", |book| book.count("cart_pulled") == 1)
        .await;
    assert_eq!(cloud.count("release_started"), 1);
    let started = Fact::ReleaseStarted {
        bay: bay(1),
        grant: grant.id,
        rental: grant.rental,
    };
    assert!(cloud.facts().contains(&started));
}

#[tokio::test]
async fn a_code_opens_a_dark_dock_once() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut gateway = lit(&cloud, &place, &[]).await;
    dark(&cloud).await;
    let code = cloud.secret().release_code(4, bay(1), now_ms());
    let grouped = format!("{} {}-{}", &code[..3], &code[3..6], &code[6..]);
    let wrong = match code.strip_suffix('0') {
        Some(most) => format!("{most}1"),
        None => format!("{}0", &code[..9]),
    };
    for (typed, told) in [
        ("12345", "unread"),
        ("", "unread"),
        (wrong.as_str(), "code_wrong"),
        (&grouped, "opening-1"),
    ] {
        let led = gateway.post("/dock/code", &[("code", typed)]).await;
        assert_eq!(led, format!("/dock?aviso={told}"), "{typed}");
    }
    gateway.pull(1).await;
    gateway.logged("cart_pulled").await;
    let led = gateway.post("/dock/code", &[("code", &code)]).await;
    assert_eq!(led, "/dock?aviso=grant_used");
    gateway.kill().await;

    let mut again = place.start(&[]);
    again.logged("recorded").await;
    let led = again.post("/dock/code", &[("code", &code)]).await;
    assert_ne!(led, "/dock?aviso=opening-1");
    cloud.book().mood = Mood::Honest;
    cloud
        .until("the history", |book| book.count("cart_pulled") == 1)
        .await;
    assert_eq!(cloud.count("release_started"), 1);
    let id = cloud.secret().grant_id(4);
    let by_code = |fact: &Fact| matches!(fact, Fact::ReleaseStarted { grant, .. } if *grant == id);
    assert!(cloud.facts().iter().any(by_code));
}

struct Scanner(PathBuf);

impl Scanner {
    fn at(place: &Place) -> Self {
        std::fs::create_dir_all(place.data()).unwrap();
        let path = place.file("scanner");
        File::create(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn types(&self, text: &[u8]) {
        let mut file = OpenOptions::new().append(true).open(&self.0).unwrap();
        file.write_all(text).unwrap();
    }
}

#[tokio::test]
async fn a_member_card_opens_a_dark_dock_within_its_limits() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let scanner = Scanner::at(&place);
    let local = "http://10.42.0.1:8101";
    let settings = [
        (SCANNER, scanner.path()),
        ("VOLTA_GATEWAY_LOCAL_URL", local),
    ];
    cloud.book().allowance = (7, Cloud::list(7, &["99005501"], &["99005502"]));
    let mut gateway = lit(&cloud, &place, &settings).await;
    cloud
        .until("the list in use", |book| book.offline.allowance == 7)
        .await;
    assert_eq!(cloud.book().offline.local_url.as_deref(), Some(local));
    gateway.logged("the scanner is read").await;
    dark(&cloud).await;

    for (typed, answer) in [
        ("99005502\n", "card_denied"),
        ("99005599\n", "card_unknown"),
    ] {
        scanner.types(typed.as_bytes());
        gateway
            .logged(&format!("\"door.answer\":\"{answer}\""))
            .await;
    }
    told_in_two_senses_and_over(&mut gateway).await;
    scanner.types(b"99005501\n");
    gateway.logged("\"door.answer\":\"opening\"").await;
    let page = gateway.get("/dock").await;
    assert!(page.contains("A vaga 1 abre"), "{page}");
    gateway.pull(1).await;
    gateway.logged("cart_pulled").await;
    scanner.types(b"99005503\n99005501\n");
    gateway.logged("\"door.answer\":\"card_out\"").await;
    let page = gateway.get("/dock").await;
    assert!(page.contains("já está com um carrinho"), "{page}");
    gateway.kill().await;

    let mut again = place.start(&settings);
    again.logged("allowance list in use").await;
    again.logged("the scanner is read").await;
    scanner.types(b"99005501\n");
    again.logged("\"door.answer\":\"card_out\"").await;
    cloud.book().mood = Mood::Honest;
    cloud
        .until("the history", |book| book.count("cart_pulled") == 1)
        .await;
    let lent: Vec<RentalId> = cloud
        .facts()
        .iter()
        .filter(|fact| fact.kind() == "card_release_started")
        .filter_map(Fact::rental)
        .collect();
    assert_eq!(lent.len(), 1);
    cloud
        .until("the open rental", |book| book.offline.open_cards == lent)
        .await;
    cloud.book().closed_cards = lent;
    cloud
        .until("its end", |book| book.offline.open_cards.is_empty())
        .await;
}

/// A refusal at the dock's reader sounds, blinks for a moment, and leaves no lamp behind.
async fn told_in_two_senses_and_over(gateway: &mut Running) {
    let state = gateway.get("/simulator/api/state").await;
    assert!(state.contains("\"last_sound\":\"attention\""), "{state}");
    let quiet = async {
        let blinks = |state: String| state.contains("\"lamp\":\"attention\"");
        while blinks(gateway.get("/simulator/api/state").await) {
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    };
    let ended = tokio::time::timeout(crate::cloud::PATIENCE, quiet).await;
    ended.expect("the lamp shows again what it showed before");
}

#[tokio::test]
async fn a_list_is_replaced_whole_or_not_at_all_and_never_by_an_older_one() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let scanner = Scanner::at(&place);
    let settings = [(SCANNER, scanner.path())];
    cloud.book().allowance = (7, Cloud::list(7, &["99005501"], &[]));
    let gateway = lit(&cloud, &place, &settings).await;
    cloud
        .until("the list in use", |book| book.offline.allowance == 7)
        .await;
    let (mood, allowance) = (Mood::HalfList, (8, Cloud::list(8, &["99005508"], &[])));
    let before = {
        let mut book = cloud.book();
        book.mood = mood;
        book.allowance = allowance;
        book.lists
    };
    cloud.until("half a list", |book| book.lists > before).await;
    gateway.kill().await;

    // Power went in the middle of writing, too.
    std::fs::write(place.file("allowance.new"), "half a l").unwrap();
    dark_from_the_start(&cloud);
    let mut again = place.start(&settings);
    again.logged("\"allowance.version\":7").await;
    again.logged("the scanner is read").await;
    cart_in_place(&mut again).await;
    scanner.types(b"99005501\n");
    again.logged("\"door.answer\":\"opening\"").await;
    cloud.book().mood = Mood::Honest;
    cloud
        .until("the new list", |book| book.offline.allowance == 8)
        .await;
    // A cloud restored from a backup gives an old list under a new number.
    cloud.book().allowance = (9, Cloud::list(6, &["99005501", "99005506"], &[]));
    again.logged("its version 6 is not above 8").await;
    assert_eq!(cloud.book().offline.allowance, 8);
    again.kill().await;

    let path = place.file("allowance.signed");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
    cloud.book().allowance = (8, Cloud::list(8, &["99005508"], &[]));
    let mut third = place.start(&settings);
    third.logged("the allowance list is not used").await;
    cloud
        .until("the list anew", |book| book.offline.allowance == 8)
        .await;
    third.kill().await;

    // The file of a restored data directory: the brain knows of a later one.
    std::fs::write(&path, Cloud::list(7, &["99005501"], &[])).unwrap();
    dark_from_the_start(&cloud);
    let mut fourth = place.start(&settings);
    fourth.logged("the allowance list is not used").await;
    fourth.logged("the scanner is read").await;
    scanner.types(b"99005501\n");
    fourth.logged("\"door.answer\":\"no_list\"").await;
}

fn dark_from_the_start(cloud: &Cloud) {
    cloud.book().mood = Mood::Portal;
}

#[tokio::test]
async fn a_receipt_is_the_docks_word_and_its_code_the_clouds() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    let mut gateway = lit(&cloud, &place, &[]).await;
    let page = gateway.get("/dock").await;
    let between = |text: &str, before: &str, after: &str| {
        let (_, rest) = text.split_once(before).unwrap();
        rest.split_once(after).unwrap().0.to_owned()
    };
    let carried = between(&page, "href=\"http://127.0.0.1/r/", "\"");
    let code = between(&page, "<p class=\"code\">", "</p>");
    assert_eq!(code.split(' ').map(str::len).collect::<Vec<_>>(), [4, 4, 4]);

    let device = cloud.book().device.unwrap();
    let receipt = Receipt::from_carried(&carried, &device).unwrap();
    let index = usize::try_from(receipt.seq - 1).unwrap();
    let (hash, event) = cloud.book().events[index].clone();
    assert_eq!(receipt.hash, hash);
    let Fact::CartDocked { bay, tag } = event.fact else {
        panic!("a return: {event:?}");
    };
    assert_eq!((receipt.bay, receipt.tag), (bay, tag));
    assert_eq!(
        cloud.secret().read_receipt_code(&code, &tag),
        Some(receipt.seq)
    );
    let other = "04a1b2c4".parse().unwrap();
    assert_eq!(cloud.secret().read_receipt_code(&code, &other), None);
    gateway.kill().await;
    dark_from_the_start(&cloud);
    let mut again = place.start(&[]);
    again.logged("recorded").await;
    let page = again.get("/dock").await;
    assert!(
        page.contains(&carried) && page.contains(&code),
        "after a restart"
    );
}

#[tokio::test]
async fn whatever_a_scanner_types_the_dock_goes_on() {
    let cloud = Cloud::start().await;
    let place = Place::new(&cloud);
    std::fs::create_dir_all(place.data()).unwrap();
    let fifo = place.file("scanner");
    let made = std::process::Command::new("mkfifo").arg(&fifo).status();
    assert!(made.unwrap().success());
    let settings = [(SCANNER, fifo.to_str().unwrap())];
    let mut gateway = lit(&cloud, &place, &settings).await;
    gateway.logged("the scanner is read").await;
    let mut writer = OpenOptions::new().write(true).open(&fifo).unwrap();
    let code = cloud.secret().release_code(4, bay(1), now_ms());
    let typing = tokio::task::spawn_blocking(move || {
        writer.write_all(&vec![b'9'; 100_000]).unwrap();
        writer
            .write_all(b"\n\x00\x01\x1b[2J\xff\xfe\n\n\n")
            .unwrap();
        for number in 0..5_000 {
            writeln!(writer, "card{number}").unwrap();
        }
        writer
    });
    let mut writer = typing.await.unwrap();
    assert!(gateway.get("/dock").await.contains("Vagas"));
    let before = cloud.book().exchanges;
    cloud
        .until("the uplink to go on", |book| book.exchanges > before)
        .await;
    let known = cloud.facts().len();
    // The first that comes when there is room again.
    let opening = async {
        let opened = gateway.logged("\"door.answer\":\"opening\"");
        tokio::pin!(opened);
        loop {
            writeln!(writer, "{code}").unwrap();
            let pause = tokio::time::sleep(std::time::Duration::from_millis(500));
            tokio::select! {
                _ = &mut opened => return,
                () = pause => {}
            }
        }
    };
    opening.await;
    gateway.pull(1).await;
    cloud
        .until("the cart to be out", |book| book.count("cart_pulled") == 1)
        .await;
    assert_eq!(cloud.facts().len(), known + 2, "noise left no trace");
    assert!(gateway.log().len() < 100_000, "nor filled the log");
}
