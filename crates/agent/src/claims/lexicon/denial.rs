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

/// The value of a number in words, as far as stock and prices are ever put in words. What is put together in a way that is
/// not known here gets a value that no shelf has.
pub(crate) fn number_word(word: &str) -> Option<u64> {
    let parts: Vec<&str> = word.split('-').collect();
    match parts.as_slice() {
        [only] => simple(only).or_else(|| german(only)),
        [tens, units] => match (simple(tens), simple(units)) {
            (Some(tens), Some(units)) => Some(joined(tens, units)),
            (None, None) => None,
            _ => Some(UNKNOWN_NUMBER),
        },
        many => many.iter().any(|part| simple(part).is_some()).then_some(UNKNOWN_NUMBER),
    }
}

const UNKNOWN_NUMBER: u64 = u64::MAX;

/// `twenty` and `three`, `soixante` and `quinze`.
const fn joined(tens: u64, units: u64) -> u64 {
    let is_tens = tens >= 10 && tens < 100 && tens.is_multiple_of(10);
    if is_tens && units < 20 { tens + units } else { UNKNOWN_NUMBER }
}

/// `dreiundzwanzig`, `zweihundert`: whatever ends in a number is one.
fn german(word: &str) -> Option<u64> {
    if let Some((units, tens)) = word.rsplit_once("und")
        && let Some(tens) = simple(tens)
    {
        let units = if units == "ein" { Some(1) } else { simple(units) };
        return Some(units.map_or(UNKNOWN_NUMBER, |units| joined(tens, units)));
    }
    let ends = |end: &str| word.strip_suffix(end).is_some_and(|before| simple(before).is_some());
    ["hundert", "tausend", "cientos", "centos", "cents"].iter().any(|end| ends(end)).then_some(UNKNOWN_NUMBER)
}

fn simple(word: &str) -> Option<u64> {
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
        (13, "thirteen trece treize dreizehn treze"),
        (14, "fourteen catorce quatorze vierzehn catorze"),
        (15, "fifteen quince quinze funfzehn"),
        (16, "sixteen dieciseis seize sechzehn dezesseis dezasseis"),
        (17, "seventeen diecisiete siebzehn dezessete dezassete"),
        (18, "eighteen dieciocho achtzehn dezoito"),
        (19, "nineteen diecinueve neunzehn dezenove dezanove"),
        (20, "twenty veinte vingt zwanzig vinte"),
        (21, "veintiuno veintiun veintiuna"),
        (22, "veintidos"),
        (23, "veintitres"),
        (24, "veinticuatro"),
        (25, "veinticinco"),
        (26, "veintiseis"),
        (27, "veintisiete"),
        (28, "veintiocho"),
        (29, "veintinueve"),
        (30, "thirty treinta trente dreissig trinta"),
        (40, "forty cuarenta quarante vierzig quarenta"),
        (50, "fifty cincuenta cinquante funfzig cinquenta"),
        (60, "sixty sesenta soixante sechzig sessenta"),
        (70, "seventy setenta siebzig septante"),
        (80, "eighty ochenta achtzig oitenta huitante octante"),
        (90, "ninety noventa neunzig nonante"),
        (100, "hundred cien ciento cent hundert cem cento"),
        (1_000, "thousand mil mille tausend"),
    ];
    let found = WORDS.iter().find(|(_, words)| words.split(' ').any(|known| known == word));
    found.map(|(value, _)| *value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words_are_read_whole_or_not_at_all() {
        for (word, value) in [
            ("three", Some(3)),
            ("seventeen", Some(17)),
            ("twenty-three", Some(23)),
            ("vingt-trois", Some(23)),
            ("dix-sept", Some(17)),
            ("soixante-quinze", Some(75)),
            ("veintitres", Some(23)),
            ("dreiundzwanzig", Some(23)),
            ("einundneunzig", Some(91)),
            ("quatre-vingt", Some(UNKNOWN_NUMBER)),
            ("quatre-vingt-onze", Some(UNKNOWN_NUMBER)),
            ("zweihundert", Some(UNKNOWN_NUMBER)),
            ("doscientos", Some(UNKNOWN_NUMBER)),
            ("well-made", None),
            ("hundredfold", None),
            ("grund", None),
            ("one-off", Some(UNKNOWN_NUMBER)),
        ] {
            assert_eq!(number_word(word), value, "{word}");
        }
    }
}
