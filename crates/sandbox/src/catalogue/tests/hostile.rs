//! Files made to break a reader: each is answered with a report or an error, in bounded time and memory.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::super::load;
use super::{check_refused, findings, load_bytes, options, words};

const HEAD: &str = "Handle,Title,Body (HTML),Tags,Variant Price\n";

#[test]
fn a_cell_of_ten_megabytes_is_cut_or_left_out() {
    let (longest, long) = ("ä".repeat(5 * 1024 * 1024), "ä".repeat(600 * 1024));
    let text = format!("{HEAD}a,A,{longest},x,1\nb,B,,{long},2\nc,C,,,{long}\nd,{long},,,4\ne,E,,,5\n");
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();

    assert_eq!(words(&loaded), ["a: 1.00*~", "b: 2.00*~", "e: 5.00*~"]);
    let description = |handle: &str| {
        loaded
            .store
            .products
            .values()
            .find(|product| product.handle == handle)
            .map(|product| product.description_html.len())
    };
    assert_eq!(description("a"), Some(1024 * 1024));
    let seen = findings(&loaded);
    assert!(seen[0].contains("the description has 10485760 bytes and was cut to 1 MiB"), "{}", seen[0]);
    assert!(seen[1].contains("1 fields longer than 1 MiB were left empty"), "{}", seen[1]);
    assert!(seen.iter().all(|sentence| sentence.len() < 300), "{seen:?}");
    assert_eq!(seen.len(), 4, "{seen:?}");
}

#[test]
fn nul_and_control_characters_are_left_out_and_reported() {
    let loaded =
        load_bytes(format!("{HEAD}a,A\0\u{1b}[31m,<p>x\0</p>,,1\n").as_bytes(), Some("USD")).unwrap();
    let product = loaded.store.products.values().next().unwrap();
    assert_eq!((product.title.as_str(), product.description_html.as_str()), ("A[31m", "<p>x</p>"));
    assert!(findings(&loaded)[0].contains("3 control characters (such as NUL) were left out"));

    let escaped = br#"[{"title":"A\u0000","handle":"a","variants":[{"price":"1"}]}]"#;
    let loaded = load_bytes(escaped, Some("USD")).unwrap();
    assert_eq!(loaded.store.products.values().next().unwrap().title, "A");
}

#[test]
fn two_hundred_thousand_brackets_cost_one_product_at_most() {
    let deep = format!("{}{}", "[".repeat(200_000), "]".repeat(200_000));
    check_refused(deep.as_bytes(), "catalogue.nothing_usable");
    check_refused("[".repeat(200_000).as_bytes(), "catalogue.broken_json");
    check_refused("{\"a\":".repeat(200_000).as_bytes(), "catalogue.broken_json");

    let good = r#"{"title":"B","handle":"b","variants":[{"price":"1"}]}"#;
    let loaded =
        load_bytes(format!(r#"[{{"title":"A","options":{deep}}},{good}]"#).as_bytes(), Some("USD")).unwrap();
    assert_eq!(words(&loaded), ["b: 1.00*~"]);
    assert!(findings(&loaded)[0].contains("nests more than 64 levels deep"));

    let bulk = format!(
        "{{\"id\":\"gid://shopify/Product/1\",\"x\":{deep}}}\n{{\"id\":\"gid://shopify/Product/2\"}}\n"
    );
    check_refused(bulk.as_bytes(), "catalogue.nothing_usable");
}

#[test]
fn lone_quotation_marks_cost_their_rows_only() {
    let mut text = HEAD.to_owned();
    for n in 0..3_000 {
        let mark = if n % 3 == 0 { "\"" } else { "" };
        writeln!(text, "p{n},{mark}P{n},,,1.00").unwrap();
    }
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    assert_eq!(loaded.report.products, 2_000);
    assert!(loaded.report.total_findings() >= 1_000);
    assert!(loaded.report.to_string().lines().count() <= 13);

    let unclosed = load_bytes(format!("{HEAD}a,A,,,1\nb,\"B,,,2\n").as_bytes(), Some("USD")).unwrap();
    assert_eq!(words(&unclosed), ["a: 1.00*~"]);
    assert!(
        findings(&unclosed)[0].starts_with("line 3: a quotation mark opens a cell here and is never closed")
    );
}

#[test]
fn a_product_of_too_many_variants_keeps_what_a_shop_could_hold() {
    let mut text = "Handle,Title,Option1 Name,Option1 Value,Variant Price\na,A,Size,0,1\n".to_owned();
    for n in 1..2_100 {
        writeln!(text, "a,,,{n},1").unwrap();
    }
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    assert_eq!((loaded.report.products, loaded.report.variants), (1, 2_048));
    assert!(findings(&loaded)[0].contains("more than 2048 variants"));
}

#[test]
fn gzip_is_told_by_its_content() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(format!("{HEAD}a,A,,,1\n").as_bytes()).unwrap();
    let loaded = load_bytes(&encoder.finish().unwrap(), Some("USD")).unwrap();
    assert!(
        loaded.report.to_string().starts_with("Shopify product CSV (UTF-8, gzip): 1 products, 1 variants")
    );
}

#[test]
fn a_file_cut_at_any_byte_is_answered_with_a_report_or_an_error() {
    let csv =
        "Handle,Title,Body (HTML),Variant Price\na,Å,\"<p>\"\"x\"\"\n</p>\",1.00\na,,,2.00\n".as_bytes();
    let json =
        r#"{"products":[{"id":1,"title":"Å\n","handle":"a","variants":[{"price":"1.00"}]}]}"#.as_bytes();
    let bulk = "{\"id\":\"gid://shopify/Product/1\",\"title\":\"Å\",\"handle\":\"a\"}\n\
                {\"id\":\"gid://shopify/ProductVariant/2\",\"price\":\"1.00\",\"__parentId\":\"gid://shopify/Product/1\"}\n"
        .as_bytes();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue");
    let answer = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        match load(&path, &options(None)) {
            Ok(loaded) => assert!(loaded.report.products > 0),
            Err(error) => assert!(error.code().starts_with("catalogue.")),
        }
    };
    for file in [csv, json, bulk] {
        for at in 0..file.len() {
            answer(&file[..at]);
            let mut changed = file.to_vec();
            changed[at] ^= 0x15;
            answer(&changed);
        }
    }
}
