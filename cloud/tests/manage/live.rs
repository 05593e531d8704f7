//! The stream behind an open page.

use crate::site::Site;
use axum::body::{Body, BodyDataStream};
use axum::http::Request;
use cloud::config::Role;
use futures_util::StreamExt as _;

/// The next event that is no ping: its name and its data.
fn next(site: &Site, stream: &mut BodyDataStream) -> (String, String) {
    loop {
        let chunk = site.runtime.block_on(stream.next());
        let chunk = chunk.expect("the stream goes on").expect("a chunk of it");
        let text = String::from_utf8(chunk.to_vec()).expect("events are text");
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_default().trim().to_owned()
        };
        if field("event:") != "ping" {
            return (field("event:"), field("data:"));
        }
    }
}

#[test]
fn a_page_hears_of_bays_and_figures_that_change() {
    let mut site = Site::new();
    let cookie = site.signed_in("ana", Role::Viewer).cookie.unwrap();
    let request = Request::get("/manage/live?lang=en").header("cookie", cookie);
    let response = site.send(request.body(Body::empty()).unwrap());
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-store");
    let mut stream = response.into_body().into_data_stream();

    let (kind, all) = next(&site, &mut stream);
    assert_eq!(kind, "bays", "a page that was away is brought up to date");
    assert_eq!(all.matches("\"bay\":").count(), 5);
    let (kind, totals) = next(&site, &mut stream);
    assert_eq!(kind, "totals");
    assert!(totals.contains("\"out\":[\"0\",null]"), "{totals}");

    site.world.goes_out("norte");
    let mut seen = Vec::new();
    while !seen.iter().any(|(kind, data): &(String, String)| {
        kind == "totals" && data.contains("\"out\":[\"1\",null]")
    }) {
        seen.push(next(&site, &mut stream));
    }
    let bays: Vec<_> = seen.iter().filter(|(kind, _)| kind == "bays").collect();
    assert!(!bays.is_empty(), "{seen:?}");
    for (_, data) in bays {
        assert_eq!(
            data.matches("\"bay\":").count(),
            1,
            "only what changed: {data}"
        );
        assert!(data.contains("\"dock\":\"norte\""), "{data}");
    }
}
