//! Colours, sizes and what things are made of, with the same word in every language the clerk speaks, so that what a row says
//! in one of them can be said in another.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::phrases::Phrases;

/// A quality: the words it is said by, and further words of rows that make it true.
struct Quality {
    said: &'static str,
    also: &'static str,
    about: About,
}

/// What a quality is about.
#[derive(Clone, Copy, PartialEq, Eq)]
enum About {
    Colour,
    Make,
}

const fn colour(said: &'static str) -> Quality {
    Quality { said, also: "", about: About::Colour }
}

const fn shade(said: &'static str, also: &'static str) -> Quality {
    Quality { said, also, about: About::Colour }
}

const fn make(said: &'static str) -> Quality {
    Quality { said, also: "", about: About::Make }
}

const fn made(said: &'static str, also: &'static str) -> Quality {
    Quality { said, also, about: About::Make }
}

const QUALITIES: &[Quality] = &[
    colour(
        "red reds rot rote roter rotes roten rotem rouge rouges rojo roja rojos rojas vermelho vermelha vermelhos vermelhas",
    ),
    shade(
        "blue blau blaue blauer blaues blauen blauem bleu bleue bleus bleues azul azules azuis",
        "navy marineblau marine marino marinho turquoise teal indigo cobalt",
    ),
    colour("green grun grune gruner grunes grunen vert verte verts vertes verde verdes"),
    colour(
        "black schwarz schwarze schwarzer schwarzes schwarzen noir noire noirs noires negro negra negros negras preto preta pretos pretas",
    ),
    colour(
        "white weiss weisse weisser weisses weissen blanc blanche blancs blanches blanco blanca blancos blancas branco branca brancos brancas",
    ),
    shade(
        "grey gray grau graue grauer graues grauen gris grise grises cinza cinzento cinzenta",
        "charcoal anthracite",
    ),
    colour(
        "yellow gelb gelbe gelber gelbes gelben jaune jaunes amarillo amarilla amarillos amarillas amarelo amarela amarelos amarelas",
    ),
    colour(
        "brown braun braune brauner braunes braunen brun brune bruns brunes marron marrones marrom marrons",
    ),
    colour("pink rosa rosafarben rose roses rosas"),
    colour("orange orangefarben oranges naranja laranja"),
    shade(
        "purple violet violett violette violettes lila morado morada roxo roxa violeta",
        "lilac lavender plum",
    ),
    colour("lilac lila flieder fliederfarben lilas lavender lavendel lavande lavanda"),
    colour("turquoise turkis turkise turkisen turquesa teal petrol"),
    colour("magenta fuchsia fucsia"),
    colour("beige bege beiges sand"),
    colour("navy marineblau marine marino marinho"),
    colour("burgundy bordeaux weinrot burdeos bordo maroon"),
    colour("crimson scarlet purpurrot karmin ecarlate carmesi escarlate escarlata"),
    colour("ivory elfenbein ivoire marfil marfim"),
    colour("gold golden goldene goldener goldenes goldenen dore doree dorado dorada dourado dourada"),
    colour("silver silber silbern silberne plateado plateada prateado prateada"),
    colour("bronze bronzefarben"),
    colour("copper kupfer kupfern cuivre cobre"),
    make("wool woollen woolen wolle wollene laine lana"),
    make("cotton baumwolle coton algodon algodao"),
    make("linen leinen lin lino linho"),
    make("leather leder lederne cuir cuero couro"),
    make("silk silken seide seidene soie seda"),
    make("velvet samt velours terciopelo veludo"),
    make("satin saten cetim"),
    make("cashmere kaschmir cachemire cachemir caxemira"),
    make("merino merinowolle"),
    make("alpaca alpaka alpaga"),
    make("denim jeansstoff"),
    make("nylon polyamide polyamid"),
    make("polyester poliester"),
    made(
        "wood wooden holz holzern holzerne bois madera madeira",
        "oak birch pine beech walnut ash maple cherry teak mahogany acacia olive",
    ),
    make("oak eiche eichenholz chene roble carvalho"),
    make("birch birke birkenholz bouleau abedul betula"),
    make("beech buche buchenholz hetre haya faia"),
    make("walnut nussbaum noyer nogal nogueira"),
    make("mahogany mahagoni acajou caoba mogno"),
    make("teak teakholz teca"),
    make("bamboo bambus bambou bambu"),
    make("rattan rotin ratan rata wicker"),
    make("cork kork liege corcho cortica"),
    make("brass messing laiton laton latao"),
    make("steel stahl edelstahl acier acero aco inox"),
    make("aluminium aluminum alu aluminio"),
    make("titanium titan titane titanio"),
    make("glass glas verre vidrio vidro"),
    make("crystal kristall cristal"),
    made("ceramic ceramics keramik ceramique ceramica", "stoneware porcelain earthenware clay"),
    make("porcelain porzellan porcelaine porcelana"),
    make("marble marmor marbre marmol marmore"),
    make("granite granit granito"),
    make("concrete beton hormigon concreto"),
    make("plastic plastik kunststoff plastique plastico"),
    make("rubber gummi caoutchouc caucho borracha"),
    make("beeswax bienenwachs"),
    make("hemp hanf chanvre canamo canhamo"),
    make("jute juta yute"),
    make("pelz fourrure"),
    make("vegan vegane vegano vegana"),
    make("organic bio biologisch biologique organico organica ecologico ecologica"),
    make("handmade handgemacht handgefertigt artesanal"),
    make("waterproof wasserdicht etanche impermeable impermeavel"),
    make("fireproof feuerfest ignifuge ignifugo"),
];

