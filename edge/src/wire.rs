//! The exchange with the cloud without a journal file and a thread of its own, for a test that is
//! thousands of gateways in one process: what leaves, how long an answer is waited for and how it is
//! understood are the gateway's own.

pub use crate::cloud::ClientError;
pub use crate::uplink::{Batch, Failed, Live};

use crate::clock::Clock;
use crate::cloud::{Cloud, TlsTime};
use crate::config::CloudUrl;
use crate::journal::Line;
use crate::uplink::{self, Peer};
use ed25519_dalek::SigningKey;
use shared::chain::Head;
use shared::ids::GatewayId;
use shared::signed::PublicKey;
use shared::sync::Ack;

/// One gateway's connection to its cloud.
#[derive(Debug)]
pub struct Wire {
    cloud: Cloud,
    peer: Peer,
}

impl Wire {
    /// Speaks plain HTTP only, over connections of its own.
    pub fn new(
        url: CloudUrl,
        gateway: GatewayId,
        cloud_key: PublicKey,
    ) -> Result<Self, ClientError> {
        let time = TlsTime::new(Clock::start(None));
        Ok(Self {
            cloud: Cloud::plain(url, time)?,
            peer: Peer { gateway, cloud_key },
        })
    }

    /// Sends one batch, and waits for its answer as long as the gateway would.
    pub async fn exchange(&self, batch: Batch) -> Result<Ack, Failed> {
        uplink::exchange(&self.cloud, &self.peer, batch).await
    }
}

/// One request with as many of `lines` as it takes. They follow `after`, and `count_after` tells how
/// many there are behind a number.
pub fn compose(
    signer: (&SigningKey, GatewayId),
    after: Head,
    lines: &[Line],
    count_after: impl FnOnce(u64) -> u64,
    live: Live,
) -> Batch {
    let lines = &lines[..uplink::fitting(lines)];
    let last = lines.last().map_or(after.seq, |line| line.head.seq);
    uplink::sealed(signer, (after, None), lines, count_after(last), live)
}
