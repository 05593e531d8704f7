use super::Words;
use crate::edge::technician::trial::Step;
use shared::dock::Part;
use shared::event::{TechnicianAction, TestVerdict};

pub(super) static WORDS: Words = Words {
    menu: "Seções",
    state: "Estado",
    bays: "Vagas",
    vouchers: "Vales",
    journal: "Diário",
    system: "Sistema",
    settings: "Configuração",
    sign_in: "Entrar como técnico",
    sign_out: "Sair",
    in_service: "Em manutenção: carrinhos que entram ou saem não são devolução nem retirada de \
        ninguém.",
    in_service_short: "em manutenção",
    begin_service: "Começar manutenção",
    begin_service_lead: "Em manutenção o ponto não libera carrinhos, e o que for empurrado não \
        conta como devolução. Termina sozinha se ninguém fizer nada por muito tempo.",
    end_service: "Terminar manutenção",
    told,

    sign_in_lead: "Esta página pede um código que vale uma vez só. Não há senha de fábrica.",
    challenge: "Desafio",
    by_site: "Digite o desafio na página deste ponto no site dos gestores (ou dite-o a quem tem \
        acesso). O site mostra oito algarismos.",
    by_key: "Ou, com uma chave cadastrada: rode volta-gateway technician-answer com o arquivo da \
        chave e o desafio, e cole aqui a linha inteira. A linha vale só para um \
        equipamento, pelo identificador dele; aqui é:",
    answer: "Resposta",
    answer_hint: "Oito algarismos ou a linha assinada. O desafio vale 10 minutos.",
    new_challenge: "Novo desafio",
    refused,
    closed: |seconds| match seconds {
        1 => "Muitas respostas erradas: a entrada fica fechada por mais 1 segundo.".to_owned(),
        _ => format!(
            "Muitas respostas erradas: a entrada fica fechada por mais {seconds} segundos. Espere, e \
             peça depois a resposta a um novo desafio."
        ),
    },

    reader: "Leitor",
    reader_reads: "funciona",
    reader_deaf: "não responde",
    reader_failures: |failures| match failures {
        1 => "1 falha desde a partida".to_owned(),
        _ => format!("{failures} falhas desde a partida"),
    },
    bolt: "Trava",
    presence: "Presença",
    no_tag: "nenhuma",
    unknown: "não informou",
    part_failing,
    blink: "Piscar",
    test: "Testar",
    test_going_on: "Teste em curso",

    test_title: |bay| format!("Teste da vaga {bay}"),
    test_lead: "Cinco passos, menos de dois minutos: luz, som, trava, presença e leitor. Tenha \
        um carrinho ou uma etiqueta à mão.",
    test_needs_service: "O teste precisa do ponto em manutenção.",
    test_begin: "Começar o teste",
    test_again: "Testar de novo",
    test_abandon: "Abandonar o teste",
    test_elsewhere: |bay| format!("Há um teste em curso na vaga {bay}. Termine-o primeiro."),
    steps: "Passos",
    step,
    step_todo,
    step_done: "em ordem",
    step_failed: "falhou",
    step_now: "agora",
    step_waits: "depois",
    works: "Sim",
    fails: "Não",
    seconds_left: "segundos para este passo",
    passed: "A vaga está em ordem.",
    failed: "A vaga não passou.",
    verdict,
    back_to_bays: "Voltar às vagas",

    search: "Procurar",
    search_lead: "Do mais novo ao mais antigo. Deixe em branco o que não importa.",
    kind: "Evento",
    any: "qualquer um",
    from_no: "Do nº",
    to_no: "Até o nº",
    found_none: "Nada encontrado.",
    searched_down_to: |seq| format!("Procurado até o nº {seq}."),
    older: "Mais antigos",
    details: "Detalhes",
    action,
    unreadable_field: |field| format!("Não dá para procurar assim. Confira o campo “{field}”."),
    tag_hint: "inteira, como em Vagas",
    damaged: "Linha danificada",
    journal_unreadable: "O diário não pôde ser lido agora. Tente de novo; se persistir, baixe o \
        pacote de diagnóstico.",

    sync: "Sincronização",
    sync_now: "Sincronizar agora",
    last_number: "Último evento",
    acked_number: "Último confirmado",
    clock_quality: "Qualidade",
    clock_unset: "nunca acertado desde a partida: conecte o ponto à nuvem",
    clock_floor: "não antes desta hora: o relógio da máquina estava atrás",
    clock_server: "acertado pela nuvem",
    clock_offset: "Correção",
    clock_known_since: "Piso guardado",
    clock_now: "Hora do ponto",
    storage: "Armazenamento",
    storage_level: "Nível",
    storage_ample: "folgado",
    storage_low: "baixo: sem telemetria",
    storage_full: "cheio: só devoluções são registradas. Libere espaço",
    storage_free: "Livre",
    storage_journal: "Diário",
    network: "Rede",
    no_address: "Nenhum endereço: verifique cabo ou Wi-Fi.",
    offline: "Sem internet",
    list_version: "Lista de permissões",
    list_none: "nenhuma: cartões de sócio não abrem vagas",
    list_cards: |allow, deny| {
        let allowed = match allow {
            "1" => "1 cartão permitido".to_owned(),
            _ => format!("{allow} cartões permitidos"),
        };
        match deny {
            "1" => format!("{allowed}, 1 negado"),
            _ => format!("{allowed}, {deny} negados"),
        }
    },
    exposure: "Risco de hoje",
    exposure_of: |spent, limit| format!("{spent} de {limit}"),
    open_cards: "Carrinhos fora por cartão",
    technicians: "Técnicos com chave",

    values: "Valores",
    settings_lead: "Valores desta partida. Para mudar um, edite a configuração do serviço e \
        reinicie-o.",
    masked: "oculto",
    empty: "vazio",
    bundle: "Pacote de diagnóstico",
    bundle_lead: "Estado, configuração, últimos eventos e linhas de registro, sem segredos nem \
        dados pessoais. No máximo 10 MB.",
    bundle_take: "Baixar pacote",
    enrol: "Cadastrar este ponto",
    enrol_lead: "Peça um código no site dos gestores.",
    enrol_code: "Código de cadastro",
    enrol_hint: "Letras, algarismos e hífens, como o site os mostra.",
    enrol_send: "Cadastrar",
    renew: "Cadastrar de novo",
    renew_lead: "Este aparelho recebe nova chave e novo diário com um novo código. O que há hoje \
        fica guardado numa subpasta com data. A nuvem precisa estar ao alcance; até ela aceitar, \
        nada muda.",
    renew_unsent: |events| match events {
        1 => "1 evento ainda não foi enviado e ficaria só na pasta antiga.".to_owned(),
        _ => format!("{events} eventos ainda não foram enviados e ficariam só na pasta antiga."),
    },
    renew_confirm: |events| match events {
        1 => "Deixar 1 evento só na pasta antiga".to_owned(),
        _ => format!("Deixar {events} eventos só na pasta antiga"),
    },
    renew_send: "Cadastrar de novo",
    renew_state: |state| format!("Último pedido: {state}"),
};

