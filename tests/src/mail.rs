//! A mail server that takes everything and sends nothing on.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// Takes mails until the test's process ends.
#[derive(Debug, Clone)]
pub struct MailServer {
    port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback has a free port");
        let server = Self {
            port: listener.local_addr().expect("a bound listener").port(),
            mails: Arc::default(),
        };
        let serving = server.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serving = serving.clone();
                thread::spawn(move || serving.talk(stream));
            }
        });
        server
    }

    /// For `VOLTA_CLOUD_SMTP_URL`.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}?tls=none", self.port)
    }

    /// What was taken, in its order: head and body, encoded as it was sent.
    pub fn mails(&self) -> Vec<String> {
        let mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
        mails.clone()
    }

    fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut answers = stream.try_clone()?;
        let mut lines = BufReader::new(stream);
        answers.write_all(b"220 mail.loja.example ESMTP\r\n")?;
        let mut line = String::new();
        while lines.read_line(&mut line)? > 0 {
            let verb = line.trim_end().to_ascii_uppercase();
            line.clear();
            let answer = match verb.split(' ').next() {
                Some("EHLO") => "250-mail.loja.example\r\n250 8BITMIME",
                Some("DATA") => {
                    answers.write_all(b"354 go on\r\n")?;
                    let mut mail = String::new();
                    while !mail.ends_with("\r\n.\r\n") && lines.read_line(&mut mail)? > 0 {}
                    let mut mails = self.mails.lock().unwrap_or_else(PoisonError::into_inner);
                    mails.push(mail);
                    "250 taken"
                }
                _ => "250 OK",
            };
            answers.write_all(format!("{answer}\r\n").as_bytes())?;
        }
        Ok(())
    }
}
