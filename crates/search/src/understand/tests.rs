//! What messages are understood as, in tables.

use proptest::prelude::*;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::ids::ProductId;
use shopclerk_domain::language::Language;
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::Order;

use super::{Request, understand};

/// A request in one line: `Find: warm gift mother <=40.00 -leather ^cheap like 2 back`.
fn line(request: &Request) -> String {
    let mut out = format!("{:?}:", request.intent);
    let mut add = |piece: String| {
        out.push(' ');
        out.push_str(&piece);
    };
    let wanted = &request.wanted;
    if !wanted.words.is_empty() {
        add(wanted.words.clone());
    }
    for (sign, limit) in
        [("<=", wanted.at_most), (">=", wanted.at_least), ("foreign ", request.foreign_limit)]
    {
        if let Some(money) = limit {
            add(format!("{sign}{}", money.decimal()));
        }
    }
    wanted.without.iter().for_each(|unwanted| add(format!("-{unwanted}")));
    match wanted.order {
        Order::Fit => {}
        Order::CheapestFirst => add("^cheap".to_owned()),
        Order::DearestFirst => add("^dear".to_owned()),
    }
    if let Some(like) = wanted.like {
        add(format!("like {like}"));
    }
    if request.refers_back {
        add("back".to_owned());
    }
    out
}

fn check_with(memory: &Memory, currency: &str, text: &str, expected: &str) {
    let request = understand(text, memory, Currency::parse(currency).unwrap());
    assert_eq!(line(&request), expected, "{text}");
}

fn check(text: &str, expected: &str) {
    check_with(&Memory::default(), "USD", text, expected);
}

/// After "socks under 50", with products 1, 2 and 3 shown.
fn check_after(text: &str, expected: &str) {
    let memory = Memory {
        words: "wool socks".to_owned(),
        at_most: Some(Money::new(5_000, Currency::USD)),
        shown: vec![ProductId::new(1), ProductId::new(2), ProductId::new(3)],
        ..Memory::default()
    };
    check_with(&memory, "USD", text, expected);
}

#[test]
fn who_wants_to_have_it_is_understood_in_every_language() {
    check_after("I'll take the second one", "Cart: like 2 back");
    check_after("can you put the first one in my cart please", "Cart: like 1 back");
    check_after("ich nehme das zweite", "Cart: like 2 back");
    check_after("me llevo el segundo al carrito", "Cart: like 2 back");
    check_after("je prends le premier", "Cart: like 1 back");
    check_after("vou levar o segundo", "Cart: like 2 back");
    check("a link to the cart with the wool throw", "Cart: wool throw");
    check("do you have a tea cart?", "Find: tea cart");
}

#[test]
fn questions_become_words_worth_searching_for() {
    check("do you have a warm gift for my mother under 40 dollars?", "Find: warm gift mother <=40.00");
    check("Hi there! I'm looking for a scented candle, thanks", "Find: scented candle");
    check("sledge", "Find: sledge");
    check(
        "our teapot cracked :( have you got stoneware teapots, max 45 dollars",
        "Find: stoneware teapots <=45.00",
    );
    check("it's freezing up here, do you sell slippers?", "Find: slippers");
    check("my hallway is dark, i need a small wall lamp, nothing over 60$", "Find: small wall lamp <=60.00");
    check(
        "my niece needs an apron for pottery class, under 30 dollars please",
        "Find: apron pottery class <=30.00",
    );
    check("need a lid for my casserole. max $25, thanks!", "Find: lid casserole <=25.00");
    check("hey, i read at night, need a bookmark, less than $12", "Find: bookmark <=12.00");
    check("which linen products do you have", "Find: linen");
    check("what teas do you have under $9?", "Find: teas <=9.00");
    check("hello\nI want a mug\nblue if possible", "Find: mug blue");
    check("my mother's birthday is soon", "Find: mother birthday");
    check("I would like to buy k-4417b", "Find: k-4417b");
    check("want to brighten up my porch, do you have lanterns, under 80 dollars", "Find: lanterns <=80.00");
    check("GIFT FOR MY DAD PLEASE", "Find: gift dad");
    check("\u{ff57}\u{ff41}\u{ff52}\u{ff4d} throw", "Find: warm throw");
    check("靴はありますか", "Find: 靴はありますか");
}

