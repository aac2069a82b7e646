//! Product CSVs: both exports, other delimiters, and rows that are wrong.

use crate::shopify::store::Status;

use super::{check, check_refused, findings, load_bytes, words};

#[test]
fn a_product_is_joined_from_its_rows() {
    let text = "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,\
                Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,\
                Variant Compare At Price,Variant Requires Shipping,Variant Barcode,Image Src,Image Position,\
                Image Alt Text,Gift Card,Variant Image,Status,Material (product.metafields.custom.material)\n\
                throw,Fjällräv throw,\"<p>Warm,\nsoft</p>\",Ull & Co,Throw,\"warm, gift, warm\",true,Size,S,Color,Red,\
                '0042,shopify,3,deny,39.00,49.00,true,'7038010,https://x.test/2.jpg,2,Red one,false,\
                https://x.test/red.jpg,active,wool\n\
                throw,,,,,,,,L,,Red,TH-L,,,continue,59,,true,,https://x.test/1.jpg,1,,,,,\n\
                throw,,,,,,,,,,,,,,,,,,,https://x.test/3.jpg,3,Back,,,,\n";
    let loaded = load_bytes(text.as_bytes(), Some("EUR")).unwrap();
    assert_eq!(words(&loaded), ["throw: S/Red 39.00*3, L/Red 59.00*~"]);
    assert_eq!(findings(&loaded), [""; 0]);

    let product = loaded.store.products.values().next().unwrap();
    assert_eq!(product.title, "Fjällräv throw");
    assert_eq!(product.description_html, "<p>Warm,\nsoft</p>");
    assert_eq!(
        (product.tags.join("|"), product.options.join("|")),
        ("warm|gift".to_owned(), "Size|Color".to_owned())
    );
    let pictures: Vec<&str> = product.images.iter().map(|image| image.url.as_str()).collect();
    assert_eq!(pictures, ["https://x.test/1.jpg", "https://x.test/2.jpg", "https://x.test/3.jpg"]);
    assert_eq!(product.images[1].alt, "Red one");
    assert_eq!(product.metafields["material"], "wool");
    let [small, large] = product.variants.as_slice() else { panic!("{:?}", product.variants) };
    assert_eq!((small.sku.as_str(), small.barcode.as_str()), ("0042", "7038010"));
    assert_eq!(small.compare_at_price.as_deref(), Some("49.00"));
    assert_eq!(small.image.as_deref(), Some("https://x.test/red.jpg"));
    assert!(!small.oversell && large.oversell && !large.tracked);
    assert_eq!(loaded.store.shop.currency, "EUR");
    assert_eq!(loaded.store.shop.name, "My Shop");
}

#[test]
fn the_newer_exports_headings_mean_the_same() {
    let text = "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,\
                Barcode,Option1 name,Option1 value,Price,Compare-at price,Inventory tracker,Inventory quantity,\
                Continue selling when out of stock,Requires shipping,Product image URL,Image position,Image alt text,\
                Variant image URL,Gift card\n\
                Mug,mug,<p>Blue</p>,Tende,Home > Mugs,Mug,gift,TRUE,Active,M-1,,Title,Default Title,14.00,,shopify,-2,\
                TRUE,TRUE,https://x.test/m.jpg,1,A mug,,FALSE\n\
                Card,gift-card,,,,,,FALSE,Draft,,,Denominations,10,10.00,,,,FALSE,FALSE,,,,,TRUE\n\
                ,gift-card,,,,,,,,,,,25,25.00,,,,FALSE,FALSE,,,,,\n";
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    assert_eq!(words(&loaded), ["gift-card: 10 10.00*~, 25 25.00*~", "mug: 14.00*-2"]);
    assert_eq!(findings(&loaded), [""; 0]);

    let by_handle =
        |handle: &str| loaded.store.products.values().find(|product| product.handle == handle).unwrap();
    let (mug, card) = (by_handle("mug"), by_handle("gift-card"));
    assert!(
        mug.published
            && mug.options.is_empty()
            && mug.variants[0].oversell
            && mug.variants[0].requires_shipping
    );
    assert!(!card.published && card.is_gift_card && card.status == Status::Draft);
    assert!(!card.variants[0].requires_shipping);
}

