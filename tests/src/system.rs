//! The four programs, started, killed and started again.

use crate::bank::Bank;
use crate::database::Database;
use crate::dock::Dock;
use crate::http::{eventually, get, in_time, try_send};
use crate::options::{BANK, CLOUD, NORTE, Options, SUL};
use crate::process::{Process, Program, run_to_its_end};
use serde_json::Value;
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use tempfile::TempDir;

/// Two tests may pick the same port at the same moment.
const ATTEMPTS_MAX: usize = 5;

/// Below the range from which the kernel gives ports to outgoing connections: what was free stays
/// free over a restart.
const PORTS: std::ops::Range<u16> = 10_000..32_000;

/// A running system in a folder of its own. Ends with the value; a failing test shows its logs.
#[derive(Debug)]
pub struct System {
    processes: BTreeMap<&'static str, Process>,
    ports: Ports,
    options: Options,
    dir: TempDir,
}

#[derive(Debug, Clone, Copy)]
struct Ports {
    bank: u16,
    cloud: u16,
    ops: u16,
    mqtt: u16,
    norte: u16,
    sul: u16,
}

impl System {
    /// Answers when the bank knows the cloud and every dock shows its carts.
    pub fn start(options: &Options) -> Self {
        for _ in 0..ATTEMPTS_MAX {
            let mut system = Self::prepared(options.clone());
            if system.started() {
                system.await_docks();
                return system;
            }
        }
        panic!("no free ports in {ATTEMPTS_MAX} attempts");
    }

    fn prepared(options: Options) -> Self {
        let mut system = Self {
            processes: BTreeMap::new(),
            ports: Ports::free(),
            options,
            dir: tempfile::tempdir().expect("a test machine has a temporary folder"),
        };
        let names = [(BANK, Program::Bank), (CLOUD, Program::Cloud)];
        let docks = system.options.docks();
        let gateways = docks.into_iter().map(|dock| (dock, Program::Gateway));
        for (name, program) in names.into_iter().chain(gateways) {
            let mut env = match name {
                BANK => system.bank_env(),
                CLOUD => system.cloud_env(),
                dock => system.gateway_env(dock),
            };
            env.extend(system.options.env_of(name));
            let process = Process::new(name, program, env, system.dir.path());
            system.processes.insert(name, process);
        }
        system
    }

    /// False: another program took a port meanwhile.
    fn started(&mut self) -> bool {
        self.volta_cloud(&["seed-demo"]);
        if let Some(seconds) = self.options.payment_window() {
            // The managers' page for this is a later issue; nothing serves from the file yet.
            self.cloud_db()
                .change("UPDATE policy SET payment_window_seconds = ?1", &[&seconds]);
        }
        for (name, health) in [
            (BANK, self.bank().url + "/control/health"),
            (CLOUD, self.ready()),
        ] {
            if !self.launch(name, &health) {
                return false;
            }
        }
        for dock in self.options.docks() {
            let code = self.volta_cloud(&["enrolment-code", "--dock", dock]);
            self.set_env(dock, "VOLTA_GATEWAY_ENROLMENT_CODE", code.trim());
            let page = self.dock(dock).url + "/";
            if !self.launch(dock, &page) {
                return false;
            }
        }
        true
    }

    fn launch(&mut self, name: &'static str, health: &str) -> bool {
        self.process(name).start();
        let came = eventually(&format!("{name} answers"), || {
            if try_send("GET", health, "", "").is_ok_and(|a| a.status == 200) {
                return Some(true);
            }
            self.process(name).exit().map(|_| false)
        });
        let log = self.log(name);
        let clash = ["in use", "cannot listen"].iter().any(|w| log.contains(w));
        assert!(came || clash, "{name} does not start:\n{log}");
        came
    }

    fn await_docks(&self) {
        let calls_back = self.processes[CLOUD]
            .env
            .get("VOLTA_CLOUD_CALLBACK_URL")
            .is_some_and(|url| !url.is_empty());
        if calls_back {
            eventually("the bank knows where to call back", || {
                (self.bank().succeeded("webhook.put") > 0).then_some(())
            });
        }
        for dock in self.options.docks() {
            self.await_carts(dock, self.options.cart_count(dock));
        }
    }

