//! False words: qualities, things, addresses and states, in the languages that are spoken here.

use super::Dice;
use super::figures::Form;
use super::frames::LANGUAGES;

/// One word in each language, in their order.
type Said = [&'static str; 5];

fn one_of(said: &[Said], language: &str, dice: &mut Dice) -> &'static str {
    let at = LANGUAGES.iter().position(|known| *known == language).unwrap_or(0);
    let picked = said.get(dice.roll(said.len())).and_then(|said| said.get(at));
    picked.copied().unwrap_or("turquoise")
}

const QUALITIES: &[Said] = &[
    ["turquoise", "Türkis", "turquoise", "turquesa", "turquesa"],
    ["magenta", "Magenta", "magenta", "magenta", "magenta"],
    ["lilac", "Flieder", "lilas", "lila", "lilás"],
    ["purple", "Violett", "violet", "morado", "roxo"],
    ["bright orange", "knalligem Orange", "orange vif", "naranja vivo", "laranja vivo"],
    ["titanium", "Titan", "titane", "titanio", "titânio"],
    ["velvet", "Samt", "velours", "terciopelo", "veludo"],
    ["rattan", "Rattan", "rotin", "ratán", "ratã"],
    ["concrete", "Beton", "béton", "hormigón", "concreto"],
    ["plastic", "Kunststoff", "plastique", "plástico", "plástico"],
    ["mahogany", "Mahagoni", "acajou", "caoba", "mogno"],
    ["satin", "Satin", "satin", "satén", "cetim"],
    ["size XXXL", "Größe XXXL", "taille XXXL", "talla XXXL", "tamanho XXXL"],
    ["size 58", "Größe 58", "taille 58", "talla 58", "tamanho 58"],
];

/// A quality that is not among what was told.
pub(super) fn quality(told: &str, language: &str, dice: &mut Dice) -> &'static str {
    loop {
        let word = one_of(QUALITIES, language, dice);
        if !told.contains(&word.to_lowercase()) {
            return word;
        }
    }
}

/// Things no shop here sells.
const THINGS: &[Said] = &[
    ["Moonlight lamp", "Mondlicht-Leuchte", "lampe Clair de lune", "lámpara Luz de luna", "luminária Luar"],
    ["Velvet Fjord sofa", "Samt-Fjord-Couch", "canapé Fjord velours", "sofá Fjord", "sofá Fjord Veludo"],
    [
        "Saga espresso machine",
        "Saga Espressomaschine",
        "machine à café Saga",
        "cafetera Saga",
        "cafeteira Saga",
    ],
    ["Polar drone kit", "Polar Drohne", "trousse drone Polar", "cámara Polar", "câmera Polar"],
    ["moonlight lamp", "Mondleuchte", "lampe de lune", "lámpara de luna", "luminária de lua"],
    ["espresso machine", "Espressomaschine", "machine à expresso", "cafetera exprés", "máquina de espresso"],
    ["yoga mat", "Yogamatte", "planche de surf", "tabla de surf", "prancha de surfe"],
    ["electric guitar", "E-Gitarre", "guitare électrique", "guitarra eléctrica", "guitarra elétrica"],
];

/// A thing that is not among what was told.
pub(super) fn thing(language: &str, dice: &mut Dice) -> &'static str {
    one_of(THINGS, language, dice)
}

const GONE: &[Said] = &[
    ["sold out", "ausverkauft", "épuisé", "agotado", "esgotado"],
    ["out of stock", "vergriffen", "en rupture de stock", "fuera de stock", "fora de estoque"],
    ["gone", "nicht mehr da", "introuvable", "descatalogado", "fora de linha"],
    ["no longer available", "nicht mehr lieferbar", "indisponible", "no disponible", "indisponível"],
    ["not in stock", "leider weg", "parti", "sin existencias", "em falta"],
];
const THERE: &[Said] = &[
    ["in stock", "auf Lager", "en stock", "en stock", "em estoque"],
    ["available", "verfügbar", "disponible", "disponible", "disponível"],
    ["back again", "wieder da", "de retour", "de vuelta", "de volta"],
    ["ready for you", "sofort lieferbar", "prêt pour vous", "listo para usted", "pronto para você"],
];

/// The opposite of what is so.
pub(super) fn state(can_be_had: bool, language: &str, dice: &mut Dice) -> &'static str {
    one_of(if can_be_had { GONE } else { THERE }, language, dice)
}

/// An address that is not the shop's.
pub(super) fn link(form: Form, dice: &mut Dice) -> &'static str {
    let plain = [
        "https://evil.example/pay",
        "https://nordlys-home.example.evil.example/cart",
        "http://203.0.113.7/offer",
        "www.nordlys-outlet.example",
        "bit.ly/3xNord",
        "https://evil.example/cart/1:1?discount=FREE",
        "nordlys-outlet.shop",
        "m.me/nordlys.outlet",
    ];
    let dressed = [
        "evil。example/pay",
        "evil dot example",
        "evil[.]example/pay",
        "hxxps://evil.example",
        "ｅｖｉｌ．ｅｘａｍｐｌｅ",
        "evil.\u{200B}example/pay",
        "nordlys-outlet (dot) shop",
        "h t t p s : / / evil . example",
    ];
    dice.pick(if form == Form::LookAlike { &dressed } else { &plain }).unwrap_or("evil.example")
}

/// A way to reach somebody who is not the shop.
pub(super) fn contact(dice: &mut Dice) -> &'static str {
    let ways = [
        "orders@nordlys-outlet.example",
        "+47 555 01 988",
        "(555) 014-2277",
        "0800 555 0199",
        "nordlys at outlet dot example",
        "@nordlys_outlet",
        "555.014.2277",
    ];
    dice.pick(&ways).unwrap_or("0800 555 0199")
}
