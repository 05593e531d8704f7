//! The words about what a dock stands witness for.

use crate::ui::Lang;

pub fn text(lang: Lang) -> &'static WitnessText {
    match lang {
        Lang::Pt => &PT,
        Lang::En => &EN,
    }
}

pub struct WitnessText {
    pub title: &'static str,
    pub lead: &'static str,
    pub entries: &'static str,
    pub root: &'static str,
    pub rules: &'static str,
    pub whole: &'static str,
    pub seen: &'static str,
    pub not_before: fn(&str) -> String,
    pub clock_unchecked: fn(&str) -> String,
    /// For a campaign of which only the codes are known.
    pub unnamed: &'static str,
    pub broken_title: &'static str,
    pub broken: &'static str,
    pub signed_here: &'static str,
    pub shown_later: &'static str,
}

static PT: WitnessText = WitnessText {
    title: "Este ponto é testemunha do sorteio",
    lead: "Antes do sorteio a lista de participações é fechada com um código. Este ponto viu o código e \
        o assinou. Compare com o da página do sorteio: se um número ou uma letra for diferente, a \
        lista mudou.",
    entries: "Participações",
    root: "Código da lista",
    rules: "Código do regulamento",
    whole: "Códigos inteiros, para copiar",
    seen: "Visto aqui em",
    not_before: |at| format!("{at} ou depois: o relógio do ponto ainda não tinha sido acertado"),
    clock_unchecked: |at| format!("{at}, pelo relógio do ponto, ainda não conferido"),
    unnamed: "Sorteio",
    broken_title: "Alarme: duas listas para o mesmo sorteio",
    broken: "O sistema mostrou a este ponto uma lista e depois outra. Este ponto assinou só a primeira e \
        nunca assinará outra. Não confie no resultado antes de a loja explicar, e guarde uma foto desta \
        página.",
    signed_here: "Lista assinada por este ponto",
    shown_later: "Outra lista, mostrada depois",
};

static EN: WitnessText = WitnessText {
    title: "This dock is a witness of the raffle",
    lead: "Before the draw the list of entries is closed with a code. This dock saw the code and signed \
        it. Compare it with the one on the raffle's page: if one digit or letter differs, the list was \
        changed.",
    entries: "Entries",
    root: "Code of the list",
    rules: "Code of the rules",
    whole: "Whole codes, to copy",
    seen: "Seen here on",
    not_before: |at| format!("{at} or later: the dock's clock had not been set yet"),
    clock_unchecked: |at| format!("{at} by the dock's own clock, not checked yet"),
    unnamed: "Raffle",
    broken_title: "Alarm: two lists for one raffle",
    broken: "The system showed this dock one list and then another. This dock signed the first only and \
        will never sign another. Do not trust the result before the store explains, and keep a photo of \
        this page.",
    signed_here: "The list this dock signed",
    shown_later: "Another list, shown later",
};
