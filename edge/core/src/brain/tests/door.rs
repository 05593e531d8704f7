//! Cards, codes and carried grants, and the limits of what they may cost.

mod cards;
mod carried;
mod codes;
mod exposure;
mod vouchers;

/// Carts `a` and `b` stand in slots 1 and 2.
const DOCKED: &str = "
    at 1000: 1 tag a; 1 in; 2 tag b; 2 in => show 1 Reading, show 2 Reading
    at 3000 => docked 1 a, docked 2 b, show 1 Accepted with Accepted, show 2 Accepted with Accepted
    at 10000 => show 1 Ready, show 2 Ready
";

fn after_docked(text: &str) -> super::Script {
    super::Script::play(&format!("{DOCKED}{text}"))
}
