use crate::customer::{
    CancelReason, CpfError, DelayReason, ErrorKind, MineState, RefundState, TakeRefusal,
};
use crate::text::customer::{CommonText, DockText, PagesText, ReceiptText, RentalText};
use shared::enrol::BayKind;
use shared::sync::BayState;

pub(super) const COMMON: CommonText = CommonText {
    skip: "Ir para o conteúdo",
    home: "Início",
    mine: "Meus carrinhos",
    help: "Ajuda",
    privacy: "Privacidade",
    busy: "Um momento…",
    deposit: "Caução",
    carts_ready: |n| match n {
        0 => "nenhum carrinho".into(),
        1 => "1 carrinho pronto".into(),
        n => format!("{n} carrinhos prontos"),
    },
    places_free: |n| match n {
        0 => "sem lugar para devolver".into(),
        1 => "1 lugar livre".into(),
        n => format!("{n} lugares livres"),
    },
    metres: |m| format!("{m} m"),
    bay: |n| format!("Vaga {n}"),
    bay_kind: |kind| match kind {
        BayKind::Slot => "vaga",
        BayKind::Lane => "fila",
    },
    bay_state: |state| match state {
        BayState::Vacant => "livre",
        BayState::Docking => "recebendo",
        BayState::Occupied => "com carrinho",
        BayState::Releasing => "abrindo",
        BayState::Faulted => "fora de uso",
        BayState::Service => "em manutenção",
    },
    carts: |n| match n {
        1 => "1 carrinho".into(),
        n => format!("{n} carrinhos"),
    },
    offline: "sem conexão",
    to_start: "Voltar ao início",
};

pub(super) const DOCK: DockText = DockText {
    no_cart: "Nenhum carrinho aqui agora",
    deposit_comes_back: "Volta inteira no seu Pix quando você devolve o carrinho.",
    how: "Como funciona",
    how_pay: |deposit| format!("Pague a caução de {deposit} por Pix. A vaga abre sozinha."),
    how_use: "Puxe o carrinho e faça suas compras.",
    how_return: "Devolva em qualquer ponto de coleta. O Pix volta na hora.",
    take: "Liberar carrinho",
    cpf_label: "CPF (opcional)",
    cpf_help: "O CPF liga a devolução a você quando há promoção. Sem CPF, tudo funciona igual.",
    cpf_help_campaign: |campaign, date| {
        format!(
            "Com CPF, a devolução vale uma participação em “{campaign}”, apuração em {date}. Sem CPF, tudo funciona igual."
        )
    },
    cpf_error: |error| match error {
        CpfError::Malformed => "O CPF precisa ter 11 números. Corrija, ou deixe o campo vazio.",
        CpfError::CheckDigits => "Este CPF não existe: confira os números, ou deixe o campo vazio.",
    },
    error_title: "Falta corrigir um campo",
    refusal: |refusal| match refusal {
        TakeRefusal::NoCart => "O último carrinho acabou de sair. Nada foi cobrado.",
        TakeRefusal::DockOffline => "O ponto ficou sem conexão agora. Nada foi cobrado.",
        TakeRefusal::TooManyRentals => {
            "Você já tem o máximo de carrinhos em uso. Devolva um para pegar outro. Nada foi cobrado."
        }
        TakeRefusal::BankUnavailable => {
            "O banco não respondeu. Nada foi cobrado: tente de novo em instantes."
        }
        TakeRefusal::TooFast => "Muitas tentativas seguidas. Espere um minuto e tente de novo.",
    },
    check_title: "Confira antes de pagar",
    check_payee: "No app do seu banco, o recebedor é",
    check_host: |host| {
        format!(
            "O endereço deste site é {host}. Se um adesivo levou você a outro endereço, não pague."
        )
    },
    bays: "Vagas deste ponto",
    nearest: "Outros pontos por perto",
    offline_title: "Este ponto está sem conexão",
    offline_text: "Para retirar, use outro ponto ou tente em alguns minutos. Devolver funciona normalmente: empurre o carrinho na vaga até a luz confirmar.",
    privacy_line: "Sem cadastro e sem aplicativo. Guardamos só o necessário para devolver seu Pix.",
    privacy_link: "Privacidade",
    rentals_here: |n| match n {
        1 => "Você tem 1 carrinho em andamento neste celular".into(),
        n => format!("Você tem {n} carrinhos em andamento neste celular"),
    },
};

