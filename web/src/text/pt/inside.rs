use crate::customer::{EntryStage, InsideError, Side};
use crate::text::{InsideText, PrizeText};

pub(super) const INSIDE: InsideText = InsideText {
    form_title: "Minha participação está na lista?",
    form_text: "Digite o código da participação, que está no recibo da devolução, ou cole o link do recibo.",
    form_label: "Código ou link do recibo",
    form_help: "O código tem 12 letras e números, como 7K3M-Q9TB-2WXF.",
    form_button: "Conferir",
    error: |case| match case {
        InsideError::Empty => "Digite o código ou cole o link.",
        InsideError::Unknown => "Nenhum recibo tem este código ou link: confira letra por letra.",
        InsideError::Elsewhere => "Este recibo é de outra promoção: abra a página dela.",
        InsideError::TooFast => "Muitas tentativas seguidas. Espere um minuto.",
    },
    code: "Participação",
    inside_title: "Sua participação está na lista",
    not_yet_title: "Sua participação conta; a lista ainda não foi publicada",
    certain_title: "Sua devolução conta",
    outside_title: "Esta devolução não está na lista",
    number_title: "Seu número da sorte",
    place: |a, b| format!("Lugar {a} de {b} na ordem do sorteio."),
    number_later: "O número da sorte sai com o embaralhamento público, depois de publicada a lista.",
    proof_title: "A prova",
    proof_text: "Partindo só da sua participação e dos vizinhos abaixo, chega-se ao código publicado. Se faltasse ou mudasse um item da lista, não se chegaria.",
    proof_broken: "Estes passos não levam ao código publicado. Guarde esta página e fale com a loja.",
    proof_leaf: |a, b| format!("Sua participação é a folha {a} de {b}:"),
    proof_alone: "É a única da lista: a folha já é o código da lista.",
    proof_steps: |count| match count {
        1 => "Ver o único passo".into(),
        n => format!("Ver os {n} passos"),
    },
    step: |case| match case {
        Side::Left => "Vizinho à esquerda:",
        Side::Right => "Vizinho à direita:",
    },
    step_gives: "SHA-256 dos dois juntos:",
    proof_root: "Código da lista:",
    receipt_file: "Arquivo do meu recibo",
    receipt_file_help: "Para o verificador, sem internet. Quem tem o arquivo pode mostrar a devolução: guarde-o.",
    verify_help: "Arquivo do sorteio e verificador",
    not_yet_text: |x| {
        format!("A lista será publicada no máximo até {x}. Volte depois: a prova aparece aqui.")
    },
    certain_text: |x| {
        format!("Não há sorteio: o prêmio é o mesmo para todos. A promoção vai até {x}.")
    },
    not_yet_closes: |x| format!("Participações até {x}."),
    outside_help: "Acha que há engano? Mostre o recibo no balcão da loja antes da extração.",
    another: "Conferir outro código",
    no_cpf: "Não foi informado um CPF, e por isso não houve participação.",
    no_cpf_until: |x| {
        format!(
            "Falta o CPF. Abra o recibo e informe-o até {x}: a devolução ainda pode participar."
        )
    },
    over_cap: |x| {
        format!(
            "Esta pessoa já tem as {x} participações que as regras permitem. As primeiras valem."
        )
    },
    late: "A notícia desta devolução chegou depois do fechamento da lista. Ela entra na próxima promoção.",
    late_next: |x| {
        format!(
            "A notícia desta devolução chegou depois do fechamento da lista. Ela entra na promoção seguinte, “{x}”."
        )
    },
    under_review: "A loja ainda confere esta devolução. Se for aceita a tempo, entra.",
    withdrawn: "A participação foi retirada a pedido da pessoa.",
    not_honoured: "A devolução veio depois do prazo ou por outra pessoa: a participação é de quem trouxe o carrinho no prazo.",
    outside_period: "A devolução foi fora do período da promoção.",
    entry_title: |case| match case {
        EntryStage::Noted => "Devolução anotada",
        EntryStage::Waiting { .. } | EntryStage::Pending { .. } => "Você está no sorteio",
        EntryStage::Listed { .. } => "Você está na lista do sorteio",
        EntryStage::Outside(_) => "Sem participação no sorteio",
        EntryStage::Won { .. } => "Você ganhou!",
        EntryStage::Alternate { .. } => "Você é suplente",
        EntryStage::NotThisTime { .. } => "Não foi desta vez",
        EntryStage::Certain { .. } => "Seu prêmio está pronto",
        EntryStage::WithoutDraw => "Promoção sem sorteio",
    },
    entry_text: |case| match case {
        EntryStage::Noted => "Nenhum sorteio está prometido por enquanto.",
        EntryStage::Pending { .. } => {
            "A extração aconteceu e o resultado ainda não foi confirmado."
        }
        EntryStage::NotThisTime { .. } => {
            "O sorteio já foi apurado. Cada nova devolução vale para a próxima promoção."
        }
        EntryStage::WithoutDraw => "Esta promoção não teve autorização, e nada é sorteado.",
        EntryStage::Waiting { .. }
        | EntryStage::Listed { .. }
        | EntryStage::Outside(_)
        | EntryStage::Won { .. }
        | EntryStage::Alternate { .. }
        | EntryStage::Certain { .. } => "",
    },
    entry_waiting: |x| format!("Sua participação em “{x}” está guardada. O que vem:"),
    entry_closes: |x| format!("Participações até {x}"),
    entry_list: |x| format!("Lista e seu número, no máximo até {x}"),
    entry_draw: |x| format!("Extração da Loteria Federal: {x}"),
    entry_alternate: |x| {
        format!(
            "Você é o suplente {x}: se alguém for desclassificado antes, o prêmio pode passar a você. Avisamos aqui."
        )
    },
    to_prize: "Ver meu prêmio",
    to_proof: "Ver a prova de que estou na lista",
    to_campaign: |x| format!("Tudo sobre “{x}”"),
};

