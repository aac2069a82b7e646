//! How Shopify is reached and how it reaches us.

use shopclerk_flows::app::Settings;
use shopclerk_flows::wiring::ShopifySettings;

use super::check::Checker;
use super::http::HttpConfig;
use super::own_address;

/// The client's settings and our two addresses.
pub(super) struct ShopifyConfig {
    pub(super) client: ShopifySettings,
    pub(super) addresses: ShopifyAddresses,
}

/// Where Shopify sends browsers and deliveries.
pub(super) struct ShopifyAddresses {
    redirect: String,
    webhook: String,
}

impl ShopifyAddresses {
    pub(super) fn apply(self, settings: &mut Settings) {
        settings.shopify_redirect = self.redirect;
        settings.shopify_webhook = self.webhook;
    }
}

const DASHBOARD: &str = "copy it from your app's settings in the Shopify Dev Dashboard";

/// Read scopes only: what the clerk needs to know, nothing it could change.
const SCOPES: &[&str] = &["read_products", "read_inventory", "read_discounts", "read_locations"];

pub(super) fn read(check: &mut Checker<'_>, http: Option<&HttpConfig>) -> Option<ShopifyConfig> {
    let api_key = check.required("SHOPIFY_API_KEY", DASHBOARD).map(str::to_owned);
    let api_secret = check.secret("SHOPIFY_API_SECRET", DASHBOARD);
    let api_version = version(check);
    let previous_secret = check.previous_secret("SHOPIFY_API_SECRET_PREVIOUS");
    let url_template = super::stand_in(check, "SHOPIFY_URL", "https://{shop}", http);
    let redirect = own_address(check, "SHOPIFY_REDIRECT_URI", "/shopify/callback", http);
    let webhook = own_address(check, "SHOPIFY_WEBHOOK_ADDRESS", "/shopify/webhook", http);
    Some(ShopifyConfig {
        client: ShopifySettings {
            url_template: url_template?,
            api_version: api_version?,
            api_key: api_key?,
            api_secret: api_secret?,
            previous_secret,
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
        },
        addresses: ShopifyAddresses { redirect: redirect?, webhook: webhook? },
    })
}

fn version(check: &mut Checker<'_>) -> Option<String> {
    const NAME: &str = "SHOPIFY_API_VERSION";
    let text = check.required(NAME, "write it like 2026-04")?;
    let fits = text.split_once('-').is_some_and(|(year, month)| {
        year.len() == 4
            && year.bytes().all(|b| b.is_ascii_digit())
            && matches!(month, "01" | "04" | "07" | "10")
    });
    if !fits {
        check.fault(NAME, format!("`{text}` is not a version"), "write it like 2026-04");
    }
    fits.then(|| text.to_owned())
}
