//! One message, read step by step: each step claims the words it understands, and what is left is searched for.

use shopclerk_domain::conversation::Memory;
use shopclerk_domain::money::Currency;
use shopclerk_domain::ports::{Order, Wanted};

use super::lexicon::{Lexicon, Phrases, Voice};
use super::limits::{self, Limits};
use super::refer::{self, Reference};
use super::token::Tokens;
use super::words::{self, Sought};
use super::{Intent, Request, choice, exclusions, person};

/// What has been understood so far.
pub(crate) struct Reading<'a> {
    tokens: Tokens,
    voice: Voice,
    memory: &'a Memory,
    limits: Limits,
    without: Vec<String>,
    order: Order,
    place: Option<Reference>,
    /// Tokens of questions understood: their clauses name the goods.
    anchors: Vec<usize>,
    signs: Signs,
}

/// What kinds of words the message holds.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "independent findings, weighed once in `intent`")]
struct Signs {
    greets: bool,
    thanks: bool,
    assents: bool,
    stops: bool,
    person: bool,
    service: bool,
    promotions: bool,
    cheaper: bool,
    dearer: bool,
    details: bool,
    cart: bool,
    price: bool,
    stock: bool,
    similar: bool,
    more: bool,
    everything: bool,
    it: bool,
}

impl<'a> Reading<'a> {
    /// Reads `tokens` up to the words that are left.
    pub(crate) fn new(tokens: Tokens, voice: Voice, memory: &'a Memory, currency: Currency) -> Self {
        let mut out = Self {
            tokens,
            voice,
            memory,
            limits: Limits::default(),
            without: Vec::new(),
            order: Order::Fit,
            place: None,
            anchors: Vec::new(),
            signs: Signs::default(),
        };
        out.read_courtesies();
        out.read_calls();
        out.limits = limits::take(&mut out.tokens, &voice, currency);
        out.read_questions();
        out
    }

    fn read_courtesies(&mut self) {
        self.signs.thanks = self.take(|lexicon| lexicon.thanks);
        let greetings = self.voice.words(|lexicon| lexicon.greetings);
        let mut at = 0;
        while at < self.tokens.list.len() {
            let before = at.checked_sub(1).and_then(|before| self.tokens.list.get(before));
            let opens = before.is_none_or(|token| token.used);
            match self.tokens.phrase_at(at, &greetings).filter(|_| opens) {
                Some(length) => {
                    self.tokens.claim(at, length);
                    self.signs.greets = true;
                    at += length;
                }
                None => at += 1,
            }
        }
    }

    /// A person, silence, or something that no search answers.
    fn read_calls(&mut self) {
        self.signs.service = self.take(|lexicon| lexicon.service);
        let surely = self.take(|lexicon| lexicon.stop_surely);
        self.signs.stops = surely || self.only(|lexicon| lexicon.stop);
        self.signs.person =
            self.only(|lexicon| lexicon.person) || person::is_called(&mut self.tokens, &self.voice);
    }

    /// "the sold out poster", "the sale box": words of the trade inside a name.
    fn keep_names(&mut self) {
        let mut phrases = self.voice.words(|lexicon| lexicon.stock);
        phrases.extend(self.voice.words(|lexicon| lexicon.promotions));
        for at in 1..self.tokens.list.len() {
            let article =
                self.tokens.folded(at - 1).is_some_and(|word| matches!(word, "the" | "der" | "die" | "das"));
            let Some(length) = self.tokens.phrase_at(at, &phrases).filter(|_| article) else { continue };
            let next = self.tokens.list.get(at + length).filter(|token| token.is_open());
            if next.is_some_and(|token| !self.voice.has(&token.folded, |lexicon| lexicon.filler)) {
                self.tokens.keep(at, length);
            }
        }
    }

