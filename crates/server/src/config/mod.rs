//! What the operator set: looked up in order, checked all at once, turned into the parsed types that the other crates take.

mod check;
mod env_file;
pub mod facebook;
pub mod http;
mod mirror;
mod schedules;
pub mod shopify;
pub mod sources;
pub mod storage;

use std::fmt;
use std::net::SocketAddr;

use shopclerk_flows::app::Settings;
use shopclerk_flows::wiring::{MetaSettings, ShopifySettings};
use url::Url;

pub use check::{Checker, Fault};
pub use sources::Sources;

use self::http::HttpConfig;
use self::storage::StorageConfig;

/// A configuration that can be started with.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub bind: SocketAddr,
    /// What the flows need to know.
    pub settings: Settings,
    /// How Meta is reached.
    pub meta: MetaSettings,
    /// How Shopify is reached.
    pub shopify: ShopifySettings,
    /// Where everything durable lives.
    pub storage: StorageConfig,
    /// Stop the process at this point: development only.
    pub fault_point: Option<String>,
    /// Whether the public address is on loopback, which allows stand-ins.
    pub development: bool,
    /// Names of options that are set but no longer used, and stand-ins in use: said once at the start.
    pub remarks: Vec<String>,
}

/// Everything that is wrong, all at once.
#[derive(Debug)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.0.len();
        writeln!(
            out,
            "{count} setting{} must be mended before the start:",
            if count == 1 { "" } else { "s" }
        )?;
        for fault in &self.0 {
            writeln!(out, "  {fault}")?;
        }
        write!(out, "Every option with its default: shopclerk serve --print-defaults")
    }
}

impl Config {
    /// Reads and checks everything; names all that is missing or wrong at once.
    pub fn load(sources: &Sources) -> Result<Self, Faults> {
        let mut check = Checker::new(sources);
        let http = http::read(&mut check);
        let meta = facebook::read(&mut check, http.as_ref());
        let shopify = shopify::read(&mut check, http.as_ref());
        let storage = storage::read(&mut check);
        let mirror = mirror::read(&mut check);
        let schedules = schedules::read(&mut check);
        check.distinct(&["FACEBOOK_APP_SECRET", "SHOPIFY_API_SECRET", "FACEBOOK_VERIFY_TOKEN"]);
        let fault_point = check.development_only("SHOPCLERK_FAULT_POINT", http.as_ref());
        let mut remarks = check.take_remarks();
        for old in ["STATE_TOKEN_SECRET", "TOKEN_DB_PATH", "SESSION_DB_PATH"] {
            if sources.find(old).is_some() {
                remarks
                    .push(format!("{old} is set but no longer used here: only `shopclerk import` reads it"));
            }
        }
        let faults = check.into_faults();
        match (http, meta, shopify, storage, mirror, schedules) {
            (Some(http), Some(meta), Some(shopify), Some(storage), Some(mirror), Some(schedules))
                if faults.is_empty() =>
            {
                let mut settings = Settings::at(&http.public_url, storage.folder.join("index"));
                settings.signup = http.signup;
                meta.addresses.apply(&mut settings);
                shopify.addresses.apply(&mut settings);
                settings.mirror_conversations = mirror.conversations;
                schedules.apply(&mut settings);
                Ok(Self {
                    bind: http.bind,
                    development: http.development,
                    settings,
                    meta: meta.client,
                    shopify: shopify.client,
                    storage: StorageConfig { bucket: mirror.bucket, ..storage },
                    fault_point,
                    remarks,
                })
            }
            _ => Err(Faults(faults)),
        }
    }
}

/// An address of ours that a platform calls: our own origin plus `route`, unless it is given; then it must agree.
fn own_address(
    check: &mut Checker<'_>,
    option: &str,
    route: &str,
    http: Option<&HttpConfig>,
) -> Option<String> {
    let public = &http?.public_url;
    let Some(given) = check.optional(option) else { return Some(format!("{public}{route}")) };
    let origin = Url::parse(given).ok().map(|url| url.origin().ascii_serialization());
    if origin.as_ref() != Some(public) {
        check.fault(
            option,
            format!("`{given}` is not below SHOPCLERK_PUBLIC_URL `{public}`"),
            format!("make the two agree, or leave {option} out: its default is {public}{route}"),
        );
        return None;
    }
    Some(given.to_owned())
}

/// The address of a platform: the real one, or a stand-in while the public address is on loopback, since it receives
/// secrets.
fn stand_in(check: &mut Checker<'_>, option: &str, real: &str, http: Option<&HttpConfig>) -> Option<String> {
    let given = check.optional(option).unwrap_or(real).trim_end_matches('/');
    if given == real {
        return Some(real.to_owned());
    }
    let given = given.to_owned();
    check.development_only(option, http)?;
    let readable = Url::parse(&given.replace("{shop}", "shop.myshopify.com")).is_ok();
    if !readable {
        check.fault(option, format!("`{given}` is not a web address"), format!("write it like {real}"));
        return None;
    }
    check.remark(format!("{option} points to a stand-in: {given}"));
    Some(given)
}

#[cfg(test)]
mod tests;
