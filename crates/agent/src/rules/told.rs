//! What is told of one product in words: its price, its stock, its versions, the merchant's own description.

use shopclerk_domain::discount::DiscountRow;
use shopclerk_domain::message::Content;
use shopclerk_domain::money::Money;
use shopclerk_domain::product::{ProductRow, Variant};
use unicode_segmentation::UnicodeSegmentation;

use crate::gate::{self, Ground, Said};
use crate::names;
use crate::phrases::Phrase;
use crate::promotions::{self, Offers};
use crate::rules::Situation;
use crate::rules::versions::{self, Versions};

/// Versions are listed with their prices up to this many; beyond it a span is told.
const LISTED_VERSIONS: usize = 4;

/// Versions are named up to this many.
const NAMED_VERSIONS: usize = 8;

/// How much of a description is quoted.
const QUOTED_CHARS: usize = 320;

/// The price, then the stock where it is known.
pub(super) fn price_then_stock(
    situation: &Situation<'_>,
    row: &ProductRow,
    asked: &Versions<'_>,
) -> Vec<String> {
    let mut told = vec![price(situation, row, asked, &called(row, asked))];
    if situation.stock_is_fresh(row) {
        told.extend(stock(situation, row, asked, &situation.say(Phrase::It)));
    }
    told
}

/// The stock, then the price where it is known.
pub(super) fn stock_then_price(
    situation: &Situation<'_>,
    row: &ProductRow,
    asked: &Versions<'_>,
) -> Vec<String> {
    let mut told = stock(situation, row, asked, &called(row, asked));
    let has_price = priced(&counted(asked)).is_some();
    let for_sale = asked.variants.iter().any(|variant| variant.stock.for_sale);
    if situation.price_is_fresh(row) && has_price && for_sale {
        told.push(price(situation, row, asked, &situation.say(Phrase::It)));
    }
    told
}

/// The cart with the one version that is meant, and with the code that takes most off it; else which there are to choose from.
pub(super) fn cart(
    situation: &Situation<'_>,
    row: &ProductRow,
    asked: &Versions<'_>,
    offers: &[DiscountRow],
) -> Vec<String> {
    let mut for_sale = asked.variants.iter().filter(|variant| variant.stock.for_sale);
    let name = called(row, asked);
    match (for_sale.next(), for_sale.next()) {
        (Some(only), None) => {
            // The one that is left is named, also where none was asked for.
            let left = Versions::one(only.id, &row.product);
            let name = called(row, left.as_ref().unwrap_or(asked));
            let (shop, items) = (&situation.input.shop, [(only.id, 1)]);
            let code = promotions::best_code(offers, &items, std::slice::from_ref(row));
            let link = code.map_or_else(
                || gate::cart_url(shop, &items),
                |code| gate::coded_cart_url(shop, &items, code),
            );
            vec![situation.fill(Phrase::Cart, &[("name", &name), ("link", &link)])]
        }
        (Some(_), Some(_)) => {
            let mut told = stock(situation, row, asked, &name);
            // The stock names the versions only where some are missing.
            if for_sale.count() + 2 == row.product.variants.len() {
                told = all_versions(row)
                    .map_or(told, |list| vec![situation.fill(Phrase::ComesIn, &[("list", &list)])]);
            }
            told.push(situation.say(Phrase::CartWhich));
            told
        }
        (None, _) => stock(situation, row, asked, &name),
    }
}

/// The merchant's words about it, then its versions, price and stock.
pub(super) fn details(situation: &Situation<'_>, row: &ProductRow, asked: &Versions<'_>) -> Vec<String> {
    let mut told = quoted(situation, row);
    let list = all_versions(row).filter(|_| !lists_versions(situation, row, asked));
    told.extend(list.map(|list| situation.fill(Phrase::ComesIn, &[("list", &list)])));
    told.extend(price_then_stock(situation, row, asked));
    told
}

/// What it comes in, where the version asked for is none of it.
pub(super) fn no_such_version(situation: &Situation<'_>, row: &ProductRow) -> Vec<String> {
    let name = names::name(&row.product);
    let mut told = vec![situation.fill(Phrase::NoSuchVersion, &[("name", &name)])];
    if let Some(list) = all_versions(row) {
        told.push(situation.fill(Phrase::ComesIn, &[("list", &list)]));
    }
    told
}

/// The name, with the version that was asked for.
fn called(row: &ProductRow, asked: &Versions<'_>) -> String {
    let name = names::name(&row.product);
    let version = asked.named.iter().map(|value| names::plain(value)).collect::<Vec<_>>().join(" / ");
    if version.is_empty() { name } else { format!("{name} ({version})") }
}

