//! Words that name nothing: pronouns, verbs of having and being, words of time and courtesy. Where something is said to be in
//! stock and no product is named, only such words may stand: any other may be the name of a thing that nobody sells.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::phrases::Phrases;
use super::{ARE, AVAILABLE, BETWEEN, COSTS, LEFT, NOT, OUR_STOCK, REMAIN, SOLD_OUT, STOCK_OF, UNKNOWN};

const PLAIN: &str = "the and but for with from you your yours our ours they them their theirs this that these those here \
    there its are was were been being have has had can could will would shall should may might must not yes sure okay now \
    currently today right still also too just only again already both all any some each every either neither none more most \
    much many very quite really enough what which who when where how why then than though because since while until unless \
    about around over under out off back away ready waiting left please sorry unfortunately luckily good great fine course \
    glad happy afraid checked check see seen looked look know think say tell told let get got give take buy order bought \
    ordered ask moment minute time anyway way well indeed certainly definitely absolutely actually simply exactly instead \
    news honestly believe doubt worry lovely love like hello nothing don isn aren doesn won couldn wasn haven ain choice \
    der die das den dem des ein eine einen einem einer und oder aber mit fur von aus bei auf noch nur auch schon jetzt gerade \
    derzeit zurzeit momentan aktuell heute wieder immer sofort gern gerne leider naturlich klar sicher bitte danke sie ihr \
    ihnen ihre ihren ihrem ihrer wir uns unser unsere unseren unserem unserer haben hat habe hatte hatten sind ist war waren \
    wird werden wurde kann konnen konnte konnten mochten mochte gibt geben sehen sehe gesehen nachgesehen geschaut ich mir \
    mich man dass weil wenn dann also denn doch mal sehr ganz alle alles beide beiden keine kein nicht nichts mehr davon dabei \
    dazu hier dort dieser diese dieses diesen jede jeder jedes eines welche welcher was wer wie wann gute gut nachricht ehrlich \
    gesagt sorge zweifel ubrigens glauben wahl schone schon helfe weiter zur zum zwar sogar es ja nein hallo gefallt gefallen \
    les une des avec pour sur dans par chez nous vous ils elles elle cet cette ces cela ceci est sont etait etaient sera \
    seront avons avez ont encore aussi toujours deja maintenant actuellement ici voici voila oui non bien bonne bon nouvelle \
    franchement aucun doute helas malheureusement desole desolee tous toutes tout toute chacun plus pas jamais rien tres assez \
    qui que quoi dont quand comment alors donc car puis ensuite votre vos notre nos mon mes son ses leur leurs pouvez peut \
    peux veux voulez verifie regarde vois voir inquietez croyez ailleurs merci plaisir reste restent suis etes bonjour \
    los las una unos unas pero con para por sobre del como cuando donde aun todavia tambien ahora mismo hoy aqui ahi esta \
    estan este estos estas ese esa eso son era eran hay tenemos tiene tienen tengo puede puedo podemos quiere usted ustedes \
    nos sus mis nuestro nuestra nuestros nuestras todos todas ambos ambas cada muy mas menos claro seguro duda buenas noticias \
    sinceramente preocupe lamentablemente desgracia lastima siento mirado visto cierto creame gracias quedan queda hola sin \
    uns umas com nas dos das aos isso isto sao ainda agora hoje ali estao estes voce voces lhe seu sua seus suas meu minha \
    muito mais bem certo duvida boas infelizmente pena sinto conferi olhei alias acreditar obrigado obrigada restam resta \
    fica ficam nosso nossa nossos nossas mas nao sim tem temos tenho pode posso ola quando";

/// What praises a thing without being a name of it.
const PRAISE: &str = "new nice beautiful pretty cosy cozy popular favourite favorite small little big warm soft perfect simple \
    fresh neu neue neuen neues neuer schone schonen schones schoner hubsche hubschen beliebte beliebten kleine kleinen \
    grosse grossen warme warmen weiche weichen joli jolie jolis jolies beau belle beaux belles nouveau nouvelle nouveaux \
    petit petite petits petites grand grande bonito bonita bonitos bonitas nuevo nueva nuevos nuevas pequeno pequena hermoso \
    hermosa lindo linda lindos lindas novo nova novos novas";

/// Whether a word names nothing; the parts of `c'est` and `l'ami` each by themselves, and nothing of two letters is a name.
pub(crate) fn is_plain(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let lists = [
            &ARE, &AVAILABLE, &BETWEEN, &COSTS, &LEFT, &NOT, &OUR_STOCK, &REMAIN, &SOLD_OUT, &STOCK_OF,
            &UNKNOWN,
        ];
        let listed = lists.into_iter().flat_map(Phrases::words);
        PLAIN.split_ascii_whitespace().chain(listed).collect()
    });
    word.split('\'').all(|part| part.chars().count() < 3 || WORDS.contains(part))
}

/// Whether a word only praises.
pub(crate) fn is_praise(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| PRAISE.split_ascii_whitespace().collect());
    WORDS.contains(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_names_nothing_is_told_from_names() {
        assert!(["it's", "c'est", "j'ai", "verfugbar", "disponible", "TV"].iter().all(|word| is_plain(word)));
        assert!(["l'espresso", "moonlight", "lamp", "leuchte"].iter().all(|word| !is_plain(word)));
    }
}
