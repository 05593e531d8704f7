use super::*;

/// Typed, kept, masked.
type Row = (&'static str, &'static str, &'static str);

#[track_caller]
fn table<T: FromStr>(rows: &[Row], kept: fn(&T) -> String, masked: fn(&T) -> String, bad: &[&str]) {
    for (typed, expected, mask) in rows {
        let Ok(read) = typed.parse::<T>() else {
            panic!("{typed} is refused");
        };
        assert_eq!(
            (kept(&read), masked(&read)),
            ((*expected).into(), (*mask).into())
        );
    }
    for typed in bad {
        assert!(typed.parse::<T>().is_err(), "{typed} is taken");
    }
}

#[test]
fn names() {
    table::<PersonName>(
        &[
            (" Maria da Silva ", "Maria da Silva", "M*** S***"),
            ("Ana", "Ana", "A***"),
            ("Íris Ávila", "Íris Ávila", "Í*** Á***"),
        ],
        |name| name.reveal().to_owned(),
        PersonName::masked,
        &["", "  ", "a\nb", &"a".repeat(121)],
    );
}

#[test]
fn e_mail_addresses() {
    table::<Email>(
        &[
            (
                "Ana.Lima@Mercado.com.br",
                "ana.lima@mercado.com.br",
                "a***@m***.br",
            ),
            (" a+b@example.com", "a+b@example.com", "a***@e***.com"),
        ],
        |email| email.reveal().to_owned(),
        Email::masked,
        &[
            "",
            "ana",
            "ana@",
            "@example.com",
            "ana@example",
            "ana@exa mple.com",
            "ana@example..com",
            "ana@-example.com",
            ".ana@example.com",
            "ana@b@example.com",
            "ana@example.com\r\nbcc: x@example.com",
            "<ana@example.com>",
            &format!("{}@example.com", "a".repeat(65)),
            &format!("ana@{}.com", "a".repeat(64)),
            &format!("ana@{}com", "aaaa.".repeat(50)),
        ],
    );
}

#[test]
fn telephone_numbers() {
    table::<Phone>(
        &[
            ("(11) 98765-4321", "+5511987654321", "(11) *****-**21"),
            ("+55 11 98765-4321", "+5511987654321", "(11) *****-**21"),
            ("1132654321", "+551132654321", "(11) *****-**21"),
            ("551132654321", "+551132654321", "(11) *****-**21"),
            ("5511987654321", "+5511987654321", "(11) *****-**21"),
            ("011 98765-4321", "+5511987654321", "(11) *****-**21"),
            ("(55) 98765-4321", "+5555987654321", "(55) *****-**21"),
            ("+351 912 345 678", "+351912345678", "+*** **78"),
        ],
        |phone| phone.reveal().to_owned(),
        Phone::masked,
        &[
            "",
            "987654321",
            "11887654321",
            "(10) 98765-4321",
            "+55 11 38765-4321",
            "+",
            "+0123456789",
            "01987654321",
            "+5511",
            "+1234567",
            "11 9876x4321",
        ],
    );
}

#[test]
fn a_log_line_names_the_type_alone() {
    let name: PersonName = "Maria da Silva".parse().unwrap();
    let email: Email = "ana@example.com".parse().unwrap();
    let phone: Phone = "+5511987654321".parse().unwrap();
    assert_eq!(
        format!("{name:?} {email:?} {phone:?}"),
        "PersonName(***) Email(***) Phone(***)"
    );
}