    fn read_questions(&mut self) {
        self.keep_names();
        self.signs.everything = self.anchor(|lexicon| lexicon.everything);
        self.without = exclusions::take(&mut self.tokens, &self.voice);
        if !self.anchor(|lexicon| lexicon.not_promotions) {
            self.signs.promotions = self.anchor(|lexicon| lexicon.promotions);
        }
        self.signs.cart = self.anchor(|lexicon| lexicon.cart);
        self.signs.details = self.anchor(|lexicon| lexicon.details);
        // Longer phrases first: "not too expensive" asks for cheap goods, "too expensive" for cheaper ones.
        let cheap = self.anchor_phrases(|lexicon| lexicon.cheap);
        self.signs.cheaper = self.anchor(|lexicon| lexicon.cheaper);
        self.signs.dearer = self.anchor(|lexicon| lexicon.dearer);
        if cheap | self.anchor(|lexicon| lexicon.cheap) {
            self.order = Order::CheapestFirst;
        } else if self.anchor(|lexicon| lexicon.dear) {
            self.order = Order::DearestFirst;
        }
        self.place = refer::take_place(&mut self.tokens, &self.voice, self.memory);
        self.signs.similar = self.anchor(|lexicon| lexicon.similar);
        self.signs.price = self.anchor(|lexicon| lexicon.price);
        self.signs.stock = choice::is_asked(&self.tokens, &self.voice, self.place.is_some())
            | self.anchor(|lexicon| lexicon.stock);
        self.signs.more = self.anchor(|lexicon| lexicon.more);
        self.signs.assents = self.only(|lexicon| lexicon.assent);
        let it = self.voice.words(|lexicon| lexicon.it);
        self.signs.it = self.tokens.find(&it).is_some();
    }

    /// Claims every phrase of a table.
    fn take(&mut self, of: impl Fn(&Lexicon) -> Phrases) -> bool {
        self.tokens.take(&self.voice.words(of))
    }

    /// Claims every phrase of a table and remembers where it stood.
    fn anchor(&mut self, of: impl Fn(&Lexicon) -> Phrases) -> bool {
        self.anchor_all(&self.voice.words(of))
    }

    /// The same for its phrases of several words.
    fn anchor_phrases(&mut self, of: impl Fn(&Lexicon) -> Phrases) -> bool {
        let phrases: Vec<&str> =
            self.voice.words(of).into_iter().filter(|phrase| phrase.contains(' ')).collect();
        self.anchor_all(&phrases)
    }

    fn anchor_all(&mut self, phrases: &[&str]) -> bool {
        let before = self.anchors.len();
        while let Some((at, length)) = self.tokens.find(phrases) {
            self.tokens.claim(at, length.max(1));
            self.anchors.push(at);
        }
        self.anchors.len() > before
    }

    /// Claims the phrases of a table if nothing else worth searching for is left.
    fn only(&mut self, of: impl Fn(&Lexicon) -> Phrases) -> bool {
        let mut rest = self.tokens.clone();
        if !rest.take(&self.voice.words(of)) {
            return false;
        }
        let bare = words::sought(&rest, &[], &self.voice).words.is_empty();
        if bare {
            self.tokens = rest;
        }
        bare
    }

    /// What it all means.
    pub(crate) fn request(self) -> Request {
        let sought = words::sought(&self.tokens, &self.anchors, &self.voice);
        let intent = self.intent(&sought);
        let mut out = Request {
            language: self.voice.language,
            greets: self.signs.greets,
            thanks: self.signs.thanks,
            intent,
            wanted: Wanted::default(),
            refers_back: false,
            foreign_limit: self.limits.foreign,
        };
        if !matches!(intent, Intent::Chat | Intent::Person | Intent::Stop | Intent::Unclear) {
            self.fill(&mut out, sought.words);
        }
        out
    }

