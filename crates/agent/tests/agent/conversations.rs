//! Conversations that read like a good shop assistant's.

use std::time::Duration;

use async_trait::async_trait;
use shopclerk_agent::freshness::Freshness;
use shopclerk_agent::turn::{self, TurnError, TurnInput};
use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::claim::Fact;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::discount::{DiscountRow, ToldCodes};
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::language::Language;
use shopclerk_domain::message::{Button, Content};
use shopclerk_domain::ports::{Found, Shelf, ShelfUnavailable, Wanted};
use shopclerk_domain::product::{ProductRow, ProductStatus};

use crate::shop::{CANDLE, HIDDEN, MUG, NOW, SPRAY, THROW, facts, usd};
use crate::talk::{Talk, bubble, now_or_never};

fn lines(said: &str) -> Vec<&str> {
    said.lines().collect()
}

#[test]
fn a_gift_is_asked_for_and_then_looked_at_closer() {
    let mut talk = Talk::new();

    assert_eq!(
        lines(&talk.writes("do you have a warm gift for my mother under 40 dollars?")),
        [
            "Hi Ana, I'm the shop's automatic assistant. These fit what you asked for:",
            "[Harbour Light candle | from $24.90, was $29.90 · in stock]",
            "[Pinewood throw | $39.00 · 3 in stock]",
            "[Harbour Light room spray | $19.50 · 13 in stock]",
            "[Deckhand socks, three pairs | from $15.00 · in stock]",
            "[Pier gift card | from $25.00 · in stock]",
            "(Anything cheaper?) (Talk to a person)",
        ]
    );
    assert_eq!(talk.output().trace.understood, "warm, gift, mother, at most $40.00");
    assert_eq!(talk.output().trace.steps[0].summary, "5 of 10 fit");

    assert_eq!(
        lines(&talk.writes("tell me more about the first one")),
        [
            "A calm scent of cedar and salt. Soy wax that burns about 35 hours. Harbour Light candle comes in these \
             versions: Small for $24.90, Large for $39.00. It is in stock.",
            "[Harbour Light candle | from $24.90, was $29.90 · in stock]",
            "(Anything cheaper?) (Talk to a person)",
        ]
    );
    assert_eq!(
        lines(&talk.writes("and the large one?"))[0],
        "Harbour Light candle (Large) is in stock, 6 left. It costs $39.00."
    );
    assert_eq!(talk.writes("thanks!"), "You're welcome. I'm here if you need anything else.");
}

#[test]
fn what_is_taken_opens_the_shops_cart_in_the_version_that_was_meant() {
    let mut talk = Talk::begun();
    talk.writes("how much is the Harbour Light candle?");

    let which = talk.writes("i'll take it");
    let cart = talk.writes("and the large one?") + &talk.writes("ok put it in my cart please");

    assert_eq!(lines(&which)[0], "It comes in Small, Large. Which one shall I put into the cart?");
    let link = "https://pier-nine.example/cart/2:1";
    let sentence = format!("This link opens the shop's cart with Harbour Light candle (Large) in it: {link}");
    assert!(cart.contains(&sentence), "{cart}");
    let parts = &talk.output().reply.as_ref().unwrap().parts;
    assert!(parts[0].claims.iter().any(|claim| claim.fact == Fact::Cart(link.to_owned())), "{parts:?}");
    let left = talk.writes("how many are left?");
    assert_eq!(lines(&left)[0], "Harbour Light candle (Large) is in stock, 6 left. It costs $39.00.");
    for question in ["what sizes does it come in?", "which sizes does it come in?"] {
        let all = talk.writes(question);
        assert!(all.contains("Small for $24.90, Large for $39.00"), "{question}: {all}");
    }
}

#[test]
fn the_shoppers_limit_is_repeated_where_everything_shown_keeps_it() {
    let mut talk = Talk::begun();

    assert_eq!(lines(&talk.writes("socks under $20"))[0], "This one fits and is under $20:");
    assert_eq!(
        lines(&talk.writes("scented spray under $19.50"))[0],
        "This one fits and costs $19.50 at most:"
    );
    assert_eq!(lines(&talk.writes("a throw for at least $30"))[0], "This one fits and costs at least $30:");
    assert_eq!(
        lines(&talk.writes("lantern under $20")),
        [
            "I have nothing like that under $20. The closest is Storm lantern, which costs $75.00.",
            "[Storm lantern | $75.00 · in stock]",
            "(Talk to a person)",
        ]
    );
}

