//! Truthful drafts pass, with the claims they make and the rows those rest on.

use shopclerk_agent::gate::Said;
use shopclerk_domain::claim::{Claim, Fact};
use shopclerk_domain::ids::VariantId;
use shopclerk_domain::message::{Card, Content};

use crate::shop::{CANDLE, MUG, SPRAY, THROW, row_of, text, usd, verdict};

/// The facts of a text that passes, names left out.
fn facts(draft: &str) -> Vec<Fact> {
    let verdict = verdict(&[text(draft)], &Said::default());
    assert!(verdict.holds(), "held back: {draft:?} because of {:?}", verdict.refused);
    verdict.claims.into_iter().map(|claim| claim.fact).filter(|fact| !matches!(fact, Fact::Name(_))).collect()
}

#[test]
fn a_true_price_passes_however_it_is_spelled() {
    for draft in [
        "The Pinewood throw costs $39.00.",
        "The Pinewood throw costs $39.",
        "The Pinewood throw costs 39 dollars.",
        "The Pinewood throw costs 39,00 $.",
        "The Pinewood throw costs USD 39.00.",
        "The Pinewood throw costs US$39.00 USD.",
        "The Pinewood throw costs 39,- $.",
        "The Pinewood throw costs ＄３９.",
        "The Pinewood throw costs only 39.",
        "The pinewood throw is $39.00, and it is lovely.",
        "For $39.00 you get the Pinewood throw.",
        "Le Pinewood throw coûte 39,00\u{202F}$.",
        "Pinewood throw: $39.00",
        "The Pinewood throw is a classic. It costs $39.00.",
    ] {
        assert_eq!(facts(draft), [Fact::Price(usd(3_900))], "{draft}");
    }
}

#[test]
fn each_product_keeps_its_own_figures() {
    let price = |minor| Fact::Price(usd(minor));

    assert_eq!(
        facts("The Pinewood throw costs $39.00 and the Tidal mug in Blue $18.00."),
        [price(3_900), price(1_800)]
    );
    assert_eq!(
        facts("Pinewood throw ($39.00) or Harbour Light room spray ($19.50)?"),
        [price(3_900), price(1_950)]
    );
    assert_eq!(
        facts("For $39.00 you get the Pinewood throw, for $19.50 the Harbour Light room spray."),
        [price(3_900), price(1_950)]
    );
    assert_eq!(
        facts("1. Pinewood throw, $39.00\n2. Harbour Light room spray, $19.50"),
        [price(3_900), price(1_950)]
    );
    assert_eq!(
        facts("The Pinewood throw and the Harbour Light candle in Large cost $39.00."),
        [price(3_900), price(3_900)]
    );
}

#[test]
fn versions_are_told_apart() {
    let both = verdict(
        &[text("The Harbour Light candle comes as: Small for $24.90, Large for $39.00.")],
        &Said::default(),
    );
    assert!(both.holds(), "{:?}", both.refused);
    let variants: Vec<Option<VariantId>> = both.claims.iter().map(|claim| claim.variant).collect();
    assert_eq!(variants, [None, Some(VariantId::new(1)), Some(VariantId::new(2))]);

    assert_eq!(facts("The Harbour Light candle starts at $24.90."), [Fact::PriceFrom(usd(2_490))]);
    assert_eq!(facts("The Harbour Light candle is from $24.90."), [Fact::PriceFrom(usd(2_490))]);
    assert_eq!(
        facts("The Harbour Light candle costs $24.90 to $39.00."),
        [Fact::Price(usd(2_490)), Fact::Price(usd(3_900))]
    );
    assert_eq!(
        facts("The Harbour Light candle (Small) costs $24.90, down from $29.90."),
        [Fact::Price(usd(2_490)), Fact::ReducedFrom(usd(2_990))]
    );
    assert_eq!(facts("The Tidal mug in Blue is in stock, 4 left."), [Fact::Available, Fact::InStock(4)]);
    assert_eq!(facts("The Tidal mug in Rust is sold out."), [Fact::SoldOut]);
    assert_eq!(facts("The Tidal mug in Rust is not available."), [Fact::SoldOut]);
    assert_eq!(facts("The Tidal mug is in stock in Blue and White."), [Fact::Available, Fact::Available]);
    assert_eq!(
        facts("The Deckhand socks, three pairs in medium are $16.00, was $20.00."),
        [Fact::Price(usd(1_600)), Fact::ReducedFrom(usd(2_000))]
    );
}

