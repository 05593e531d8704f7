//! (a) Signed returns a second, through HTTP into committed SQLite with everything a return does,
//! against bare rusqlite writing the same rows in transactions of the same size.

use super::books::{BATCH, Fleet, GATEWAYS, open_shop};
use super::report::{heading, median, per_second, ratio};
use clap::Parser as _;
use cloud::app::Stopping;
use cloud::config::Cli;
use rusqlite::{Connection, params, params_from_iter};
use std::error::Error;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// Between two tries of one batch.
const PAUSE: Duration = Duration::from_millis(20);

/// Batches per gateway: 80,000 returns a round, some seconds of work.
const BATCHES: usize = 20;

/// Rounds of each side, in turn, so that a slow minute of the machine hits both.
const ROUNDS: usize = 3;

pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    heading("(a) signed returns through HTTP into committed SQLite, 8 gateways × batches of 500");
    let total = GATEWAYS * BATCHES * BATCH;
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        let folder = tempfile::tempdir()?;
        let took = through_the_cloud(folder.path())?;
        let rows = Rows::read(&folder.path().join("cloud.db"))?;
        rows.check(total)?;
        let bare_took = rows.write_bare(&folder.path().join("bare.db"))?;
        let (ours_rate, bare_rate) = (per_second(total, took), per_second(total, bare_took));
        println!(
            "  round {round}: {ours_rate:>7} returns/s   bare {bare_rate:>7} returns/s   ratio {}",
            ratio(ours_rate, bare_rate)
        );
        ours.push(ours_rate);
        bare.push(bare_rate);
    }
    let (ours, bare) = (median(ours), median(bare));
    println!(
        "  median:  {ours:>7} returns/s   bare {bare:>7} returns/s   ratio {}\n",
        ratio(ours, bare)
    );
    Ok(())
}

fn through_the_cloud(folder: &Path) -> Result<Duration, Box<dyn Error>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let database = folder.join("cloud.db");
    let key_file = folder.join("cloud.key");
    let args = [
        "bench".as_ref(),
        "--database".as_ref(),
        database.as_os_str(),
        "--key-file".as_ref(),
        key_file.as_os_str(),
        "--mqtt-listen".as_ref(),
        "127.0.0.1:0".as_ref(),
    ];
    let config = Cli::try_parse_from(args)?.config;
    let (address, fleet) = runtime.block_on(async {
        // No outbox: what it would do with 80,000 refunds belongs to the bank's speed.
        let (app, _) = cloud::serve::open(config, Stopping::default()).await?;
        let fleet = open_shop(&app.store, BATCHES).await?;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let router = cloud::http::router(app);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Ok::<_, Box<dyn Error>>((address, fleet))
    })?;
    let took = load(address, &fleet)?;
    runtime.shutdown_timeout(Duration::from_secs(1));
    Ok(took)
}

/// One connection a gateway; each sends its next batch when the last is acknowledged.
fn load(address: SocketAddr, fleet: &Fleet) -> Result<Duration, Box<dyn Error>> {
    let ready = Barrier::new(GATEWAYS + 1);
    std::thread::scope(|scope| {
        let senders: Vec<_> = fleet
            .bodies
            .iter()
            .map(|bodies| scope.spawn(|| send_all(address, bodies, &ready)))
            .collect();
        ready.wait();
        let started = Instant::now();
        for sender in senders {
            sender
                .join()
                .map_err(|_| "a sender panicked")?
                .map_err(|e| e.to_string())?;
        }
        Ok(started.elapsed())
    })
}

fn send_all(
    address: SocketAddr,
    bodies: &[Vec<u8>],
    ready: &Barrier,
) -> Result<(), std::io::Error> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    ready.wait();
    let mut answer = vec![0; 64 * 1024];
    let mut bodies = bodies.iter();
    let mut next = bodies.next();
    while let Some(body) = next {
        let head = format!(
            "POST /gateway/v1/sync HTTP/1.1\r\nhost: bench\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
        let mut read = 0;
        while !complete(&answer[..read]) {
            match stream.read(&mut answer[read..])? {
                0 => return Err(std::io::ErrorKind::UnexpectedEof.into()),
                more => read += more,
            }
        }
        if !answer.starts_with(b"HTTP/1.1 200") {
            let text = String::from_utf8_lossy(&answer[..read]).into_owned();
            return Err(std::io::Error::other(text));
        }
        // A busy cloud takes no history for a while, and says so.
        let text = String::from_utf8_lossy(&answer[..read]);
        if text.contains("\"pause_ms\":null") {
            next = bodies.next();
        } else {
            std::thread::sleep(PAUSE);
        }
    }
    Ok(())
}

fn complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .and_then(|value| value.parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}

/// The rows that the returns left, to be written again without anything around them.
struct Rows {
    schema: String,
    before: Vec<(String, Vec<Vec<rusqlite::types::Value>>)>,
    events: Vec<Vec<rusqlite::types::Value>>,
    transfers: Vec<Vec<rusqlite::types::Value>>,
    refunds: Vec<Vec<rusqlite::types::Value>>,
    effects: Vec<Vec<rusqlite::types::Value>>,
    entries: Vec<Vec<rusqlite::types::Value>>,
    rentals: Vec<Vec<rusqlite::types::Value>>,
}

