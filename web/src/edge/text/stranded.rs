//! The words of the page that stands in for a gateway that cannot start.

use crate::edge::stranded::Trouble;
use crate::ui::Lang;

pub fn text(lang: Lang) -> &'static StrandedText {
    match lang {
        Lang::Pt => &PT,
        Lang::En => &EN,
    }
}

pub struct StrandedText {
    pub customers: &'static str,
    pub to_do: &'static str,
    pub own_words: &'static str,
    pub kept: &'static str,
    pub tries_again: fn(u64) -> String,
    pub trouble: fn(Trouble) -> Words,
}

/// What is wrong, what that means, and what a technician does, in order.
pub struct Words {
    pub title: &'static str,
    pub lead: &'static str,
    pub steps: &'static [&'static str],
}

static PT: StrandedText = StrandedText {
    customers: "Este ponto está fora de serviço por enquanto. Retire ou devolva em outro ponto.",
    to_do: "O que o técnico faz",
    own_words: "Nas palavras do aparelho (em inglês)",
    kept: "Nada do que foi registrado é apagado ou alterado enquanto o aparelho espera. Travas e luzes \
        estão desligadas.",
    tries_again: |seconds| {
        format!(
            "Ele tenta de novo sozinho a cada {seconds} s, e esta página muda quando conseguir."
        )
    },
    trouble: |trouble| match trouble {
        Trouble::Starting => Words {
            title: "O ponto está começando",
            lead: "O diário é conferido. Se estava danificado, ele é recomposto a partir da cópia, o que \
                leva alguns segundos.",
            steps: &["Espere: esta página muda sozinha."],
        },
        Trouble::Settings => Words {
            title: "Uma configuração falta ou está errada",
            lead: "O aparelho não adivinha o que falta: com meia configuração ele cuidaria das vagas \
                erradas.",
            steps: &[
                "No aparelho, abra /etc/volta-gateway.env (sudo nano /etc/volta-gateway.env) e corrija a \
                    configuração citada abaixo. volta-gateway --help explica cada uma.",
                "Se o arquivo estiver vazio, rode install-gateway outra vez: ele escreve um arquivo \
                    completo, e você põe os seus valores.",
                "Depois: sudo systemctl restart volta-gateway. Sem isso o aparelho começa de novo em \
                    alguns minutos.",
            ],
        },
        Trouble::Folder => Words {
            title: "A pasta de dados não pode ser usada",
            lead: "Ali ficam o diário e a chave. Sem ela o aparelho não sabe o que aconteceu neste ponto.",
            steps: &[
                "Confira se a pasta citada abaixo existe e é do usuário do serviço: sudo chown -R \
                    volta-gateway: /var/lib/volta-gateway",
                "Confira se não há outro gateway rodando com a mesma pasta.",
                "Se o cartão só deixa ler (sudo dmesg mostra erros), ele chegou ao fim: desligue, guarde \
                    o cartão e troque-o.",
            ],
        },
        Trouble::Key => Words {
            title: "A chave deste aparelho falta ou está estragada",
            lead: "As duas cópias da chave foram lidas. Uma chave nova por conta própria pareceria um \
                ladrão para a nuvem, então o aparelho espera.",
            steps: &[
                "Se você tem o arquivo device.key certo, ponha-o de volta no lugar citado abaixo.",
                "Senão, mova a pasta de dados inteira para outro lugar (não a apague: ela guarda o que a \
                    nuvem ainda não recebeu).",
                "Peça um código novo no site dos gerentes ou com volta-cloud enrolment-code e cadastre o \
                    aparelho nesta página.",
            ],
        },
        Trouble::Enrolment => Words {
            title: "O cadastro deste aparelho está estragado",
            lead: "A chave e o diário não são o problema: só o papel que diz qual ponto é este.",
            steps: &[
                "Remova só os dois arquivos do cadastro: enrolment.signed e enrolment.signed.kept.",
                "Peça um código novo para este mesmo ponto no site dos gerentes e digite-o nesta página. \
                    Chave e diário ficam, e a nuvem reconhece o aparelho.",
            ],
        },
        Trouble::Journal => Words {
            title: "O diário não pode ser usado",
            lead: "Nem o arquivo nem a sua cópia bastam para continuar. Começar vazio repetiria números de \
                eventos, então o aparelho espera.",
            steps: &[
                "Leia abaixo o que está errado: às vezes é só a pasta ou uma versão mais antiga do \
                    programa.",
                "Se os arquivos estão perdidos, mova a pasta de dados inteira para outro lugar e guarde-a.",
                "Não ponha uma cópia antiga no lugar: a nuvem a tomaria por um segundo diário.",
                "Peça um código novo no site dos gerentes e cadastre o aparelho nesta página. O que a \
                    nuvem confirmou está seguro lá.",
            ],
        },
        Trouble::DiskFull => Words {
            title: "O disco está cheio",
            lead: "Nem a reserva bastou. O que foi registrado fica.",
            steps: &[
                "Libere espaço no cartão: df -h mostra quanto falta; registros e programas velhos podem \
                    sair, os arquivos do gateway não.",
                "Não é preciso reiniciar: ele continua sozinho.",
            ],
        },
        Trouble::Hardware => Words {
            title: "Um pino ou leitor não pode ser usado",
            lead: "O aparelho só liga o ponto quando todas as vagas configuradas estão ao seu alcance.",
            steps: &[
                "Leia abaixo qual vaga e qual pino, e confira os fios e a tabela em hardware/README.md.",
                "Se falta o SPI, confira config.txt como dito abaixo e reinicie o Pi uma vez.",
                "Se outro programa segura o pino, pare-o.",
            ],
        },
        Trouble::Authorities => Words {
            title: "A conexão com a nuvem não pode ser preparada",
            lead: "O arquivo de certificados configurado não pode ser lido.",
            steps: &[
                "Ponha o arquivo certo no lugar citado abaixo, ou tire VOLTA_GATEWAY_CLOUD_CA da \
                    configuração para usar os certificados da máquina.",
            ],
        },
        Trouble::Program => Words {
            title: "O programa terminou por um erro",
            lead: "Ele começa de novo sozinho depois de uma pausa, para não ficar reiniciando sem parar.",
            steps: &[
                "Anote as palavras abaixo e os registros (journalctl -u volta-gateway) e mande-os a quem \
                    cuida do programa.",
                "Se houver uma versão mais nova, rode install-gateway com ela.",
            ],
        },
    },
};

