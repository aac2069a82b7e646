//! Words beside an amount: what makes it a former price, a limit, a saving, a fee, or a price at all.

/// What comes before a former price.
pub(crate) const WAS: &[&str] = &[
    "was",
    "were",
    "before",
    "previously",
    "originally",
    "original price",
    "original",
    "formerly",
    "instead of",
    "down from",
    "reduced from",
    "marked down from",
    "usually",
    "normally",
    "normal price",
    "regular",
    "regular price",
    "regularly",
    "rrp",
    "msrp",
    "list price",
    "old price",
    "compare at",
    "compared to",
    "once",
    "used to",
    "statt",
    "anstatt",
    "vorher",
    "bisher",
    "fruher",
    "zuvor",
    "uvp",
    "war",
    "waren",
    "avant",
    "au lieu de",
    "ancien prix",
    "prix initial",
    "etait",
    "antes",
    "en vez de",
    "en lugar de",
    "precio anterior",
    "era",
    "eran",
    "em vez de",
    "ao inves de",
    "preco anterior",
];

/// What comes before the lowest price.
pub(crate) const FROM: &[&str] =
    &["from", "starting at", "starts at", "start at", "ab", "desde", "a partir de", "von"];

/// What comes before an upper limit that itself is out.
pub(crate) const UNDER: &[&str] = &[
    "under",
    "below",
    "less than",
    "cheaper than",
    "unter",
    "weniger als",
    "gunstiger als",
    "billiger als",
    "menos de",
    "por debajo de",
    "moins de",
    "en dessous de",
    "sous",
    "abaixo de",
];

/// What comes before an upper limit that itself is in.
pub(crate) const AT_MOST: &[&str] = &[
    "at most",
    "up to",
    "no more than",
    "not more than",
    "max",
    "maximum",
    "within",
    "bis",
    "bis zu",
    "hochstens",
    "maximal",
    "como maximo",
    "hasta",
    "au plus",
    "jusqu'a",
    "no maximo",
    "ate",
];

/// What comes before a lower limit that itself is out.
pub(crate) const OVER: &[&str] = &[
    "over",
    "above",
    "more than",
    "uber",
    "mehr als",
    "mas de",
    "plus de",
    "mais de",
    "acima de",
    "por encima de",
];

/// What comes before a lower limit that itself is in.
pub(crate) const AT_LEAST: &[&str] = &[
    "at least",
    "min",
    "minimum",
    "mindestens",
    "al menos",
    "como minimo",
    "au moins",
    "pelo menos",
    "no minimo",
];

/// What comes after an upper limit.
pub(crate) const OR_LESS: &[&str] = &[
    "or less",
    "or under",
    "or below",
    "and under",
    "and below",
    "at most",
    "max",
    "maximum",
    "oder weniger",
    "hochstens",
    "o menos",
    "como maximo",
    "ou moins",
    "au plus",
    "maximum",
    "ou menos",
    "no maximo",
];

/// What comes after a lower limit.
pub(crate) const OR_MORE: &[&str] =
    &["or more", "and up", "and over", "or over", "oder mehr", "o mas", "ou plus", "ou mais", "at least"];

/// What makes an amount a saving, which no row holds.
pub(crate) const SAVING: &[&str] = &[
    "off",
    "save",
    "saves",
    "saving",
    "savings",
    "discount",
    "rebate",
    "cashback",
    "credit",
    "worth",
    "value",
    "sparen",
    "spart",
    "rabatt",
    "nachlass",
    "ersparnis",
    "wert",
    "ahorra",
    "ahorras",
    "ahorro",
    "descuento",
    "valor",
    "economisez",
    "economie",
    "remise",
    "reduction",
    "rabais",
    "economize",
    "economia",
    "desconto",
];

/// What makes an amount a fee, which no row holds.
pub(crate) const CHARGE: &[&str] = &[
    "shipping",
    "delivery",
    "postage",
    "handling",
    "tax",
    "taxes",
    "vat",
    "fee",
    "fees",
    "deposit",
    "versand",
    "versandkosten",
    "lieferung",
    "porto",
    "gebuhr",
    "steuer",
    "envio",
    "impuestos",
    "iva",
    "livraison",
    "frais",
    "tva",
    "port",
    "frete",
    "entrega",
    "imposto",
    "taxa",
    "month",
    "monthly",
    "monat",
    "mois",
    "mes",
    "mensual",
];

/// What makes a bare number a price.
pub(crate) const COSTS: &[&str] = &[
    "cost",
    "costs",
    "costing",
    "price",
    "priced",
    "prices",
    "pay",
    "paying",
    "sells for",
    "sell for",
    "goes for",
    "yours for",
    "for only",
    "for just",
    "kostet",
    "kosten",
    "preis",
    "zum preis von",
    "cuesta",
    "cuestan",
    "precio",
    "coute",
    "coutent",
    "prix",
    "custa",
    "custam",
    "preco",
];

/// What makes a bare number in digits a price; before a word it is only talk ("only two colours").
pub(crate) const BARELY: &[&str] =
    &["about", "around", "roughly", "only", "just", "nur", "solo", "seulement", "apenas", "fur"];

/// What compares the prices of two things.
pub(crate) const COMPARES: &[&str] = &[
    "cheaper than",
    "less expensive than",
    "more expensive than",
    "dearer than",
    "costs less than",
    "costs more than",
    "gunstiger als",
    "billiger als",
    "teurer als",
    "mas barato que",
    "mas barata que",
    "mas caro que",
    "mas cara que",
    "moins cher que",
    "plus cher que",
    "mais barato que",
    "mais barata que",
    "mais caro que",
    "mais cara que",
];

/// What comes after the former price in "from $29.90 down to $24.90".
pub(crate) const DOWN_TO: &[&str] = &["down to", "reduced to", "lowered to"];

/// Percent in words.
pub(crate) const PERCENT: &[&str] =
    &["percent", "per cent", "prozent", "pour cent", "por ciento", "por cento", "pct"];
