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
            &format!("{}@example.com", "a".repeat(66)),
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
            ("+351 912 345 678", "+351912345678", "+*** **78"),
        ],
        |phone| phone.reveal().to_owned(),
        Phone::masked,
        &[
            "",
            "987654321",
            "11887654321",
            "01987654321",
            "+5511",
            "+1234567",
            "11 9876x4321",
        ],
    );
}

#[test]
fn pix_keys() {
    table::<PixKey>(
        &[
            ("529.982.247-25", "52998224725", "***.982.247-**"),
            ("12.ABC.345/01DE-35", "12ABC34501DE35", "12.ABC.345/01DE-35"),
            ("Ana@Example.com", "ana@example.com", "a***@e***.com"),
            ("+5511987654321", "+5511987654321", "(11) *****-**21"),
            (
                "123E4567-e89b-12d3-a456-426614174000",
                "123e4567-e89b-12d3-a456-426614174000",
                "123e****",
            ),
        ],
        PixKey::reveal,
        PixKey::masked,
        &[
            "",
            "52998224724",
            "11987654321",
            "123e4567e89b12d3a456426614174000",
            "ana@",
        ],
    );
}

#[test]
fn a_log_line_names_the_type_alone() {
    let name: PersonName = "Maria da Silva".parse().unwrap();
    let email: Email = "ana@example.com".parse().unwrap();
    let phone: Phone = "+5511987654321".parse().unwrap();
    let cpf: Cpf = "52998224725".parse().unwrap();
    let keys = [
        PixKey::Cpf(cpf),
        PixKey::Email(email.clone()),
        PixKey::Phone(phone.clone()),
    ];
    assert_eq!(
        format!("{name:?} {email:?} {phone:?} {cpf:?} {keys:?}"),
        "PersonName(***) Email(***) Phone(***) Cpf(***) [PixKey(***), PixKey(***), PixKey(***)]"
    );
}
