//! The rules of a campaign in words, in Portuguese: the language of the authority and of the law. They
//! are made of the plan, so that no text promises what no program keeps, and hashed with it.

use crate::ui::{Lang, money};
use shared::money::Centavos;

/// Why an entry may be passed over, and the words that are published with each.
pub const CODES: [(&str, &str); 4] = [
    (
        "menor",
        "Participante com menos de 18 anos na data da devolução.",
    ),
    (
        "equipe",
        "Participante que trabalha na promotora, nas lojas ou no sistema que faz a apuração.",
    ),
    (
        "cpf_invalido",
        "CPF que não existe ou não é de quem participou.",
    ),
    ("fraude", "Devolução que não aconteceu como foi registrada."),
];

/// What happens when the lottery does not take place.
pub const FALLBACK: &str = "Sem extração na data prevista, vale a próxima extração regular da Loteria Federal. Se a Loteria Federal acabar, a promoção é suspensa e a SPA/MF é consultada. O resultado nunca é inventado.";

/// Of a promotion in which a few win by the Loteria Federal.
pub fn draw(name: &str, promoter: &str, stores: &[String], prizes: &[&str]) -> String {
    let stores = stores.join(", ");
    let prizes = prizes.join("; ");
    [
        format!("Regulamento da promoção “{name}”. Promotora: {promoter}"),
        format!("1. Participa quem devolve um carrinho a um ponto de coleta destas lojas, no período: {stores}. Não é preciso comprar nada. É preciso ter 18 anos ou mais e informar o CPF no pagamento da caução ou, até o fechamento da lista, no recibo."),
        "2. Cada devolução reconhecida vale uma participação, até o limite por CPF; valem as primeiras. Devolução em análise, ou de que o ponto só deu notícia depois do fechamento da lista, passa para a promoção seguinte.".to_owned(),
        "3. Encerrado o prazo para os pontos sem internet, a lista é fechada, duas pessoas da equipe a aprovam e ela é publicada com assinatura digital, ao menos 24 horas antes da extração. Os pontos de coleta assinam a mesma lista como testemunhas.".to_owned(),
        "4. A ordem da lista é embaralhada por um valor público da rede drand que ninguém conhece antes. Cada participação recebe a mesma quantidade de números, de 00 a 99 (série) e de 00000 a 99999.".to_owned(),
        "5. O número sorteado vem da extração da Loteria Federal prevista: as dezenas do 1º e do 2º prêmios e as unidades do 1º ao 5º formam sete algarismos; se passarem do último número distribuído, valem as dezenas do 3º e do 4º e as centenas do 1º ao 5º; se também passarem, vale a extração seguinte. Ganha quem tem o número formado ou, se ninguém o tem, o imediatamente superior.".to_owned(),
        format!("6. Prêmios, na ordem: {prizes}. O primeiro vai para o número sorteado e os demais para as participações seguintes da lista, uma por pessoa. Os prêmios não podem ser trocados por dinheiro e são entregues sem custo."),
        "7. A participação desclassificada por um dos códigos publicados perde a vez para o próximo suplente; nunca há novo sorteio, e o prêmio de mais ninguém muda.".to_owned(),
        "8. O prêmio pode ser retirado em até 180 dias da apuração. O valor do que não for retirado é recolhido à União.".to_owned(),
        "9. O nome de quem ganha só é publicado, em iniciais, se a pessoa quiser. O CPF nunca é publicado. A lista, as assinaturas e o resultado ficam em um arquivo que qualquer pessoa confere em um computador sem internet.".to_owned(),
    ]
    .join("\n")
}

/// Of a promotion in which everybody gets the same.
pub fn certain(name: &str, stores: &[String], worth: Centavos) -> String {
    let (stores, worth) = (stores.join(", "), money::money(worth, Lang::Pt));
    [
        format!("Regulamento da promoção “{name}”."),
        format!("1. Quem devolve um carrinho no período a um ponto de coleta destas lojas, com CPF, ganha um vale-compras de {worth}: {stores}. Todos ganham o mesmo; nada é sorteado."),
        "2. O vale tem um código que serve uma única vez, até a data escrita nele, e não pode ser trocado por dinheiro. Há um limite de vales por CPF; valem as primeiras devoluções.".to_owned(),
        "3. É preciso ter 18 anos ou mais. O vale não muda a devolução da caução.".to_owned(),
    ]
    .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_regulation_names_what_the_plan_names_and_has_no_empty_line() {
        let stores = ["Loja Centro".to_owned()];
        let text = draw("Volta", "Mercado Ltda.", &stores, &["Vale de R$ 500"]);
        for part in ["Volta", "Mercado Ltda.", "Loja Centro", "Vale de R$ 500"] {
            assert!(text.contains(part), "{part}");
        }
        let sure = certain("Volta", &stores, Centavos::new(200));
        assert!(sure.contains("2,00") && sure.contains("Loja Centro"));
        for text in [text, sure] {
            assert!(text.lines().all(|line| !line.trim().is_empty()));
        }
    }
}
