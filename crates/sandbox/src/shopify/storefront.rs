//! The shop as shoppers see it: what the product's cards and cart links lead to.

use std::sync::Arc;

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use rust_decimal::Decimal;

use super::html::{escape, guarded, page, to_text};
use super::shelf::{Shelf, for_sale, variant_title};
use super::store::{Product, Status, Variant};
use super::{ShopifyFake, money};

/// What stays readable in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
/// Products on the first page; a rehearsal shop need not be browsed to its end.
const MOST_SHOWN: usize = 120;
/// Lines of a cart link that are read.
const MOST_LINES: usize = 50;

impl ShopifyFake {
    /// Where shoppers find a product; nothing when they cannot.
    pub(super) fn product_url(&self, domain: &str, product: &Product) -> Option<String> {
        is_reachable(product).then(|| self.address(domain, product))
    }

    /// Where the merchant looks at a product before it is published.
    pub(super) fn preview_url(&self, domain: &str, product: &Product) -> Option<String> {
        let known = product.status != Status::Archived;
        known.then(|| format!("{}?preview=1", self.address(domain, product)))
    }

    /// A picture's own address, or its place below the fake's file route.
    pub(super) fn picture_url(&self, domain: &str, stored: &str) -> String {
        if stored.contains("://") {
            return stored.to_owned();
        }
        let path: Vec<String> =
            stored.split('/').map(|part| utf8_percent_encode(part, PATH).to_string()).collect();
        format!("{}/{domain}/files/{}", self.base_url, path.join("/"))
    }

    fn address(&self, domain: &str, product: &Product) -> String {
        format!("{}/{domain}/products/{}", self.base_url, utf8_percent_encode(&product.handle, PATH))
    }
}

/// The shop's first page.
pub(super) async fn home(State(fake): State<Arc<ShopifyFake>>, Path(shop): Path<String>) -> Response {
    let shown = fake.with_shelf(&shop, |shelf| {
        let newest = shelf.by_update().iter().rev().filter_map(|(_, id)| shelf.product(*id));
        let cards: String = newest
            .filter(|product| product.published && product.status == Status::Active)
            .take(MOST_SHOWN)
            .map(|product| card(&fake, shelf, &shop, product))
            .collect();
        let info = &shelf.store().shop;
        let body = format!(
            "{}<main><h1>{}</h1><p class=\"quiet\">{}</p><ul class=\"shelf\">{cards}</ul></main>",
            head(&fake, &shop, &info.name),
            escape(&info.name),
            escape(&info.description),
        );
        page(StatusCode::OK, &info.name, &body)
    });
    shown.unwrap_or_else(nowhere)
}

/// A product's page.
pub(super) async fn product(
    State(fake): State<Arc<ShopifyFake>>,
    Path((shop, handle)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let asked =
        |name: &str| form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == name).map(|(_, v)| v);
    let chosen: Option<u64> = asked("variant").and_then(|id| id.parse().ok());
    let shown = fake.with_shelf(&shop, |shelf| {
        let reachable = |product: &&Product| is_reachable(product) || asked("preview").is_some();
        let product = shelf.product_by_handle(&handle).filter(reachable)?;
        let name = &shelf.store().shop.name;
        let body = format!("{}{}", head(&fake, &shop, name), details(&fake, shelf, &shop, product, chosen));
        Some(page(StatusCode::OK, &product.title, &body))
    });
    shown.flatten().unwrap_or_else(nowhere)
}

/// What a cart link holds: `/cart/{variant}:{quantity},…`.
pub(super) async fn cart(
    State(fake): State<Arc<ShopifyFake>>,
    Path((shop, items)): Path<(String, String)>,
    RawQuery(query): RawQuery,
) -> Response {
    let query = query.unwrap_or_default();
    let code =
        form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "discount").map(|(_, code)| code);
    let shown = fake.with_shelf(&shop, |shelf| {
        let info = &shelf.store().shop;
        let mut total = Decimal::ZERO;
        let rows: String =
            items.split(',').take(MOST_LINES).map(|line| cart_line(shelf, line, &mut total)).collect();
        let code = code.map_or_else(String::new, |code| {
            format!("<p class=\"quiet\">Code <b>{}</b> is tried at checkout.</p>", escape(&code))
        });
        let body = format!(
            "{}<main><h1>Your cart</h1><table><thead><tr><th>Product</th><th>Quantity</th><th>Price</th></tr></thead>\
             <tbody>{rows}</tbody></table>{code}<p class=\"price\">Together {}</p></main>",
            head(&fake, &shop, &info.name),
            escape(&amount(total, &info.currency)),
        );
        page(StatusCode::OK, "Your cart", &body)
    });
    shown.unwrap_or_else(nowhere)
}

/// A picture of the sample store.
pub(super) async fn file(
    State(fake): State<Arc<ShopifyFake>>,
    Path((_shop, path)): Path<(String, String)>,
) -> Response {
    let Some((content_type, bytes)) = (fake.files)(&path) else { return nowhere() };
    let mut response = (StatusCode::OK, guarded(content_type), bytes.into_owned()).into_response();
    // A drawing is a document of its own when opened alone; it needs its own style and nothing else.
    let policy = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=3600"));
    response
}

