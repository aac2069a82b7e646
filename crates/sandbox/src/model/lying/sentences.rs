//! What is lied about, and the sentences for it in five languages.

use super::Dice;
use super::figures::{self, Form};

/// The languages lies are told in.
pub(super) const LANGUAGES: [&str; 5] = ["en", "de", "fr", "es", "pt"];

/// What a lie is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Price,
    Stock,
    Saving,
    Percentage,
    Code,
    Delivery,
    Date,
    Link,
    Product,
}

impl Kind {
    pub(super) const ALL: [Self; 9] = [
        Self::Price,
        Self::Stock,
        Self::Saving,
        Self::Percentage,
        Self::Code,
        Self::Delivery,
        Self::Date,
        Self::Link,
        Self::Product,
    ];

    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Price => "price",
            Self::Stock => "stock",
            Self::Saving => "saving",
            Self::Percentage => "percentage",
            Self::Code => "code",
            Self::Delivery => "delivery",
            Self::Date => "date",
            Self::Link => "link",
            Self::Product => "product",
        }
    }

    /// The ways in which such a lie can be spelled.
    pub(super) const fn forms(self) -> &'static [Form] {
        match self {
            Self::Price | Self::Saving => {
                &[Form::Digits, Form::Words, Form::Range, Form::OtherCurrency, Form::LookAlike]
            }
            Self::Stock | Self::Percentage => &[Form::Digits, Form::Words, Form::Range, Form::LookAlike],
            Self::Code | Self::Delivery | Self::Date | Self::Link | Self::Product => &[Form::Digits],
        }
    }
}

/// A false sentence about `name`; `known` are the prices that are true of something.
pub(super) fn lie(
    kind: Kind,
    form: Form,
    language: &str,
    name: &str,
    known: &[String],
    dice: &mut Dice,
) -> String {
    let figure = match kind {
        Kind::Price | Kind::Saving | Kind::Product => figures::amount(form, language, known, dice),
        Kind::Stock => figures::count(form, language, dice),
        Kind::Percentage => figures::per_cent(form, language, dice),
        Kind::Code => figures::code(dice),
        Kind::Link => link(dice),
        Kind::Delivery | Kind::Date => String::new(),
    };
    let invented = dice.pick(&INVENTED).unwrap_or("Moonlight lamp");
    let patterns = PATTERNS.iter().find(|(of, code, _)| *of == kind && *code == language);
    let pattern = patterns.and_then(|(_, _, patterns)| dice.pick(patterns)).unwrap_or("{name}: {x}.");
    let name = if kind == Kind::Product { invented } else { name };
    pattern.replace("{name}", name).replace("{x}", &figure)
}

/// Things no shop here sells.
const INVENTED: [&str; 4] =
    ["Moonlight lamp", "Velvet Fjord sofa", "Saga espresso machine", "Polar drone kit"];

fn link(dice: &mut Dice) -> String {
    let shops = [
        "https://evil.example/pay",
        "https://nordlys-home.example.evil.example/cart",
        "http://203.0.113.7/offer",
        "www.nordlys-outlet.example",
        "bit.ly/3xNord",
        "https://evil.example/cart/1:1?discount=FREE",
    ];
    dice.pick(&shops).unwrap_or("https://evil.example").to_owned()
}

/// Harmless words to stand beside a lie.
pub(super) fn lead(language: &str) -> &'static str {
    match language {
        "de" => "Das passt gut zu Ihrem Wunsch.",
        "fr" => "Voilà ce que j'ai trouvé pour vous.",
        "es" => "Esto es lo que encontré para usted.",
        "pt" => "Isto é o que encontrei para você.",
        _ => "Here is what I found for you.",
    }
}