type Table = Vec<Vec<rusqlite::types::Value>>;

impl Rows {
    fn read(path: &Path) -> Result<Self, Box<dyn Error>> {
        let db = Connection::open(path)?;
        let schema = all(
            &db,
            "SELECT sql || ';' FROM sqlite_schema WHERE sql IS NOT NULL",
        )?
        .into_iter()
        .flatten()
        .map(text)
        .collect::<Vec<_>>()
        .join("\n");
        let whole = |table: &str| all(&db, &format!("SELECT * FROM {table} ORDER BY rowid"));
        let mut before = Vec::new();
        for table in [
            "chain",
            "store",
            "policy",
            "dock",
            "campaign",
            "ledger_account",
        ] {
            before.push((table.to_owned(), whole(table)?));
        }
        let transfers = "SELECT * FROM ledger_transfer WHERE kind = 'due' ORDER BY rowid";
        let rentals =
            "SELECT state, returned_ms, returned_gateway, returned_seq, returned_bay, id, tag
                       FROM rental ORDER BY rowid";
        Ok(Self {
            events: whole("gateway_event")?,
            refunds: whole("refund")?,
            effects: whole("outbox")?,
            entries: whole("entry")?,
            transfers: all(&db, transfers)?,
            rentals: all(&db, rentals)?,
            before: {
                before.push(("gateway".into(), whole("gateway")?));
                before.push(("rental".into(), whole("rental")?));
                before
            },
            schema,
        })
    }

    fn check(&self, total: usize) -> Result<(), String> {
        for (name, rows) in [
            ("events", &self.events),
            ("transfers", &self.transfers),
            ("refunds", &self.refunds),
            ("effects", &self.effects),
            ("entries", &self.entries),
        ] {
            if rows.len() != total {
                return Err(format!(
                    "{} {name} where {total} returns were sent",
                    rows.len()
                ));
            }
        }
        Ok(())
    }

    fn write_bare(&self, path: &Path) -> Result<Duration, Box<dyn Error>> {
        let mut db = Connection::open(path)?;
        db.execute_batch(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=32000;
             PRAGMA cache_size=-262144; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;",
        )?;
        db.execute_batch(&self.schema)?;
        let filling = db.transaction()?;
        for (table, rows) in &self.before {
            fill(&filling, table, rows)?;
        }
        filling.execute("UPDATE rental SET state = 'out', out_tag = tag", [])?;
        filling.commit()?;
        let started = Instant::now();
        for first in (0..self.events.len()).step_by(BATCH) {
            let tx = db.transaction()?;
            for index in first..first + BATCH {
                self.write_return(&tx, index)?;
            }
            let gateway = &self.events[first][0];
            tx.prepare_cached("UPDATE gateway SET head_seq = head_seq + 500 WHERE id = ?1")?
                .execute(params![gateway])?;
            tx.commit()?;
        }
        Ok(started.elapsed())
    }

    /// The statements of one return, with values that are ready: nothing is parsed or decided.
    fn write_return(&self, tx: &Connection, index: usize) -> rusqlite::Result<()> {
        insert(
            tx,
            "INSERT INTO gateway_event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            &self.events[index],
        )?;
        let back = &self.rentals[index];
        let out: Option<String> = tx
            .prepare_cached("SELECT id FROM rental WHERE out_tag = ?1")?
            .query_row(params![back[6]], |row| row.get(0))?;
        tx.prepare_cached(
            "UPDATE rental SET state = ?1, out_tag = NULL, returned_ms = ?2, returned_gateway = ?3,
             returned_seq = ?4, returned_bay = ?5 WHERE id = ?6",
        )?
        .execute(params![back[0], back[1], back[2], back[3], back[4], out])?;
        insert(
            tx,
            "INSERT INTO ledger_transfer VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &self.transfers[index],
        )?;
        insert(
            tx,
            "INSERT INTO refund VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            &self.refunds[index],
        )?;
        insert(
            tx,
            "INSERT INTO outbox VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            &self.effects[index],
        )?;
        insert(
            tx,
            "INSERT INTO entry VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            &self.entries[index],
        )
    }
}

fn insert(tx: &Connection, sql: &str, row: &[rusqlite::types::Value]) -> rusqlite::Result<()> {
    tx.prepare_cached(sql)?
        .execute(params_from_iter(row))
        .map(drop)
}

fn fill(tx: &Connection, table: &str, rows: &Table) -> rusqlite::Result<()> {
    for row in rows {
        let marks: Vec<String> = (1..=row.len()).map(|n| format!("?{n}")).collect();
        let sql = format!("INSERT INTO {table} VALUES ({})", marks.join(", "));
        insert(tx, &sql, row)?;
    }
    Ok(())
}

fn all(db: &Connection, sql: &str) -> rusqlite::Result<Table> {
    let mut statement = db.prepare(sql)?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|c| row.get(c)).collect())?;
    rows.collect()
}

fn text(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Text(text) => text,
        other => format!("{other:?}"),
    }
}
