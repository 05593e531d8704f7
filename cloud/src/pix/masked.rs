//! A bank's free text, fit to be stored, logged and read: banks quote documents, names and addresses
//! of payers in their refusals. What it means is read first (`says_duplicate`, `Refusal::of`), from the
//! text without numbers; what is kept of it is [`without_persons`].

const TEXT_CHARS_MAX: usize = 200; // the standard's longest texts have 140
const DIGITS_SHOWN_MAX: usize = 5; // six or more may be a document, a phone or an account

/// Short words with capitals that name no person.
const WORDS_KEPT: &[&str] = &[
    "Pix", "Banco", "Central", "Brasil", "Efí", "Inter", "Sicredi", "Item", "Campo", "Valor",
    "Chave",
];

/// Short, and without what may be a document, whatever stands between its digits.
pub(super) fn masked(text: &str) -> String {
    let mut out = String::new();
    let mut run = String::new();
    for character in text.chars().take(TEXT_CHARS_MAX) {
        let joins = matches!(character, '.' | '-' | '/' | ' ') && !run.is_empty();
        if character.is_ascii_digit() || joins {
            run.push(character);
        } else {
            flush_run(&mut run, &mut out);
            let blank = character.is_control();
            out.push(if blank { ' ' } else { character });
        }
    }
    flush_run(&mut run, &mut out);
    out
}

/// As [`masked`], also without e-mail addresses and without what may be a name: words with a capital
/// inside a sentence, or two of them at its beginning. Names written small cannot be told from words.
pub fn without_persons(text: &str) -> String {
    let text = masked(text);
    let words: Vec<&str> = text.split(' ').collect();
    let mut first = true;
    let mut kept = Vec::with_capacity(words.len());
    for (at, word) in words.iter().enumerate() {
        let next = words.get(at + 1).is_some_and(|next| may_name(next));
        let name = may_name(word) && (!first || next);
        kept.push(if word.contains('@') || name {
            "…"
        } else {
            word
        });
        first = !name && (is_code(word) || word.ends_with(['.', ':', '!', '?']));
    }
    kept.join(" ")
}

/// Begins with a capital and is neither a code, an acronym nor one of ours.
fn may_name(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let acronym = word.chars().all(char::is_uppercase) && word.chars().count() <= 4;
    word.starts_with(char::is_uppercase)
        && !acronym
        && !is_code(word)
        && !WORDS_KEPT.contains(&word)
}

/// `AC03`, `txid_in_use`, `PixNaoEncontrado`, `400:`
fn is_code(word: &str) -> bool {
    let capitals = word.chars().filter(|c| c.is_uppercase()).count();
    let small = word.chars().any(char::is_lowercase);
    word.contains(|c: char| c.is_ascii_digit() || c == '_') || (capitals > 1 && small)
}

fn flush_run(run: &mut String, out: &mut String) {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let number = run.trim_end_matches(['.', '-', '/', ' ']);
    let (number, rest) = run.split_at(number.len());
    out.push_str(if digits > DIGITS_SHOWN_MAX {
        "…"
    } else {
        number
    });
    out.push_str(rest);
    run.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_carries_no_document() {
        for (text, expected) in [
            ("CPF 529.982.247-25 inválido", "CPF … inválido"),
            ("CPF 529 982 247 25 inválido", "CPF … inválido"),
            ("52998224725", "…"),
            ("52998224725.", "…."),
            ("valor 10.00 acima de 99.99", "valor 10.00 acima de 99.99"),
            ("fim.\n2 erros", "fim. 2 erros"),
        ] {
            assert_eq!(masked(text), expected);
            assert_eq!(without_persons(text), expected);
        }
        assert_eq!(masked(&"é".repeat(500)).chars().count(), TEXT_CHARS_MAX);
    }

    #[test]
    fn a_refusal_names_nobody_and_stays_readable() {
        for (text, expected) in [
            ("Titular Maria da Silva não confere", "… … da … não confere"),
            (
                "A conta de MARIA SOUZA está fechada",
                "A conta de … … está fechada",
            ),
            ("chave ana.lima@example.com inativa", "chave … inativa"),
            (
                "Devolução rejeitada pelo banco (AC03)",
                "Devolução rejeitada pelo banco (AC03)",
            ),
            (
                "Pix não encontrado. Chave inválida",
                "Pix não encontrado. Chave inválida",
            ),
            (
                "400 PixDevolucaoInvalida: Devolução inválida.",
                "400 PixDevolucaoInvalida: Devolução inválida.",
            ),
            ("409 txid_in_use In use", "409 txid_in_use In use"),
            ("infração MED aberta", "infração MED aberta"),
        ] {
            assert_eq!(without_persons(text), expected);
        }
    }
}
