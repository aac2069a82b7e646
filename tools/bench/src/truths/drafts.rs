//! A true draft of a row: the facts are taken from it, the words from `frames`.

use shopclerk_domain::message::{Card, Content};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::product::{ProductRow, Variant};
use shopclerk_sandbox::model::number_in_words;

use super::Kind;
use super::frames::{LANGUAGES, frames};
use crate::generator::Chance;
use crate::lies::shop::Shop;

/// So many other rows the turn holds.
const OTHERS: u64 = 8;

/// What a model might say, and the rows it may rest on.
pub(super) struct Draft {
    pub(super) kind: Kind,
    pub(super) language: &'static str,
    pub(super) contents: Vec<Content>,
    pub(super) rows: Vec<ProductRow>,
}

/// A draft of this kind; `None` where the product that was drawn cannot be spoken of so.
pub(super) fn draft(kind: Kind, shop: &Shop, chance: &mut Chance) -> Option<Draft> {
    let (row, other) = (shop.any_row(chance.below(1 << 32))?, shop.any_row(chance.below(1 << 32))?);
    if row.product.id == other.product.id || !row.product.is_offered() || !other.product.is_offered() {
        return None;
    }
    let at = usize::try_from(chance.below(5)).ok()?;
    let language = *LANGUAGES.get(at)?;
    let mut speaker = Speaker { language, currency: shop.facts.currency, chance };
    let blanks = blanks(kind, row, other, &mut speaker)?;
    let frame = speaker.chance.pick(frames(kind).get(at)?).to_owned();
    let filled = blanks.iter().fold(frame, |text, (blank, word)| text.replace(blank, word));
    let text = filled.replace("{name}", row.product.title.trim()).replace("{b}", other.product.title.trim());
    let mut contents = vec![Content::Text { text, choices: Vec::new() }];
    if kind == Kind::Card {
        let cards = [row, other].map(|row| card(row, &mut speaker));
        contents.push(Content::Cards { cards: Vec::from(cards), choices: Vec::new() });
    }
    let mut rows = vec![row.clone(), other.clone()];
    rows.extend((0..OTHERS).filter_map(|_| shop.any_row(speaker.chance.below(1 << 32)).cloned()));
    rows.sort_by_key(|row| row.product.id);
    rows.dedup_by_key(|row| row.product.id);
    Some(Draft { kind, language, contents, rows })
}

/// Who speaks: a language, and the shop's currency.
struct Speaker<'c> {
    language: &'static str,
    currency: Currency,
    chance: &'c mut Chance,
}

