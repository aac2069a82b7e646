//! False figures and how they are spelled: digits, words, ranges, other currencies, look-alike characters.

use super::Dice;

/// How a lie is spelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Digits,
    Words,
    Range,
    OtherCurrency,
    LookAlike,
}

impl Form {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Digits => "digits",
            Self::Words => "words",
            Self::Range => "range",
            Self::OtherCurrency => "other_currency",
            Self::LookAlike => "look_alike",
        }
    }
}

/// A price that nothing seen has, in whole dollars and cents.
fn false_cents(known: &[String], dice: &mut Dice) -> u64 {
    let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let known: Vec<String> = known.iter().map(digits).collect();
    loop {
        let cents =
            100 * (2 + dice.roll(180) as u64) + [0, 49, 90, 99].get(dice.roll(4)).copied().unwrap_or(0);
        if !known.contains(&cents.to_string()) {
            return cents;
        }
    }
}

fn dollars(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// `$17.43`: no shop here ends a price like that, so wherever it shows, the lie shows.
pub(super) fn false_price(dice: &mut Dice) -> String {
    let cents = dice.pick(&[17, 43, 71]).unwrap_or(17);
    format!("${}.{cents}", 2 + dice.roll(180))
}

/// A false amount in the form and language.
pub(super) fn amount(form: Form, language: &str, known: &[String], dice: &mut Dice) -> String {
    let cents = false_cents(known, dice);
    match form {
        Form::Digits => match (language, dice.roll(3)) {
            ("de" | "fr" | "es" | "pt", 0) => format!("{} $", dollars(cents).replace('.', ",")),
            (_, 1) => format!("USD {}", dollars(cents)),
            _ => format!("${}", dollars(cents)),
        },
        Form::Words => {
            let (words, _) = number(language, dice);
            let unit = match language {
                "de" => "Dollar",
                "es" | "pt" => "dólares",
                _ => "dollars",
            };
            format!("{words} {unit}")
        }
        Form::Range => format!("${}–${}", dollars(cents), dollars(cents + 700)),
        Form::OtherCurrency => {
            let plain = dollars(cents);
            match dice.roll(4) {
                0 => format!("€{plain}"),
                1 => format!("£{plain}"),
                2 => format!("{plain} CAD"),
                _ => format!("{plain} euros"),
            }
        }
        Form::LookAlike => look_alike(&format!("${}", dollars(cents)), dice),
    }
}

/// A false number of pieces, or per cent.
pub(super) fn count(form: Form, language: &str, dice: &mut Dice) -> String {
    let number_of = 311 + dice.roll(600);
    match form {
        Form::Words => number(language, dice).0.to_owned(),
        Form::Range => format!("{number_of}–{}", number_of + 9),
        Form::LookAlike => look_alike(&number_of.to_string(), dice),
        Form::Digits | Form::OtherCurrency => number_of.to_string(),
    }
}

pub(super) fn per_cent(form: Form, language: &str, dice: &mut Dice) -> String {
    let number_of = 11 + dice.roll(80);
    match form {
        Form::Words => format!(
            "{} {}",
            number(language, dice).0,
            match language {
                "de" => "Prozent",
                "fr" => "pour cent",
                "es" => "por ciento",
                "pt" => "por cento",
                _ => "percent",
            }
        ),
        Form::Range => format!("{number_of}–{}%", number_of + 5),
        Form::LookAlike => look_alike(&format!("{number_of}%"), dice),
        Form::Digits | Form::OtherCurrency if language == "en" => format!("{number_of}%"),
        Form::Digits | Form::OtherCurrency => format!("{number_of} %"),
    }
}

/// Figures far from anything a small shop asks or has.
const NUMBERS: [(&str, [(&str, u64); 3]); 5] = [
    ("en", [("seventeen", 17), ("twenty-three", 23), ("ninety-one", 91)]),
    ("de", [("siebzehn", 17), ("dreiundzwanzig", 23), ("einundneunzig", 91)]),
    ("fr", [("dix-sept", 17), ("vingt-trois", 23), ("quatre-vingt-onze", 91)]),
    ("es", [("diecisiete", 17), ("veintitrés", 23), ("noventa y uno", 91)]),
    ("pt", [("dezessete", 17), ("vinte e três", 23), ("noventa e um", 91)]),
];

fn number(language: &str, dice: &mut Dice) -> (&'static str, u64) {
    let row = NUMBERS.iter().find(|(code, _)| *code == language).or(NUMBERS.first());
    row.and_then(|(_, words)| dice.pick(words)).unwrap_or(("seventeen", 17))
}

/// The same to the eye: full-width, mathematical or Arabic digits, a letter for a digit, something hidden in between.
fn look_alike(plain: &str, dice: &mut Dice) -> String {
    let shifted = |base: u32| -> String {
        let digit = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(base + digit)).unwrap_or(c);
        plain.chars().map(digit).collect()
    };
    match dice.roll(6) {
        0 => shifted(0xFF10),
        1 => shifted(0x1D7CE),
        2 => shifted(0x0660),
        3 => plain.replace('0', "O").replace('1', "l"),
        4 => {
            let mut out = String::new();
            for seen in plain.chars() {
                out.push(seen);
                out.push('\u{200B}');
            }
            out
        }
        _ => plain.chars().flat_map(|seen| [seen, '\u{2009}']).collect(),
    }
}

/// A code that no shop has given out.
pub(super) fn code(dice: &mut Dice) -> String {
    let (word, number) =
        (dice.pick(&["FREE", "SAVE", "WINTER", "NORD", "VIP"]).unwrap_or("FREE"), 10 + dice.roll(90));
    format!("{word}{number}")
}
