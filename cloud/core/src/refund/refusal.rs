//! Why a bank does not give a Pix back, read from its codes and words.

/// In the order of precedence: the first that a bank's words speak of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// A MED infraction about this Pix is open.
    InfractionOpen,
    /// More than 90 days since the Pix.
    WindowOver,
    /// Our own account is empty.
    NoBalance,
    /// The Pix less what went back of it is not so much.
    AboveAmount,
    /// The payer's account does not exist any more.
    AccountGone,
    /// The payer's account takes no money now.
    AccountBlocked,
    /// What is to be returned is itself a return.
    NotReturnable,
    /// A bank on the way did not answer in time.
    TimedOut,
    /// The settlement system has seen it before: the money may be back already.
    Duplicate,
    /// Suspected fraud.
    Fraud,
    Other,
}

/// The settlement system's codes that say which it is.
const CODES: [(&str, Refusal); 14] = [
    ("AM04", Refusal::NoBalance),
    ("AM09", Refusal::AboveAmount),
    ("DT05", Refusal::WindowOver),
    ("AG13", Refusal::NotReturnable),
    ("AC03", Refusal::AccountGone),
    ("AC06", Refusal::AccountBlocked),
    ("AC07", Refusal::AccountGone),
    ("AB03", Refusal::TimedOut),
    ("AB09", Refusal::TimedOut),
    ("AB10", Refusal::TimedOut),
    ("AB11", Refusal::TimedOut),
    ("DUPL", Refusal::Duplicate),
    ("FRAD", Refusal::Fraud),
    ("FR01", Refusal::Fraud),
];

/// Each row: parts that must all stand in the words, in lower case, as banks write them.
const WORDS: [(&[&str], Refusal); 24] = [
    (&["infraç"], Refusal::InfractionOpen),
    (&["infrac"], Refusal::InfractionOpen),
    (&["mecanismo especial"], Refusal::InfractionOpen),
    (&["90 dias"], Refusal::WindowOver),
    (&["prazo", "devolu"], Refusal::WindowOver),
    (&["prazo", "devolver"], Refusal::WindowOver),
    (&["saldo"], Refusal::NoBalance),
    (&["insufficient"], Refusal::NoBalance),
    (&["balance"], Refusal::NoBalance),
    (&["soma", "devolu"], Refusal::AboveAmount),
    (&["exced", "valor"], Refusal::AboveAmount),
    (&["superior", "valor"], Refusal::AboveAmount),
    (&["conta", "encerrad"], Refusal::AccountGone),
    (&["conta", "inexist"], Refusal::AccountGone),
    (&["account", "closed"], Refusal::AccountGone),
    (&["conta", "bloquead"], Refusal::AccountBlocked),
    (&["account", "blocked"], Refusal::AccountBlocked),
    (&["devolução", "de devolução"], Refusal::NotReturnable),
    (&["timeout"], Refusal::TimedOut),
    (&["time out"], Refusal::TimedOut),
    (&["tempo", "esgotado"], Refusal::TimedOut),
    (&["duplic"], Refusal::Duplicate),
    (&["fraude"], Refusal::Fraud),
    (&["fraud"], Refusal::Fraud),
];

impl Refusal {
    pub const ALL: [Self; 11] = [
        Self::InfractionOpen,
        Self::WindowOver,
        Self::NoBalance,
        Self::AboveAmount,
        Self::AccountGone,
        Self::AccountBlocked,
        Self::NotReturnable,
        Self::TimedOut,
        Self::Duplicate,
        Self::Fraud,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::InfractionOpen => "infraction_open",
            Self::WindowOver => "window_over",
            Self::NoBalance => "no_balance",
            Self::AboveAmount => "above_amount",
            Self::AccountGone => "account_gone",
            Self::AccountBlocked => "account_blocked",
            Self::NotReturnable => "not_returnable",
            Self::TimedOut => "timed_out",
            Self::Duplicate => "duplicate",
            Self::Fraud => "fraud",
            Self::Other => "other",
        }
    }

    /// What a bank's free text (`motivo`, a problem's words) speaks of. A code of the settlement
    /// system counts before words: words differ from bank to bank.
    pub fn of(text: &str) -> Self {
        let by_code = text
            .split(|c: char| !c.is_ascii_alphanumeric())
            .find_map(|word| CODES.iter().find(|(code, _)| *code == word));
        if let Some((_, refusal)) = by_code {
            return *refusal;
        }
        let text = text.to_lowercase();
        WORDS
            .iter()
            .find(|(parts, _)| parts.iter().all(|part| text.contains(part)))
            .map_or(Self::Other, |(_, refusal)| *refusal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn banks_words_are_read() {
        for (text, refusal) in [
            (
                "Saldo insuficiente na conta do recebedor (AM04)",
                Refusal::NoBalance,
            ),
            ("AM04", Refusal::NoBalance),
            ("Insufficient funds", Refusal::NoBalance),
            ("AM09: valor acima do original", Refusal::AboveAmount),
            (
                "A soma das devoluções excederia o valor do Pix.",
                Refusal::AboveAmount,
            ),
            ("Valor superior ao permitido", Refusal::AboveAmount),
            ("DT05", Refusal::WindowOver),
            (
                "O prazo de 90 dias para devolver este Pix terminou.",
                Refusal::WindowOver,
            ),
            ("Devolução fora do prazo", Refusal::WindowOver),
            ("AG13", Refusal::NotReturnable),
            (
                "Devolução rejeitada pelo banco do pagador (AC03)",
                Refusal::AccountGone,
            ),
            ("Conta encerrada", Refusal::AccountGone),
            ("[AC07]", Refusal::AccountGone),
            ("AC06 conta bloqueada", Refusal::AccountBlocked),
            ("Conta do pagador bloqueada", Refusal::AccountBlocked),
            ("Negado por timeout", Refusal::TimedOut),
            ("AB03", Refusal::TimedOut),
            ("DUPL", Refusal::Duplicate),
            ("FRAD", Refusal::Fraud),
            (
                "Há uma infração (MED) aberta sobre este Pix.",
                Refusal::InfractionOpen,
            ),
            ("REFUND_INFRACTION_OPEN", Refusal::InfractionOpen),
            // The block explains the balance, not the other way round.
            ("saldo bloqueado por infração", Refusal::InfractionOpen),
            // A code that is only a part of a word is none.
            ("XAM04X", Refusal::Other),
            ("Rejeitada pelo banco de testes", Refusal::Other),
            ("Devolução inválida.", Refusal::Other),
            ("", Refusal::Other),
        ] {
            assert_eq!(Refusal::of(text), refusal, "{text}");
        }
    }

    #[test]
    fn every_code_has_one_name() {
        let mut names = Refusal::ALL.map(Refusal::as_str).to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Refusal::ALL.len());
    }
}