#[test]
fn a_named_product_is_answered_in_words_with_its_own_versions() {
    let mut talk = Talk::begun();

    assert_eq!(
        lines(&talk.writes("how much is the pinewood throw?"))[0],
        "Pinewood throw costs $39.00. It is in stock, 3 left."
    );
    assert_eq!(
        lines(&talk.writes("how much is the harbour light candle in small?"))[0],
        "Harbour Light candle (Small) costs $24.90, down from $29.90. It is in stock, 17 left."
    );
    let claims = &talk.output().reply.as_ref().unwrap().parts[0].claims;
    let small = Some(VariantId::new(1));
    assert!(claims.iter().any(|claim| claim.fact == Fact::Price(usd(2_490)) && claim.variant == small));
    assert!(claims.iter().any(|claim| claim.fact == Fact::InStock(17) && claim.variant == small));

    assert_eq!(
        lines(&talk.writes("is the tidal mug in stock in rust?"))[0],
        "Tidal mug (Rust) is sold out right now. It is in stock in Blue, White."
    );
    assert_eq!(
        lines(&talk.writes("do you have it in blue?"))[0],
        "Tidal mug (Blue) is in stock, 4 left. It costs $18.00."
    );
    assert_eq!(
        lines(&talk.writes("in purple?"))[0],
        "I don't see Tidal mug in exactly that version. It comes in Blue, Rust, White."
    );
    assert_eq!(
        lines(&talk.writes("old pier lantern"))[..2],
        ["Old pier lantern is sold out right now.", "[Old pier lantern | $60.00 · sold out]"]
    );
    assert_eq!(
        lines(&talk.taps("Something like it"))[..2],
        ["This is similar to Old pier lantern:", "[Storm lantern | $75.00 · in stock]",]
    );
}

#[test]
fn names_that_fit_several_products_are_asked_back() {
    let mut talk = Talk::begun();

    let said = talk.writes("how much is harbour light?");
    assert_eq!(
        lines(&said)[0],
        "I have more than one by that name: Harbour Light candle, Harbour Light room spray."
    );
    assert_eq!(
        lines(&talk.writes("the second one"))[0],
        "Harbour Light room spray costs $19.50. It is in stock, 13 left."
    );
    assert_eq!(talk.memory.about, Some(SPRAY));
}

#[test]
fn cheaper_more_and_similar_lean_on_what_was_shown() {
    let mut talk = Talk::begun();

    talk.writes("pinewood throw");
    assert_eq!(talk.memory.shown, [THROW]);
    let cheaper = talk.taps("Anything cheaper?");
    assert_eq!(
        lines(&cheaper)[..2],
        ["These cost less:", "[Harbour Light candle | from $24.90, was $29.90 · in stock]"]
    );
    assert!(!cheaper.contains("Pinewood") && !cheaper.contains("lantern"));

    let mut talk = Talk::begun();
    let first = talk.writes("what do you sell?");
    let second = talk.taps("Show me more");
    assert_eq!(lines(&second)[0], "Here are some more:");
    assert!(lines(&first)[1..6].iter().all(|card| !second.contains(card)));
    assert_eq!(talk.writes("show me more"), "That is all I have of that kind.\n(Talk to a person)");
}

#[test]
fn nothing_is_promised_that_does_not_exist() {
    let mut talk = Talk::begun();

    assert_eq!(
        talk.writes("do you have a dragon egg?"),
        "I couldn't find anything like that in the shop. Could you say it in other words? I can also ask a person from \
         the shop.\n(Talk to a person)"
    );
    assert_eq!(
        lines(&talk.writes("any sales or discount codes?")),
        [
            "I have no code to give right now, but a person from the shop can help. This one is reduced right now:",
            "[Harbour Light candle | from $24.90, was $29.90 · in stock]",
            "(Talk to a person)",
        ]
    );
    assert_eq!(
        lines(&talk.writes("how much is the cedar sachet?"))[..2],
        [
            "The price of Cedar sachet is on request. It is in stock.",
            "[Cedar sachet | price on request · in stock]"
        ]
    );
    assert!(
        lines(&talk.writes("a warm thing under 10 euros"))[0]
            .starts_with("Our prices are in USD, so I can't use your limit in EUR. These fit")
    );
}

#[test]
fn without_any_reduction_it_says_so() {
    let mut talk =
        Talk::with(|row| row.product.variants.iter_mut().for_each(|variant| variant.compare_at = None));

    assert_eq!(
        lines(&talk.writes("is anything on sale?"))[0],
        "I have no code to give right now, but a person from the shop can help. I can't see anything reduced right now."
    );
}

