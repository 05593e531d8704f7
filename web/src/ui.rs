//! What every page is made of, whoever reads it.

pub mod assets;
pub mod bay;
pub mod csp;
pub mod frame;
pub mod lang;
pub mod money;
pub mod qr;
pub mod time;
pub mod url;

pub use bay::BayView;
pub use frame::Frame;
pub use lang::Lang;
pub use time::Zone;
