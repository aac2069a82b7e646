//! What shoppers find, told over the public interface of the index.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a broken story should stop loudly")]

use std::fs;
use std::path::PathBuf;

use proptest::prelude::*;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::ports::{Order, Wanted};
use shopclerk_domain::product::{Product, ProductStatus, Stock, Variant};
use shopclerk_search::index::{Hits, Index};
use tempfile::TempDir;

fn usd(minor: i64) -> Money {
    Money::new(minor, Currency::USD)
}

fn product(id: u64, title: &str, kind: &str, price: i64) -> Product {
    Product {
        id: ProductId::new(id),
        handle: format!("p{id}"),
        title: title.to_owned(),
        vendor: "Nordlys".to_owned(),
        product_type: kind.to_owned(),
        tags: Vec::new(),
        description: String::new(),
        status: ProductStatus::Active,
        url: Some(format!("https://nordlys.example/products/p{id}")),
        image: None,
        options: Vec::new(),
        collections: Vec::new(),
        in_collections: Vec::new(),
        facts: Vec::new(),
        gift_card: false,
        subscription_only: false,
        updated_at: Timestamp::from_millis(0),
        variants: vec![variant(id, &[], price)],
    }
}

fn variant(id: u64, options: &[&str], price: i64) -> Variant {
    Variant {
        id: VariantId::new(id),
        stock_item: id,
        options: options.iter().map(|value| (*value).to_owned()).collect(),
        sku: String::new(),
        price: usd(price),
        compare_at: None,
        stock: Stock { for_sale: true, counted: true, quantity: 3, oversell: false },
        image: None,
    }
}

/// A small shop.
fn goods() -> Vec<Product> {
    let mut candle = product(1, "Winter Amber candle", "Candle", 2_490);
    candle.tags = vec!["warm".to_owned(), "gift".to_owned(), "mother".to_owned()];
    candle.description = "A warm, cosy scent of amber and vanilla. Soy wax with a cotton wick.".into();
    let mut throw = product(2, "Fjord wool throw", "Throw", 8_900);
    throw.description = "Woven from the wool of island sheep.".into();
    let mut shirt = product(3, "Tormod Overshirt", "Shirt", 9_800);
    shirt.options = vec!["Colour".to_owned(), "Size".to_owned()];
    shirt.variants = vec![
        variant(30, &["Blue", "M"], 9_800),
        variant(31, &["Blue", "L"], 9_800),
        variant(32, &["Red", "M"], 9_800),
    ];
    let mut bag = product(4, "Fellside laptop bag", "Bag", 12_900);
    bag.facts = vec![("material".to_owned(), "full-grain leather".to_owned())];
    let mut tote = product(5, "Market bag", "Bag", 1_900);
    tote.facts = vec![("material".to_owned(), "organic cotton, leather-free".to_owned())];
    let mut board = product(6, "Stormvind Powder Nose snowboard", "Snowboard", 49_900);
    board.vendor = "Halden".into();
    let mut other_board = product(7, "Fjellrev Twin snowboard", "Snowboard", 44_900);
    other_board.vendor = "Torvik".into();
    let mut refill = product(8, "Refill K4417B black", "Refill", 6_900);
    refill.variants[0].sku = "KV-3180".into();
    let creme = product(9, "Crème Brûlée torch", "Kitchen", 3_900);
    let shoes = product(10, "防水トレッキング靴", "靴", 15_900);
    let laptop = product(11, "Aster 14 laptop", "Laptop", 79_900);
    vec![candle, throw, shirt, bag, tote, board, other_board, refill, creme, shoes, laptop]
}

struct Shop {
    index: Index,
    folder: TempDir,
}

impl Shop {
    fn open() -> Self {
        Self::of(&goods())
    }

    fn of(goods: &[Product]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(&folder.path().join("index")).unwrap();
        index.apply(goods, &[], 7).unwrap();
        Self { index, folder }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("index")
    }