#[test]
fn plain_talk_is_never_held_back() {
    let drafts = [
        "Hi Ana, I'm the shop's automatic assistant.",
        "What are you looking for?",
        "You're welcome. I'm here if you need anything else.",
        "The Harbour Light candle burns about 35 hours.",
        "I have no code to give right now, but a person from the shop can help.",
        "I can't see anything reduced right now.",
        "Feel free to ask.",
        "Our prices are in USD, so I can't use your limit in EUR.",
        "These two would suit her.",
        "The second one is the softer of the two.",
        "I'm not sure which one you mean. Is it one of these?",
        "I have more than one by that name: Harbour Light candle, Harbour Light room spray.",
        "Die beiden passen gut zusammen.",
        "Je vous en prie.",
        "Aquí estoy si necesitas algo más.",
        "I can't say when it arrives, but a person from the shop can.",
        "I don't know about refunds.",
        "Zur Lieferung kann ich nicht viel sagen.",
        "Guten Morgen.",
        "No puedo decir nada del envío.",
        "The SALE 50% off only $5 today is a poster.",
        "I have two lovely ideas for you.",
        "Once you decide, just tell me.",
        "É um dos nossos favoritos.",
        "Would you like something cheaper?",
        "Have a look at our lovely candles.",
        "Il y a un joli choix.",
        "Да, конечно, посмотрите.",
    ];
    let held = drafts.map(|draft| (draft, verdict(&[text(draft)], &Said::default())));
    let held: Vec<_> = held.iter().filter(|(_, verdict)| !verdict.holds()).collect();
    assert!(held.is_empty(), "held back: {held:#?}");
    for draft in drafts {
        assert_eq!(facts(draft), [], "{draft}");
    }
}

#[test]
fn what_is_said_of_all_cards_must_hold_for_each() {
    let cards = |ids: &[_]| {
        let cards = ids.iter().map(|id| {
            let row = row_of(*id);
            let (title, url, image) =
                (row.product.title.clone(), row.product.url.clone(), row.product.image.clone());
            Card { product: *id, title, subtitle: String::new(), image, url, buttons: Vec::new() }
        });
        Content::Cards { cards: cards.collect(), choices: Vec::new() }
    };
    let limit = Said { at_most: Some(usd(4_000)), at_least: None, nothing_fits: false };

    let both =
        verdict(&[text("These two are warm, in stock and under $40:"), cards(&[CANDLE, THROW])], &limit);
    assert!(both.holds(), "{:?}", both.refused);
    let limits = both.claims.iter().filter(|claim| claim.fact == Fact::PriceAtMost(usd(3_999)));
    assert_eq!(limits.filter_map(Claim::product).collect::<Vec<_>>(), [CANDLE, THROW]);
    assert!(both.claims.iter().all(|claim| claim.version == 7));

    let nothing = Said { at_most: Some(usd(1_000)), at_least: None, nothing_fits: true };
    let near = verdict(
        &[text("I have nothing like that under $10. The closest is Tidal mug, from $18.00."), cards(&[MUG])],
        &nothing,
    );
    assert!(near.holds(), "{:?}", near.refused);
}

#[test]
fn a_card_passes_with_the_facts_of_its_row() {
    let row = row_of(SPRAY);
    let card = Card {
        product: SPRAY,
        title: "Harbour Light room…".to_owned(),
        subtitle: "$19.50 · 13 in stock".to_owned(),
        image: row.product.image.clone(),
        url: row.product.url.clone(),
        buttons: Vec::new(),
    };
    let verdict = verdict(&[Content::Cards { cards: vec![card], choices: Vec::new() }], &Said::default());

    assert!(verdict.holds(), "{:?}", verdict.refused);
    let facts: Vec<Fact> = verdict.claims.into_iter().map(|claim| claim.fact).collect();
    assert_eq!(
        facts,
        [
            Fact::Name("Harbour Light room…".to_owned()),
            Fact::Price(usd(1_950)),
            Fact::InStock(13),
            Fact::Link("https://pier-nine.example/products/thing-102".to_owned()),
        ]
    );
}

