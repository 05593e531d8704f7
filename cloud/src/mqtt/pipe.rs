//! One TCP connection, in whole packets. Reading and writing may be cancelled between any two
//! bytes without losing or repeating one.

use std::io;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::wire::{Frame, Reason};

const READ_CHUNK: usize = 4096; // a hint is about 500 bytes; a connection keeps one chunk

/// Why no more packets come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PipeEnd {
    Closed,
    Broken(Reason),
}

pub(crate) struct Pipe {
    stream: TcpStream,
    inbound: BytesMut,
    outbound: BytesMut,
    frame_max: usize,
}

impl Pipe {
    pub(crate) fn new(stream: TcpStream, frame_max: usize) -> io::Result<Pipe> {
        stream.set_nodelay(true)?;
        Ok(Pipe {
            stream,
            inbound: BytesMut::new(),
            outbound: BytesMut::new(),
            frame_max,
        })
    }

    pub(crate) fn set_frame_max(&mut self, frame_max: usize) {
        self.frame_max = frame_max;
    }

    /// Waits for the next packet.
    pub(crate) async fn next(&mut self) -> Result<Frame, PipeEnd> {
        loop {
            if let Some(frame) = self.buffered()? {
                return Ok(frame);
            }
            self.inbound.reserve(READ_CHUNK);
            let read = self.stream.read_buf(&mut self.inbound).await;
            if !matches!(read, Ok(1..)) {
                return Err(PipeEnd::Closed);
            }
            self.acknowledge_now();
        }
    }

    /// The next packet, if all of it is here already.
    pub(crate) fn buffered(&mut self) -> Result<Option<Frame>, PipeEnd> {
        Frame::take(&mut self.inbound, self.frame_max).map_err(PipeEnd::Broken)
    }

    pub(crate) fn push(&mut self, packet: &[u8]) {
        self.outbound.extend_from_slice(packet);
    }

    pub(crate) async fn flush(&mut self) -> io::Result<()> {
        while self.outbound.has_remaining() {
            let written = self.stream.write_buf(&mut self.outbound).await?;
            if written == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
        }
        Ok(())
    }

    /// Reads and throws away until the other side closes.
    pub(crate) async fn drain(&mut self) {
        loop {
            self.inbound.clear();
            self.inbound.reserve(READ_CHUNK);
            if !matches!(self.stream.read_buf(&mut self.inbound).await, Ok(1..)) {
                return;
            }
        }
    }

    /// The broker's sockets are not ours to set TCP_NODELAY on: Nagle's algorithm holds its
    /// second small packet back until the first is acknowledged, and a delayed acknowledgement
    /// is 40 ms late. Acknowledging at each read takes the wait away from our side.
    fn acknowledge_now(&self) {
        #[cfg(target_os = "linux")]
        if let Err(error) = self.stream.set_quickack(true) {
            tracing::trace!(%error, "no quick acknowledgement on this socket");
        }
    }
}
