//! Where an option's value comes from: flag, environment, `.env`, `shopclerk.toml`, defaults; the first that has it.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context;

use super::env_file;

const DEFAULTS: &str = include_str!("../defaults.toml");

/// The layers, the strongest first.
#[derive(Clone, Debug)]
pub struct Sources {
    layers: Vec<(&'static str, BTreeMap<String, String>)>,
}

impl Sources {
    /// The layers of a real start: `flags` by option name, the process environment, `.env` and `shopclerk.toml` of the
    /// working folder.
    pub fn gather(flags: BTreeMap<String, String>) -> anyhow::Result<Self> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Ok(Self {
            layers: vec![
                ("a flag", flags),
                ("the environment", environment),
                (".env", env_file::read(Path::new(".env"))?),
                ("shopclerk.toml", toml_file(Path::new("shopclerk.toml"))?),
                ("the defaults", defaults()?),
            ],
        })
    }

    /// The value of the option with this name in capitals; empty values count as not set.
    pub fn find(&self, name: &str) -> Option<&str> {
        let set = |layer: &'_ (&'static str, BTreeMap<String, String>)| {
            layer.1.get(name).map(|value| value.trim().to_owned())
        };
        let layer = self.layers.iter().find(|layer| set(layer).is_some_and(|value| !value.is_empty()))?;
        layer.1.get(name).map(|value| value.trim())
    }

    /// Only these values above the defaults: nothing of the environment. For the sandbox and for tests.
    pub fn only(values: &[(&str, &str)]) -> anyhow::Result<Self> {
        let given = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Ok(Self { layers: vec![("given", given), ("the defaults", defaults()?)] })
    }
}

/// The reference of all options, as it is compiled in.
pub const fn reference() -> &'static str {
    DEFAULTS
}

fn defaults() -> anyhow::Result<BTreeMap<String, String>> {
    flatten(DEFAULTS).context("the compiled-in defaults")
}

fn toml_file(path: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => flatten(&text).with_context(|| format!("{} cannot be read", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// Option names in capitals, values as text.
fn flatten(text: &str) -> anyhow::Result<BTreeMap<String, String>> {
    let table: toml::Table = text.parse()?;
    table
        .into_iter()
        .map(|(name, value)| {
            let value = match value {
                toml::Value::String(text) => text,
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(flag) => flag.to_string(),
                toml::Value::Array(items) => {
                    items.iter().map(|item| item.as_str().unwrap_or_default()).collect::<Vec<_>>().join(",")
                }
                toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => {
                    anyhow::bail!("{name} must be a text, a whole number, true or false, or a list of texts")
                }
            };
            Ok((name.to_ascii_uppercase(), value))
        })
        .collect()
}
