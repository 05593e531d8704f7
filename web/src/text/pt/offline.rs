use crate::customer::{CarryWhy, ReceiptCodeError, ReceiptStage};
use crate::manager::{CardError, CardFilter, TechnicianError};
use crate::text::offline::{BroughtText, CardsText, CarryText, TechniciansText};

pub(super) const CARRY: CarryText = CarryText {
    dock_dark_title: "Este ponto está sem internet",
    dock_dark_text: "Você pode retirar mesmo assim: depois do Pix, o seu celular mostra o código que abre a vaga. Devolver funciona normalmente.",
    pay_dark: "Este ponto está sem internet, então a luz não pisca agora. Confira o endereço deste site e o recebedor antes de pagar.",
    why: |why| match why {
        CarryWhy::Dark => "Este ponto está sem internet. O seu celular leva a autorização até ele.",
        CarryWhy::Slow => {
            "A vaga ainda não respondeu. Você mesmo pode levar a autorização até ela."
        }
    },
    title: |bay| format!("Abra a vaga {bay} com o celular"),
    scan: "Mostre este código ao leitor do ponto.",
    scan_label: "Código QR que abre a vaga",
    type_code: "Ou digite no teclado ou na página do ponto:",
    open_link: "Abrir pela rede do ponto",
    open_link_help: "Entre antes no Wi-Fi deste ponto. Esta página continua aqui.",
    until: |clock| format!("Vale até {clock} e abre uma vez só."),
    safe: |amount| {
        format!(
            "Se nada abrir, {amount} voltam sozinhos assim que o ponto contar que ficou fechado."
        )
    },
    returned: "Já puxei e devolvi o carrinho",
    returned_text: "Esta página muda quando o ponto tiver internet: então ele conta a retirada e a devolução, e o Pix volta sozinho. Guarde até lá o código ou o QR que o ponto mostrou.",
};

pub(super) const BROUGHT: BroughtText = BroughtText {
    still_open: "Devolvi, mas aqui ainda aparece aberto",
    code_help: "O ponto pode estar sem internet. Digite o código que a tela do ponto mostrou, ou aponte a câmera para o QR do recibo.",
    code_label: "Código do recibo",
    code_button: "Registrar devolução",
    code_error: |error| match error {
        ReceiptCodeError::Wrong => {
            "Este código não confere com o carrinho desta retirada. Confira as 12 letras e números."
        }
        ReceiptCodeError::NotYet => {
            "O ponto ainda não contou a sua retirada. Ele conta as duas coisas assim que tiver internet; guarde o código até lá."
        }
        ReceiptCodeError::TooFast => "Muitas tentativas. Espere um minuto e tente de novo.",
    },
    page_title: "Recibo do ponto",
    stage_title: |stage| match stage {
        ReceiptStage::Fresh => "Registrar a devolução",
        ReceiptStage::Honoured => "Devolução registrada",
        ReceiptStage::Held => "Devolução recebida, em conferência",
        ReceiptStage::Waiting => "Recibo recebido",
        ReceiptStage::Older => "Este recibo é de outra devolução",
        ReceiptStage::Told => "O ponto já contou esta devolução",
        ReceiptStage::Contradicted => "A loja vai conferir este recibo",
    },
    stage_text: |stage| match stage {
        ReceiptStage::Fresh => {
            "O ponto assinou este recibo sem internet. Toque para registrar agora; senão ele mesmo conta quando a internet voltar."
        }
        ReceiptStage::Honoured => {
            "O Pix da caução volta para a conta que pagou. Não é preciso fazer mais nada."
        }
        ReceiptStage::Held => {
            "O carrinho conta como devolvido. O Pix sai quando o ponto voltar a ter internet, ou antes, se a loja conferir."
        }
        ReceiptStage::Waiting => {
            "O ponto ainda não contou a retirada deste carrinho. Quando a internet voltar, a devolução é registrada sozinha."
        }
        ReceiptStage::Older => {
            "O carrinho já saiu de novo depois dela. Nada mudou na retirada de agora."
        }
        ReceiptStage::Told => {
            "A página da sua retirada mostra o que foi feito da caução. Se ela ainda aparece aberta, falta o ponto onde você pegou o carrinho contar; nada se perde."
        }
        ReceiptStage::Contradicted => {
            "O recibo e o registro do ponto não dizem o mesmo. A loja foi avisada; guarde este recibo."
        }
    },
    button: "Registrar devolução",
    button_again: "Tentar de novo",
    at: "Ponto",
    bay: "Vaga",
    cart: "Carrinho",
    when: "Pelo relógio do ponto",
    mine: "Meus carrinhos",
};