pub(super) const RENTAL: RentalText = RentalText {
    steps_label: "Andamento",
    steps: ["Pagar", "Puxar", "Usar", "Devolver"],
    reconnecting: "Reconectando… nada se perde.",
    refresh: "Atualizar",
    place: |dock, store| format!("{dock} · {store}"),
    preparing: "Preparando sua cobrança",
    preparing_help: "Leva um instante. Não é preciso recarregar a página.",
    pay: |amount| format!("Pague {amount} por Pix"),
    payee: "Recebedor",
    copy: "Copiar código Pix",
    copied: "Copiado",
    copied_say: "Código Pix copiado. Abra o app do seu banco.",
    code_label: "Código Pix copia e cola",
    pay_steps: [
        "Copie o código.",
        "No app do seu banco, escolha Pix copia e cola.",
        "Confira o recebedor, pague e volte para cá.",
    ],
    valid_until: |clock| format!("Vale até {clock}"),
    remaining: "faltam",
    two_minutes: "Faltam 2 minutos para pagar.",
    half_minute: "Faltam 30 segundos para pagar.",
    time_is_up: "O prazo acabou. Conferindo com o banco…",
    late_is_safe: "Se você pagar depois do prazo, o valor volta sozinho.",
    other_phone: "Pagar com outro celular",
    other_phone_help: "Aponte a câmera do app do banco para o código.",
    qr_label: "Código QR do Pix",
    lamp_blinks: |bay| format!("A luz da vaga {bay} está piscando?"),
    lamp_dark: "Se outra luz pisca, ou nenhuma, não pague: este adesivo pode não ser nosso.",
    cancel: "Cancelar",
    cancel_help: "Nada foi cobrado ainda.",
    paid: "Pagamento confirmado",
    paid_opening: |bay| format!("Abrindo a vaga {bay}"),
    paid_opening_any: "Abrindo sua vaga",
    paid_wait: "Fique junto do ponto. Se a vaga não abrir, o Pix volta sozinho.",
    silent: "O ponto ainda não respondeu",
    silent_safe: |amount| {
        format!(
            "Nada se perdeu: {amount} estão guardados aqui. Falta o ponto contar se a vaga abriu."
        )
    },
    silent_steps: [
        "Pegou o carrinho? Devolva em qualquer ponto e guarde o código ou o QR do recibo. O Pix volta quando o ponto contar.",
        "Nada abriu? Não precisa fazer nada. O Pix volta sozinho assim que o ponto contar.",
        "Não quer esperar? Fale com a loja: ela confere a vaga e pode devolver o Pix.",
    ],
    open: |bay| format!("Vaga {bay} aberta"),
    open_do: "Puxe o carrinho agora",
    open_until: |clock| {
        format!("A vaga fica aberta até {clock}. Se você não puxar, ela tranca e o Pix volta.")
    },
    stuck: "A trava não abriu?",
    stuck_steps: [
        "Empurre o carrinho um pouco para dentro e puxe de novo.",
        "Veja se é a vaga com a luz piscando rápido.",
    ],
    stuck_refund: |amount| {
        format!("Se não sair, não faça nada: a vaga tranca e {amount} voltam para a sua conta.")
    },
    stuck_refund_any: "Se não sair, procure a loja: a caução fica registrada aqui.",
    out: "O carrinho está com você",
    out_since: |when| format!("Desde {when}"),
    out_cart: |label| format!("Carrinho {label}"),
    out_promise: |amount| format!("{amount} voltam assim que você devolver."),
    out_how: [
        "Leve a qualquer ponto de coleta da rede.",
        "Empurre o carrinho na vaga até ouvir o clique.",
        "Luz verde e som: devolvido. O Pix sai na hora.",
    ],
    out_abandon: |when| {
        format!(
            "Devolva até {when}. Depois disso o carrinho conta como abandonado, e quem o encontrar pode receber parte da caução."
        )
    },
    out_nearest: "Onde devolver",
    out_keep: "Pode fechar esta página. A devolução não precisa do celular.",
    abandoned: "Carrinho não devolvido",
    abandoned_text: |when| format!("O prazo era {when}."),
    abandoned_still: |amount| {
        format!("Se você devolver antes de outra pessoa, {amount} ainda voltam para você.")
    },
    returned: "Carrinho devolvido. Obrigado!",
    closed: |amount| format!("{amount} de volta na sua conta"),
    refund_going: |amount| format!("Pix de {amount} a caminho da conta que pagou"),
    refund_held: |amount| format!("Pix de {amount} espera a conferência da loja"),
    refund_state: |state| match state {
        RefundState::Requested => "registrada",
        RefundState::Processing => "enviada ao banco",
        RefundState::Settled => "concluída",
        RefundState::Delayed { .. } => "atrasada",
        RefundState::HeldForReview => "em conferência pela loja",
    },
    refund_delay: |why| match why {
        DelayReason::BankSlow => "O banco está demorando a confirmar. Tentamos de novo sem parar.",
        DelayReason::BankRefused => {
            "O banco recusou a devolução. A loja foi avisada e resolve com você."
        }
        DelayReason::BalanceShort => "A devolução espera saldo da loja. A loja foi avisada.",
        DelayReason::BankReview => {
            "O banco está examinando este Pix e não devolve nada até terminar. A loja foi avisada."
        }
        DelayReason::NeedsPayout => {
            "O banco não devolve mais este Pix. Diga uma chave Pix sua e o valor vai para lá."
        }
        DelayReason::Unknown => {
            "A devolução ainda não foi confirmada. Estamos conferindo com o banco."
        }
    },
    refund_safe: "Guarde este recibo: o valor está registrado e é seu.",
    review: "Os sensores da vaga não concordaram. A loja confere o carrinho e libera o Pix; você não precisa ficar aqui.",
    expired: "O prazo para pagar acabou",
    expired_text: "Nada foi cobrado. Peça um novo código se ainda quiser o carrinho.",
    expired_refund: "Seu pagamento chegou depois do prazo e está sendo devolvido.",
    try_again: "Começar de novo",
    cancelled: |reason| match reason {
        CancelReason::ByCustomer => "Retirada cancelada",
        CancelReason::NotTaken => "O carrinho não foi puxado a tempo",
        CancelReason::BayFault => "A vaga não abriu",
        CancelReason::NoCart => "O carrinho não estava na vaga",
        CancelReason::DockSilent => "O ponto não respondeu",
    },
    cancelled_unpaid: "Nada foi cobrado.",
    cancelled_refund: |amount| format!("{amount} voltam para a conta que pagou."),
    receipt: "Recibo",
    receipt_rows: ReceiptText {
        deposit: "Caução paga",
        refund: "Devolução do Pix",
        store: "Loja",
        store_document: "CNPJ",
        taken_at: "Local da retirada",
        returned_at: "Local da devolução",
        cart: "Carrinho",
        paid: "Pago",
        taken: "Retirado",
        returned: "Devolvido",
        refunded: "Pix devolvido",
        requested: "Devolução pedida",
        paid_id: "Id do Pix pago",
        refund_id: "Id da devolução",
        entry: "Participação",
        cpf: "CPF",
        rental: "Retirada",
    },
    receipt_qr: "QR deste recibo",
    receipt_qr_help: "Abre este recibo em outro aparelho. Quem tem o endereço vê o recibo.",
    print: "Imprimir ou salvar",
    entry_title: "Você está no sorteio",
    entry_text: |campaign, date| format!("{campaign}, apuração em {date}."),
    entry_text_no_date: |campaign| format!("{campaign}."),
    claim_title: "Participe do sorteio",
    claim_text: "Esta devolução vale uma participação. Diga seu CPF; só maiores de 18 anos.",
    claim_button: "Participar",
    new_cart: "Pegar outro carrinho",
};

