use super::Text;
use shared::dock::{Lamp, Sound};
use shared::event::{BayFault, Contradiction};
use shared::sync::BayState;

pub(super) static TEXT: Text = Text {
    skip: "Ir para o conteúdo",
    live: "ao vivo",
    reconnecting: "reconectando…",
    customer_page: "Abrir a página do cliente",
    customer_qr: "QR code da página do cliente deste ponto",
    technician_page: "Página do técnico",
    simulator_page: "Abrir o simulador deste ponto",

    simulator_title: "Simulador do ponto",
    simulator_lead: "Pague na página do cliente; quando a vaga abrir, puxe o carrinho. \
        Depois empurre-o em qualquer vaga, aqui ou em outro ponto.",
    not_enrolled_yet: "Este ponto ainda não foi cadastrado na nuvem.",
    bay: "Vaga",
    slot: "vaga de um carrinho",
    lane: |carts, capacity| format!("fila: {carts} de {capacity} carrinhos"),
    empty: "livre",
    rolling: "o próximo carrinho está chegando à frente",
    cart: "Carrinho",
    pull: "Puxar",
    push_here: "Empurrar aqui",
    full: "Cheia",
    bolt_closed: "travada",
    bolt_open: "aberta",
    sensor_cart: "sensor vê carrinho",
    sensor_none: "sensor não vê carrinho",
    in_hand: "Na sua mão",
    hands_empty: "Nada por enquanto. Um carrinho que você puxar aparece aqui.",
    choose_cart: "Carrinho a empurrar",
    take_to: |name| format!("Levar ao {name}"),
    foreign: "Carrinho de fora",
    bring_foreign: "Trazer um carrinho desconhecido",
    arrived: |cart| format!("Você chegou com o carrinho {cart}."),
    put_down: "Trazer para este ponto",
    sound_on: "Som: ligado",
    sound_off: "Som: desligado",
    drag_hint: "Também dá para arrastar os carrinhos.",
    faults: "Defeitos e travessuras",
    faults_lead: "Estrague algo e veja o que o ponto faz.",
    fault_kind: "Defeito",
    fault_tag: "Etiqueta mostrada (só para “etiqueta”)",
    inject: "Estragar",
    clear: "Consertar",
    force: "Arrancar à força",
    force_lead: "Puxa o carrinho mesmo com a vaga travada.",
    clone: "Trazer uma cópia",
    clone_lead: "Traz um segundo carrinho com a mesma etiqueta.",
    active_faults: "Defeitos ativos",
    cable: "O ponto fica sem internet, como numa queda do provedor. Carrinhos entram como sempre; \
        quem pagou leva o QR ou o código até o ponto.",
    unplug: "Tirar da internet",
    unplugged: "Este ponto está sem internet: o cabo foi tirado.",
    plug: "Ligar a internet de novo",
    lamp,
    sound,
    refused,

    status_title: "Estado do ponto",
    problems: "O que precisa de atenção",
    connection: "Conexão com a nuvem",
    connected: "Conectado",
    not_yet: "Ainda sem resposta desde a partida.",
    failing: |since, attempts| format!("Sem sucesso desde {since} ({attempts} tentativas)."),
    unreachable: "A nuvem não responde, ou a resposta não é dela. Confira a internet do ponto; \
        nada se perde, os eventos ficam guardados aqui.",
    cloud_error: "A nuvem respondeu com um erro dela. O ponto tenta de novo sozinho.",
    gap: "A nuvem está em outro ponto do diário; o envio recomeça de lá.",
    fork: "A nuvem guarda outro diário com o nome deste gateway (cartão clonado ou cópia antiga?). \
        Se outro aparelho roda com uma cópia deste cartão, desligue um deles. Depois cadastre \
        este aparelho de novo em “Configuração”, com um código novo do site dos gestores.",
    revoked: "A nuvem não aceita mais este gateway. Peça um novo código de cadastro.",
    batch_refused: "A nuvem recusou este lote; ele fica guardado e é oferecido de novo.",
    last_ack: "Última confirmação",
    never: "nunca",
    downlink: "Canal rápido (MQTT)",
    downlink_up: "ligado",
    downlink_down: "desligado: liberações chegam pela sincronização, um pouco mais devagar",
    backlog: "Fila de envio",
    backlog_none: "vazia",
    backlog_some: |events, since| match events {
        1 => format!("1 evento desde {since}"),
        _ => format!("{events} eventos, o mais antigo de {since}"),
    },
    quarantined: "Eventos que a nuvem separou para revisão",
    device: "Equipamento",
    enrol_code_missing: "Falta o código: crie um no site dos gestores e digite-o aqui, \
        ou informe-o em VOLTA_GATEWAY_ENROLMENT_CODE.",
    enrol_asking: "Pedindo o cadastro à nuvem…",
    enrol_unreachable: |url| format!("A nuvem ({url}) não responde. O pedido se repete sozinho."),
    enrol_refused: "A nuvem recusou o cadastro",
    clock: "Relógio",
    version: "Versão",
    boot: "Partida nº",
    gateway: "Gateway",
    key: "Chave pública",
    cloud: "Nuvem",
    bays: "Vagas",
    carts: "Carrinhos",
    tag: "Etiqueta",
    state: "Estado",
    shows: "Mostra",
    event: "Evento",
    at: "Hora",
    bay_state,
    bay_fault,
    contradiction,
    event_kind,
};