fn told(code: &str) -> &'static str {
    match code {
        "sync" => "Sincronização pedida.",
        "locate" => "A luz da vaga está piscando.",
        "service" => "Ponto em manutenção.",
        "served" => "Manutenção terminada.",
        "enrol" => "Código recebido; pedindo o cadastro à nuvem.",
        "renew" => "Pedido feito; veja abaixo o que a nuvem responde.",
        "unsent" => "Há eventos não enviados: sincronize antes ou confirme que ficam para trás.",
        "code" => "Isto não é um código de cadastro.",
        "signed-out" => "Você saiu.",
        "expired" => "Sua sessão terminou. Entre de novo.",
        "busy" => "O gateway está ocupado; tente de novo.",
        _ => "",
    }
}

fn refused(code: &str) -> &'static str {
    match code {
        "wrong" => "Resposta errada. Há um novo desafio abaixo.",
        "used" => "Este desafio já foi usado. Responda ao novo.",
        "expired" => "Este desafio venceu. Responda ao novo.",
        "stranger" => "Esta chave não está na lista de técnicos deste ponto.",
        "locked" => "A entrada está aberta de novo. Responda ao desafio abaixo.",
        "unready" => "Este ponto ainda não foi cadastrado: não há a quem perguntar.",
        _ => "",
    }
}

fn part_failing(part: Part) -> &'static str {
    match part {
        Part::Reader => "leitor não responde",
        Part::Lock => "acionador da trava com erro",
        Part::BoltSensor => "sensor da trava com erro",
        Part::PresenceSensor => "sensor de presença com erro",
        Part::Indicator => "luz ou som com erro",
    }
}

fn step(step: Step) -> &'static str {
    match step {
        Step::Lamp => "Luz",
        Step::Sound => "Som",
        Step::Bolt => "Trava",
        Step::Presence => "Presença",
        Step::Reader => "Leitor",
    }
}

fn step_todo(step: Step) -> &'static str {
    match step {
        Step::Lamp => "A luz da vaga está piscando?",
        Step::Sound => "Você ouviu o som da vaga?",
        Step::Bolt => "A trava abre e fecha sozinha. Não segure o pino.",
        Step::Presence => "Ponha um carrinho (ou a mão) diante do sensor e tire.",
        Step::Reader => "Aproxime uma etiqueta do leitor.",
    }
}

fn verdict(verdict: TestVerdict) -> &'static str {
    match verdict {
        TestVerdict::Passed => "Luz, som, trava, presença e leitor funcionam.",
        TestVerdict::Abandoned => "O teste foi abandonado.",
        TestVerdict::Lamp => "A luz não foi vista. Verifique o cabo e a lâmpada.",
        TestVerdict::Sound => "O som não foi ouvido. Verifique o cabo da buzina.",
        TestVerdict::Bolt => "A trava não abriu e fechou a tempo. Verifique bobina, pino e sensor.",
        TestVerdict::Presence => "O sensor de presença não mudou. Limpe-o e verifique o cabo.",
        TestVerdict::Reader => "Nenhuma etiqueta foi lida. Verifique o leitor e a distância.",
    }
}

fn action(action: &TechnicianAction) -> &'static str {
    match action {
        TechnicianAction::SignedIn => "entrou",
        TechnicianAction::SignedOut => "saiu",
        TechnicianAction::LockedOut => "entrada fechada por respostas erradas",
        TechnicianAction::BayLocated { .. } => "fez a vaga piscar",
        TechnicianAction::SyncAsked => "pediu sincronização",
        TechnicianAction::ServiceBegan => "começou a manutenção",
        TechnicianAction::ServiceEnded => "manutenção terminada",
        TechnicianAction::TestBegan { .. } => "começou o teste",
        TechnicianAction::TestEnded { .. } => "teste terminado",
        TechnicianAction::DiagnosticsTaken => "baixou o diagnóstico",
        TechnicianAction::ReEnrolled => "cadastrou de novo",
    }
}