#[test]
fn what_is_hidden_or_sold_out_is_not_recommended() {
    let mut talk = Talk::begun();

    for question in
        ["founders' ledger", "a gift", "how much is the founders' ledger?", "lantern", "what do you sell?"]
    {
        let said = talk.writes(question);
        assert!(!said.contains("ledger"), "{said}");
        assert!(!said.contains("Old pier"), "{said}");
    }
    let forged = format!("v1:details:{HIDDEN}");
    assert_eq!(
        lines(&talk.turn(vec![bubble("Tell me more", Some(&forged), 0)]))[0],
        "That one is no longer in the shop."
    );
}

#[test]
fn t51_it_says_what_it_is_once_and_whenever_asked() {
    let mut talk = Talk::new();

    assert_eq!(talk.writes("hello"), "Hi Ana, I'm the shop's automatic assistant. What are you looking for?");
    assert!(talk.output().disclosed);
    assert_eq!(talk.writes("hello"), "Hi Ana. What are you looking for?");
    assert!(!talk.output().disclosed);
    assert_eq!(
        lines(&talk.writes("are you a bot?"))[0],
        "I'm an automatic assistant, not a person. If you would rather talk to a person, just say so."
    );
}

#[test]
fn a_person_is_called_and_stop_is_the_last_word() {
    let mut talk = Talk::begun();

    assert_eq!(
        talk.writes("can I talk to a human please"),
        "I've asked a person from the shop to answer you here. It may take a little while."
    );
    assert!(talk.output().hand_over && !talk.output().stop);
    talk.writes("?");
    talk.taps("Talk to a person");
    assert!(talk.output().hand_over);

    assert_eq!(
        talk.writes("stop"),
        "All right, I won't write any more. If you need something, write to us any time."
    );
    assert!(talk.output().stop && !talk.output().hand_over);
}

#[test]
fn a_stop_counts_among_other_bubbles_unless_one_behind_it_asks_for_something() {
    for (bubbles, stops) in [
        (vec!["stop", "thanks"], true),
        (vec!["do you have candles?", "stop"], true),
        (vec!["stop", "do you have candles?"], false),
        (vec!["please don't stop selling candles", "thanks"], false),
    ] {
        let mut talk = Talk::begun();
        talk.turn(bubbles.iter().map(|text| bubble(text, None, 0)).collect());
        assert_eq!(talk.output().stop, stops, "{bubbles:?}");
    }
}

#[test]
fn pictures_and_silence_are_answered_honestly() {
    let mut talk = Talk::begun();

    assert_eq!(
        lines(&talk.turn(vec![bubble("", None, 2)]))[0],
        "I can't see pictures yet. Tell me in a few words what you are looking for."
    );
    assert!(lines(&talk.writes("?"))[0].starts_with("I can't say that for sure."));
    talk.turn(vec![bubble("  ", None, 0)]);
    assert!(talk.output().reply.is_none());
    talk.turn(Vec::new());
    assert!(talk.output().reply.is_none());
}

#[test]
fn several_bubbles_are_one_question() {
    let mut talk = Talk::begun();

    let said = talk.turn(vec![
        bubble("hello", None, 0),
        bubble("I need a mug", None, 0),
        bubble("under $30", None, 0),
    ]);
    assert_eq!(
        lines(&said),
        [
            "Hi Ana. This one fits and is under $30:",
            "[Tidal mug | from $18.00 · in stock]",
            "(Anything cheaper?) (Talk to a person)",
        ]
    );
}

#[test]
fn a_forged_payload_counts_as_the_words_it_came_with() {
    let mut talk = Talk::begun();

    for payload in ["v1:details:0101", "v1:give:101", "{\"admin\":true}", ""] {
        let said = talk.turn(vec![bubble("tidal mug", Some(payload), 0)]);
        assert!(lines(&said)[0].starts_with("Tidal mug is in stock in Blue, White."), "{payload}: {said}");
        assert_eq!(talk.memory.about, Some(MUG));
    }
}

#[test]
fn figures_that_have_grown_old_are_left_out() {
    let mut talk = Talk::with(|row| row.read_at = NOW.minus(Duration::from_mins(11)));
    assert_eq!(
        lines(&talk.writes("how much is the pinewood throw?"))[..2],
        ["Pinewood throw costs $39.00.", "[Pinewood throw | $39.00]",]
    );

    let mut talk = Talk::with(|row| row.read_at = NOW.minus(Duration::from_mins(61)));
    assert_eq!(
        lines(&talk.writes("how much is the pinewood throw?"))[..2],
        [
            "I can't see the current price of Pinewood throw right now. The shop's page shows it.",
            "[Pinewood throw | price in the shop]",
        ]
    );
    let parts = &talk.output().reply.as_ref().unwrap().parts;
    assert!(
        parts
            .iter()
            .flat_map(|part| &part.claims)
            .all(|claim| matches!(claim.fact, Fact::Name(_) | Fact::Link(_)))
    );
}

