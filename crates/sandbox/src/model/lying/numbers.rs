//! Numbers in words, in the languages that are spoken here.

/// The number in words; numbers from a hundred on are left to digits.
pub fn in_words(number: u64, language: &str) -> String {
    match language {
        "de" => german(number),
        "fr" => french(number),
        "es" => joined(number, &SPANISH, " y "),
        "pt" => joined(number, &PORTUGUESE, " e "),
        _ => joined(number, &ENGLISH, "-"),
    }
}

/// Words up to nineteen (in Spanish twenty-nine), then the tens from twenty on.
struct Words {
    small: &'static [&'static str],
    tens: [&'static str; 8],
}

const ENGLISH: Words = Words {
    small: &[
        "zero",
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "fourteen",
        "fifteen",
        "sixteen",
        "seventeen",
        "eighteen",
        "nineteen",
    ],
    tens: ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
};
const GERMAN: Words = Words {
    small: &[
        "null",
        "eins",
        "zwei",
        "drei",
        "vier",
        "fünf",
        "sechs",
        "sieben",
        "acht",
        "neun",
        "zehn",
        "elf",
        "zwölf",
        "dreizehn",
        "vierzehn",
        "fünfzehn",
        "sechzehn",
        "siebzehn",
        "achtzehn",
        "neunzehn",
    ],
    tens: ["zwanzig", "dreißig", "vierzig", "fünfzig", "sechzig", "siebzig", "achtzig", "neunzig"],
};
const FRENCH: Words = Words {
    small: &[
        "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
        "douze", "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
    ],
    tens: [
        "vingt",
        "trente",
        "quarante",
        "cinquante",
        "soixante",
        "soixante",
        "quatre-vingt",
        "quatre-vingt",
    ],
};
const SPANISH: Words = Words {
    small: &[
        "cero",
        "uno",
        "dos",
        "tres",
        "cuatro",
        "cinco",
        "seis",
        "siete",
        "ocho",
        "nueve",
        "diez",
        "once",
        "doce",
        "trece",
        "catorce",
        "quince",
        "dieciséis",
        "diecisiete",
        "dieciocho",
        "diecinueve",
        "veinte",
        "veintiuno",
        "veintidós",
        "veintitrés",
        "veinticuatro",
        "veinticinco",
        "veintiséis",
        "veintisiete",
        "veintiocho",
        "veintinueve",
    ],
    tens: ["veinte", "treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"],
};
const PORTUGUESE: Words = Words {
    small: &[
        "zero",
        "um",
        "dois",
        "três",
        "quatro",
        "cinco",
        "seis",
        "sete",
        "oito",
        "nove",
        "dez",
        "onze",
        "doze",
        "treze",
        "catorze",
        "quinze",
        "dezesseis",
        "dezessete",
        "dezoito",
        "dezenove",
    ],
    tens: ["vinte", "trinta", "quarenta", "cinquenta", "sessenta", "setenta", "oitenta", "noventa"],
};

impl Words {
    fn small(&self, number: u64) -> Option<&'static str> {
        self.small.get(usize::try_from(number).ok()?).copied()
    }

    fn ten(&self, number: u64) -> Option<&'static str> {
        let at = usize::try_from(number / 10).ok()?.checked_sub(2)?;
        self.tens.get(at).copied()
    }
}

fn joined(number: u64, words: &Words, joint: &str) -> String {
    if let Some(small) = words.small(number) {
        return small.to_owned();
    }
    match (words.ten(number), words.small(number % 10)) {
        (Some(ten), _) if number.is_multiple_of(10) => ten.to_owned(),
        (Some(ten), Some(unit)) => format!("{ten}{joint}{unit}"),
        _ => number.to_string(),
    }
}

fn german(number: u64) -> String {
    match (GERMAN.small(number), GERMAN.ten(number), GERMAN.small(number % 10)) {
        (Some(small), ..) => small.to_owned(),
        (_, Some(ten), _) if number.is_multiple_of(10) => ten.to_owned(),
        (_, Some(ten), Some(unit)) => {
            format!("{}und{ten}", unit.strip_suffix('s').filter(|one| *one == "ein").unwrap_or(unit))
        }
        _ => number.to_string(),
    }
}

fn french(number: u64) -> String {
    let base = if matches!(number / 10, 7 | 9) { number - number % 10 - 10 } else { number - number % 10 };
    match (FRENCH.small(number), FRENCH.ten(number), FRENCH.small(number.saturating_sub(base))) {
        (Some(small), ..) => small.to_owned(),
        (_, Some(ten), _) if number == 80 => format!("{ten}s"),
        (_, Some(ten), _) if number == base => ten.to_owned(),
        (_, Some(ten), Some(rest)) if matches!(number, 21 | 31 | 41 | 51 | 61 | 71) => {
            format!("{ten} et {rest}")
        }
        (_, Some(ten), Some(rest)) => format!("{ten}-{rest}"),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_put_as_people_say_them() {
        for (number, language, words) in [
            (17, "en", "seventeen"),
            (42, "en", "forty-two"),
            (31, "de", "einunddreißig"),
            (47, "de", "siebenundvierzig"),
            (71, "fr", "soixante et onze"),
            (80, "fr", "quatre-vingts"),
            (94, "fr", "quatre-vingt-quatorze"),
            (77, "fr", "soixante-dix-sept"),
            (23, "es", "veintitrés"),
            (58, "es", "cincuenta y ocho"),
            (66, "pt", "sessenta e seis"),
            (140, "en", "140"),
        ] {
            assert_eq!(in_words(number, language), words);
        }
    }
}
