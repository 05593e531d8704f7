use crate::customer::ContactError;
use crate::notice::{Facts, NoticeChannel, NoticeEnded, NoticeKind, Said};
use crate::text::NoticesText;

pub(super) const NOTICES: NoticesText = NoticesText {
    said,
    channel: |channel| match channel {
        NoticeChannel::Mail => "E-mail",
        NoticeChannel::Push => "Notificação no navegador",
        NoticeChannel::Messenger => "Mensageiro da loja",
    },
    kind: |kind| match kind {
        NoticeKind::AbandonmentNear { .. } => "Aviso antes do abandono",
        NoticeKind::Abandoned => "Aviso de abandono",
        NoticeKind::LateReturnRefunded => "Aviso de devolução atrasada",
        NoticeKind::CartBackUnclaimed => "Aviso de carrinho trazido",
        NoticeKind::Rescued => "Aviso de resgate",
        NoticeKind::ContestUpheld => "Contestação aceita",
        NoticeKind::ContestRefused => "Contestação recusada",
        NoticeKind::PayoutKeyNeeded => "Pedido de chave Pix",
        NoticeKind::PrizeWon => "Aviso de prêmio",
    },
    ended: |why| match why {
        NoticeEnded::Overtaken => "já não fazia sentido",
        NoticeEnded::TooOld => "ficou velho demais",
        NoticeEnded::ContactGone => "contato apagado",
        NoticeEnded::Unreachable => "endereço não existe mais",
    },
    open_page: "Abrir a página da sua retirada",
    mail_why: |days| {
        format!(
            "Você recebe este aviso porque pediu na página da sua retirada. O contato é apagado {days} dias depois que ela termina. Na mesma página você pode apagá-lo já."
        )
    },
    invite: "Quer ser avisado antes de perder a caução?",
    invite_help: "Por e-mail ou neste celular, só se precisar.",
    given: "Avisos combinados",
    given_help: "Ver ou apagar o contato.",
    title: "Avisos",
    lead: |minutes| {
        format!(
            "Avisamos {minutes} minutos antes de a sua caução correr risco, e se algo mudar com ela. Nada de propaganda."
        )
    },
    not_now: "Nesta retirada não há mais nada a avisar.",
    saved: "Pronto, contato guardado.",
    mail_label: "Seu e-mail",
    mail_help: "Opcional.",
    mail_button: "Avisar por e-mail",
    mail_given: |address| format!("E-mail: {address}"),
    phone_label: "Seu celular, com DDD",
    phone_help: "Opcional. A loja manda a mensagem; o número serve só para isso.",
    phone_button: "Avisar por mensagem",
    phone_given: |number| format!("Celular: {number}"),
    push_title: "Neste aparelho",
    push_help: "O navegador pergunta se pode mostrar notificações.",
    push_button: "Avisar neste aparelho",
    push_given: "Notificações neste aparelho",
    push_denied: "O navegador não deixou. Você pode mudar isso nos ajustes dele, ou usar o e-mail.",
    push_failed: "Não deu certo agora. Tente de novo, ou use o e-mail.",
    error_title: "Confira o contato",
    error: |error| match error {
        ContactError::Mail => "Escreva o e-mail inteiro, como nome@exemplo.com.br.",
        ContactError::Phone => "Escreva o DDD e o número, como 81 91234-5678.",
    },
    kept: |days| format!("Apagamos o contato {days} dias depois que a retirada termina."),
    forget: "Apagar meus contatos agora",
    back: "Voltar à minha retirada",
};

fn said(kind: &NoticeKind, facts: &Facts<'_>) -> Said {
    match kind {
        NoticeKind::AbandonmentNear { .. } => abandonment_near(facts),
        NoticeKind::Abandoned => abandoned(facts),
        NoticeKind::LateReturnRefunded => late_return_refunded(facts),
        NoticeKind::CartBackUnclaimed => cart_back_unclaimed(facts),
        NoticeKind::Rescued => rescued(facts),
        NoticeKind::ContestUpheld => contest_upheld(facts),
        NoticeKind::ContestRefused => contest_refused(facts),
        NoticeKind::PayoutKeyNeeded => payout_key_needed(facts),
        NoticeKind::PrizeWon => prize_won(facts),
    }
}