type Blanks = Vec<(&'static str, String)>;

fn blanks(kind: Kind, row: &ProductRow, other: &ProductRow, speaker: &mut Speaker<'_>) -> Option<Blanks> {
    let variants = &row.product.variants;
    let for_sale: Vec<&Variant> = variants.iter().filter(|variant| variant.stock.for_sale).collect();
    Some(match kind {
        Kind::Price => vec![("{p}", speaker.amount(one_price(row)?))],
        Kind::Version => version(row, &for_sale, speaker)?,
        Kind::Span => {
            (!for_sale.is_empty()).then_some(())?;
            let (low, high) =
                row.product.price_span().filter(|(low, high)| 0 < low.minor && low.minor < high.minor)?;
            vec![("{p}", speaker.digits(low)), ("{was}", speaker.digits(high))]
        }
        Kind::Former => {
            let was = for_sale.first()?.reduced_from()?;
            for_sale.iter().all(|variant| variant.reduced_from() == Some(was)).then_some(())?;
            vec![("{p}", speaker.digits(one_price(row)?)), ("{was}", speaker.digits(was))]
        }
        Kind::Limit => {
            let (_, high) = row.product.price_span().filter(|(low, _)| low.minor > 0)?;
            let above = 500 * (high.minor / 500 + 1 + i64::try_from(speaker.chance.below(4)).ok()?);
            vec![("{p}", speaker.amount(Money::new(above, speaker.currency)))]
        }
        Kind::Stock => {
            let [only] = variants.as_slice() else { return None };
            let pieces = only.stock.figure().filter(|pieces| only.stock.for_sale && *pieces > 1)?;
            vec![("{n}", speaker.count(pieces))]
        }
        Kind::Available => (for_sale.len() == variants.len()).then(Vec::new)?,
        Kind::SoldOut => for_sale.is_empty().then(Vec::new)?,
        Kind::Quality => {
            let colour =
                row.product.options.iter().position(|option| option == "Colour" || option == "Color")?;
            let value = for_sale.first()?.options.get(colour)?;
            vec![("{a}", speaker.translated(value))]
        }
        Kind::Two | Kind::List => {
            vec![("{p}", speaker.amount(one_price(row)?)), ("{q}", speaker.amount(one_price(other)?))]
        }
        Kind::Several => {
            let (price, second) = (one_price(row)?, one_price(other)?);
            let money = |minor| Money::new(minor, speaker.currency);
            let (twice, both) = (money(2 * price.minor), money(price.minor + second.minor));
            vec![
                ("{p}", speaker.digits(price)),
                ("{t}", speaker.digits(twice)),
                ("{s}", speaker.digits(both)),
            ]
        }
        Kind::Link => vec![("{link}", row.product.url.clone()?)],
        Kind::Card => {
            let has = |row: &ProductRow| row.product.variants.iter().all(|variant| variant.stock.for_sale);
            (has(row) && has(other)).then(Vec::new)?
        }
        Kind::NotIn | Kind::Unknown | Kind::Talk => Vec::new(),
    })
}

/// One of several versions that no other is called like, with its price.
fn version(row: &ProductRow, for_sale: &[&Variant], speaker: &mut Speaker<'_>) -> Option<Blanks> {
    let variants = &row.product.variants;
    let variant = *for_sale.get(usize::try_from(speaker.chance.below(for_sale.len() as u64)).ok()?)?;
    let alone = variants.iter().filter(|other| other.options == variant.options).count() == 1;
    (alone && variants.len() > 1 && variant.price.minor > 0).then_some(())?;
    let options: Vec<String> = variant.options.iter().map(|value| speaker.translated(value)).collect();
    Some(vec![("{v}", options.join(", ")), ("{p}", speaker.amount(variant.price))])
}

/// The price of all its versions, where it is the same.
fn one_price(row: &ProductRow) -> Option<Money> {
    let (low, high) = row.product.price_span()?;
    let same = row.product.variants.iter().all(|variant| variant.price == low);
    (same && low == high && low.minor > 0).then_some(low)
}

fn card(row: &ProductRow, speaker: &mut Speaker<'_>) -> Card {
    let subtitle = one_price(row).map(|price| speaker.digits(price)).unwrap_or_default();
    Card {
        product: row.product.id,
        title: row.product.title.clone(),
        subtitle,
        image: row.product.image.clone(),
        url: row.product.url.clone(),
        buttons: Vec::new(),
    }
}

impl Speaker<'_> {
    /// An amount, in words where it is a small whole one, one time in six.
    fn amount(&mut self, money: Money) -> String {
        let whole = u64::try_from(money.minor / 100).unwrap_or(0);
        if money.minor % 100 == 0 && (2..100).contains(&whole) && self.chance.below(6) == 0 {
            let coin = match (self.currency == Currency::USD, self.language) {
                (true, "de") => "Dollar",
                (true, "es" | "pt") => "dólares",
                (true, _) => "dollars",
                (false, "de") => "Euro",
                (false, _) => "euros",
            };
            return format!("{} {coin}", number_in_words(whole, self.language));
        }
        self.digits(money)
    }

    fn digits(&mut self, money: Money) -> String {
        let point = if self.language == "en" { '.' } else { ',' };
        let plain = format!("{}{point}{:02}", money.minor / 100, money.minor % 100);
        let (sign, code) = (self.currency.sign().unwrap_or(""), self.currency.code());
        match (self.chance.below(8), money.minor % 100 == 0) {
            (0, _) => format!("{code} {plain}"),
            (1, _) => format!("{plain} {code}"),
            (2 | 3, true) => format!("{sign}{}", money.minor / 100),
            (4 | 5, _) if self.language != "en" => format!("{plain} {sign}"),
            (5, _) if self.language == "de" && money.minor % 100 == 0 => {
                format!("{},- {sign}", money.minor / 100)
            }
            _ => format!("{sign}{plain}"),
        }
    }

    fn count(&mut self, pieces: u64) -> String {
        if pieces < 100 && self.chance.below(2) == 0 {
            number_in_words(pieces, self.language)
        } else {
            pieces.to_string()
        }
    }

    /// A colour or size in the speaker's language; other words stay as the shop has them.
    fn translated(&self, value: &str) -> String {
        const WORDS: &[[&str; 5]] = &[
            ["red", "Rot", "rouge", "rojo", "vermelho"],
            ["blue", "Blau", "bleu", "azul", "azul"],
            ["green", "Grün", "vert", "verde", "verde"],
            ["black", "Schwarz", "noir", "negro", "preto"],
            ["white", "Weiß", "blanc", "blanco", "branco"],
            ["grey", "Grau", "gris", "gris", "cinza"],
            ["yellow", "Gelb", "jaune", "amarillo", "amarelo"],
            ["pink", "Rosa", "rose", "rosa", "rosa"],
            ["beige", "Beige", "beige", "beige", "bege"],
            ["navy", "Marineblau", "bleu marine", "azul marino", "azul-marinho"],
        ];
        let at = LANGUAGES.iter().position(|language| *language == self.language).unwrap_or(0);
        let known = WORDS.iter().find(|words| words[0] == value.to_lowercase());
        known.and_then(|words| words.get(at)).map_or_else(|| value.to_owned(), |word| (*word).to_owned())
    }
}