fn price(situation: &Situation<'_>, row: &ProductRow, asked: &Versions<'_>, name: &str) -> String {
    let whole = called(row, asked);
    if !situation.price_is_fresh(row) {
        return situation.fill(Phrase::PriceUnseen, &[("name", &whole)]);
    }
    let counted = counted(asked);
    let Some((low, high)) = priced(&counted) else {
        return situation.fill(Phrase::PriceOnRequest, &[("name", &whole)]);
    };
    let money = |amount: Money| situation.phrases.money(amount);
    if low == high {
        let mut former = counted.iter().map(|variant| variant.reduced_from());
        let was = former.next().flatten().filter(|was| former.all(|other| other == Some(*was)));
        return match was {
            Some(was) => {
                let values = [("name", name), ("price", &money(low)), ("was", &money(was))];
                situation.fill(Phrase::CostsWas, &values)
            }
            None => situation.fill(Phrase::Costs, &[("name", name), ("price", &money(low))]),
        };
    }
    if lists_versions(situation, row, asked) {
        let version = |variant: &&Variant| {
            let title = names::plain(&variant.title());
            situation.fill(Phrase::VersionPrice, &[("version", &title), ("price", &money(variant.price))])
        };
        let list = counted.iter().map(version).collect::<Vec<_>>().join(", ");
        return situation.fill(Phrase::CostsList, &[("name", name), ("list", &list)]);
    }
    situation.fill(Phrase::CostsSpan, &[("name", name), ("low", &money(low)), ("high", &money(high))])
}

/// Whether the price is told version by version.
fn lists_versions(situation: &Situation<'_>, row: &ProductRow, asked: &Versions<'_>) -> bool {
    let counted = counted(asked);
    situation.price_is_fresh(row)
        && counted.len() <= LISTED_VERSIONS
        && priced(&counted).is_some_and(|(low, high)| low != high)
}

fn stock(situation: &Situation<'_>, row: &ProductRow, asked: &Versions<'_>, name: &str) -> Vec<String> {
    if !situation.stock_is_fresh(row) {
        return vec![situation.fill(Phrase::StockUnseen, &[("name", &called(row, asked))])];
    }
    let for_sale: Vec<&Variant> =
        asked.variants.iter().copied().filter(|variant| variant.stock.for_sale).collect();
    let figure = match asked.variants.as_slice() {
        [only] => only.stock.figure(),
        _ => None,
    };
    let it = situation.say(Phrase::It);
    let missing = for_sale.is_empty();
    let others: Vec<&Variant> = if missing {
        row.product.variants.iter().filter(|variant| variant.stock.for_sale).collect()
    } else {
        for_sale
    };
    // Worth naming where some versions are missing, among those asked for or besides the one asked for.
    let some = others.len() < if missing { row.product.variants.len() } else { asked.variants.len() };
    let titles: Vec<String> = others.iter().map(|variant| names::plain(&variant.title())).collect();
    let list = (some && (1..=NAMED_VERSIONS).contains(&titles.len())).then(|| titles.join(", "));
    let listed =
        |name: &str, list: &str| situation.fill(Phrase::StockVersions, &[("name", name), ("list", list)]);
    match (missing, figure, list) {
        (true, _, None) => vec![situation.fill(Phrase::StockNone, &[("name", name)])],
        (true, _, Some(list)) => {
            vec![situation.fill(Phrase::StockNone, &[("name", name)]), listed(&it, &list)]
        }
        (false, Some(count), _) => {
            vec![situation.fill(Phrase::StockCount, &[("name", name), ("count", &count.to_string())])]
        }
        (false, None, Some(list)) => vec![listed(name, &list)],
        (false, None, None) => vec![situation.fill(Phrase::StockSome, &[("name", name)])],
    }
}

/// What prices are told of: what is for sale where anything is, else all that was asked for.
fn counted<'a>(asked: &Versions<'a>) -> Vec<&'a Variant> {
    let for_sale: Vec<&Variant> =
        asked.variants.iter().copied().filter(|variant| variant.stock.for_sale).collect();
    if for_sale.is_empty() { asked.variants.clone() } else { for_sale }
}

/// Lowest and highest price, if every one of them has one.
fn priced(counted: &[&Variant]) -> Option<(Money, Money)> {
    let prices = counted.iter().map(|variant| variant.price);
    let low = prices.clone().min_by_key(|price| price.minor).filter(|price| price.minor > 0)?;
    Some((low, prices.max_by_key(|price| price.minor)?))
}

/// The values that can be chosen, per option; `None` where there is nothing to choose or too much to tell.
fn all_versions(row: &ProductRow) -> Option<String> {
    let values = versions::values(&row.product);
    let several = row.product.options.len() > 1;
    let mut lists = Vec::new();
    for (index, option) in row.product.options.iter().enumerate() {
        let own: Vec<String> =
            values.iter().filter(|(of, _)| *of == index).map(|(_, value)| names::plain(value)).collect();
        if own.len() > NAMED_VERSIONS {
            return None;
        }
        let list = own.join(", ");
        lists.push(if several { format!("{} ({list})", names::plain(option)) } else { list });
    }
    let list = lists.join(", ");
    (!list.is_empty()).then_some(list)
}

/// The first sentences of the description that state nothing the rows do not hold.
fn quoted(situation: &Situation<'_>, row: &ProductRow) -> Vec<String> {
    let said = Said::default();
    let rows = std::slice::from_ref(row);
    let input = situation.input;
    let ground = Ground {
        rows,
        offers: Offers::NONE,
        shop: &input.shop,
        said: &said,
        freshness: input.freshness,
        now: input.now,
    };
    let description = names::paragraph(&row.product.description);
    let mut quoted: Vec<String> = Vec::new();
    let mut room = QUOTED_CHARS;
    for sentence in description.unicode_sentences().map(str::trim) {
        let length = sentence.chars().count();
        if length > room {
            break;
        }
        let content = Content::Text { text: sentence.to_owned(), choices: Vec::new() };
        if gate::check(&[content], &ground).verdict().holds() {
            room -= length;
            quoted.push(sentence.to_owned());
        }
    }
    quoted
}
