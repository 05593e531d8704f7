//! Wrong settings, taken ports, files that are no databases: the program ends, says which setting,
//! and leaves the file as it was.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Output;
use system_tests::{BANK, CLOUD, Fate, NORTE, Options, Program, System, run_to_its_end};
use tempfile::TempDir;

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Every program in a folder of its own, on ports that the system chooses.
fn start(program: Program, dir: &TempDir, change: (&str, &str)) -> Output {
    let file = |name: &str| dir.path().join(name).display().to_string();
    let (cloud, key, bank, gateway) = (file("cloud.db"), file("key"), file("bank.db"), file("gw"));
    let mut env = vec![
        ("VOLTA_CLOUD_LISTEN", "127.0.0.1:0"),
        ("VOLTA_CLOUD_OPS_LISTEN", "127.0.0.1:0"),
        ("VOLTA_CLOUD_MQTT_LISTEN", "127.0.0.1:0"),
        ("VOLTA_CLOUD_DATABASE", &cloud),
        ("VOLTA_CLOUD_KEY_FILE", &key),
        ("VOLTA_BANK_LISTEN", "127.0.0.1:0"),
        ("VOLTA_BANK_DATABASE", &bank),
        ("VOLTA_GATEWAY_LISTEN", "127.0.0.1:0"),
        ("VOLTA_GATEWAY_DATA_DIR", &gateway),
    ];
    env.retain(|(name, _)| *name != change.0);
    env.push(change);
    run_to_its_end(program, &[], &env)
}

fn refuses(program: Program, dir: &TempDir, change: (&str, &str)) {
    let output = start(program, dir, change);
    let said = said(&output);
    let code = output.status.code();
    assert!(
        code.is_some_and(|code| code != 0),
        "{change:?}: {code:?}: {said}"
    );
    assert!(said.contains(change.0), "{change:?} is not named: {said}");
    assert!(!said.contains("panicked"), "{change:?}: {said}");
}

#[test]
fn a_wrong_value_names_its_variable() {
    let dir = tempfile::tempdir().unwrap();
    for (program, name, value) in [
        (Program::Cloud, "VOLTA_CLOUD_LISTEN", "nowhere"),
        (Program::Cloud, "VOLTA_CLOUD_OPS_LISTEN", "127.0.0.1:99999"),
        (Program::Cloud, "VOLTA_CLOUD_PUBLIC_URL", "volta.example"),
        (Program::Cloud, "VOLTA_CLOUD_MQTT_ADVERTISE", "host"),
        (Program::Cloud, "VOLTA_CLOUD_BANK_URL", "ftp://bank"),
        (Program::Cloud, "VOLTA_CLOUD_BANK_POLL_SECONDS", "0"),
        (Program::Cloud, "VOLTA_CLOUD_TIME_ZONE", "Mars/Olympus"),
        (Program::Cloud, "VOLTA_CLOUD_LOG", "xml"),
        (Program::Bank, "VOLTA_BANK_LISTEN", "nowhere"),
        (Program::Bank, "VOLTA_BANK_CNPJ", "12ABC34501DE36"),
        (Program::Bank, "VOLTA_BANK_DEVOLUCAO_DELAY_MS", "soon"),
        (Program::Gateway, "VOLTA_GATEWAY_LISTEN", "nowhere"),
        (Program::Gateway, "VOLTA_GATEWAY_CLOUD_URL", "cloud"),
        (Program::Gateway, "VOLTA_GATEWAY_BAYS", "1:shelf"),
        (Program::Gateway, "VOLTA_GATEWAY_SIM_CARTS", "1=zz"),
        (Program::Gateway, "VOLTA_GATEWAY_HARDWARE", "steam"),
    ] {
        refuses(program, &dir, (name, value));
    }
}

#[test]
fn a_taken_port_names_its_variable() {
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = holder.local_addr().unwrap().to_string();
    let dir = tempfile::tempdir().unwrap();
    for (program, name) in [
        (Program::Cloud, "VOLTA_CLOUD_LISTEN"),
        (Program::Cloud, "VOLTA_CLOUD_OPS_LISTEN"),
        (Program::Cloud, "VOLTA_CLOUD_MQTT_LISTEN"),
        (Program::Bank, "VOLTA_BANK_LISTEN"),
        (Program::Gateway, "VOLTA_GATEWAY_LISTEN"),
    ] {
        refuses(program, &dir, (name, &taken));
    }
}

