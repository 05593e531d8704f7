//! What a person must look at, and where.

use super::super::client::Client;
use super::super::customer::person_reads;
use super::page;
use super::timeline::channel_of;
use super::who::Staff;
use crate::app::Shared;
use crate::store::alarm::{self, AlarmRow as Stored};
use crate::store::campaign;
use crate::store::dock::{self, DockRow};
use crate::store::gateway::{self, GatewayRow};
use axum::extract::State;
use axum::response::Response;
use shared::ids::{BayNo, CampaignId, DockId, GatewayId, RentalId};
use shared::time::UnixMs;
use web::manager::{AlarmKind, AlarmRow, AlarmsPage};
use web::ui::Frame;

/// More open alarms than anybody works through; the count on the first page has no limit.
const OPEN_ROWS: u16 = 500;
const ENDED_ROWS: u16 = 50;
const BANK_CERTIFICATE: &str = "bank_certificate_ending";
const CAMPAIGN: &str = "campaign_due";

/// What the subjects of alarms may name.
struct Places {
    docks: Vec<DockRow>,
    gateways: Vec<GatewayRow>,
    campaigns: Vec<(CampaignId, String)>,
    frame: Frame,
}

pub async fn alarms(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    let found = app
        .store
        .read(|tx| {
            let open = alarm::open(tx, OPEN_ROWS)?;
            let ended = alarm::ended(tx, ENDED_ROWS)?;
            let campaigns = campaign::names(tx)?;
            Ok((open, ended, dock::all(tx)?, gateway::all(tx)?, campaigns))
        })
        .await;
    match found {
        Ok((open, ended, docks, gateways, campaigns)) => {
            let places = Places {
                docks,
                gateways,
                campaigns,
                frame: client.frame.clone(),
            };
            let shown = AlarmsPage {
                frame: client.frame.clone(),
                staff: staff.view(),
                open: open.iter().map(|row| places.view(row)).collect(),
                ended: ended.iter().map(|row| places.view(row)).collect(),
            };
            page(&client, shown.render())
        }
        Err(error) => person_reads(&client, &error.into()),
    }
}

impl Places {
    fn view(&self, row: &Stored) -> AlarmRow {
        let (subject, href) = match (self.ending(row), campaign(row)) {
            (Some(ending), _) => (ending, None),
            (None, Some((name, href))) => (name, Some(href)),
            (None, None) => self.subject(&row.kind, &row.subject),
        };
        AlarmRow {
            kind: kind(&row.kind),
            subject,
            href,
            raised_ms: row.raised_ms,
            ended_ms: row.cleared_ms,
        }
    }

    /// Which host's certificate ends, and on what day.
    fn ending(&self, row: &Stored) -> Option<String> {
        let (end_ms, host) = row.detail.split_once(' ')?;
        let end_ms = UnixMs(end_ms.parse().ok()?);
        (row.kind == BANK_CERTIFICATE).then(|| format!("{host}, {}", self.frame.date(&end_ms)))
    }

    /// A rental's id, or a dock's or gateway's with what it is about there, or an id of the bank.
    fn subject(&self, kind: &str, subject: &str) -> (String, Option<String>) {
        let (place, rest) = subject.split_once(':').unwrap_or((subject, ""));
        let dock = place.parse::<DockId>().ok().and_then(|id| self.dock(&id));
        let gateway = place.parse::<GatewayId>().ok();
        let gateway = gateway.and_then(|id| self.gateways.iter().find(|g| g.id == id));
        let served = gateway.and_then(|gateway| self.dock(&gateway.dock));
        if let Some(dock) = dock.or(served) {
            let about = match rest.parse::<BayNo>() {
                Ok(bay) if matches!(kind, "return_contradicted" | "bay_unreliable") => {
                    (self.frame.lang.text().common.bay)(&bay)
                }
                _ => self.campaign(rest).unwrap_or(rest).to_owned(),
            };
            let separator = if about.is_empty() { "" } else { ", " };
            let name = format!("{}{separator}{about}", dock.name);
            return (name, Some(format!("/manage/docks#at-{}", dock.code)));
        }
        match kind {
            "books_differ" => {
                return (subject.to_owned(), Some(format!("/manage/books/{subject}")));
            }
            "notice_failing" => {
                let channel = channel_of(subject);
                let name = channel.map(|c| (self.frame.lang.text().notices.channel)(&c));
                return (name.unwrap_or(subject).to_owned(), None);
            }
            "payment_unmatched" => return (subject.to_owned(), Some("/manage/books".to_owned())),
            "rescue_waiting" => {
                let href = format!("/manage/rescues#at-{subject}");
                return (subject.to_owned(), Some(href));
            }
            kind if kind.starts_with("payout_") => {
                return (subject.to_owned(), Some("/manage/payouts".to_owned()));
            }
            _ => {}
        }
        let rental = subject.parse::<RentalId>().ok();
        let href = rental.map(|id| format!("/manage/rentals/{id}"));
        (subject.to_owned(), href)
    }

