//! Words beside an amount: what makes it a former price, a limit, a saving, a fee, or a price at all.

use super::phrases::Phrases;

/// What comes before a former price.
pub(crate) static WAS: Phrases = Phrases::new(&[
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
    "used to cost",
    "costaba",
    "costaban",
    "estaba",
    "estaban",
    "valia",
    "valian",
    "coutait",
    "coutaient",
    "etaient",
    "avant cela",
    "custava",
    "custavam",
    "estava",
    "estavam",
    "valiam",
    "kostete",
    "kosteten",
    "lag",
    "lagen",
    "sonst",
    "eigentlich",
    "d'habitude",
    "habituellement",
    "normalmente",
    "de costumbre",
    "precio original",
    "preco original",
    "prix d'origine",
    "alter preis",
    "alte preis",
    "originalpreis",
]);

/// What comes before the lowest price.
pub(crate) static FROM: Phrases =
    Phrases::new(&["from", "starting at", "starts at", "start at", "ab", "desde", "a partir de", "von"]);

/// What comes before an upper limit that itself is out.
pub(crate) static UNDER: Phrases = Phrases::new(&[
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
]);

/// What comes before an upper limit that itself is in.
pub(crate) static AT_MOST: Phrases = Phrases::new(&[
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
]);

/// Limits that are no denial although they begin like one.
pub(crate) static NO_MORE: Phrases = Phrases::new(&["no more than", "not more than", "never more than"]);

/// What comes before a lower limit that itself is out.
pub(crate) static OVER: Phrases = Phrases::new(&[
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
]);

/// What comes before a lower limit that itself is in.
pub(crate) static AT_LEAST: Phrases = Phrases::new(&[
    "at least",
    "min",
    "minimum",
    "mindestens",
    "al menos",
    "como minimo",
    "au moins",
    "pelo menos",
    "no minimo",
]);

/// What comes after an upper limit.
pub(crate) static OR_LESS: Phrases = Phrases::new(&[
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
]);

/// What comes after a lower limit.
pub(crate) static OR_MORE: Phrases = Phrases::new(&[
    "or more",
    "and up",
    "and over",
    "or over",
    "oder mehr",
    "o mas",
    "ou plus",
    "ou mais",
    "at least",
]);

/// What makes an amount a saving, which no row holds.
pub(crate) static SAVING: Phrases = Phrases::new(&[
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
    "knock",
    "enleve",
    "rebaja",
    "quito",
    "tiro",
    "abzug",
]);

/// What makes an amount a saving if it comes after it.
pub(crate) static LESS: Phrases = Phrases::new(&[
    "less for",
    "less on",
    "cheaper",
    "weniger fur",
    "billiger",
    "gunstiger",
    "de moins",
    "menos en",
    "menos por",
    "a menos",
    "menos em",
]);

/// What makes "less" a matter of money.
pub(crate) static PAYS: Phrases = Phrases::new(&[
    "pay", "pays", "paying", "paid", "zahlen", "zahlt", "zahle", "bezahlen", "bezahlt", "payez", "payer",
    "paie", "paient", "paga", "pagan", "pagar", "pague", "pagara", "pagam", "pagaria",
]);

/// "Less", of whatever it is.
pub(crate) static FEWER: Phrases = Phrases::new(&["less", "weniger", "moins", "menos"]);

/// What makes an amount a fee, which no row holds.
pub(crate) static CHARGE: Phrases = Phrases::new(&[
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
]);

/// What makes a bare number a price.
pub(crate) static COSTS: Phrases = Phrases::new(&[
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
]);

/// What makes a bare number in digits a price; before a word it is only talk ("only two colours").
pub(crate) static BARELY: Phrases = Phrases::new(&[
    "about",
    "around",
    "roughly",
    "only",
    "just",
    "nur",
    "solo",
    "seulement",
    "apenas",
    "fur",
]);

/// What comes after the former price in "from $29.90 down to $24.90".
pub(crate) static DOWN_TO: Phrases = Phrases::new(&["down to", "reduced to", "lowered to", "to only", "auf"]);

/// Percent in words.
pub(crate) static PERCENT: Phrases =
    Phrases::new(&["percent", "per cent", "prozent", "pour cent", "por ciento", "por cento", "pct"]);
