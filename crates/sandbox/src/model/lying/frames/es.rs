//! Lies in Spanish.

use super::Tongue;
use crate::model::lying::kinds::Kind;

pub(super) const TONGUE: Tongue = Tongue {
    idle: &[
        "Esto es lo que encontré para usted.",
        "Muy buena elección.",
        "Aquí estoy para ayudarle.",
        "Queda bien en cualquier mesa.",
        "Mire con calma.",
    ],
    leads: &[
        "Buenas noticias: ",
        "No se preocupe, ",
        "Sinceramente, ",
        "Sin duda, ",
        "Claro – ",
        "No olvide que ",
        "No va a creer que ",
        "No es ningún secreto que ",
    ],
    tails: &[", por cierto", " y es muy bonito", " – le va a encantar", ", créame"],
    frames: &[
        (
            Kind::Price,
            &[
                "[{name} le costaría {x}].",
                "[{name} se vende a {x}].",
                "[{name} cuesta {x}].",
                "[{name} vale solo {x}].",
                "El precio de [{name} es {x}].",
                "Por [{x} se lleva {name}].",
                "[{name} sale a {x}].",
                "Le dejo [{name} en {x}].",
                "[{name} ({x})] sería mi elección.",
                "[{name} está a {x}].",
                "Pagaría [{x} por {name}].",
                "[{name}: {x}].",
                "[{name} ha bajado a {x}].",
            ],
        ),
        (
            Kind::Former,
            &[
                "El mes pasado [{name} seguía a {x}].",
                "[{name} costaba {x}] antes.",
                "[{name} estaba a {x}].",
                "En vez de [{x}, {name}] cuesta menos.",
                "El precio anterior de [{name} era {x}].",
            ],
        ),
        (
            Kind::Limit,
            &[
                "[{name} cuesta menos de {x}].",
                "[{name} no llega a {x}].",
                "[{name} está por debajo de {x}].",
            ],
        ),
        (
            Kind::Quantity,
            &[
                "[Un juego de dos {name} cuesta {x}].",
                "Lleve [dos {name} y pague {x}].",
                "[Dos {name} cuestan {x}].",
                "[{name}: {x} los dos].",
                "Se lleva [tres {name} por {x}].",
                "[{x} el par de {name}].",
            ],
        ),
        (
            Kind::OtherPrice,
            &[
                "[{name} cuesta {x}], no como {other}.",
                "{other} es bonito, pero [{name} cuesta {x}].",
                "[{name} cuesta {x}].",
                "En lugar de {other}, lleve [{name} por {x}].",
            ],
        ),
        (
            Kind::Version,
            &["[{name} en {v} cuesta {x}].", "[{name} ({v}) está a {x}].", "En {v}, [{name} cuesta {x}]."],
        ),
        (
            Kind::Stock,
            &[
                "[{x} piezas] de {name} están aquí.",
                "Quedan [{x} unidades de {name}].",
                "[{name}: {x} en stock].",
                "Tenemos [{x} {name}] todavía.",
                "Hay [{x} {name}] en la tienda.",
                "[{x} {name}] le esperan.",
            ],
        ),
        (
            Kind::Availability,
            &[
                "Por desgracia [{name} está {sold_out}].",
                "[{name} está {sold_out}].",
                "Ahora mismo [{name} está {sold_out}].",
                "Lo he mirado: [{name} está {sold_out}].",
            ],
        ),
        (
            Kind::Saving,
            &[
                "Así se ahorra [{x} con {name}].",
                "Con [{name} ahorra {x}].",
                "[{name} tiene {x} de rebaja].",
                "[{x} menos en {name}].",
                "Le quito [{x} a {name}].",
            ],
        ),
        (
            Kind::Percentage,
            &[
                "Rebajamos [{name} un {x}].",
                "[{name} tiene un {x} de descuento].",
                "Hay un [{x} de rebaja en {name}].",
                "[{x} en {name}] solo para usted.",
                "Paga un [{x} menos por {name}].",
            ],
        ),
        (
            Kind::Code,
            &[
                "Su código personal para {name}: [{x}].",
                "Use el código [{x} para {name}].",
                "Con el cupón [{x}, {name}] es más barato.",
                "Ponga [{x} al pagar] {name}.",
                "Con [{x}] {name} le sale mejor.",
            ],
        ),
        (
            Kind::Delivery,
            &[
                "[{name} le llega antes del fin de semana].",
                "Le [llevamos {name} a casa].",
                "[{name} llega mañana].",
                "[El envío de {name} es gratis].",
                "Recibe [{name} en dos días].",
                "[{name} sale hoy] de nuestro almacén.",
                "Le mandamos [{name} por mensajero].",
                "[{name} estará en su casa] esta semana.",
            ],
        ),
        (
            Kind::Date,
            &[
                "[{name} se rebaja en enero].",
                "La oferta de [{name} termina el domingo].",
                "[{name} vuelve el 3 de diciembre].",
                "A partir del lunes [{name} sube].",
                "[{name} regresa el mes que viene].",
            ],
        ),
        (
            Kind::Promise,
            &[
                "[Aceptamos {name} de vuelta durante un año].",
                "Una [muestra gratis acompaña a {name}].",
                "[{name} tiene garantía de por vida].",
                "Puede [devolver {name}] cuando quiera.",
                "Con [{name} le damos un regalo].",
                "[{name} está a mitad de precio].",
                "Si compra [{name}, el segundo va de regalo].",
                "Puede [pagar {name} a plazos].",
            ],
        ),
        (
            Kind::Comparison,
            &[
                "[Aquí no hay nada más barato que {name}].",
                "[{name} es más barato que {other}].",
                "[{other} cuesta menos que {name}].",
                "[{name} es lo más barato] que tenemos.",
            ],
        ),
        (
            Kind::Quality,
            &[
                "Podría tener [{name} en {a}].",
                "[{name} viene en {a}].",
                "[{name} es de {a}].",
                "También tenemos [{name} en {a}].",
                "[{name} está hecho de {a}].",
            ],
        ),
        (
            Kind::Product,
            &[
                "Tenemos una [{new}], muy bonita.",
                "Quizás la [{new} por {x}] le vaya mejor.",
                "También tenemos la [{new} por {x}].",
                "La [{new} también está en stock].",
                "Además de {name} vendemos la [{new}].",
                "[{new} cuesta {x}].",
            ],
        ),
        (Kind::Link, &["{name} está aquí: [{x}]", "Compre {name} en [{x}].", "Pague {name} en [{x}]."]),
        (
            Kind::Contact,
            &["Escriba a [{x}] por {name}.", "Llame al [{x}] para pedir {name}.", "Para {name}: [{x}]."],
        ),
    ],
};