    fn campaign(&self, text: &str) -> Option<&str> {
        let id = text.parse::<CampaignId>().ok()?;
        let known = self.campaigns.iter().find(|(known, _)| *known == id);
        known.map(|(_, name)| name.as_str())
    }

    fn dock(&self, id: &DockId) -> Option<&DockRow> {
        self.docks.iter().find(|dock| dock.id == *id)
    }
}

/// A campaign's name and page.
fn campaign(row: &Stored) -> Option<(String, String)> {
    let (_, name) = row.detail.split_once(": ")?;
    let href = format!("/manage/campaigns/{}", row.subject.replace('-', ""));
    (row.kind == CAMPAIGN).then(|| (name.to_owned(), href))
}

fn kind(stored: &str) -> AlarmKind {
    match stored {
        "refund_refused" => AlarmKind::RefundRefused,
        "refund_late" => AlarmKind::RefundDelayed,
        "refund_no_balance" => AlarmKind::RefundNoBalance,
        "refund_blocked" => AlarmKind::RefundBlocked,
        "refund_owed" => AlarmKind::RefundOwed,
        "refund_excess" => AlarmKind::RefundExcess,
        "payout_refused" => AlarmKind::PayoutRefused,
        "payout_late" => AlarmKind::PayoutLate,
        "payout_no_balance" => AlarmKind::PayoutNoBalance,
        "payout_held" => AlarmKind::PayoutHeld,
        "payout_returned" => AlarmKind::PayoutReturned,
        "payout_excess" => AlarmKind::PayoutExcess,
        "deposit_taken_back" => AlarmKind::DepositTakenBack,
        "gateway_forked" => AlarmKind::GatewayForked,
        "event_quarantined" => AlarmKind::EventQuarantined,
        "return_contradicted" => AlarmKind::ReturnInReview,
        "cart_out_without_deposit" => AlarmKind::CartOutWithoutDeposit,
        "cart_left_unreleased" => AlarmKind::CartLeftUnreleased,
        "payment_unmatched" => AlarmKind::PaymentUnmatched,
        "release_unresolved" => AlarmKind::ReleaseUnresolved,
        "rented_cart_placed" => AlarmKind::RentedCartPlaced,
        "bay_unreliable" => AlarmKind::BayUnreliable,
        "journal_salvaged" => AlarmKind::JournalSalvaged,
        "receipt_contradicted" => AlarmKind::ReceiptContradicted,
        "card_not_allowed" => AlarmKind::CardNotAllowed,
        "list_ahead" => AlarmKind::ListAhead,
        "books_differ" => AlarmKind::LedgerMismatch,
        "journal_set_back" => AlarmKind::JournalSetBack,
        BANK_CERTIFICATE => AlarmKind::BankCertificateEnding,
        "events_forgotten" => AlarmKind::EventsForgotten,
        "notice_failing" => AlarmKind::NoticeFailing,
        "rescue_waiting" => AlarmKind::RescueWaiting,
        "voucher_contradicted" => AlarmKind::VoucherContradicted,
        "commitment_contradicted" => AlarmKind::CommitmentContradicted,
        "witness_differs" => AlarmKind::WitnessDiffers,
        CAMPAIGN => AlarmKind::CampaignDue,
        _ => AlarmKind::Other,
    }
}
