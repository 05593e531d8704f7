//! Campaigns as managers run them: the one next step, its form, and the papers.

mod act;
mod draft;
mod forms;
mod next;
mod papers;

pub use act::act;
pub use draft::{change, change_plan, make, new};
pub use papers::{accounts, accounts_csv, entries, entries_csv, minutes, unclaimed};

use super::super::client::Client;
use super::super::customer::{error_page, person_reads};
use super::super::raffle as views;
use super::page;
use super::who::Staff;
use crate::actions::{Failure, Rejection};
use crate::app::{Shared, now};
use crate::store::campaign::{DarkRow, LifeRow, LifeState};
use crate::store::reading::ReadingRow;
use crate::store::{DbError, alarm};
use crate::store::{Tx, approval, campaign, frozen_entry, reading, staff};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use cloud_core::raffle::campaign::reading::Reader;
use cloud_core::raffle::campaign::{Approval, Campaign};
use cloud_core::raffle::entry::Entries;
use shared::ids::StaffId;
use shared::time::UnixMs;
use web::campaign::{CampaignStage, CampaignTerms, CommitmentView};
use web::customer::ErrorKind;
use web::manager::{
    CampaignForm, CampaignPage, CampaignRow, CampaignsPage, DarkDock, FirstEntry, FormAction,
    OfferedList, Role,
};
use web::ui::Frame;

/// Three years of months.
const CAMPAIGNS_SHOWN: u16 = 36;

pub async fn list(State(app): State<Shared>, staff: Staff, client: Client) -> Response {
    let Some(chain) = staff.chain() else {
        return error_page(&client, ErrorKind::NotFound);
    };
    let found = app
        .store
        .read(move |tx| {
            let rows = campaign::live(tx, &chain, CAMPAIGNS_SHOWN)?;
            let open: Vec<String> = alarm::open(tx, 1_000)?
                .into_iter()
                .filter(|row| row.kind == "campaign_due")
                .map(|row| row.subject)
                .collect();
            let counted = rows.into_iter().map(|row| {
                let entries = campaign::entries_count(tx, &row.row.id)?;
                let alarms = open.iter().filter(|it| **it == row.row.id.to_string());
                let alarms = u64::try_from(alarms.count()).unwrap_or(0);
                Ok((row, entries, alarms))
            });
            counted.collect::<Result<Vec<_>, DbError>>()
        })
        .await;
    let rows = match found {
        Ok(rows) => rows,
        Err(error) => return person_reads(&client, &error.into()),
    };
    let at = now();
    let mut campaigns: Vec<CampaignRow> = rows
        .iter()
        .map(|(row, entries, alarms)| CampaignRow {
            terms: views::terms(row, at),
            entries: *entries,
            next: next::view(row, &next::Waiting::default(), at),
            alarms: *alarms,
        })
        .collect();
    campaigns.sort_by_key(|row| std::cmp::Reverse(row.alarms));
    let shown = CampaignsPage {
        frame: client.frame.clone(),
        staff: staff.view(),
        may_change: staff.may(Role::Manager),
        campaigns,
    };
    page(&client, shown.render())
}

pub async fn detail(
    State(app): State<Shared>,
    Path(id): Path<String>,
    staff: Staff,
    client: Client,
) -> Response {
    match whole(&app, &staff, &client, &id, (None, None)).await {
        Ok(shown) => page(&client, shown.render()),
        Err(failure) => person_reads(&client, &failure),
    }
}

/// One campaign with everything that waits in it.
pub(super) struct Found {
    pub(super) row: LifeRow,
    entries: u64,
    commitment: Option<CommitmentView>,
    offered: Option<Offered>,
    readings: Vec<ReadingRow>,
    logins: Vec<(StaffId, String)>,
    dark: Vec<DarkRow>,
}

/// The list that waits for two people.
struct Offered {
    entries: u64,
    root: String,
    approvals: Vec<Approval>,
}

pub(super) async fn find(app: &Shared, staff: &Staff, id: &str) -> Result<Found, Failure> {
    let unknown = Failure::from(Rejection::UnknownCampaign);
    let (Some(id), Some(chain)) = (views::read_id(id), staff.chain()) else {
        return Err(unknown);
    };
    let found = app
        .store
        .read(move |tx| {
            let Some(row) = campaign::life(tx, &id)?.filter(|row| row.chain == chain) else {
                return Ok(None);
            };
            Ok(Some(Found {
                entries: campaign::entries_count(tx, &id)?,
                commitment: views::commitment(tx, &id)?,
                offered: offered(tx, &row)?,
                readings: readings(tx, &row)?,
                logins: staff::logins(tx)?,
                dark: campaign::dark_docks(tx, &chain, row.row.closes_ms)?,
                row,
            }))
        })
        .await?;
    found.ok_or(unknown)
}

