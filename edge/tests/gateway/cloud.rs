//! A cloud that keeps one gateway's chain and can misbehave on demand.

pub(crate) mod lists;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use ed25519_dalek::SigningKey;
use shared::chain::{Hash, Head};
use shared::enrol::{DownlinkAccess, EnrolRequest, Enrolled};
use shared::event::{Envelope, Fact};
use shared::grant::Grant;
use shared::held;
use shared::ids::{BayNo, DockId, GatewayId, GrantId, RentalId};
use shared::offline::SharedSecret;
use shared::signed::{self, Domain, PublicKey};
use shared::sync::{Ack, BaySnapshot, OfflineState, SyncHeader, SyncRequest};
use shared::time::UnixMs;
use shared::witness::{Shown, short};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::net::TcpListener;
use tokio::sync::watch;

pub(crate) const CODE: &str = "7KQ4-M2XD";

/// How long the cloud wants no events where it has no time.
const PAUSE_MS: u64 = 3_000;

/// Nothing here takes this long; a test that waits for it has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    Honest,
    /// A captive portal's page, status 200.
    Portal,
    /// Commits, then answers 500: the acknowledgement is lost.
    LosesAnswer,
    WrongNonce,
    WrongKey,
    /// Acknowledges a line that the gateway never wrote.
    AcksAnotherLine,
    /// Has no time for events: takes the live state, says what it holds, and asks for a pause.
    LiveOnly,
    /// Acknowledges far more than the wire allows.
    Endless,
    Busy,
    Quarantine,
    /// Sends half of an allowance list, and then nothing more.
    HalfList,
    /// Enrols whoever asks, and its answer never arrives.
    YesUnheard,
    /// Repeats in a refusal what it was asked: the gateway must not.
    RepeatsCodes,
}

pub(crate) struct Book {
    pub mood: Mood,
    pub device: Option<PublicKey>,
    pub head: Head,
    pub events: Vec<(Hash, Envelope)>,
    pub bays: Vec<BaySnapshot>,
    pub grants: Vec<Grant>,
    /// Answered sync requests, good or bad.
    pub exchanges: u64,
    pub enrolments: u64,
    /// The first number of each batch that was offered.
    pub offers: Vec<u64>,
    pub broker_port: u16,
    /// What acknowledgements say of the newest list, and the list that is given.
    pub allowance: (u64, String),
    /// Somebody waits for that list.
    pub allowance_now: bool,
    /// Requests for it.
    pub lists: u64,
    pub offline: OfflineState,
    pub closed_cards: Vec<RentalId>,
    pub commitments: Vec<Shown>,
}

#[derive(Clone)]
pub(crate) struct Cloud {
    pub url: String,
    book: Arc<Mutex<Book>>,
    changed: watch::Sender<u64>,
}

pub(crate) fn gateway() -> GatewayId {
    GatewayId::new(1_790_000_000_000, [1; 10])
}

pub(crate) fn key() -> SigningKey {
    SigningKey::from_bytes(&[3; 32])
}

pub(crate) fn now_ms() -> UnixMs {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMs(i64::try_from(since.as_millis()).unwrap())
}

impl Cloud {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let cloud = Self {
            url: format!("http://{}", listener.local_addr().unwrap()),
            book: Arc::new(Mutex::new(Book {
                mood: Mood::Honest,
                device: None,
                head: Head::empty(&gateway()),
                events: vec![],
                bays: vec![],
                grants: vec![],
                exchanges: 0,
                enrolments: 0,
                offers: vec![],
                broker_port: 1,
                allowance: (0, String::new()),
                allowance_now: false,
                lists: 0,
                offline: OfflineState::default(),
                closed_cards: vec![],
                commitments: vec![],
            })),
            changed: watch::Sender::new(0),
        };
        let app = Router::new()
            .route("/gateway/v1/enrol", post(enrol))
            .route("/gateway/v1/sync", post(sync))
            .route("/gateway/v1/allowance", post(lists::give))
            .with_state(cloud.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        cloud
    }