#[test]
fn what_a_spreadsheet_saved_is_read_whatever_stands_between_the_cells() {
    check("Handle;Title;Variant Price\nmug;\"Mug; blue\";14.00\n", &["mug: 14.00*~"], &[]);
    check("Handle\tTitle\tVariant Price\r\nmug\tMug\t14.00\r\n", &["mug: 14.00*~"], &[]);
    check("sep=;\r\nHandle;Title;Variant Price\r\nmug;Mug;14\r\n\r\n;;\r\n", &["mug: 14.00*~"], &[]);
    check("\n\nHANDLE,title,variant price,\nmug,Mug,14.00,\n", &["mug: 14.00*~"], &[]);

    let windows = b"Handle;Title;Price;Published on online store\nkr\xfcger;Kr\xfcger \x80;14.00;FALSCH\n";
    let loaded = load_bytes(windows, Some("EUR")).unwrap();
    let product = loaded.store.products.values().next().unwrap();
    assert_eq!(
        (product.handle.as_str(), product.title.as_str(), product.published),
        ("krüger", "Krüger €", false)
    );
    let shown = loaded.report.to_string();
    assert!(
        shown.starts_with("Shopify product CSV with “;” (Windows-1252): 1 products, 1 variants\n"),
        "{shown}"
    );

    let wide: Vec<u8> =
        "\u{feff}Handle\tTitle\tPrice\nmug\t茶\t14\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_eq!(words(&load_bytes(&wide, Some("EUR")).unwrap()), ["mug: 14.00*~"]);
}

#[test]
fn a_price_that_is_no_plain_decimal_is_never_guessed() {
    check(
        "Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Compare At Price\n\
         a,A,Size,S,\"1.299,00\",\na,,,M,12.00,\na,,,L,,\n\
         b,B,Title,Default Title,\"12,50\",\nc,C,Title,Default Title,$12,\nd,D,Title,Default Title,12.505,\n\
         e,E,Title,Default Title,-1.00,\nf,F,Title,Default Title,0.00,\"15,00\"\n",
        &["a: M 12.00*~", "f: 0.00*~"],
        &[
            "line 2 (a): variant “S”: the price “1.299,00” is not a plain decimal number; write 1299.00",
            "line 4 (a): variant “L”: the price is missing; write it, such as 12.50",
            "line 5 (b): the price “12,50” is not a plain decimal number; write 12.50",
            "line 6 (c): the price “$12” is not a plain decimal number; write 12.00",
            "line 7 (d): the price “12.505” has 3 decimals, USD has 2; write 12505.00 if the point marks thousands, \
             otherwise round it yourself, as in 12.50",
            "line 8 (e): the price “-1.00” is below zero; write 0 or more",
            "line 9 (f): compare-at: the price “15,00” is not a plain decimal number; the former price was left out; \
             write 15.00",
        ],
    );
}

#[test]
fn a_handle_belongs_to_one_product() {
    let head = "Handle,Title,Option1 Name,Option1 Value,Variant Price,Image Src\n";
    check(
        &format!("{head}a,A,Size,S,1.00,\nb,B,,,2.00,\na,,,M,3.00,\na,Other,Size,S,4.00,\na,,,L,5.00,\n"),
        &["a: S 1.00*~, M 3.00*~", "b: 2.00*~"],
        &[
            "line 5 (a): a second product with this handle, “Other”; rows of the handle were skipped from here on; \
           give it a handle of its own",
        ],
    );
    check(&format!("{head}a,A,Size,S,1.00,\na,A,Size,M,2.00,\n"), &["a: S 1.00*~, M 2.00*~"], &[]);
    check(
        &format!("{head}a,,,,,https://x.test/1.jpg\na,A,Size,S,1.00,\na,,,S,2.00,\na,,,,3.00,\n"),
        &["a: S 1.00*~"],
        &[
            "line 4 (a): a second variant “S”; remove it or give it option values of its own",
            "line 5 (a): the variant has no value for the option “Size”; write one, such as S or Blue",
        ],
    );
    check(
        &format!("{head},A,,,1.00,\nb,,,,1.00,\nc,C,,,1.00,\n"),
        &["c: 1.00*~"],
        &[
            "line 2: the row has no handle; write the handle of the product it belongs to",
            "line 3 (b): the product has no usable title; write its title in its first row",
        ],
    );
}

#[test]
fn stock_that_cannot_be_read_is_not_taken_for_another() {
    check(
        "Handle,Title,Option1 Name,Option1 Value,Variant Inventory Tracker,Variant Inventory Qty,Variant Price\n\
         a,A,Size,S,shopify,0,1\na,,,M,shopify,,1\na,,,L,shopify,\"1,000\",1\na,,,XL,,7,1\n",
        &["a: S 1.00*0, M 1.00*0, XL 1.00*~"],
        &[
            "line 3 (a): variant “M”: the stock is counted, but the quantity is blank; taken for 0; write the \
             quantity, or leave the inventory tracker blank",
            "line 4 (a): variant “L”: the quantity “1,000” is not a whole number; write digits only, such as 12",
        ],
    );
    let text = "Handle,Title,Variant Inventory Tracker,Variant Price\na,A,shopify,1\n";
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    assert_eq!(words(&loaded), ["a: 1.00*~"]);
    assert!(loaded.report.notes[0].contains("stock is not counted"), "{:?}", loaded.report.notes);
}

