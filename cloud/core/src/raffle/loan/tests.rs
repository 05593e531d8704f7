use super::*;
use proptest::prelude::*;

const RECALLED: Loan = Loan::Recalled { without: 7 };
const DOUBTFUL: Loan = Loan::Doubtful { without: 7 };

/// By a gateway that was answered lists up to the ninth.
fn told(list: u64, drained: bool) -> Told {
    Told {
        list,
        handed: 9,
        drained,
    }
}

#[test]
fn who_may_redeem_when() {
    use NotReclaimed::{GatewayServes, IsHere};
    // (the loan) then: here, at the gateway unused, reclaimed while it serves, reclaimed when gone.
    for (loan, at_till, at_dock, serving, gone) in [
        (None, Ok(()), None, Err(IsHere), Err(IsHere)),
        (
            Some(Loan::Lent),
            Err(NotHere::AtDock),
            Some(Heard::Book),
            Err(GatewayServes),
            Ok(Loan::Back),
        ),
        (
            Some(RECALLED),
            Err(NotHere::AtDock),
            Some(Heard::Book),
            Err(GatewayServes),
            Ok(Loan::Back),
        ),
        (
            Some(DOUBTFUL),
            Err(NotHere::Doubtful),
            Some(Heard::Book),
            Ok(Loan::Back),
            Ok(Loan::Back),
        ),
        (
            Some(Loan::Back),
            Ok(()),
            Some(Heard::Late),
            Err(IsHere),
            Err(IsHere),
        ),
    ] {
        assert_eq!(here(loan), at_till, "{loan:?}");
        assert_eq!(
            loan.map(|it| redeemed_there(it, false)),
            at_dock,
            "{loan:?}"
        );
        let twice = loan.map(|it| redeemed_there(it, true));
        assert!(twice.is_none_or(|it| it == Heard::Contradicts), "{loan:?}");
        assert_eq!(reclaim(loan, Some(told(7, true))), serving, "{loan:?}");
        assert_eq!(reclaim(loan, None), gone, "{loan:?}");
    }
}

#[test]
fn nobody_frees_what_a_dock_may_redeem_from_now_on() {
    for (list, freed) in [(6, false), (7, true), (9, true), (10, false)] {
        let reclaimed = reclaim(Some(DOUBTFUL), Some(told(list, false)));
        assert_eq!(reclaimed.is_ok(), freed, "{list}");
    }
}

#[test]
fn only_the_gateways_word_for_a_list_without_it_and_for_everything_before_brings_it_back() {
    for (loan, word, after) in [
        (Loan::Lent, told(9, true), Loan::Lent),
        (RECALLED, told(6, true), RECALLED),
        (RECALLED, told(7, false), RECALLED),
        (RECALLED, told(7, true), Loan::Back),
        (RECALLED, told(8, true), Loan::Back),
        // Of a list that these books never answered.
        (RECALLED, told(10, true), RECALLED),
        (DOUBTFUL, told(9, true), DOUBTFUL),
        (Loan::Back, told(0, false), Loan::Back),
    ] {
        assert_eq!(loan.hear(word), after, "{loan:?} {word:?}");
    }
    for (loan, recalled, doubted) in [
        (
            Loan::Lent,
            Loan::Recalled { without: 9 },
            Loan::Doubtful { without: 9 },
        ),
        (RECALLED, RECALLED, Loan::Doubtful { without: 9 }),
        (DOUBTFUL, DOUBTFUL, DOUBTFUL),
        (Loan::Back, Loan::Back, Loan::Back),
    ] {
        assert_eq!(loan.recall(9), recalled);
        assert_eq!(loan.doubt(9), doubted);
    }
    for loan in [Loan::Lent, RECALLED, DOUBTFUL, Loan::Back] {
        assert_eq!(Loan::of(loan.as_str(), 7), Some(loan));
    }
    assert_eq!(Loan::of("lost", 7), None);
}

/// One voucher, one gateway, two tills and a wire that loses, delays and repeats.
#[derive(Debug, Default)]
struct Story {
    // The cloud.
    loan: Option<Loan>,
    newest: u64,
    used_here: bool,
    booked: bool,
    contradictions: u32,
    known: usize,
    // The gateway: what a power cut leaves it.
    list: u64,
    holds: bool,
    redeemed_there: bool,
    journal: Vec<Line>,
    // The wire.
    lists: Vec<(u64, bool)>,
    words: Vec<Word>,
    handed_over: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Other,
    Redeemed,
}

