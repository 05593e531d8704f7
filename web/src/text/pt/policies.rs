use crate::manager::{
    PolicyFieldError, PolicyFormError, PolicyGroup, PolicyNumber as N, PolicyStanding, Unit,
};
use crate::text::policies::PoliciesText;

pub(super) const POLICIES: PoliciesText = PoliciesText {
    title: "Regras",
    intro: "Quanto vale a caução, quando um carrinho conta como abandonado e quanto recebe quem o traz. Uma versão nunca é mudada: uma nova toma o lugar dela, e cada retirada guarda a que valia quando começou.",
    whole_chain: "Rede inteira",
    scope: "Onde",
    decides: "O que vale agora",
    own: |version| format!("versão {version} própria"),
    follows: |version| format!("segue a rede (versão {version})"),
    nothing: "nada",
    since: "Desde",
    deposit: "Caução",
    waiting: "Espera",
    version_from: |version, when| format!("versão {version}, a partir de {when}"),
    title_of: |scope| format!("Regras: {scope}"),
    follows_text: "Esta loja segue a rede. Uma versão própria passa a valer no lugar da regra da rede, por inteiro.",
    own_text: "Esta loja tem regras próprias: o que muda na rede não muda aqui.",
    chain_text: "Vale em toda loja que não tem regras próprias.",
    nothing_text: "Nenhuma regra vale aqui ainda.",
    change: "Fazer uma nova versão",
    in_force: "Em vigor",
    group: |group| match group {
        PolicyGroup::Taking => "Retirar",
        PolicyGroup::Offline => "Sem internet",
        PolicyGroup::Abandoning => "Quando conta como abandonado",
        PolicyGroup::Finding => "Quem traz um carrinho abandonado",
    },
    label: |number| match number {
        N::Deposit => "Caução",
        N::PaymentWindow => "Prazo para pagar",
        N::GrantValid => "Prazo para abrir a vaga",
        N::DarkGrantWait => "Espera por um ponto calado",
        N::CardReleases => "Liberações por cartão e dia",
        N::GatewayExposure => "Limite de um ponto por dia",
        N::AbandonAfter => "Abandonado depois de",
        N::ClosesAt => "A loja fecha às",
        N::ClosingGrace => "Folga depois de fechar",
        N::NoticeLead => "Aviso antes",
        N::FinderShare => "Parte de quem traz",
        N::ClaimValid => "Prazo para se identificar",
        N::ClaimsPerCpf => "Prêmios por CPF e dia",
        N::ClaimsPerKey => "Prêmios por chave Pix e dia",
        N::PayoutDelay => "Espera antes de pagar",
        N::PairReturns => "Mesmo par sem conferência",
        N::PairWindow => "Janela do mesmo par",
    },
    help: |number| match number {
        N::Deposit => {
            "O Pix que fica guardado enquanto o carrinho está fora e volta inteiro na devolução."
        }
        N::PaymentWindow => "Quanto tempo a cobrança Pix fica aberta.",
        N::GrantValid => "Quanto tempo a vaga espera, depois do pagamento, que alguém a use.",
        N::DarkGrantWait => {
            "Um ponto sem internet que não conta o que houve: depois disto o Pix volta."
        }
        N::CardReleases => {
            "Quantas vezes um cartão abre vagas num dia em que o ponto está sem internet. 0 não abre."
        }
        N::GatewayExposure => "O máximo em cauções que um ponto sem internet arrisca num dia.",
        N::AbandonAfter => {
            "Tempo fora, contado da retirada. O tempo em que um ponto da loja ficou sem internet não conta."
        }
        N::ClosesAt => "Hora no fuso da loja. Vazio: a loja não fecha.",
        N::ClosingGrace => {
            "O carrinho que segue fora tanto tempo depois do fechamento conta como abandonado, se isso vier antes."
        }
        N::NoticeLead => "Quanto antes o cliente é avisado. Menos do que o tempo de abandono.",
        N::FinderShare => {
            "Parte da caução perdida que vai para quem trouxe; o resto vai para o fundo de prêmios. Nunca 100 %: senão dois combinados não perderiam nada."
        }
        N::ClaimValid => "Quanto tempo vale o código que o ponto mostra a quem devolveu.",
        N::ClaimsPerCpf => "Quantos prêmios um CPF recebe num dia. 0 não paga ninguém.",
        N::ClaimsPerKey => "Quantos prêmios uma chave Pix recebe num dia. 0 não paga ninguém.",
        N::PayoutDelay => "O tempo que o cliente tem para contestar antes que o prêmio saia.",
        N::PairReturns => {
            "Quantas vezes a mesma pessoa pode trazer carrinhos do mesmo cliente; a seguinte vai para conferência."
        }
        N::PairWindow => "Em quantos dias esses pares são contados.",
    },
    unit: |unit| match unit {
        Unit::Money => "R$",
        Unit::Percent => "%",
        Unit::Clock => "h:min",
        Unit::Seconds => "s",
        Unit::Minutes => "min",
        Unit::Hours => "h",
        Unit::Days => "d",
        Unit::Times => "vezes",
    },
    never: "não fecha",
    bounds: |min, max| format!("De {min} a {max}."),
    history: "História",
    no_history: "Nenhuma versão ainda.",
    version: "Versão",
    standing_title: "Estado",
    standing: |standing| match standing {
        PolicyStanding::InForce => "em vigor",
        PolicyStanding::Waiting => "espera",
        PolicyStanding::Past => "valeu",
        PolicyStanding::Overtaken => "ultrapassada",
    },
    from: "A partir de",
    made: "Feita",
    made_by: |when, who| format!("{when}, por {who}"),
    set_up: "na instalação",
    changes: "O que mudou",
    first: "primeira versão",
    becomes: |before, after| format!("{before} → {after}"),
    as_chain: "segue a rede",
    follow: "Voltar a seguir a rede",
    follow_title: |scope| format!("Voltar a seguir a rede: {scope}"),
    follow_text: "A partir do momento escolhido valem aqui as regras da rede, e o que mudar nelas muda aqui também. As versões próprias ficam no histórico, e retiradas que já começaram guardam a sua.",
    follow_save: "Seguir a rede",
    form_title: |scope| format!("Nova versão: {scope}"),
    form_text: "Os campos trazem o que vale agora. Retiradas que já começaram seguem a versão delas.",
    form_waiting: |version, when| {
        format!(
            "A versão {version} espera por {when}. Se esta valer antes disso, aquela nunca vale; se valer depois, aquela vale até lá."
        )
    },
    form_from_chain: "Esta loja segue a rede. Com esta versão ela deixa de seguir: mudanças da rede não chegam mais aqui.",
    wrong: |n| match n {
        1 => "Nada foi mudado: falta corrigir 1 coisa.".into(),
        n => format!("Nada foi mudado: falta corrigir {n} coisas."),
    },
    field_error: |error| match error {
        PolicyFieldError::NotANumber => "Isto não se lê: escreva só o número, na unidade ao lado.",
        PolicyFieldError::OutOfBounds => "Fora dos limites.",
        PolicyFieldError::NoticeBeforeStart => {
            "O aviso precisa vir depois da retirada: use menos do que o tempo de abandono."
        }
    },
    form_error: |error| match error {
        PolicyFormError::NotAMoment => "Diga a data e a hora, como 2026-12-01T08:00.",
        PolicyFormError::InPast => "Este momento já passou. Uma regra nunca vale para trás.",
        PolicyFormError::TooFar => "Falta mais de um ano até lá.",
        PolicyFormError::Moved => {
            "Alguém fez uma versão enquanto esta página estava aberta. Veja a história e confira os campos antes de mandar de novo."
        }
        PolicyFormError::Unchanged => "A versão mais nova já diz o mesmo.",
        PolicyFormError::NoChain => "A rede não tem regra que valha nesse momento.",
    },
    when: "A partir de quando",
    now: "De agora em diante",
    later: "A partir de um momento",
    moment: "Data e hora",
    moment_help: "No fuso da loja.",
    save: "Fazer a nova versão",
    back: "Voltar sem mudar",
};
