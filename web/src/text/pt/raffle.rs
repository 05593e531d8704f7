use crate::campaign::{CampaignMode, CampaignStage, Delivery, MomentKind};
use crate::customer::PendingReason;
use crate::text::RaffleText;

pub(super) const RAFFLE: RaffleText = RaffleText {
    list_title: "Sorteios",
    list_text: "Cada devolução de carrinho dentro do prazo vale uma participação. Aqui está tudo o que já houve e o que vem.",
    list_none: "Não há promoção agora. Devolver o carrinho devolve a caução do mesmo jeito.",
    list_code: "Sua participação aparece no recibo da devolução.",
    running: "Em andamento",
    waiting: "À espera da extração",
    done: "Encerrados",
    line_opens: |x| format!("começa em {x}"),
    line_open: |a, b| format!("até {a}; apuração em {b}"),
    line_certain: |x| format!("até {x}; todos ganham"),
    line_draw: |x| format!("extração em {x}"),
    line_drawn: |x| format!("extração de {x}"),
    line_closed: |x| format!("encerrada em {x}"),
    mode: |mode| match mode {
        CampaignMode::Draw => "Sorteio",
        CampaignMode::Certain => "Prêmio certo para todos",
    },
    stage: |mode, stage| match (mode, stage) {
        (CampaignMode::Certain, CampaignStage::Open) => "prêmio certo: aberta",
        (CampaignMode::Certain, CampaignStage::WithoutDraw) => "cancelada",
        (_, CampaignStage::Draft) => "rascunho",
        (_, CampaignStage::Authorised) => "autorizada",
        (_, CampaignStage::Open) => "aberta",
        (_, CampaignStage::Closed) => "encerrada",
        (_, CampaignStage::Committed) => "lista publicada",
        (_, CampaignStage::Pending) => "resultado pendente",
        (_, CampaignStage::Drawn) => "apurada",
        (_, CampaignStage::Delivered) => "prêmios entregues",
        (_, CampaignStage::Accounted) => "contas prestadas",
        (_, CampaignStage::WithoutDraw) => "sem sorteio",
    },
    prizes_in_all: |x| format!("{x} em prêmios"),
    prizes_each: |x| format!("{x} para cada devolução"),
    check_certain: "Minha devolução conta?",
    certificate: |x| format!("Certificado {x}"),
    unpromised: "Esta promoção não tem sorteio.",
    unpromised_text: "Sorteio só existe com autorização do Ministério da Fazenda, e esta promoção não a tem. As devoluções ficam anotadas; nenhum prêmio está prometido.",
    lead_certain: "Devolveu o carrinho no prazo, ganhou. O mesmo vale-compras para todos, sem sorteio.",
    lead_draw: "A Loteria Federal decide quem ganha. A lista é fechada e publicada antes, e qualquer pessoa pode refazer a conta.",
    left: "faltam",
    pending_title: "Resultado pendente",
    pending: |case| match case {
        PendingReason::NoList => {
            "A lista não foi publicada a tempo. Não há resultado, e nenhum é inventado: a promotora informa aqui o que segue."
        }
        PendingReason::NotEntered => {
            "A extração já aconteceu e o resultado ainda não foi conferido em duas fontes."
        }
        PendingReason::SourcesDiffer => {
            "Duas fontes deram números diferentes. O resultado só vale quando baterem."
        }
        PendingReason::NextExtraction(_) => "",
        PendingReason::Suspended => {
            "As extrações estão suspensas. A promotora consulta o Ministério da Fazenda e avisa aqui."
        }
    },
    pending_next: |x| {
        format!(
            "A extração não deu um número da lista, ou não aconteceu. Como dizem as regras, vale a seguinte: {x}."
        )
    },
    dark: |count| {
        match count { 1 => "1 ponto de devolução ficou sem conexão. As devoluções dele ainda entram, até o fechamento da lista.".into(), n => format!("{n} pontos de devolução ficaram sem conexão. As devoluções deles ainda entram, até o fechamento da lista.") }
    },
    check_button: "Minha participação está na lista?",
    prizes_title: "Prêmios",
    prizes_certain: "O mesmo para cada devolução, até o limite por pessoa.",
    rank: |x| format!("{x}º prêmio"),
    who_title: "Quem participa",
    who_return: "Cada carrinho devolvido no prazo, com CPF informado, vale uma participação.",
    who_cap: |count| match count {
        1 => "No máximo 1 participação por CPF.".into(),
        n => format!("No máximo {n} participações por CPF."),
    },
    who_age: |x| format!("Só maiores de {x} anos."),
    who_free: "É de graça: não é preciso comprar nada.",
    who_stores: |x| format!("Lojas: {x}."),
    every_store: "Todas as lojas da rede",
    entries: "Participações:",
    returns_so_far: "Devoluções anotadas até agora, com ou sem CPF:",
    when_title: "O que acontece quando",
    moment: |case| match case {
        MomentKind::Published => "Regras publicadas",
        MomentKind::Opens => "Começam as participações",
        MomentKind::Closes => "Terminam as participações",
        MomentKind::Freeze => "Fecha a lista: última chance de pontos sem conexão",
        MomentKind::Commit => "Lista publicada, no máximo até",
        MomentKind::Shuffle => "Sorteio público da ordem (drand)",
        MomentKind::Extraction => "Extração da Loteria Federal",
        MomentKind::ClaimEnds => "Fim do prazo para retirar prêmios",
    },
    moment_committed: "Lista publicada",
    moment_done: "já aconteceu",
    how_title: "Como o resultado é apurado",
    how: [
        "Depois do fechamento, a lista é publicada com um código. Uma letra trocada na lista mudaria o código inteiro.",
        "Um valor público e imprevisível (drand) embaralha a lista. Cada participação recebe um número da sorte, todos com a mesma chance.",
        "Os cinco prêmios da Loteria Federal formam um número de sete algarismos, só com unidades, dezenas e centenas.",
        "Ganha quem tem esse número ou o primeiro acima dele. Os prêmios seguintes vão para os próximos da ordem.",
    ],
    winners_title: "Quem ganhou",
    name_kept: "Nome não publicado",
    was_alternate: |x| format!("era o suplente {x}"),
    nobody: "Sem ganhador: os suplentes se esgotaram.",
    delivery: |case| match case {
        Delivery::Pending => "à espera da retirada",
        Delivery::Delivered(_) => "entregue",
        Delivery::Expired(_) => "não retirado no prazo",
    },
    claim: |a, b| format!("Os prêmios podem ser retirados até {a} ({b} dias)."),
    spares_title: "Suplentes",
    spares_text: "Se quem ganhou for desclassificado, o prêmio passa ao primeiro suplente. Nunca há novo sorteio.",
    spare_called: "chamado",
    list_fixed_title: "A lista fechada",
    list_fixed: |x| format!("Fechada, assinada e publicada ({x}). Desde então nada nela muda."),
    list_entries: "Participações",
    list_share: "Números por participação, de 10 milhões",
    root: "Código da lista (raiz):",
    witness_none: "Nenhum ponto de devolução confirmou a lista ainda.",
    witnesses: |a, b| {
        format!("{a} de {b} pontos de devolução guardaram e assinaram o mesmo código.")
    },
    witness_compare: "Compare com o mostrado no ponto.",
    witness_list: "Ver os pontos",
    shuffle_waiting: |a, b| {
        format!("A ordem sai da rodada {a} do drand, em {b}. Ninguém a conhece antes.")
    },
    shuffle_taken: |a, b| {
        format!("A ordem saiu da rodada {a} do drand ({b}), depois de publicada a lista.")
    },
    shuffle_absent: "O drand não deu um valor a tempo. Como dizem as regras, zeros ficam no lugar dele: a ordem vem só da lista.",
    list_later: |x| {
        format!(
            "A lista ainda não foi fechada. Será publicada aqui no máximo até {x}, um dia antes da extração."
        )
    },
    result_title: "O resultado, passo a passo",
    step_extraction: |a, b| {
        format!("Extração {a} da Loteria Federal ({b}). Contam os algarismos marcados:")
    },
    step_reason: |x| format!("Motivo: {x}"),
    step_first: "As dezenas dos dois primeiros prêmios e as unidades dos cinco formam o número:",
    step_second: "O primeiro número passa do último distribuído. Então valem as dezenas do 3º e do 4º prêmio e as centenas dos cinco:",
    first_number: "Primeiro número",
    second_number: "Segundo número",
    step_share: |a, b| {
        format!(
            "Com {a} participações, cada uma tem {b} números de 10 milhões. Divide-se, sem o resto:"
        )
    },
    step_position: |x| {
        format!(
            "A posição {x} da ordem (contada de zero) leva o 1º prêmio: tem esse número, ou o primeiro acima dele."
        )
    },
    step_next: "Os prêmios seguintes e os suplentes são as posições seguintes. Quem já ganhou é pulado: um prêmio por pessoa.",
    sources_title: "Fontes do resultado",
    entered: |x| format!("Registrado e assinado: {x}."),
    other_nothing: |a, b| format!("Registro {a}, extração {b}: não deu número da lista"),
    other_replaced: |a, b| format!("Registro {a}, extração {b}: retificado"),
    replaced_by: |x| format!("Vale no lugar o registro {x}"),
    digits_caption: "Os cinco prêmios da extração; os algarismos que contam estão marcados",
    places: [
        ("DM", "dezena de milhar"),
        ("M", "milhar"),
        ("C", "centena"),
        ("D", "dezena"),
        ("U", "unidade"),
    ],
    prize_of: |x| format!("{x}º prêmio"),
    out_title: "Desclassificações",
    out_text: "Só pelos motivos escritos nas regras. O lugar fica vazio, e o seguinte da ordem é chamado.",
    out_after: "depois da extração",
    verify_title: "Como conferir em casa, sem internet",
    verify_text: "Baixe o arquivo do sorteio e o verificador, num computador. Desligue a internet, abra o verificador e escolha o arquivo. Ele refaz toda a conta, diz em português o que conferiu, e com o arquivo do seu recibo mostra se você está na lista.",
    bundle: "Arquivo do sorteio",
    bundle_help: "Regras, lista sem nomes, assinaturas e resultado, num só JSON",
    bundle_later: "O arquivo do sorteio aparece aqui quando a lista for publicada.",
    verifier: "Verificador",
    verifier_help: "Uma página que funciona sem internet",
    rules: "Regras completas",
    rules_help: "Prêmios, prazos, método e o que acontece sem extração",
    rules_help_certain: "Quem ganha, quanto e até quando",
    promoter: |a, b| format!("Promotora: {a}, CNPJ {b}."),
    rules_of: |x| format!("Regras de {x}"),
    rules_published: |x| format!("Publicadas em {x}, antes da primeira participação."),
    rules_unpublished: "Rascunho: ainda pode mudar e não promete prêmio.",
    rule_promoter: "Promotora",
    rule_certificate: "Certificado de autorização",
    rule_stores: "Lojas",
    rule_period: "Período de participação",
    rule_freeze: "Fechamento da lista",
    rule_extraction: "Extração da Loteria Federal",
    rule_alternates: "Suplentes",
    rule_cap: "Participações por CPF, no máximo",
    rule_age: "Idade mínima",
    rule_claim: "Prazo para retirar o prêmio",
    days: |x| format!("{x} dias"),
    rules_binding: "Vale o texto em português.",
    rule_fallback: "Se não houver extração",
    rule_codes: "Motivos de desclassificação",
    rule_hash: "Código do regulamento",
    rule_hash_text: "SHA-256 do texto exato das regras. O arquivo do sorteio traz o mesmo.",
    back: "Voltar à promoção",
    number: |a, b| format!("série {a} nº {b}"),
};
