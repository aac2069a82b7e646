//! Our own identifiers. Each is parsed once at the edge and trusted inside; none of them is a secret.

use std::fmt;

use thiserror::Error;
use uuid::Uuid;

use crate::clock::Timestamp;
use crate::entropy::{self, Entropy};

/// Why a text is not an identifier of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not an identifier of ours")]
pub struct InvalidId;

macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// A new identifier: sorts by its time of birth (UUID version 7).
            pub fn new(now: Timestamp, entropy: &dyn Entropy) -> Self {
                let millis = u64::try_from(now.millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &entropy::bytes(entropy)).into_uuid())
            }

            /// Reads the usual text form.
            pub fn parse(text: &str) -> Result<Self, InvalidId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidId)
            }

            /// The identifier that these sixteen bytes are, as `storage` keeps it.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The sixteen bytes `storage` keeps.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

uuid_ids! {
    /// A customer of the installation; the `user_uuid` people know from their files.
    MerchantId,
    /// A connected account on a channel, such as one Facebook Page.
    AccountId,
    /// A person who writes to a merchant.
    ShopperId,
    /// Everything one shopper and one account said to each other.
    ConversationId,
    /// One passage from events to reply.
    TurnId,
    /// One part of a reply in the outbox; travels with the message so that its echo can be recognised.
    PartId,
    /// Something that is to be forgotten, as the ledger numbers it.
    ErasureId,
}

macro_rules! shop_ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u64);

        impl $name {
            /// The identifier with this number.
            pub const fn new(number: u64) -> Self {
                Self(number)
            }

            /// The number the shop gave it; may exceed what a float can hold.
            pub const fn number(self) -> u64 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(out)
            }
        }
    )*};
}

shop_ids! {
    /// The shop's number of a product.
    ProductId,
    /// The shop's number of one buyable variant.
    VariantId,
    /// The shop's number of a collection.
    CollectionId,
    /// The shop's number of a discount, by code or of itself.
    DiscountId,
}

/// The inbox row of one event; grows in order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub i64);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn ids_sort_by_birth_and_read_back() {
        let entropy = SeededEntropy::new(1);
        let earlier = MerchantId::new(Timestamp::from_millis(1_000), &entropy);
        let later = MerchantId::new(Timestamp::from_millis(2_000), &entropy);

        assert!(earlier < later);
        assert_eq!(MerchantId::parse(&later.to_string()), Ok(later));
        assert_eq!(MerchantId::parse("1; DROP TABLE"), Err(InvalidId));
    }
}
