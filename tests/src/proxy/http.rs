//! One connection of the sync exchange: whole requests, so that they can be doubled, held or lost.

use super::{Line, Mode, cuts, reset, silent};
use std::io;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A sync request with its head, and some.
const MESSAGE_BYTES_MAX: usize = 4 * 1024 * 1024;

/// A thin line is fed in this many pieces a second.
const PIECES_PER_SECOND: u64 = 10;

const PORTAL: &str = "<!doctype html><title>Wi-Fi</title><h1>Please sign in</h1>";

/// What becomes of a connection after a request.
enum After {
    KeepOpen,
    /// The client sees no answer.
    Cut,
    Silence,
}

pub(super) async fn serve(mut client: TcpStream, mut line: Line) -> io::Result<()> {
    loop {
        let mut freezing = line.clone();
        let request = tokio::select! {
            request = read_message(&mut client) => request?,
            () = line.until(cuts) => {
                line.strike();
                reset(&client);
                return Ok(());
            }
            () = freezing.until(|mode| *mode == Mode::HalfOpen) => {
                freezing.strike();
                return silent(client).await;
            }
        };
        let Some(request) = request else {
            return Ok(());
        };
        let mode = line.mode();
        if mode != Mode::Pass {
            line.strike();
        }
        match carry(&mut client, &line, mode, request).await? {
            After::KeepOpen => {}
            After::Cut => {
                reset(&client);
                return Ok(());
            }
            After::Silence => return silent(client).await,
        }
    }
}

async fn carry(
    client: &mut TcpStream,
    line: &Line,
    mode: Mode,
    request: Vec<u8>,
) -> io::Result<After> {
    let answer = match mode {
        Mode::Pass => ask(line, &request).await?,
        Mode::Down | Mode::Drop => return Ok(After::Cut),
        Mode::Blackhole | Mode::HalfOpen => return Ok(After::Silence),
        Mode::Slow { each_way_ms } => {
            let each_way = Duration::from_millis(each_way_ms);
            tokio::time::sleep(each_way).await;
            let answer = ask(line, &request).await?;
            tokio::time::sleep(each_way).await;
            answer
        }
        Mode::Thin { bytes_per_second } => {
            trickle(request.len(), bytes_per_second).await;
            let answer = ask(line, &request).await?;
            trickle(answer.len(), bytes_per_second).await;
            answer
        }
        Mode::Error {
            status,
            retry_after_seconds,
        } => error_page(status, retry_after_seconds),
        Mode::CaptivePortal => page("200 OK", "text/html", "", PORTAL),
        Mode::Duplicate => {
            let (first, second) = tokio::join!(ask(line, &request), ask(line, &request));
            first.and(second)?
        }
        Mode::Reorder => return reorder(client, line, request).await,
        Mode::LoseAnswer => {
            ask(line, &request).await?;
            return Ok(After::Cut);
        }
    };
    answer_with(client, line, &answer).await
}

/// Holds a request back, or delivers the one that is held behind this one.
async fn reorder(client: &mut TcpStream, line: &Line, request: Vec<u8>) -> io::Result<After> {
    let held = {
        let mut held = line.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.take() {
            Some(earlier) => earlier,
            None => {
                *held = Some(request);
                return Ok(After::Cut);
            }
        }
    };
    let answer = ask(line, &request).await?;
    ask(line, &held).await?;
    answer_with(client, line, &answer).await
}

/// A network that went away meanwhile takes the answer with it.
async fn answer_with(client: &mut TcpStream, line: &Line, answer: &[u8]) -> io::Result<After> {
    match line.mode() {
        Mode::Down | Mode::Drop => Ok(After::Cut),
        Mode::Blackhole | Mode::HalfOpen => Ok(After::Silence),
        _ => {
            client.write_all(answer).await?;
            line.counts.passed.fetch_add(1, Ordering::SeqCst);
            Ok(After::KeepOpen)
        }
    }
}

/// One request to the cloud, over a connection of its own.
async fn ask(line: &Line, request: &[u8]) -> io::Result<Vec<u8>> {
    let mut cloud = TcpStream::connect(line.to).await?;
    cloud.set_nodelay(true)?;
    cloud.write_all(request).await?;
    let answer = read_message(&mut cloud).await?;
    answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

async fn trickle(bytes: usize, bytes_per_second: u64) {
    let piece = (bytes_per_second / PIECES_PER_SECOND).max(1);
    let pieces = (bytes as u64).div_ceil(piece);
    tokio::time::sleep(Duration::from_millis(pieces * 1_000 / PIECES_PER_SECOND)).await;
}

fn error_page(status: u16, retry_after_seconds: Option<u32>) -> Vec<u8> {
    let wish = retry_after_seconds.map_or(String::new(), |s| format!("retry-after: {s}\r\n"));
    let title = format!("{status} Trouble");
    page(&title, "text/html", &wish, "<h1>Something is wrong</h1>")
}

fn page(title: &str, kind: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {title}\r\ncontent-type: {kind}\r\n{headers}content-length: {length}\r\n\r\n{body}")
        .into_bytes()
}

/// One message with its head, as it came; `None` when the other side is done. Our programs announce
/// every length, so a body without one is empty.
async fn read_message(stream: &mut TcpStream) -> io::Result<Option<Vec<u8>>> {
    let mut message = Vec::new();
    loop {
        if let Some(whole) = length_of(&message)
            && message.len() >= whole
        {
            return Ok(Some(message));
        }
        if message.len() > MESSAGE_BYTES_MAX {
            return Err(io::ErrorKind::InvalidData.into());
        }
        if stream.read_buf(&mut message).await? == 0 {
            return match message.is_empty() {
                true => Ok(None),
                false => Err(io::ErrorKind::UnexpectedEof.into()),
            };
        }
    }
}

/// Bytes of the whole message, once its head is complete.
fn length_of(message: &[u8]) -> Option<usize> {
    let head = message.windows(4).position(|four| four == b"\r\n\r\n")?;
    let text = String::from_utf8_lossy(&message[..head]).to_ascii_lowercase();
    let body = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length:"))
        .and_then(|value| value.trim().parse::<usize>().ok());
    Some(head + 4 + body.unwrap_or(0))
}
