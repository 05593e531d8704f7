//! Traps of the bank's world that are met before any bank is asked.

use shared::pix_key::PixKey;

/// A wrong key costs twenty look-ups of the directory's budget, a right one gives its own back: what a
/// person mistypes has to be found here. One wrong digit or letter in each kind of key that can tell.
#[test]
fn trap_18_dict_budget_a_mistyped_key_is_found_without_asking_the_directory() {
    let mut asked = 0;
    for good in ["52998224725", "11144477735", "12ABC34501DE35"] {
        assert!(good.parse::<PixKey>().is_ok(), "{good}");
        for place in 0..good.len() {
            for other in "0123456789".chars() {
                // Check digits are sums modulo 11: a letter and the digit that counts 11 less are one to
                // them (A and 6, B and 7). A company's key is not paid to a person in any case.
                let apart = u32::from(good.as_bytes()[place]).abs_diff(u32::from(other));
                if apart != 0 && apart % 11 == 0 {
                    continue;
                }
                let mut typed = good.to_owned();
                typed.replace_range(place..=place, &other.to_string());
                let key = typed.parse::<PixKey>();
                // Eleven digits may be a mobile phone: no check digit tells.
                let passes = key.is_ok_and(|key| key.kind() != "phone");
                asked += usize::from(typed != good && passes);
            }
        }
    }
    assert_eq!(asked, 0);
    for typed in [
        "",
        "   ",
        "ana",
        "ana@",
        "ana@loja",
        "ana@@loja.example",
        "+5510987654321",
        "+551198765432",
        "+1 202 555 0100",
        "123e4567-e12b-12d1-a456-42665544000",
        "123e4567-e12b-12d1-a456-42665544000g",
        "529.982.247-26",
    ] {
        assert!(typed.parse::<PixKey>().is_err(), "{typed}");
    }
}