#[test]
fn a_link_in_a_text_passes_if_it_is_the_products_own() {
    let link = "https://pier-nine.example/products/thing-103";

    assert_eq!(facts(&format!("See the Pinewood throw: {link}.")), [Fact::Link(link.to_owned())]);
}

#[test]
fn an_assistants_usual_sentences_pass() {
    for draft in [
        "The Pinewood throw is a lovely choice at $39.00, and we have 3 left in stock.",
        "I'd go for the Harbour Light candle: the small one is $24.90 and the large one $39.00.",
        "How about the Tidal mug? It comes in Blue for $18.00 and White for $21.00.",
        "The Harbour Light room spray ($19.50) is a good match for the Harbour Light candle (from $24.90).",
        "Yes, the Tidal mug in blue is in stock. There are 4 left, and it costs $18.00.",
        "Sorry, the Old pier lantern is sold out right now. The Storm lantern at $75.00 is available.",
        "The Rust Tidal mug is sold out, but Blue and White are available.",
        "The Harbour Light candle is reduced from $29.90 to $24.90 in Small.",
        "The Harbour Light candle in Small went from $29.90 down to $24.90.",
        "The Pinewood throw costs $39.00 - it's warm and soft.",
        "The Deckhand socks come in S and M. S is $15.00, M is $16.00.",
        "Ich empfehle den Pinewood throw für $39.00. Er ist auf Lager.",
        "Le Pinewood throw coûte $39.00 et il est en stock.",
        "El Pinewood throw cuesta $39.00 y quedan 3 en stock.",
        "O Pinewood throw custa $39.00 e está disponível.",
        "We don't have the Tidal mug in purple, only in Blue and White.",
        "The Pier gift card comes in $25 and $50.",
        "Tidal mug, Blue: $18.00, 4 in stock",
        "The two cheapest things go well together.",
        "The Storm lantern is the most expensive of these, at $75.00.",
        "The article number is PN-4.",
        "I've checked the Pinewood throw. Yes, it's available right now.",
        "The Pinewood throw is soft, and still in stock.",
        "O Pinewood throw custa menos de quarenta e cinco dólares.",
    ] {
        let verdict = verdict(&[text(draft)], &Said::default());
        assert!(verdict.holds(), "held back: {draft:?} because of {:?}", verdict.refused);
    }
}

#[test]
fn figures_in_words_and_prices_of_several_pass_where_they_are_true() {
    let price = |minor| Fact::Price(usd(minor));

    assert_eq!(facts("The Pinewood throw costs thirty-nine dollars."), [price(3_900)]);
    assert_eq!(facts("Der Pinewood throw kostet neununddreißig Dollar."), [price(3_900)]);
    assert_eq!(facts("Le Pinewood throw coûte trente-neuf dollars."), [price(3_900)]);
    assert_eq!(facts("El Pinewood throw cuesta treinta y nueve dólares."), [price(3_900)]);
    assert_eq!(facts("The Harbour Light candle in Small: seventeen left."), [Fact::InStock(17)]);
    assert_eq!(facts("Two of the Pinewood throw come to $78.00."), [price(3_900)]);
    assert_eq!(facts("The Pinewood throw is $39.00 each, so $78.00 for two."), [price(3_900), price(3_900)]);
    assert_eq!(facts("Zwei Pinewood throw kosten 78 $."), [price(3_900)]);
    assert_eq!(
        facts("The Pinewood throw and the Harbour Light room spray come to $58.50 together."),
        [price(1_950), price(3_900)]
    );
}

#[test]
fn what_a_row_says_of_itself_may_be_said_in_any_language() {
    let wool = |word: &str| [Fact::Described(word.to_owned())];

    assert_eq!(facts("The Pinewood throw is made of wool."), wool("wool"));
    assert_eq!(facts("Der Pinewood throw ist aus Wolle."), wool("wolle"));
    assert_eq!(facts("El Pinewood throw es de lana."), wool("lana"));
    assert_eq!(facts("We have a few ideas, and a gift for every home."), []);
    assert_eq!(facts("The Pinewood throw doesn't come in turquoise."), []);
    assert_eq!(facts("We don't have the Tidal mug in size XXL."), []);
}
