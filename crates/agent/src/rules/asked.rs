//! What the bubbles of a turn ask for: a tap of ours, or words to be understood.

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::message::Incoming;
use shopclerk_domain::money::Currency;
use shopclerk_domain::ports::{Order, Wanted};
use shopclerk_search::understand::{Intent, Request, understand};

use crate::claims::tokens::words;
use crate::taps::Tap;
use crate::turn::TurnInput;

/// What was asked, understood as far as possible.
pub(crate) struct Asked {
    /// The request.
    pub(crate) request: Request,
    /// The words of all bubbles in their plain form: choices such as `M` are looked for among them.
    pub(crate) words: Vec<String>,
    /// A button or choice of ours was tapped.
    pub(crate) is_tap: bool,
    /// Nothing but pictures, stickers or files.
    pub(crate) only_attachments: bool,
    /// Whether it is a machine that answers.
    pub(crate) asks_whether_automatic: bool,
}

/// What takes a stop back, in our languages.
const AGAIN: &[&str] = &["start", "unstop", "empezar", "weiter", "reprendre", "comecar"];

/// What a wish for something of the shop's is put with, in our languages.
const WISHES: &[&str] = &[
    "have", "looking", "show", "find", "search", "buy", "habt", "haben", "suche", "zeig", "finde", "tienen",
    "tienes", "busco", "muestra", "avez", "cherche", "montrez", "tem", "procuro", "mostra",
];

/// Longest text that is read; what is beyond no shopper means as a question.
const MOST_CHARS: usize = 2_000;

/// Reads the bubbles; `None` when there is nothing to answer.
pub(crate) fn read(input: &TurnInput) -> Option<Asked> {
    let last = input.messages.iter().rev().find(|message| says_something(message))?;
    let text = text_of(&input.messages);
    let tap = last.payload.as_deref().and_then(Tap::parse);
    let mut request = understand(&text, &input.memory, input.shop.currency);
    if let Some(tap) = tap {
        request.language = input.memory.language;
        apply(tap, &mut request);
    }
    let words = if tap.is_some() { Vec::new() } else { words(&text) };
    if says_stop(&input.messages, &input.memory, input.shop.currency) {
        request.intent = Intent::Stop;
    }
    if input.opted_out && begins_again(&words) {
        // It is no thing to search for: "what are you looking for?" is the answer.
        (request.intent, request.greets) = (Intent::Chat, true);
    }
    let only_attachments = tap.is_none() && text.is_empty();
    let asks_whether_automatic = tap.is_none() && request.intent != Intent::Person && is_about_us(&words);
    let is_tap = tap.is_some();
    Some(Asked { request, words, is_tap, only_attachments, asks_whether_automatic })
}

fn says_something(message: &Incoming) -> bool {
    !message.text.trim().is_empty() || message.attachments > 0 || message.payload.is_some()
}

/// The words of all bubbles, one line each, without the titles of our own buttons: those say nothing of their own.
fn text_of(messages: &[Incoming]) -> String {
    let ours = |message: &Incoming| message.payload.as_deref().and_then(Tap::parse).is_some();
    let texts = messages.iter().filter(|message| !ours(message)).map(|message| message.text.trim());
    let joined = texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n");
    joined.chars().take(MOST_CHARS).collect()
}

fn apply(tap: Tap, request: &mut Request) {
    request.foreign_limit = None;
    request.wanted = Wanted::default();
    request.refers_back = true;
    request.wanted.like = tap.product();
    request.intent = match tap {
        Tap::Details(_) => Intent::Details,
        Tap::Like(_) => Intent::Similar,
        Tap::Cheaper => Intent::Cheaper,
        Tap::More => Intent::More,
        Tap::Person => Intent::Person,
    };
}

/// "Are you a bot?" in a few words of any of our languages.
fn is_about_us(words: &[String]) -> bool {
    const YOU: &[&str] =
        &["you", "this", "u", "eres", "du", "sie", "es", "vous", "tu", "voce", "isto", "esto", "c'est"];
    const MACHINE: &[&str] = &[
        "bot",
        "robot",
        "chatbot",
        "ai",
        "machine",
        "automatic",
        "automated",
        "human",
        "person",
        "humano",
        "humana",
        "persona",
        "automatico",
        "maschine",
        "mensch",
        "ki",
        "automat",
        "robo",
        "humain",
        "personne",
        "ia",
        "pessoa",
        "maquina",
    ];
    const ARE: &[&str] = &[
        "are", "is", "am", "r", "eres", "bist", "sind", "ist", "es", "etes", "est", "voce", "tu", "isto",
        "c'est", "parle",
    ];
    let any = |known: &[&str]| words.iter().any(|word| known.contains(&word.as_str()));
    words.len() <= 8 && any(YOU) && any(MACHINE) && any(ARE)
}

