//! Shopify: sign-in, tokens, the catalogue, subscriptions and webhooks. A webhook is only ever a hint here; what the shop sells
//! is what its Admin API answers.

use std::sync::Arc;

use reqwest::header::HeaderName;
use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::connection::ShopDomain;
use shopclerk_domain::secret::SecretText;

use crate::http::{Answer, Host, Http};
use crate::served::Served;

use self::throttle::Throttle;

mod admin;
mod discount;
pub mod discounts;
mod facts;
pub mod oauth;
mod product;
pub mod products;
pub mod signature;
pub mod subscriptions;
mod text;
mod throttle;
pub mod webhook;

/// Where a shop's own address is; `{shop}` is its parsed domain.
pub const URL_TEMPLATE: &str = "https://{shop}";

const TOKEN_HEADER: HeaderName = HeaderName::from_static("x-shopify-access-token");

/// What the client has to know of our app at Shopify.
#[derive(Clone, Debug)]
pub struct ShopifySettings {
    /// [`URL_TEMPLATE`], or what stands in for it.
    pub url_template: String,
    /// Version of the Admin API, such as `2026-04`.
    pub api_version: String,
    /// The app's client id.
    pub api_key: String,
    /// The app's client secret.
    pub api_secret: SecretText,
    /// The secret before it, and until when it still counts.
    pub previous_secret: Option<(SecretText, Timestamp)>,
    /// What a merchant is asked for.
    pub scopes: Vec<String>,
}

/// The client for Shopify.
#[derive(Clone, Debug)]
pub struct Shopify {
    settings: Arc<ShopifySettings>,
    http: Http,
    throttle: Arc<Throttle>,
    served: Arc<Served>,
}

impl Shopify {
    /// A client for the app that `settings` describe.
    pub fn new(settings: ShopifySettings, http: Http) -> Self {
        Self {
            settings: Arc::new(settings),
            http,
            throttle: Arc::default(),
            served: Arc::new(Served::by("x-shopify-api-version")),
        }
    }

    /// An address at the shop. Only a parsed domain can become a host: the app's secret is sent to it.
    fn address(&self, shop: &ShopDomain, path: &str) -> String {
        let base = self.settings.url_template.replace("{shop}", shop.as_str());
        format!("{}/{path}", base.trim_end_matches('/'))
    }

    fn host(&self) -> Host {
        Host::of(&self.settings.url_template, URL_TEMPLATE)
    }

    fn note(&self, answer: &Answer) {
        self.served.note("Shopify", &self.settings.api_version, answer, self.http.clock().now());
    }

    /// The version that is asked for, and the one that answered last, where it told.
    pub fn versions(&self) -> (&str, Option<String>) {
        (&self.settings.api_version, self.served.version())
    }

    /// By how many milliseconds our clock was ahead of Shopify's at its last answer; negative = behind.
    pub fn clock_ahead_ms(&self) -> Option<i64> {
        self.served.ahead_ms()
    }
}

#[cfg(test)]
mod tests;
