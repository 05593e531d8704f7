use crate::customer::DataKind;
use crate::manager::PersonError;
use crate::text::{DataText, PersonsText};

pub(super) const PERSONS: PersonsText = PersonsText {
    title: "Dados pessoais",
    text: "Para quem pergunta o que sabemos, ou pede para ser esquecido. Confira antes um documento com foto: quem está à sua frente precisa ser o dono do CPF. Cada consulta, cópia e exclusão fica registrada com o seu nome.",
    cpf: "CPF da pessoa",
    cpf_help: "11 números. Ele não vai para o endereço da página nem para o registro.",
    find: "Procurar",
    since: "Conhecida desde",
    rentals: "Retiradas",
    refunds: "Devoluções de Pix",
    entries: "Participações em sorteios",
    cards: "Cartões de membro",
    none: "Nenhuma.",
    latest: "As mais recentes. A cópia para a pessoa traz todas.",
    when: "Quando",
    amount: "Valor",
    state: "Estado",
    export: "Cópia para a pessoa",
    export_help: "Tudo o que leva a este CPF, sem máscaras. Entregue só à própria pessoa.",
    export_page: "Mostrar para ler ou imprimir",
    export_json: "Baixar em JSON",
    export_title: "O que sabemos de você",
    export_text: "Cópia pedida pela pessoa (LGPD, art. 18). Contém dados sem máscara: entregue só a ela.",
    made: "Feita em",
    cut: "Há mais registros do que cabem aqui: peça o resto a quem administra o sistema.",
    paid: "Pago",
    taken: "Retirado",
    returned: "Devolvido",
    pix_in: "Pix recebido",
    pix_back: "Pix devolvido",
    found: "Carrinhos abandonados que você trouxe",
    found_docked: "Chegou",
    found_claimed: "Você se identificou",
    found_share: "Sua parte",
    found_nothing: "nada prometido",
    found_by: "Como quis receber",
    by_key: "por Pix, à sua chave",
    by_voucher: "em vale",
    voucher: |amount, when| format!("Vale de {amount}, dado em {when}"),
    voucher_redeemed: |when| format!("usado em {when}"),
    voucher_expired: |when| format!("venceu sem uso em {when}"),
    voucher_until: |date| format!("vale até {date}"),
    payouts: "Pix enviados a chaves suas",
    payouts_text: "A sua parte por carrinhos que trouxe, e cauções que o banco não devolveu mais. Uma chave que o banco disse ser de outra pessoa aparece mascarada.",
    pix_key: "Chave Pix",
    settled: "Enviado em",
    not_here: "Telefones, e-mails e avisos no celular não estão aqui: foram dados no endereço de cada retirada, não com o CPF, que qualquer um pode digitar. A página “Meus dados” daquela retirada os mostra, e eles são apagados pouco depois que ela termina.",
    back: "Voltar a dados pessoais",
    erase: "Apagar os dados desta pessoa",
    erase_help: "A chave que abre os dados é destruída: ninguém mais os lê, nem em cópias de segurança. Os cartões de membro dela deixam de abrir vagas. Se ela ganhar um sorteio, não haverá como avisar.",
    survives: "Ficam, sem levar a ninguém: valores e horários do livro contábil, os números dos Pix, as provas das devoluções e as participações já feitas.",
    blocked: "Ainda não é possível apagar: isto precisa terminar antes.",
    erase_open: "Apagar…",
    sure: "A pessoa pediu, e eu conferi quem ela é.",
    erase_now: "Apagar para sempre",
    erased: "Apagado. Nada mais aqui leva a esta pessoa.",
    error: |error| match error {
        PersonError::Cpf => "Este CPF não existe: confira os números.",
        PersonError::Unknown => "Ninguém é conhecido por este CPF.",
        PersonError::TooFast => "Muitas consultas seguidas. Espere um minuto.",
        PersonError::CartOut => {
            "Há um carrinho fora com esta pessoa. Apague depois que ele voltar."
        }
        PersonError::MoneyOwed => {
            "Há um pagamento ou uma devolução em andamento. Apague depois que terminar."
        }
        PersonError::NotConfirmed => "Marque que a pessoa pediu e que você conferiu quem ela é.",
    },
};

