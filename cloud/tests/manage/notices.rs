//! Telling the payer for real: over the page that asks, the outbox that sends, and servers that do to
//! a notice whatever servers do.

mod mail;
mod page;
mod post;
mod stubs;

use crate::site::Site;
use crate::world::{Stage, Visit};
use cloud::actions::tell::{self, Notice};
use cloud::app::now;
use cloud::store::notification::{self, NotificationRow};
use cloud::store::outbox::{self, EffectKind};
use cloud_core::notice::State;
use shared::time::UnixMs;
use std::time::Duration;

/// A server that never answers is given up after 20 s; nothing else takes as long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A site with a cart out under a rental whose page is known.
struct Shop {
    site: Site,
    visit: Visit,
    token: String,
}

impl Shop {
    fn with(options: &[&str]) -> Self {
        let mut site = Site::with(options);
        let visit = site.world.at(Stage::Out);
        let token = "q7ZrVb2hYw0XkLm5TnPd3g".to_owned();
        // The world's rentals have no address that a browser could know.
        let hash = cloud::http::secret_hash(token.as_bytes());
        let rental = visit.rental.to_string();
        site.act(move |tx| {
            let sql = "UPDATE rental SET token_hash = $1 WHERE id = $2";
            let set = tx.execute(sql, &[hash.as_slice().into(), rental.as_str().into()]);
            set.expect("a row of ours");
        });
        Self { site, visit, token }
    }

    fn notices(&self) -> String {
        format!("/r/{}/notices", self.token)
    }

    fn gives(&self, form: &[(&str, &str)]) {
        let reply = self.site.browser().post(&self.notices(), form);
        assert_eq!(reply.location(), format!("{}?ok=1", self.notices()));
    }

    fn tells(&self, notice: Notice) {
        let (rental, at) = (self.visit.rental, now());
        self.site
            .act(move |tx| tell::run(tx, at, &rental, notice).expect("a rental of ours"));
    }

    fn near(&self) {
        self.tells(Notice::AbandonmentNear {
            at_ms: now().plus(30 * 60_000),
        });
    }

    fn sends(&self) {
        let app = self.site.app.clone();
        self.site.runtime.spawn(cloud::outbox::run(app));
    }

    fn rows(&self) -> Vec<NotificationRow> {
        let rental = self.visit.rental;
        self.site
            .world
            .read(move |tx| notification::of_rental(tx, &rental))
    }

    /// The only notice, as soon as it is so.
    fn becomes(&self, wanted: impl Fn(&NotificationRow) -> bool) -> NotificationRow {
        let mut news = self.site.app.hub.subscribe();
        let deadline = std::time::Instant::now() + PATIENCE;
        loop {
            let row = self.rows().remove(0);
            if wanted(&row) {
                return row;
            }
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            let heard = async { tokio::time::timeout(left, news.recv()).await };
            let heard = self.site.runtime.block_on(heard);
            assert!(heard.is_ok(), "nothing more happens: {row:?}");
        }
    }

    fn told(&self) -> NotificationRow {
        self.becomes(|row| matches!(row.state, State::Told { .. }))
    }

    fn troubled(&self, attempts: u32) -> NotificationRow {
        let row = self.becomes(|row| row.attempts >= attempts && row.trouble.is_some());
        assert_eq!(row.state, State::Waiting);
        row
    }

    /// The time until the next attempt has passed.
    fn hastens(&self, row: &NotificationRow) {
        let subject = row.id.to_string();
        self.site.act(move |tx| {
            outbox::hasten(tx, EffectKind::SendNotice, &subject, UnixMs(0)).expect("a row of ours");
        });
    }
}