fn nowhere() -> Response {
    let body = "<main class=\"narrow\"><div class=\"card\"><h1>Not found</h1><p>There is nothing at this address.</p>\
                </div></main>";
    page(StatusCode::NOT_FOUND, "Not found", body)
}

/// Whether shoppers can open its page.
fn is_reachable(product: &Product) -> bool {
    product.published && matches!(product.status, Status::Active | Status::Unlisted)
}

fn head(fake: &ShopifyFake, shop: &str, name: &str) -> String {
    format!(
        "<header><a href=\"{}\">{}</a></header>",
        escape(&format!("{}/{shop}/", fake.base_url)),
        escape(name)
    )
}

fn card(fake: &ShopifyFake, shelf: &Shelf, shop: &str, product: &Product) -> String {
    let lowest = product.variants.iter().map(|variant| money::read(&variant.price)).min().unwrap_or_default();
    format!(
        "<li class=\"card\"><a href=\"{}\">{}<h2>{}</h2><p class=\"price\">{}</p></a></li>",
        escape(&fake.address(shop, product)),
        picture(fake, shop, product),
        escape(&product.title),
        escape(&amount(lowest, &shelf.store().shop.currency)),
    )
}

fn details(fake: &ShopifyFake, shelf: &Shelf, shop: &str, product: &Product, chosen: Option<u64>) -> String {
    let currency = &shelf.store().shop.currency;
    let variant =
        product.variants.iter().find(|variant| Some(variant.id) == chosen).or(product.variants.first());
    let choice = variant.map_or_else(String::new, |variant| {
        let buy = if for_sale(variant) {
            let cart = format!("{}/{shop}/cart/{}:1", fake.base_url, variant.id);
            format!("<a class=\"button act\" href=\"{}\">Add to cart</a>", escape(&cart))
        } else {
            String::new()
        };
        format!("<p class=\"price\">{}</p><p>{}</p>{buy}", price(variant, currency), escape(&stock(variant)))
    });
    let others: Vec<String> = product
        .variants
        .iter()
        .filter(|_| product.variants.len() > 1)
        .map(|variant| {
            let link = format!("{}?variant={}", fake.address(shop, product), variant.id);
            let here = if Some(variant.id) == chosen { " aria-current=\"true\"" } else { "" };
            format!(
                "<tr><td><a href=\"{}\"{here}>{}</a></td><td>{}</td><td>{}</td></tr>",
                escape(&link),
                escape(&variant_title(variant)),
                price(variant, currency),
                escape(&stock(variant)),
            )
        })
        .collect();
    format!(
        "<main class=\"pair\"><div>{}</div><div><h1>{}</h1><p class=\"quiet\">{}</p>{choice}\
         <p class=\"text\">{}</p><table><tbody>{}</tbody></table></div></main>",
        picture(fake, shop, product),
        escape(&product.title),
        escape(&product.vendor),
        escape(&to_text(&product.description_html)),
        others.concat(),
    )
}

fn picture(fake: &ShopifyFake, shop: &str, product: &Product) -> String {
    product.images.first().map_or_else(String::new, |image| {
        let url = fake.picture_url(shop, &image.url);
        format!("<img src=\"{}\" alt=\"{}\" loading=\"lazy\">", escape(&url), escape(&image.alt))
    })
}

/// The price, with the former one only where there is a saving. HTML.
fn price(variant: &Variant, currency: &str) -> String {
    let now = money::read(&variant.price);
    let former = variant.compare_at_price.as_deref().map(money::read).filter(|former| *former > now);
    let former =
        former.map_or_else(String::new, |former| format!(" <s>{}</s>", escape(&amount(former, currency))));
    format!("{}{former}", escape(&amount(now, currency)))
}

fn stock(variant: &Variant) -> String {
    match (variant.tracked, variant.quantity) {
        (true, 1..) => format!("{} in stock", variant.quantity),
        (true, _) if !variant.oversell => "Sold out".to_owned(),
        _ => "Available".to_owned(),
    }
}

fn amount(amount: Decimal, currency: &str) -> String {
    format!("{} {currency}", money::scalar(amount, currency))
}

fn cart_line(shelf: &Shelf, line: &str, total: &mut Decimal) -> String {
    let (id, quantity) = line.split_once(':').unwrap_or((line, "1"));
    let quantity: u32 = quantity.parse().unwrap_or(0);
    let placed =
        id.parse().ok().and_then(|id| shelf.variant(id)).filter(|placed| is_reachable(placed.product));
    let Some(placed) = placed.filter(|placed| quantity > 0 && for_sale(placed.variant)) else {
        return "<tr><td>No longer available</td><td>0</td><td></td></tr>".to_owned();
    };
    let variant = placed.variant;
    let counted = variant.tracked && !variant.oversell;
    let left = u32::try_from(variant.quantity).unwrap_or(u32::MAX);
    let quantity = if counted { quantity.min(left) } else { quantity };
    let sum = money::read(&variant.price).checked_mul(Decimal::from(quantity)).unwrap_or(Decimal::MAX);
    *total = total.checked_add(sum).unwrap_or(Decimal::MAX);
    format!(
        "<tr><td>{}<br><span class=\"quiet\">{}</span></td><td>{quantity}</td><td>{}</td></tr>",
        escape(&placed.product.title),
        escape(&variant_title(variant)),
        escape(&amount(sum, &shelf.store().shop.currency)),
    )
}
