use super::bench::{AMOUNT, Bench, deposit, extra, txid};
use cloud::pix::resolve::{
    CancelOutcome, ChargeOutcome, RefundOutcome, RefundRefusal, ensure_cancelled, ensure_charge,
    ensure_refund,
};
use cloud::pix::{
    BankProfile, NotSentCause, Outcome, PixClient, PixError, RefundStatus, Resource, TokenAuth,
    TokenBody, TokenFailure,
};
use shared::money::Centavos;

const UNKNOWN_TXID: &str = "ffffffffffffffffffffffffffffffff";

#[tokio::test]
async fn a_deposit_lives_its_whole_life_at_every_bank() {
    for profile in BankProfile::ALL {
        let bench = Bench::like(profile).await;
        let client = bench.client();
        let txid = txid(1);
        let charge = client.put_charge(&txid, &deposit()).await;
        assert_eq!(charge.map(|c| c.amount), Ok(AMOUNT), "{profile:?}");
        let e2eid = bench.pay(&txid).await;
        let charge = client.get_charge(&txid).await.expect("the charge");
        assert_eq!(charge.pix[0].end_to_end_id, e2eid, "{profile:?}");
        let refund = client.put_refund(&e2eid, "volta1", AMOUNT).await;
        assert_eq!(refund.map(|r| r.status), Ok(RefundStatus::Settled));
        let again = client.get_refund(&e2eid, "volta1").await;
        assert_eq!(again.map(|r| r.amount), Ok(AMOUNT), "{profile:?}");
        let pix = client.get_pix(&e2eid).await.expect("the payment");
        assert_eq!(pix.refundable(), Centavos::ZERO, "{profile:?}");
        let around = (pix.settled_ms.plus(-60_000), pix.settled_ms.plus(60_000));
        let listed = client.list_pix(around.0, around.1).await.expect("the list");
        assert_eq!((listed.pix.len(), listed.unreadable), (1, 0), "{profile:?}");
        let url = format!("http://127.0.0.1:1/{}", profile.name());
        assert_eq!(client.put_webhook(&url).await, Ok(()), "{profile:?}");
        let book = bench.book().await;
        assert_eq!(book["ledger_sum_centavos"], 0);
        assert_eq!(book["refunded_centavos"], 1_000, "{profile:?}: {book}");
        assert_eq!(bench.asked("token").await, (1, 1), "{profile:?}");
    }
}

#[tokio::test]
async fn trap_03_put_cob_repeated_under_the_same_ids_it_stays_one_charge_and_one_refund() {
    for profile in BankProfile::ALL {
        let bench = Bench::like(profile).await;
        let client = bench.client();
        let txid = txid(2);
        for _ in 0..2 {
            let standing = ensure_charge(&client, &txid, &deposit()).await;
            assert!(
                matches!(standing, ChargeOutcome::Standing(_)),
                "{profile:?}"
            );
        }
        let e2eid = bench.pay(&txid).await;
        // As after a power cut: nobody remembers whether it was sent.
        for _ in 0..2 {
            let settled = ensure_refund(&client, &e2eid, "volta2", AMOUNT, false).await;
            assert!(
                matches!(settled, RefundOutcome::Settled { .. }),
                "{profile:?}"
            );
        }
        let other = ensure_refund(&client, &e2eid, "volta2", Centavos::new(1), false).await;
        assert!(
            matches!(other, RefundOutcome::Conflict { .. }),
            "{profile:?}: {other:?}"
        );
        let late = ensure_charge(&client, &txid, &deposit()).await;
        assert!(
            matches!(late, ChargeOutcome::Standing(_)),
            "{profile:?}: {late:?}"
        );
        let book = bench.book().await;
        assert_eq!(book["refunded_centavos"], 1_000, "{profile:?}: {book}");
    }
}

#[tokio::test]
async fn efi_takes_each_id_once_and_says_so_in_its_own_words() {
    let bench = Bench::like(BankProfile::Efi).await;
    let client = bench.client();
    let txid = txid(3);
    client.put_charge(&txid, &deposit()).await.expect("new");
    let refused = client.put_charge(&txid, &deposit()).await.unwrap_err();
    let PixError::Refused { problem } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(
        (problem.status, problem.kind.as_deref()),
        (409, Some("txid_duplicado"))
    );
    let e2eid = bench.pay(&txid).await;
    client
        .put_refund(&e2eid, "volta3", AMOUNT)
        .await
        .expect("new");
    let refused = client
        .put_refund(&e2eid, "volta3", AMOUNT)
        .await
        .unwrap_err();
    let PixError::Refused { problem } = refused else {
        panic!("{refused:?}")
    };
    assert_eq!(problem.kind.as_deref(), Some("devolucao_id_duplicado"));
    assert!(problem.says_duplicate());
}

