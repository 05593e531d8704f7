use super::*;
use crate::campaign::{CampaignMode, CampaignStage};
use crate::manager::Role;
use crate::ui::{Lang, Zone};

const AT: UnixMs = UnixMs(1_795_282_327_000);

fn frame() -> Frame {
    Frame {
        lang: Lang::Pt,
        zone: Zone::sao_paulo(),
        now_ms: AT,
        path: "/manage/campaigns/x".into(),
    }
}

fn staff() -> StaffView {
    StaffView {
        name: "ana".into(),
        role: Role::Manager,
        chain_name: "Rede".into(),
    }
}

fn terms() -> CampaignTerms {
    CampaignTerms {
        id: "x".into(),
        name: "Natal".into(),
        mode: CampaignMode::Draw,
        stage: CampaignStage::Delivered,
        promoter: "Mercado".into(),
        promoter_document: "12.ABC.345/01DE-35".into(),
        stores: vec![],
        certificate: None,
        published_ms: None,
        opens_ms: AT,
        closes_ms: AT,
        freeze_ms: AT,
        extraction: None,
        prizes: vec![],
        entries_per_person: 1,
        minimum_age: 18,
        alternates: 20,
        claim_days: 180,
        rules_hash: None,
    }
}

fn accounts(rows: Vec<AccountRow>) -> AccountsPage {
    AccountsPage {
        frame: frame(),
        staff: staff(),
        terms: terms(),
        drawn_ms: AT,
        rows,
        claim_until_ms: AT,
        tax: Centavos::ZERO,
        tax_by_ms: AT,
        union_by_ms: AT,
        accounts_by_ms: AT,
        darf_document: None,
        protocol: None,
    }
}

fn row(rank: u32, centavos: i64, delivery: Delivery) -> AccountRow {
    AccountRow {
        rank,
        prize: "Vale".into(),
        value: Centavos::new(centavos),
        number: Some("5234537".into()),
        delivery,
        document: Some("=1+1".into()),
    }
}

#[test]
fn every_prize_is_in_one_sum() {
    let page = accounts(vec![
        row(1, 50_000, Delivery::Delivered(AT)),
        row(2, 20_000, Delivery::Expired(AT)),
        row(3, 10_000, Delivery::Pending),
        row(4, 5_000, Delivery::Expired(AT)),
    ]);
    assert_eq!(page.delivered(), Centavos::new(50_000));
    assert_eq!(page.unclaimed(), Centavos::new(25_000));
    assert_eq!(page.pending(), Centavos::new(10_000));
    assert_eq!(page.promised(), Centavos::new(85_000));
}

#[test]
fn accounts_are_a_file_of_even_lines() {
    let file = accounts(vec![row(1, 50_000, Delivery::Delivered(AT))]).csv();
    assert_eq!(
        file,
        "\u{feff}\"prêmio\";\"nome\";\"valor\";\"número\";\"situação\";\"data\";\"recibo\"\r\n\
         1;\"Vale\";500,00;\"5234537\";\"entregue\";\"21/11/2026\";\"'=1+1\"\r\n"
    );
}

#[test]
fn a_list_is_a_file_of_even_lines() {
    let page = EntriesPage {
        frame: frame(),
        staff: staff(),
        terms: terms(),
        commitment: CommitmentView {
            entries: 1,
            share: 10_000_000,
            root: "00".into(),
            committed_ms: AT,
            witnesses: vec![],
            docks: 0,
        },
        rows: vec![EntryRow {
            index: 1,
            code: "7K3M-Q9TB-2WXF".into(),
            returned_ms: AT,
            store_name: "Loja; \"Centro\"".into(),
            pid: "ab".into(),
            leaf: "cd".into(),
            number: None,
        }],
        page: 1,
        pages: 1,
    };
    let file = page.csv();
    let lines: Vec<&str> = file.split_terminator("\r\n").collect();
    assert_eq!(
        lines[1],
        "1;\"7K3M-Q9TB-2WXF\";\"21/11/2026 14:32:07\";\"Loja; \"\"Centro\"\"\";\"ab\";\"cd\";\"\""
    );
    assert_eq!(lines.len(), 2);
    assert_eq!((page.before(), page.after()), (None, None));
}
