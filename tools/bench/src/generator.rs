//! A seeded catalogue and the questions shoppers might put to it: the same seed makes the same ones.

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::Wanted;
use shopclerk_domain::product::{Product, ProductStatus, Stock, Variant};
use shopclerk_search::understand::understand;

const KINDS: &[&str] = &[
    "candle",
    "throw",
    "blanket",
    "scarf",
    "beanie",
    "mug",
    "bowl",
    "vase",
    "lamp",
    "lantern",
    "cushion",
    "rug",
    "chair",
    "stool",
    "shelf",
    "mirror",
    "clock",
    "kettle",
    "teapot",
    "jug",
    "plate",
    "tray",
    "basket",
    "apron",
    "towel",
    "soap",
    "lotion",
    "perfume",
    "bracelet",
    "necklace",
    "ring",
    "earrings",
    "wallet",
    "belt",
    "backpack",
    "handbag",
    "suitcase",
    "umbrella",
    "jacket",
    "coat",
    "sweater",
    "cardigan",
    "shirt",
    "dress",
    "skirt",
    "trousers",
    "socks",
    "gloves",
    "boots",
    "sandals",
    "sneakers",
    "snowboard",
    "skis",
    "helmet",
    "goggles",
    "tent",
    "lamp shade",
    "puzzle",
    "notebook",
    "pen",
    "poster",
    "calendar",
    "chocolate",
    "tea",
    "coffee",
    "granola",
    "honey",
    "jam",
    "spice mix",
    "planter",
];
const MATERIALS: &[&str] = &[
    "wool", "cotton", "linen", "leather", "oak", "birch", "brass", "steel", "glass", "ceramic", "bamboo",
    "felt", "silk", "cork", "marble", "copper", "cashmere", "denim", "beeswax", "soy wax",
];
const LOOKS: &[&str] = &[
    "warm",
    "soft",
    "striped",
    "plain",
    "hand-made",
    "vintage",
    "rustic",
    "slim",
    "heavy",
    "woven",
    "knitted",
    "painted",
    "scented",
    "foldable",
    "waterproof",
    "classic",
    "Nordic",
    "tiny",
    "wide",
    "quilted",
];
const COLOURS: &[&str] =
    &["red", "blue", "green", "black", "white", "grey", "yellow", "pink", "beige", "navy"];
const SIZES: &[&str] = &["S", "M", "L", "XL"];
const PEOPLE: &[&str] =
    &["mother", "dad", "sister", "grandma", "best friend", "boss", "girlfriend", "nephew"];
const SOUNDS: &[&str] = &[
    "ka", "lo", "mi", "ran", "ter", "sol", "vin", "bri", "dal", "fe", "gor", "hal", "jun", "kel", "lum",
    "nor", "ost", "pra", "que", "rim", "sta", "tov", "ul", "vas", "wen", "yar", "zel", "bro",
];

/// A small generator of chance (splitmix64): benches need speed and sameness, not secrecy.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// Small numbers far oftener than large ones, as words are used.
    fn often_small(&mut self, bound: u64) -> u64 {
        let (one, two) = (self.below(bound), self.below(bound));
        self.below(one.min(two) + 1)
    }

    /// One of these.
    pub(crate) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        let at = usize::try_from(self.below(from.len() as u64)).unwrap_or(0);
        from.get(at).copied().unwrap_or("")
    }
}

/// The `number`th of some 20,000 invented words.
fn word(number: u64) -> String {
    let sound = |at: u64| {
        let at = usize::try_from(at % SOUNDS.len() as u64).unwrap_or(0);
        SOUNDS.get(at).copied().unwrap_or("")
    };
    let count = SOUNDS.len() as u64;
    [sound(number), sound(number / count + number), sound(number / count / count + 3 * number)].concat()
}