fn lamp(lamp: Lamp) -> &'static str {
    match lamp {
        Lamp::Off => "apagada",
        Lamp::Ready => "pronta",
        Lamp::Locate => "é esta aqui",
        Lamp::Open => "aberta: puxe",
        Lamp::Reading => "lendo…",
        Lamp::Accepted => "devolvido",
        Lamp::Attention => "atenção",
        Lamp::OutOfService => "fora de serviço",
    }
}

fn sound(sound: Sound) -> &'static str {
    match sound {
        Sound::Open => "dois tons subindo: pode puxar",
        Sound::Accepted => "um tom longo e claro: devolvido",
        Sound::Attention => "três tons curtos e graves: olhe a luz",
    }
}

fn refused(code: &str) -> &'static str {
    match code {
        "unknown_bay" => "Esta vaga não existe neste ponto.",
        "unknown_cart" => "Este carrinho não está na sua mão.",
        "already_here" => "Este carrinho já está aqui.",
        "bay_full" => "A vaga está cheia. Escolha outra.",
        "bay_empty" => "A vaga está vazia.",
        "cart_rolling" => "O próximo carrinho ainda está chegando à frente. Espere um instante.",
        "locked" => "A vaga está travada. Ela abre quando a caução é paga.",
        "tag_missing" => "Este defeito mostra uma etiqueta: informe qual.",
        "unknown_neighbour" => "Este ponto não está na lista de vizinhos.",
        "invalid_field" => "Algo no pedido não está certo.",
        "not_found" => "Esta página não existe.",
        "too_many_readers" => "Há páginas abertas demais; feche uma.",
        _ => "Não foi possível.",
    }
}

fn bay_state(state: BayState) -> &'static str {
    match state {
        BayState::Vacant => "livre",
        BayState::Docking => "recebendo",
        BayState::Occupied => "ocupada",
        BayState::Releasing => "liberando",
        BayState::Faulted => "com defeito",
        BayState::Service => "em manutenção",
    }
}

fn bay_fault(fault: BayFault) -> &'static str {
    match fault {
        BayFault::BoltStuckClosed => "A trava não abre. Verifique o pino e a bobina.",
        BayFault::BoltStuckOpen => "A trava não fecha. Verifique o pino e a mola.",
        BayFault::ReaderDeaf => "O leitor de etiquetas não responde. Verifique o cabo.",
        BayFault::LockFailed => "O acionador da trava acusa erro.",
        BayFault::SensorFailed => "Um sensor acusa erro.",
        BayFault::Unreliable => "A peça falha e volta toda hora. Teste a vaga.",
    }
}

fn contradiction(contradiction: Contradiction) -> &'static str {
    match contradiction {
        Contradiction::TagWithoutCart => "etiqueta sem carrinho",
        Contradiction::CartWithoutTag => "carrinho sem etiqueta",
        Contradiction::BoltNotEngaged => "trava não engatou",
        Contradiction::TagInTwoBays => "mesma etiqueta em duas vagas",
    }
}

fn event_kind(kind: &str) -> &'static str {
    match kind {
        "gateway_started" => "Gateway ligado",
        "journal_salvaged" => "Diário recuperado",
        "card_release_started" => "Liberação por cartão",
        "cart_placed" => "Carrinho posto em manutenção",
        "cart_taken" => "Carrinho tirado em manutenção",
        "technician_acted" => "Ação de técnico",
        "release_started" => "Liberação iniciada",
        "cart_pulled" => "Carrinho retirado",
        "release_expired" => "Ninguém puxou: travada de novo",
        "release_failed" => "A vaga não abriu",
        "release_unclear" => "Saída incerta",
        "grant_refused" => "Autorização recusada",
        "cart_docked" => "Carrinho devolvido",
        "docking_contradicted" => "Sensores discordam",
        "cart_left" => "Carrinho saiu sem liberação",
        "bay_faulted" => "Vaga com defeito",
        "bay_recovered" => "Vaga recuperada",
        "voucher_redeemed" => "Vale usado",
        "commitment_witnessed" => "Lista de sorteio vista e assinada",
        "commitment_contradicted" => "Duas listas para um sorteio",
        _ => "Evento de versão mais nova",
    }
}
