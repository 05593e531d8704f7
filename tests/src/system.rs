//! The four programs, started, killed and started again.

mod money;
mod setup;
mod technician;

use crate::bank::Bank;
use crate::clock::Clock;
use crate::database::Database;
use crate::dock::Dock;
use crate::http::{eventually, get, in_time, try_send};
use crate::options::{BANK, CLOUD, NORTE, Options, SUL};
use crate::process::{Process, Program, run_to_its_end};
use crate::proxy::{Proxy, Route};
use serde_json::Value;
use setup::{Ports, crash_variable, local};
use shared::time::UnixMs;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output};
use tempfile::TempDir;

/// Two tests may pick the same port at the same moment.
const ATTEMPTS_MAX: usize = 5;

/// A running system in a folder of its own. Ends with the value; a failing test shows its logs.
#[derive(Debug)]
pub struct System {
    processes: BTreeMap<&'static str, Process>,
    network: Option<Proxy>,
    clock: Option<Clock>,
    ports: Ports,
    options: Options,
    dir: TempDir,
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
            network: None,
            clock: None,
            ports: Ports::free(),
            options,
            dir: tempfile::tempdir().expect("a test machine has a temporary folder"),
        };
        if let Some(moment) = system.options.starts() {
            let clock = Clock::in_folder(system.dir.path());
            clock.set(moment);
            system.clock = Some(clock);
        }
        let names = [(BANK, Program::Bank), (CLOUD, Program::Cloud)];
        let docks = system.options.docks();
        let gateways = docks.into_iter().map(|dock| (dock, Program::Gateway));
        for (name, program) in names.into_iter().chain(gateways) {
            let mut env = match name {
                BANK => system.bank_env(),
                CLOUD => system.cloud_env(),
                dock => system.gateway_env(dock),
            };
            env.extend(system.clock.iter().flat_map(Clock::env));
            env.extend(system.options.env_of(name));
            let process = Process::new(name, program, env, system.dir.path());
            system.processes.insert(name, process);
        }
        system
    }

    /// False: another program took a port meanwhile.
    fn started(&mut self) -> bool {
        if self.options.is_proxied() {
            let route = |listen, to| Route { listen, to };
            let sync = route(self.ports.sync, self.ports.cloud);
            let hints = route(self.ports.hints, self.ports.mqtt);
            match Proxy::start(sync, hints) {
                Ok(proxy) => self.network = Some(proxy),
                Err(_) => return false,
            }
        }
        self.volta_cloud(&["seed-demo"]);
        for (number, value) in self.options.policy_numbers() {
            let sql = format!("UPDATE policy SET {number} = ?1");
            self.cloud_db().change(&sql, &[value]);
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
            self.await_carts(dock, self.carts(dock));
        }
    }

    /// How many carts a dock began with.
    pub(crate) fn carts(&self, dock: &str) -> u64 {
        self.options.cart_count(dock)
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

    pub fn cloud_port(&self) -> u16 {
        self.ports.cloud
    }

    /// Where gateways find the cloud.
    pub(crate) fn uplink_url(&self) -> String {
        match self.options.is_proxied() {
            true => local(self.ports.sync),
            false => self.cloud_url(),
        }
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

    /// The network between docks and cloud of a system with [`Options::through_proxy`].
    pub fn network(&self) -> &Proxy {
        let network = self.network.as_ref();
        network.expect("a test that spoils the network asks for one")
    }

    /// What the programs' clocks say, in a system with [`Options::starting`].
    pub fn now(&self) -> UnixMs {
        self.clock().now()
    }

    /// Lets the time until `moment` pass for all programs.
    pub fn wait_until(&self, moment: UnixMs) {
        self.clock().set(moment);
    }

    fn clock(&self) -> &Clock {
        let clock = self.clock.as_ref();
        clock.expect("a test that moves time says when it starts")
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

    /// Resident memory of a process now and at most, in KiB.
    pub fn resident_kib(&self, name: &str) -> (u64, u64) {
        let path = format!("/proc/{}/status", self.pid(name));
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let of = |field: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(field))?;
            line.trim_end_matches("kB").trim().parse().ok()
        };
        let figure = |field| of(field).unwrap_or(0);
        (figure("VmRSS:"), figure("VmHWM:"))
    }

    /// Of a process that runs.
    pub fn pid(&self, name: &str) -> u32 {
        self.processes[name].pid()
    }

    /// Files and connections that a process has open.
    pub fn open_files(&self, name: &str) -> usize {
        let path = format!("/proc/{}/fd", self.processes[name].pid());
        std::fs::read_dir(path).map_or(0, Iterator::count)
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

    /// Changes the cloud's database behind its back.
    pub fn plant(&self, sql: &str) {
        self.cloud_db().change(sql, &[]);
    }

    /// Runs a command of the cloud on the same database, however it ends.
    pub fn try_volta_cloud(&self, args: &[&str]) -> Output {
        let env = &self.processes[CLOUD].env;
        let env: Vec<_> = env.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        run_to_its_end(Program::Cloud, args, &env)
    }

    /// Runs a command of the cloud on the same database; what it prints.
    pub fn volta_cloud(&self, args: &[&str]) -> String {
        let output = self.try_volta_cloud(args);
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