#[test]
fn what_there_is_at_all_is_a_search_for_anything() {
    check("what do you sell?", "Find:");
    check("Hi! What do you have?", "Find:");
    check("show me your products", "Find:");
    check("what's your most popular product?", "Find:");
    check("what do you have under $20?", "Find: <=20.00");
}

#[test]
fn price_limits_are_read_in_all_usual_ways() {
    check("candles less than $10", "Find: candles <=10.00");
    check("candles up to 25", "Find: candles <=25.00");
    check("candles max 30 bucks", "Find: candles <=30.00");
    check("candles between 20 and 50", "Find: candles <=50.00 >=20.00");
    check("candles from 20 to 50 dollars", "Find: candles <=50.00 >=20.00");
    check("candles around 30", "Find: candles <=36.00 >=24.00");
    check("candles 30-50 dollars", "Find: candles <=50.00 >=30.00");
    check("candles $30-$50", "Find: candles <=50.00 >=30.00");
    check("candles over 100", "Find: candles >=100.00");
    check("candles 50+", "Find: candles >=50.00");
    check("candles $50 or less", "Find: candles <=50.00");
    check("candles not more than $1,299.99", "Find: candles <=1299.99");
    check("gift, budget 500 max", "Find: gift <=500.00");
    check("gift for 40 dollars", "Find: gift <=40.00");
    check("candles under forty dollars", "Find: candles <=40.00");
    check("candles under a hundred", "Find: candles <=100.00");
    check("candles undr 40", "Find: candles <=40.00");
    check("candles for 40$ or under", "Find: candles <=40.00");
    check("my budget is 100-150", "Find: <=150.00 >=100.00");
    check("mug more than 10 less than 20", "Find: mug <=20.00 >=10.00");
    check_with(&Memory::default(), "EUR", "candles at least €20", "Find: candles >=20.00");
    check_with(&Memory::default(), "EUR", "lamps under 1.299,00 €", "Find: lamps <=1299.00");
    check_with(&Memory::default(), "JPY", "bowls under 3000 yen", "Find: bowls <=3000");
}

#[test]
fn an_ambiguous_amount_sets_no_limit() {
    check("lamps under 1.299", "Find: lamps");
    check("lamps under $12.999", "Find: lamps");
    check_with(&Memory::default(), "KWD", "lamps under 1.299 KWD", "Find: lamps <=1.299");
    check_with(&Memory::default(), "EUR", "Lampen unter 1,299 €", "Find: lampen");
}

#[test]
fn numbers_that_are_no_prices_stay_words_or_go() {
    check("boots size 42", "Find: boots size 42");
    check("2 mugs", "Find: mugs");
    check("bottle 200 ml", "Find: bottle 200 ml");
    check("case for iphone 12", "Find: case iphone 12");
    check("garland about 3 meters, under $35", "Find: garland 3 meters <=35.00");
    check("game for up to 4 players", "Find: game 4 players");
    check("jug 750ml or more", "Find: jug 750ml");
    check("weights under 5 pounds", "Find: weights 5 pounds");
}

#[test]
fn another_currency_is_told_apart_and_not_converted() {
    check("candles under 40 euros", "Find: candles foreign 40.00");
    check("candles under £40", "Find: candles foreign 40.00");
    check_with(&Memory::default(), "CAD", "candles under $40", "Find: candles <=40.00");
    check_with(&Memory::default(), "EUR", "candles under $40", "Find: candles foreign 40.00");
    check_with(&Memory::default(), "GBP", "candles under 40 pounds", "Find: candles <=40.00");
}

#[test]
fn prices_and_stock_of_named_things_are_asked() {
    check("how much is the winter amber candle?", "Price: winter amber candle");
    check("good evening how much are your beeswax tapers? i need several", "Price: beeswax tapers");
    check("what does the fjord throw cost?", "Price: fjord throw");
    check("price of the fjord throw please", "Price: fjord throw");
    check("is the Tormod Overshirt in stock?", "Stock: tormod overshirt");
    check("do you have the Tormod Overshirt in blue?", "Stock: tormod overshirt blue");
    check("have you got size M of the Tormod Overshirt?", "Stock: size m tormod overshirt");
    check("is the skagen sk210 lantern still available? thanks", "Stock: skagen sk210 lantern");
    check("do you have red mugs", "Find: red mugs");
    check_after("how much is the second one?", "Price: like 2 back");
    check_after("is the first one available in blue?", "Stock: blue like 1 back");
}