    pub(crate) fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap()
    }

    /// A grant for `bay`, open until it is decided.
    pub(crate) fn grant(&self, bay: u16) -> Grant {
        let serial = self.book().grants.len() as u64;
        let now = now_ms();
        Grant {
            v: 1,
            id: GrantId::new(serial, [8; 10]),
            gateway: gateway(),
            bay: BayNo::new(bay).unwrap(),
            rental: RentalId::new(serial, [9; 10]),
            serial: u32::try_from(serial).unwrap(),
            issued_ms: now,
            expires_ms: now.plus(120_000),
        }
    }

    /// What this cloud and its gateway alone know.
    pub(crate) fn secret(&self) -> SharedSecret {
        SharedSecret::between(&key(), &self.book().device.unwrap())
    }

    pub(crate) fn token(grant: &Grant) -> String {
        grant.to_token(&key())
    }

    /// Waits until the book is as `wanted` says.
    pub(crate) async fn until(&self, what: &str, mut wanted: impl FnMut(&Book) -> bool) {
        let mut changes = self.changed.subscribe();
        let waiting = async {
            loop {
                if wanted(&self.book()) {
                    return;
                }
                changes.changed().await.unwrap();
            }
        };
        if tokio::time::timeout(PATIENCE, waiting).await.is_err() {
            let events: Vec<_> = self
                .book()
                .events
                .iter()
                .map(|(_, e)| e.fact.clone())
                .collect();
            panic!("waited for {what} in vain; the cloud holds {events:#?}");
        }
    }

    pub(crate) fn facts(&self) -> Vec<Fact> {
        self.book()
            .events
            .iter()
            .map(|(_, e)| e.fact.clone())
            .collect()
    }

    pub(crate) fn count(&self, kind: &str) -> usize {
        self.book().count(kind)
    }
}

impl Book {
    pub(crate) fn count(&self, kind: &str) -> usize {
        let of_kind = |(_, event): &&(Hash, Envelope)| event.fact.kind() == kind;
        self.events.iter().filter(of_kind).count()
    }

    pub(crate) fn boots(&self) -> u32 {
        self.events.last().map_or(0, |(_, event)| event.at.boot)
    }

    /// Forgets everything after number `seq`, as a restored backup does.
    pub(crate) fn forget_after(&mut self, seq: u64) {
        self.events.truncate(usize::try_from(seq).unwrap());
        self.head = match self.events.last() {
            Some((hash, event)) => Head {
                seq: event.seq,
                hash: *hash,
            },
            None => Head::empty(&gateway()),
        };
    }
}

async fn enrol(State(cloud): State<Cloud>, body: String) -> Response {
    let answer = enrolled(&cloud, &body);
    if cloud.book().mood == Mood::YesUnheard {
        return std::future::pending().await;
    }
    answer
}

fn enrolled(cloud: &Cloud, body: &str) -> Response {
    let mut book = cloud.book();
    book.enrolments += 1;
    cloud.changed.send_modify(|count| *count += 1);
    let request: EnrolRequest = serde_json::from_str(signed::text_of(body).unwrap()).unwrap();
    signed::verify(&request.public_key, Domain::EnrolRequest, body).unwrap();
    if book.mood == Mood::Portal {
        return portal();
    }
    let known = book
        .device
        .is_none_or(|device| device == request.public_key || book.mood == Mood::YesUnheard);
    if request.code != CODE || !known {
        let repeated = format!("code_unknown {}", request.code);
        let repeats = book.mood == Mood::RepeatsCodes;
        let code = if repeats { &repeated } else { "code_unknown" };
        return problem(StatusCode::FORBIDDEN, code, None);
    }
    book.device = Some(request.public_key);
    let enrolled = Enrolled {
        v: 1,
        gateway: gateway(),
        dock: DockId::new(1, [4; 10]),
        store_name: "Loja Teste".into(),
        dock_name: "Entrada".into(),
        dock_url: "http://127.0.0.1/d/TESTE".into(),
        cloud_key: PublicKey::of(&key()),
        downlink: DownlinkAccess {
            host: "127.0.0.1".into(),
            port: book.broker_port,
            username: gateway().to_string(),
            password: "broker-password".into(),
        },
        server_ms: now_ms(),
    };
    let signer = match book.mood {
        Mood::WrongKey => SigningKey::from_bytes(&[66; 32]),
        _ => key(),
    };
    signed::sign_value(&signer, Domain::Enrolled, &enrolled).into_response()
}

async fn sync(State(cloud): State<Cloud>, body: Bytes) -> Response {
    let mut book = cloud.book();
    let answer = answer(&mut book, body.to_vec());
    book.exchanges += 1;
    cloud.changed.send_modify(|count| *count += 1);
    answer
}