fn begins_again(words: &[String]) -> bool {
    matches!(words, [only] if AGAIN.contains(&only.as_str()))
}

/// Whether the bubbles say that no more messages are wanted, and none after that takes it back: thanks do not.
pub(crate) fn says_stop(messages: &[Incoming], memory: &Memory, currency: Currency) -> bool {
    messages.iter().fold(false, |stopped, bubble| {
        let text = text_of(std::slice::from_ref(bubble));
        let request = understand(&text, memory, currency);
        if request.intent == Intent::Stop {
            return true;
        }
        let words = words(&text);
        let is_tap = bubble.payload.as_deref().and_then(Tap::parse).is_some();
        let goes_on = begins_again(&words) || is_tap || (!text.is_empty() && asks(&request, &words, &text));
        stopped && !goes_on
    })
}

/// Whether somebody who said stop asks for something after all.
fn asks(request: &Request, words: &[String], text: &str) -> bool {
    match request.intent {
        Intent::Chat | Intent::Stop | Intent::Unclear => false,
        // Any words may be something to look for, "leave me alone" too.
        Intent::Find => words.iter().any(|word| WISHES.contains(&word.as_str())) || text.contains('?'),
        _ => true,
    }
}

impl Asked {
    /// Whether a shopper who said stop surely wants to be answered again.
    pub(crate) fn comes_back(&self, messages: &[Incoming]) -> bool {
        let asks = !self.only_attachments && asks(&self.request, &self.words, &text_of(messages));
        begins_again(&self.words) || self.is_tap || asks
    }

    /// Whether a model may find the words. What must be said and done exactly so, and what costs nothing to say, is the rules'.
    pub(crate) fn suits_a_model(&self) -> bool {
        let spoken = !self.is_tap && !self.only_attachments && !self.asks_whether_automatic;
        spoken && !matches!(self.request.intent, Intent::Person | Intent::Stop | Intent::Chat)
    }

    /// One line for the record, such as `gift, warm, at most $40.00`.
    pub(crate) fn line(&self) -> String {
        let request = &self.request;
        let wanted = &request.wanted;
        let mut facts: Vec<String> = Vec::new();
        if let Some(intent) = intent_word(request.intent) {
            facts.push(intent.to_owned());
        }
        facts.extend(wanted.words.split_whitespace().map(str::to_owned));
        facts.extend(wanted.without.iter().map(|word| format!("without {word}")));
        facts.extend(wanted.at_least.map(|money| format!("at least {money}")));
        facts.extend(wanted.at_most.map(|money| format!("at most {money}")));
        facts.extend(request.foreign_limit.map(|money| format!("limit {money} in another currency")));
        facts.extend(wanted.like.map(|product| format!("about product {product}")));
        match wanted.order {
            Order::Fit => {}
            Order::CheapestFirst => facts.push("cheapest first".to_owned()),
            Order::DearestFirst => facts.push("dearest first".to_owned()),
        }
        if self.asks_whether_automatic {
            facts = vec!["asks whether we are automatic".to_owned()];
        }
        if self.only_attachments {
            facts = vec!["pictures only".to_owned()];
        }
        if facts.is_empty() { "anything".to_owned() } else { facts.join(", ") }
    }
}

fn intent_word(intent: Intent) -> Option<&'static str> {
    Some(match intent {
        Intent::Find => return None,
        Intent::Chat => "small talk",
        Intent::Price => "price of",
        Intent::Stock => "stock of",
        Intent::Cheaper => "cheaper",
        Intent::Dearer => "dearer",
        Intent::Similar => "similar",
        Intent::More => "more of the same",
        Intent::Details => "details of",
        Intent::Cart => "cart with",
        Intent::Promotions => "promotions",
        Intent::Person => "a person",
        Intent::Stop => "no more messages",
        Intent::Unclear => "unclear",
    })
}
