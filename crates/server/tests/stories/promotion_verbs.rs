//! A world whose shop has discounts, and what its merchant does with them.

use shopclerk_sandbox::shopify::DiscountPatch;
use shopclerk_sandbox::shopify::store::{
    Buyers, Collection, Discount, Gives, Goods, Minimum, Product, Store,
};

use crate::scene::Scene;
use crate::world::{START, World};

/// Every code open to all buyers may be told.
pub(crate) const CODES_TOLD: &[(&str, &str)] = &[("SHOPCLERK_TOLD_CODES", "public")];

/// A share off with a code, for everybody and everything.
pub(crate) fn code(id: u64, code: &str, share: &str) -> Discount {
    Discount { title: code.to_owned(), codes: vec![code.to_owned()], ..automatic(id, share) }
}

/// A share that the shop takes off everything by itself.
pub(crate) fn automatic(id: u64, share: &str) -> Discount {
    Discount {
        id,
        title: format!("Discount {id}"),
        gives: Gives::Percent(share.to_owned()),
        starts_at: START.millis() - 1_000,
        created_at: START.millis() - 1_000,
        updated_at: START.millis() - 1_000,
        ..Discount::default()
    }
}

/// WARM10: 10 % off from $50 on, until the end of November in New York, once per customer.
pub(crate) fn warm10() -> Discount {
    Discount {
        minimum: Minimum::Subtotal("50.00".to_owned()),
        ends_at: Some(END_OF_NOVEMBER),
        once_per_customer: true,
        ..code(1, "WARM10", "0.1")
    }
}

/// The first moment of December 2026 in New York.
const END_OF_NOVEMBER: i64 = 1_796_101_200_000;

/// Discounts that nobody may be told of, each for a reason of its own.
pub(crate) fn withheld() -> Vec<Discount> {
    let bulk = ["PRESS-1", "PRESS-2"].map(str::to_owned).to_vec();
    let one_more = Gives::OneMore { buy: 2, percent: "1".to_owned() };
    vec![
        Discount { buyers: Buyers::Segment("Regulars".to_owned()), ..code(11, "VIP30", "0.3") },
        Discount { buyers: Buyers::Customer("Bea".to_owned()), ..code(12, "BEA50", "0.5") },
        Discount { codes: bulk, ..code(13, "PRESS", "1") },
        Discount { ends_at: Some(START.millis() - 1), ..code(14, "SPRING20", "0.2") },
        Discount { starts_at: START.millis() + 86_400_000, ..code(15, "CYBER25", "0.25") },
        Discount { gives: one_more, ..automatic(16, "1") },
        Discount { gives: Gives::App, ..automatic(17, "1") },
        Discount { gives: Gives::FreeShipping, ..code(18, "SHIPFREE", "1") },
        Discount { usage_limit: Some(100), used: 95, ..code(19, "LAST5", "0.4") },
    ]
}

/// An end and nothing else changes.
pub(crate) fn ends(at: i64) -> DiscountPatch {
    DiscountPatch { ends_at: Some(at), ..DiscountPatch::default() }
}

/// A share and nothing else changes.
pub(crate) fn share(share: &str) -> DiscountPatch {
    DiscountPatch { percent: Some(share.to_owned()), ..DiscountPatch::default() }
}

impl World {
    /// A connected shop with these discounts, whose open codes may be told.
    pub(crate) async fn with_discounts(products: Vec<Product>, discounts: Vec<Discount>) -> Self {
        let world = Scene::of(products).configured(CODES_TOLD).connected().await;
        for discount in discounts {
            world.puts_discount(discount);
        }
        world.settle().await;
        world
    }

    /// The merchant makes a discount or changes it as a whole; the webhook goes out.
    pub(crate) fn puts_discount(&self, discount: Discount) {
        self.sandbox().shopify().put_discount(self.shop(), discount).unwrap();
    }

    /// The merchant changes a discount; the webhook goes out.
    #[expect(clippy::needless_pass_by_value, reason = "a change is made where it is told")]
    pub(crate) fn changes_discount(&self, id: u64, patch: DiscountPatch) {
        self.sandbox().shopify().patch_discount(self.shop(), id, &patch).unwrap();
    }

    /// The merchant removes a discount; the webhook goes out.
    pub(crate) fn removes_discount(&self, id: u64) {
        self.sandbox().shopify().delete_discount(self.shop(), id).unwrap();
    }

    /// The shop holds all of this instead, and not one webhook is sent.
    pub(crate) fn has_silently(&self, products: Vec<Product>, discounts: Vec<Discount>) {
        let shopify = self.sandbox().shopify();
        let winter = Collection {
            id: 900,
            handle: "winter".to_owned(),
            title: "Winter".to_owned(),
            description: String::new(),
            updated_at: START.millis(),
        };
        let store = Store {
            shop: shopify.shop(self.shop()).unwrap(),
            products: products.into_iter().map(|product| (product.id, product)).collect(),
            collections: [(winter.handle.clone(), winter)].into(),
            discounts: discounts.into_iter().map(|discount| (discount.id, discount)).collect(),
        };
        shopify.add_store(store).unwrap();
    }
}

/// The goods a discount is for.
pub(crate) fn on(discount: Discount, goods: Goods) -> Discount {
    Discount { on: goods, ..discount }
}
