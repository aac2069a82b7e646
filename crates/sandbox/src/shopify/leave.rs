//! What ends between a shop and the app: the merchant removes it, and the platform asks for what the law asks of it.

use std::io;

use bytes::Bytes;
use serde_json::{Value, json};

use super::hooks::{as_shopify_writes, with_nanoseconds};
use super::ledger::Subscription;
use super::store::ShopInfo;
use super::{ShopifyFake, sign};
use crate::deliver::{Delivery, Source};

/// What the platform asks of every app; such subscriptions are the app's own settings, and no shop's.
#[derive(Clone, Debug)]
pub enum Compliance {
    /// `customers/data_request`: what is known of a customer?
    DataRequest {
        /// The number of the request.
        request: u64,
        /// The customer.
        customer: Customer,
    },
    /// `customers/redact`: forget a customer.
    CustomerRedact(Customer),
    /// `shop/redact`: forget the shop.
    ShopRedact,
}

/// A customer as compliance webhooks name one.
#[derive(Clone, Debug, Default)]
pub struct Customer {
    /// The number.
    pub id: u64,
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
}

impl ShopifyFake {
    /// The merchant removes the app.
    pub fn uninstall(&self, domain: &str) -> io::Result<()> {
        self.shop(domain).map_or(Ok(()), |shop| self.take_out(&shop))
    }

    /// The app leaves the shop: its tokens are dead before it hears of that, and its subscriptions gone after.
    pub(super) fn take_out(&self, shop: &ShopInfo) -> io::Result<()> {
        let domain = &*shop.domain;
        self.change_ledger(|ledger| ledger.revoke(domain))?;
        let body = json!({
            "id": shop.id, "name": shop.name, "domain": domain, "myshopify_domain": domain,
            "currency": shop.currency, "iana_timezone": shop.timezone,
        });
        self.journal.record(
            "shopify.uninstalled",
            format!("{domain} removed the app"),
            json!({ "shop": domain }),
        );
        self.announce(domain, &self.happening(), "APP_UNINSTALLED", &body, "the app was removed");
        self.change_ledger(|ledger| ledger.subscriptions.retain(|one| one.shop != domain))
    }

    /// The platform drops subscriptions of a shop, as after too many failures.
    pub fn drop_subscriptions(&self, domain: &str, topics: &[&str]) -> io::Result<()> {
        let dropped = |one: &Subscription| one.shop == domain && topics.contains(&one.topic.as_str());
        self.change_ledger(|ledger| ledger.subscriptions.retain(|one| !dropped(one)))
    }

    /// The platform sends a compliance webhook about a shop to the address that the app's settings name.
    pub fn asks(&self, domain: &str, to: &str, what: &Compliance) {
        let id = self.shop(domain).map_or(0, |shop| shop.id);
        let mut body = json!({ "shop_id": id, "shop_domain": domain });
        let named = |customer: &Customer| json!({ "id": customer.id, "email": customer.email, "phone": customer.phone });
        let (topic, more): (&str, Value) = match what {
            Compliance::DataRequest { request, customer } => (
                "customers/data_request",
                json!({ "orders_requested": [], "customer": named(customer), "data_request": { "id": request } }),
            ),
            Compliance::CustomerRedact(customer) => {
                ("customers/redact", json!({ "customer": named(customer), "orders_to_redact": [] }))
            }
            Compliance::ShopRedact => ("shop/redact", json!({})),
        };
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        let raw = as_shopify_writes(&body);
        let headers = [
            ("content-type", "application/json".to_owned()),
            ("x-shopify-topic", topic.to_owned()),
            ("x-shopify-hmac-sha256", sign::of_body(raw.as_bytes(), &self.client_secret)),
            ("x-shopify-shop-domain", domain.to_owned()),
            ("x-shopify-webhook-id", self.uuid()),
            ("x-shopify-triggered-at", with_nanoseconds(self.now())),
        ];
        self.deliveries.send(Delivery {
            source: Source::Shopify,
            to: to.to_owned(),
            headers: headers.map(|(name, value)| (name.to_owned(), value)).to_vec(),
            body: Bytes::from(raw),
            label: topic.to_owned(),
        });
    }
}