pub(super) const PAGES: PagesText = PagesText {
    home_title: "Pegue um carrinho, devolva e receba tudo de volta",
    home_text: "Escolha um ponto de coleta, ou aponte a câmera para o QR dele.",
    home_none: "Nenhum ponto de coleta foi instalado ainda.",
    home_managers: "Área da loja",
    mine_none: "Nenhum carrinho neste celular.",
    mine_text: "Retiradas feitas neste celular.",
    mine_state: |state| match state {
        MineState::AwaitingPayment => "aguardando pagamento",
        MineState::Paid => "vaga abrindo",
        MineState::Out => "com você",
        MineState::Refunding => "devolvido, Pix a caminho",
        MineState::Closed => "Pix devolvido",
        MineState::Expired => "prazo acabou, nada cobrado",
        MineState::Cancelled => "cancelado",
        MineState::Rescued => "trazido por outra pessoa",
        MineState::Abandoned => "não devolvido",
    },
    mine_forget: "Esquecer neste celular",
    mine_forget_help: "Apaga só esta lista. Recibos e devoluções continuam valendo.",
    help_title: "Ajuda",
    help_items: [
        (
            "Quando recebo meu Pix de volta?",
            "Assim que o carrinho encaixa em qualquer ponto de coleta da rede. Em geral em segundos, para a mesma conta que pagou.",
        ),
        (
            "A vaga não abriu",
            "Empurre o carrinho um pouco e puxe de novo. Se não sair em um minuto, a vaga tranca e o Pix volta sozinho.",
        ),
        (
            "Paguei depois do prazo",
            "O valor volta sozinho para a sua conta.",
        ),
        (
            "Devolvi e nada aconteceu",
            "Empurre até ouvir o clique. Um ponto sem conexão também registra a devolução e avisa assim que puder.",
        ),
        (
            "Perdi a página do recibo",
            "Abra “Meus carrinhos” no mesmo celular. Com o id do Pix, que está no extrato do banco, a loja também acha.",
        ),
        (
            "E se eu não devolver?",
            "Depois do prazo que aparece na página, o carrinho conta como abandonado e quem o trouxer pode receber parte da caução.",
        ),
    ],
    privacy_title: "Privacidade",
    privacy_items: [
        (
            "O que guardamos",
            "Horários, ponto, vaga, carrinho e os números do seu Pix. O CPF e um contato para avisos, só se você disser; o contato, por pouco tempo.",
        ),
        (
            "Para quê",
            "Devolver o Pix, provar o que aconteceu e, com CPF, participar do sorteio.",
        ),
        (
            "Cookies",
            "Um só, para lembrar seus carrinhos e o idioma neste celular. Nada de terceiros.",
        ),
        (
            "Seus direitos",
            "O link de cada retirada leva a “Meus dados”, com o que guardamos dela. Acesso a tudo, correção ou exclusão: no balcão da loja, com documento. O que a lei fiscal manda guardar fica pelo prazo dela.",
        ),
    ],
    error_title: |kind| match kind {
        ErrorKind::NotFound => "Página não encontrada",
        ErrorKind::UnknownDock => "Este ponto de coleta não existe",
        ErrorKind::UnknownRental => "Esta retirada não existe",
        ErrorKind::BadForm => "Não entendemos o que foi enviado",
        ErrorKind::CrossSite => "Pedido recusado",
        ErrorKind::Forbidden => "Sua função não permite isto",
        ErrorKind::NotNow => "Isto não é mais possível",
        ErrorKind::TooLarge => "Grande demais",
        ErrorKind::TooMany => "Muitos pedidos seguidos",
        ErrorKind::Unavailable => "Volte em um instante",
        ErrorKind::Internal => "Erro nosso",
    },
    error_detail: |kind| match kind {
        ErrorKind::NotFound => "O endereço pode ter sido digitado errado.",
        ErrorKind::UnknownDock => {
            "Confira o código no ponto, ou aponte a câmera para o QR de novo."
        }
        ErrorKind::UnknownRental => {
            "Confira o endereço, ou abra “Meus carrinhos” no celular que fez a retirada."
        }
        ErrorKind::BadForm => "Volte, confira os campos e envie de novo. Nada foi cobrado.",
        ErrorKind::CrossSite => {
            "O pedido veio de outro site. Abra a página pelo QR do ponto e tente de novo."
        }
        ErrorKind::Forbidden => "Peça a um administrador, ou entre com outra conta.",
        ErrorKind::NotNow => "O estado mudou enquanto você decidia. Veja como está agora.",
        ErrorKind::TooLarge => "O que foi enviado passa do limite.",
        ErrorKind::TooMany => "Espere um minuto e tente de novo.",
        ErrorKind::Unavailable => {
            "O serviço está reiniciando ou ocupado. Nada se perde: tente de novo."
        }
        ErrorKind::Internal => {
            "Já foi registrado. Seu dinheiro está registrado também: tente de novo em instantes."
        }
    },
    error_number: |status| format!("Código {status}"),
};
