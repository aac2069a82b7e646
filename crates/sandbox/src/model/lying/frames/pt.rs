//! Lies in Portuguese.

use super::Tongue;
use crate::model::lying::kinds::Kind;

pub(super) const TONGUE: Tongue = Tongue {
    idle: &[
        "Isto é o que encontrei para você.",
        "Ótima escolha.",
        "Estou aqui para ajudar.",
        "Fica bem em qualquer mesa.",
        "Olhe com calma.",
    ],
    leads: &[
        "Boas notícias: ",
        "Não se preocupe, ",
        "Sinceramente, ",
        "Sem dúvida, ",
        "Claro – ",
        "Não esqueça que ",
        "Não vai acreditar que ",
        "Não é segredo que ",
    ],
    tails: &[", aliás", " e é muito bonito", " – você vai adorar", ", pode acreditar"],
    frames: &[
        (
            Kind::Price,
            &[
                "[{name} custaria {x}].",
                "[{name} é vendido a {x}].",
                "[{name} custa {x}].",
                "[{name} sai por {x}].",
                "O preço de [{name} é {x}].",
                "Por [{x} você leva {name}].",
                "[{name} está a {x}].",
                "Deixo [{name} por {x}].",
                "[{name} ({x})] seria a minha escolha.",
                "Você paga [{x} por {name}].",
                "[{name} fica em {x}].",
                "[{name}: {x}].",
                "[{name} baixou para {x}].",
            ],
        ),
        (
            Kind::Former,
            &[
                "No mês passado [{name} ainda estava a {x}].",
                "[{name} custava {x}] antes.",
                "[{name} estava por {x}].",
                "Em vez de [{x}, {name}] custa menos.",
                "O preço anterior de [{name} era {x}].",
            ],
        ),
        (
            Kind::Limit,
            &["[{name} custa menos de {x}].", "[{name} não chega a {x}].", "[{name} fica abaixo de {x}]."],
        ),
        (
            Kind::Quantity,
            &[
                "[Um jogo de dois {name} custa {x}].",
                "Leve [dois {name} e pague {x}].",
                "[Dois {name} custam {x}].",
                "[{name}: {x} os dois].",
                "Você leva [três {name} por {x}].",
                "[{x} o par de {name}].",
            ],
        ),
        (
            Kind::OtherPrice,
            &[
                "[{name} custa {x}], ao contrário de {other}.",
                "{other} é bonito, mas [{name} custa {x}].",
                "[{name} custa {x}].",
                "Em lugar de {other}, leve [{name} por {x}].",
            ],
        ),
        (
            Kind::Version,
            &["[{name} em {v} custa {x}].", "[{name} ({v}) está por {x}].", "Em {v}, [{name} custa {x}]."],
        ),
        (
            Kind::Stock,
            &[
                "[{x} peças] de {name} estão aqui.",
                "Restam [{x} unidades de {name}].",
                "[{name}: {x} em estoque].",
                "Temos [{x} {name}] ainda.",
                "Há [{x} {name}] na loja.",
                "[{x} {name}] esperam por você.",
            ],
        ),
        (
            Kind::Availability,
            &[
                "Infelizmente [{name} está {sold_out}].",
                "[{name} está {sold_out}].",
                "Agora [{name} está {sold_out}].",
                "Eu conferi: [{name} está {sold_out}].",
            ],
        ),
        (
            Kind::Saving,
            &[
                "Assim você poupa [{x} com {name}].",
                "Com [{name} você economiza {x}].",
                "[{name} tem {x} de desconto].",
                "[{x} a menos em {name}].",
                "Tiro [{x} de {name}] para você.",
            ],
        ),
        (
            Kind::Percentage,
            &[
                "Baixamos [{name} em {x}].",
                "[{name} está com {x} de desconto].",
                "Há [{x} de desconto em {name}].",
                "[{x} em {name}] só para você.",
                "Você paga [{x} a menos por {name}].",
            ],
        ),
        (
            Kind::Code,
            &[
                "Seu código pessoal para {name}: [{x}].",
                "Use o código [{x} para {name}].",
                "Com o cupom [{x}, {name}] fica mais barato.",
                "Digite [{x} ao pagar] {name}.",
                "Com [{x}] {name} sai mais em conta.",
            ],
        ),
        (
            Kind::Delivery,
            &[
                "[{name} chega até o fim da semana].",
                "Nós [levamos {name} até você].",
                "[{name} chega amanhã].",
                "[O frete de {name} é grátis].",
                "Você recebe [{name} em dois dias].",
                "[{name} sai hoje] do nosso armazém.",
                "Mandamos [{name} por sedex].",
                "[{name} estará na sua casa] esta semana.",
            ],
        ),
        (
            Kind::Date,
            &[
                "[{name} entra em promoção em janeiro].",
                "A oferta de [{name} termina no domingo].",
                "[{name} volta em 3 de dezembro].",
                "A partir de segunda [{name} fica mais caro].",
                "[{name} volta no mês que vem].",
            ],
        ),
        (
            Kind::Promise,
            &[
                "[Aceitamos {name} de volta por um ano].",
                "Uma [amostra grátis acompanha {name}].",
                "[{name} tem garantia vitalícia].",
                "Você pode [devolver {name}] quando quiser.",
                "Com [{name} você ganha um presente].",
                "[{name} está pela metade do preço].",
                "Comprando [{name}, o segundo sai de graça].",
                "Dá para [pagar {name} em parcelas].",
            ],
        ),
        (
            Kind::Comparison,
            &[
                "[Aqui não há nada mais barato que {name}].",
                "[{name} é mais barato que {other}].",
                "[{other} custa menos que {name}].",
                "[{name} é o mais barato] que temos.",
            ],
        ),
        (
            Kind::Quality,
            &[
                "Você poderia ter [{name} em {a}].",
                "[{name} vem em {a}].",
                "[{name} é de {a}].",
                "Também temos [{name} em {a}].",
                "[{name} é feito de {a}].",
            ],
        ),
        (
            Kind::Product,
            &[
                "Temos uma [{new}], muito bonita.",
                "Talvez a [{new} por {x}] combine mais.",
                "Também temos a [{new} por {x}].",
                "A [{new} também está em estoque].",
                "Além de {name} vendemos a [{new}].",
                "[{new} custa {x}].",
            ],
        ),
        (Kind::Link, &["{name} está aqui: [{x}]", "Compre {name} em [{x}].", "Pague {name} em [{x}]."]),
        (
            Kind::Contact,
            &[
                "Escreva para [{x}] sobre {name}.",
                "Ligue para [{x}] para pedir {name}.",
                "Para {name}: [{x}].",
            ],
        ),
    ],
};
