//! The door that stays while the house behind it changes: one listener, and the pages of whatever the
//! process is doing now.

use super::listen;
use super::stranded::{self, Told};
use crate::status::Handle;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use std::convert::Infallible;
use std::io;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tower::ServiceExt as _;

/// What a visitor is given. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(crate) struct Front(watch::Sender<Shown>);

#[derive(Clone)]
struct Shown {
    router: Router,
    /// Something that is worth a look: not the mere words that it is starting.
    settled: bool,
}

impl Front {
    /// Says that the gateway is starting.
    pub(crate) fn starting(software: &'static str) -> Self {
        Self(watch::Sender::new(Shown {
            router: stranded::router(Told::starting(software)),
            settled: false,
        }))
    }

    pub(crate) fn show_stranded(&self, told: Told) {
        self.show(stranded::router(told));
    }

    pub(crate) fn show_pages(&self, handle: Handle) {
        self.show(super::router(handle));
    }

    fn show(&self, router: Router) {
        self.0.send_replace(Shown {
            router,
            settled: true,
        });
    }

    /// Until there is something else to see than that it is starting.
    pub(crate) async fn settled(&self) {
        // This clone is a sender too, so it never ends otherwise.
        let _ = self.0.subscribe().wait_for(|shown| shown.settled).await;
    }

    /// Answers until the listener fails.
    pub(crate) async fn serve(self, listener: TcpListener) -> io::Result<()> {
        let router = Router::new().fallback(pass).with_state(self);
        listen::serve(listener, router).await
    }
}

async fn pass(State(front): State<Front>, request: Request) -> Result<Response, Infallible> {
    let router = front.0.borrow().router.clone();
    router.oneshot(request).await
}