#[test]
fn names_that_hold_words_of_the_trade_stay_whole() {
    check("is The Sold Out Poster available?", "Stock: sold out poster");
    check("is the promise not kept print in stock?", "Stock: promise not kept print");
    check("do you have the Ragna Mitten in Lichen?", "Stock: ragna mitten lichen");
    check("how much is the enamel ladle and how many are left?", "Price: enamel ladle");
    check("what does The Harbour Almanac cost?", "Price: harbour almanac");
    check("which throws do you have in grey?", "Find: throws grey");
    check("when will you restock the fjord throw?", "Stock: fjord throw");
}

#[test]
fn a_story_tells_what_only_where_nothing_else_does() {
    check(
        "a present for my wife, she loves tea. Budget is about 50 dollars",
        "Find: present wife tea <=50.00",
    );
    check("my daughter loves horses, do you have lamps", "Find: lamps");
    check("I don't like the smell of lavender, any candles?", "Find: candles -lavender");
    check("I'm allergic to wool, do you have a warm scarf?", "Find: warm scarf -wool");
}

#[test]
fn what_was_shown_is_referred_to() {
    check_after("anything cheaper?", "Cheaper: wool socks back");
    check_after("cheeper ones?", "Cheaper: wool socks back");
    check_after("too expensive", "Cheaper: wool socks back");
    check_after("something more expensive", "Dearer: wool socks back");
    check_after("something like the second one but cheaper", "Cheaper: wool socks like 2 back");
    check_after("the second one", "Details: like 2 back");
    check_after("like the first one", "Similar: like 1 back");
    check_after("show me more", "More: wool socks <=50.00 back");
    check_after("what else do you have?", "More: wool socks <=50.00 back");
    check_after("tell me more about the last one", "Details: like 3 back");
    check_after("what sizes does the second one come in?", "Details: like 2 back");
    check_after("which sizes does the second one come in?", "Details: like 2 back");
    check_after("can i get 3 of those?", "Details: back");
    check_after("number 2 please", "Details: like 2 back");
    check_after("the seventh one", "Details: back");
    check_after("under 30?", "Find: wool socks <=30.00 back");
    check_after("in blue?", "Find: blue wool socks <=50.00 back");
    check_after("no leather", "Find: wool socks <=50.00 -leather back");
    check_after("do you have lamps?", "Find: lamps");
    check("tell me more about the throw", "Details: throw");
    check("do you sell first aid kits", "Find: first aid kits");
    check("second hand books", "Find: second hand books");
    let memory = Memory { about: Some(ProductId::new(9)), words: "throw".to_owned(), ..Memory::default() };
    check_with(&memory, "USD", "something like it but cheaper", "Cheaper: throw like 9 back");
    check_with(&memory, "USD", "how much is it?", "Price: like 9 back");
    check_with(&memory, "USD", "do you have it in blue?", "Stock: blue like 9 back");
    check_with(&memory, "USD", "what is it made of?", "Details: like 9 back");
}

#[test]
fn what_is_not_wanted_is_left_out() {
    check("a bag, no leather", "Find: bag -leather");
    check("chocolate without nuts", "Find: chocolate -nuts");
    check("sledges not from Halden", "Find: sledges -halden");
    check("a scarf, anything but red", "Find: scarf -red");
    check("can i see wool rugs please, not halden", "Find: wool rugs -halden");
    check("no leather or fur", "Find: -leather -fur");
    check("nut-free granola", "Find: granola -nut");
    check("my old kettle has no whistle, got a whistling kettle?", "Find: whistling kettle");
    check("not too expensive lamps", "Find: lamps ^cheap");
    check("no thanks", "Chat:");
    check("no problem, looking for a mug", "Find: mug");
}