fn offered(tx: &Tx<'_>, row: &LifeRow) -> Result<Option<Offered>, DbError> {
    let LifeState::Draw(draw @ Campaign::Closed(_)) = &row.state else {
        return Ok(None);
    };
    if row.frozen_ms.is_none() {
        return Ok(None);
    }
    let (id, rules) = (&row.row.id, draw.rules());
    let list = Entries::new(id, rules.entries_per_person_max, frozen_entry::all(tx, id)?);
    Ok(match list {
        Ok(list) => Some(Offered {
            entries: u64::from(list.n()),
            root: list.tree().root().to_string(),
            approvals: approval::of(tx, id)?,
        }),
        Err(_) => None,
    })
}

/// What was read for the record that is to come.
fn readings(tx: &Tx<'_>, row: &LifeRow) -> Result<Vec<ReadingRow>, DbError> {
    let LifeState::Draw(draw) = &row.state else {
        return Ok(Vec::new());
    };
    let next = u32::try_from(draw.records().len() + 1).unwrap_or(u32::MAX);
    reading::of(tx, &row.row.id, next)
}

/// The page, with a form that was refused, or what was just done.
pub(super) async fn whole(
    app: &Shared,
    staff: &Staff,
    client: &Client,
    id: &str,
    (refused, done): (Option<CampaignForm>, Option<FormAction>),
) -> Result<CampaignPage, Failure> {
    let found = find(app, staff, id).await?;
    let made = app.bundles.of(app, found.row.row.id).await?;
    let at = now();
    let terms = views::terms(&found.row, at);
    let draw = match &found.row.state {
        LifeState::Draw(draw) => Some(draw),
        LifeState::Plain | LifeState::Certain(_) => None,
    };
    let committed = draw.and_then(Campaign::committed);
    let waiting = found.waiting(staff.id());
    let mut forms = match staff.may(Role::Manager) {
        true => forms::offered(&found.row, &waiting, at),
        false => Vec::new(),
    };
    if let Some(refused) = refused {
        forms.retain(|form| form.action != refused.action);
        forms.insert(0, refused);
    }
    Ok(CampaignPage {
        frame: Frame {
            path: format!("/manage/campaigns/{}", terms.id),
            ..client.frame.clone()
        },
        staff: staff.view(),
        next: next::view(&found.row, &waiting, at),
        alarms: next::alarms(&found.row, &waiting, found.dark.len() as u64, at),
        checklist: next::checklist(&found.row, found.commitment.as_ref(), at),
        entries: committed.map_or(found.entries, |it| it.commit.n),
        dark: match terms.stage {
            CampaignStage::Closed if found.row.frozen_ms.is_none() => found.dark_view(),
            _ => Vec::new(),
        },
        offered: found.offered_view(),
        commitment: found.commitment.clone(),
        shuffle: committed.map(views::shuffle),
        first_entry: found.first_entry(),
        extractions: match (draw, committed) {
            (Some(draw), Some(it)) => views::extractions(draw.records(), it.n()),
            _ => Vec::new(),
        },
        outcome: draw
            .and_then(Campaign::drawn)
            .zip(made.as_deref())
            .and_then(|(drawn, made)| views::outcome(drawn, made)),
        disqualified: committed.map_or_else(Vec::new, views::disqualified),
        forms,
        done,
        terms,
    })
}

impl Found {
    fn waiting(&self, who: StaffId) -> next::Waiting {
        let offered = self.offered.as_ref();
        let approvals = offered.map_or(&[][..], |offered| &offered.approvals);
        next::Waiting {
            root: offered.map(|offered| offered.root.clone()),
            approvals: approvals.len(),
            approved_by_reader: approvals.iter().any(|one| one.staff == who),
            readings: self.readings.len(),
        }
    }

    fn dark_view(&self) -> Vec<DarkDock> {
        let all = self.dark.iter().map(|dock| DarkDock {
            dock_name: dock.dock_name.clone(),
            store_name: dock.store_name.clone(),
            told_ms: dock.told_ms,
        });
        all.collect()
    }

    fn offered_view(&self) -> Option<OfferedList> {
        let offered = self.offered.as_ref()?;
        let approvals = offered.approvals.iter();
        Some(OfferedList {
            entries: offered.entries,
            root: offered.root.clone(),
            approvals: approvals
                .map(|one| (self.login(&one.staff), one.approved_ms))
                .collect(),
        })
    }

    fn first_entry(&self) -> Option<FirstEntry> {
        let first = self.readings.first()?;
        Some(FirstEntry {
            by: match first.reading.by {
                Reader::Fetch => String::new(),
                Reader::Staff(staff) => self.login(&staff),
            },
            at_ms: first.read_ms,
            source: first.reading.name.clone(),
        })
    }

    pub(super) fn login(&self, id: &StaffId) -> String {
        let mut all = self.logins.iter();
        let known = all.find(|(known, _)| known == id);
        known.map(|(_, login)| login.clone()).unwrap_or_default()
    }
}

pub(super) fn refused(client: &Client, shown: &CampaignPage) -> Response {
    client.page(
        StatusCode::UNPROCESSABLE_ENTITY,
        shown.render(),
        web::manager::csp(),
    )
}

/// The campaign's terms and moment, for papers.
pub(super) fn terms_of(found: &Found, at: UnixMs) -> CampaignTerms {
    views::terms(&found.row, at)
}