fn answer(book: &mut Book, body: Vec<u8>) -> Response {
    let line = std::str::from_utf8(&body).unwrap().lines().next().unwrap();
    let header: SyncHeader = serde_json::from_str(signed::text_of(line).unwrap()).unwrap();
    book.offers.push(header.first_seq);
    match book.mood {
        Mood::Portal => return portal(),
        Mood::Busy => {
            let busy = StatusCode::SERVICE_UNAVAILABLE;
            return (busy, [(header::RETRY_AFTER, "1")], "later").into_response();
        }
        Mood::Quarantine => {
            return problem(StatusCode::FORBIDDEN, "gateway_quarantined", None);
        }
        Mood::Endless => return "x".repeat(1024 * 1024).into_response(),
        _ => {}
    }
    let Some(device) = book.device else {
        return problem(StatusCode::NOT_FOUND, "unknown_gateway", None);
    };
    let request = SyncRequest::decode(body, &gateway(), &device);
    // The key of before, where another one is enrolled.
    if request.is_err() && book.enrolments > 1 {
        return problem(StatusCode::NOT_FOUND, "unknown_gateway", None);
    }
    let request = request.unwrap();
    if book.mood == Mood::LiveOnly {
        book.bays.clone_from(&request.header.bays);
        return acknowledge(book, &request.header);
    }
    if let Some(refusal) = apply(book, &request) {
        return refusal;
    }
    book.bays.clone_from(&request.header.bays);
    book.offline.clone_from(&request.header.offline);
    if book.mood == Mood::LosesAnswer {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    acknowledge(book, &request.header)
}

/// The refusal, if there is one.
fn apply(book: &mut Book, request: &SyncRequest) -> Option<Response> {
    let conflict = |code, head| Some(problem(StatusCode::CONFLICT, code, head));
    let first = request.header.first_seq;
    if request.header.kept_is_proved(&PublicKey::of(&key()))
        && let Some(kept) = request.header.kept_after
    {
        book.head = kept;
    }
    let salvaged = salvaged(book, request);
    if first > book.head.seq + 1 && salvaged.is_none() {
        return conflict("gap", Some(book.head));
    }
    for event in &request.events {
        let held = book.events.iter().find(|(_, e)| e.seq == event.seq);
        match held {
            Some((hash, _)) if *hash == event.hash => {}
            Some(_) => return conflict("fork", None),
            None => {
                let envelope = event.envelope.clone().unwrap();
                let goes_on = Some(envelope.prev) == salvaged && event.seq == first;
                if envelope.prev != book.head.hash && !goes_on {
                    return conflict("fork", None);
                }
                book.head = Head {
                    seq: event.seq,
                    hash: event.hash,
                };
                book.events.push((event.hash, envelope));
            }
        }
    }
    None
}

/// The held line that a salvaged journal goes on from.
fn salvaged(book: &Book, request: &SyncRequest) -> Option<Hash> {
    let Fact::JournalSalvaged { last, uncertain_to } =
        request.events.first()?.envelope.as_ref()?.fact
    else {
        return None;
    };
    let held = book
        .events
        .iter()
        .any(|(hash, e)| e.seq == last.seq && *hash == last.hash);
    let in_range = book.head.seq <= uncertain_to && request.header.first_seq == uncertain_to + 1;
    (held && in_range).then_some(last.hash)
}

fn acknowledge(book: &Book, header: &SyncHeader) -> Response {
    let decided = |grant: &Grant| {
        let of_rental = |(_, e): &(Hash, Envelope)| e.fact.rental() == Some(grant.rental);
        book.events.iter().any(of_rental)
    };
    let open = book.grants.iter().filter(|grant| !decided(grant));
    let mut ack = Ack {
        v: 1,
        gateway: gateway(),
        nonce: header.nonce.clone(),
        server_ms: now_ms(),
        acked: book.head,
        grants: open.map(Cloud::token).collect(),
        quarantined: vec![],
        pause_ms: None,
        allowance: book.allowance.0,
        allowance_now: book.allowance_now,
        closed_cards: book.closed_cards.clone(),
        held: (book.head.seq > 0).then(|| held::vouch(&key(), &gateway(), book.head)),
        commitments: unknown_of(book, header),
    };
    let mut signer = key();
    match book.mood {
        Mood::LiveOnly => ack.pause_ms = Some(PAUSE_MS),
        Mood::WrongNonce => ack.nonce = "0".repeat(32),
        Mood::WrongKey => signer = SigningKey::from_bytes(&[66; 32]),
        Mood::AcksAnotherLine => ack.acked.hash = Hash::of_line("never written"),
        _ => {}
    }
    signed::sign_value(&signer, Domain::SyncAck, &ack).into_response()
}

/// The commitments that the gateway does not name.
fn unknown_of(book: &Book, header: &SyncHeader) -> Vec<Shown> {
    let known = header.offline.commitments.clone().unwrap_or_default();
    let mut shown = book.commitments.clone();
    shown.retain(|it| !known.contains(&short(&it.promise.commitment)));
    shown
}

fn portal() -> Response {
    let page = "<html><body>Bem-vindo ao Wi-Fi do hotel</body></html>";
    ([(header::CONTENT_TYPE, "text/html")], page).into_response()
}

fn problem(status: StatusCode, code: &str, head: Option<Head>) -> Response {
    let document = serde_json::json!({
        "type": "about:blank",
        "status": status.as_u16(),
        "code": code,
        "title": format!("refused: {code}"),
        "detail": "in a test",
        "head": head,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, document.to_string()).into_response()
}
