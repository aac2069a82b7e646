//! Words by which things are offered, and words for things in general: whatever else is offered must be in the catalogue.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::phrases::Phrases;

/// What comes before a thing that the shop is said to sell.
pub(crate) static OFFERS: Phrases = Phrases::new(&[
    "we also have",
    "we also sell",
    "we also carry",
    "we also stock",
    "we also offer",
    "we sell",
    "we carry",
    "we stock",
    "there is also",
    "our",
    "wir haben auch",
    "haben wir auch",
    "wir fuhren",
    "fuhren wir",
    "wir verkaufen",
    "verkaufen wir",
    "es gibt auch",
    "unser",
    "unsere",
    "unseren",
    "unserem",
    "unserer",
    "nous avons aussi",
    "nous vendons",
    "nous vendons aussi",
    "nous proposons aussi",
    "il y a aussi",
    "notre",
    "nos",
    "tambien tenemos",
    "tenemos tambien",
    "vendemos",
    "tambien vendemos",
    "ofrecemos",
    "nuestro",
    "nuestra",
    "nuestros",
    "nuestras",
    "tambem temos",
    "temos tambem",
    "tambem vendemos",
    "oferecemos",
    "nosso",
    "nossa",
    "nossos",
    "nossas",
    "we have a",
    "we have an",
    "wir haben ein",
    "wir haben eine",
    "wir haben einen",
    "nous avons un",
    "nous avons une",
    "tenemos un",
    "tenemos una",
    "temos um",
    "temos uma",
]);

/// Those of them that are German, where every noun has a capital.
pub(crate) static OFFERS_GERMAN: Phrases = Phrases::new(&[
    "wir haben auch",
    "haben wir auch",
    "wir fuhren",
    "fuhren wir",
    "wir verkaufen",
    "verkaufen wir",
    "es gibt auch",
    "unser",
    "unsere",
    "unseren",
    "unserem",
    "unserer",
    "wir haben ein",
    "wir haben eine",
    "wir haben einen",
]);

/// Words that come directly before a thing.
pub(crate) static DETERMINERS: Phrases = Phrases::new(&[
    "the", "a", "an", "our", "another", "der", "die", "das", "den", "dem", "ein", "eine", "einen", "einem",
    "einer", "unser", "unsere", "unseren", "le", "la", "les", "un", "une", "notre", "nos", "el", "los",
    "las", "una", "unos", "unas", "nuestro", "nuestra", "nuestros", "nuestras", "o", "os", "as", "um", "uma",
    "nosso", "nossa", "nossos", "nossas",
]);

/// Things in general, and what belongs to any shop.
const GENERAL: &str = "thing things something anything everything nothing one ones other others more same idea ideas \
    option options gift gifts present presents product products item items article articles piece pieces colour colours \
    color colors size sizes version versions kind kinds style styles shade pair pairs set sets selection range choice \
    choices collection shop store team page site website catalogue price prices stock shelf shelves moment week day \
    morning evening person people colleague customers customer mother father friend friends table kitchen home house \
    room rest way lot few first second third last best both two three number article order orders cart basket answer \
    question message details detail list favourite favourites favorite favorites suggestion suggestions pick picks \
    ding dinge etwas alles nichts idee ideen auswahl geschenk geschenke produkt produkte artikel stuck stucke farbe farben \
    grosse grossen ausfuhrung ausfuhrungen variante varianten sorte sorten sortiment kollektion laden geschaft seite preis \
    preise lager regal moment augenblick woche tag person leute kollegin kollege kunden kundin mutter vater freundin freund \
    tisch kuche haus zimmer erste zweite letzte beste beiden beide anderen andere frage antwort warenkorb bestellung vorschlag vorschlage liebling lieblinge favorit favoriten \
    chose choses quelque rien tout idee idees option options cadeau cadeaux produit produits article articles piece pieces \
    couleur couleurs taille tailles version versions modele modeles gamme choix collection boutique magasin equipe site \
    prix stock rayon moment semaine jour personne gens collegue clients mere pere amie amis table cuisine maison chambre \
    reste premier premiere deuxieme second seconde dernier derniere meilleur deux autre autres panier commande reponse favori favoris suggestion suggestions \
    cosa cosas algo nada todo idea ideas opcion opciones regalo regalos producto productos articulo articulos pieza piezas \
    color colores talla tallas tamano tamanos version versiones modelo modelos gama eleccion seleccion coleccion tienda \
    equipo pagina sitio precio precios stock momento semana dia persona personas gente colega clientes madre padre amiga \
    amigo mesa cocina casa habitacion resto primero primera segundo segunda ultimo ultima mejor dos otro otra otros otras \
    cesta carrito pedido respuesta pregunta favorito favorita favoritos favoritas sugerencia sugerencias \
    coisa coisas algo nada tudo ideia ideias opcao opcoes presente presentes produto produtos artigo artigos peca pecas \
    cor cores tamanho versao versoes modelo modelos linha escolha selecao colecao loja equipe pagina site preco precos \
    estoque momento semana dia pessoa pessoas gente colega clientes mae pai amiga amigo mesa cozinha casa quarto resto \
    primeiro primeira segundo segunda ultimo ultima melhor dois duas outro outra outros outras cesta carrinho pedido \
    resposta pergunta favorito favorita favoritos favoritas sugestao sugestoes";

/// Whether a word is one for things in general.
pub(crate) fn is_general(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| GENERAL.split_ascii_whitespace().collect());
    WORDS.contains(word)
}
