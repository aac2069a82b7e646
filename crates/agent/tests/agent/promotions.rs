//! Discounts at the pier: told whole, with their code and all they ask, or not at all.

use std::time::Duration;

use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::gate::{self, Ground, Offers, Present, Said, Verdict};
use shopclerk_domain::claim::{Claim, Fact, RowId};
use shopclerk_domain::discount::{
    Benefit, Conditions, Covers, Discount, DiscountRow, Minimum, Terms, ToldCodes,
};
use shopclerk_domain::ids::{CollectionId, DiscountId, ProductId};
use shopclerk_domain::language::Language;
use shopclerk_domain::message::{Card, Content};
use shopclerk_domain::product::ProductRow;

use crate::shop::{MUG, NOW, SOCKS, THROW, facts, rows, text, usd};
use crate::talk::Talk;

const WARM: CollectionId = CollectionId::new(70);
const CODE: &str = "There is 10% off your whole order with the code WARM10, if that comes to $50.00 or more, until \
     November 30, 2026.";
const WINTER: &str = "There is 15% off what is shown below at checkout.";

fn discount(id: u64, terms: Terms) -> DiscountRow {
    let discount =
        Discount { id: DiscountId::new(id), title: "x".to_owned(), terms: Ok(terms), updated_at: NOW };
    DiscountRow { discount, version: 3, read_at: NOW }
}

/// A code for the whole order from $50 on, until the end of November in New York.
pub(crate) fn code() -> DiscountRow {
    let ends_at = NOW.plus(Duration::from_hours(9 * 24 + 18));
    discount(
        1,
        Terms {
            code: Some("WARM10".to_owned()),
            benefit: Benefit::Percent(1_000),
            covers: Covers::Everything,
            conditions: Conditions {
                minimum: Some(Minimum::Subtotal(usd(5_000))),
                ends_at: Some(ends_at),
                once_each: false,
            },
            starts_at: NOW,
            uses_left: None,
        },
    )
}

/// 15 % off throw and socks, taken off at checkout, asking nothing.
pub(crate) fn winter() -> DiscountRow {
    discount(
        2,
        Terms {
            code: None,
            benefit: Benefit::Percent(1_500),
            covers: Covers::Collections(vec![WARM]),
            conditions: Conditions { minimum: None, ends_at: None, once_each: false },
            starts_at: NOW,
            uses_left: None,
        },
    )
}

/// The shop's rows, with what the collection holds.
fn stocked() -> Vec<ProductRow> {
    let mut rows = rows();
    for row in rows.iter_mut().filter(|row| [THROW, SOCKS].contains(&row.product.id)) {
        row.product.in_collections.push(WARM);
    }
    rows
}

fn cards(ids: &[ProductId]) -> Content {
    let card = |id: &ProductId| {
        let row = rows().into_iter().find(|row| row.product.id == *id).unwrap();
        let title = row.product.title;
        Card { product: *id, title, subtitle: String::new(), image: None, url: None, buttons: Vec::new() }
    };
    Content::Cards { cards: ids.iter().map(card).collect(), choices: Vec::new() }
}

fn verdict_with(offers: &[DiscountRow], codes: &ToldCodes, contents: &[Content]) -> Verdict {
    let (rows, shop) = (stocked(), facts());
    let offers = Offers { rows: offers, codes, language: Language::En, zone: &shop.timezone };
    let said = Said::default();
    let ground =
        Ground { rows: &rows, offers, shop: &shop, said: &said, freshness: Freshness::default(), now: NOW };
    gate::check(contents, &ground).verdict()
}

fn verdict(contents: &[Content]) -> Verdict {
    verdict_with(&[code(), winter()], &ToldCodes::Public, contents)
}

#[track_caller]
fn stopped(draft: &str) {
    let verdict = verdict(&[text(draft), cards(&[THROW])]);
    assert!(!verdict.holds(), "passed: {draft:?} with {:?}", verdict.claims);
}

fn talk() -> Talk {
    let mut talk = Talk::begun();
    talk.shelf.rows = stocked();
    talk.shelf.offers = vec![code(), winter()];
    talk
}

