//! What our buttons and quick choices carry, and the strict reading of it when it comes back.
//!
//! A payload is a hint a stranger may have forged: it names an action of a fixed list and at most a product, which is then
//! looked up on the merchant's own shelf.

use shopclerk_domain::ids::ProductId;

/// What a tap asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tap {
    /// More about this product.
    Details(ProductId),
    /// Something like this product.
    Like(ProductId),
    /// The same for less money.
    Cheaper,
    /// Further products of the last search.
    More,
    /// A person.
    Person,
}

impl Tap {
    /// The payload that means this.
    pub(crate) fn payload(self) -> String {
        match self {
            Self::Details(product) => format!("v1:details:{product}"),
            Self::Like(product) => format!("v1:like:{product}"),
            Self::Cheaper => "v1:cheaper".to_owned(),
            Self::More => "v1:more".to_owned(),
            Self::Person => "v1:person".to_owned(),
        }
    }

    /// Reads a payload exactly as we write it; anything else is no tap of ours.
    pub(crate) fn parse(payload: &str) -> Option<Self> {
        let tap = match payload {
            "v1:cheaper" => Self::Cheaper,
            "v1:more" => Self::More,
            "v1:person" => Self::Person,
            _ => {
                let (kind, number) = payload.strip_prefix("v1:")?.split_once(':')?;
                let product = ProductId::new(number.parse().ok()?);
                match kind {
                    "details" => Self::Details(product),
                    "like" => Self::Like(product),
                    _ => return None,
                }
            }
        };
        (tap.payload() == payload).then_some(tap)
    }

    /// The product it names.
    pub(crate) fn product(self) -> Option<ProductId> {
        match self {
            Self::Details(product) | Self::Like(product) => Some(product),
            Self::Cheaper | Self::More | Self::Person => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_payloads_written_by_us_are_taps() {
        for tap in [
            Tap::Details(ProductId::new(u64::MAX)),
            Tap::Like(ProductId::new(7)),
            Tap::Cheaper,
            Tap::More,
            Tap::Person,
        ] {
            assert_eq!(Tap::parse(&tap.payload()), Some(tap));
        }
        for forged in [
            "",
            "v1:",
            "v1:details:",
            "v1:details:+7",
            "v1:details:007",
            "v1:details:7 ",
            "v1:details:-7",
            "V1:cheaper",
            "v2:cheaper",
            "v1:cheaper:",
            "v1:buy:7",
            "v1:details:99999999999999999999999",
            "v1:details:７",
            "cheaper",
        ] {
            assert_eq!(Tap::parse(forged), None, "{forged:?}");
        }
    }
}
