//! Whole files through [`load`](super::load): what a shopkeeper sees of a good file, and of every kind of bad one.

mod bulk;
mod csv;
mod hostile;
mod json;
mod samples;

use super::{CatalogueError, LoadOptions, Loaded, load};

/// Loads a file of these bytes.
fn load_bytes(bytes: &[u8], currency: Option<&str>) -> Result<Loaded, CatalogueError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("catalogue");
    std::fs::write(&path, bytes).unwrap();
    load(&path, &options(currency))
}

fn options(currency: Option<&str>) -> LoadOptions {
    let currency = currency.map(str::to_owned);
    LoadOptions { currency, shop_domain: "my-shop.myshopify.com".to_owned(), shop_name: None }
}

/// The store in words: per product its handle and its variants, `options price*stock`; `~` is not counted.
fn words(loaded: &Loaded) -> Vec<String> {
    let mut lines: Vec<String> = loaded.store.products.values().map(product_words).collect();
    lines.sort();
    lines
}

fn product_words(product: &crate::shopify::store::Product) -> String {
    let variants = product.variants.iter().map(|variant| {
        let stock = if variant.tracked { variant.quantity.to_string() } else { "~".to_owned() };
        format!("{} {}*{stock}", variant.options.join("/"), variant.price).trim().to_owned()
    });
    format!("{}: {}", product.handle, variants.collect::<Vec<_>>().join(", "))
}

/// What went wrong, one sentence each.
fn findings(loaded: &Loaded) -> Vec<String> {
    loaded.report.findings.iter().map(|finding| loaded.report.sentence(finding)).collect()
}

/// A file loads to this store, with exactly these findings.
fn check(text: &str, products: &[&str], wrong: &[&str]) {
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    assert_eq!(words(&loaded), products, "{text}");
    assert_eq!(findings(&loaded), wrong, "{text}");
}

/// A file is refused with this code.
fn check_refused(bytes: &[u8], code: &str) -> CatalogueError {
    let error = load_bytes(bytes, None).unwrap_err();
    assert_eq!(error.code(), code, "{error}");
    assert!(!error.to_string().ends_with('.') && !error.to_string().contains('\n'), "{error}");
    error
}
