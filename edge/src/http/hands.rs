//! What a visitor's hands can do at a simulated dock, by form or by JSON.

use super::problem::Problem;
use super::simulator::Desk;
use crate::status::PageCommand;
use axum::http::StatusCode;
use hardware::simulated::{Fault, FaultKind, Refused, SimulatedDock};
use serde::Deserialize;
use shared::ids::{BayNo, TagUid};
use web::edge::simulator::PATH;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Push,
    Pull,
    Carry,
    Bring,
    Force,
    Inject,
    Clear,
    /// The dock's network cable, out and in again.
    Unplug,
    Plug,
    /// Somebody who does not want to wait for the next sync.
    Sync,
}

/// The fields of all verbs; each verb asks for its own. An empty text is an absent one.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Fields {
    bay: Option<BayNo>,
    tag: String,
    /// A code of [`FaultKind`].
    fault: String,
    /// Index of the neighbour that the cart is taken to.
    to: Option<usize>,
    /// Whether a cart with this tag may be here already.
    clone: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Done {
    /// The cart that was moved.
    pub(super) tag: Option<TagUid>,
    /// Where the visitor goes now.
    pub(super) url: Option<String>,
}

impl Verb {
    pub(super) fn named(name: &str) -> Result<Self, Problem> {
        Ok(match name {
            "push" => Self::Push,
            "pull" => Self::Pull,
            "carry" => Self::Carry,
            "bring" => Self::Bring,
            "force" => Self::Force,
            "inject" => Self::Inject,
            "clear" => Self::Clear,
            "unplug" => Self::Unplug,
            "plug" => Self::Plug,
            "sync" => Self::Sync,
            _ => {
                return Err(Problem {
                    status: StatusCode::NOT_FOUND,
                    code: "not_found",
                    detail: "actions are push, pull, carry, bring, force, inject, clear, unplug, \
                             plug and sync"
                        .into(),
                });
            }
        })
    }

    pub(super) fn perform(self, desk: &Desk, fields: &Fields) -> Result<Done, Problem> {
        let dock = &desk.dock;
        match self {
            Self::Push => {
                let (bay, tag) = (fields.bay()?, fields.tag()?);
                dock.push(bay, tag)?;
                Ok(Done::moved(tag))
            }
            Self::Pull => Ok(Done::moved(dock.pull(fields.bay()?)?)),
            Self::Force => Ok(Done::moved(dock.force(fields.bay()?)?)),
            Self::Carry => carry(desk, fields),
            Self::Bring => bring(dock, fields),
            Self::Unplug | Self::Plug => {
                desk.pages.handle.cable.plug(self == Self::Plug);
                Ok(Done::default())
            }
            Self::Sync => {
                // When too many orders wait already, one of them will do.
                let _ = desk.pages.handle.commands.try_send(PageCommand::SyncNow);
                Ok(Done::default())
            }
            Self::Inject => {
                let (bay, kind) = (fields.bay()?, fields.fault()?);
                let tag = fields.some_tag()?.filter(|_| kind.shows_tag());
                dock.inject(bay, Fault { kind, tag })?;
                Ok(Done::default())
            }
            Self::Clear => {
                let bay = fields.bay()?;
                let kind = match fields.fault.as_str() {
                    "" => None,
                    _ => Some(fields.fault()?),
                };
                dock.clear(bay, kind)?;
                Ok(Done::default())
            }
        }
    }
}

impl Done {
    fn moved(tag: TagUid) -> Self {
        Self {
            tag: Some(tag),
            url: None,
        }
    }
}

impl Fields {
    fn bay(&self) -> Result<BayNo, Problem> {
        self.bay
            .ok_or_else(|| Problem::field("bay is missing: a whole number from 1 to 999"))
    }

    fn tag(&self) -> Result<TagUid, Problem> {
        self.some_tag()?
            .ok_or_else(|| Problem::field("tag is missing: lower-case hexadecimal"))
    }

    fn some_tag(&self) -> Result<Option<TagUid>, Problem> {
        match self.tag.trim() {
            "" => Ok(None),
            tag => tag.parse().map(Some).map_err(|error| {
                let detail = format!("tag: {error}");
                Problem::field(detail)
            }),
        }
    }

    fn fault(&self) -> Result<FaultKind, Problem> {
        FaultKind::from_code(&self.fault).ok_or_else(|| {
            let codes: Vec<_> = FaultKind::ALL.iter().map(|kind| kind.code()).collect();
            Problem::field(format!("fault must be one of {}", codes.join(", ")))
        })
    }
}

fn carry(desk: &Desk, fields: &Fields) -> Result<Done, Problem> {
    let tag = fields.tag()?;
    let neighbours = &desk.pages.handle.neighbours;
    let url = match fields.to {
        None => None,
        Some(to) => {
            let neighbour = neighbours.get(to).ok_or_else(|| Problem {
                status: StatusCode::NOT_FOUND,
                code: "unknown_neighbour",
                detail: format!("to must be below {}", neighbours.len()),
            })?;
            let dock = neighbour.url.trim_end_matches('/').trim_end_matches(PATH);
            Some(format!("{dock}{PATH}?cart={tag}"))
        }
    };
    desk.dock.carry_away(tag)?;
    Ok(Done {
        tag: Some(tag),
        url,
    })
}

/// Without a tag, a cart that no chain knows.
fn bring(dock: &SimulatedDock, fields: &Fields) -> Result<Done, Problem> {
    let tag = match fields.some_tag()? {
        Some(tag) if fields.clone => dock.bring_clone(tag).map(|()| tag)?,
        Some(tag) => dock.bring(tag).map(|()| tag)?,
        None => bring_foreign(dock)?,
    };
    Ok(Done::moved(tag))
}

fn bring_foreign(dock: &SimulatedDock) -> Result<TagUid, Problem> {
    (0..=u8::MAX)
        .filter_map(|number| TagUid::new(&[0x04, 0xfe, 0xfe, number]).ok())
        .find(|tag| dock.bring(*tag).is_ok())
        .ok_or_else(|| Refused::AlreadyHere.into())
}
