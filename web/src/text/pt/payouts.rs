use crate::customer::{PayoutError, PayoutStage};
use crate::manager::{PayoutPurpose, PayoutState};
use crate::text::payouts::PayoutsText;

pub(super) const PAYOUTS: PayoutsText = PayoutsText {
    title: "Receber por chave Pix",
    owed: "Valor que é seu",
    stage: |stage| match stage {
        PayoutStage::AskKey { .. } => {
            "O banco não devolve mais o Pix da caução. Diga uma chave Pix sua e o valor vai para lá."
        }
        PayoutStage::Held => "Registrado. A loja confere o pedido antes de enviar.",
        PayoutStage::OnItsWay => "Registrado. O Pix está a caminho da sua chave.",
        PayoutStage::Paid { .. } => "Enviado para a sua chave.",
        PayoutStage::Nothing => "Não há nada a receber por aqui.",
    },
    again: "A chave de antes não recebeu o Pix. Confira e diga outra.",
    cpf_label: "CPF do dono da chave",
    key_label: "Chave Pix",
    key_help: "CPF, e-mail, celular com DDD ou chave aleatória, de uma conta deste CPF.",
    button: "Receber",
    privacy: "CPF e chave servem só para este Pix e ficam guardados em segredo.",
    back: "Voltar à retirada",
    error: |error| match error {
        PayoutError::Cpf => "Confira o CPF: são 11 números e os dois últimos não batem.",
        PayoutError::Key => {
            "Isto não é uma chave Pix. Celular: escreva com DDD, como +55 11 98765-4321."
        }
        PayoutError::KeyOfOther => {
            "Esta chave é de outra pessoa ou de uma empresa. Se for um celular, escreva com +55."
        }
        PayoutError::TooMany => "Chaves erradas demais por hoje. Tente de novo amanhã.",
    },
    link: "Dizer a chave Pix para receber",
    manager_title: "Pix enviados",
    manager_text: "O que foi enviado, ou espera para ser enviado, à chave de uma pessoa: a parte de quem encontrou um carrinho, e a caução que o banco não devolve mais.",
    off: "O envio de Pix por este banco não é conhecido ou está desligado. Cada pedido espera que uma pessoa pague.",
    none: "Nenhum envio.",
    ordered: "Pedido",
    purpose_head: "Motivo",
    key_head: "Chave",
    decide: "Decidir",
    came_back: |amount| format!("voltaram {amount}"),
    state: |state| match state {
        PayoutState::Waiting => "espera a hora",
        PayoutState::HeldByObjection => "parado: o pagador contesta",
        PayoutState::HeldAboveLimit => "parado: acima do limite",
        PayoutState::HeldAboveDayLimit => "parado: acima do limite do dia",
        PayoutState::HeldForReview => "parado: precisa de conferência",
        PayoutState::AtBank => "no banco",
        PayoutState::Settled => "enviado",
        PayoutState::NeedsKey => "recusado: falta outra chave",
        PayoutState::Refused => "recusado",
        PayoutState::Replaced => "trocado por outro pedido",
        PayoutState::Returned => "voltou",
        PayoutState::Void => "cancelado",
    },
    purpose: |purpose| match purpose {
        PayoutPurpose::Finder => "encontrou um carrinho",
        PayoutPurpose::Owed => "caução devida",
    },
    release: "Liberar",
    repeat: "Enviar de novo",
    void: "Cancelar",
};
