//! Why a bank does not send a Pix, read from its codes and words.

/// In the order of precedence: the first that a bank's words speak of counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Refusal {
    /// The directory's budget of look-ups is used up.
    Budget,
    /// The directory knows no such key.
    KeyUnknown,
    /// The key is not of the person whose CPF was given.
    OwnerDiffers,
    /// Our own account is empty.
    NoBalance,
    /// The bank's own limit for what we send.
    BankLimit,
    /// The receiving account does not exist any more.
    AccountGone,
    /// The receiving account takes no money now.
    AccountBlocked,
    /// A bank on the way did not answer in time.
    TimedOut,
    /// The settlement system has seen it before: the money may be there already.
    Duplicate,
    /// Suspected fraud.
    Fraud,
    Other,
}

/// The settlement system's codes that say which it is.
const CODES: [(&str, Refusal); 16] = [
    ("AM04", Refusal::NoBalance),
    ("AM02", Refusal::BankLimit),
    ("AM18", Refusal::BankLimit),
    ("BE01", Refusal::OwnerDiffers),
    ("AC03", Refusal::AccountGone),
    ("AC06", Refusal::AccountBlocked),
    ("AC07", Refusal::AccountGone),
    ("AC14", Refusal::AccountGone),
    ("AG03", Refusal::AccountBlocked),
    ("AB03", Refusal::TimedOut),
    ("AB09", Refusal::TimedOut),
    ("AB10", Refusal::TimedOut),
    ("AB11", Refusal::TimedOut),
    ("DUPL", Refusal::Duplicate),
    ("FRAD", Refusal::Fraud),
    ("FR01", Refusal::Fraud),
];

/// Each row: parts that must all stand in the words, in lower case, as banks write them.
const WORDS: [(&[&str], Refusal); 28] = [
    (&["balde"], Refusal::Budget),
    (&["fichas"], Refusal::Budget),
    (&["consultas", "dict"], Refusal::Budget),
    (&["chave", "não encontrada"], Refusal::KeyUnknown),
    (&["chave", "nao_encontrada"], Refusal::KeyUnknown),
    (&["chave", "inexist"], Refusal::KeyUnknown),
    (&["chave", "inválida"], Refusal::KeyUnknown),
    (&["chave", "invalida"], Refusal::KeyUnknown),
    (&["key", "not found"], Refusal::KeyUnknown),
    (&["titular"], Refusal::OwnerDiffers),
    (&["proprietári"], Refusal::OwnerDiffers),
    (&["não pertence"], Refusal::OwnerDiffers),
    (&["diverge"], Refusal::OwnerDiffers),
    (&["saldo"], Refusal::NoBalance),
    (&["insufficient"], Refusal::NoBalance),
    (&["balance"], Refusal::NoBalance),
    (&["limite"], Refusal::BankLimit),
    (&["conta", "encerrad"], Refusal::AccountGone),
    (&["conta", "inexist"], Refusal::AccountGone),
    (&["account", "closed"], Refusal::AccountGone),
    (&["conta", "bloquead"], Refusal::AccountBlocked),
    (&["account", "blocked"], Refusal::AccountBlocked),
    (&["timeout"], Refusal::TimedOut),
    (&["time out"], Refusal::TimedOut),
    (&["tempo", "esgotado"], Refusal::TimedOut),
    (&["duplic"], Refusal::Duplicate),
    (&["fraude"], Refusal::Fraud),
    (&["fraud"], Refusal::Fraud),
];

impl Refusal {
    pub const ALL: [Self; 11] = [
        Self::Budget,
        Self::KeyUnknown,
        Self::OwnerDiffers,
        Self::NoBalance,
        Self::BankLimit,
        Self::AccountGone,
        Self::AccountBlocked,
        Self::TimedOut,
        Self::Duplicate,
        Self::Fraud,
        Self::Other,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Budget => "budget",
            Self::KeyUnknown => "key_unknown",
            Self::OwnerDiffers => "owner_differs",
            Self::NoBalance => "no_balance",
            Self::BankLimit => "bank_limit",
            Self::AccountGone => "account_gone",
            Self::AccountBlocked => "account_blocked",
            Self::TimedOut => "timed_out",
            Self::Duplicate => "duplicate",
            Self::Fraud => "fraud",
            Self::Other => "other",
        }
    }

    /// Whether only the receiver can help, by naming another key.
    pub fn asks_for_key(self) -> bool {
        matches!(
            self,
            Self::KeyUnknown | Self::OwnerDiffers | Self::AccountGone | Self::AccountBlocked
        )
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
            ("Saldo insuficiente (AM04)", Refusal::NoBalance),
            ("insufficient balance", Refusal::NoBalance),
            ("O limite diário de envio foi atingido.", Refusal::BankLimit),
            ("AM02", Refusal::BankLimit),
            (
                "A chave informada não foi encontrada: chave não encontrada",
                Refusal::KeyUnknown,
            ),
            ("chave_nao_encontrada", Refusal::KeyUnknown),
            ("Chave Pix inválida", Refusal::KeyUnknown),
            (
                "O CPF informado não é do titular da chave.",
                Refusal::OwnerDiffers,
            ),
            ("BE01", Refusal::OwnerDiffers),
            (
                "O balde de consultas de chaves está vazio.",
                Refusal::Budget,
            ),
            ("AC07", Refusal::AccountGone),
            ("Conta do recebedor bloqueada", Refusal::AccountBlocked),
            ("Negado por timeout", Refusal::TimedOut),
            ("DUPL", Refusal::Duplicate),
            ("Suspeita de fraude", Refusal::Fraud),
            // A code that is only a part of a word is none.
            ("XAM04X", Refusal::Other),
            ("Rejeitada pelo banco de testes", Refusal::Other),
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
