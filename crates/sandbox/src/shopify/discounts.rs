//! Discounts as their merchant sees and changes them: every change is saved and told to whoever subscribed.

use std::sync::PoisonError;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::admin::{gid, time};
use super::change::ChangeError;
use super::store::{Discount, Gives, Minimum};
use super::{ShopifyFake, money};

/// How a discount stands at a time, as the Admin API spells it: computed whenever it is asked for, as Shopify does.
pub(super) fn status(discount: &Discount, now: i64) -> &'static str {
    if discount.ends_at.is_some_and(|end| end <= now) {
        "EXPIRED"
    } else if discount.starts_at > now {
        "SCHEDULED"
    } else {
        "ACTIVE"
    }
}

/// A discount as a merchant's list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DiscountView {
    /// Its number, as text: it may exceed what a float holds.
    pub id: String,
    /// What the merchant calls it.
    pub title: String,
    /// Its codes; none = taken off by the shop itself.
    pub codes: Vec<String>,
    /// `ACTIVE`, `EXPIRED` or `SCHEDULED`.
    pub status: &'static str,
    /// What it gives.
    pub gives: Gives,
    /// What must be bought at least.
    pub minimum: Minimum,
    /// UTC milliseconds; `None` = it goes on.
    pub ends_at: Option<i64>,
}

/// What shall be different about a discount; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscountPatch {
    /// A share off, as a decimal: `0.15` is 15 %.
    #[serde(default)]
    pub percent: Option<String>,
    /// The least that must be bought, a decimal string; empty = nothing in particular.
    #[serde(default)]
    pub minimum: Option<String>,
    /// When it ends, in UTC milliseconds; 0 = it goes on.
    #[serde(default)]
    pub ends_at: Option<i64>,
    /// The one code it is had with.
    #[serde(default)]
    pub code: Option<String>,
}

impl ShopifyFake {
    /// All discounts of a shop in the order of their ids.
    pub fn discounts(&self, domain: &str) -> Option<Vec<DiscountView>> {
        let now = self.now();
        self.with_shelf(domain, |shelf| shelf.store().discounts.values().map(|one| view(one, now)).collect())
    }

    /// Adds a discount, or replaces the one with its id, at the present time; saves and sends the webhook.
    pub fn put_discount(&self, domain: &str, mut discount: Discount) -> Result<(), ChangeError> {
        discount.updated_at = self.now();
        let is_new = {
            let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
            let goods = shelves.get_mut(domain).ok_or(ChangeError::NoSuchShop)?;
            goods.put_discount(discount.clone()).is_none()
        };
        self.save_catalogue()?;
        self.tell_discount(domain, &discount, if is_new { "DISCOUNTS_CREATE" } else { "DISCOUNTS_UPDATE" });
        Ok(())
    }

    /// Changes a discount, saves, and sends the webhook.
    pub fn patch_discount(
        &self,
        domain: &str,
        id: u64,
        patch: &DiscountPatch,
    ) -> Result<DiscountView, ChangeError> {
        if *patch == DiscountPatch::default() {
            return Err(ChangeError::NothingToChange);
        }
        let (currency, found) = self
            .with_shelf(domain, |shelf| {
                (shelf.store().shop.currency.clone(), shelf.store().discounts.get(&id).cloned())
            })
            .ok_or(ChangeError::NoSuchShop)?;
        let mut discount = found.ok_or(ChangeError::NoSuchDiscount)?;
        if let Some(share) = &patch.percent {
            let known = money::parse_share(share).ok_or(ChangeError::BadShare)?;
            discount.gives = Gives::Percent(known);
        }
        if let Some(amount) = &patch.minimum {
            let bad = || ChangeError::BadPrice { currency: currency.clone() };
            discount.minimum = match amount.as_str() {
                "" => Minimum::None,
                text => Minimum::Subtotal(money::scalar(
                    money::parse_price(text, &currency).ok_or_else(bad)?,
                    &currency,
                )),
            };
        }
        if let Some(end) = patch.ends_at {
            discount.ends_at = Some(end).filter(|end| *end != 0);
        }
        if let Some(code) = &patch.code {
            discount.codes = vec![code.chars().take(64).collect()];
        }
        self.put_discount(domain, discount.clone())?;
        Ok(view(&discount, self.now()))
    }

    /// Deletes a discount, saves and sends the webhook.
    pub fn delete_discount(&self, domain: &str, id: u64) -> Result<(), ChangeError> {
        let discount = {
            let mut shelves = self.shelves.write().unwrap_or_else(PoisonError::into_inner);
            let goods = shelves.get_mut(domain).ok_or(ChangeError::NoSuchShop)?;
            goods.take_discount(id).ok_or(ChangeError::NoSuchDiscount)?
        };
        self.save_catalogue()?;
        self.tell_discount(domain, &discount, "DISCOUNTS_DELETE");
        Ok(())
    }

    fn tell_discount(&self, domain: &str, discount: &Discount, topic: &str) {
        let title = &discount.title;
        self.journal.record(
            "shopify.change",
            format!("discount {title} changed"),
            json!({ "discount": title }),
        );
        self.announce(domain, &self.happening(), topic, &body(discount, self.now()), title);
    }
}

/// The body of `discounts/create`, `/update` and `/delete`.
fn body(discount: &Discount, now: i64) -> Value {
    let kind = if discount.codes.is_empty() { "DiscountAutomaticNode" } else { "DiscountCodeNode" };
    json!({
        "admin_graphql_api_id": gid(kind, discount.id),
        "title": discount.title,
        "status": status(discount, now),
        "created_at": time(discount.created_at),
        "updated_at": time(discount.updated_at),
    })
}

fn view(discount: &Discount, now: i64) -> DiscountView {
    DiscountView {
        id: discount.id.to_string(),
        title: discount.title.clone(),
        codes: discount.codes.clone(),
        status: status(discount, now),
        gives: discount.gives.clone(),
        minimum: discount.minimum.clone(),
        ends_at: discount.ends_at,
    }
}