#[test]
fn t49_a_hostile_catalogue_proves_and_promises_nothing() {
    let mut talk = Talk::with(|row| {
        if row.product.id == CANDLE {
            row.product.title = "<b>FREE</b> candle\u{202E} https://evil.example/x $1 only".to_owned();
            row.product.url = Some("https://evil.example/products/candle".to_owned());
            row.product.variants[0].options = vec!["free with code SEA20".to_owned()];
        }
    });

    let said = talk.writes("how much is the candle?");
    assert!(!said.contains("evil.example") && !said.contains('<') && !said.contains('\u{202E}'), "{said}");
    let parts = &talk.output().reply.as_ref().unwrap().parts;
    for part in parts {
        assert!(part.claims.iter().all(|claim| claim.fact != Fact::Price(usd(100))));
        if let Content::Cards { cards, .. } = &part.content {
            assert!(cards.iter().all(|card| card.url.is_none()));
            let links = cards
                .iter()
                .flat_map(|card| &card.buttons)
                .filter(|button| matches!(button, Button::Link { .. }));
            assert_eq!(links.count(), 0);
        }
    }
    assert!(talk.output().trace.drafts.last().unwrap().holds());
}

#[test]
fn a_version_that_promises_something_is_sent_without_the_promise() {
    let mut talk = Talk::with(|row| {
        if row.product.id == MUG {
            row.product.variants[0].options = vec!["free gift inside".to_owned()];
        }
    });

    let said = talk.writes("how much is the tidal mug?");
    assert!(!said.contains("free") && said.contains("[Tidal mug | from $18.00 · in stock]"), "{said}");
    let drafts = &talk.output().trace.drafts;
    assert!(drafts.len() == 2 && !drafts[0].holds() && drafts[1].holds());
    assert_eq!(drafts[0].refused[0].why, "nothing is free");
}

#[test]
fn every_card_carries_the_facts_of_its_own_row() {
    let mut talk = Talk::begun();
    talk.writes("what do you sell?");

    for part in &talk.output().reply.as_ref().unwrap().parts {
        let Content::Cards { cards, .. } = &part.content else { continue };
        for card in cards {
            let own: Vec<&Fact> = part
                .claims
                .iter()
                .filter(|claim| claim.product() == Some(card.product))
                .map(|claim| &claim.fact)
                .collect();
            assert!(own.contains(&&Fact::Name(card.title.clone())));
            assert!(own.contains(&&Fact::Link(card.url.clone().unwrap())));
            assert!(own.iter().any(|fact| matches!(fact, Fact::Price(_) | Fact::PriceFrom(_))), "{own:?}");
            assert!(own.iter().any(|fact| matches!(fact, Fact::InStock(_) | Fact::Available)), "{own:?}");
        }
    }
}

#[test]
fn every_language_passes_the_gate_with_all_it_says() {
    for language in [Language::En, Language::Es, Language::Fr, Language::De, Language::Pt] {
        let mut talk = Talk::begun();
        let taps = |talk: &mut Talk, payload: String| {
            talk.memory.language = language;
            let said = talk.turn(vec![bubble("tap", Some(&payload), 0)]);
            let drafts = &talk.output().trace.drafts;
            assert!(
                drafts.len() == 1 && drafts[0].holds(),
                "{language:?} {payload} {said} {:?}",
                drafts[0].refused
            );
            drafts[0].claims.iter().map(|claim| claim.fact.clone()).collect::<Vec<Fact>>()
        };
        for id in 101..=110 {
            taps(&mut talk, format!("v1:like:{id}"));
            taps(&mut talk, "v1:cheaper".to_owned());
            taps(&mut talk, "v1:more".to_owned());
            taps(&mut talk, format!("v1:details:{id}"));
        }
        taps(&mut talk, "v1:person".to_owned());

        let candle = taps(&mut talk, "v1:details:101".to_owned());
        for fact in [
            Fact::Price(usd(2_490)),
            Fact::Price(usd(3_900)),
            Fact::PriceFrom(usd(2_490)),
            Fact::ReducedFrom(usd(2_990)),
            Fact::Available,
        ] {
            assert!(candle.contains(&fact), "{language:?} lacks {fact:?} in {candle:?}");
        }
        let throw = taps(&mut talk, format!("v1:details:{THROW}"));
        let counted = throw.iter().filter(|fact| **fact == Fact::InStock(3)).count();
        assert_eq!(counted, 2, "{language:?}: in words and on the card: {throw:?}");
        assert!(taps(&mut talk, "v1:details:106".to_owned()).contains(&Fact::SoldOut), "{language:?}");
    }
}

