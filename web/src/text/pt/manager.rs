use crate::manager::{
    AlarmKind, LedgerAccount, LoginError, PasswordError, ProblemKind, RefundObstacle, RentalFilter,
    RentalState, ReturnNature, Role, StepKind,
};
use crate::text::manager::{DashboardText, DetailText, ManagerText, SignInText};
use shared::event::{BayFault, Contradiction, GrantRefusal};

pub(super) const MANAGER: ManagerText = ManagerText {
    nav_label: "Seções",
    now: "Agora",
    rentals: "Retiradas",
    docks: "Pontos",
    alarms: "Alarmes",
    cards: "Cartões",
    technicians: "Técnicos",
    persons: "Pessoas",
    policies: "Regras",
    password: "Senha",
    sign_out: "Sair",
    role: |role| match role {
        Role::Viewer => "leitura",
        Role::Manager => "gerente",
        Role::Administrator => "administração",
    },
    customer_site: "Página dos clientes",
    sign_in: SIGN_IN,
    dashboard: DASHBOARD,
    detail: DETAIL,
};

const SIGN_IN: SignInText = SignInText {
    title: "Entrar na área da loja",
    login: "Usuário",
    password: "Senha",
    enter: "Entrar",
    login_error: |error| match error {
        LoginError::TooMany => "Muitas tentativas. Espere um minuto e tente de novo.",
        LoginError::BadCredentials => "Usuário ou senha não conferem.",
        LoginError::SessionEnded => "Sua sessão terminou. Entre de novo para continuar.",
    },
    forgot: "Esqueceu a senha? Peça uma nova a quem administra o sistema.",
    change_title: "Trocar a senha",
    first_title: "Escolha sua senha",
    first_text: "A senha de uso único já cumpriu seu papel. Escolha agora a sua, para só você saber.",
    current: "Senha atual",
    new: "Senha nova",
    new_help: |chars| {
        format!("Pelo menos {chars} caracteres. Uma frase serve; pode colar do seu gerenciador.")
    },
    repeat: "Repita a senha nova",
    save: "Guardar senha",
    password_error: |error| match error {
        PasswordError::WrongCurrent => "A senha atual não confere.",
        PasswordError::TooShort => "A senha nova é curta demais.",
        PasswordError::TooLong => "A senha nova é longa demais.",
        PasswordError::SameAsOld => "A senha nova precisa ser diferente da atual.",
        PasswordError::Mismatch => "As duas senhas novas não são iguais.",
    },
};

const DASHBOARD: DashboardText = DashboardText {
    title: "Agora",
    all_well: "Tudo certo agora",
    all_well_text: "Nenhuma devolução atrasada, nenhum ponto parado, nenhum alarme.",
    wrong: "Precisa de alguém",
    problem: |kind, n| match (kind, n) {
        (ProblemKind::RefundsDelayed, 1) => "1 devolução de Pix atrasada".into(),
        (ProblemKind::RefundsDelayed, n) => format!("{n} devoluções de Pix atrasadas"),
        (ProblemKind::ReturnsInReview, 1) => "1 carrinho espera conferência".into(),
        (ProblemKind::ReturnsInReview, n) => format!("{n} carrinhos esperam conferência"),
        (ProblemKind::DocksOffline, 1) => "1 ponto sem conexão".into(),
        (ProblemKind::DocksOffline, n) => format!("{n} pontos sem conexão"),
        (ProblemKind::BaysFaulted, 1) => "1 vaga com defeito".into(),
        (ProblemKind::BaysFaulted, n) => format!("{n} vagas com defeito"),
        (ProblemKind::Alarms, 1) => "1 alarme aberto".into(),
        (ProblemKind::Alarms, n) => format!("{n} alarmes abertos"),
    },
    oldest: |when| format!("o mais antigo desde {when}"),
    changed: "A lista mudou.",
    refresh: "Atualizar",
    updated_at: |clock| format!("Atualizado às {clock}"),
    updated_ago: "Atualizado há {} s",
    reconnecting: "Sem notícias do servidor, reconectando…",
    figures: "Números do momento",
    carts_out: "Carrinhos em uso",
    held: "Caução guardada",
    refundable: "A devolver",
    refunded_today: "Devolvido hoje",
    rentals: |n| match n {
        1 => "1 retirada".into(),
        n => format!("{n} retiradas"),
    },
    plan: "Pontos e vagas",
    plan_link: |dock| format!("{dock}: desenho das vagas, abre os detalhes do ponto"),
    table: "Ver tabela",
    bay: "Vaga",
    kind: "Tipo",
    state: "Estado",
    carts: "Carrinhos",
    online: "conectado",
    seen: |when| format!("visto: {when}"),
    never_seen: "nunca visto",
    gateway: "Gateway",
    software: "Versão",
    acked: "Último evento recebido",
    backlog: "Eventos por enviar",
    not_enrolled: "Nenhum gateway registrado neste ponto.",
    no_docks: "Nenhum ponto de coleta ainda.",
    recent: "Retiradas recentes",
    all_rentals: "Todas as retiradas",
    no_rentals: "Nenhuma retirada ainda.",
};