    fn find(&self, wanted: &Wanted) -> Hits {
        self.index.find(wanted, 10).unwrap()
    }

    /// The products that fit, best first.
    fn fitting(&self, wanted: &Wanted) -> Vec<u64> {
        let hits = self.find(wanted);
        let fitting = hits.hits.iter().filter(|hit| hit.fit.fits).map(|hit| hit.product.number());
        let fitting: Vec<u64> = fitting.collect();
        assert_eq!(fitting.len(), hits.fitting);
        fitting
    }

    fn check(&self, words: &str, expected: &[u64]) {
        assert_eq!(self.fitting(&asked(words)), expected, "{words}");
    }
}

fn asked(words: &str) -> Wanted {
    Wanted { words: words.to_owned(), ..Wanted::default() }
}

#[test]
fn shoppers_find_what_they_name() {
    let shop = Shop::open();

    shop.check("winter amber candle", &[1]);
    shop.check("warm gift mother", &[1]);
    shop.check("Tormod overshirt blue", &[3]);
    shop.check("snowboards", &[7, 6]);
    shop.check("snowbord", &[7, 6]);
    shop.check("wintr amber candel", &[1]);
    shop.check("creme brulee", &[9]);
    shop.check("crème brûlée torches", &[9]);
    shop.check("靴", &[10]);
    shop.check("k-4417b", &[8]);
    shop.check("k 4417b refill", &[8]);
    shop.check("kv3180", &[8]);
    shop.check("KV-3180", &[8]);
    shop.check("blanket", &[2]);
    shop.check("mum present", &[1]);
}

/// Few products make every word common: that must not make it count for nothing.
#[test]
fn a_thing_is_found_by_its_name_however_few_there_are() {
    let titles = ["Fjell tent", "Granite stove", "Trail rope", "Fjell rope", "Moss tent"];
    let goods: Vec<Product> = (1..).zip(titles).map(|(id, title)| product(id, title, "", 10_000)).collect();

    for count in 1..=goods.len() {
        let some = &goods[..count];
        let shop = Shop::of(some);
        for wanted in some {
            let kind = wanted.title.split(' ').next_back().unwrap();
            let named = shop.fitting(&asked(&wanted.title));
            assert_eq!(named.first(), Some(&wanted.id.number()), "{} among {count}", wanted.title);
            let alike = some.iter().filter(|one| one.title.ends_with(kind)).count();
            assert_eq!(shop.fitting(&asked(kind)).len(), alike, "{kind} among {count}");
        }
        assert_eq!(shop.fitting(&asked("umbrella")), [0; 0]);
    }
}

#[test]
fn the_thing_itself_comes_before_what_belongs_to_it() {
    let shop = Shop::open();

    let hits = shop.find(&asked("laptop"));

    assert_eq!(hits.hits[0].product, ProductId::new(11));
    assert_eq!(hits.hits[1].product, ProductId::new(4));
}

#[test]
fn what_is_only_near_is_told_apart_from_what_fits() {
    let shop = Shop::open();

    let hits = shop.find(&asked("leather sofa"));
    assert_eq!(hits.fitting, 0);
    assert!(hits.hits.iter().all(|hit| !hit.fit.fits));

    shop.check("chainsaw", &[]);
    assert!(shop.find(&asked("zzyzx qwop")).hits.is_empty());
}

#[test]
fn a_title_named_whole_is_marked() {
    let shop = Shop::open();
    let exact = |words: &str| shop.find(&asked(words)).hits.first().is_some_and(|hit| hit.fit.exact_title);

    assert!(exact("winter amber candle"));
    assert!(exact("the Tormod Overshirt in blue"));
    assert!(!exact("amber candle"));
}