#[test]
fn questions_in_other_languages_are_answered_in_them() {
    let mut talk = Talk::begun();

    assert_eq!(
        lines(&talk.writes("hallo, was kostet der pinewood throw?"))[..2],
        [
            "Hallo Ana. Pinewood throw kostet $39.00. Es ist auf Lager, noch 3 verfügbar.",
            "[Pinewood throw | $39.00 · 3 auf Lager]"
        ]
    );
    assert_eq!(
        lines(&talk.writes("¿cuánto cuesta la harbour light candle en small?"))[0],
        "Harbour Light candle (Small) cuesta $24.90, antes $29.90. Este artículo está en stock, quedan 17 disponibles."
    );
    assert_eq!(
        lines(&talk.writes("socken unter 20 dollar, hast du socks?"))
            .first()
            .map(|line| line.contains("$20")),
        Some(true)
    );
}

struct ClosedShelf;

#[async_trait]
impl Shelf for ClosedShelf {
    async fn search(&self, _: &Wanted, _: usize) -> Result<Found, ShelfUnavailable> {
        Err(ShelfUnavailable)
    }
    async fn rows(&self, _: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        Err(ShelfUnavailable)
    }
    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        Err(ShelfUnavailable)
    }
}

#[test]
fn a_shelf_that_cannot_be_read_fails_the_turn_and_small_talk_goes_on() {
    let answer = |text: &str| {
        let input = TurnInput {
            shop: facts(),
            capabilities: ChannelKind::Messenger.capabilities(),
            first_name: None,
            messages: vec![bubble(text, None, 0)],
            memory: Memory::default(),
            history_is_empty: false,
            disclose: false,
            opted_out: false,
            too_often: false,
            freshness: Freshness::default(),
            told_codes: ToldCodes::None,
            now: NOW,
        };
        now_or_never(turn::answer(input, &ClosedShelf))
    };

    assert_eq!(answer("a mug").unwrap_err(), TurnError::CatalogueUnavailable(ShelfUnavailable));
    assert!(answer("thanks").unwrap().reply.is_some());
}

/// A shelf that hands out what it should not.
struct CarelessShelf(Vec<ProductRow>);

#[async_trait]
impl Shelf for CarelessShelf {
    async fn search(&self, _: &Wanted, most: usize) -> Result<Found, ShelfUnavailable> {
        let rows: Vec<ProductRow> = self.0.iter().take(most).cloned().collect();
        Ok(Found { fitting: rows.len(), offered: rows.len(), rows })
    }
    async fn rows(&self, _: &[ProductId]) -> Result<Vec<ProductRow>, ShelfUnavailable> {
        Ok(self.0.clone())
    }
    async fn promotions(&self) -> Result<Vec<DiscountRow>, ShelfUnavailable> {
        Ok(vec![crate::promotions::code(), crate::promotions::winter()])
    }
}

#[test]
fn what_is_not_offered_never_appears_whatever_the_shelf_says() {
    for status in
        [ProductStatus::Unlisted, ProductStatus::Draft, ProductStatus::Archived, ProductStatus::Other]
    {
        let mut rows = crate::shop::rows();
        for row in &mut rows {
            row.product.status = status;
        }
        let input = TurnInput {
            shop: facts(),
            capabilities: ChannelKind::Messenger.capabilities(),
            first_name: None,
            messages: vec![bubble("a warm gift", None, 0)],
            memory: Memory { shown: vec![CANDLE], about: Some(CANDLE), ..Memory::default() },
            history_is_empty: false,
            disclose: false,
            opted_out: false,
            too_often: false,
            freshness: Freshness::default(),
            told_codes: ToldCodes::None,
            now: NOW,
        };
        for text in ["a warm gift", "how much is it?", "anything cheaper?", "any sales?"] {
            let input = TurnInput { messages: vec![bubble(text, None, 0)], ..input.clone() };
            let output = now_or_never(turn::answer(input, &CarelessShelf(rows.clone()))).unwrap();
            let reply = output.reply.unwrap();
            assert!(
                reply.parts.iter().all(|part| matches!(part.content, Content::Text { .. })),
                "{text} {status:?}"
            );
        }
    }
}