fn abandonment_near(facts: &Facts<'_>) -> Said {
    let Facts {
        deposit,
        store,
        when,
    } = facts;
    Said {
        subject: format!("Devolva o carrinho até {when}"),
        lines: vec![
            format!(
                "Seu carrinho de {store} ainda não voltou. A partir de {when} ele conta como abandonado, e quem o trouxer pode ficar com parte da sua caução de {deposit}."
            ),
            "Deixe-o em qualquer ponto de coleta da rede antes disso, e o Pix volta inteiro."
                .to_owned(),
        ],
    }
}

fn abandoned(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: "Seu carrinho conta como abandonado".to_owned(),
        lines: vec![
            format!("O prazo passou e o carrinho de {store} não voltou."),
            format!(
                "Se você o devolver antes de outra pessoa, os {deposit} ainda voltam para você, sem participação no sorteio."
            ),
        ],
    }
}

fn late_return_refunded(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: format!("Carrinho devolvido: {deposit} a caminho"),
        lines: vec![
            format!(
                "Você devolveu o carrinho de {store} depois do prazo. A caução de {deposit} volta para a conta que pagou."
            ),
            "Por causa do atraso, esta devolução não vale participação no sorteio.".to_owned(),
        ],
    }
}

fn cart_back_unclaimed(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: "Seu carrinho abandonado foi trazido de volta".to_owned(),
        lines: vec![
            format!(
                "Alguém trouxe o carrinho de {store} e não disse quem é. Nada foi pago a ninguém."
            ),
            format!(
                "Se foi você, ou se discorda, conteste na página da retirada: a caução de {deposit} segue guardada."
            ),
        ],
    }
}

fn rescued(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: "Outra pessoa trouxe o seu carrinho".to_owned(),
        lines: vec![
            format!(
                "Depois do prazo, outra pessoa devolveu o carrinho que você levou de {store}. Parte da caução de {deposit} recompensa quem o trouxe; o resto vai para os prêmios do sorteio. A participação é de quem o trouxe."
            ),
            "Na página da retirada estão os horários e os motivos, e ali você pode contestar."
                .to_owned(),
        ],
    }
}

fn contest_upheld(facts: &Facts<'_>) -> Said {
    let Facts { deposit, store, .. } = facts;
    Said {
        subject: format!("Contestação aceita: {deposit} a caminho"),
        lines: vec![format!(
            "A loja {store} olhou o caso e decidiu a seu favor. A caução de {deposit} volta para você."
        )],
    }
}

fn contest_refused(facts: &Facts<'_>) -> Said {
    let Facts { store, .. } = facts;
    Said {
        subject: "Contestação analisada".to_owned(),
        lines: vec![format!(
            "A loja {store} olhou o caso e manteve a decisão. Os motivos estão na página da retirada."
        )],
    }
}

fn payout_key_needed(facts: &Facts<'_>) -> Said {
    let Facts { deposit, .. } = facts;
    Said {
        subject: format!("Falta uma chave Pix para devolver {deposit}"),
        lines: vec![
            format!(
                "O banco não consegue mais mandar a caução de {deposit} de volta pela conta de origem."
            ),
            "Abra a página da retirada e informe uma chave Pix sua.".to_owned(),
        ],
    }
}

fn prize_won(facts: &Facts<'_>) -> Said {
    let Facts { store, .. } = facts;
    Said {
        subject: "Você ganhou um prêmio no sorteio".to_owned(),
        lines: vec![
            format!(
                "A participação da sua devolução em {store} foi sorteada. O prêmio e o código para retirá-lo estão na página da retirada."
            ),
            "Ninguém da loja pede senha, pagamento ou Pix para entregar um prêmio.".to_owned(),
        ],
    }
}
