//! The truth table of a bay: each way in which its parts, its customers and the power can fail, with
//! what is recorded, what the lamp says, and what becomes of the deposit.

use super::{Script, no};
use Money::{Alarm, Nothing, Refund, Review, StaysOut};
use shared::dock::Lamp;
use shared::event::Fact;

/// What the cloud does with the last event that concerns a deposit, if one does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Money {
    /// No event says anything of a deposit.
    Nothing,
    /// The deposit goes back.
    Refund,
    /// The deposit waits for a person.
    Review,
    /// The cart is out, and its deposit with it.
    StaysOut,
    /// No deposit is concerned that anybody could name; a person is called.
    Alarm,
}

struct Row {
    what: &'static str,
    /// Where it begins: `EMPTY`, `DOCKED` or `OPENING`.
    from: &'static str,
    script: &'static str,
    lamp: Lamp,
    money: Money,
}

/// Nothing in bay 1.
const EMPTY: &str = "at 19000 =>";

/// Cart `a` in bay 1.
const DOCKED: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
    at 19000: synced =>
";

/// Cart `a` in bay 1, which a paid grant opens at 20 s.
const OPENING: &str = "
    at 1000: 1 tag a; 1 in => show 1 Reading
    at 3000 => docked 1 a, show 1 Accepted with Accepted
    at 10000 => show 1 Ready
    at 19000: synced =>
    at 20000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
";

/// What an event means for a deposit, if anything.
fn consequence(fact: &Fact) -> Option<Money> {
    match fact {
        Fact::CartDocked { .. }
        | Fact::ReleaseExpired { .. }
        | Fact::ReleaseFailed { .. }
        | Fact::GrantRefused { .. } => Some(Refund),
        Fact::ReleaseUnclear { .. } => Some(Review),
        Fact::DockingContradicted { tag: Some(_), .. } => Some(Review),
        Fact::DockingContradicted { tag: None, .. } | Fact::CartLeft { .. } => Some(Alarm),
        Fact::ReleaseStarted { .. } | Fact::CardReleaseStarted { .. } | Fact::CartPulled { .. } => {
            Some(StaysOut)
        }
        Fact::GatewayStarted { .. }
        | Fact::JournalSalvaged { .. }
        | Fact::BayFaulted { .. }
        | Fact::BayRecovered { .. }
        | Fact::CartPlaced { .. }
        | Fact::CartTaken { .. }
        | Fact::VoucherRedeemed { .. }
        | Fact::CommitmentWitnessed { .. }
        | Fact::CommitmentContradicted { .. }
        | Fact::TechnicianActed { .. } => None,
    }
}

