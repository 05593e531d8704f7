//! Writes every page, in every stage and both languages, as files to look at:
//! `cargo run -p web --features cloud --example gallery -- DIRECTORY`

mod customer;
mod manager;

use std::path::PathBuf;
use web::ui::Lang;

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
        for (name, page) in customer::rentals(lang) {
            let name = format!("live-{name}.{}.html", lang.code());
            std::fs::write(directory.join(name), page.render_live())?;
        }
    }
    Ok(())
}