/// Product `number` of the catalogue of this seed.
pub(crate) fn product(number: u64, seed: u64) -> Product {
    let mut chance = Chance::new(seed ^ number.wrapping_mul(0xd134_2543_de82_ef95));
    let (kind, material, look) = (chance.pick(KINDS), chance.pick(MATERIALS), chance.pick(LOOKS));
    let line = word(chance.below(4_000));
    let words: Vec<String> = (0..40 + chance.below(60)).map(|_| word(chance.often_small(20_000))).collect();
    let description =
        format!("A {look} {kind} of {material}, made for a {}. {}.", chance.pick(PEOPLE), words.join(" "));
    let price = 500 + i64::try_from(chance.below(20_000)).unwrap_or(0);
    let sized = chance.below(2) == 0;
    let count = 1 + chance.below(4);
    let mut variants = Vec::new();
    for at in 0..count {
        let mut values = vec![chance.pick(COLOURS).to_owned()];
        if sized {
            values.push(chance.pick(SIZES).to_owned());
        }
        variants.push(Variant {
            id: VariantId::new(number * 10 + at),
            stock_item: number * 10 + at,
            options: values,
            sku: format!("{}-{number:05}-{at}", &line.chars().take(2).collect::<String>().to_uppercase()),
            price: Money::new(price, Currency::USD),
            compare_at: None,
            stock: Stock { for_sale: true, counted: true, quantity: 5, oversell: false },
            image: None,
        });
    }
    Product {
        id: ProductId::new(number),
        handle: format!("product-{number}"),
        title: format!("{line} {look} {material} {kind}"),
        vendor: word(chance.below(60)),
        product_type: kind.to_owned(),
        tags: vec![material.to_owned(), look.to_owned(), chance.pick(PEOPLE).to_owned()],
        status: ProductStatus::Active,
        url: Some(format!("https://shop.example/products/{number}")),
        image: None,
        options: if sized { vec!["Colour".to_owned(), "Size".to_owned()] } else { vec!["Colour".to_owned()] },
        collections: vec![format!("{} season", chance.pick(LOOKS))],
        in_collections: Vec::new(),
        facts: vec![
            ("material".to_owned(), material.to_owned()),
            ("care".to_owned(), word(chance.below(900))),
        ],
        gift_card: false,
        subscription_only: false,
        updated_at: Timestamp::from_millis(0),
        variants,
        description,
    }
}

/// Question `number`: words, chat, codes, slips of the finger, limits, exclusions, likeness and nonsense in turn.
pub(crate) fn question(number: u64, products: u64, seed: u64) -> (String, Memory) {
    let mut chance = Chance::new(seed ^ (number << 20) ^ 0x51ed);
    let about = product(chance.below(products), seed);
    let (kind, material, look) = (chance.pick(KINDS), chance.pick(MATERIALS), chance.pick(LOOKS));
    let (colour, person, price) = (chance.pick(COLOURS), chance.pick(PEOPLE), 10 + chance.below(150));
    let sku = about.variants.first().map(|variant| variant.sku.clone()).unwrap_or_default();
    let slip = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        let end = letters.len();
        if end > 4 {
            letters.swap(end - 2, end - 3);
        }
        letters.into_iter().collect::<String>()
    };
    let mut memory = Memory::default();
    let text = match number % 12 {
        0 => kind.to_owned(),
        1 => format!("{look} {material} {kind}"),
        2 => format!("do you have a {look} gift for my {person} under {price} dollars?"),
        3 => format!("Hi there! my old {kind} broke, looking for a {colour} {kind}, max ${price}. thanks!"),
        4 => about.title,
        5 => format!("is the {} in stock?", slip(&about.title)),
        6 => format!("looking for {sku} pls"),
        7 => format!("{} {}", slip(material), slip(kind)),
        8 => format!("a {kind} without {material}, not from {}", about.vendor),
        9 => format!("cheapest {colour} {kind} between {price} and {}", price + 60),
        10 => {
            memory.shown = vec![about.id];
            "something similar but in wool".to_owned()
        }
        _ => format!("zzyx {} blorft {kind} qwpo", word(number * 7 + 19_000)),
    };
    (text, memory)
}

/// What a question asks for.
pub(crate) fn wanted(text: &str, memory: &Memory) -> Wanted {
    understand(text, memory, Currency::USD).wanted
}