pub(super) const PRIZE: PrizeText = PrizeText {
    won_title: "Você ganhou!",
    certain_title: "Seu prêmio está pronto",
    redeemed_title: "Prêmio entregue",
    expired_title: "O prazo deste prêmio acabou",
    lost_title: "Este prêmio passou ao suplente",
    voucher_title: "Vale-compras",
    voucher_text: "Mostre o código ou o QR no caixa. Ele vale uma vez só; quem o tem pode usá-lo.",
    qr_label: "Código QR do vale",
    valid_until: "Vale até",
    where_to: "Onde usar ou retirar",
    at_desk: "Retire no balcão da loja, com documento com foto e CPF.",
    claim_until: "Retire até",
    claim_text: |x| {
        format!(
            "O prêmio pode ser retirado em até {x} dias depois da apuração. Depois disso o valor é recolhido à União, como manda a lei."
        )
    },
    no_money: "O prêmio não é trocado por dinheiro. A devolução da caução é outra coisa e não depende dele.",
    certain_claim: "Vale-compras promocional: não é trocado por dinheiro. A devolução da caução é outra coisa e não depende dele.",
    redeemed_text: |a, b| format!("{a}, {b}."),
    expired_text: |x| format!("O prêmio podia ser retirado até {x}."),
    expired_law: "O valor de prêmios não retirados é recolhido à União, como manda a lei.",
    expired_certain: "Ele não vale mais no caixa.",
    lost_text: |x| {
        format!(
            "Motivo das regras: {x}. Se houver engano, fale com a loja com este endereço em mãos."
        )
    },
    consent_title: "Podemos publicar seu nome?",
    consent_saved: "Guardado.",
    consent_text: "Só se você quiser, e com letras escondidas. O prêmio é seu do mesmo jeito, e você pode mudar de ideia aqui.",
    consent_as: |x| format!("Apareceria assim: {x}"),
    name_label: "Seu nome",
    name_missing: "Para publicar, digite seu nome.",
    consent_label: "Concordo em publicar meu nome com letras escondidas",
    consent_button: "Guardar",
    keep_secret: "Guarde este endereço como dinheiro: ele é o seu prêmio.",
};
