use crate::manager::AlarmKind;
use crate::text::Named;

pub(super) const ALARM: Named<AlarmKind> = |kind| match kind {
    AlarmKind::LedgerMismatch => "O livro não bate com o banco",
    AlarmKind::RefundDelayed => "Devolução de Pix atrasada",
    AlarmKind::RefundRefused => "Banco recusou uma devolução",
    AlarmKind::RefundNoBalance => "Falta saldo para devolver",
    AlarmKind::RefundBlocked => "Devolução parada por infração aberta (MED)",
    AlarmKind::RefundOwed => "Devolução impossível: falta pagar por outro meio",
    AlarmKind::RefundExcess => "Voltou mais do que o Pix trouxe",
    AlarmKind::PayoutRefused => "Um envio de Pix foi recusado ou não pode sair",
    AlarmKind::PayoutLate => "Envio de Pix atrasado",
    AlarmKind::PayoutNoBalance => "Falta saldo para enviar um Pix",
    AlarmKind::PayoutHeld => "Um envio de Pix espera uma decisão",
    AlarmKind::PayoutReturned => "Um Pix enviado voltou",
    AlarmKind::PayoutExcess => "Saiu um Pix que já estava cancelado",
    AlarmKind::DepositTakenBack => "Banco tirou a caução de um carrinho em uso",
    AlarmKind::GatewayForked => "Gateway com dois passados",
    AlarmKind::EventQuarantined => "Evento separado para exame",
    AlarmKind::DockOffline => "Ponto sem conexão",
    AlarmKind::BayFaulted => "Vaga com defeito",
    AlarmKind::ReturnInReview => "Sensores discordam na devolução",
    AlarmKind::UnknownCart => "Carrinho desconhecido devolvido",
    AlarmKind::CartOutWithoutDeposit => "Carrinho saiu sem caução",
    AlarmKind::CartLeftUnreleased => "Carrinho saiu sem autorização",
    AlarmKind::PaymentUnmatched => "Pix recebido sem retirada",
    AlarmKind::ReleaseUnresolved => "Retirada paga sem resposta do ponto",
    AlarmKind::RentedCartPlaced => "Carrinho alugado foi guardado em manutenção",
    AlarmKind::BayUnreliable => "Vaga que falha toda hora",
    AlarmKind::JournalSalvaged => "Registro do ponto foi danificado",
    AlarmKind::ReceiptContradicted => "Recibo e registro discordam",
    AlarmKind::CardNotAllowed => "Cartão que não podia abriu uma vaga",
    AlarmKind::ListAhead => "Um ponto tem uma lista de cartões mais nova que a daqui",
    AlarmKind::JournalSetBack => "Registro do ponto mais velho do que ele já contou",
    AlarmKind::BankCertificateEnding => "Certificado da ligação com o banco perto do fim",
    AlarmKind::EventsForgotten => "Registros de um ponto se perderam numa restauração",
    AlarmKind::NoticeFailing => "Um canal de avisos não funciona",
    AlarmKind::RescueWaiting => "Um resgate espera uma decisão",
    AlarmKind::VoucherContradicted => "Um ponto aceitou um vale que não estava com ele",
    AlarmKind::CommitmentContradicted => "Um ponto viu duas listas para o mesmo sorteio",
    AlarmKind::WitnessDiffers => "Um ponto assinou outra lista de participações",
    AlarmKind::CampaignDue => "Uma promoção espera por alguém da equipe",
    AlarmKind::Other => "Alarme",
};