const ROWS: &[Row] = &[
    Row {
        what: "a cart is released and pulled",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
            at 25500: 1 shut =>
            at 90000 =>
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "a cart comes back",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 open; 1 in => show 1 Reading
            at 20500: 1 shut =>
            at 22500 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "bolt stuck closed",
        from: OPENING,
        script: "
            at 23000 => unlock 1
            at 26000 => unlock 1
            at 29000 => failed 1 g1 BoltStuckClosed, faulted 1 BoltStuckClosed, lock 1, show 1 OutOfService with Attention
            at 90000 =>
        ",
        lamp: Lamp::OutOfService,
        money: Refund,
    },
    Row {
        what: "bolt stuck open, the cart not pulled",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 80100 => lock 1, show 1 Attention
            at 85100 => pulled 1 g1 a, faulted 1 BoltStuckOpen, lock 1, show 1 OutOfService
        ",
        lamp: Lamp::OutOfService,
        money: StaysOut,
    },
    Row {
        what: "bolt stuck open, and freed with the cart still there",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 80100 => lock 1, show 1 Attention
            at 85100 => pulled 1 g1 a, faulted 1 BoltStuckOpen, lock 1, show 1 OutOfService
            at 90000: 1 shut => recovered 1, show 1 Reading
            at 92000 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "bolt stuck open after the cart was pulled",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
            at 30000 => faulted 1 BoltStuckOpen, show 1 OutOfService
        ",
        lamp: Lamp::OutOfService,
        money: StaysOut,
    },
    Row {
        what: "bolt stuck open when a cart is brought",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 open; 1 in => show 1 Reading
            at 28000 => contradicted 1 a BoltNotEngaged, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: Review,
    },
    Row {
        what: "slow bolt: the first pulse is enough",
        from: OPENING,
        script: "
            at 22999: 1 open =>
            at 30000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
            at 32999: 1 shut =>
            at 90000 =>
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "slow bolt: the third pulse frees it",
        from: OPENING,
        script: "
            at 23000 => unlock 1
            at 26000 => unlock 1
            at 28999: 1 open =>
            at 30000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
            at 34999: 1 shut =>
            at 90000 =>
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "bolt bounces while it opens",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 20200: 1 shut =>
            at 20300: 1 open =>
            at 20400: 1 shut =>
            at 20500: 1 open =>
            at 25000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
            at 25500: 1 shut =>
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "bolt bounces while a cart is brought",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 in; 1 open => show 1 Reading
            at 20100: 1 shut; 1 open; 1 shut =>
            at 20200: 1 open; 1 shut =>
            at 22200 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "presence bounces while a cart is brought",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 in; 1 out; 1 in => show 1 Reading
            at 20500: 1 out; 1 in =>
            at 22499 =>
            at 22500 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "bolt sensor stuck at 1: nobody sees it open, the cart is pulled",
        from: OPENING,
        script: "
            at 22000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
            at 90000 =>
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "bolt sensor stuck at 0 before a paid release",
        from: DOCKED,
        script: "
            at 20000: 1 open =>
            at 21000: grant g1 1 => release 1 g1, unlock 1, show 1 Open with Open
            at 81000 => lock 1, show 1 Attention
            at 86000 => pulled 1 g1 a, faulted 1 BoltStuckOpen, lock 1, show 1 OutOfService
        ",
        lamp: Lamp::OutOfService,
        money: StaysOut,
    },
    Row {
        what: "presence stuck at 1 in an empty bay",
        from: EMPTY,
        script: "
            at 20000: 1 in => show 1 Reading
            at 28000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
            at 29000: grant g1 1 => refused 1 g1 CartUnnamed
        ",
        lamp: Lamp::Attention,
        money: Refund,
    },
    Row {
        what: "presence stuck at 1, and a cart is brought",
        from: EMPTY,
        script: "
            at 20000: 1 in => show 1 Reading
            at 28000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
            at 30000: 1 tag a =>
            at 32000 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "presence stuck at 1 while the cart is pulled",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: 1 tag -; 1 shut =>
            at 80100 => lock 1, show 1 Attention
            at 85100 => pulled 1 g1 a, lock 1, show 1 Reading
            at 93100 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: StaysOut,
    },
    Row {
        what: "presence stuck at 0 when a cart is brought",
        from: EMPTY,
        script: "
            at 20000: 1 tag a => show 1 Reading
            at 28000 => contradicted 1 a TagWithoutCart, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: Review,
    },
    Row {
        what: "presence stuck at 0 over a docked cart: its grant waits and lapses",
        from: DOCKED,
        script: "
            at 20000: 1 out =>
            at 21000: grant g1 1 until 60000 =>
            at 60000 =>
            at 60001 => refused 1 g1 Expired
        ",
        lamp: Lamp::Ready,
        money: Refund,
    },
    Row {
        what: "presence stuck at 0 while the bay is open, the cart stays",
        from: OPENING,
        script: "
            at 20100: 1 open; 1 out =>
            at 80100: 1 shut => lock 1, show 1 Attention
            at 85100 => pulled 1 g1 a, lock 1, show 1 Reading
            at 93100 => contradicted 1 a TagWithoutCart, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: Review,
    },
    Row {
        what: "reader stuck at a tag in an empty bay: a tag without a cart",
        from: EMPTY,
        script: "
            at 20000: 1 tag a => show 1 Reading
            at 28000 => contradicted 1 a TagWithoutCart, show 1 Attention with Attention
            at 60000 =>
        ",
        lamp: Lamp::Attention,
        money: Review,
    },
    Row {
        what: "reader stuck at a tag while the cart is pulled",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: 1 out =>
            at 25100: 1 shut =>
            at 80100 => lock 1, show 1 Attention
            at 85100 => pulled 1 g1 a, lock 1, show 1 Reading
            at 93100 => contradicted 1 a TagWithoutCart, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: Review,
    },
    Row {
        what: "reader stuck at nothing: a cart without a tag",
        from: EMPTY,
        script: "
            at 20000: 1 in => show 1 Reading
            at 28000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
            at 60000 =>
        ",
        lamp: Lamp::Attention,
        money: Alarm,
    },
    Row {
        what: "reader stuck at nothing over a docked cart",
        from: DOCKED,
        script: "
            at 20000: 1 tag - =>
            at 21000 => show 1 Reading
            at 28000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: Alarm,
    },
    Row {
        what: "reader found deaf while a cart is secured in its release",
        from: OPENING,
        script: "
            at 20050: 1 fail reader => failed 1 g1 ReaderDeaf, faulted 1 ReaderDeaf, lock 1, show 1 OutOfService with Attention
            at 30000: 1 heal reader; 1 tag a => recovered 1, show 1 Ready
        ",
        lamp: Lamp::Ready,
        money: Refund,
    },
    Row {
        what: "reader found deaf while the bay is open",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 20200: 1 fail reader => unclear 1 g1 ReaderDeaf, faulted 1 ReaderDeaf, lock 1, show 1 OutOfService with Attention
        ",
        lamp: Lamp::OutOfService,
        money: Review,
    },
    Row {
        what: "two tags that take turns",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 in => show 1 Reading
            at 21000: 1 tag b =>
            at 22500: 1 tag a =>
            at 24000: 1 tag b =>
            at 25500: 1 tag a =>
            at 27000: 1 tag b =>
            at 28500: 1 tag a =>
            at 30000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: Alarm,
    },
    Row {
        what: "two tags, of which one stays",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 in => show 1 Reading
            at 21000: 1 tag b =>
            at 22000: 1 tag a =>
            at 24000 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "a tag held to the reader for half a second",
        from: EMPTY,
        script: "
            at 20000: 1 tag a => show 1 Reading
            at 20500: 1 tag - => show 1 Ready
            at 60000 =>
        ",
        lamp: Lamp::Ready,
        money: Nothing,
    },
    Row {
        what: "a cart shown for half a second, all signs agreeing",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 in => show 1 Reading
            at 20500: 1 tag -; 1 out => show 1 Ready
            at 60000 =>
        ",
        lamp: Lamp::Ready,
        money: Nothing,
    },
    Row {
        what: "one tag in two bays",
        from: DOCKED,
        script: "
            at 20000: 2 tag a; 2 in => show 2 Reading
            at 22000 => contradicted 2 a TagInTwoBays, show 2 Attention with Attention
        ",
        lamp: Lamp::Ready,
        money: Review,
    },
    Row {
        what: "forced open, the cart taken",
        from: DOCKED,
        script: "
            at 20000: 1 open =>
            at 20300: 1 tag -; 1 out =>
            at 20900: 1 shut =>
            at 21800 => left 1 a
        ",
        lamp: Lamp::Ready,
        money: Alarm,
    },
    Row {
        what: "power cut at the pulse: the bolt did not move",
        from: OPENING,
        script: "
            at 20001: reboot => gateway, lock 1, lock 2, lock 3, show 1 Attention, show 2 Ready, show 3 Ready, expired 1 g1, show 1 Ready
            at 30000 =>
        ",
        lamp: Lamp::Ready,
        money: Refund,
    },
    Row {
        what: "power cut while the bay is open, the cart still there",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: reboot => gateway, lock 1, lock 2, lock 3, show 1 Attention, show 2 Ready, show 3 Ready
            at 25200: 1 shut => expired 1 g1, show 1 Ready
        ",
        lamp: Lamp::Ready,
        money: Refund,
    },
    Row {
        what: "power cut while the bay is open, the cart taken in the dark",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: reboot blind => gateway, lock 1, lock 2, lock 3, show 1 Attention, show 2 Ready, show 3 Ready
            at 25100: 1 shut; 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "power cut between the cart and its tag passing out",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: 1 tag -; reboot => gateway, lock 1, lock 2, lock 3, show 1 Attention, show 2 Ready, show 3 Ready
            at 25100: 1 out; 1 shut => pulled 1 g1 a, lock 1, show 1 Ready
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "power cut after the pull",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 25000: 1 tag -; 1 out => pulled 1 g1 a, lock 1, show 1 Ready
            at 25100: reboot => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
            at 25200: 1 shut =>
            at 60000 =>
        ",
        lamp: Lamp::Ready,
        money: StaysOut,
    },
    Row {
        what: "power cut while the bay closes",
        from: OPENING,
        script: "
            at 20100: 1 open =>
            at 80100 => lock 1, show 1 Attention
            at 80200: reboot => gateway, lock 1, lock 2, lock 3, show 1 Attention, show 2 Ready, show 3 Ready
            at 80300: 1 shut => expired 1 g1, show 1 Ready
        ",
        lamp: Lamp::Ready,
        money: Refund,
    },
    Row {
        what: "power cut when only the tag was seen",
        from: EMPTY,
        script: "
            at 20000: 1 tag a => show 1 Reading
            at 20100: reboot => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready, show 1 Reading
            at 20200: 1 in =>
            at 22200 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "power cut while all signs settle",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 in => show 1 Reading
            at 21999: reboot => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready, show 1 Reading
            at 23998 =>
            at 23999 => docked 1 a, show 1 Accepted with Accepted
        ",
        lamp: Lamp::Accepted,
        money: Refund,
    },
    Row {
        what: "power cut after the cart was accepted",
        from: EMPTY,
        script: "
            at 20000: 1 tag a; 1 in => show 1 Reading
            at 22000 => docked 1 a, show 1 Accepted with Accepted
            at 22001: reboot => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready
            at 60000 =>
        ",
        lamp: Lamp::Ready,
        money: Refund,
    },
    Row {
        what: "power cut over a contradiction",
        from: EMPTY,
        script: "
            at 20000: 1 in => show 1 Reading
            at 28000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
            at 29000: reboot => gateway, lock 1, lock 2, lock 3, show 1 Ready, show 2 Ready, show 3 Ready, show 1 Reading
            at 37000 => contradicted 1 - CartWithoutTag, show 1 Attention with Attention
        ",
        lamp: Lamp::Attention,
        money: Alarm,
    },
];

#[test]
fn every_failure_has_its_event_its_lamp_and_its_money() {
    let mut wrong = Vec::new();
    for row in ROWS {
        let mut script = Script::play(row.from);
        // How the cart came there is not what the row is about; that its release began, is.
        let begun = script.journal.iter().filter(|fact| fact.rental().is_some());
        let told = script.journal.len() - begun.count();
        script.follow(row.script);
        let told: Vec<Money> = script.journal[told..]
            .iter()
            .filter_map(consequence)
            .collect();
        let of_a_deposit = told.iter().rfind(|money| **money != Alarm);
        let money = *of_a_deposit.or(told.last()).unwrap_or(&Nothing);
        let lamp = script.lamps.get(&no(1)).copied().unwrap_or(Lamp::Ready);
        if (lamp, money) != (row.lamp, row.money) {
            wrong.push((row.what, lamp, money));
        }
    }
    assert_eq!(wrong, []);
}
