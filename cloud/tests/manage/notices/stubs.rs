//! Servers of others: a mail server, and one that takes POST requests.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

/// What a mail server does with the next connection; after the last it accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mood {
    /// Says this to the recipient.
    Rcpt(&'static str),
    /// Takes the connection and says nothing.
    Hang,
    /// Takes the whole mail, and closes without a word.
    Silent,
}

#[derive(Clone)]
pub(super) struct MailServer {
    pub(super) port: u16,
    moods: Arc<Mutex<VecDeque<Mood>>>,
    mails: Arc<Mutex<Vec<String>>>,
    commands: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub(super) fn start(runtime: &Runtime, moods: &[Mood]) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("loopback has a free port");
        let server = Self {
            port: listener.local_addr().expect("a bound listener").port(),
            moods: Arc::new(Mutex::new(moods.iter().copied().collect())),
            mails: Arc::default(),
            commands: Arc::default(),
        };
        let serving = server.clone();
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mood = serving.moods.lock().expect("no panic").pop_front();
                let serving = serving.clone();
                tokio::spawn(async move {
                    let _ = serving.talk(stream, mood).await;
                });
            }
        });
        server
    }

    pub(super) fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    pub(super) fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("no panic").clone()
    }

    pub(super) fn commands(&self) -> Vec<String> {
        self.commands.lock().expect("no panic").clone()
    }

    async fn talk(&self, stream: TcpStream, mood: Option<Mood>) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        if mood == Some(Mood::Hang) {
            let mut line = String::new();
            return stream.read_line(&mut line).await.map(drop);
        }
        stream.write_all(b"220 mail.loja.example ESMTP\r\n").await?;
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 0 {
            let command = std::mem::take(&mut line);
            let verb = command.trim_end().to_ascii_uppercase();
            self.commands.lock().expect("no panic").push(command);
            let answer = match verb.split(' ').next().unwrap_or_default() {
                "EHLO" => "250-mail.loja.example\r\n250 8BITMIME",
                "RCPT" => match mood {
                    Some(Mood::Rcpt(answer)) => answer,
                    _ => "250 2.1.5 OK",
                },
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let mut mail = String::new();
                    while !mail.ends_with("\r\n.\r\n") && stream.read_line(&mut mail).await? > 0 {}
                    self.mails.lock().expect("no panic").push(mail);
                    if mood == Some(Mood::Silent) {
                        return Ok(());
                    }
                    "250 2.0.0 taken"
                }
                _ => "250 2.0.0 OK",
            };
            stream.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}

/// A request that was taken.
#[derive(Debug, Clone)]
pub(super) struct Posted {
    pub(super) path: String,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

impl Posted {
    pub(super) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name);
        value.map_or("", |value| value.to_str().expect("ASCII"))
    }
}

/// Answers with these in turn, then with 201.
#[derive(Clone)]
pub(super) struct PostServer {
    pub(super) origin: String,
    answers: Arc<Mutex<VecDeque<Answer>>>,
    posted: Arc<Mutex<Vec<Posted>>>,
}

pub(super) type Answer = (u16, Option<(&'static str, &'static str)>);

impl PostServer {
    pub(super) fn start(runtime: &Runtime, answers: &[Answer]) -> Self {
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0"));
        let listener = listener.expect("loopback has a free port");
        let address = listener.local_addr().expect("a bound listener");
        let server = Self {
            origin: format!("http://{address}"),
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            posted: Arc::default(),
        };
        let app = Router::new().fallback(take).with_state(server.clone());
        runtime.spawn(async move { axum::serve(listener, app).await });
        server
    }

    pub(super) fn posted(&self) -> Vec<Posted> {
        self.posted.lock().expect("no panic").clone()
    }
}

async fn take(
    State(server): State<PostServer>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<String> {
    server.posted.lock().expect("no panic").push(Posted {
        path: uri.path().to_owned(),
        headers,
        body,
    });
    let answer = server.answers.lock().expect("no panic").pop_front();
    let (status, header) = answer.unwrap_or((201, None));
    let mut response = Response::new("a word of the server".to_owned());
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    if let Some((name, value)) = header {
        response
            .headers_mut()
            .insert(name, value.parse().expect("ASCII"));
    }
    response
}
