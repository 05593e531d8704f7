//! Writes every page, in every stage and both languages, as files to look at:
//! `cargo run -p web --features cloud --example gallery -- DIRECTORY`

mod customer;
mod manager;
mod raffle;

use shared::money::Centavos;
use std::path::PathBuf;
use web::notice::{Notice, NoticeKind};
use web::ui::{Lang, Zone};

fn main() -> std::io::Result<()> {
    let Some(directory) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("usage: gallery DIRECTORY (it is created, files in it are replaced)");
        std::process::exit(2);
    };
    std::fs::create_dir_all(&directory)?;
    std::fs::write(directory.join("customer.csp"), web::customer::csp())?;
    std::fs::write(directory.join("manager.csp"), web::manager::csp())?;
    for lang in [Lang::Pt, Lang::En] {
        for (name, html) in customer::pages(lang)
            .into_iter()
            .chain(manager::pages(lang))
        {
            std::fs::write(directory.join(format!("{name}.{}.html", lang.code())), html)?;
        }
        std::fs::write(
            directory.join(format!("mail.{}.html", lang.code())),
            mail(lang),
        )?;
        for (name, page) in customer::rentals(lang) {
            let name = format!("live-{name}.{}.html", lang.code());
            std::fs::write(directory.join(name), page.render_live())?;
        }
    }
    Ok(())
}

/// What a payer reads half an hour before the deposit is at risk.
fn mail(lang: Lang) -> String {
    let now_ms = customer::NOW;
    let at_ms = now_ms.plus(30 * 60_000);
    Notice {
        lang,
        zone: Zone::sao_paulo(),
        now_ms,
        kind: NoticeKind::AbandonmentNear { at_ms },
        deposit: Centavos::new(1_000),
        store_name: "Bom Caminho Pinheiros".into(),
        url: "https://volta.example/r/q7ZrVb2hYw0XkLm5TnPd3g".into(),
        kept_days: 30,
    }
    .mail_html()
}
