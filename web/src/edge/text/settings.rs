//! What each setting of a gateway does, in Portuguese. In English the program's own help says it.

use crate::ui::Lang;

/// The words for the variable `name`, where the program's own are in another language.
pub fn help(lang: Lang, name: &str) -> Option<&'static str> {
    match lang {
        Lang::En => None,
        Lang::Pt => in_portuguese(name.strip_prefix("VOLTA_GATEWAY_")?),
    }
}

fn in_portuguese(name: &str) -> Option<&'static str> {
    Some(match name {
        "CLOUD_URL" => "Endereço da nuvem",
        "CLOUD_CA" => {
            "Certificados (PEM) das únicas autoridades que podem dar nome à nuvem; vazio: as da máquina"
        }
        "DATA_DIR" => "Pasta do diário, da chave do aparelho e do cadastro; criada se faltar",
        "LISTEN" => "Endereço e porta da página do técnico e do simulador",
        "ENROLMENT_CODE" => {
            "Código de cadastro do site dos gestores, de um uso só; só conta enquanto o aparelho não \
             está cadastrado"
        }
        "HARDWARE" => "O que este gateway aciona: simulated ou raspberry_pi",
        "PINS" => "No Raspberry Pi, qual pino faz o quê em cada vaga; veja hardware/README.md",
        "GPIO_CHIP" => {
            "No Raspberry Pi, o dispositivo GPIO, em vez daquele com as linhas do conector"
        }
        "BAYS" => "As vagas deste ponto: número:slot ou número:lane:capacidade, entre vírgulas",
        "SIM_CARTS" => {
            "Carrinhos nas vagas simuladas na primeira partida: vaga=etiqueta+etiqueta, o do fundo \
             primeiro"
        }
        "SIM_NEIGHBOURS" => "Páginas de outros pontos simulados: nome=endereço, entre vírgulas",
        "SCANNER" => {
            "Leitor de códigos, teclado ou leitor de cartões do tipo teclado, como \
             /dev/input/by-id/usb-…-event-kbd; outro caminho é lido como linhas de texto. Vazio: nenhum"
        }
        "LOCAL_URL" => {
            "Onde os celulares na rede do ponto alcançam esta página; é dito à nuvem. Vazio: em lugar \
             nenhum"
        }
        "LOG" => "Filtro do registro, como info ou edge=debug",
        "LOG_FORMAT" => "Como as linhas do registro são escritas: text ou json",
        "CLOCK_SKEW_FILE" => {
            "Para ensaios: um arquivo com os milissegundos de erro que o relógio deve ter"
        }
        "RETRY_MS" => {
            "Para ensaios: milissegundos até um serviço que não pôde partir tentar de novo"
        }
        "CRASH_AT" => "Para ensaios: o processo se interrompe neste ponto",
        _ => return None,
    })
}
