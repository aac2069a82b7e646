//! Words that deny, and numbers in words.

/// Words that turn a statement into its opposite.
pub(crate) const NOT: &[&str] = &[
    "no",
    "not",
    "nothing",
    "none",
    "never",
    "neither",
    "nor",
    "without",
    "cannot",
    "can't",
    "isn't",
    "aren't",
    "don't",
    "doesn't",
    "won't",
    "wasn't",
    "haven't",
    "any longer",
    "kein",
    "keine",
    "keinen",
    "nicht",
    "nichts",
    "nie",
    "ohne",
    "pas",
    "rien",
    "aucun",
    "aucune",
    "jamais",
    "sans",
    "nada",
    "ningun",
    "ninguna",
    "ninguno",
    "nunca",
    "sin",
    "nao",
    "nenhum",
    "nenhuma",
    "sem",
];

/// The value of a number in words, as far as stock and prices are ever put in words.
pub(crate) fn number_word(word: &str) -> Option<u64> {
    const WORDS: &[(u64, &str)] = &[
        (1, "one un una ein eine uno um uma"),
        (2, "two dos deux zwei dois duas couple"),
        (3, "three tres trois drei"),
        (4, "four cuatro quatre vier quatro"),
        (5, "five cinco cinq funf"),
        (6, "six seis sechs"),
        (7, "seven siete sept sieben sete"),
        (8, "eight ocho huit acht oito"),
        (9, "nine nueve neuf neun nove"),
        (10, "ten diez dix zehn dez"),
        (11, "eleven once onze elf"),
        (12, "twelve doce douze zwolf doze dozen"),
        (15, "fifteen quince quinze funfzehn"),
        (20, "twenty veinte vingt zwanzig vinte"),
        (30, "thirty treinta trente dreissig trinta"),
        (40, "forty cuarenta quarante vierzig quarenta"),
        (50, "fifty cincuenta cinquante funfzig cinquenta"),
        (60, "sixty sesenta soixante sechzig sessenta"),
        (70, "seventy setenta siebzig"),
        (80, "eighty ochenta achtzig oitenta"),
        (90, "ninety noventa neunzig"),
        (100, "hundred cien cent hundert cem"),
        (1_000, "thousand mil mille tausend"),
    ];
    let value = |word: &str| WORDS.iter().find(|(_, words)| words.split(' ').any(|known| known == word));
    let last = word.rsplit('-').next().unwrap_or(word);
    // "funfunddreissig" ends in its tens.
    let tens = last.rsplit_once("und").and_then(|(_, tens)| value(tens));
    value(last).or(tens).map(|(value, _)| *value)
}
