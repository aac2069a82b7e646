//! What a merchant has linked: shops and accounts, how each is doing, and the addresses we trust.

use std::fmt;

use thiserror::Error;

use crate::channel::ChannelKind;
use crate::ids::AccountId;
use crate::money::Currency;

/// A shop's permanent address, such as `nordlys.myshopify.com`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShopDomain(String);

/// The text is not a shop's permanent address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a shop is named by its permanent address, such as my-shop.myshopify.com")]
pub struct InvalidShopDomain;

impl ShopDomain {
    const SUFFIX: &str = ".myshopify.com";

    /// Lower-cases and checks; refuses any host outside `myshopify.com`, because we send secrets to it.
    pub fn parse(raw: &str) -> Result<Self, InvalidShopDomain> {
        let lower = raw.to_ascii_lowercase();
        let label = lower.strip_suffix(Self::SUFFIX).ok_or(InvalidShopDomain)?;
        let fits = (1..=62).contains(&label.len())
            && !label.starts_with('-')
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if fits { Ok(Self(lower)) } else { Err(InvalidShopDomain) }
    }

    /// Accepts what a person types: the bare name or the whole address.
    pub fn parse_typed(raw: &str) -> Result<Self, InvalidShopDomain> {
        Self::parse(raw).or_else(|_| Self::parse(&format!("{raw}{}", Self::SUFFIX)))
    }

    /// The whole address, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ShopDomain {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// How a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// Works.
    Ok,
    /// Works, but its token ends soon and could not be renewed.
    Expiring,
    /// The merchant must connect it again.
    NeedsReconnect,
    /// The platform slows us down for now.
    Limited,
    /// The platform forbids us to send.
    Blocked,
    /// Removed by the merchant or the platform.
    Disconnected,
}

impl ConnectionState {
    /// The stable word for it in JSON and tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Expiring => "expiring",
            Self::NeedsReconnect => "needs_reconnect",
            Self::Limited => "limited",
            Self::Blocked => "blocked",
            Self::Disconnected => "disconnected",
        }
    }

    /// The state that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Ok, Self::Expiring, Self::NeedsReconnect, Self::Limited, Self::Blocked, Self::Disconnected]
            .into_iter()
            .find(|state| state.word() == word)
    }
}

/// Where a shop's tokens come from, and so how they are renewed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenSource {
    /// Its owner agreed: a pair that renews itself, or a token without an end.
    Grant,
    /// It belongs to the organisation of the app, which asks for a new token by its own credentials.
    Credentials,
    /// The operator brought a token that does not end.
    Pasted,
}

impl TokenSource {
    /// The stable word for it in tables.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Grant => "grant",
            Self::Credentials => "credentials",
            Self::Pasted => "pasted",
        }
    }

    /// The source that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Grant, Self::Credentials, Self::Pasted].into_iter().find(|source| source.word() == word)
    }
}

/// What a shop says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShopFacts {
    /// Name shoppers see.
    pub name: String,
    /// Currency of all its prices.
    pub currency: Currency,
    /// Address of its online store, such as `https://nordlys.example`; links outside it are never sent.
    pub url: String,
    /// IANA time zone, in which its promotions begin and end.
    pub timezone: String,
}

/// A connected shop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shop {
    /// Its permanent address.
    pub domain: ShopDomain,
    /// How it is doing.
    pub state: ConnectionState,
    /// Scopes it granted us.
    pub scopes: Vec<String>,
    /// What it says of itself; `None` until its first read.
    pub facts: Option<ShopFacts>,
}

/// A connected account, such as a Facebook Page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Our id of it.
    pub id: AccountId,
    /// The channel it is on.
    pub channel: ChannelKind,
    /// The channel's own id of it.
    pub native_id: String,
    /// Name shoppers see.
    pub name: String,
    /// How it is doing.
    pub state: ConnectionState,
}

/// Names one connection of a merchant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConnectionName {
    /// A shop.
    Shop(ShopDomain),
    /// An account, such as a Facebook Page.
    Account(AccountId),
}

impl ConnectionName {
    /// The stable word for its kind in tables.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Shop(_) => "shop",
            Self::Account(_) => "account",
        }
    }

    /// What names it within its kind: the shop's address, or our id of the account.
    pub fn key(&self) -> String {
        match self {
            Self::Shop(shop) => shop.to_string(),
            Self::Account(account) => account.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(raw: &str, expected: Option<&str>) {
        assert_eq!(ShopDomain::parse(raw).ok().as_ref().map(ShopDomain::as_str), expected, "{raw:?}");
    }

    #[test]
    fn t19_only_permanent_addresses_are_shops() {
        check("nordlys.myshopify.com", Some("nordlys.myshopify.com"));
        check("Nordlys-2.MyShopify.com", Some("nordlys-2.myshopify.com"));
        for hostile in [
            "",
            ".myshopify.com",
            "-a.myshopify.com",
            "nordlys",
            "nordlys.myshopify.com.",
            "nordlys.myshopify.com:443",
            "nordlys.myshopify.com/",
            "x.myshopify.com@evil.com",
            "evil.com#.myshopify.com",
            "evil.com?.myshopify.com",
            "evil.com\\.myshopify.com",
            "evil.com/.myshopify.com",
            "a.b.myshopify.com",
            "a\0.myshopify.com",
            "a%2e.myshopify.com",
            "ｎordlys.myshopify.com",
            "nordlys。myshopify.com",
            "evilmyshopify.com",
            "nordlys.myshopify.com.evil.com",
            "a_b.myshopify.com",
            "a\r\n.myshopify.com",
            " a.myshopify.com",
            "https://a.myshopify.com",
            "user:pw@a.myshopify.com",
            "127.0.0.1",
            "a.myshopify.com\n",
        ] {
            check(hostile, None);
        }
        check(&format!("{}.myshopify.com", "a".repeat(63)), None);
    }

    proptest! {
        #[test]
        fn t19_whatever_parses_is_a_host_below_the_suffix(raw in "\\PC{0,80}") {
            if let Ok(shop) = ShopDomain::parse_typed(&raw) {
                prop_assert_eq!(&ShopDomain::parse(shop.as_str()).unwrap(), &shop);
                prop_assert!(shop.as_str().ends_with(".myshopify.com") && shop.as_str().is_ascii());
            }
        }
    }
}
