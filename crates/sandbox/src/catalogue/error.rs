//! Why a catalogue file is refused as a whole. What is wrong with a single row is a [`Finding`](super::Finding).

use thiserror::Error;

/// A file no store can be made of; each sentence ends with its cure.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CatalogueError {
    /// Nothing there, or not readable.
    #[error("{path} cannot be opened ({why}); check the path and the permissions")]
    Unreadable {
        /// The path as it was given.
        path: String,
        /// The system's reason.
        why: String,
    },
    /// A folder, a pipe or a device.
    #[error("{path} is not a regular file; save the catalogue to a file and name that")]
    NotAFile {
        /// The path as it was given.
        path: String,
    },
    /// No content.
    #[error("the file is empty; export the products again")]
    Empty,
    /// More than is ever read.
    #[error("the file is larger than {mebibytes} MiB when unpacked; split it and load one part")]
    TooLarge {
        /// The limit.
        mebibytes: u64,
    },
    /// Gzip that does not unpack.
    #[error("the gzip file is damaged ({why}); download it again")]
    BrokenGzip {
        /// What the decoder met.
        why: String,
    },
    /// An archive or a compression other than gzip.
    #[error("this is {what}; unpack it and load the file inside")]
    Packed {
        /// Which kind, with its article.
        what: &'static str,
    },
    /// A workbook rather than text.
    #[error("this is {what}; open it and save the sheet as CSV UTF-8")]
    Spreadsheet {
        /// Which kind, with its article.
        what: &'static str,
    },
    /// A page for browsers, as a closed shop or a sign-in answers.
    #[error(
        "this is a web page, not a catalogue; the shop may have asked for a password: save the file itself"
    )]
    WebPage,
    /// A feed.
    #[error("this is XML; export the products from Shopify as CSV or JSON")]
    Xml,
    /// Pictures, programs and the like.
    #[error("this is not text; export the products from Shopify as CSV or JSON")]
    Binary,
    /// Text in an encoding that cannot be told with certainty.
    #[error("the file's encoding is neither UTF-8, UTF-16 nor Windows-1252; save it as CSV UTF-8")]
    UnknownEncoding,
    /// JSON that ends or breaks off.
    #[error("the JSON is damaged at line {line}, column {column} ({why}); download it again")]
    BrokenJson {
        /// Line in the file, from 1.
        line: u64,
        /// Column in the line, from 1.
        column: u64,
        /// What the parser met.
        why: String,
    },
    /// JSON without products.
    #[error(
        "this JSON holds no products; load products.json, an Admin API products answer or a bulk operation's JSONL"
    )]
    NoProducts,
    /// The theme's `/products/<handle>.js`, whose prices are in cents.
    #[error(
        "this is a theme's product .js file, whose prices are in cents; load /products.json or /products/<handle>.json"
    )]
    ThemeProduct,
    /// A CSV without what every product needs.
    #[error(
        "the heading {missing} is missing; export the products from Shopify again and keep its first line"
    )]
    MissingColumns {
        /// All that is missing, readable.
        missing: String,
    },
    /// Stock per location, without prices.
    #[error("this is an inventory export, which has no prices; use Products > Export in Shopify")]
    InventoryExport,
    /// Orders.
    #[error("this is an orders export; use Products > Export in Shopify")]
    OrdersExport,
    /// People.
    #[error("this is a customers export, which holds personal data; use Products > Export in Shopify")]
    CustomersExport,
    /// Text of no known form.
    #[error(
        "the form is not known; load a Shopify product CSV, products.json, Admin API JSON or a bulk operation's JSONL"
    )]
    UnknownForm,
    /// A currency that is not three letters.
    #[error("the currency {given} is not a code of three letters; write one such as --currency EUR")]
    BadCurrency {
        /// As it was given, shortened.
        given: String,
    },
    /// Prices in more than one currency.
    #[error("the file has prices in several currencies ({found}); export it in the shop's own currency")]
    SeveralCurrencies {
        /// The codes.
        found: String,
    },
    /// Every product was skipped.
    #[error("no product could be read, {findings} things are wrong; first: {first}")]
    NothingUsable {
        /// How many findings there were.
        findings: u64,
        /// The first, with its cure.
        first: String,
    },
}

impl CatalogueError {
    /// The stable name of this error; listed with cause and cure in `docs/errors.md`.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "catalogue.unreadable",
            Self::NotAFile { .. } => "catalogue.not_a_file",
            Self::Empty => "catalogue.empty",
            Self::TooLarge { .. } => "catalogue.too_large",
            Self::BrokenGzip { .. } => "catalogue.broken_gzip",
            Self::Packed { .. } => "catalogue.packed",
            Self::Spreadsheet { .. } => "catalogue.spreadsheet",
            Self::WebPage => "catalogue.web_page",
            Self::Xml => "catalogue.xml",
            Self::Binary => "catalogue.binary",
            Self::UnknownEncoding => "catalogue.unknown_encoding",
            Self::BrokenJson { .. } => "catalogue.broken_json",
            Self::NoProducts => "catalogue.no_products",
            Self::ThemeProduct => "catalogue.theme_product",
            Self::MissingColumns { .. } => "catalogue.missing_columns",
            Self::InventoryExport => "catalogue.inventory_export",
            Self::OrdersExport => "catalogue.orders_export",
            Self::CustomersExport => "catalogue.customers_export",
            Self::UnknownForm => "catalogue.unknown_form",
            Self::BadCurrency { .. } => "catalogue.bad_currency",
            Self::SeveralCurrencies { .. } => "catalogue.several_currencies",
            Self::NothingUsable { .. } => "catalogue.nothing_usable",
        }
    }
}