    fn intent(&self, sought: &Sought) -> Intent {
        let signs = &self.signs;
        let named = !sought.words.is_empty();
        let priced = self.limits != Limits::default() || !self.without.is_empty() || self.order != Order::Fit;
        if signs.stops {
            Intent::Stop
        } else if signs.person {
            Intent::Person
        } else if signs.service && !sought.asks {
            Intent::Unclear
        } else if signs.promotions {
            Intent::Promotions
        } else if signs.cart && (named || signs.it || self.place.is_some() || self.talks()) {
            Intent::Cart
        } else if signs.cheaper {
            Intent::Cheaper
        } else if signs.dearer {
            Intent::Dearer
        } else if signs.details {
            Intent::Details
        } else if signs.similar || (self.place.is_some() && self.likes()) {
            Intent::Similar
        } else if signs.price && (named || signs.it || self.place.is_some() || !self.memory.shown.is_empty())
        {
            Intent::Price
        } else if signs.stock && (named || signs.it || self.place.is_some() || self.memory.about.is_some()) {
            Intent::Stock
        } else if self.place.is_some() {
            Intent::Details
        } else if signs.more && !named {
            Intent::More
        } else if sought.asks && signs.it && !named && !priced && self.talks() {
            Intent::Details
        } else if named || priced || signs.everything {
            Intent::Find
        } else if signs.price || signs.stock {
            if signs.price { Intent::Price } else { Intent::Stock }
        } else if signs.greets || signs.thanks || signs.assents || self.tokens.pictures {
            Intent::Chat
        } else if sought.asks {
            Intent::Find
        } else {
            Intent::Unclear
        }
    }

    /// There is something "it" may be.
    fn talks(&self) -> bool {
        self.memory.about.is_some() || !self.memory.shown.is_empty()
    }

    /// "like the second one".
    fn likes(&self) -> bool {
        self.tokens
            .list
            .iter()
            .any(|token| matches!(token.folded.as_str(), "like" | "wie" | "como" | "comme"))
    }

    /// Puts words, limits and what the talk was about together.
    fn fill(&self, request: &mut Request, words: String) {
        let intent = request.intent;
        let memory = self.memory;
        let searches = !matches!(intent, Intent::Price | Intent::Stock | Intent::Details | Intent::Cart);
        let wanted = &mut request.wanted;
        wanted.at_most =
            self.limits.at_most.or(self.limits.bare.filter(|_| searches && self.limits.at_least.is_none()));
        wanted.at_least = self.limits.at_least;
        wanted.without.clone_from(&self.without);
        wanted.order = self.order;
        wanted.words = words;
        let unnamed = wanted.words.is_empty();
        let follows = matches!(intent, Intent::Cheaper | Intent::Dearer | Intent::Similar | Intent::More);
        let points = self.place.or_else(|| {
            let about = self.signs.it && (unnamed || intent == Intent::Stock) && (follows || !searches);
            (about || (unnamed && (!searches || self.signs.similar))).then(|| refer::pointed(memory))
        });
        if let Some(reference) = points {
            request.refers_back = true;
            wanted.like = reference.product;
        }
        if follows {
            request.refers_back |= unnamed;
            wanted.except.clone_from(&memory.shown);
            if unnamed && intent != Intent::Similar {
                wanted.words.clone_from(&memory.words);
            }
            if unnamed && intent == Intent::More {
                wanted.at_most = wanted.at_most.or(memory.at_most);
                wanted.at_least = wanted.at_least.or(memory.at_least);
            }
        }
        if intent == Intent::Find && !self.signs.everything && !memory.words.is_empty() {
            self.refine(request);
        }
    }

    /// "under 40?", "in blue?", "no leather": the search before, narrowed.
    fn refine(&self, request: &mut Request) {
        let memory = self.memory;
        let wanted = &mut request.wanted;
        let own: Vec<&str> = wanted.words.split(' ').filter(|word| !word.is_empty()).collect();
        let is_choice = |word: &str| {
            self.voice.has(word, |lexicon| lexicon.colours) || self.voice.has(word, |lexicon| lexicon.sizes)
        };
        if !own.iter().all(|word| is_choice(word)) {
            return;
        }
        let kept = memory.words.split(' ').filter(|word| own.is_empty() || !is_choice(word));
        let joined: Vec<&str> = own.iter().copied().chain(kept).collect();
        let limited = wanted.at_most.is_some() || wanted.at_least.is_some();
        let joined = joined.join(" ");
        if !limited {
            wanted.at_most = memory.at_most;
            wanted.at_least = memory.at_least;
        }
        wanted.words = joined;
        request.refers_back = true;
    }
}