#[tokio::test]
async fn a_refusal_is_understood_in_every_banks_words() {
    for (profile, absent, too_much) in [
        (
            BankProfile::Standard,
            "CobNaoEncontrado",
            "PixDevolucaoInvalida",
        ),
        (
            BankProfile::Efi,
            "cobranca_nao_encontrada",
            "valor_invalido",
        ),
        (
            BankProfile::Sicredi,
            "CobNaoEncontrado",
            "PixDevolucaoInvalida",
        ),
        (
            BankProfile::PagSeguro,
            "CobNaoEncontrado",
            "PixDevolucaoInvalida",
        ),
        (
            BankProfile::Inter,
            "CobNaoEncontrado",
            "PixDevolucaoInvalida",
        ),
        (
            BankProfile::BancoDoBrasil,
            "cobranca_nao_encontrada",
            "valor_invalido",
        ),
    ] {
        let bench = Bench::like(profile).await;
        let client = bench.client();
        let error = client.get_charge(UNKNOWN_TXID).await.unwrap_err();
        let PixError::NotFound { problem } = &error else {
            panic!("{profile:?}: {error:?}")
        };
        assert_eq!(problem.kind.as_deref(), Some(absent), "{profile:?}");
        let gone = ensure_cancelled(&client, UNKNOWN_TXID).await;
        assert_eq!(gone, CancelOutcome::Absent, "{profile:?}");
        let txid = txid(4);
        client.put_charge(&txid, &deposit()).await.expect("new");
        let e2eid = bench.pay(&txid).await;
        let twice = Centavos::new(2_000);
        let refused = ensure_refund(&client, &e2eid, "volta4", twice, false).await;
        let RefundOutcome::Refused {
            reason: RefundRefusal::Rejected { problem },
        } = refused
        else {
            panic!("{profile:?}: {refused:?}")
        };
        assert_eq!(problem.kind.as_deref(), Some(too_much), "{profile:?}");
    }
}

/// A wrong path must not look like an absent charge: that would free a deposit that is paid.
#[tokio::test]
async fn a_wrong_path_is_never_taken_for_the_banks_word() {
    // The standard's own sandbox names what it lacks; what stands in front of a bank does not.
    for profile in BankProfile::ALL.into_iter().skip(1) {
        let bench = Bench::like(profile).await;
        let mut settings = bench.settings();
        settings.paths.insert(Resource::Cob, "v9".into());
        let client = PixClient::new(settings).expect("sound settings");
        let cancelled = ensure_cancelled(&client, UNKNOWN_TXID).await;
        let CancelOutcome::StillUnknown { cause } = cancelled else {
            panic!("{profile:?}: {cancelled:?}")
        };
        assert_eq!(cause.outcome(), Outcome::Absent, "{profile:?}");
    }
}

#[tokio::test]
async fn a_token_asked_for_in_the_wrong_shape_is_refused_and_nothing_is_sent() {
    for (profile, auth, body) in [
        (BankProfile::Efi, TokenAuth::Basic, TokenBody::Form),
        (BankProfile::Efi, TokenAuth::Body, TokenBody::Json),
        (BankProfile::PagSeguro, TokenAuth::Basic, TokenBody::Form),
        (BankProfile::Sicredi, TokenAuth::Basic, TokenBody::Json),
        (BankProfile::Sicredi, TokenAuth::Body, TokenBody::Form),
        (BankProfile::Inter, TokenAuth::Basic, TokenBody::Form),
        (BankProfile::BancoDoBrasil, TokenAuth::Body, TokenBody::Form),
    ] {
        let bench = Bench::like(profile).await;
        let mut settings = bench.settings();
        (settings.token_auth, settings.token_body) = (auth, body);
        let client = PixClient::new(settings).expect("sound settings");
        let error = client.put_charge(&txid(5), &deposit()).await.unwrap_err();
        let refused = matches!(
            error,
            PixError::NotSent {
                cause: NotSentCause::Token(TokenFailure::Refused { .. })
            }
        );
        assert!(refused, "{profile:?} {auth:?} {body:?}: {error:?}");
        assert_eq!(bench.asked("cob.put").await, (0, 0), "{profile:?}");
    }
}

#[tokio::test]
async fn what_inter_and_banco_do_brasil_demand_besides_must_be_there() {
    for profile in [BankProfile::Inter, BankProfile::BancoDoBrasil] {
        let bench = Bench::like(profile).await;
        let mut bare = bench.settings();
        bare.headers.clear();
        bare.query.clear();
        let client = PixClient::new(bare.clone()).expect("sound settings");
        let error = client.put_charge(&txid(6), &deposit()).await.unwrap_err();
        let expected = match profile {
            // Its gateway answers 401, which a fresh token does not mend.
            BankProfile::BancoDoBrasil => Outcome::NotDone,
            _ => Outcome::Refused,
        };
        assert_eq!(error.outcome(), expected, "{error:?}");
        assert_eq!(bench.asked("cob.put").await, (0, 0));
    }
    // Banco do Brasil takes its key as a header too, and under either of its names.
    let bench = Bench::like(BankProfile::BancoDoBrasil).await;
    for name in ["gw-dev-app-key", "gw-app-key"] {
        let mut settings = bench.settings();
        settings.query.clear();
        settings.headers = vec![extra(name)];
        let header = PixClient::new(settings.clone()).expect("sound settings");
        (settings.query, settings.headers) = (settings.headers, vec![]);
        let query = PixClient::new(settings).expect("sound settings");
        for client in [header, query] {
            let put = client.put_charge(&txid(6), &deposit()).await;
            assert!(put.is_ok(), "{name}: {put:?}");
        }
    }
}

#[tokio::test]
async fn sicredi_grants_less_without_a_word_and_the_call_says_so_later() {
    let bench = Bench::like(BankProfile::Sicredi).await;
    let mut settings = bench.settings();
    settings.scopes = "cob.write gold.read".into();
    let client = PixClient::new(settings).expect("sound settings");
    assert!(client.put_charge(&txid(7), &deposit()).await.is_ok());
    let error = client.get_charge(&txid(7)).await.unwrap_err();
    let PixError::Refused { problem } = &error else {
        panic!("{error:?}")
    };
    assert!(problem.blames_access(), "{error:?}");
    assert_eq!(bench.asked("token").await, (1, 1), "no flood of tokens");
}
