//! The words of the customers' own page at a dock.

use crate::ui::Lang;
use shared::sync::BayState;

pub fn text(lang: Lang) -> &'static DockText {
    match lang {
        Lang::Pt => &PT,
        Lang::En => &EN,
    }
}

pub struct DockText {
    pub title: &'static str,
    pub closed: &'static str,
    pub offline: &'static str,
    pub reader_says: &'static str,
    pub bays: &'static str,
    /// `occupied` with the number of carts.
    pub state: fn(BayState, u16) -> String,
    pub give_back: &'static str,
    pub give_back_steps: [&'static str; 3],
    pub receipts: &'static str,
    pub receipts_lead: &'static str,
    pub receipt_of: fn(u16) -> String,
    pub receipt_at: fn(&str) -> String,
    pub receipt_qr: &'static str,
    pub receipt_open: &'static str,
    pub take: &'static str,
    pub take_online: &'static str,
    pub take_online_link: &'static str,
    pub take_steps: [&'static str; 3],
    pub code_label: &'static str,
    pub code_hint: &'static str,
    pub open: &'static str,
    pub carried_title: fn(u16) -> String,
    pub carried_lead: &'static str,
    pub carried_open: fn(u16) -> String,
    pub carried_unread_title: &'static str,
    pub to_dock: &'static str,
    pub reader_title: &'static str,
    pub reader_lead: &'static str,
    pub reader_page: &'static str,
    pub reader_label: &'static str,
    pub reader_hold: &'static str,
    pub opening: fn(u16) -> String,
    /// By code of what the dock answered.
    pub answer: fn(&str) -> &'static str,
}

static PT: DockText = DockText {
    title: "Ponto de carrinhos",
    closed: "Este ponto ainda não está em serviço.",
    offline: "Este ponto está sem internet agora. Devolver funciona como sempre; para retirar, veja abaixo.",
    reader_says: "No leitor do ponto:",
    bays: "Vagas",
    state: |state, carts| match (state, carts) {
        (BayState::Vacant, _) => "livre para devolver".to_owned(),
        (BayState::Docking, _) => "recebendo um carrinho".to_owned(),
        (BayState::Occupied, 1) => "tem 1 carrinho".to_owned(),
        (BayState::Occupied, n) => format!("tem {n} carrinhos"),
        (BayState::Releasing, _) => "aberta: puxe o carrinho".to_owned(),
        (BayState::Faulted, _) => "fora de uso".to_owned(),
        (BayState::Service, _) => "em manutenção".to_owned(),
    },
    give_back: "Devolver",
    give_back_steps: [
        "Empurre o carrinho até o fim em uma vaga livre.",
        "Espere o tom longo e a luz de devolvido: o carrinho está entregue, com ou sem internet.",
        "Se o ponto estiver sem internet, anote o código ou fotografe o QR que aparecem aqui.",
    ],
    receipts: "Devoluções dos últimos minutos",
    receipts_lead: "Trouxe um carrinho abandonado? Abra o QR em até 15 minutos. Fora isso, só precisa \
        disto quem não recebeu a confirmação no celular: abra o QR quando tiver internet, ou digite o \
        código na página da sua retirada.",
    receipt_of: |bay| format!("Vaga {bay}"),
    receipt_at: |time| format!("às {time}"),
    receipt_qr: "QR code do comprovante de devolução",
    receipt_open: "Abrir o comprovante (precisa de internet)",
    take: "Retirar sem internet no ponto",
    take_online: "Pague a caução com a internet do seu celular:",
    take_online_link: "Abrir a página deste ponto",
    take_steps: [
        "Depois de pagar, a página mostra um QR e um código de dez números.",
        "Mostre o QR ao leitor do ponto, ou digite o código no teclado dele ou aqui.",
        "Quem tem cartão de membro só precisa passá-lo no leitor.",
    ],
    code_label: "Código de dez números",
    code_hint: "Vale uma vez, por alguns minutos, só neste ponto.",
    open: "Abrir",
    carried_title: |bay| format!("Abrir a vaga {bay}?"),
    carried_lead: "Fique diante da vaga. Ela abre uma vez, e você tem 60 segundos para puxar o carrinho.",
    carried_open: |bay| format!("Abrir a vaga {bay}"),
    carried_unread_title: "Este QR não é deste ponto",
    to_dock: "Ver este ponto",
    reader_title: "Leitor de cartões e teclado",
    reader_lead: "O que um leitor ou teclado digitaria: o número de um cartão, o código de dez números, \
        o texto de um QR. O cliente também pode usar a página do ponto:",
    reader_page: "abrir",
    reader_label: "Cartão, código ou QR",
    reader_hold: "Passar no leitor",
    opening: |bay| format!("A vaga {bay} abre para você. Puxe o carrinho: você tem 60 segundos."),
    answer: |code| match code {
        "waiting" => "A vaga está em movimento. Espere a luz dela parar: ela abre em seguida.",
        "unread" => "Isto não é um código deste ponto. Confira os dez números, ou o QR.",
        "closed" => "O ponto ainda não está em serviço. Tente de novo em um minuto.",
        "slow_down" => "Tentativas demais. Espere um minuto.",
        "in_service" => "O ponto está em manutenção. Use outro ponto.",
        "storage_full" => "O ponto só recebe carrinhos agora. Retire em outro ponto.",
        "locked_out" => "Códigos ou cartões errados demais. Espere um pouco e tente de novo.",
        "clock_unknown" => {
            "O ponto ainda não sabe a hora e não pode aceitar códigos. Mostre o QR ou use outro ponto."
        }
        "code_wrong" => "Código errado ou velho demais. A página do pagamento mostra o de agora.",
        "grant_used" => {
            "Esta autorização já foi usada ou venceu. A página da retirada diz o que vale."
        }
        "no_list" => "Este ponto não conhece cartões sem internet. Retire pelo celular.",
        "card_unknown" => "Este cartão não vale aqui sem internet. Retire pelo celular.",
        "card_denied" => "Este cartão está bloqueado. Fale com a loja.",
        "card_out" => "Este cartão já está com um carrinho. Devolva-o primeiro.",
        "card_limit" => {
            "Este cartão já retirou tudo o que pode hoje sem internet. Retire pelo celular."
        }
        "exposure_reached" => {
            "O ponto já liberou tudo o que pode hoje sem internet. Use outro ponto."
        }
        "no_cart" => "Não há carrinho aqui para esta retirada. Use outro ponto.",
        _ => "Não foi possível. Tente de novo.",
    },
};

static EN: DockText = DockText {
    title: "Cart dock",
    closed: "This dock is not in service yet.",
    offline: "This dock has no internet right now. Returning works as ever; to take a cart, see below.",
    reader_says: "At the dock's reader:",
    bays: "Bays",
    state: |state, carts| match (state, carts) {
        (BayState::Vacant, _) => "free for a return".to_owned(),
        (BayState::Docking, _) => "taking a cart in".to_owned(),
        (BayState::Occupied, 1) => "holds 1 cart".to_owned(),
        (BayState::Occupied, n) => format!("holds {n} carts"),
        (BayState::Releasing, _) => "open: pull the cart".to_owned(),
        (BayState::Faulted, _) => "out of order".to_owned(),
        (BayState::Service, _) => "in service".to_owned(),
    },
    give_back: "Give a cart back",
    give_back_steps: [
        "Push the cart all the way into a free bay.",
        "Wait for the long tone and the lamp that says returned: it is back, with or without internet.",
        "If the dock has no internet, write down the code or photograph the QR that appear here.",
    ],
    receipts: "Returns of the last minutes",
    receipts_lead: "Brought an abandoned cart? Open the QR within 15 minutes. Otherwise you need this \
        only if your phone got no confirmation: open the QR when you are online, or type the code on \
        your rental's page.",
    receipt_of: |bay| format!("Bay {bay}"),
    receipt_at: |time| format!("at {time}"),
    receipt_qr: "QR code of the return receipt",
    receipt_open: "Open the receipt (needs internet)",
    take: "Take a cart without internet at the dock",
    take_online: "Pay the deposit with your phone's own internet:",
    take_online_link: "Open this dock's page",
    take_steps: [
        "Once paid, the page shows a QR and a code of ten digits.",
        "Show the QR to the dock's reader, or type the code on its keypad or here.",
        "With a member card, just hold it to the reader.",
    ],
    code_label: "Code of ten digits",
    code_hint: "Good once, for some minutes, at this dock only.",
    open: "Open",
    carried_title: |bay| format!("Open bay {bay}?"),
    carried_lead: "Stand before the bay. It opens once, and you have 60 seconds to pull the cart.",
    carried_open: |bay| format!("Open bay {bay}"),
    carried_unread_title: "This QR is not this dock's",
    to_dock: "See this dock",
    reader_title: "Card reader and keypad",
    reader_lead: "What a reader or keypad would type: a card's number, the code of ten digits, the text \
        of a QR. Customers can also use the dock's own page:",
    reader_page: "open it",
    reader_label: "Card, code or QR",
    reader_hold: "Hold to the reader",
    opening: |bay| format!("Bay {bay} opens for you. Pull the cart: you have 60 seconds."),
    answer: |code| match code {
        "waiting" => "The bay is in motion. Wait for its lamp to rest: it opens next.",
        "unread" => "This is no code of this dock. Check the ten digits, or the QR.",
        "closed" => "The dock is not in service yet. Try again in a minute.",
        "slow_down" => "Too many attempts. Wait a minute.",
        "in_service" => "The dock is being serviced. Use another dock.",
        "storage_full" => "The dock only takes carts in right now. Take one at another dock.",
        "locked_out" => "Too many wrong codes or cards. Wait a little and try again.",
        "clock_unknown" => {
            "The dock does not know the time yet and cannot take codes. Show the QR or use another dock."
        }
        "code_wrong" => "Wrong code, or too old. The payment page shows the current one.",
        "grant_used" => {
            "This permission was used or has expired. Your rental's page says what counts."
        }
        "no_list" => "This dock knows no cards without internet. Take a cart with your phone.",
        "card_unknown" => {
            "This card does not count here without internet. Take a cart with your phone."
        }
        "card_denied" => "This card is blocked. Ask the store.",
        "card_out" => "This card has a cart out. Give it back first.",
        "card_limit" => {
            "This card took all it may today without internet. Take a cart with your phone."
        }
        "exposure_reached" => {
            "The dock released all it may today without internet. Use another dock."
        }
        "no_cart" => "There is no cart here for this. Use another dock.",
        _ => "That did not work. Try again.",
    },
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_has_its_own_words() {
        let codes = [
            "waiting",
            "unread",
            "closed",
            "slow_down",
            "in_service",
            "storage_full",
            "locked_out",
            "clock_unknown",
            "code_wrong",
            "grant_used",
            "no_list",
            "card_unknown",
            "card_denied",
            "card_out",
            "card_limit",
            "exposure_reached",
            "no_cart",
        ];
        for lang in [Lang::Pt, Lang::En] {
            let words = |code| (text(lang).answer)(code);
            let all: std::collections::BTreeSet<_> = codes.iter().map(|code| words(code)).collect();
            assert_eq!(all.len(), codes.len());
            assert!(!all.contains(words("something else")));
        }
    }
}
