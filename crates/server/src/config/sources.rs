//! Where an option's value comes from: flag, environment, `.env`, `shopclerk.toml`, defaults; the first that has it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::Context;

use super::check::Fault;
use super::{env_file, reference};

const ENV_FILE: &str = ".env";
const TOML_FILE: &str = "shopclerk.toml";

type Values = BTreeMap<String, String>;

/// The layers, the strongest first, and what is wrong with the files they come from.
#[derive(Clone, Debug)]
pub struct Sources {
    layers: Vec<Values>,
    faults: Vec<Fault>,
    /// Names in `shopclerk.toml` that are no option's.
    unknown: Vec<String>,
    /// The files of the working folder that hold secrets.
    secret_files: Vec<&'static str>,
}

impl Sources {
    /// The layers of a real start: `flags` by option name, the process environment, `.env` and `shopclerk.toml` of the
    /// working folder.
    pub fn gather(flags: BTreeMap<String, String>) -> anyhow::Result<Self> {
        let environment = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        let mut faults = Vec::new();
        let dotenv = text_of(ENV_FILE, &mut faults).map(|text| dotenv(&text, &mut faults));
        let file = text_of(TOML_FILE, &mut faults).map(|text| flatten(TOML_FILE, &text, &mut faults));
        let mut secret_files: Vec<&str> = dotenv.iter().map(|_| ENV_FILE).collect();
        let (file, defaults) = (file.unwrap_or_default(), defaults()?);
        if reference::options().any(|it| it.is_secret() && file.contains_key(&it.name.to_ascii_uppercase())) {
            secret_files.push(TOML_FILE);
        }
        let unknown = file.keys().filter(|name| !defaults.contains_key(*name)).cloned().collect();
        Ok(Self {
            layers: vec![flags, environment, dotenv.unwrap_or_default(), file, defaults],
            faults,
            unknown,
            secret_files,
        })
    }

    /// The value of the option with this name in capitals; empty values count as not set.
    pub fn find(&self, name: &str) -> Option<&str> {
        self.layers
            .iter()
            .filter_map(|layer| layer.get(name))
            .map(|value| value.trim())
            .find(|value| !value.is_empty())
    }

    /// Only these values above the defaults: nothing of the environment. For the sandbox and for tests.
    pub fn only(values: &[(&str, &str)]) -> anyhow::Result<Self> {
        let given = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let layers = vec![given, defaults()?];
        Ok(Self { layers, faults: Vec::new(), unknown: Vec::new(), secret_files: Vec::new() })
    }

    /// What is wrong with the files themselves. Never holds a line's content: it may be a secret.
    pub(super) fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The files of the working folder that hold secrets.
    pub(super) fn secret_files(&self) -> &[&'static str] {
        &self.secret_files
    }

    /// Names that are set in the file and mean nothing here.
    pub(super) fn unknown(&self) -> impl Iterator<Item = String> {
        self.unknown
            .iter()
            .map(|name| format!("{TOML_FILE} sets {}, which is no option here", name.to_ascii_lowercase()))
    }
}

fn defaults() -> anyhow::Result<Values> {
    let mut faults = Vec::new();
    let values = flatten("the compiled-in defaults", reference::text(), &mut faults);
    faults.first().map_or(Ok(values), |fault| Err(anyhow::anyhow!("{fault}"))).context("a broken build")
}

/// The text of a file that may be there.
fn text_of(file: &'static str, faults: &mut Vec<Fault>) -> Option<String> {
    match std::fs::read_to_string(Path::new(file)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == ErrorKind::NotFound => None,
        Err(error) => {
            faults.push(fault(
                file,
                format!("cannot be read ({error})"),
                "make it a readable UTF-8 text, or remove it",
            ));
            None
        }
    }
}

fn fault(file: &str, what: String, cure: &str) -> Fault {
    Fault { option: file.to_owned(), what, cure: cure.to_owned() }
}

fn dotenv(text: &str, faults: &mut Vec<Fault>) -> Values {
    let file = env_file::parse(text);
    faults.extend(file.wrong.iter().map(|(line, why)| {
        fault(
            ENV_FILE,
            format!("line {line} {why}"),
            "write NAME=value, and a value with spaces at its ends in quotation marks",
        )
    }));
    file.values
}

/// Option names in capitals, values as text.
fn flatten(file: &str, text: &str, faults: &mut Vec<Fault>) -> Values {
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            let error: toml::de::Error = error;
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
            faults.push(fault(file, format!("line {line} is not TOML"), "write name = \"value\""));
            return Values::new();
        }
    };
    let mut values = Values::new();
    for (name, value) in table {
        match as_text(&value) {
            Some(text) => drop(values.insert(name.to_ascii_uppercase(), text)),
            None => faults.push(fault(
                file,
                format!("{name} is none of our kinds of values"),
                "make it a text, a whole number, true or false, or a list of texts",
            )),
        }
    }
    values
}

fn as_text(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Array(items) => {
            items.iter().map(toml::Value::as_str).collect::<Option<Vec<_>>>().map(|texts| texts.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}
