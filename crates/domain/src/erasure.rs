//! What can be forgotten: each subject has a word and a key, by which the ledger names it long after it is gone.

use crate::connection::ShopDomain;
use crate::ids::{AccountId, ConversationId, ShopperId};

/// What is to be forgotten, within one merchant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The words of one message.
    Message {
        /// The conversation it was said in.
        conversation: ConversationId,
        /// The channel's id of it.
        native_id: String,
    },
    /// A shopper, with every conversation of theirs.
    Shopper(ShopperId),
    /// A customer of a shop, whoever of the shoppers that may be.
    Customer {
        /// The shop that asks.
        shop: ShopDomain,
        /// The shop's number of the customer; zero where it knows an address only.
        number: u64,
    },
    /// A shop and all that was read from it; with a merchant's last shop goes the merchant.
    Shop(ShopDomain),
    /// An account, with all that was said over it.
    Account(AccountId),
    /// Everything of the merchant's.
    Merchant,
}

impl Subject {
    /// The stable word for its kind in tables and files.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Message { .. } => "message",
            Self::Shopper(_) => "shopper",
            Self::Customer { .. } => "customer",
            Self::Shop(_) => "shop",
            Self::Account(_) => "account",
            Self::Merchant => "merchant",
        }
    }

    /// What names it within its merchant and kind; nothing that tells who a person is.
    pub fn key(&self) -> String {
        match self {
            Self::Message { conversation, native_id } => format!("{conversation}/{native_id}"),
            Self::Shopper(shopper) => shopper.to_string(),
            Self::Customer { shop, number } => format!("{shop}/{number}"),
            Self::Shop(shop) => shop.to_string(),
            Self::Account(account) => account.to_string(),
            Self::Merchant => String::new(),
        }
    }

    /// The subject that word and key name.
    pub fn parse(word: &str, key: &str) -> Option<Self> {
        match word {
            "message" => {
                let (conversation, native_id) = key.split_once('/')?;
                let conversation = ConversationId::parse(conversation).ok()?;
                Some(Self::Message { conversation, native_id: native_id.to_owned() })
            }
            "shopper" => ShopperId::parse(key).ok().map(Self::Shopper),
            "customer" => {
                let (shop, number) = key.split_once('/')?;
                let shop = ShopDomain::parse(shop).ok()?;
                Some(Self::Customer { shop, number: number.parse().ok()? })
            }
            "shop" => ShopDomain::parse(key).ok().map(Self::Shop),
            "account" => AccountId::parse(key).ok().map(Self::Account),
            "merchant" => key.is_empty().then_some(Self::Merchant),
            _ => None,
        }
    }
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AskedBy {
    /// The shopper took something back.
    Shopper,
    /// The shop's platform, for a customer or the shop.
    Shop,
    /// The channel's platform, for the person who connected the account.
    Channel,
    /// Whoever runs the installation.
    Operator,
    /// Another erasure that found it.
    Erasure,
}

impl AskedBy {
    /// The stable word for it in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Shop => "shop",
            Self::Channel => "channel",
            Self::Operator => "operator",
            Self::Erasure => "erasure",
        }
    }

    /// Whom `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Shopper, Self::Shop, Self::Channel, Self::Operator, Self::Erasure]
            .into_iter()
            .find(|asked_by| asked_by.word() == word)
    }
}

/// What became of an erasure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    /// It is gone.
    Gone,
    /// It was connected again after this was asked: what is there now is not what was meant.
    Superseded,
}

impl Erased {
    /// The stable word for it in tables and files.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Superseded => "superseded",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, key: &str, reads: bool) {
        let read = Subject::parse(word, key);
        assert_eq!(read.is_some(), reads, "{word} {key}");
        if let Some(subject) = read {
            assert_eq!((subject.word(), subject.key().as_str()), (word, key));
        }
    }

    #[test]
    fn a_subject_is_named_by_its_word_and_key() {
        let id = "0192f3a0-0000-7000-8000-000000000001";
        check("message", &format!("{id}/m_with/slashes"), true);
        check("shopper", id, true);
        check("customer", "nordlys.myshopify.com/191167", true);
        check("shop", "nordlys.myshopify.com", true);
        check("account", id, true);
        check("merchant", "", true);
        check("message", id, false);
        check("customer", "nordlys.myshopify.com/ana", false);
        check("customer", "evil.example/1", false);
        check("merchant", "all", false);
        check("everything", "", false);
    }
}
