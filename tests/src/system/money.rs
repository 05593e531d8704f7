//! Money that gets older than a test can wait.

use crate::system::System;

impl System {
    /// While the cloud is down: every Pix it received settled so much earlier.
    pub fn age_payments(&self, ms: i64) {
        let sql = "UPDATE payment SET settled_ms = settled_ms - ?1";
        self.cloud_db().change(sql, &[&ms]);
    }
}
