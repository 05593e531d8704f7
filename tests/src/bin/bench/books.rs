//! A shop with carts out, and the signed batches that bring them back.

use cloud::app::now;
use cloud::entropy::Entropy;
use cloud::store::gateway::NewGateway;
use cloud::store::payment::PaymentRow;
use cloud::store::policy::Scope;
use cloud::store::rental::{NewRental, Place};
use cloud::store::{Store, Tx, campaign, charge, dock, gateway, ledger, payment, rental};
use cloud_core::ledger::{Transfer, TransferKind};
use cloud_core::policy::Policy;
use ed25519_dalek::SigningKey;
use shared::chain::{self, Appended, Head};
use shared::event::Fact;
use shared::ids::{
    BayNo, CampaignId, ChainId, ChargeId, DockId, GatewayId, PolicyId, RentalId, StoreId, TagUid,
};
use shared::signed::PublicKey;
use shared::sync::{SyncHeader, SyncRequest};
use shared::time::{ClockQuality, MonoMs, Stamp, UnixMs};
use std::error::Error;

/// As many gateways as the target speaks of.
pub(crate) const GATEWAYS: usize = 8;
/// Events a batch, as the target speaks of.
pub(crate) const BATCH: usize = 500;

pub(crate) struct Fleet {
    /// For each gateway, its sync requests in order.
    pub(crate) bodies: Vec<Vec<Vec<u8>>>,
}

struct Device {
    id: GatewayId,
    key: SigningKey,
}

fn tag(number: usize) -> TagUid {
    let mut uid = [4; 7];
    uid[3..].copy_from_slice(&u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes());
    TagUid::new(&uid).expect("seven bytes are a UID")
}

/// Fills the store: docks, gateways, and `batches × BATCH` carts out per gateway, each paid.
pub(crate) async fn open_shop(store: &Store, batches: usize) -> Result<Fleet, Box<dyn Error>> {
    let mut entropy = Entropy::default();
    let at = now();
    let shop = entropy.id(StoreId::new, at);
    let policy = entropy.id(PolicyId::new, at);
    let devices: Vec<Device> = (0..GATEWAYS)
        .map(|_| Device {
            id: entropy.id(GatewayId::new, at),
            key: SigningKey::from_bytes(&entropy.bytes()),
        })
        .collect();
    let serving: Vec<(GatewayId, PublicKey)> = devices
        .iter()
        .map(|d| (d.id, PublicKey::of(&d.key)))
        .collect();
    let docks: Vec<DockId> = store
        .write(move |tx: &Tx<'_>| make_docks(tx, at, shop, policy, &serving))
        .await?;
    for (number, device) in devices.iter().enumerate() {
        let (dock, gateway) = (docks[number], device.id);
        for batch in 0..batches {
            let first = (number * batches + batch) * BATCH;
            store
                .write(move |tx: &Tx<'_>| take_out(tx, at, (shop, policy, dock, gateway), first))
                .await?;
        }
    }
    let bodies = devices
        .iter()
        .enumerate()
        .map(|(number, device)| batches_of(device, number * batches * BATCH, batches))
        .collect();
    Ok(Fleet { bodies })
}

fn make_docks(
    tx: &Tx<'_>,
    at: UnixMs,
    shop: StoreId,
    policy: PolicyId,
    serving: &[(GatewayId, PublicKey)],
) -> Result<Vec<DockId>, cloud::store::StoreError> {
    let mut entropy = Entropy::default();
    let chain = entropy.id(ChainId::new, at);
    dock::insert_chain(tx, &chain, "Rede")?;
    dock::insert_store(tx, &shop, &chain, "Loja", "São Paulo")?;
    ledger::open_accounts(tx, shop)?;
    cloud::store::policy::insert(tx, &policy, Scope::Store(shop), 1, &Policy::DEFAULT, at)?;
    let month = campaign::CampaignRow {
        id: entropy.id(CampaignId::new, at),
        name: "Volta Premiada".into(),
        opens_ms: UnixMs(0),
        closes_ms: UnixMs(i64::MAX),
    };
    campaign::insert(tx, &chain, &month)?;
    let mut docks = Vec::new();
    for (number, (id, public_key)) in serving.iter().enumerate() {
        let dock = entropy.id(DockId::new, at);
        dock::insert(tx, &dock, &shop, &format!("d{number}"), "Ponto")?;
        let new = NewGateway {
            id: *id,
            dock,
            public_key: *public_key,
            software: "bench",
            downlink_password_hash: [0; 32],
        };
        gateway::insert(tx, &new, at)?;
        docks.push(dock);
    }
    Ok(docks)
}

fn take_out(
    tx: &Tx<'_>,
    at: UnixMs,
    (shop, policy, dock, gateway): (StoreId, PolicyId, DockId, GatewayId),
    first: usize,
) -> Result<(), cloud::store::StoreError> {
    let mut entropy = Entropy::default();
    let bay = BayNo::new(1).expect("1 is a bay number");
    let deposit = Policy::DEFAULT.deposit_centavos;
    for number in first..first + BATCH {
        let new = NewRental {
            id: entropy.id(RentalId::new, at),
            token_hash: entropy.bytes(),
            store: shop,
            dock,
            bay,
            policy,
            person: None,
            deposit,
        };
        rental::insert(tx, &new, at)?;
        let txid = entropy.id(ChargeId::new, at).simple();
        charge::insert(tx, &txid, &new.id, deposit, at, at)?;
        let e2eid = format!("E99999010202611210000{number:011}");
        let paid = PaymentRow {
            e2eid: e2eid.clone(),
            txid: txid.clone(),
            rental: new.id,
            amount: deposit,
            verdict: "deposit".into(),
            settled_ms: at,
            seen_ms: at,
        };
        payment::insert(tx, &paid)?;
        charge::set_state(tx, &txid, charge::ChargeState::Paid)?;
        rental::set_paid(tx, &new.id, &e2eid, bay, at)?;
        let held = Transfer::new(TransferKind::Deposit, shop, deposit)
            .expect("the default deposit is money");
        ledger::book(tx, &held, &e2eid, at)?;
        // Before the first event of the journal that brings it back.
        let place = Place { gateway, seq: 0 };
        rental::set_out(tx, &new.id, &tag(number), place, at)?;
    }
    Ok(())
}

fn batches_of(device: &Device, first_cart: usize, batches: usize) -> Vec<Vec<u8>> {
    let mut head = Head::empty(&device.id);
    let at = Stamp {
        boot: 1,
        mono_ms: MonoMs(1),
        wall_ms: now(),
        clock: ClockQuality::Server,
    };
    let bay = BayNo::new(1).expect("1 is a bay number");
    (0..batches)
        .map(|batch| {
            let first_seq = head.seq + 1;
            let lines: Vec<Appended> = (0..BATCH)
                .map(|index| {
                    let tag = tag(first_cart + batch * BATCH + index);
                    let fact = Fact::CartDocked { bay, tag };
                    let appended = chain::append(&device.key, device.id, head, at, fact);
                    head = appended.head;
                    appended
                })
                .collect();
            let header = SyncHeader {
                v: 1,
                gateway: device.id,
                nonce: format!("{batch}"),
                at,
                first_seq,
                count: BATCH,
                head: head.hash,
                remaining: 0,
                kept_after: None,
                kept_proof: None,
                bays: Vec::new(),
                offline: Default::default(),
            };
            SyncRequest::encode(&device.key, &header, lines.iter().map(|l| l.line.as_str()))
                .into_bytes()
        })
        .collect()
}
