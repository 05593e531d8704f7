//! A manager's browser.

use crate::http::{Answer, FORM, cookie_of, form, send, send_with};
use crate::system::System;

/// Signed in. Ends with the value; the session lives on in the cloud.
#[derive(Debug)]
pub struct Staff {
    base: String,
    cookie: String,
}

impl Staff {
    /// Adds a manager, who signs in with the one-time password and makes a new one.
    pub fn enters(system: &System, password: &str) -> Self {
        Self::hired(system, "gerencia", password)
    }

    /// As [`Self::enters`], by this name.
    pub fn hired(system: &System, login: &str, password: &str) -> Self {
        let once = system.volta_cloud(&["add-staff", "--login", login, "--role", "manager"]);
        let staff = Self::signs_in(system, login, once.trim());
        let fields = form(&[
            ("current", once.trim()),
            ("new_password", password),
            ("repeat", password),
        ]);
        let changed = staff.posts("/manage/password", &fields);
        assert_eq!(changed.status, 303, "{}", changed.body);
        Self {
            cookie: match changed.headers.contains_key("set-cookie") {
                true => cookie_of(&changed),
                false => staff.cookie,
            },
            ..staff
        }
    }

    /// Somebody who has a password of their own.
    pub fn signs_in(system: &System, login: &str, password: &str) -> Self {
        let base = system.cloud_url();
        let fields = form(&[("login", login), ("password", password)]);
        let entered = send("POST", &format!("{base}/manage/login"), FORM, &fields);
        assert_eq!(entered.status, 303, "{}", entered.body);
        Self {
            cookie: cookie_of(&entered),
            base,
        }
    }

    pub fn posts(&self, path: &str, body: &str) -> Answer {
        let headers = [("content-type", FORM), ("cookie", self.cookie.as_str())];
        send_with("POST", &format!("{}{path}", self.base), &headers, body)
    }

    pub fn reads(&self, path: &str) -> String {
        let headers = [("cookie", self.cookie.as_str())];
        let answer = send_with("GET", &format!("{}{path}", self.base), &headers, "");
        assert_eq!(answer.status, 200, "{}: {}", answer.asked, answer.body);
        answer.body
    }
}
