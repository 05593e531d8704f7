/// What stands in the way of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RefundObstacle {
    InfractionOpen,
    WindowOver,
    NoBalance,
    AboveAmount,
    AccountGone,
    AccountBlocked,
    NotReturnable,
    TimedOut,
    Duplicate,
    Fraud,
    Other,
}

/// Why the bank gave a Pix back by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReturnNature {
    Original,
    MedFraud,
    MedOperational,
    MedRecurring,
    Other,
}