pub(super) const CARDS: CardsText = CardsText {
    title: "Cartões de membro",
    risk_title: "Pior perda possível",
    risk_text: "O que os pontos podem ter liberado só por cartão sem este sistema saber ainda, mais os carrinhos que já saíram assim, se ninguém devolver nada. O dia de um ponto começa quando o anterior dele acaba, então conta um dia a mais do que cabe no silêncio. Retiradas pagas por Pix ficam de fora: a caução delas fica guardada até o ponto contar.",
    risk_dock: "Ponto",
    risk_replaced: "aparelho trocado",
    risk_untold: "Dias ainda não contados",
    risk_days: |n| match n {
        0 => "nenhum".into(),
        1 => "1 dia".into(),
        n => format!("{n} dias"),
    },
    risk_out: "Carrinhos fora por cartão",
    risk_sum: "Pior caso",
    risk_total: "Todos os pontos",
    risk_limit: "Limite por dia",
    risk_list: "Lista no ponto",
    risk_no_list: "nenhuma: não abre por cartão",
    add_title: "Cadastrar ou bloquear um cartão",
    number: "Número do cartão",
    number_help: "Digite, ou passe o cartão num leitor ligado a este computador. Guardamos só o final.",
    holder: "De quem é",
    cpf: "CPF do sócio (opcional)",
    cpf_help: "Com CPF, cada devolução com este cartão conta quando há promoção.",
    add: "Liberar cartão",
    deny_new: "Bloquear cartão",
    error: |error| match error {
        CardError::Number => "O número precisa ter de 8 a 32 letras e números.",
        CardError::Holder => "Diga de quem é o cartão, em até 60 letras.",
        CardError::Cpf => "Este CPF não existe: confira os números, ou deixe o campo vazio.",
        CardError::TooMany => "A rede já tem o máximo de cartões que cabe na lista dos pontos.",
    },
    list: "Cartões",
    filter: |filter| match filter {
        CardFilter::All => "Todos",
        CardFilter::Active => "Liberados",
        CardFilter::Denied => "Bloqueados",
    },
    search: "Buscar",
    search_help: "Nome, final ou número inteiro",
    found: |n| match n {
        1 => "1 cartão".into(),
        n => format!("{n} cartões"),
    },
    none: "Nenhum cartão combina com isto.",
    ending: "Final",
    state: "Estado",
    active: "liberado",
    denied: "bloqueado",
    person: "CPF",
    person_known: "informado",
    changed: "Mudou",
    change: "Mudar",
    deny: |holder| format!("Bloquear o cartão de {holder}"),
    allow: |holder| format!("Liberar o cartão de {holder}"),
    deny_short: "Bloquear",
    allow_short: "Liberar",
};

pub(super) const TECHNICIANS: TechniciansText = TechniciansText {
    title: "Técnicos",
    answer_title: "Abrir a página de um gateway",
    answer_text: "A página do gateway mostra um desafio. Escreva-o aqui e dite a resposta a quem está diante do ponto.",
    dock: "Ponto",
    challenge: "Desafio",
    challenge_help: "Letras e números como estão na tela; espaços e hífens não contam.",
    show_answer: "Mostrar a resposta",
    answer_for: |dock, challenge| format!("Resposta para {dock}, desafio {challenge}"),
    answer_once: "Serve só para este desafio, uma vez. O pedido ficou registrado em seu nome.",
    keys_title: "Chaves de técnicos",
    keys_text: "Quem tem uma chave entra em qualquer gateway da rede, também sem internet. Uma chave retirada deixa de valer quando cada ponto recebe a lista nova.",
    name: "Nome",
    key: "Chave pública",
    key_help: "A linha que “volta-gateway technician-key” mostra: 43 letras e números.",
    add: "Cadastrar técnico",
    none: "Nenhum técnico cadastrado.",
    since: "Desde",
    state: "Estado",
    serves: "vale",
    revoked: |when| format!("retirada em {when}"),
    revoke: |name| format!("Retirar a chave de {name}"),
    revoke_short: "Retirar",
    error: |error| match error {
        TechnicianError::Dock => "Escolha um ponto que tenha gateway.",
        TechnicianError::Challenge => "O desafio tem 8 letras e números. Copie da tela.",
        TechnicianError::TooFast => "Muitos pedidos seguidos. Espere um minuto.",
        TechnicianError::Name => "Diga o nome, em até 60 letras.",
        TechnicianError::Key => "Isto não é uma chave pública: são 43 letras, números, - ou _.",
        TechnicianError::Taken => "Já existe um técnico com este nome ou esta chave.",
        TechnicianError::TooMany => "A rede já tem o máximo de técnicos.",
    },
    from_dock: "Abrir a página do gateway",
    enrol: |dock| format!("Novo código de cadastro para {dock}"),
    enrol_short: "Novo código de cadastro",
    enrol_title: "Código de cadastro",
    enrol_for: |dock| format!("Para o gateway de {dock}"),
    enrol_until: |when| format!("Serve uma vez, até {when}. Esta página não o mostra de novo."),
    enrol_steps: [
        "Aparelho novo: abra a página dele na rede do ponto e digite o código em “Cadastrar este ponto”.",
        "Aparelho que já serve: entre como técnico e digite-o em Configuração, “Cadastrar de novo”. O cadastro antigo deixa de valer.",
        "O pedido ficou registrado em seu nome.",
    ],
};