#[test]
fn limits_exclusions_and_order_are_kept() {
    let shop = Shop::open();
    let with = |change: fn(&mut Wanted), words: &str| {
        let mut wanted = asked(words);
        change(&mut wanted);
        shop.fitting(&wanted)
    };

    assert_eq!(with(|wanted| wanted.at_most = Some(usd(4_000)), ""), [1, 5, 9]);
    assert_eq!(with(|wanted| wanted.at_least = Some(usd(45_000)), "snowboard"), [6]);
    assert_eq!(with(|wanted| wanted.without = vec!["halden".to_owned()], "snowboard"), [7]);
    assert_eq!(with(|wanted| wanted.without = vec!["leather".to_owned()], "bag"), [5]);
    assert_eq!(with(|wanted| wanted.without = vec!["red".to_owned()], "overshirt"), [3]);
    assert_eq!(with(|wanted| wanted.except = vec![ProductId::new(6)], "snowboard"), [7]);
    assert_eq!(with(|wanted| wanted.order = Order::CheapestFirst, "snowboard"), [7, 6]);
    assert_eq!(with(|wanted| wanted.order = Order::DearestFirst, "snowboard"), [6, 7]);
    assert_eq!(with(|wanted| wanted.like = Some(ProductId::new(6)), ""), [7]);
    assert_eq!(with(|wanted| wanted.like = Some(ProductId::new(99)), ""), [0_u64; 0]);
}

#[test]
fn what_is_for_the_thing_does_not_pass_for_it_under_a_limit() {
    let shop = Shop::open();
    let mut boots = product(20, "Brekke boots", "Snowboard Boots", 16_900);
    boots.tags = vec!["snowboard".to_owned()];
    shop.index.apply(&[boots], &[], 8).unwrap();

    let cheapest = Wanted { order: Order::CheapestFirst, ..asked("snowboard") };
    let cheap = Wanted { at_most: Some(usd(20_000)), ..asked("snowboards") };

    assert_eq!(shop.fitting(&cheapest), [7, 6]);
    assert_eq!(shop.fitting(&cheap), [0_u64; 0]);
    assert_eq!(shop.find(&cheap).hits[0].product, ProductId::new(20));
    shop.check("snowboard boots", &[20]);
}

#[test]
fn a_gift_may_be_anything_where_nothing_is_called_one() {
    let shop = Shop::open();
    shop.index.apply(&[], &[ProductId::new(1)], 8).unwrap();

    let gifts = Wanted { at_most: Some(usd(5_000)), ..asked("gift mother") };

    assert_eq!(shop.fitting(&gifts), [5, 9]);
}

#[test]
fn what_a_long_text_mentions_once_is_only_near() {
    let shop = Shop::open();
    let mut goggles = product(21, "Klarsyn", "Goggles", 3_500);
    let words =
        "Clear sight in flat light on long days out in the snow and the wind with your friends or all alone";
    goggles.description = format!("{words}. Fits under most helmets. {words}.");
    shop.index.apply(&[goggles], &[], 8).unwrap();

    let hits = shop.find(&asked("helmet"));

    assert_eq!((hits.fitting, hits.hits[0].product), (0, ProductId::new(21)));
}