/// What a person does about it.
pub(super) const CURE: Named<AlarmKind> = |kind| match kind {
    AlarmKind::LedgerMismatch => {
        "Abra o dia em Caixa: as diferenças estão listadas uma a uma. Confira cada uma no banco e chame o suporte."
    }
    AlarmKind::RefundDelayed => {
        "O sistema tenta sem parar. Se passar de um dia, fale com o banco citando o id."
    }
    AlarmKind::RefundRefused => {
        "O sistema tenta de novo sozinho, com outra ordem. Veja o motivo na retirada."
    }
    AlarmKind::RefundNoBalance => {
        "Ponha dinheiro na conta do Pix e veja se uma transferência automática a esvazia. O sistema tenta de novo a cada depósito, a dívida mais antiga primeiro."
    }
    AlarmKind::RefundBlocked => {
        "Responda à infração no banco, com a retirada como prova. Enquanto ela está aberta o banco não devolve; depois o sistema segue sozinho. Não pague por fora: o banco pode devolver também."
    }
    AlarmKind::RefundOwed => {
        "O banco não devolve mais este Pix. Veja o motivo na retirada e combine com o cliente outro meio. Confira antes no banco se o dinheiro já não voltou."
    }
    AlarmKind::RefundExcess => {
        "Compare a retirada com o extrato do banco: o dinheiro pode ter voltado duas vezes. Fale com o banco citando os ids."
    }
    AlarmKind::PayoutRefused => {
        "Veja o motivo em Pix enviados. Se a chave está errada, quem recebe precisa dizer outra; se o envio está desligado, pague por fora e anote."
    }
    AlarmKind::PayoutLate => {
        "O sistema pergunta ao banco sem parar e nunca envia duas vezes. Se passar de um dia, fale com o banco citando o id."
    }
    AlarmKind::PayoutNoBalance => {
        "Ponha dinheiro na conta do Pix. O sistema tenta de novo sozinho."
    }
    AlarmKind::PayoutHeld => "Abra Pix enviados, confira e libere ou cancele.",
    AlarmKind::PayoutReturned => {
        "O banco de quem recebe devolveu o dinheiro. Descubra por quê antes de enviar de novo em Pix enviados."
    }
    AlarmKind::PayoutExcess => {
        "Compare Pix enviados com o extrato do banco: alguém pode ter recebido duas vezes. Fale com o banco citando os ids."
    }
    AlarmKind::DepositTakenBack => {
        "O carrinho está fora sem caução. Procure-o e guarde a retirada como prova para o banco."
    }
    AlarmKind::GatewayForked => {
        "O aparelho foi clonado ou restaurado. Registre-o de novo com um código novo e guarde o cartão de memória antigo como prova."
    }
    AlarmKind::EventQuarantined => {
        "O resto seguiu normalmente. Peça ao suporte para examinar o evento."
    }
    AlarmKind::DockOffline => "Confira energia e rede. Devoluções continuam e chegam depois.",
    AlarmKind::BayFaulted => "Peça a um técnico para testar a trava e o leitor.",
    AlarmKind::ReturnInReview => "Vá até a vaga, confira o carrinho e libere a devolução.",
    AlarmKind::UnknownCart => "Cadastre a etiqueta, ou retire o carrinho da vaga.",
    AlarmKind::CartOutWithoutDeposit => {
        "Procure o carrinho; o Pix já foi devolvido ou nunca chegou."
    }
    AlarmKind::CartLeftUnreleased => "Confira a trava da vaga e procure o carrinho.",
    AlarmKind::PaymentUnmatched => {
        "Confira no banco de quem veio e devolva em Caixa: o valor volta para a conta que pagou."
    }
    AlarmKind::ReleaseUnresolved => {
        "Confira o ponto: se ninguém puxou o carrinho, a devolução segue sozinha quando ele responder. Se ele não vai responder nunca, encerre a retirada; o carrinho pode estar fora."
    }
    AlarmKind::RentedCartPlaced => {
        "Alguém da loja trouxe o carrinho. Confira e encerre a retirada, que manda o Pix de volta."
    }
    AlarmKind::BayUnreliable => {
        "A vaga está descansando. Peça a um técnico o teste guiado da vaga."
    }
    AlarmKind::JournalSalvaged => {
        "Compare o ponto com o que aparece aqui: devoluções desse intervalo podem ter se perdido. Recibos dos clientes valem."
    }
    AlarmKind::ReceiptContradicted => {
        "Pode ser um aparelho clonado ou restaurado. Confira o carrinho e guarde o recibo como prova."
    }
    AlarmKind::CardNotAllowed => {
        "O cartão é desconhecido ou já estava bloqueado. Procure o carrinho; o ponto só sabe do bloqueio quando recebe a lista."
    }
    AlarmKind::ListAhead => {
        "Este sistema voltou a uma cópia antiga. Confira os cartões de membro: o que mudou desde então se perdeu. O ponto pega a próxima lista sozinho."
    }
    AlarmKind::JournalSetBack => {
        "O cartão de memória perdeu o que já tinha contado, ou foi restaurado ou clonado. Registre o aparelho de novo com um código novo, guarde o cartão antigo e compare o ponto com o que aparece aqui."
    }
    AlarmKind::BankCertificateEnding => {
        "Peça um novo a quem emitiu este, troque o arquivo e reinicie o sistema. Sem isso, o banco deixa de nos atender nesse dia."
    }
    AlarmKind::EventsForgotten => {
        "Este sistema foi restaurado de uma cópia tão antiga que o ponto já não guarda esses registros; se nada foi restaurado, o aparelho os deixou de fora: registre-o de novo com um código novo. Compare o extrato do banco e o ponto com o que aparece aqui; recibos dos clientes valem."
    }
    AlarmKind::NoticeFailing => {
        "Os avisos esperam e saem sozinhos quando o canal voltar; até lá ninguém perde a caução sem ter sido avisado. Confira o servidor de e-mail, o serviço de push ou o mensageiro, e a configuração deles."
    }
    AlarmKind::RescueWaiting => {
        "Abra Resgates, compare horários e sensores, e decida. Até lá nem quem pagou nem quem achou recebe."
    }
    AlarmKind::VoucherContradicted => {
        "A mercadoria já saiu. Veja no diário do ponto quem estava na página e quando, e se o mesmo vale foi usado também no caixa. Se o aparelho foi trocado ou copiado, recolha o antigo."
    }
    AlarmKind::CommitmentContradicted => {
        "Duas listas diferentes saíram com a assinatura deste sistema. Pare o sorteio, não apure nada, guarde o registro do ponto e do sistema como prova e avise o responsável pela promoção: só vale a lista que os pontos assinaram."
    }
    AlarmKind::WitnessDiffers => {
        "A lista que o ponto viu não é a que está aqui. Ou este sistema voltou a uma cópia antiga, ou alguém usou a chave dele. Compare o número e a raiz no visor do ponto com a página do sorteio e não apure antes de saber o motivo."
    }
    AlarmKind::CampaignDue => {
        "Abra a promoção: no alto está o próximo passo e até quando ele pode ser dado. Se a lista atrasar, a extração fica para outra data; se o resultado atrasar, ele aparece como pendente até duas fontes concordarem."
    }
    AlarmKind::Other => "Abra o item para ver o que fazer.",
};