#[test]
fn t47_a_code_is_told_whole_and_each_claim_rests_on_its_row() {
    let verdict = verdict(&[text(&format!("Good to hear. {CODE}"))]);

    assert!(verdict.holds(), "{:?}", verdict.refused);
    let facts: Vec<&Fact> = verdict.claims.iter().map(|claim| &claim.fact).collect();
    let terms = code().discount.terms.unwrap();
    let expected =
        [Fact::Gives(terms.benefit), Fact::Asks(terms.conditions), Fact::Code("WARM10".to_owned())];
    assert_eq!(facts, expected.iter().collect::<Vec<_>>());
    assert!(verdict.claims.iter().all(|claim| claim.row == RowId::Discount(DiscountId::new(1))));
    assert!(verdict.claims.iter().all(|claim| claim.version == 3));
}

#[test]
fn t47_what_leaves_a_condition_out_or_changes_one_is_stopped() {
    for draft in [
        "There is 10% off your whole order with the code WARM10.",
        "There is 10% off your whole order with the code WARM10, if that comes to $50.00 or more.",
        "There is 20% off your whole order with the code WARM10, if that comes to $50.00 or more, until November 30, 2026.",
        "There is 10% off your whole order with the code WARM20, if that comes to $50.00 or more, until November 30, 2026.",
        "There is 10% off your whole order with the code WARM10, if that comes to $5.00 or more, until November 30, 2026.",
        "There is 10% off your whole order with the code WARM10, if that comes to $50.00 or more, until December 30, 2026.",
        "Use WARM10 at checkout.",
        "Your code is warm10.",
        "The code WARM10 gives you 10% off.",
        "10% off everything.",
        "Use MIDNIGHT at checkout.",
    ] {
        stopped(draft);
        stopped(&format!("{CODE} {draft}"));
    }
    stopped(&format!("Nobody says that {CODE}"));
    stopped(&CODE.replace("WARM10", "WARM\u{200B}10"));
}

#[test]
fn a_discount_on_some_things_is_told_of_those_alone() {
    let shown = |ids: &[ProductId]| verdict(&[text(WINTER), cards(ids)]);

    let both = shown(&[THROW, SOCKS]);
    assert!(both.holds(), "{:?}", both.refused);
    let covered = both.claims.iter().filter(|claim| claim.fact == Fact::Covered(DiscountId::new(2)));
    assert_eq!(covered.filter_map(Claim::product).collect::<Vec<_>>(), [THROW, SOCKS]);
    assert!(!shown(&[THROW, MUG]).holds());
    assert!(!verdict(&[text(WINTER)]).holds(), "nothing is shown below");
}

#[test]
fn a_share_off_is_said_of_a_product_only_if_its_rows_hold_it() {
    let holds = |draft: &str| verdict(&[text(draft)]).holds();

    assert!(holds("The Pinewood throw is 15% off."));
    assert!(holds("The Harbour Light candle in Small is 16% off."), "$24.90, was $29.90");
    assert!(holds("With the Harbour Light candle in Small you save $5.00."));
    for draft in [
        "The Tidal mug is 15% off.",
        "The Pinewood throw is 20% off.",
        "The Harbour Light candle in Small is 17% off.",
        "The Harbour Light candle in Large is 16% off.",
        "The Harbour Light candle is 16% off.",
        "The Pinewood throw is 10% off.",
        "With the Harbour Light candle in Small you save $6.00.",
        "With the Pinewood throw you save $5.00.",
        "Everything is 15% off.",
    ] {
        assert!(!holds(draft), "{draft}");
    }
}

#[test]
fn t47_what_may_not_be_told_is_no_promotion() {
    let check = |offers: &[DiscountRow], codes: &ToldCodes| {
        let whole = verdict_with(offers, codes, &[text(CODE)]).holds();
        let cart = text("https://pier-nine.example/cart/4:2?discount=WARM10");
        (whole, verdict_with(offers, codes, &[cart]).holds())
    };
    let mut over = code();
    over.discount.terms.as_mut().unwrap().conditions.ends_at = Some(NOW);
    let mut early = code();
    early.discount.terms.as_mut().unwrap().starts_at = NOW.plus(Duration::from_hours(1));
    let mut old = code();
    old.read_at = NOW.minus(Duration::from_mins(61));
    let other = ToldCodes::These(vec!["OTHER".to_owned()]);

    assert_eq!(check(&[code()], &ToldCodes::Public), (true, true));
    assert_eq!(check(&[code()], &ToldCodes::These(vec!["WARM10".to_owned()])), (true, true));
    for (offers, codes) in [
        (vec![], &ToldCodes::Public),
        (vec![code()], &ToldCodes::None),
        (vec![code()], &other),
        (vec![over], &ToldCodes::Public),
        (vec![early], &ToldCodes::Public),
        (vec![old], &ToldCodes::Public),
    ] {
        assert_eq!(check(&offers, codes), (false, false), "{offers:?} {codes:?}");
    }
}