#[test]
fn what_a_product_says_of_its_state_is_kept_on_the_safe_side() {
    let text = "Handle,Title,Variant Price,Status,Published\n\
                a,A,1,,\nb,B,1,ACTIVE,false\nc,C,1,archived,TRUE\nd,D,1,unlisted,true\ne,E,1,retired,maybe\n";
    let loaded = load_bytes(text.as_bytes(), Some("USD")).unwrap();
    let mut states: Vec<_> = loaded
        .store
        .products
        .values()
        .map(|product| (product.handle.as_str(), product.status, product.published))
        .collect();
    states.sort_by_key(|(handle, ..)| *handle);
    let expected = [
        ("a", Status::Active, true),
        ("b", Status::Active, false),
        ("c", Status::Archived, true),
        ("d", Status::Unlisted, true),
        ("e", Status::Draft, false),
    ];
    assert_eq!(states, expected);
    assert_eq!(findings(&loaded).len(), 2);
}

#[test]
fn rows_out_of_shape_are_left_out_and_named() {
    check(
        "Handle,Title,Variant Price\na,A,1.00\nb,B, blue,2.00\nc,C\nd,\"D,3.00\ne,E,4.00\nf,\"F\",5.00\ng,G,6.0",
        &["a: 1.00*~", "e: 4.00*~", "f: 5.00*~", "g: 6.00*~"],
        &[
            "line 3: the row has 4 cells, the headings 3; quote cells that hold a comma or a line break, or export again",
            "line 4: the row has 2 cells, the headings 3; quote cells that hold a comma or a line break, or export again",
            "line 5: a quotation mark opens a cell here that ends amid line 7; double quotation marks within a cell, \
             or export again",
        ],
    );
    check(
        "Handle,Title,Variant Price,Tags\na,A,1.00,x\nb,B,2.",
        &["a: 1.00*~"],
        &[
            "line 3: the file breaks off here, after 3 of 4 cells; quote cells that hold a comma or a line break, or \
           export again",
        ],
    );
}

#[test]
fn a_file_of_another_kind_is_named_with_the_cure() {
    let missing = check_refused(b"Title,Vendor,Tags\nMug,Tende,x\n", "catalogue.missing_columns").to_string();
    assert!(missing.contains("Handle (or URL handle), Variant Price (or Price)"), "{missing}");
    check_refused(
        b"Handle,Title,Option1 Name,SKU,Location,On hand\nmug,Mug,,,Oslo,3\n",
        "catalogue.inventory_export",
    );
    check_refused(
        b"Name,Email,Financial Status,Lineitem name\n#1,a@b.test,paid,Mug\n",
        "catalogue.orders_export",
    );
    check_refused(b"First Name,Last Name,Email,Tags\nA,B,a@b.test,x\n", "catalogue.customers_export");
    check_refused(b"just a line of words\n", "catalogue.unknown_form");
    check_refused(b"Handle,Title,Variant Price\n", "catalogue.no_products");
    let bad = check_refused(b"Handle,Title,Variant Price\nmug,Mug,\"1,5\"\n", "catalogue.nothing_usable")
        .to_string();
    assert!(bad.contains("line 2 (mug): the price “1,5” is not a plain decimal number; write 1.50"), "{bad}");
}

#[test]
fn a_currency_is_three_letters_and_sets_the_decimals() {
    let text = b"Handle,Title,Variant Price\nmug,Mug,1200\n";
    assert_eq!(words(&load_bytes(text, Some("jpy")).unwrap()), ["mug: 1200*~"]);
    assert_eq!(words(&load_bytes(text, Some("KWD")).unwrap()), ["mug: 1200.000*~"]);
    assert_eq!(load_bytes(text, Some("euro")).unwrap_err().code(), "catalogue.bad_currency");
    let assumed = load_bytes(text, None).unwrap();
    assert_eq!(assumed.store.shop.currency, "USD");
    assert!(assumed.report.to_string().contains("note: the file names no currency: USD assumed"));
}

#[test]
fn a_second_load_gives_the_same_ids() {
    let text = "Handle,Title,Option1 Name,Option1 Value,Variant Price\n™ häna 茶,A,Size,S,1\n™ häna 茶,,,M,2\nb,B,,,3\n";
    let turned = "Handle,Title,Option1 Name,Option1 Value,Variant Price\nb,B2,,,4\n™ häna 茶,A,Size,M,9\n™ häna 茶,,,S,1\n";
    let ids = |text: &str| {
        let store = load_bytes(text.as_bytes(), Some("USD")).unwrap().store;
        let mut ids: Vec<_> = store
            .products
            .values()
            .flat_map(|product| {
                let key = |options: &[String]| format!("{} {}", product.handle, options.join("/"));
                product
                    .variants
                    .iter()
                    .map(move |one| (key(&one.options), product.id, one.id, one.inventory_item_id))
            })
            .collect();
        ids.sort();
        ids
    };
    assert_eq!(ids(text), ids(turned));
    assert!(ids(text).iter().any(|(key, ..)| key == "™ häna 茶 S"));
}