    /// Waits until the cloud sees a dock online, at rest, with so many carts.
    pub fn await_carts(&self, dock: &str, carts: u64) {
        let url = format!("{}/api/v1/docks/{dock}", self.cloud_url());
        let mut last = String::new();
        let came = in_time(|| {
            last = try_send("GET", &url, "", "").ok()?.body;
            let seen: Value = serde_json::from_str(&last).ok()?;
            let bays = seen["bays"].as_array()?;
            let here: u64 = bays.iter().filter_map(|bay| bay["carts"].as_u64()).sum();
            let rests = |bay: &Value| matches!(bay["state"].as_str(), Some("vacant" | "occupied"));
            let settled = seen["online"] == true && bays.iter().all(rests);
            (settled && here == carts).then_some(())
        });
        assert!(came.is_some(), "waited in vain for {carts} carts: {last}");
    }

    pub fn cloud_url(&self) -> String {
        local(self.ports.cloud)
    }

    /// Where operators read metrics.
    pub fn ops_url(&self) -> String {
        local(self.ports.ops)
    }

    pub fn bank(&self) -> Bank {
        Bank {
            url: local(self.ports.bank),
        }
    }

    /// The simulator of a dock.
    pub fn dock(&self, name: &str) -> Dock {
        let port = match name {
            NORTE => self.ports.norte,
            SUL => self.ports.sul,
            _ => panic!("there is no dock {name}"),
        };
        Dock { url: local(port) }
    }

    /// The folder of databases, keys and logs.
    pub fn folder(&self) -> &Path {
        self.dir.path()
    }

    pub fn cloud_db(&self) -> Database {
        Database::open(&self.file("cloud.db"))
    }

    pub fn journal(&self, dock: &str) -> Database {
        Database::open(&self.file(dock).join("journal.db"))
    }