/// Files that are no database of ours: text, nothing but zeros, another program's.
fn impostors(dir: &Path) -> Vec<String> {
    let text = dir.join("shopping-list.txt");
    fs::write(&text, "milk, bread, a cart\n".repeat(300)).expect("a folder of our own");
    let zeros = dir.join("zeros");
    fs::write(&zeros, vec![0; 8_192]).expect("a folder of our own");
    let other = dir.join("other.db");
    let connection = rusqlite::Connection::open(&other).expect("a folder of our own");
    connection
        .execute_batch("CREATE TABLE recipe (name TEXT); INSERT INTO recipe VALUES ('bolo')")
        .expect("a folder of our own");
    connection.close().expect("a folder of our own");
    [text, zeros, other]
        .iter()
        .map(|path| path.display().to_string())
        .collect()
}

#[test]
fn a_file_that_is_no_database_of_ours_is_left_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    for file in impostors(dir.path()) {
        for (program, name) in [
            (Program::Cloud, "VOLTA_CLOUD_DATABASE"),
            (Program::Bank, "VOLTA_BANK_DATABASE"),
        ] {
            let before = fs::read(&file).unwrap();
            refuses(program, &dir, (name, &file));
            assert_eq!(
                fs::read(&file).unwrap(),
                before,
                "{name}: {file} was changed"
            );
        }
    }
}

/// Writes over the journal's database; answers the damaged file.
fn damage_journal(system: &System) -> (PathBuf, String) {
    let journal = system.folder().join(NORTE).join("journal.db");
    for suffix in ["-wal", "-shm"] {
        let _ = fs::remove_file(journal.with_file_name(format!("journal.db{suffix}")));
    }
    let damaged = "not a journal any more\n".repeat(500);
    fs::write(&journal, &damaged).expect("a folder of our own");
    (journal, damaged)
}

#[test]
fn a_damaged_journal_comes_back_from_its_copy_and_goes_on() {
    let mut system = System::start(&Options::new());
    let (rental, tag) = system.cart_out(NORTE);
    system.kill9(NORTE);
    let (journal, damaged) = damage_journal(&system);
    system.restart(NORTE);
    let aside = journal.with_file_name("journal.db.damaged-1");
    assert_eq!(fs::read_to_string(aside).unwrap(), damaged);
    system.dock(NORTE).push(rental.bay(), &tag);
    rental.until(&["closed"]);
    system.audit(&[(&rental, Fate::Closed)]);
}

#[test]
fn a_journal_lost_with_its_copy_stops_the_gateway_and_stays() {
    let mut system = System::start(&Options::new());
    system.kill9(NORTE);
    let (journal, damaged) = damage_journal(&system);
    let folder = journal.parent().expect("a file in a folder");
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry
            .file_name()
            .to_string_lossy()
            .starts_with("journal.lines-")
        {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let dir = tempfile::tempdir().unwrap();
    let data = folder.display().to_string();
    refuses(Program::Gateway, &dir, ("VOLTA_GATEWAY_DATA_DIR", &data));
    assert_eq!(fs::read_to_string(&journal).unwrap(), damaged);
}

#[test]
fn a_lost_key_file_is_not_quietly_replaced() {
    let mut system = System::start(&Options::new());
    system.kill9(CLOUD);
    system.kill9(BANK);
    let key = system.folder().join("cloud.key");
    fs::rename(&key, key.with_extension("away")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let database = system.folder().join("cloud.db").display().to_string();
    let away = key.display().to_string();
    let output = run_to_its_end(
        Program::Cloud,
        &[],
        &[
            ("VOLTA_CLOUD_DATABASE", &database),
            ("VOLTA_CLOUD_KEY_FILE", &away),
            ("VOLTA_CLOUD_LISTEN", "127.0.0.1:0"),
            ("VOLTA_CLOUD_OPS_LISTEN", "127.0.0.1:0"),
            ("VOLTA_CLOUD_MQTT_LISTEN", "127.0.0.1:0"),
        ],
    );
    assert!(!output.status.success());
    assert!(
        said(&output).contains("VOLTA_CLOUD_KEY_FILE"),
        "{}",
        said(&output)
    );
    assert!(!key.exists());
    drop(dir);
}
