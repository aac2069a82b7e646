//! The second look before sending: what changed in between is not said.

use std::time::Duration;

use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::gate::{self, Present, Said};
use shopclerk_domain::claim::{Claim, Fact};
use shopclerk_domain::discount::ToldCodes;
use shopclerk_domain::message::{Card, Content, Part};
use shopclerk_domain::product::{ProductRow, ProductStatus};

use crate::shop::{CANDLE, MUG, NOW, THROW, row_of, text, usd, verdict};

fn claims(draft: &str) -> Vec<Claim> {
    let verdict = verdict(&[text(draft)], &Said::default());
    assert!(verdict.holds(), "{:?}", verdict.refused);
    verdict.claims
}

fn present(rows: &[ProductRow]) -> Present<'_> {
    Present { rows, discounts: &[], codes: &ToldCodes::None, freshness: Freshness::default(), now: NOW }
}

fn look(claims: &[Claim], rows: &[ProductRow]) -> Result<Vec<Claim>, Vec<String>> {
    let looked = gate::recheck(claims, &present(rows));
    looked.map_err(|refused| {
        refused.into_iter().map(|claim| format!("{}: {}", claim.said, claim.why)).collect()
    })
}

#[test]
fn unrelated_changes_only_renew_the_version() {
    let said = claims("The Pinewood throw costs $39.00 and is in stock, 3 left.");
    let mut row = row_of(THROW);
    row.version = 9;
    row.product.description = "Woven anew.".to_owned();
    row.product.tags.push("new".to_owned());
    row.product.image = None;

    let renewed = look(&said, &[row]).unwrap();
    assert!(renewed.len() == said.len() && renewed.iter().all(|claim| claim.version == 9));
}

#[test]
fn whatever_is_no_longer_so_is_refused() {
    let said = claims("The Pinewood throw costs $39.00 and is in stock, 3 left.");
    let check = |change: &dyn Fn(&mut ProductRow)| {
        let mut row = row_of(THROW);
        change(&mut row);
        assert!(look(&said, &[row]).is_err());
    };

    check(&|row| row.product.variants[0].price = usd(3_901));
    check(&|row| row.product.variants[0].stock.quantity = 2);
    check(&|row| row.product.variants[0].stock.oversell = true);
    check(&|row| row.product.variants[0].stock.for_sale = false);
    check(&|row| row.product.title = "Pinewood blanket".to_owned());
    check(&|row| row.product.status = ProductStatus::Unlisted);
    check(&|row| row.product.status = ProductStatus::Archived);
    check(&|row| row.product.url = None);
    check(&|row| row.product.variants.clear());
    check(&|row| row.read_at = NOW.minus(Duration::from_mins(11)));
    assert!(look(&said, &[]).is_err());
    assert!(look(&said, &[row_of(MUG)]).is_err());
}

#[test]
fn limits_former_prices_and_links_are_looked_at_again() {
    let was = claims("The Harbour Light candle (Small) costs $24.90, was $29.90.");
    let mut row = row_of(CANDLE);
    row.product.variants[0].compare_at = Some(usd(2_800));
    assert!(look(&was, &[row]).is_err());

    let from = claims("The Harbour Light candle is from $24.90.");
    let mut row = row_of(CANDLE);
    row.product.variants[1].price = usd(2_000);
    assert!(look(&from, &[row]).is_err());

    let under = claims("The Harbour Light candle is under $40.");
    let mut row = row_of(CANDLE);
    row.product.variants[1].price = usd(4_000);
    assert!(look(&under, &[row]).is_err());

    let link = claims("https://pier-nine.example/products/thing-103");
    let mut row = row_of(THROW);
    row.product.url = Some("https://pier-nine.example/products/moved".to_owned());
    assert!(look(&link, &[row]).is_err());
    assert_eq!(look(&link, &[row_of(THROW)]).unwrap(), link);
}

#[test]
fn a_part_that_waited_is_sent_without_what_changed() {
    let card = |id| {
        let row = row_of(id);
        let (title, url, image) =
            (row.product.title.clone(), row.product.url.clone(), row.product.image.clone());
        Card {
            product: id,
            title,
            subtitle: "$39.00 · 3 in stock".to_owned(),
            image,
            url,
            buttons: Vec::new(),
        }
    };
    let content = Content::Cards { cards: vec![card(THROW)], choices: Vec::new() };
    let said = verdict(std::slice::from_ref(&content), &Said::default());
    let part = Part { content, claims: said.claims };
    let mut cheaper = row_of(THROW);
    cheaper.version = 8;
    cheaper.product.variants[0].price = usd(3_500);

    let renewed = gate::renew(&part, &present(&[cheaper.clone()])).unwrap();
    let Content::Cards { cards, .. } = &renewed.content else { panic!("cards stay cards") };
    assert_eq!(cards[0].subtitle, "3 in stock");
    assert!(look(&renewed.claims, &[cheaper]).is_ok());
    assert!(!renewed.claims.iter().any(|claim| matches!(claim.fact, Fact::Price(_))));

    assert_eq!(gate::renew(&part, &present(&[])), None);
}

#[test]
fn a_text_that_waited_loses_the_sentence_that_changed() {
    let draft = "Good choice. The Pinewood throw costs $39.00. The Tidal mug in Blue costs $18.00.";
    let part = Part { content: text(draft), claims: claims(draft) };
    let mut throw = row_of(THROW);
    throw.product.variants[0].price = usd(3_500);

    let renewed = gate::renew(&part, &present(&[throw, row_of(MUG)])).unwrap();
    assert_eq!(renewed.content, text("Good choice. The Tidal mug in Blue costs $18.00."));
}