const DETAIL: DetailText = DetailText {
    list_title: "Retiradas",
    filter: "Mostrar",
    search: "Buscar",
    search_help: "Carrinho, id da retirada ou id do Pix",
    show: "Mostrar",
    found: |n, sum| format!("{n} retiradas, {sum}"),
    page_of: |page, pages| format!("Página {page} de {pages}"),
    before: "Anteriores",
    after: "Seguintes",
    filter_name: |filter| match filter {
        RentalFilter::All => "Todas",
        RentalFilter::AwaitingPayment => "Aguardando pagamento",
        RentalFilter::Paid => "Pagas, carrinho na vaga",
        RentalFilter::Out => "Carrinho em uso",
        RentalFilter::Held => "Com caução guardada",
        RentalFilter::Refunding => "A devolver",
        RentalFilter::RefundDelayed => "Devolução atrasada",
        RentalFilter::Review => "Em conferência",
        RentalFilter::RefundedToday => "Devolvidas hoje",
        RentalFilter::Closed => "Encerradas",
        RentalFilter::Expired => "Não pagas a tempo",
        RentalFilter::Cancelled => "Canceladas",
        RentalFilter::Rescued => "Resgatadas",
        RentalFilter::Abandoned => "Abandonadas",
    },
    state_name: |state| match state {
        RentalState::AwaitingPayment => "aguarda Pix",
        RentalState::Paid => "paga",
        RentalState::Out => "em uso",
        RentalState::Returned => "devolvido",
        RentalState::Closed => "encerrada",
        RentalState::Expired => "não paga",
        RentalState::Cancelled => "cancelada",
        RentalState::Rescued => "resgatada",
        RentalState::Abandoned => "abandonada",
    },
    begun: "Início",
    dock: "Ponto",
    cart: "Carrinho",
    deposit: "Caução",
    refund: "Devolução do Pix",
    cpf: "CPF",
    rental: "Retirada",
    none: "Nenhuma retirada combina com este filtro.",
    timeline: "O que aconteceu",
    no_steps: "Nada registrado ainda.",
    step: |kind| match kind {
        StepKind::Requested => "Retirada pedida",
        StepKind::ChargeCreated => "Cobrança criada no banco",
        StepKind::Paid => "Pix recebido",
        StepKind::PaidLate => "Pix recebido depois do prazo",
        StepKind::PaidTwice => "Segundo Pix da mesma cobrança",
        StepKind::PaidWrongAmount => "Pix com valor diferente",
        StepKind::GrantIssued => "Autorização enviada ao ponto",
        StepKind::CardReleaseStarted => "Vaga aberta por cartão",
        StepKind::GrantRefused => "Ponto recusou a autorização",
        StepKind::ReleaseStarted => "Vaga abrindo",
        StepKind::ReleaseExpired => "Ninguém puxou; vaga trancada",
        StepKind::ReleaseFailed => "Vaga não abriu",
        StepKind::CartPulled => "Carrinho saiu",
        StepKind::CartDocked => "Carrinho devolvido",
        StepKind::ReturnInReview => "Sensores discordam; conferir",
        StepKind::ReturnApproved => "Devolução conferida e liberada",
        StepKind::RefundRequested => "Devolução registrada",
        StepKind::RefundSent => "Devolução enviada ao banco",
        StepKind::RefundSettled => "Pix devolvido",
        StepKind::RefundRefused => "Banco recusou a devolução",
        StepKind::RefundOwed => "Devolução impossível: falta pagar por outro meio",
        StepKind::RefundCovered => "Nada mais a devolver",
        StepKind::BankReturning => "Banco começou uma devolução por conta própria",
        StepKind::BankReturned => "Banco devolveu por conta própria",
        StepKind::Expired => "Prazo de pagamento acabou",
        StepKind::Cancelled => "Cancelada",
        StepKind::Abandoned => "Carrinho abandonado",
        StepKind::EntryMade => "Participação no sorteio",
        StepKind::NoticeTold => "Cliente avisado",
        StepKind::NoticeWaiting => "Aviso ao cliente espera",
        StepKind::NoticeEnded => "Aviso ao cliente não saiu",
    },
    source_event: |seq, gateway| format!("evento {seq} do gateway {gateway}"),
    source_hash: "hash",
    source_txid: "txid",
    source_e2e: "endToEndId",
    source_return: "rtrId",
    source_refund: "devolução",
    source_grant: "autorização",
    source_entry: "participação",
    source_transfer: "lançamento",
    account: |account| match account {
        LedgerAccount::Bank => "banco",
        LedgerAccount::Held => "guardado",
        LedgerAccount::Owed => "a devolver",
        LedgerAccount::Payable => "a quem achou",
        LedgerAccount::Prize => "prêmios",
        LedgerAccount::Shop => "loja",
    },
    approve: "Liberar a devolução",
    told_late: "contado por um gateway que já foi trocado",
    unproven: "contado por um recibo, antes do registro do ponto",
    by_card: "cartão",
    end_rental: "Encerrar e devolver a caução",
    end_release_warning: "O ponto não contou se a vaga abriu: o carrinho pode estar fora. O Pix volta assim mesmo, e o carrinho é oferecido de novo. Veja a vaga antes.",
    end_rental_help: "Só quando o ponto não vai mais contar o que houve: gateway trocado, etiqueta quebrada, carrinho achado ou perdido. Manda o Pix de volta, sem participação no sorteio.",
    approve_help: "Confira se o carrinho está mesmo na vaga. Liberar manda o Pix de volta e dá a participação no sorteio.",
    approved_by: |login| format!("por {login}"),
    fault: |fault| match fault {
        BayFault::BoltStuckClosed => "a trava não abriu",
        BayFault::BoltStuckOpen => "a trava não fechou",
        BayFault::ReaderDeaf => "o leitor não responde",
        BayFault::LockFailed => "a fechadura deu erro",
        BayFault::SensorFailed => "um sensor deu erro",
        BayFault::Unreliable => "uma peça falha e volta toda hora",
    },
    contradiction: |contradiction| match contradiction {
        Contradiction::TagWithoutCart => "etiqueta sem carrinho",
        Contradiction::CartWithoutTag => "carrinho sem etiqueta",
        Contradiction::BoltNotEngaged => "a trava não prendeu o carrinho",
        Contradiction::TagInTwoBays => "a mesma etiqueta em duas vagas",
    },
    refusal: |refusal| match refusal {
        RefundObstacle::InfractionOpen => "infração aberta (MED)",
        RefundObstacle::WindowOver => "prazo de 90 dias terminado",
        RefundObstacle::NoBalance => "sem saldo na conta",
        RefundObstacle::AboveAmount => "acima do que resta do Pix",
        RefundObstacle::AccountGone => "conta do pagador não existe mais",
        RefundObstacle::AccountBlocked => "conta do pagador bloqueada",
        RefundObstacle::NotReturnable => "este Pix não pode ser devolvido",
        RefundObstacle::TimedOut => "um banco no caminho não respondeu a tempo",
        RefundObstacle::Duplicate => "o banco diz que já devolveu: confira o extrato",
        RefundObstacle::Fraud => "suspeita de fraude",
        RefundObstacle::Other => "outro motivo",
    },
    nature: |nature| match nature {
        ReturnNature::Original => "feita no app do banco",
        ReturnNature::MedFraud => "MED: fraude",
        ReturnNature::MedOperational => "MED: falha operacional",
        ReturnNature::MedRecurring => "MED: Pix Automático",
        ReturnNature::Other => "outra natureza",
    },
    pulled_again: "o carrinho saiu de novo antes de alguém ver a devolução",
    grant_refusal: |refusal| match refusal {
        GrantRefusal::UnknownBay => "vaga desconhecida",
        GrantRefusal::Expired => "autorização vencida",
        GrantRefusal::BayFaulted => "vaga com defeito",
        GrantRefusal::BayEmpty => "vaga vazia",
        GrantRefusal::CartUnnamed => "carrinho sem etiqueta lida",
        GrantRefusal::InService => "ponto em manutenção",
        GrantRefusal::ExposureReached => "limite do dia sem internet atingido",
        GrantRefusal::StorageFull => "disco do ponto cheio",
    },
    alarms_title: "Alarmes",
    alarms_none: "Nenhum alarme aberto.",
    alarms_ended: "Encerrados",
    alarm: |kind| match kind {
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
        AlarmKind::Other => "Alarme",
    },
    alarm_cure: |kind| match kind {
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
        AlarmKind::Other => "Abra o item para ver o que fazer.",
    },
    alarm_since: |when| format!("desde {when}"),
    alarm_until: |when| format!("até {when}"),
};
