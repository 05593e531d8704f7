//! One connection of the hints: bytes in both directions, which are nobody's requests.

use super::{Line, Mode, cuts, reset, silent};
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

const CHUNK_BYTES: usize = 8 * 1024;

pub(super) async fn serve(mut client: TcpStream, mut line: Line) -> io::Result<()> {
    if goes_silent(&line.mode()) {
        return silent(client).await;
    }
    let mut cloud = TcpStream::connect(line.to).await?;
    cloud.set_nodelay(true)?;
    let (mut freezing, there, back) = (line.clone(), line.clone(), line.clone());
    let (outcome, frozen) = {
        let (from_client, to_client) = client.split();
        let (from_cloud, to_cloud) = cloud.split();
        tokio::select! {
            done = pump(from_client, to_cloud, &there) => (done, false),
            done = pump(from_cloud, to_client, &back) => (done, false),
            () = line.until(|mode| cuts(mode) || *mode == Mode::CaptivePortal) => (Ok(()), false),
            () = freezing.until(goes_silent) => (Ok(()), true),
        }
    };
    if frozen {
        let _cloud = cloud;
        return silent(client).await;
    }
    reset(&client);
    outcome
}

fn goes_silent(mode: &Mode) -> bool {
    matches!(mode, Mode::Blackhole | Mode::HalfOpen)
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    line: &Line,
) -> io::Result<()> {
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        let read = from.read(&mut chunk).await?;
        if read == 0 {
            return Ok(());
        }
        match line.mode() {
            Mode::Slow { each_way_ms } => {
                tokio::time::sleep(Duration::from_millis(each_way_ms)).await;
            }
            Mode::Thin { bytes_per_second } => {
                let wait_ms = read as u64 * 1_000 / bytes_per_second.max(1);
                tokio::time::sleep(Duration::from_millis(wait_ms)).await;
            }
            _ => {}
        }
        to.write_all(&chunk[..read]).await?;
    }
}