    /// The docks whose gateways belong to this system.
    pub fn docks(&self) -> Vec<&'static str> {
        self.options.docks()
    }

    pub fn log(&self, name: &str) -> String {
        self.processes[name].log()
    }

    /// SIGKILL; gone when this returns.
    pub fn kill9(&mut self, name: &str) {
        self.process(name).kill9();
    }

    /// SIGTERM; the exit status.
    pub fn terminate(&mut self, name: &str) -> ExitStatus {
        self.process(name).terminate()
    }

    /// Waits for a process to kill itself at its crash point.
    pub fn await_crash(&mut self, name: &str) {
        self.process(name).crashed();
    }

    /// Kills a process that still runs, and starts it again with the same data and ports.
    pub fn restart(&mut self, name: &'static str) {
        self.kill9(name);
        let health = match name {
            BANK => self.bank().url + "/control/health",
            CLOUD => self.ready(),
            dock => self.dock(dock).url + "/",
        };
        assert!(self.launch(name, &health), "{name}: a port was taken");
    }

    pub fn is_running(&mut self, name: &str) -> bool {
        self.process(name).is_running()
    }

    /// From the next start on.
    pub fn set_env(&mut self, name: &str, variable: &str, value: &str) {
        let env = &mut self.process(name).env;
        env.insert(variable.to_owned(), value.to_owned());
    }

    pub fn clear_env(&mut self, name: &str, variable: &str) {
        self.process(name).env.remove(variable);
    }

    /// Restarts a process that will kill itself at `point`.
    pub fn arm_crash(&mut self, name: &'static str, point: &str) {
        let variable = crash_variable(name);
        self.set_env(name, variable, point);
        self.restart(name);
    }

    /// Waits for the crash, and starts the process again without the crash point.
    pub fn crash_and_return(&mut self, name: &'static str) {
        self.await_crash(name);
        self.clear_env(name, crash_variable(name));
        self.restart(name);
    }

    /// Runs a command of the cloud on the same database; what it prints.
    pub fn volta_cloud(&self, args: &[&str]) -> String {
        let env = &self.processes[CLOUD].env;
        let env: Vec<_> = env.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        let output = run_to_its_end(Program::Cloud, args, &env);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "volta-cloud {args:?}: {said}");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// One figure of the cloud's metrics page, summed over its labels.
    pub fn metric(&self, name: &str) -> u64 {
        let page = get(&format!("{}/metrics", self.ops_url())).body;
        let lines = page.lines().filter(|line| {
            let rest = line.strip_prefix(name);
            rest.is_some_and(|rest| rest.starts_with([' ', '{']))
        });
        lines
            .filter_map(|line| line.rsplit(" ").next()?.parse::<u64>().ok())
            .sum()
    }

    fn process(&mut self, name: &str) -> &mut Process {
        let found = self.processes.get_mut(name);
        found.unwrap_or_else(|| panic!("there is no process {name}"))
    }

    fn ready(&self) -> String {
        self.cloud_url() + "/health/ready"
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn bank_env(&self) -> BTreeMap<String, String> {
        settings(&[
            ("VOLTA_BANK_LISTEN", host(self.ports.bank)),
            ("VOLTA_BANK_DATABASE", shown(&self.file("bank.db"))),
        ])
    }

    fn cloud_env(&self) -> BTreeMap<String, String> {
        let bank = self.bank().url;
        settings(&[
            ("VOLTA_CLOUD_LISTEN", host(self.ports.cloud)),
            ("VOLTA_CLOUD_OPS_LISTEN", host(self.ports.ops)),
            ("VOLTA_CLOUD_MQTT_LISTEN", host(self.ports.mqtt)),
            ("VOLTA_CLOUD_PUBLIC_URL", self.cloud_url()),
            ("VOLTA_CLOUD_DATABASE", shown(&self.file("cloud.db"))),
            ("VOLTA_CLOUD_KEY_FILE", shown(&self.file("cloud.key"))),
            ("VOLTA_CLOUD_BANK_URL", format!("{bank}/v2")),
            ("VOLTA_CLOUD_BANK_TOKEN_URL", format!("{bank}/oauth/token")),
            (
                "VOLTA_CLOUD_CALLBACK_URL",
                self.cloud_url() + "/pix/callback",
            ),
        ])
    }

    fn gateway_env(&self, dock: &str) -> BTreeMap<String, String> {
        let (neighbour, name) = match dock {
            NORTE => (SUL, "Ponto Sul"),
            _ => (NORTE, "Ponto Norte"),
        };
        let here = self.dock(dock).url;
        settings(&[
            ("VOLTA_GATEWAY_LISTEN", here.replace("http://", "")),
            ("VOLTA_GATEWAY_DATA_DIR", shown(&self.file(dock))),
            ("VOLTA_GATEWAY_CLOUD_URL", self.cloud_url()),
            ("VOLTA_GATEWAY_BAYS", Options::bays().to_owned()),
            ("VOLTA_GATEWAY_SIM_CARTS", self.options.carts_of(dock)),
            (
                "VOLTA_GATEWAY_SIM_NEIGHBOURS",
                format!("{name}={}", self.dock(neighbour).url),
            ),
        ])
    }
}

impl Drop for System {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for process in self.processes.values() {
                eprintln!("{}", process.log_tail());
            }
        }
    }
}

impl Ports {
    fn free() -> Self {
        // Held until all are chosen, so that no two are the same.
        let held: [TcpListener; 6] = std::array::from_fn(|_| free_port());
        let port = |at: usize| held[at].local_addr().expect("a bound socket").port();
        Self {
            bank: port(0),
            cloud: port(1),
            ops: port(2),
            mqtt: port(3),
            norte: port(4),
            sul: port(5),
        }
    }
}

fn free_port() -> TcpListener {
    loop {
        let mut bytes = [0u8; 2];
        getrandom::fill(&mut bytes).expect("a test machine has randomness");
        let span = PORTS.end - PORTS.start;
        let port = PORTS.start + u16::from_le_bytes(bytes) % span;
        if let Ok(listener) = TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
            return listener;
        }
    }
}

fn crash_variable(name: &str) -> &'static str {
    match name {
        CLOUD => "VOLTA_CLOUD_CRASH_AT",
        NORTE | SUL => "VOLTA_GATEWAY_CRASH_AT",
        _ => panic!("{name} has no crash points"),
    }
}

fn settings(pairs: &[(&str, String)]) -> BTreeMap<String, String> {
    let owned = |(name, value): &(&str, String)| ((*name).to_owned(), value.clone());
    pairs.iter().map(owned).collect()
}

fn host(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

fn local(port: u16) -> String {
    format!("http://127.0.0.1:{port}")
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
