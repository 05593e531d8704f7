use super::*;
use axum::body::Bytes;
use axum::routing::get;
use futures_util::stream;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;
use tokio::sync::Notify;
use tokio::time::timeout;

const HALF: &[u8] = b"GET /page HTTP/1.1\r\nHost: dock\r\nX-Never";
const WHOLE: &[u8] = b"GET /page HTTP/1.1\r\nHost: dock\r\nConnection: close\r\n\r\n";

/// For what must happen; nothing waits so long when all is well.
const LONG: Duration = Duration::from_secs(30);

/// A stream of two pieces; the second comes when `more` is told.
fn router(more: &Arc<Notify>) -> Router {
    let more = Arc::clone(more);
    let streamed = move || {
        let more = Arc::clone(&more);
        let pieces = stream::unfold(0, move |number| {
            let more = Arc::clone(&more);
            async move {
                if number == 1 {
                    more.notified().await;
                }
                let piece = Ok::<_, Infallible>(Bytes::from(format!("piece {number}\n")));
                (number < 2).then_some((piece, number + 1))
            }
        });
        async move { Body::from_stream(pieces) }
    };
    Router::new()
        .route("/page", get(|| async { "the page" }))
        .route("/stream", get(streamed))
}

async fn dock(patience: Duration) -> (SocketAddr, Arc<Notify>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let more = Arc::new(Notify::new());
    tokio::spawn(serve_patiently(listener, router(&more), patience));
    (address, more)
}

async fn connect(dock: SocketAddr, from: [u8; 4]) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind((from, 0).into()).unwrap();
    socket.connect(dock).await.unwrap()
}

async fn said(mut stream: TcpStream, asked: &[u8]) -> String {
    let mut text = String::new();
    // A connection that was refused may be gone before it is written to.
    let _ = stream.write_all(asked).await;
    let _ = timeout(LONG, stream.read_to_string(&mut text)).await;
    text
}

#[tokio::test]
async fn one_phone_with_half_sent_requests_keeps_nobody_out() {
    let (dock, _) = dock(HEAD_PATIENCE).await;
    let mut held = Vec::new();
    for _ in 0..300 {
        let mut stream = connect(dock, [127, 0, 0, 9]).await;
        let _ = stream.write_all(HALF).await;
        held.push(stream);
    }
    for from in [[127, 0, 0, 10], [127, 0, 0, 1]] {
        let page = said(connect(dock, from).await, WHOLE).await;
        assert!(page.ends_with("the page"), "{from:?}: {page:?}");
    }
    let mut open = 0;
    for stream in &mut held {
        let closed = timeout(Duration::from_millis(1), stream.read_u8()).await;
        open += usize::from(closed.is_err());
    }
    assert!(open <= CONNECTIONS_PER_ADDRESS_MAX, "{open}");
}

#[tokio::test]
async fn what_is_not_asked_in_time_is_closed_and_what_is_being_answered_goes_on() {
    let (dock, more) = dock(Duration::from_millis(200)).await;
    let mut streamed = connect(dock, [127, 0, 0, 9]).await;
    let asked = b"GET /stream HTTP/1.1\r\nHost: dock\r\nConnection: close\r\n\r\n";
    streamed.write_all(asked).await.unwrap();
    for sent in [HALF, b"", b"GET /page HTTP/1.1\r\nHost: dock\r\n\r\n"] {
        let mut stream = connect(dock, [127, 0, 0, 9]).await;
        stream.write_all(sent).await.unwrap();
        let mut text = Vec::new();
        let ended = timeout(LONG, stream.read_to_end(&mut text)).await;
        assert!(ended.is_ok(), "held open after {sent:?}");
    }
    more.notify_one();
    let streamed = said(streamed, b"").await;
    assert!(
        streamed.contains("piece 0") && streamed.contains("piece 1"),
        "{streamed}"
    );
}

#[test]
fn places_are_few_and_given_back() {
    let places = Places::default();
    let phone = |number: u8| IpAddr::from([10, 42, 0, number]);
    let mut held: Vec<Place> = (0..8).filter_map(|_| places.take(phone(1))).collect();
    assert_eq!(held.len(), CONNECTIONS_PER_ADDRESS_MAX);
    assert!(places.take(phone(1)).is_none());
    held.extend((2..20).filter_map(|number| places.take(phone(number))));
    let own = IpAddr::V4(Ipv4Addr::LOCALHOST);
    held.extend((0..CONNECTIONS_MAX).filter_map(|_| places.take(own)));
    assert_eq!(held.len(), CONNECTIONS_MAX, "also for this machine itself");
    assert!(places.take(phone(30)).is_none());
    held.clear();
    assert!(places.lock().is_empty());
    assert!(places.take(phone(30)).is_some());
}
