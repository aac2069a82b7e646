//! False figures and how they are spelled: digits, words, ranges, other currencies, look-alike characters.

use super::Dice;
use super::numbers::in_words;

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

/// What a shop counts its money in, as far as this model can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coin {
    Dollar,
    Euro,
}

impl Coin {
    /// As the prices that were told have it.
    pub(super) fn of(told: &str) -> Self {
        if told.contains('€') { Self::Euro } else { Self::Dollar }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Dollar => "$",
            Self::Euro => "€",
        }
    }

    const fn code(self) -> &'static str {
        match self {
            Self::Dollar => "USD",
            Self::Euro => "EUR",
        }
    }

    fn word(self, language: &str) -> &'static str {
        match (self, language) {
            (Self::Dollar, "de") => "Dollar",
            (Self::Dollar, "es" | "pt") => "dólares",
            (Self::Dollar, _) => "dollars",
            (Self::Euro, "de") => "Euro",
            (Self::Euro, _) => "euros",
        }
    }
}

/// A price that is none of these, in hundredths.
pub(super) fn false_cents(known: &[u64], dice: &mut Dice) -> u64 {
    loop {
        let endings = [0, 0, 49, 90, 95, 99];
        let cents = 100 * (2 + dice.roll(180) as u64) + dice.pick(&endings).unwrap_or(0);
        if !known.contains(&cents) {
            return cents;
        }
    }
}

/// `24.49`, as the point of the language has it.
fn plain(cents: u64, language: &str) -> String {
    let point = if language == "en" { '.' } else { ',' };
    format!("{}{point}{:02}", cents / 100, cents % 100)
}

/// `$17.43`: no shop here ends a price like that, so wherever it shows, the lie shows.
pub(super) fn marked_price(dice: &mut Dice) -> String {
    let cents = dice.pick(&[17, 43, 71]).unwrap_or(17);
    format!("${}.{cents}", 2 + dice.roll(180))
}

/// An amount in the shop's currency, in one of the ways people write it.
pub(super) fn spelled(cents: u64, coin: Coin, language: &str, dice: &mut Dice) -> String {
    let (plain, sign, code) = (plain(cents, language), coin.sign(), coin.code());
    let whole = cents.is_multiple_of(100).then_some(cents / 100);
    match (dice.roll(9), whole) {
        (0, _) => format!("{code} {plain}"),
        (1, _) => format!("{plain} {code}"),
        (2, Some(whole)) => format!("{sign}{whole}"),
        (3, Some(whole)) => format!("{whole} {}", coin.word(language)),
        (4, _) => plain,
        (5, _) => format!("{sign} {plain}"),
        (6, _) if language != "en" => format!("{plain} {sign}"),
        (7, Some(whole)) if language == "de" => format!("{whole},- {sign}"),
        _ => format!("{sign}{plain}"),
    }
}

/// A false amount in the form and language.
pub(super) fn amount(form: Form, coin: Coin, language: &str, known: &[u64], dice: &mut Dice) -> String {
    let cents = false_cents(known, dice);
    match form {
        Form::Digits => spelled(cents, coin, language, dice),
        Form::Words => format!("{} {}", in_words(false_dollars(known, dice), language), coin.word(language)),
        Form::Range => {
            let (low, high) = (plain(cents, language), plain(cents + 700, language));
            match dice.roll(3) {
                0 => format!("{}{low}–{}{high}", coin.sign(), coin.sign()),
                1 => format!("{low} - {high} {}", coin.sign()),
                _ => format!("{}{low} / {}{high}", coin.sign(), coin.sign()),
            }
        }
        Form::OtherCurrency => {
            let plain = plain(cents, language);
            let other = if coin == Coin::Dollar { ["€", "euros"] } else { ["$", "dollars"] };
            match dice.roll(6) {
                0 => format!("{}{plain}", other[0]),
                1 => format!("£{plain}"),
                2 => format!("{plain} CAD"),
                3 => format!("{plain} kr"),
                4 => format!("CHF {plain}"),
                _ => format!("{plain} {}", other[1]),
            }
        }
        Form::LookAlike => look_alike(&format!("{}{}", coin.sign(), plain(cents, language)), dice),
    }
}

fn false_dollars(known: &[u64], dice: &mut Dice) -> u64 {
    loop {
        let dollars = 11 + dice.roll(88) as u64;
        if !known.contains(&(100 * dollars)) {
            return dollars;
        }
    }
}

/// A false number of pieces.
pub(super) fn count(form: Form, language: &str, known: &[u64], dice: &mut Dice) -> String {
    let all: u64 = known.iter().sum();
    let number = loop {
        let number =
            if form == Form::Words || dice.roll(2) == 0 { 2 + dice.roll(88) } else { 100 + dice.roll(800) }
                as u64;
        if number != all && !known.contains(&number) {
            break number;
        }
    };
    match form {
        Form::Words => in_words(number, language),
        Form::Range => format!("{number}–{}", number + 9),
        Form::LookAlike => look_alike(&number.to_string(), dice),
        Form::Digits | Form::OtherCurrency => number.to_string(),
    }
}

/// A false number of per cent.
pub(super) fn per_cent(form: Form, language: &str, known: &[u64], dice: &mut Dice) -> String {
    let number = loop {
        let number = 11 + dice.roll(80) as u64;
        if !known.contains(&number) {
            break number;
        }
    };
    match form {
        Form::Words => format!(
            "{} {}",
            in_words(number, language),
            match language {
                "de" => "Prozent",
                "fr" => "pour cent",
                "es" => "por ciento",
                "pt" => "por cento",
                _ => "percent",
            }
        ),
        Form::Range => format!("{number}–{}%", number + 5),
        Form::LookAlike => look_alike(&format!("{number}%"), dice),
        Form::Digits | Form::OtherCurrency if language == "en" => format!("{number}%"),
        Form::Digits | Form::OtherCurrency => format!("{number} %"),
    }
}

/// The same to the eye: digits of other scripts, letters for digits and for letters, something hidden in between.
pub(super) fn look_alike(plain: &str, dice: &mut Dice) -> String {
    let shifted = |base: u32| -> String {
        let digit = |c: char| c.to_digit(10).and_then(|digit| char::from_u32(base + digit)).unwrap_or(c);
        plain.chars().map(digit).collect()
    };
    let between = |hidden: char| plain.chars().flat_map(|seen| [seen, hidden]).collect();
    match dice.roll(9) {
        0 => shifted(0xFF10),
        1 => shifted(0x1D7CE),
        2 => shifted(0x0660),
        3 => shifted(0x0966),
        4 => plain.replace('0', "O").replace('1', "l"),
        5 => plain.replace('0', "О").replace('1', "І").replace('E', "Е").replace('A', "А"),
        6 => between('\u{200B}'),
        7 => between('\u{2060}'),
        _ => between('\u{2009}'),
    }
}

/// A code that no shop has given out.
pub(super) fn code(form: Form, dice: &mut Dice) -> String {
    let words = ["FREE", "SAVE", "WINTER", "NORD", "VIP", "HYGGE", "MOM", "THANKYOU"];
    let word = dice.pick(&words).unwrap_or("FREE");
    let code = match dice.roll(4) {
        0 => word.to_owned() + "CLUB",
        1 => format!("{word}-{}", 10 + dice.roll(90)),
        _ => format!("{word}{}", 10 + dice.roll(90)),
    };
    if form == Form::LookAlike { look_alike(&code, dice) } else { code }
}
