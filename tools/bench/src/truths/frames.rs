//! True sentences in five languages, per kind. `{name}` is the product, `{p}` its price, `{was}` its former price, `{v}` one of
//! its versions, `{n}` its number of pieces, `{a}` a quality it has, `{b}` another product and `{q}` that one's price.

use super::Kind;
use super::manner::{CARD, LINK, LIST, NOT_IN, QUALITY, SEVERAL, TALK, TWO, UNKNOWN};

/// The languages truth is told in.
pub(super) const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "pt"];

/// The sentences of a kind, by language.
pub(super) type Frames = [&'static [&'static str]; 5];

/// The sentences for a kind, by language.
pub(super) fn frames(kind: Kind) -> Frames {
    match kind {
        Kind::Price => PRICE,
        Kind::Version => VERSION,
        Kind::Span => SPAN,
        Kind::Former => FORMER,
        Kind::Limit => LIMIT,
        Kind::Stock => STOCK,
        Kind::Available => AVAILABLE,
        Kind::SoldOut => SOLD_OUT,
        Kind::Quality => QUALITY,
        Kind::NotIn => NOT_IN,
        Kind::Two => TWO,
        Kind::List => LIST,
        Kind::Several => SEVERAL,
        Kind::Link => LINK,
        Kind::Card => CARD,
        Kind::Unknown => UNKNOWN,
        Kind::Talk => TALK,
    }
}