#[test]
fn the_order_may_be_asked_for() {
    check("cheapest snowboard", "Find: snowboard ^cheap");
    check("a cheap lamp", "Find: lamp ^cheap");
    check("most expensive lamp", "Find: lamp ^dear");
}

#[test]
fn courtesies_people_and_endings_are_told_apart() {
    check("hi", "Chat:");
    check("Hello there!", "Chat:");
    check("thank you so much!!", "Chat:");
    check("ok", "Chat:");
    check("\u{1f44d}", "Chat:");
    check("bye", "Chat:");
    check("just browsing", "Chat:");
    check("sorry, wrong chat", "Chat:");
    check("?", "Unclear:");
    check("", "Unclear:");
    check("...", "Unclear:");
    check("where is my order?", "Unclear:");
    check("can I talk to a human", "Person:");
    check("real person please", "Person:");
    check("I want to speak with someone from your team", "Person:");
    check("human hair wig", "Find: human hair wig");
    check("stop", "Stop:");
    check("unsubscribe", "Stop:");
    check("please stop messaging me", "Stop:");
    check("do you have door stops", "Find: door stops");
    check("any sales / discount codes?", "Promotions:");
    check("are candles on sale?", "Promotions: candles");
    check("snowboards for sale", "Find: snowboards");
}

#[test]
fn greetings_and_thanks_are_noticed_beside_a_question() {
    let request = understand("Hello! any lamps? thx", &Memory::default(), Currency::USD);
    assert!(request.greets && request.thanks);
    assert_eq!(line(&request), "Find: lamps");
}

#[test]
fn the_other_languages_work_decently() {
    let check = |text: &str, language: Language, expected: &str| {
        let request = understand(text, &Memory::default(), Currency::EUR);
        assert_eq!((line(&request).as_str(), request.language), (expected, language), "{text}");
    };
    check("Haben Sie Kerzen unter 40 Euro?", Language::De, "Find: kerzen <=40.00");
    check("Ich suche eine Wolldecke für den Balkon", Language::De, "Find: wolldecke balkon");
    check("Was kostet die Kerze?", Language::De, "Price: kerze");
    check("hola, ¿tienen calcetines de algodón?", Language::Es, "Find: calcetines algodón");
    check("busco una lámpara por menos de 30 euros", Language::Es, "Find: lámpara <=30.00");
    check("bonjour, je cherche une théière", Language::Fr, "Find: théière");
    check("je voudrais un plaid pas trop cher", Language::Fr, "Find: plaid ^cheap");
    check("avez-vous un code promo ?", Language::Fr, "Promotions:");
    check("j'ai besoin d'une lampe à moins de 50 €", Language::Fr, "Find: lampe <=50.00");
    check("Olá, preciso de uma manta para bebê", Language::Pt, "Find: manta bebê");
    check("vocês têm velas até 20 euros?", Language::Pt, "Find: velas <=20.00");
    check("vielen Dank!", Language::De, "Chat:");
    check("gracias", Language::Es, "Chat:");
    check("quiero hablar con una persona", Language::Es, "Person:");
    check("je voudrais parler à un conseiller", Language::Fr, "Person:");
    check("gibt es etwas günstigeres?", Language::De, "Cheaper: back");
    check("bolsa sem couro", Language::Pt, "Find: bolsa -couro");
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in any::<String>(), currency in "[A-Z]{3}") {
        let request = understand(&text, &Memory::default(), Currency::parse(&currency).unwrap());
        prop_assert!(request.wanted.words.len() <= 2_000 * 4 + 100);
    }

    #[test]
    fn no_shopping_talk_breaks_it(words in proptest::collection::vec(
        prop_oneof!["under|over|between|and|not|no|the|second|one|like|it|\\$|€|-|,|\\.|10|1,299|q-25a|😀|free", ".{0,6}"], 0..60)) {
        let memory = Memory { words: "socks".to_owned(), shown: vec![ProductId::new(1)], ..Memory::default() };
        let request = understand(&words.join(" "), &memory, Currency::USD);
        prop_assert!(request.wanted.without.len() <= 8);
    }
}

#[test]
fn a_huge_message_is_cut() {
    let request = understand(&"candle ".repeat(1_000_000), &Memory::default(), Currency::USD);
    assert!(request.wanted.words.len() < 1_000);
}
