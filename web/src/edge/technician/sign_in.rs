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

/// The page of the challenge; `refused` is the code of why the last answer was not taken.
pub fn sign_in(shell: &Shell, challenge: &str, refused: Option<&str>) -> String {
    let w = words(shell.lang);
    html(&SignIn {
        t: text::text(shell.lang),
        w,
        shell,
        challenge,
        refused: refused.map_or("", |code| (w.refused)(code)),
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
    refused: &'a str,
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
