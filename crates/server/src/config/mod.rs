//! What the operator set: looked up in order, checked all at once, turned into the parsed types that the other crates take.

mod budget;
mod check;
mod conversations;
pub mod edge;
mod env_file;
pub mod facebook;
pub(crate) mod flags;
pub mod http;
mod mirror;
pub mod model;
mod private;
pub(crate) mod reference;
mod retention;
mod schedules;
pub mod shopify;
pub mod sources;
pub mod storage;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;

use shopclerk_flows::app::Settings;
use shopclerk_flows::wiring::{MetaSettings, ShopifySettings};
use url::Url;

pub use check::{Checker, Fault};
pub use sources::Sources;

use self::edge::EdgeConfig;
use self::http::{HttpConfig, Role};
use self::model::ModelConfig;
use self::storage::StorageConfig;
use crate::rehearsal::Rehearsal;

/// A configuration that can be started with.
#[derive(Debug)]
pub struct Config {
    /// Where to listen.
    pub bind: SocketAddr,
    /// What this process does.
    pub role: Role,
    /// What the flows need to know.
    pub settings: Settings,
    /// How Meta is reached.
    pub meta: MetaSettings,
    /// How Shopify is reached.
    pub shopify: ShopifySettings,
    /// Where everything durable lives.
    pub storage: StorageConfig,
    /// What is believed and allowed at the edge.
    pub edge: EdgeConfig,
    /// Which language model is asked; `None` = the rules answer.
    pub model: Option<ModelConfig>,
    /// What happens at named points of the process: development only.
    pub rehearsal: Option<Rehearsal>,
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
        let config = Self::read(&mut check);
        for file in sources.secret_files() {
            private::check(&mut check, file, Path::new(file));
        }
        let remarks = check.take_remarks();
        let faults = check.into_faults();
        match config {
            Some(config) if faults.is_empty() => Ok(Self { remarks, ..config }),
            _ => Err(Faults(faults)),
        }
    }

    /// Everything is read before the first part that is missing ends it: so all faults are found.
    fn read(check: &mut Checker<'_>) -> Option<Self> {
        let http = http::read(check);
        let meta = facebook::read(check, http.as_ref());
        let shopify = shopify::read(check, http.as_ref());
        let storage = storage::read(check);
        let mirror = mirror::read(check);
        let schedules = schedules::read(check);
        let retention = retention::read(check);
        let edge = edge::read(check);
        let model = model::read(check);
        let budget = budget::read(check);
        model::check_room(check, model.as_ref(), budget.as_ref());
        let conversations = conversations::read(check);
        let rehearsal = rehearsal(check, http.as_ref());
        check.distinct(&[
            "FACEBOOK_APP_SECRET",
            "SHOPIFY_API_SECRET",
            "FACEBOOK_VERIFY_TOKEN",
            "AGENT_API_KEY",
            "SPACES_SECRET",
        ]);
        note_old_names(check);
        note_proxy(check, http.as_ref(), edge.as_ref());
        let (http, meta, shopify, storage, edge) = (http?, meta?, shopify?, storage?, edge?);
        let mirror = mirror?;
        let mut settings = Settings::at(&http.public_url, storage.folder.join("index"));
        settings.signup = http.signup;
        settings.pending_logins = edge.pending_logins;
        settings.key_file = storage.own_key_file();
        settings.mirror_conversations = mirror.conversations;
        settings.model = budget?;
        let prompt = model.as_ref().and_then(|model| model.prompt.as_ref());
        settings.model.template = prompt.map(|prompt| prompt.text.as_str().into());
        conversations?.apply(&mut settings);
        schedules?.apply(&mut settings);
        retention?.apply(&mut settings);
        meta.addresses.apply(&mut settings);
        shopify.addresses.apply(&mut settings);
        Some(Self {
            bind: http.bind,
            role: http.role,
            development: http.development,
            settings,
            meta: meta.client,
            shopify: shopify.client,
            storage: StorageConfig { bucket: mirror.bucket, ..storage },
            edge,
            model,
            rehearsal,
            remarks: Vec::new(),
        })
    }
}

fn rehearsal(check: &mut Checker<'_>, http: Option<&HttpConfig>) -> Option<Rehearsal> {
    const OPTION: &str = "SHOPCLERK_FAULT_POINT";
    let read = Rehearsal::read(&check.development_only(OPTION, http)?);
    if read.is_none() {
        let cure =
            "write a point such as inbox.committed, inbox.committed:3, freeze:meta.send.before, or tell";
        check.fault(OPTION, "is no rehearsal", cure);
    }
    read
}

/// What the Python version needed and this one does not is no fault: people keep their `.env`.
fn note_old_names(check: &mut Checker<'_>) {
    for old in ["STATE_TOKEN_SECRET", "TOKEN_DB_PATH", "SESSION_DB_PATH"] {
        if check.optional(old).is_some() {
            check.remark(format!("{old} is set but no longer used here: only `shopclerk import` reads it"));
        }
    }
}

/// Who listens on loopback behind a public address is reached through a proxy.
fn note_proxy(check: &mut Checker<'_>, http: Option<&HttpConfig>, edge: Option<&EdgeConfig>) {
    let behind = http.is_some_and(|http| !http.development && http.bind.ip().is_loopback());
    if behind && edge.is_some_and(|edge| edge.proxies.is_empty()) {
        let what = "SHOPCLERK_TRUSTED_PROXIES names no proxy, so all who come through one share its allowance of sign-ins";
        check.remark(what.to_owned());
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
