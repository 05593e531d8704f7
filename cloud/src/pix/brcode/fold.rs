//! From any text to the ASCII a BR Code may carry.

/// At most `chars_max` printable ASCII characters, or `None` when nothing is left.
/// Accents fall off, other scripts and signs are dropped, spaces are single.
pub(super) fn ascii_folded(text: &str, chars_max: usize) -> Option<String> {
    let mut folded = String::new();
    for character in text.chars() {
        if character.is_whitespace() {
            if !folded.is_empty() && !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else if character.is_ascii() {
            if character.is_ascii_graphic() {
                folded.push(character);
            }
        } else {
            folded.push_str(fold(character));
        }
    }
    folded.truncate(chars_max);
    let folded = folded.trim_end();
    (!folded.is_empty()).then(|| folded.to_owned())
}

fn fold(character: char) -> &'static str {
    match character {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ª' => "a",
        'Á' | 'À' | 'Â' | 'Ã' | 'Ä' | 'Å' | 'Ā' | 'Ă' | 'Ą' => "A",
        'ç' | 'ć' | 'č' => "c",
        'Ç' | 'Ć' | 'Č' => "C",
        'é' | 'è' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' | 'ẽ' => "e",
        'É' | 'È' | 'Ê' | 'Ë' | 'Ē' | 'Ę' | 'Ě' | 'Ẽ' => "E",
        'í' | 'ì' | 'î' | 'ï' | 'ī' | 'ĩ' | 'ı' => "i",
        'Í' | 'Ì' | 'Î' | 'Ï' | 'Ī' | 'Ĩ' | 'İ' => "I",
        'ñ' | 'ń' | 'ň' => "n",
        'Ñ' | 'Ń' | 'Ň' => "N",
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' | 'º' | '°' => "o",
        'Ó' | 'Ò' | 'Ô' | 'Õ' | 'Ö' | 'Ø' | 'Ō' | 'Ő' => "O",
        'ú' | 'ù' | 'û' | 'ü' | 'ū' | 'ũ' | 'ů' | 'ű' => "u",
        'Ú' | 'Ù' | 'Û' | 'Ü' | 'Ū' | 'Ũ' | 'Ů' | 'Ű' => "U",
        'ý' | 'ÿ' => "y",
        'Ý' | 'Ÿ' => "Y",
        'ś' | 'š' | 'ş' => "s",
        'Ś' | 'Š' | 'Ş' => "S",
        'ź' | 'ž' | 'ż' => "z",
        'Ź' | 'Ž' | 'Ż' => "Z",
        'ł' => "l",
        'Ł' => "L",
        'ß' => "ss",
        'æ' => "ae",
        'Æ' => "AE",
        'œ' => "oe",
        'Œ' => "OE",
        '–' | '—' | '‐' | '‑' => "-",
        '‘' | '’' | '´' => "'",
        '“' | '”' => "\"",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ascii_comes_out() {
        for (text, chars_max, expected) in [
            (
                "São João d’Aliança – nº 3",
                25,
                Some("Sao Joao d'Alianca - no 3"),
            ),
            ("  Brasília \t\n DF ", 15, Some("Brasilia DF")),
            // The same letters written as base and combining mark.
            ("Sa\u{303}o Paulo", 15, Some("Sao Paulo")),
            (
                "Supermercado Volta 日本 Ltda",
                25,
                Some("Supermercado Volta Ltda"),
            ),
            ("ÇÃÉÍÓÚÜÑß", 25, Some("CAEIOUUNss")),
            ("Belo Horizonte é longe", 15, Some("Belo Horizonte")),
            ("日本", 15, None),
            ("\u{0}\u{7}", 15, None),
            ("", 15, None),
        ] {
            assert_eq!(ascii_folded(text, chars_max).as_deref(), expected, "{text}");
        }
    }
}
