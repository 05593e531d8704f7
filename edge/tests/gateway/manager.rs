//! A service manager, as far as a gateway can tell.

use crate::cloud::PATIENCE;
use tempfile::TempDir;
use tokio::net::UnixDatagram;

pub(crate) struct Manager {
    dir: TempDir,
    pub(crate) socket: UnixDatagram,
}

impl Manager {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let socket = UnixDatagram::bind(dir.path().join("notify")).unwrap();
        Self { dir, socket }
    }

    pub(crate) fn path(&self) -> String {
        self.dir.path().join("notify").display().to_string()
    }

    /// Everything said up to and with the first message that begins with `wanted`.
    pub(crate) async fn hear(&self, wanted: &str) -> Vec<String> {
        let mut heard: Vec<String> = vec![];
        let listening = async {
            while !heard.last().is_some_and(|last| last.starts_with(wanted)) {
                let mut buffer = [0; 1024];
                let length = self.socket.recv(&mut buffer).await.unwrap();
                heard.push(String::from_utf8(buffer[..length].to_vec()).unwrap());
            }
        };
        let patient = tokio::time::timeout(PATIENCE, listening).await;
        assert!(patient.is_ok(), "waited for {wanted} in vain: {heard:#?}");
        heard
    }

    /// Listens on while something else is waited for: a sender waits where nobody does.
    pub(crate) async fn meanwhile<T>(&self, work: impl Future<Output = T>) -> T {
        let listening = async { while self.socket.recv(&mut [0; 1024]).await.is_ok() {} };
        let work = tokio::time::timeout(PATIENCE, work);
        tokio::select! {
            done = work => done.expect("it comes to an end"),
            () = listening => panic!("the socket is gone"),
        }
    }

    pub(crate) fn has_heard_nothing_more(&self) -> bool {
        self.socket.try_recv(&mut [0; 1024]).is_err()
    }
}
