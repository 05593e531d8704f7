//! The gateway as its own process, in a directory of its own.

use crate::cloud::{CODE, Cloud, PATIENCE};
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

pub(crate) struct Place {
    dir: TempDir,
    cloud_url: String,
}

/// A running gateway, killed when dropped.
pub(crate) struct Running {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    grown: tokio::sync::watch::Receiver<usize>,
}

impl Place {
    pub(crate) fn new(cloud: &Cloud) -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
            cloud_url: cloud.url.clone(),
        }
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.data().join(name)
    }

    /// A gateway with a slot 1 that holds a cart, an empty slot 2 and a lane 3.
    pub(crate) fn command(&self, extra: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_volta-gateway"));
        command
            .env_clear()
            .env("VOLTA_GATEWAY_CLOUD_URL", &self.cloud_url)
            .env("VOLTA_GATEWAY_DATA_DIR", self.data())
            .env("VOLTA_GATEWAY_LISTEN", "127.0.0.1:0")
            .env("VOLTA_GATEWAY_ENROLMENT_CODE", CODE)
            .env("VOLTA_GATEWAY_HARDWARE", "simulated")
            .env("VOLTA_GATEWAY_BAYS", "1:slot,2:slot,3:lane:6")
            .env("VOLTA_GATEWAY_SIM_CARTS", "1=04a1b2c3")
            .env("VOLTA_GATEWAY_LOG_FORMAT", "json")
            .envs(extra.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) fn start(&self, extra: &[(&str, &str)]) -> Running {
        Running::of(self.command(extra))
    }

    /// Starts a gateway that is expected to refuse, and returns what it says.
    pub(crate) async fn refusal(&self, extra: &[(&str, &str)]) -> (Option<i32>, String) {
        let ended = tokio::time::timeout(PATIENCE, self.command(extra).output()).await;
        let output: Output = ended.expect("it refuses to start").unwrap();
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.code(), text)
    }
}

impl Running {
    pub(crate) fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let log = Arc::new(Mutex::new(Vec::new()));
        let (growing, grown) = tokio::sync::watch::channel(0);
        let written = Arc::clone(&log);
        tokio::spawn(async move {
            while let Ok(Some(line)) = lines.next_line().await {
                written.lock().unwrap().push(line);
                growing.send_modify(|count| *count += 1);
            }
        });
        Self { child, log, grown }
    }

    pub(crate) async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// SIGTERM; the exit code.
    pub(crate) async fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().unwrap().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status();
        assert!(sent.unwrap().success());
        self.child.wait().await.unwrap().code()
    }

    /// Waits for the process to abort itself at its crash point.
    pub(crate) async fn crashed(mut self) {
        use std::os::unix::process::ExitStatusExt as _;
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("it reaches its crash point").unwrap();
        assert_eq!(status.signal(), Some(6), "aborted by itself: {status}");
    }

    /// Waits for the process to end; its exit code and all it said.
    pub(crate) async fn ended(mut self) -> (Option<i32>, String) {
        let ended = tokio::time::timeout(PATIENCE, self.child.wait()).await;
        let status = ended.expect("it ends").unwrap();
        while self.grown.changed().await.is_ok() {}
        (status.code(), self.log())
    }

    /// Waits for a log line that contains `text`.
    pub(crate) async fn logged(&mut self, text: &str) -> String {
        let line = tokio::time::timeout(PATIENCE, self.find(text)).await;
        line.unwrap_or_else(|_| panic!("waited for {text} in vain"))
    }

    async fn find(&mut self, text: &str) -> String {
        loop {
            let found = self
                .log
                .lock()
                .unwrap()
                .iter()
                .find(|l| l.contains(text))
                .cloned();
            if let Some(line) = found {
                return line;
            }
            assert!(
                self.grown.changed().await.is_ok(),
                "ended without saying {text}: {:#?}",
                self.log.lock().unwrap()
            );
        }
    }

    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// The address of one of its pages.
    pub(crate) async fn url(&mut self, path: &str) -> String {
        let line = self.logged("page.address").await;
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let page = line["fields"]["page.address"].as_str().unwrap();
        format!("http://{page}{path}")
    }

    pub(crate) async fn get(&mut self, path: &str) -> String {
        let url = self.url(path).await;
        let answer = client().get(&url).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.text().await.unwrap()
    }

    /// Status and text of a page, as a reader who accepts this is answered.
    pub(crate) async fn ask(&mut self, path: &str, accept: &str) -> (u16, String) {
        let url = self.url(path).await;
        ask(&url, accept).await
    }

    /// Sends a form; where it leads.
    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> String {
        let url = self.url(path).await;
        let answer = client().post(&url).form(form).send().await.unwrap();
        assert_eq!(answer.status(), 303, "{path}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// What a visitor of the simulated dock does; the status of the answer.
    pub(crate) async fn hand(&mut self, verb: &str, body: serde_json::Value) -> u16 {
        let url = self.url(&format!("/simulator/api/{verb}")).await;
        let answer = client().post(&url).json(&body).send().await.unwrap();
        answer.status().as_u16()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id().unwrap()
    }

    /// What a page of somebody else's gets when it has a visitor's browser post here.
    pub(crate) async fn post_from_another_site(&mut self, path: &str) -> u16 {
        let url = self.url(path).await;
        let request = client()
            .post(&url)
            .header("origin", "https://elsewhere.example");
        request.send().await.unwrap().status().as_u16()
    }

    /// Pulls the cart out of a simulated bay as soon as its bolt lets it go.
    pub(crate) async fn pull(&mut self, bay: u16) {
        let client = client();
        let url = self.url("/simulator/api/pull").await;
        let pulled = async {
            let body = serde_json::json!({ "bay": bay });
            // A crash point behind the pull may end the process before it answers.
            while let Ok(answer) = client.post(&url).json(&body).send().await {
                if answer.status().is_success() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let patient = tokio::time::timeout(PATIENCE, pulled).await;
        patient.expect("the bolt lets the cart go");
    }
}

pub(crate) async fn ask(url: &str, accept: &str) -> (u16, String) {
    let asked = client().get(url).header("accept", accept);
    let answer = asked.send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap()
}

impl Drop for Running {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the gateway said:\n{}", self.log());
        }
    }
}

pub(crate) fn mode_of(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}
