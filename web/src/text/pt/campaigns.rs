use crate::campaign::ExtractionKind;
use crate::manager::{
    CampaignAlarm, CheckItem, CheckState, FieldError, FieldKey, FormAction, FormError, NextStep,
};
use crate::text::CampaignsText;

pub(super) const CAMPAIGNS: CampaignsText = CampaignsText {
    nav: "Sorteios",
    title: "Promoções e sorteios",
    text: "Cada promoção tem um próximo passo e uma data. O sistema recusa o que vier fora de ordem ou de prazo.",
    none: "Nenhuma promoção ainda. Um rascunho não promete nada a ninguém.",
    new_title: "Nova promoção",
    draft_title: |x| format!("Rascunho de {x}"),
    back: "Voltar",
    name: "Promoção",
    state: "Situação",
    next_step: "Próximo passo",
    by: "Até quando",
    entries: "Participações",
    period: "Período",
    alarms: |count| match count {
        1 => "1 alerta".into(),
        n => format!("{n} alertas"),
    },
    step: |case| match case {
        NextStep::Authorise => "registrar a autorização",
        NextStep::Open => "publicar as regras",
        NextStep::WaitEnd => "esperar o fim do período",
        NextStep::WaitGrace => "esperar os pontos sem conexão",
        NextStep::Approve => "aprovar a lista",
        NextStep::ApproveSecond => "segunda aprovação da lista",
        NextStep::Shuffle => "guardar o valor público (drand)",
        NextStep::WaitExtraction => "esperar a extração",
        NextStep::EnterExtraction => "registrar a extração",
        NextStep::EnterSecond => "segunda pessoa registra a extração",
        NextStep::Deliver => "entregar os prêmios",
        NextStep::Account => "prestar contas",
        NextStep::Nothing => "nada a fazer",
    },
    step_help: |case| match case {
        NextStep::Authorise => {
            "Com o certificado do Ministério da Fazenda (sistema SCPC) e a prova de propriedade dos prêmios em mãos."
        }
        NextStep::Open => {
            "Depois de publicadas, as regras não mudam mais. Só contam devoluções feitas a partir daí."
        }
        NextStep::WaitEnd => "As participações entram sozinhas, a cada devolução.",
        NextStep::WaitGrace => {
            "O que um ponto contar até o fechamento ainda entra; depois, fica para a próxima promoção."
        }
        NextStep::Approve => {
            "Duas pessoas diferentes conferem o número de participações e o código da lista. Com a segunda aprovação a lista é assinada e publicada."
        }
        NextStep::ApproveSecond => "Falta outra pessoa, que ainda não aprovou.",
        NextStep::Shuffle => {
            "Cole a assinatura da rodada, de qualquer página da rede drand. Ela é conferida antes de ser aceita."
        }
        NextStep::WaitExtraction => "Lista e ordem estão publicadas. Nada mais pode mudar.",
        NextStep::EnterExtraction => {
            "Duas pessoas digitam os cinco prêmios, cada uma de uma fonte sua, sem ver o que a outra digitou."
        }
        NextStep::EnterSecond => {
            "Digite da sua fonte. Se for diferente da primeira, as duas são descartadas."
        }
        NextStep::Deliver => {
            "Confira documento e CPF, peça a assinatura no recibo e registre aqui. Vales usados no caixa são registrados sozinhos."
        }
        NextStep::Account => {
            "Envie no SCPC a ata, os recibos e os comprovantes, e registre aqui o protocolo."
        }
        NextStep::Nothing => "Esta promoção terminou.",
    },
    if_missed: |case| match case {
        NextStep::Authorise => {
            "Sem certificado não há sorteio, e as páginas públicas não prometem nenhum."
        }
        NextStep::Open => "O começo fica para o momento da publicação.",
        NextStep::WaitEnd => "",
        NextStep::WaitGrace => "",
        NextStep::Approve => {
            "Sem lista publicada 24 horas antes da extração não há resultado: a extração passa e é preciso consultar o Ministério da Fazenda."
        }
        NextStep::ApproveSecond => {
            "Sem lista publicada 24 horas antes da extração não há resultado."
        }
        NextStep::Shuffle => {
            "Se não houver valor duas horas antes da extração, zeros ficam no lugar dele, como dizem as regras."
        }
        NextStep::WaitExtraction => "",
        NextStep::EnterExtraction => {
            "A página pública diz “resultado pendente” até as duas baterem."
        }
        NextStep::EnterSecond => "A página pública diz “resultado pendente” até as duas baterem.",
        NextStep::Deliver => {
            "Depois de 180 dias o prêmio caduca: o valor vai à União por DARF 0394 em até 45 dias."
        }
        NextStep::Account => "O prazo é de 30 dias.",
        NextStep::Nothing => "",
    },
    missed_label: "Se o prazo passar:",
    action: |case| match case {
        FormAction::Draft => "Rascunho",
        FormAction::Authorise => "Registrar a autorização",
        FormAction::Open => "Publicar as regras",
        FormAction::Approve => "Aprovar a lista",
        FormAction::Shuffle => "Guardar o valor do drand",
        FormAction::ShuffleAbsent => "Registrar que o drand faltou",
        FormAction::Extraction => "Registrar a extração",
        FormAction::Rectify => "Retificar um registro",
        FormAction::Disqualify => "Desclassificar uma participação",
        FormAction::Deliver => "Registrar uma entrega",
        FormAction::Account => "Registrar a prestação de contas",
        FormAction::GiveUp => "Encerrar sem sorteio",
    },
    done: |case| match case {
        FormAction::Draft => "Rascunho guardado.",
        FormAction::Authorise => "Autorização registrada.",
        FormAction::Open => "Regras publicadas.",
        FormAction::Approve => "Sua aprovação foi registrada.",
        FormAction::Shuffle => "Valor conferido e guardado.",
        FormAction::ShuffleAbsent => "Registrado: zeros ficam no lugar do drand.",
        FormAction::Extraction => "Sua leitura da extração foi registrada.",
        FormAction::Rectify => "Retificação registrada; o registro errado continua visível.",
        FormAction::Disqualify => "Desclassificação registrada e publicada.",
        FormAction::Deliver => "Entrega registrada.",
        FormAction::Account => "Contas registradas.",
        FormAction::GiveUp => "Encerrada sem sorteio.",
    },
    button: |case| match case {
        FormAction::Draft => "Guardar rascunho",
        FormAction::Authorise => "Registrar autorização",
        FormAction::Open => "Publicar para sempre",
        FormAction::Approve => "Aprovar esta lista",
        FormAction::Shuffle => "Conferir e guardar",
        FormAction::ShuffleAbsent => "Registrar a falta",
        FormAction::Extraction => "Registrar a extração",
        FormAction::Rectify => "Registrar a retificação",
        FormAction::Disqualify => "Desclassificar",
        FormAction::Deliver => "Registrar entrega",
        FormAction::Account => "Registrar contas",
        FormAction::GiveUp => "Encerrar sem sorteio",
    },
    action_help: |case| match case {
        FormAction::Draft => "Nada aqui é público até as regras serem publicadas.",
        FormAction::Authorise => "",
        FormAction::Open => "",
        FormAction::Approve => "",
        FormAction::Shuffle => "",
        FormAction::ShuffleAbsent => "Permitido só nas duas horas antes da extração.",
        FormAction::Extraction => "",
        FormAction::Rectify => {
            "Para um resultado digitado errado. A lista e a ordem nunca mudam, e depois de entregue um prêmio nada é retificado."
        }
        FormAction::Disqualify => {
            "Só por um motivo das regras. É publicada com o código; o prêmio passa ao primeiro suplente, nunca há novo sorteio."
        }
        FormAction::Deliver => "",
        FormAction::Account => "",
        FormAction::GiveUp => {
            "As páginas públicas passam a dizer que não há sorteio, com o motivo."
        }
    },
    tick: |case| match case {
        FormAction::Open => "Li as regras inteiras. Sei que não mudam mais.",
        FormAction::Approve => "Conferi o número de participações e o código da lista acima.",
        FormAction::ShuffleAbsent => {
            "Procurei o valor do drand em mais de um lugar e ele não existe."
        }
        FormAction::Disqualify => "Conferi o motivo. Sei que ele é publicado e não se desfaz.",
        FormAction::GiveUp => "Sei que não se desfaz.",
        FormAction::Draft
        | FormAction::Authorise
        | FormAction::Shuffle
        | FormAction::Extraction
        | FormAction::Rectify
        | FormAction::Deliver
        | FormAction::Account => "Confirmo.",
    },
    label: |case| match case {
        FieldKey::Name => "Nome da promoção",
        FieldKey::Mode => "Tipo",
        FieldKey::Stores => "Lojas",
        FieldKey::OpensAt => "Começo",
        FieldKey::ClosesAt => "Fim",
        FieldKey::GraceHours => "Tolerância para pontos sem conexão (horas)",
        FieldKey::ExtractionNumber => "Número da extração",
        FieldKey::ExtractionAt => "Data e hora da extração",
        FieldKey::Prizes => "Prêmios",
        FieldKey::EntriesMax => "Participações por CPF, no máximo",
        FieldKey::Alternates => "Suplentes",
        FieldKey::PromoterName => "Razão social da promotora",
        FieldKey::PromoterDocument => "CNPJ da promotora",
        FieldKey::Certificate => "Número do certificado",
        FieldKey::OwnershipOn => "Data da prova de propriedade",
        FieldKey::OwnershipDocument => "Documento da prova",
        FieldKey::Confirm => "Confirmação",
        FieldKey::Signature => "Assinatura da rodada do drand",
        FieldKey::PrizeOne => "1º prêmio",
        FieldKey::PrizeTwo => "2º prêmio",
        FieldKey::PrizeThree => "3º prêmio",
        FieldKey::PrizeFour => "4º prêmio",
        FieldKey::PrizeFive => "5º prêmio",
        FieldKey::Source => "Fonte",
        FieldKey::Evidence => "Prova",
        FieldKey::Replaces => "Registro que sai",
        FieldKey::Reason => "Motivo",
        FieldKey::Position => "Posição na ordem",
        FieldKey::Code => "Motivo das regras",
        FieldKey::Rank => "Prêmio",
        FieldKey::DeliveredOn => "Data da entrega",
        FieldKey::Document => "Recibo assinado",
        FieldKey::Protocol => "Protocolo da prestação de contas",
        FieldKey::DarfDocument => "Comprovante do DARF 0394",
    },
    help: |case| match case {
        FieldKey::Name => "Como aparece ao público.",
        FieldKey::Mode => {
            "Com sorteio é preciso autorização. No prêmio certo todos ganham o mesmo vale, sem autorização."
        }
        FieldKey::Stores => "Nenhuma marcada: todas.",
        FieldKey::OpensAt => "Não antes de publicar as regras.",
        FieldKey::ClosesAt => "No máximo 12 meses depois do começo.",
        FieldKey::GraceHours => "72 horas é o recomendado.",
        FieldKey::ExtractionNumber => "Da Loteria Federal. Vazio no prêmio certo.",
        FieldKey::ExtractionAt => {
            "Quartas e sábados às 20 h, salvo feriados. Deixe ao menos um dia depois da tolerância. Vazio no prêmio certo."
        }
        FieldKey::Prizes => {
            "Um por linha, do primeiro ao último: nome; valor. Exemplo: Vale-compras; 500,00. Nunca dinheiro."
        }
        FieldKey::EntriesMax => "As primeiras valem.",
        FieldKey::Alternates => "20 é o recomendado. Vazio no prêmio certo.",
        FieldKey::PromoterName => "A empresa da autorização.",
        FieldKey::PromoterDocument => "Com ou sem pontos; letras valem.",
        FieldKey::Certificate => "Como está no SCPC, por exemplo 04.044574/2026.",
        FieldKey::OwnershipOn => "Ao menos 8 dias antes da extração.",
        FieldKey::OwnershipDocument => {
            "Nota fiscal, ou termo de destinação de estoque próprio, com número."
        }
        FieldKey::Confirm => "",
        FieldKey::Signature => "96 algarismos de 0 a f, sem espaços.",
        FieldKey::PrizeOne => "Cinco algarismos, com zeros à esquerda.",
        FieldKey::PrizeTwo => "Cinco algarismos.",
        FieldKey::PrizeThree => "Cinco algarismos.",
        FieldKey::PrizeFour => "Cinco algarismos.",
        FieldKey::PrizeFive => "Cinco algarismos.",
        FieldKey::Source => "Site, jornal ou bilhete de onde você leu. Cada pessoa usa a sua.",
        FieldKey::Evidence => {
            "Cole o texto da página ou o endereço. Fica guardado, e seu SHA-256 vai no arquivo público."
        }
        FieldKey::Replaces => "Continua visível, com a indicação do que vale.",
        FieldKey::Reason => "Publicado. Ao registrar a extração, só se não for a planejada.",
        FieldKey::Position => "Contada de zero, como na lista de ganhadores.",
        FieldKey::Code => "O código é publicado.",
        FieldKey::Rank => "Só os que ainda não foram entregues.",
        FieldKey::DeliveredOn => "O dia da assinatura.",
        FieldKey::Document => {
            "Número ou lugar onde está guardado. Acima de R$ 10.000, com cópia de documento e CPF."
        }
        FieldKey::Protocol => "Do SCPC.",
        FieldKey::DarfDocument => "Só se houver prêmio não retirado.",
    },
    field_error: |case| match case {
        FieldError::Missing => "Preencha este campo.",
        FieldError::TooLong => "Texto longo demais.",
        FieldError::NotANumber => "Isto não é um número.",
        FieldError::OutOfBounds => "Fora dos limites.",
        FieldError::NotAMoment => "Data ou hora inválida.",
        FieldError::InPast => "Já passou.",
        FieldError::BeforeOpening => "O fim precisa vir depois do começo.",
        FieldError::PeriodTooLong => "O período passa de 12 meses.",
        FieldError::ExtractionTooSoon => {
            "A extração precisa vir ao menos um dia depois da tolerância."
        }
        FieldError::NotADocument => "Este CNPJ não existe: confira.",
        FieldError::PrizeLine => "Cada linha é “nome; valor”, com valor maior que zero.",
        FieldError::OnePrize => "No prêmio certo há um só, igual para todos.",
        FieldError::NotFiveDigits => "São cinco algarismos, com os zeros.",
        FieldError::OwnershipTooLate => "A prova precisa ser de ao menos 8 dias antes da extração.",
        FieldError::NotConfirmed => "Marque a confirmação.",
        FieldError::BadSignature => {
            "Esta assinatura não é da rodada: confira a rodada e copie de novo."
        }
        FieldError::SameSource => "A primeira pessoa usou a mesma fonte: use outra.",
        FieldError::NotPlanned => "Não é a extração planejada: diga o motivo.",
        FieldError::Unknown => "Não existe nesta promoção.",
    },
    form_error: |case| match case {
        FormError::Moved => "Algo mudou desde que você abriu a página. Confira e envie de novo.",
        FormError::SamePerson => "São precisas duas pessoas diferentes, e você já fez a sua parte.",
        FormError::NotYet => "Ainda não é a hora deste passo.",
        FormError::TooLate => "O prazo deste passo passou.",
        FormError::Differ => {
            "As duas leituras são diferentes e foram descartadas. As duas pessoas digitam de novo."
        }
        FormError::Delivered => "Um prêmio já foi entregue: nada mais é retificado.",
        FormError::AtDock => {
            "Um ponto também pode entregar este prêmio, pelo vale. Pedimos o vale de volta: tente de novo em um minuto."
        }
        FormError::Doubtful => {
            "O vale deste prêmio pode ter sido aceito num ponto que perdeu parte do diário. Digite o código dele em Vales e decida lá."
        }
    },
    alarms_title: "Pede atenção",
    alarm: |case, x| {
        match case { CampaignAlarm::OwnershipNear(_) => format!("Falta a prova de propriedade dos prêmios, até {x}."), CampaignAlarm::OwnershipMissed => "A prova de propriedade não foi registrada 8 dias antes: a extração planejada não serve mais.".into(), CampaignAlarm::DarkDocks(_) => format!("Pontos sem conexão no fechamento: {x}. Leve-os à rede antes que a lista feche."), CampaignAlarm::NoEntries => "O período acabou sem nenhuma participação.".into(), CampaignAlarm::ListNear(_) => format!("A lista precisa de duas aprovações até {x}."), CampaignAlarm::ListMissed => "A lista não foi publicada 24 horas antes da extração.".into(), CampaignAlarm::AnotherRoot(_) => format!("O ponto {x} guardou outro código. Pare: alguém mostrou duas listas."), CampaignAlarm::NoShuffle => "O valor do drand não chegou.".into(), CampaignAlarm::SourcesDiffer => "As duas leituras da extração não bateram e foram descartadas.".into(), CampaignAlarm::ResultOverdue(_) => format!("A extração foi em {x} e o resultado não está registrado."), CampaignAlarm::ClaimsEnd(_) => format!("O prazo para retirar prêmios acaba em {x}."), CampaignAlarm::UnclaimedDue(_) => format!("Recolha à União o valor não retirado (DARF 0394) até {x}."), CampaignAlarm::AccountsDue(_) => format!("Preste contas até {x}."), }
    },
    until: |x| format!("Até {x}."),
    at: |x| format!("Em {x}."),
    left: |x| format!("Faltam {x}."),
    late: |x| format!("Passou há {x}."),
    root: "Código da lista (raiz)",
    approved: "Aprovada por",
    first_entry: |a, b| format!("{a} já registrou sua leitura ({b})."),
    first_source: |x| format!("Fonte: {x}."),
    facts_title: "A promoção",
    freeze: "Fechamento da lista",
    extraction: "Extração",
    stores: "Lojas",
    caps: "Quem participa",
    caps_text: |a, b| format!("até {a} participações por CPF, {b} anos ou mais"),
    prizes: "Prêmios",
    prizes_text: |a, b| format!("{a}, ao todo {b}"),
    promoter: "Promotora",
    rules_hash: "Código do regulamento",
    to_public: "Página pública",
    change_draft: "Mudar o rascunho",
    dark_title: "Pontos sem conexão",
    dark_text: "O que eles contarem até o fechamento da lista ainda entra.",
    told: |x| format!("Contou tudo até {x}."),
    told_never: "Ainda não contou nada.",
    witnesses_title: "Testemunhas",
    checks_title: "O que precisa estar em ordem",
    check: |case| match case {
        CheckItem::Certificate => "Certificado de autorização",
        CheckItem::Ownership => "Prova de propriedade dos prêmios, 8 dias antes",
        CheckItem::Rules => "Regras publicadas antes da primeira participação",
        CheckItem::Grace => "Tolerância para pontos sem conexão",
        CheckItem::List => "Lista aprovada por duas pessoas, 24 horas antes",
        CheckItem::Witnesses => "Pontos que assinaram a lista",
        CheckItem::Shuffle => "Valor público do drand",
        CheckItem::Result => "Resultado de duas fontes",
        CheckItem::Deliveries => "Prêmios entregues em 180 dias",
        CheckItem::IncomeTax => "Imposto de renda sobre os prêmios (DARF 0916)",
        CheckItem::Unclaimed => "Valor não retirado pago à União (DARF 0394), 45 dias",
        CheckItem::Accounts => "Prestação de contas, 30 dias",
    },
    check_state: |case| match case {
        CheckState::Done(_) => "feito",
        CheckState::Due(None) => "ainda não",
        CheckState::Due(Some(_)) => "até",
        CheckState::Late(_) => "atrasado desde",
        CheckState::Missed(_) => "perdido em",
    },
    record: "Registro",
    five: "Cinco prêmios",
    number: "Número",
    sources: "Fontes",
    record_kind: |case| match case {
        ExtractionKind::Result { .. } => "resultado",
        ExtractionKind::Next => "extração seguinte",
        ExtractionKind::Rectification { .. } => "retificação",
    },
    no_number: "nenhum da lista",
    prize: "Prêmio",
    value: "Valor",
    position: "Posição",
};
