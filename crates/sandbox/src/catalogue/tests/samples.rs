//! Real stores' files, where they are at hand: they are not part of the project.

use std::path::{Path, PathBuf};

use crate::shopify::store::Status;

use super::super::{Form, Loaded, load};
use super::{findings, options};

/// The folder beside the workspace with public sample files.
fn folder() -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2)?;
    let folder = workspace.parent()?.join("shared/data/catalogues");
    folder.is_dir().then_some(folder)
}

fn sample(folder: &Path, name: &str) -> Loaded {
    let loaded = load(&folder.join(name), &options(None)).unwrap();
    println!("{name}: {}", loaded.report);
    loaded
}

fn count(loaded: &Loaded, wanted: impl Fn(&crate::shopify::store::Product) -> bool) -> usize {
    loaded.store.products.values().filter(|product| wanted(product)).count()
}

#[test]
fn the_public_sample_files_load_whole() {
    let Some(folder) = folder() else {
        println!("skipped: no folder ../shared/data/catalogues beside the workspace");
        return;
    };

    let apparel = sample(&folder, "shopifypartners_apparel.csv");
    assert_eq!(
        (apparel.report.form, apparel.report.products, apparel.report.variants),
        (Form::ProductCsv { delimiter: ',' }, 25, 96)
    );
    assert_eq!(findings(&apparel), [""; 0]);

    let snow = sample(&folder, "shopifypartners_snowdevil.csv");
    assert_eq!((snow.report.products, snow.report.variants), (278, 622));
    assert_eq!(findings(&snow), [""; 0]);
    let free = snow
        .store
        .products
        .values()
        .flat_map(|product| &product.variants)
        .filter(|variant| variant.price == "0.00");
    assert_eq!((free.count(), count(&snow, |product| !product.published)), (4, 1));
    let barcodes =
        snow.store.products.values().flat_map(|product| &product.variants).map(|variant| &variant.barcode);
    assert!(barcodes.clone().any(|barcode| barcode == "886888963176"));
    assert!(!barcodes.clone().any(|barcode| barcode.starts_with('\'')));

    let boards = sample(&folder, "dev_store_snowboards_bulk.jsonl");
    assert_eq!((boards.report.form, boards.report.products, boards.report.variants), (Form::Bulk, 21, 30));
    assert_eq!(findings(&boards), [""; 0]);
    assert_eq!(count(&boards, |product| product.status == Status::Draft), 1);
    assert_eq!(count(&boards, |product| product.status == Status::Archived), 1);
    assert_eq!(count(&boards, |product| product.status == Status::Active && !product.published), 2);
    assert_eq!(count(&boards, |product| product.is_gift_card), 1);
    assert_eq!(count(&boards, |product| product.variants.iter().all(|variant| !variant.tracked)), 2);
    assert_eq!(count(&boards, |product| product.handle.contains('™')), 3);
    let complete =
        boards.store.products.values().find(|product| product.handle == "the-complete-snowboard").unwrap();
    assert_eq!(complete.variants.len(), 5);
}
