use crate::manager::StaffView;
use crate::text::Text;
use crate::ui::Frame;
use crate::ui::frame::html;
use askama::Template;

/// The shortest password a person may choose (NIST SP 800-63B asks for 8 and advises more).
pub const PASSWORD_CHARS_MIN: usize = 12;

/// `GET /manage/login` and the answer to a refused `POST /manage/login`.
#[derive(Debug, Clone)]
pub struct LoginPage {
    pub frame: Frame,
    /// The path to go to afterwards; the handler must check that it is one of ours.
    pub next: String,
    pub login_typed: String,
    pub error: Option<LoginError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LoginError {
    TooMany,
    /// One answer for an unknown login and a wrong password.
    BadCredentials,
    SessionEnded,
}

/// `GET /manage/password` and the answer to a refused `POST /manage/password`.
#[derive(Debug, Clone)]
pub struct ChangePasswordPage {
    pub frame: Frame,
    pub staff: StaffView,
    /// Signed in with a one-time password: it must be replaced before anything else.
    pub first: bool,
    pub error: Option<PasswordError>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordError {
    WrongCurrent,
    TooShort,
    TooLong,
    SameAsOld,
    Mismatch,
}

impl PasswordError {
    /// The id of the field to correct.
    pub(crate) fn field(&self) -> &'static str {
        match self {
            Self::WrongCurrent => "current",
            Self::TooShort | Self::TooLong | Self::SameAsOld => "new_password",
            Self::Mismatch => "repeat",
        }
    }
}

#[derive(Template)]
#[template(path = "manager/login.html")]
struct LoginTemplate<'a> {
    p: &'a LoginPage,
    t: &'static Text,
}

#[derive(Template)]
#[template(path = "manager/password.html")]
struct PasswordTemplate<'a> {
    p: &'a ChangePasswordPage,
    t: &'static Text,
    here: &'static str,
}

impl LoginPage {
    pub fn render(&self) -> String {
        html(&LoginTemplate {
            p: self,
            t: self.frame.lang.text(),
        })
    }
}

impl ChangePasswordPage {
    pub fn render(&self) -> String {
        html(&PasswordTemplate {
            p: self,
            t: self.frame.lang.text(),
            here: "password",
        })
    }

    fn has_error_at(&self, field: &str) -> bool {
        self.error.is_some_and(|error| error.field() == field)
    }
}
