//! Words of stock: how many there are, whether it can be had, and what may stand between a number and its noun.

/// What comes after a number of pieces, beyond doubt.
pub(crate) const LEFT: &[&str] = &[
    "in stock",
    "left",
    "available",
    "remaining",
    "remain",
    "to go",
    "auf lager",
    "vorratig",
    "verfugbar",
    "lieferbar",
    "ubrig",
    "en stock",
    "disponible",
    "disponibles",
    "restant",
    "restants",
    "restante",
    "restantes",
    "en existencia",
    "em estoque",
    "em stock",
    "disponivel",
    "disponiveis",
];

/// What comes after a number of pieces, unless the catalogue says so of the thing itself.
pub(crate) const PIECES: &[&str] = &[
    "pieces",
    "piece",
    "pcs",
    "units",
    "unit",
    "items",
    "copies",
    "stuck",
    "exemplare",
    "piezas",
    "unidades",
    "unidad",
    "exemplaires",
    "unites",
    "pecas",
    "unidade",
];

/// What comes directly before a number of pieces.
pub(crate) const STOCK_OF: &[&str] = &[
    "stock",
    "inventory",
    "quedan",
    "queda",
    "restam",
    "resta",
    "reste",
    "restent",
    "noch",
    "last",
    "lager",
    "bestand",
    "existencias",
    "estoque",
    "have",
    "has",
    "got",
    "hay",
    "haben",
    "avons",
    "tenemos",
    "temos",
    "remaining",
    "left",
];

/// Words that may stand between a number and what it counts.
pub(crate) const BETWEEN: &[&str] = &[
    "more",
    "still",
    "of",
    "them",
    "these",
    "those",
    "it",
    "now",
    "only",
    "just",
    "currently",
    "noch",
    "mehr",
    "davon",
    "encore",
    "mas",
    "mais",
    "aun",
    "ainda",
    "pieces",
    "pcs",
    "units",
    "items",
    "stuck",
    "unidades",
    "piezas",
    "exemplaires",
    "pecas",
    "about",
    "sizes",
    "pairs",
    "pair",
    "sets",
];

/// Verbs that may stand there too.
pub(crate) const ARE: &[&str] =
    &["are", "is", "were", "remain", "sind", "ist", "son", "estan", "sont", "est", "sao", "estao", "esta"];

/// "It can be bought now."
pub(crate) const AVAILABLE: &[&str] = &[
    "can be bought",
    "can be ordered",
    "you can buy",
    "you can order",
    "ready to ship",
    "in stock",
    "available",
    "auf lager",
    "vorratig",
    "verfugbar",
    "lieferbar",
    "en stock",
    "disponible",
    "disponibles",
    "en existencia",
    "em estoque",
    "em stock",
    "disponivel",
    "disponiveis",
];

/// "It cannot be bought now."
pub(crate) const SOLD_OUT: &[&str] = &[
    "is gone",
    "are gone",
    "sold out",
    "out of stock",
    "unavailable",
    "none left",
    "all gone",
    "ausverkauft",
    "vergriffen",
    "epuise",
    "epuisee",
    "epuises",
    "epuisees",
    "rupture",
    "indisponible",
    "indisponibles",
    "agotado",
    "agotada",
    "agotados",
    "agotadas",
    "sin existencias",
    "esgotado",
    "esgotada",
    "esgotados",
    "esgotadas",
    "fora de estoque",
    "sem estoque",
    "indisponivel",
    "indisponiveis",
];

/// What comes directly before a number of pieces in words.
pub(crate) const REMAIN: &[&str] =
    &["last", "quedan", "queda", "restam", "resta", "reste", "restent", "noch", "remain", "remaining"];

/// Words that speak of every version.
pub(crate) const EVERY: &[&str] = &[
    "all", "every", "each", "alle", "allen", "jede", "jeder", "jedes", "todos", "todas", "cada", "tous",
    "toutes", "chaque",
];