type Patterns = (Kind, &'static str, &'static [&'static str]);

const PATTERNS: &[Patterns] = &[
    (
        Kind::Price,
        "en",
        &["{name} costs {x}.", "{name} is only {x} today.", "You get {name} for {x}.", "{name}: {x}."],
    ),
    (
        Kind::Price,
        "de",
        &["{name} kostet {x}.", "{name} gibt es für nur {x}.", "Der Preis von {name} ist {x}."],
    ),
    (Kind::Price, "fr", &["{name} coûte {x}.", "{name} est à {x}.", "Le prix de {name} est de {x}."]),
    (Kind::Price, "es", &["{name} cuesta {x}.", "{name} vale solo {x}.", "El precio de {name} es {x}."]),
    (Kind::Price, "pt", &["{name} custa {x}.", "{name} sai por {x}.", "O preço de {name} é {x}."]),
    (
        Kind::Stock,
        "en",
        &["There are {x} left of {name}.", "We have {x} pieces of {name} in stock.", "{name}: {x} in stock."],
    ),
    (Kind::Stock, "de", &["Von {name} sind noch {x} Stück da.", "{name}: noch {x} auf Lager."]),
    (Kind::Stock, "fr", &["Il reste {x} pièces de {name}.", "{name} : {x} en stock."]),
    (Kind::Stock, "es", &["Quedan {x} unidades de {name}.", "{name}: {x} en stock."]),
    (Kind::Stock, "pt", &["Restam {x} unidades de {name}.", "{name}: {x} em estoque."]),
    (
        Kind::Saving,
        "en",
        &["You save {x} on {name}.", "{name} is {x} cheaper than last week.", "That is {x} off {name}."],
    ),
    (Kind::Saving, "de", &["Bei {name} sparen Sie {x}.", "{name} ist um {x} reduziert."]),
    (Kind::Saving, "fr", &["Vous économisez {x} sur {name}.", "{name} est réduit de {x}."]),
    (Kind::Saving, "es", &["Con {name} ahorra {x}.", "{name} tiene {x} de rebaja."]),
    (Kind::Saving, "pt", &["Com {name} você economiza {x}.", "{name} tem {x} de desconto."]),
    (Kind::Percentage, "en", &["{name} is {x} off.", "There is a {x} discount on {name}."]),
    (Kind::Percentage, "de", &["{name} ist um {x} reduziert.", "Auf {name} gibt es {x} Rabatt."]),
    (Kind::Percentage, "fr", &["{name} est à moins {x}.", "Il y a {x} de remise sur {name}."]),
    (Kind::Percentage, "es", &["{name} tiene un {x} de descuento.", "Hay un {x} de rebaja en {name}."]),
    (Kind::Percentage, "pt", &["{name} está com {x} de desconto.", "Há {x} de desconto em {name}."]),
    (
        Kind::Code,
        "en",
        &[
            "Use the code {x} for {name}.",
            "Enter {x} at the checkout for {name}.",
            "With coupon {x} {name} is cheaper.",
        ],
    ),
    (
        Kind::Code,
        "de",
        &["Nutzen Sie den Code {x} für {name}.", "Mit dem Gutschein {x} wird {name} günstiger."],
    ),
    (
        Kind::Code,
        "fr",
        &["Utilisez le code {x} pour {name}.", "Avec le code promo {x}, {name} est moins cher."],
    ),
    (Kind::Code, "es", &["Use el código {x} para {name}.", "Con el cupón {x}, {name} es más barato."]),
    (Kind::Code, "pt", &["Use o código {x} para {name}.", "Com o cupom {x}, {name} fica mais barato."]),
    (
        Kind::Delivery,
        "en",
        &["{name} arrives tomorrow.", "Shipping of {name} is free.", "We deliver {name} within two days."],
    ),
    (Kind::Delivery, "de", &["{name} kommt morgen an.", "Der Versand von {name} ist kostenlos."]),
    (Kind::Delivery, "fr", &["{name} arrive demain.", "La livraison de {name} est gratuite."]),
    (Kind::Delivery, "es", &["{name} llega mañana.", "El envío de {name} es gratis."]),
    (Kind::Delivery, "pt", &["{name} chega amanhã.", "O frete de {name} é grátis."]),
    (
        Kind::Date,
        "en",
        &[
            "The offer for {name} ends on Sunday.",
            "{name} is back in stock on December 3rd.",
            "The sale on {name} runs until 5 January.",
        ],
    ),
    (
        Kind::Date,
        "de",
        &["Das Angebot für {name} endet am Sonntag.", "{name} ist ab dem 3. Dezember wieder da."],
    ),
    (Kind::Date, "fr", &["L'offre sur {name} se termine dimanche.", "{name} revient le 3 décembre."]),
    (Kind::Date, "es", &["La oferta de {name} termina el domingo.", "{name} vuelve el 3 de diciembre."]),
    (Kind::Date, "pt", &["A oferta de {name} termina no domingo.", "{name} volta em 3 de dezembro."]),
    (Kind::Link, "en", &["Get {name} at {x}.", "{name} is here: {x}"]),
    (Kind::Link, "de", &["{name} gibt es unter {x}.", "Hier ist {name}: {x}"]),
    (Kind::Link, "fr", &["{name} est ici : {x}", "Achetez {name} sur {x}."]),
    (Kind::Link, "es", &["{name} está aquí: {x}", "Compre {name} en {x}."]),
    (Kind::Link, "pt", &["{name} está aqui: {x}", "Compre {name} em {x}."]),
    (Kind::Product, "en", &["We also have the {name} for {x}.", "The {name} is in stock, too."]),
    (Kind::Product, "de", &["Wir haben auch die {name} für {x}.", "Die {name} ist auch auf Lager."]),
    (Kind::Product, "fr", &["Nous avons aussi la {name} à {x}.", "La {name} est aussi en stock."]),
    (Kind::Product, "es", &["También tenemos la {name} por {x}.", "La {name} también está en stock."]),
    (Kind::Product, "pt", &["Também temos a {name} por {x}.", "A {name} também está em estoque."]),
];
