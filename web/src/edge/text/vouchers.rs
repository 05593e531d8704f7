//! The words of the page on which vouchers are redeemed.

use crate::ui::Lang;

pub struct Words {
    pub title: &'static str,
    pub lead: &'static str,
    pub code: &'static str,
    pub code_hint: &'static str,
    pub look: &'static str,
    pub lent: fn(usize) -> String,
    pub good: &'static str,
    pub valid_until: &'static str,
    pub doubtful: &'static str,
    pub hand_over: &'static str,
    pub redeem: &'static str,
    pub not_now: &'static str,
    pub done: &'static str,
    pub done_lead: &'static str,
    pub before: fn(&str, &str) -> String,
    pub lapsed: fn(&str) -> String,
    pub locked_out: &'static str,
    pub no_list: &'static str,
    pub salvaged: &'static str,
    pub unknown: &'static str,
    pub storage_full: &'static str,
    pub unreadable: &'static str,
    pub closed: &'static str,
}

pub fn words(lang: Lang) -> &'static Words {
    match lang {
        Lang::Pt => &PT,
        Lang::En => &EN,
    }
}

static PT: Words = Words {
    title: "Vales",
    lead: "Vales da promoção que este ponto pode receber, mesmo sem internet. Confira primeiro; o vale \
        só é usado quando você disser que entregou.",
    code: "Código do vale",
    code_hint: "Dezesseis letras e algarismos. Ou leia o QR do vale com o celular e cole o texto aqui.",
    look: "Conferir",
    lent: |count| match count {
        0 => "Nenhum vale está neste ponto agora.".to_owned(),
        1 => "Um vale pode ser usado neste ponto.".to_owned(),
        _ => format!("{count} vales podem ser usados neste ponto."),
    },
    good: "O vale serve",
    valid_until: "Válido até",
    doubtful: "Este ponto ainda não sabe a hora certa: a validade foi conferida pela última data \
        conhecida. Se a data de hoje já passou da validade, não entregue.",
    hand_over: "Entregue a mercadoria e confirme. Depois disso o vale não serve mais, em lugar nenhum.",
    redeem: "Entregue",
    not_now: "Não entregar agora",
    done: "Vale usado",
    done_lead: "Está gravado no diário deste ponto e chega à nuvem assim que houver internet.",
    before: |amount, at| {
        format!(
            "Este vale de {amount} já foi usado aqui em {at}. Se foi você agora há pouco, está feito; \
             se não, não entregue."
        )
    },
    lapsed: |at| format!("Este vale venceu em {at} e não serve mais."),
    locked_out: "Muitos códigos errados: espere um minuto e tente de novo.",
    no_list: "Este ponto ainda não recebeu a lista da nuvem. Use o caixa do site dos gestores, ou espere \
        a internet voltar.",
    salvaged: "O diário deste ponto foi recuperado de um defeito, e um vale pode ter sido usado no que \
        se perdeu. Nenhum vale é aceito aqui até a nuvem mandar uma lista nova.",
    unknown: "Este vale não está neste ponto. Confira as letras. Se estão certas, o vale pode ser \
        usado no caixa do site dos gestores ou em outro ponto.",
    storage_full: "O cartão de memória está cheio e não há como gravar o uso: não entregue. Use o caixa \
        do site dos gestores.",
    unreadable: "Isto não é um código de vale. Ele tem dezesseis letras e algarismos.",
    closed: "Este ponto não está em operação. Tente de novo em um minuto.",
};

static EN: Words = Words {
    title: "Vouchers",
    lead: "Vouchers of the raffle that this dock may redeem, without internet too. Check first: the \
        voucher is used only when you say that you handed the goods over.",
    code: "Voucher code",
    code_hint: "Sixteen letters and digits. Or read the voucher's QR with the phone and paste the text here.",
    look: "Check",
    lent: |count| match count {
        0 => "No voucher is at this dock now.".to_owned(),
        1 => "One voucher may be used at this dock.".to_owned(),
        _ => format!("{count} vouchers may be used at this dock."),
    },
    good: "The voucher is good",
    valid_until: "Valid until",
    doubtful: "This dock does not know the time for certain yet: validity was judged by the last date \
        known. If today is past it, do not hand anything over.",
    hand_over: "Hand the goods over and confirm. After that the voucher serves nowhere any more.",
    redeem: "Handed over",
    not_now: "Not now",
    done: "Voucher used",
    done_lead: "It is in this dock's journal, and reaches the cloud as soon as there is internet.",
    before: |amount, at| {
        format!(
            "This voucher of {amount} was used here already, on {at}. If that was you a moment ago, it \
             is done; if not, hand nothing over."
        )
    },
    lapsed: |at| format!("This voucher lapsed on {at} and serves no more."),
    locked_out: "Too many wrong codes: wait a minute and try again.",
    no_list: "This dock has no list of the cloud yet. Use the till of the managers' site, or wait for the \
        internet.",
    salvaged: "This dock's journal was recovered from damage, and a voucher may have been used in what is \
        lost. None is taken here until the cloud sends a new list.",
    unknown: "This voucher is not at this dock. Check the letters. If they are right, it may be used at \
        the till of the managers' site or at another dock.",
    storage_full: "The memory card is full and the use cannot be recorded: hand nothing over. Use the \
        till of the managers' site.",
    unreadable: "This is no voucher code. One has sixteen letters and digits.",
    closed: "This dock is not in operation. Try again in a minute.",
};
