use crate::ui::Lang;

/// The name of a simulated fault; its code where the page does not know it.
pub fn fault(lang: Lang, code: &'static str) -> &'static str {
    let (pt, en) = match code {
        "bolt_stuck_closed" => ("trava emperrada fechada", "bolt stuck closed"),
        "bolt_stuck_open" => ("trava emperrada aberta", "bolt stuck open"),
        "bolt_slow" => ("trava lenta", "slow bolt"),
        "switches_bounce" => ("contatos trepidam", "switches bounce"),
        "bolt_sensor_stuck_engaged" => (
            "sensor da trava preso em fechada",
            "bolt sensor stuck engaged",
        ),
        "bolt_sensor_stuck_open" => ("sensor da trava preso em aberta", "bolt sensor stuck open"),
        "presence_stuck_present" => (
            "sensor de carrinho preso em presente",
            "cart sensor stuck present",
        ),
        "presence_stuck_absent" => (
            "sensor de carrinho preso em ausente",
            "cart sensor stuck absent",
        ),
        "switches_fail" => ("sensores dão erro", "sensors fail"),
        "lock_fails" => ("acionador da trava dá erro", "lock driver fails"),
        "indicator_fails" => ("luz e som dão erro", "lamp and sound fail"),
        "reader_deaf" => ("leitor surdo", "reader deaf"),
        "reader_hangs" => ("leitor pendurado", "reader hangs"),
        "cart_without_tag" => ("carrinho perdeu a etiqueta", "cart lost its tag"),
        "tag_without_cart" => ("etiqueta sem carrinho", "tag without a cart"),
        "tag_flash" => (
            "etiqueta mostrada por meio segundo",
            "tag shown for half a second",
        ),
        unknown => (unknown, unknown),
    };
    match lang {
        Lang::Pt => pt,
        Lang::En => en,
    }
}
