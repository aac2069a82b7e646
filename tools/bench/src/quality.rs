//! Relevance on a labelled product set: writes one run file per query set and prints NDCG@10.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;

use anyhow::{Context, Result};
use flate2::read::GzDecoder;
use serde_json::Value;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::conversation::Memory;
use shopclerk_domain::ids::{ProductId, VariantId};
use shopclerk_domain::money::{Currency, Money};
use shopclerk_domain::product::{Product, ProductStatus, Stock, Variant};
use shopclerk_search::index::Index;
use shopclerk_search::understand::understand;

/// The query sets: name, queries, labels.
const SETS: [(&str, &str, &str); 3] = [
    ("keywords", "queries_dev.tsv", "labels_dev.tsv"),
    ("chat", "chat_queries_dev.tsv", "chat_labels_dev.tsv"),
    ("known", "known_dev.tsv", "known_labels_dev.tsv"),
];

const CUT: usize = 10;

/// Grades per product, per query.
type Labels = HashMap<String, HashMap<u64, u32>>;

/// Indexes the products, answers every query and prints the figures.
#[expect(clippy::print_stdout, reason = "a bench speaks on the terminal")]
pub(crate) fn run(data: &Path, out: &Path, show: Option<&str>) -> Result<()> {
    let source = data.join("products.jsonl.gz");
    if !source.exists() {
        println!("search-quality: skipped, there is no {}", source.display());
        return Ok(());
    }
    fs::create_dir_all(out)?;
    let folder = tempfile::tempdir()?;
    let lines = BufReader::new(GzDecoder::new(File::open(&source)?)).lines();
    let mut products = lines.map_while(Result::ok).filter_map(|line| product(&line));
    let index = Index::rebuild(&folder.path().join("index"), &mut products, 1)?;
    println!("{} products", index.len());
    for (name, queries, labels) in SETS {
        let labels = labels_of(&data.join(labels))?;
        let mut figures = Figures::default();
        let mut run = File::create(out.join(format!("{name}.tsv")))?;
        for (id, text) in queries_of(&data.join(queries))? {
            let request = understand(&text, &Memory::default(), Currency::USD);
            let hits = index.find(&request.wanted, CUT)?;
            let found: Vec<u64> = hits.hits.iter().map(|hit| hit.product.number()).collect();
            for (rank, product) in found.iter().enumerate() {
                writeln!(run, "{id}\t{product}\t{}", rank + 1)?;
            }
            let grades = labels.get(&id);
            let gain = grades.map_or(0.0, |grades| figures.add(&found, grades));
            if show == Some(name) {
                let fits = hits.fitting;
                println!("{id}\t{gain:.3}\t{text}\n\t{:?} {:?} fits {fits}", request.intent, request.wanted);
            }
        }
        println!("{name}: {figures}");
    }
    println!("run files in {}", out.display());
    Ok(())
}

/// Sums over the queries of a set.
#[derive(Default)]
struct Figures {
    gain: f64,
    answerable: u32,
    judged: u32,
    returned: u32,
    unanswerable: u32,
    abstained: u32,
}

impl Figures {
    fn add(&mut self, found: &[u64], grades: &HashMap<u64, u32>) -> f64 {
        let best = grades.values().max().copied().unwrap_or(0);
        if best == 0 {
            self.unanswerable += 1;
            self.abstained += u32::from(found.is_empty());
        }
        if best < 2 {
            return 0.0;
        }
        let mut ideal: Vec<u32> = grades.values().copied().collect();
        ideal.sort_by_key(|grade| std::cmp::Reverse(*grade));
        let seen: Vec<u32> = found.iter().map(|product| grades.get(product).copied().unwrap_or(0)).collect();
        for product in found {
            self.returned += 1;
            self.judged += u32::from(grades.contains_key(product));
        }
        let gain = (discounted(&seen) / discounted(&ideal)).max(0.0);
        self.gain += gain;
        self.answerable += 1;
        gain
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ndcg = self.gain / f64::from(self.answerable.max(1));
        let judged = f64::from(self.judged) / f64::from(self.returned.max(1));
        write!(out, "NDCG@{CUT} {ndcg:.4} over {} queries, judged@{CUT} {judged:.3}, ", self.answerable)?;
        write!(out, "abstained {} of {} without an answer", self.abstained, self.unanswerable)
    }
}

fn discounted(grades: &[u32]) -> f64 {
    let gains = grades.iter().take(CUT).zip(2_u32..);
    gains.map(|(grade, rank)| f64::from((1_u32 << grade) - 1) / f64::from(rank).log2()).sum()
}

/// First and last column: the id and the text; the columns between tell how labels were made.
fn queries_of(path: &Path) -> Result<Vec<(String, String)>> {
    let lines = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let rows = lines.lines().skip(1).filter_map(|line| {
        let (id, rest) = line.split_once('\t')?;
        Some((id.to_owned(), rest.rsplit('\t').next()?.to_owned()))
    });
    Ok(rows.collect())
}

fn labels_of(path: &Path) -> Result<Labels> {
    let lines = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut out = Labels::new();
    for line in lines.lines().skip(1) {
        let mut columns = line.split('\t');
        if let (Some(query), Some(product), Some(grade)) = (columns.next(), columns.next(), columns.next()) {
            out.entry(query.to_owned()).or_default().insert(product.parse()?, grade.parse()?);
        }
    }
    Ok(out)
}

/// A line of the set as a product; `None` for one that cannot be read.
fn product(line: &str) -> Option<Product> {
    let row: Value = serde_json::from_str(line).ok()?;
    let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let number: u64 = row.get("id")?.as_str()?.parse().ok()?;
    let attributes = row.get("attrs").and_then(Value::as_object);
    let facts = attributes
        .into_iter()
        .flatten()
        .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
    let (kinds, facts): (Vec<_>, Vec<_>) = facts.partition(|(key, _)| key == "product_type");
    let variant = Variant {
        id: VariantId::new(number),
        stock_item: number,
        options: Vec::new(),
        sku: String::new(),
        price: Money::new(row.get("price_cents")?.as_i64()?, Currency::USD),
        compare_at: None,
        stock: Stock { for_sale: true, counted: false, quantity: 0, oversell: false },
        image: None,
    };
    Some(Product {
        id: ProductId::new(number),
        handle: number.to_string(),
        title: text("title"),
        vendor: text("brand"),
        product_type: kinds.into_iter().next().map(|(_, value)| value).unwrap_or_default(),
        tags: Vec::new(),
        description: text("description"),
        status: ProductStatus::Active,
        url: Some(format!("https://shop.example/products/{number}")),
        image: None,
        options: Vec::new(),
        collections: Vec::new(),
        in_collections: Vec::new(),
        facts,
        gift_card: false,
        subscription_only: false,
        updated_at: Timestamp::from_millis(0),
        variants: vec![variant],
    })
}