/// Words that a size follows: `size XXL`.
pub(crate) static SIZE: Phrases = Phrases::new(&["size", "grosse", "taille", "talla", "tamanho"]);

/// Which quality a word says.
pub(crate) fn quality_of(word: &str) -> Option<usize> {
    static SAID: LazyLock<HashMap<&str, usize>> = LazyLock::new(|| {
        let mut said = HashMap::new();
        for (number, quality) in QUALITIES.iter().enumerate() {
            quality.said.split(' ').for_each(|word| _ = said.entry(word).or_insert(number));
        }
        said
    });
    SAID.get(word).copied()
}

/// Whether it is a colour: that is told by what a thing comes in, not by every word of its description.
pub(crate) fn is_colour(quality: usize) -> bool {
    QUALITIES.get(quality).is_some_and(|quality| quality.about == About::Colour)
}

/// Whether a word of a row makes a quality true.
pub(crate) fn makes_true(quality: usize, word: &str) -> bool {
    let words = QUALITIES.get(quality).map(|quality| [quality.said, quality.also]);
    words.is_some_and(|words| words.iter().flat_map(|words| words.split(' ')).any(|said| said == word))
}

/// `XXL`, `3XL`: a size that is nothing else.
pub(crate) fn is_size(word: &str) -> bool {
    let Some(end) = word.strip_suffix('l').or_else(|| word.strip_suffix('s')) else { return false };
    let digits = end.trim_end_matches('x');
    end.len() > digits.len() && digits.len() <= 1 && digits.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quality_is_one_thing_in_every_language() {
        for words in ["wool laine wolle lana", "blue blau azul bleue", "titanium titane titan"] {
            let meant: Vec<_> = words.split(' ').map(quality_of).collect();
            assert!(meant.iter().all(|one| one.is_some() && *one == meant[0]), "{words}");
        }
        assert!(quality_of("blue").is_some_and(|blue| makes_true(blue, "navy")));
        assert!(!quality_of("navy").is_some_and(|navy| makes_true(navy, "blue")));
    }

    #[test]
    fn sizes_are_told_from_words() {
        assert!(["xl", "xxxl", "xs", "5xl"].iter().all(|word| is_size(word)));
        assert!(["l", "s", "pixel", "sl", "els", "10xl"].iter().all(|word| !is_size(word)));
    }
}
