//! A bank that shows late what it has done.

use system_tests::{Fault, one_journey};

/// Its reads lag: a paid charge without its Pix, a Pix and a devolução that are not there yet.
#[test]
fn trap_08_stale_reads_delay_a_journey_and_change_nothing_else() {
    assert_eq!(one_journey(Fault::StaleReads), Vec::<String>::new());
}
