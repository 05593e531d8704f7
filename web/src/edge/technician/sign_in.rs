//! The door: a challenge to answer, or a code to be enrolled with.

use super::Shell;
use crate::edge::text::technician::{Words, words};
use crate::edge::text::{self, Text};
use crate::edge::{BASE_CSS, STATUS_CSS, TECHNICIAN_CSS};
use crate::ui::frame::html;
use crate::ui::{Lang, assets};
use askama::Template;

pub const PATH: &str = "/sign-in";
pub const ENROL_PATH: &str = "/enrol";

/// Why no answer is taken, or the last one was not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused<'a> {
    /// Too many were wrong: nobody may answer for these seconds.
    Closed(u64),
    Code(&'a str),
}

/// The page of the challenge. `gateway` is the id that a signed answer must name.
pub fn sign_in(
    shell: &Shell,
    challenge: &str,
    gateway: Option<&str>,
    refused: Option<Refused<'_>>,
) -> String {
    let w = words(shell.lang);
    html(&SignIn {
        t: text::text(shell.lang),
        w,
        shell,
        challenge,
        gateway: gateway.unwrap_or("–"),
        refused: match refused {
            None => String::new(),
            Some(Refused::Closed(seconds)) => (w.closed)(seconds),
            Some(Refused::Code(code)) => (w.refused)(code).to_owned(),
        },
    })
}

/// The page where a gateway without enrolment takes a code.
pub fn enrol(shell: &Shell) -> String {
    html(&Enrol {
        t: text::text(shell.lang),
        w: words(shell.lang),
        shell,
    })
}

#[derive(Template)]
#[template(path = "edge/sign_in.html")]
struct SignIn<'a> {
    t: &'a Text,
    w: &'a Words,
    shell: &'a Shell,
    challenge: &'a str,
    gateway: &'a str,
    refused: String,
}

#[derive(Template)]
#[template(path = "edge/enrol.html")]
struct Enrol<'a> {
    t: &'a Text,
    w: &'a Words,
    shell: &'a Shell,
}

impl SignIn<'_> {
    fn lang(&self) -> Lang {
        self.shell.lang
    }

    /// In two groups, as people read it out.
    fn grouped(&self) -> String {
        let (first, second) = self.challenge.split_at(self.challenge.len() / 2);
        format!("{first} {second}")
    }
}

impl Enrol<'_> {
    fn lang(&self) -> Lang {
        self.shell.lang
    }
}