#[test]
fn everything_is_found_when_nothing_is_named() {
    let shop = Shop::open();

    let hits = shop.index.find(&Wanted::default(), 3).unwrap();

    assert_eq!(hits.fitting, 11);
    assert_eq!(hits.hits.iter().map(|hit| hit.product.number()).collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn changed_and_withdrawn_products_are_followed() {
    let shop = Shop::open();
    let mut goods = goods();
    goods[0].title = "Winter Pine candle".into();
    goods[1].status = ProductStatus::Draft;

    shop.index.apply(&goods[..2], &[ProductId::new(7)], 8).unwrap();

    shop.check("pine candle", &[1]);
    shop.check("throw", &[]);
    shop.check("snowboard", &[6]);
    assert_eq!((shop.index.len(), shop.index.position()), (9, 8));
}

#[test]
fn the_same_product_twice_in_one_change_counts_once() {
    let shop = Shop::open();
    let candle = goods().remove(0);
    let mut renamed = candle.clone();
    renamed.title = "Summer Linden candle".into();

    shop.index.apply(&[candle, renamed], &[], 8).unwrap();

    shop.check("linden candle", &[1]);
    assert_eq!(shop.index.len(), 11);
}

#[test]
fn a_reopened_index_knows_where_it_stands() {
    let shop = Shop::open();
    let path = shop.path();
    drop(shop.index);

    let index = Index::open(&path).unwrap();

    assert_eq!((index.position(), index.len()), (7, 11));
    assert_eq!(index.find(&asked("amber candle"), 1).unwrap().fitting, 1);
}

#[test]
fn a_torn_or_foreign_folder_starts_anew() {
    let shop = Shop::open();
    let path = shop.path();
    drop(shop.index);
    let largest = fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path());
    let largest = largest.filter(|file| file.extension().is_some_and(|end| end != "json" && end != "lock"));
    let largest = largest.max_by_key(|file| fs::metadata(file).unwrap().len()).unwrap();
    let mut bytes = fs::read(&largest).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0xff;
    fs::write(&largest, bytes).unwrap();

    let index = Index::open(&path).unwrap();
    assert_eq!((index.position(), index.len()), (0, 0));
    index.apply(&goods(), &[], 9).unwrap();
    assert_eq!((index.position(), index.len()), (9, 11));
    drop(index);

    fs::write(path.join("meta.json"), "{}").unwrap();
    assert_eq!(Index::open(&path).unwrap().position(), 0);

    let file = shop.folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    assert_eq!(Index::open(&file).unwrap().position(), 0);
}

#[test]
fn a_rebuild_replaces_what_was_there() {
    let shop = Shop::open();
    let path = shop.path();
    let mut goods = goods();
    goods.truncate(2);

    let index = Index::rebuild(&path, &mut goods.into_iter(), 42).unwrap();

    assert_eq!((index.position(), index.len()), (42, 2));
    drop(index);
    assert_eq!(Index::open(&path).unwrap().position(), 42);
    assert_eq!(fs::read_dir(shop.folder.path()).unwrap().count(), 1);
}

#[test]
fn searching_goes_on_while_the_catalogue_changes() {
    let shop = Shop::open();

    std::thread::scope(|scope| {
        for turn in 0..3_u64 {
            scope.spawn({
                let index = &shop.index;
                move || index.apply(&goods(), &[], 10 + turn).unwrap()
            });
        }
        for _ in 0..20 {
            assert_eq!(shop.index.find(&asked("amber candle"), 5).unwrap().fitting, 1);
        }
    });

    assert_eq!(shop.index.len(), 11);
}

#[test]
fn hostile_products_are_indexed_and_found() {
    let shop = Shop::open();
    let mut hostile = product(50, &"a\u{202e}-".repeat(20_000), "red ( AND size:", 100);
    hostile.description = "z".repeat(200_000);
    hostile.tags = vec![String::new(), "\0".to_owned(), "tag".repeat(5_000)];
    hostile.variants = (0..2_000).map(|at| variant(at, &["x"], i64::MAX)).collect();
    let mut named = product(51, "Lantern \u{1f3ee} \u{200b}\u{feff}", "", 100);
    named.variants[0].sku = "--//..''".into();

    shop.index.apply(&[hostile, named], &[], 8).unwrap();

    shop.check("lantern", &[51]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_question_breaks_it(words in ".{0,200}", without in proptest::collection::vec(".{0,20}", 0..4), cap in any::<i64>()) {
        thread_local!(static SHOP: Shop = Shop::open());
        SHOP.with(|shop| {
            let wanted = Wanted { words, without, at_most: Some(usd(cap)), ..Wanted::default() };
            let (first, again) = (shop.find(&wanted), shop.find(&wanted));
            assert_eq!(first, again);
            assert!(first.hits.len() <= 10);
        });
    }
}
