use crate::ui::Lang;
use shared::money::Centavos;

/// `R$ 1.234,56` in Portuguese, `R$1,234.56` in English.
pub fn money(amount: Centavos, lang: Lang) -> String {
    match lang {
        Lang::Pt => amount.to_string(),
        Lang::En => amount
            .to_string()
            .chars()
            .filter_map(|c| match c {
                '\u{a0}' => None,
                '.' => Some(','),
                ',' => Some('.'),
                other => Some(other),
            })
            .collect(),
    }
}

/// A whole number with the language's thousands mark.
pub fn count(number: u64, lang: Lang) -> String {
    let mark = match lang {
        Lang::Pt => '.',
        Lang::En => ',',
    };
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(mark);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_writes_money_its_own_way() {
        let amount = Centavos::new(123_456_789);
        assert_eq!(money(amount, Lang::Pt), "R$\u{a0}1.234.567,89");
        assert_eq!(money(amount, Lang::En), "R$1,234,567.89");
        assert_eq!(money(Centavos::new(-5), Lang::En), "-R$0.05");
    }

    #[test]
    fn thousands_are_marked() {
        for (number, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1.000"),
            (12_345_678, "12.345.678"),
        ] {
            assert_eq!(count(number, Lang::Pt), text);
        }
        assert_eq!(count(1_234, Lang::En), "1,234");
    }
}
