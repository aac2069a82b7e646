//! Numbers in words, in every language the clerk speaks.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A number put together in a way that is not known here: no shelf holds so many.
const UNKNOWN: u64 = u64::MAX;

/// The value of one word, if it is a number.
pub(crate) fn number_word(word: &str) -> Option<u64> {
    simple(word).or_else(|| german(word))
}

/// What words in a row come to: `vingt` and `trois`, `quatre` and `vingt` and `onze`, `two` and `hundred`.
pub(crate) fn together(values: &[u64]) -> Option<u64> {
    let (mut thousands, mut rest) = (0, 0_u64);
    for value in values.iter().copied() {
        let tail = rest % 100;
        rest = match value {
            1_000 if thousands == 0 && rest < 1_000 => {
                thousands = rest.max(1) * 1_000;
                0
            }
            100 if rest < 10 => rest.max(1) * 100,
            20 if rest == 4 => 80,
            UNKNOWN => return None,
            _ if rest == 0 && value < 100 => value,
            _ if rest >= 100 && tail == 0 && value < 100 => rest + value,
            1..10 if tail >= 20 && tail.is_multiple_of(10) => rest + value,
            7..10 if tail == 10 => rest + value,
            10..20 if tail == 60 || tail == 80 => rest + value,
            _ => return None,
        };
    }
    Some(thousands + rest)
}

/// `dreiundzwanzig`, `zweihundert`: whatever ends in a number is one.
fn german(word: &str) -> Option<u64> {
    if let Some((units, tens)) = word.rsplit_once("und")
        && let Some(tens) = simple(tens)
    {
        let units = if units == "ein" { Some(1) } else { simple(units) };
        let units = units.filter(|units| *units < 10);
        return Some(units.and_then(|units| together(&[tens, units])).unwrap_or(UNKNOWN));
    }
    let ends = |end: &str| word.strip_suffix(end).is_some_and(|before| simple(before).is_some());
    ["hundert", "tausend", "cientos", "centos", "cents"].iter().any(|end| ends(end)).then_some(UNKNOWN)
}

fn simple(word: &str) -> Option<u64> {
    const WORDS: &[(u64, &str)] = &[
        (0, "zero cero"),
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
        (20, "twenty veinte vingt vingts zwanzig vinte"),
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
    static VALUES: LazyLock<HashMap<&str, u64>> = LazyLock::new(|| {
        WORDS.iter().flat_map(|(value, words)| words.split(' ').map(|word| (word, *value))).collect()
    });
    VALUES.get(word).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words_are_read_whole_or_not_at_all() {
        for (words, value) in [
            ("three", Some(3)),
            ("seventeen", Some(17)),
            ("twenty three", Some(23)),
            ("vingt trois", Some(23)),
            ("vingt un", Some(21)),
            ("dix sept", Some(17)),
            ("soixante dix sept", Some(77)),
            ("soixante quinze", Some(75)),
            ("quatre vingt onze", Some(91)),
            ("quatre vingts", Some(80)),
            ("veintitres", Some(23)),
            ("noventa uno", Some(91)),
            ("dreiundzwanzig", Some(23)),
            ("einundneunzig", Some(91)),
            ("zweihundert", None),
            ("doscientos", None),
            ("two hundred", Some(200)),
            ("hundred thirty five", Some(135)),
            ("two thousand five", Some(2_005)),
            ("thirty nine ninety", None),
            ("two three", None),
            ("four score", None),
        ] {
            let read: Option<Vec<u64>> = words.split(' ').map(number_word).collect();
            assert_eq!(read.and_then(|values| together(&values)), value, "{words}");
        }
        assert!(["well", "grund", "hundredfold", "score"].iter().all(|word| number_word(word).is_none()));
    }
}