#[test]
fn t49_a_cart_carries_a_code_only_if_what_is_in_it_has_it() {
    let holds = |cart: &str| verdict(&[text(&format!("https://pier-nine.example/cart/{cart}"))]).holds();

    assert!(holds("4:2?discount=WARM10"), "two throws are $78.00");
    for cart in ["4:1?discount=WARM10", "4:2?discount=OTHER", "4:2?discount=WARM10&x=1", "4:2?discount="] {
        assert!(!holds(cart), "{cart}");
    }
}

#[test]
fn a_discount_that_changed_while_the_words_waited_is_not_said() {
    let said = verdict(&[text(CODE)]).claims;
    let look = |row: Option<DiscountRow>| {
        let discounts: Vec<DiscountRow> = row.into_iter().collect();
        let codes = &ToldCodes::Public;
        let freshness = Freshness::default();
        gate::recheck(&said, &Present { rows: &[], discounts: &discounts, codes, freshness, now: NOW })
    };
    let changed = |change: &dyn Fn(&mut Terms)| {
        let mut row = code();
        change(row.discount.terms.as_mut().unwrap());
        look(Some(row))
    };

    let newer = DiscountRow { version: 9, ..code() };
    assert!(look(Some(newer)).unwrap().iter().all(|claim| claim.version == 9));
    assert!(look(None).is_err());
    assert!(changed(&|terms| terms.benefit = Benefit::Percent(500)).is_err());
    assert!(changed(&|terms| terms.code = Some("OTHER".to_owned())).is_err());
    assert!(changed(&|terms| terms.conditions.minimum = None).is_err());
    assert!(changed(&|terms| terms.conditions.once_each = true).is_err());
    assert!(changed(&|terms| terms.conditions.ends_at = Some(NOW)).is_err());
}

#[test]
fn the_rules_tell_of_codes_and_of_what_is_shown() {
    let mut talk = talk();

    let answer = talk.writes("do you have a discount code?");
    assert!(answer.starts_with(&format!("{CODE} {WINTER}\n[Pinewood throw")), "{answer}");
    let asked = talk.writes("is the Pinewood throw on sale?");
    assert!(asked.contains(WINTER) && asked.contains("[Pinewood throw"), "{asked}");
    talk.shelf.offers.clear();
    let nothing = talk.writes("any codes?");
    assert!(nothing.starts_with("I have no code to give right now"), "{nothing}");
}

#[test]
fn the_rules_put_the_code_that_takes_most_off_into_the_cart() {
    let from = |least: i64, word: &str, percent: u32| {
        let mut row = code();
        row.discount.id = DiscountId::new(percent.into());
        let Ok(terms) = &mut row.discount.terms else { panic!("it has terms") };
        terms.conditions.minimum = Some(Minimum::Subtotal(usd(least)));
        terms.code = Some(word.to_owned());
        terms.benefit = Benefit::Percent(percent);
        row
    };
    let mut talk = talk();
    talk.writes("how much is the Pinewood throw?");

    let not_enough = talk.writes("i'll take it");
    assert!(not_enough.contains("https://pier-nine.example/cart/4:1"), "{not_enough}");
    assert!(!not_enough.contains("discount"), "one throw is $39.00: {not_enough}");
    talk.shelf.offers =
        vec![from(3_000, "SOME5", 500), from(3_900, "MORE12", 1_200), from(5_000, "WARM20", 2_000)];
    let coded = talk.writes("put it in my cart please");
    assert!(coded.contains("https://pier-nine.example/cart/4:1?discount=MORE12"), "{coded}");
}

#[test]
fn the_rules_tell_of_discounts_in_every_language() {
    for (question, expected) in [
        ("gibt es gerade einen Rabattcode?", "mit dem Code WARM10"),
        ("¿tienen algún código de descuento?", "con el código WARM10"),
        ("est-ce que vous avez un code promo en ce moment ?", "avec le code WARM10"),
        ("vocês têm algum código de desconto?", "com o código WARM10"),
    ] {
        let answer = talk().writes(question);
        assert!(answer.contains(expected), "{question}: {answer}");
    }
}