const PRICE: Frames = [
    &[
        "{name} costs {p}.",
        "{name} is {p}.",
        "You can get {name} for {p}.",
        "I'd suggest {name} at {p}, a lovely gift.",
        "That would be {name}, which is {p}.",
        "{name} ({p}) might be just right for your mother.",
        "For {p} you get {name}.",
        "How about {name}? It costs {p}.",
        "Yes, we do have {name}. It is {p} and feels very soft.",
        "The price of {name} is {p}.",
        "{name} is priced at {p}, and many people like it as a present.",
    ],
    &[
        "{name} kostet {p}.",
        "Ich würde {name} für {p} empfehlen.",
        "{name} gibt es für {p}.",
        "Für {p} bekommen Sie {name}.",
        "Wie wäre es mit {name}? Der Preis ist {p}.",
        "Ja, {name} haben wir da. Es kostet {p} und ist ein schönes Geschenk.",
        "Der Preis von {name} liegt bei {p}.",
    ],
    &[
        "{name} coûte {p}.",
        "Je vous propose {name} à {p}.",
        "Le prix de {name} est de {p}.",
        "Pour {p}, vous avez {name}.",
        "Que diriez-vous de {name} ? Il coûte {p}.",
        "Oui, nous avons {name}. C'est un joli cadeau à {p}.",
    ],
    &[
        "{name} cuesta {p}.",
        "Le recomiendo {name} por {p}.",
        "El precio de {name} es {p}.",
        "Por {p} tiene {name}.",
        "¿Qué le parece {name}? Cuesta {p}.",
        "Sí, tenemos {name}. Es un regalo bonito y vale {p}.",
    ],
    &[
        "{name} custa {p}.",
        "Eu sugiro {name} por {p}.",
        "O preço de {name} é {p}.",
        "Por {p} você leva {name}.",
        "Que tal {name}? Custa {p}.",
        "Sim, temos {name}. É um presente bonito e sai por {p}.",
    ],
];
const VERSION: Frames = [
    &[
        "{name} in {v} costs {p}.",
        "{name} ({v}) is {p}.",
        "In {v}, {name} is {p}.",
        "If you like {v}: {name} costs {p} in that version.",
    ],
    &["{name} in {v} kostet {p}.", "{name} ({v}) kostet {p}.", "In {v} kostet {name} {p}."],
    &["{name} en {v} coûte {p}.", "{name} ({v}) est à {p}.", "En {v}, {name} coûte {p}."],
    &["{name} en {v} cuesta {p}.", "{name} ({v}) cuesta {p}.", "En {v}, {name} cuesta {p}."],
    &["{name} em {v} custa {p}.", "{name} ({v}) custa {p}.", "Em {v}, {name} custa {p}."],
];
const SPAN: Frames = [
    &[
        "{name} starts at {p}.",
        "{name} is available from {p}.",
        "Prices for {name} start at {p} and go up to {was}.",
        "{name} costs between {p} and {was}, depending on the version.",
    ],
    &[
        "{name} gibt es ab {p}.",
        "{name} kostet zwischen {p} und {was}, je nach Ausführung.",
        "{name} kostet ab {p}.",
    ],
    &[
        "{name} est disponible à partir de {p}.",
        "{name} coûte entre {p} et {was} selon la version.",
        "{name} coûte de {p} à {was}.",
    ],
    &[
        "{name} está disponible desde {p}.",
        "{name} cuesta entre {p} y {was} según la versión.",
        "{name} cuesta a partir de {p}.",
    ],
    &[
        "{name} está disponível a partir de {p}.",
        "{name} custa entre {p} e {was}, conforme a versão.",
        "{name} custa de {p} a {was}.",
    ],
];
const FORMER: Frames = [
    &[
        "{name} is {p}, down from {was}.",
        "{name} is on sale: {p} instead of {was}.",
        "{name} is reduced from {was} to {p}.",
        "{name} was {was} and is {p} now.",
        "{name} is on sale right now.",
    ],
    &[
        "{name} kostet jetzt {p} statt {was}.",
        "{name} ist reduziert: {p}, vorher {was}.",
        "{name} ist gerade im Angebot.",
        "{name} ist von {was} auf {p} reduziert.",
    ],
    &["{name} coûte {p} au lieu de {was}.", "{name} est en promotion.", "{name} est à {p}, avant {was}."],
    &[
        "{name} cuesta {p} en vez de {was}.",
        "{name} está en oferta.",
        "{name} está rebajado: {p}, antes {was}.",
    ],
    &["{name} custa {p} em vez de {was}.", "{name} está em promoção.", "{name} está por {p}, antes {was}."],
];
const LIMIT: Frames = [
    &[
        "{name} is under {p}.",
        "{name} costs less than {p}.",
        "{name} stays below {p}.",
        "{name} is less than {p} and makes a fine gift.",
    ],
    &["{name} liegt unter {p}.", "{name} kostet weniger als {p}.", "{name} bleibt unter {p}."],
    &["{name} coûte moins de {p}.", "{name} est à moins de {p}.", "{name} reste en dessous de {p}."],
    &["{name} cuesta menos de {p}.", "{name} está por debajo de {p}."],
    &["{name} custa menos de {p}.", "{name} fica abaixo de {p}."],
];
const STOCK: Frames = [
    &[
        "We have {n} of {name} left.",
        "There are {n} {name} in stock.",
        "{name} is in stock, {n} left.",
        "We still have {n} of {name}.",
        "{name}: {n} in stock.",
        "Only {n} of {name} left in stock.",
    ],
    &[
        "Von {name} haben wir noch {n}.",
        "{name} ist auf Lager, noch {n} Stück.",
        "Wir haben noch {n} Stück von {name}.",
        "{name}: {n} auf Lager.",
    ],
    &[
        "Il reste {n} {name}.",
        "{name} est en stock, il en reste {n}.",
        "Nous avons encore {n} {name}.",
        "{name} : {n} en stock.",
    ],
    &[
        "Quedan {n} unidades de {name}.",
        "{name} está disponible, quedan {n}.",
        "Tenemos {n} {name}.",
        "{name}: {n} en stock.",
    ],
    &[
        "Restam {n} unidades de {name}.",
        "{name} está disponível, restam {n}.",
        "Temos {n} {name}.",
        "{name}: {n} em estoque.",
    ],
];
const AVAILABLE: Frames = [
    &[
        "{name} is in stock.",
        "{name} is available right now.",
        "Yes, {name} is available.",
        "Good choice, {name} is in stock.",
        "We have {name} in stock.",
    ],
    &[
        "{name} ist auf Lager.",
        "{name} ist verfügbar.",
        "Ja, {name} ist vorrätig.",
        "Wir haben {name} auf Lager.",
    ],
    &[
        "{name} est en stock.",
        "{name} est disponible.",
        "Oui, {name} est disponible.",
        "Nous avons {name} en stock.",
    ],
    &[
        "{name} está en stock.",
        "{name} está disponible.",
        "Sí, {name} está disponible.",
        "Tenemos {name} en stock.",
    ],
    &[
        "{name} está em estoque.",
        "{name} está disponível.",
        "Sim, {name} está disponível.",
        "Temos {name} em estoque.",
    ],
];
const SOLD_OUT: Frames = [
    &[
        "{name} is sold out.",
        "Sorry, {name} is out of stock right now.",
        "{name} is not available at the moment.",
        "Unfortunately we no longer have {name} in stock.",
    ],
    &[
        "{name} ist leider ausverkauft.",
        "{name} ist gerade nicht verfügbar.",
        "{name} ist zurzeit nicht auf Lager.",
    ],
    &["{name} est épuisé.", "{name} n'est pas disponible en ce moment.", "{name} est en rupture de stock."],
    &["{name} está agotado.", "{name} no está disponible ahora.", "Lo siento, {name} está agotado."],
    &["{name} está esgotado.", "{name} não está disponível agora.", "Infelizmente {name} está esgotado."],
];
