//! A certificate near its end is an alarm that a person sees, until a newer one is in use.

use super::bench::{Authority, Bench, Cloud};
use cloud::actions::watch_certificate::NOTICE_MS;
use cloud::app::now;
use cloud::jobs;
use cloud::pix::BankProfile;
use cloud::store::alarm;
use time::{Duration, OffsetDateTime};

#[tokio::test]
async fn trap_14_certificates_end_thirty_days_before_one_is_called_for() {
    let authority = Authority::new();
    let bench = Bench::like(BankProfile::Standard).await;
    let cloud_with = async |days: i64| {
        let end = OffsetDateTime::now_utc() + Duration::days(days);
        let signed = authority.signs_until("loja.test", end);
        let file = bench.file("ours.pem", &signed.both());
        Cloud::open(&[
            "--bank-url=https://pix.bank.test/v2".into(),
            "--bank-token-url=https://pix.bank.test/oauth/token".into(),
            format!("--bank-certificate={}", file.display()),
        ])
        .await
    };
    let near = cloud_with(29).await;
    jobs::watch_certificates(&near.app, now())
        .await
        .expect("a job");
    let open = near.app.store.read(|tx| alarm::open(tx, 10)).await;
    let open = open.expect("the store reads");
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].kind, "bank_certificate_ending");
    assert!(
        open[0].detail.ends_with(" pix.bank.test"),
        "{}",
        open[0].detail
    );

    let far = cloud_with(60).await;
    let count = async |at| {
        jobs::watch_certificates(&far.app, at).await.expect("a job");
        let open = far.app.store.read(|tx| alarm::open(tx, 10)).await;
        open.expect("the store reads").len()
    };
    assert_eq!(count(now()).await, 0);
    // The same certificate, a month later and after its end; then the clock of a renewed one.
    assert_eq!(count(now().plus(NOTICE_MS + 60_000)).await, 1);
    assert_eq!(count(now().plus(3 * NOTICE_MS)).await, 1);
    assert_eq!(count(now()).await, 0);
}