/// A sync request as it was composed: the lines up to `upto`, of `of`, and the list gone by.
#[derive(Debug, Clone, Copy)]
struct Word {
    from: usize,
    upto: usize,
    of: usize,
    list: u64,
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Lend,
    OtherChange,
    Recall,
    AnswerList,
    ListArrives(usize),
    Compose { skip: usize, few: bool },
    WordArrives(usize),
    RedeemThere,
    SomethingThere,
    RedeemHere,
}

impl Story {
    fn take(&mut self, step: Step) {
        match step {
            Step::Lend if self.loan.is_none() && !self.used_here => {
                self.loan = Some(Loan::Lent);
                self.newest += 1;
            }
            Step::Lend => {}
            Step::OtherChange => self.newest += 1,
            Step::Recall => {
                if self.loan == Some(Loan::Lent) {
                    self.newest += 1;
                }
                self.loan = self.loan.map(|it| it.recall(self.newest));
            }
            Step::AnswerList => {
                let named = (self.loan == Some(Loan::Lent)) && !self.booked;
                self.lists.push((self.newest, named));
            }
            Step::ListArrives(which) => {
                if let Some((version, named)) = pick(&self.lists, which)
                    && version > self.list
                {
                    (self.list, self.holds) = (version, named);
                }
            }
            Step::Compose { skip, few } => {
                let from = skip.min(self.known).min(self.journal.len());
                let of = self.journal.len();
                let upto = if few { (from + 1).min(of) } else { of };
                let list = self.list;
                self.words.push(Word {
                    from,
                    upto,
                    of,
                    list,
                });
            }
            Step::WordArrives(which) => {
                if let Some(word) = pick(&self.words, which) {
                    self.hear(word);
                }
            }
            Step::RedeemThere => {
                if self.holds && !self.redeemed_there {
                    // One commit: the record and the memory; then the goods.
                    self.journal.push(Line::Redeemed);
                    self.redeemed_there = true;
                    self.handed_over += 1;
                }
            }
            Step::SomethingThere => self.journal.push(Line::Other),
            Step::RedeemHere => {
                if !self.used_here && !self.booked && here(self.loan).is_ok() {
                    self.used_here = true;
                    self.handed_over += 1;
                }
            }
        }
    }

    /// As `accept_events`: a batch that does not begin where the books end, or before, is refused; one
    /// that was overtaken says nothing of now.
    fn hear(&mut self, word: Word) {
        if word.from > self.known {
            return;
        }
        for at in self.known..word.upto {
            if let (Line::Redeemed, Some(loan)) = (self.journal[at], self.loan) {
                match redeemed_there(loan, self.used_here || self.booked) {
                    Heard::Book => self.booked = true,
                    Heard::Late | Heard::Contradicts => self.contradictions += 1,
                }
            }
        }
        let overtaken = word.upto < self.known;
        self.known = self.known.max(word.upto);
        if !overtaken {
            let told = Told {
                list: word.list,
                handed: self.newest,
                drained: word.upto == word.of,
            };
            self.loan = self.loan.map(|it| it.hear(told));
        }
    }

    /// The wire works, nobody does anything else, and the till asks.
    fn settles(&mut self) {
        self.take(Step::Recall);
        self.take(Step::AnswerList);
        self.take(Step::ListArrives(usize::MAX));
        let skip = self.known;
        self.take(Step::Compose { skip, few: false });
        self.take(Step::WordArrives(usize::MAX));
        self.take(Step::RedeemHere);
    }
}

/// The last one for a large index.
fn pick<T: Copy>(of: &[T], which: usize) -> Option<T> {
    match which {
        usize::MAX => of.last().copied(),
        _ => of.get(which % of.len().max(1)).copied(),
    }
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        2 => Just(Step::Lend),
        1 => Just(Step::OtherChange),
        2 => Just(Step::Recall),
        3 => Just(Step::AnswerList),
        3 => (0..9usize).prop_map(Step::ListArrives),
        3 => (0..9usize, any::<bool>()).prop_map(|(skip, few)| Step::Compose { skip, few }),
        3 => (0..9usize).prop_map(Step::WordArrives),
        3 => Just(Step::RedeemThere),
        1 => Just(Step::SomethingThere),
        3 => Just(Step::RedeemHere),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn never_twice_and_never_lost_while_the_gateway_lives(
        steps in prop::collection::vec(step(), 1..50),
    ) {
        let mut story = Story::default();
        for step in steps {
            story.take(step);
            prop_assert!(story.handed_over <= 1, "{story:?}");
            prop_assert_eq!(story.contradictions, 0);
        }
        story.settles();
        prop_assert_eq!(story.handed_over, 1, "redeemed somewhere in the end: {:?}", story);
        prop_assert_eq!(story.booked, story.redeemed_there, "{:?}", story);
    }
}