pub(super) const DATA: DataText = DataText {
    link: "Meus dados",
    title: "Seus dados nesta retirada",
    text: "O que guardamos desta retirada, para quê e por quanto tempo.",
    what: |kind| match kind {
        DataKind::Course => "Loja, ponto, vaga, carrinho e horários",
        DataKind::Money => "Caução, números do Pix e devoluções",
        DataKind::Cpf => "CPF",
        DataKind::Contacts => "Contatos para avisos",
        DataKind::Entry => "Participação no sorteio",
        DataKind::Card => "Cartão de membro",
        DataKind::Device => "O endereço desta página, neste celular",
    },
    why: "Para quê",
    why_of: |kind| match kind {
        DataKind::Course => "Cumprir o que combinamos e provar o que aconteceu.",
        DataKind::Money => {
            "Devolver seu Pix à conta de onde veio, e prestar contas como a lei manda. Não guardamos a chave nem a conta de onde ele veio."
        }
        DataKind::Cpf => {
            "Ligar a participação no sorteio a você. Está cifrado com uma chave só sua, e nas páginas aparece mascarado."
        }
        DataKind::Contacts => {
            "Avisar você antes que a caução corra risco, e do que acontece com ela. Só para isso. Estão cifrados com uma chave só desta retirada, e não com o seu CPF."
        }
        DataKind::Entry => {
            "Poder avisar e conferir quem ganhou. No sorteio público ela aparece sem nome."
        }
        DataKind::Card => "Liberar o carrinho sem caução.",
        DataKind::Device => {
            "Achar de novo suas retiradas. É um cookie, e o botão “Esquecer neste celular” o apaga."
        }
    },
    how_long: "Por quanto tempo",
    how_long_of: |kind| match kind {
        DataKind::Course => "Pelo menos 5 anos, com as contas. Sem o CPF, não levam a ninguém.",
        DataKind::Money => "Pelo menos 5 anos: a lei fiscal manda.",
        DataKind::Entry => {
            "Enquanto valer a promoção e o prazo de quem ganhou; depois fica sem nome."
        }
        DataKind::Card => "Enquanto o cartão abrir vagas.",
        DataKind::Cpf | DataKind::Contacts | DataKind::Device => "",
    },
    how_long_cpf: |rental, campaign| {
        format!(
            "Até {rental} dias depois da sua última retirada, ou {campaign} dias depois do fim da promoção, o que vier por último. Antes, se você pedir."
        )
    },
    how_long_device: |days| format!("{days} dias."),
    how_long_contacts: |days| {
        format!(
            "{days} dias depois do fim da retirada; mais tempo, só enquanto houver um Pix dela em andamento. Você pode apagá-los antes."
        )
    },
    contacts_link: "Ver ou apagar meus contatos",
    here: "Nesta retirada",
    download: "Baixar os dados desta retirada (JSON)",
    download_help: "Um arquivo com tudo o que esta página resume. O CPF continua mascarado: quem recebe este link não fica sabendo o seu.",
    rest_title: "Ver tudo, corrigir ou apagar",
    rest: [
        "Vá ao balcão da loja com um documento com foto. Conferido que o CPF é seu, você recebe na hora uma cópia de tudo o que leva a ele, em papel ou em arquivo.",
        "Lá você também pede para apagar: a chave dos seus dados é destruída, e valores e participações ficam sem nome. Com carrinho fora ou Pix em andamento, só depois que terminar.",
        "Este link não faz isso de propósito: qualquer um pode digitar o CPF de outra pessoa num ponto de coleta, e não deve com isso ver nem apagar a vida dela.",
    ],
    back: "Voltar à retirada",
};