static EN: StrandedText = StrandedText {
    customers: "This dock is out of service for now. Take or return a cart at another dock.",
    to_do: "What a technician does",
    own_words: "In the gateway's own words",
    kept: "Nothing that was recorded is deleted or changed while the gateway waits. Bolts and lamps are \
        off.",
    tries_again: |seconds| {
        format!(
            "It tries again by itself every {seconds} s, and this page changes when it succeeds."
        )
    },
    trouble: |trouble| match trouble {
        Trouble::Starting => Words {
            title: "The dock is starting",
            lead: "The journal is being checked. Where it was damaged it is put together again from its \
                copy, which takes some seconds.",
            steps: &["Wait: this page changes by itself."],
        },
        Trouble::Settings => Words {
            title: "A setting is missing or wrong",
            lead: "The gateway does not guess: with half its settings it would look after the wrong bays.",
            steps: &[
                "On the gateway, open /etc/volta-gateway.env (sudo nano /etc/volta-gateway.env) and \
                    correct the setting named below. volta-gateway --help explains each.",
                "Where the file is empty, run install-gateway again: it writes a whole file, and you put \
                    your values in.",
                "Then: sudo systemctl restart volta-gateway. Without that it starts again in some minutes.",
            ],
        },
        Trouble::Folder => Words {
            title: "The data directory cannot be used",
            lead: "Journal and key live there. Without it the gateway does not know what happened at this \
                dock.",
            steps: &[
                "Check that the directory named below is there and belongs to the service's user: sudo \
                    chown -R volta-gateway: /var/lib/volta-gateway",
                "Check that no other gateway runs on the same directory.",
                "A card that can only be read (sudo dmesg shows errors) has come to its end: switch off, \
                    keep the card, put in another.",
            ],
        },
        Trouble::Key => Words {
            title: "This gateway's key is missing or damaged",
            lead: "Both copies of the key were looked at. A new key made on its own would look like a \
                thief's to the cloud, so the gateway waits.",
            steps: &[
                "If you have the right device.key, put it back to the place named below.",
                "Else move the whole data directory away (do not delete it: it holds what the cloud has \
                    not been told yet).",
                "Get a new code from the managers' site or volta-cloud enrolment-code, and enrol the \
                    gateway on this page.",
            ],
        },
        Trouble::Enrolment => Words {
            title: "This gateway's enrolment is damaged",
            lead: "Key and journal are not the trouble: only the paper that says which dock this is.",
            steps: &[
                "Remove the two files of the enrolment only: enrolment.signed and enrolment.signed.kept.",
                "Get a new code for this same dock from the managers' site and type it into this page. Key \
                    and journal stay, and the cloud knows the gateway again.",
            ],
        },
        Trouble::Journal => Words {
            title: "The journal cannot be used",
            lead: "Neither the file nor its copy is enough to go on. Starting empty would repeat event \
                numbers, so the gateway waits.",
            steps: &[
                "Read below what is wrong: sometimes it is only the directory, or an older version of the \
                    program.",
                "If the files are lost, move the whole data directory away and keep it.",
                "Do not put an older copy in its place: the cloud would take it for a second journal.",
                "Get a new code from the managers' site and enrol the gateway on this page. What the cloud \
                    acknowledged is safe there.",
            ],
        },
        Trouble::DiskFull => Words {
            title: "The disk is full",
            lead: "Not even the reserve was enough. What was recorded stays.",
            steps: &[
                "Free some room on the card: df -h shows how much there is; old logs and programs may go, \
                    the gateway's own files may not.",
                "No restart is needed: it goes on by itself.",
            ],
        },
        Trouble::Hardware => Words {
            title: "A pin or a reader cannot be used",
            lead: "The gateway serves the dock only when every bay of its settings is within its reach.",
            steps: &[
                "Read below which bay and which pin, and check the wires and the table of \
                    hardware/README.md.",
                "Where SPI is missing, check config.txt as said below and restart the Pi once.",
                "Where another program holds the pin, stop it.",
            ],
        },
        Trouble::Authorities => Words {
            title: "The connection to the cloud cannot be prepared",
            lead: "The configured file of certificates cannot be read.",
            steps: &[
                "Put the right file to the place named below, or take VOLTA_GATEWAY_CLOUD_CA out of the \
                    settings to use the machine's own certificates.",
            ],
        },
        Trouble::Program => Words {
            title: "The program ended by an error",
            lead: "It starts again by itself after a pause, so that it does not restart without end.",
            steps: &[
                "Note the words below and the log (journalctl -u volta-gateway) and send them to whoever \
                    looks after the program.",
                "If there is a newer version, run install-gateway with it.",
            ],
        },
    },
};
