//! Checking options one by one while remembering everything that is wrong, so that it can be said all at once.

use std::fmt;

use shopclerk_domain::clock::Timestamp;
use shopclerk_domain::secret::{Secret, SecretText};

use super::http::HttpConfig;
use super::sources::Sources;

/// One option that cannot be started with. Never holds a secret's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The option's name.
    pub option: String,
    /// What is wrong with it.
    pub what: String,
    /// What to do about it.
    pub cure: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}. {}", self.option, self.what, self.cure)
    }
}

/// Looks options up and gathers faults.
#[derive(Debug)]
pub struct Checker<'a> {
    sources: &'a Sources,
    faults: Vec<Fault>,
    remarks: Vec<String>,
}

/// Values that people leave in when they copy an example.
const PLACEHOLDERS: &[&str] =
    &["changeme", "change-me", "secret", "your", "example", "default", "placeholder", "xxx", "todo"];

impl<'a> Checker<'a> {
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self { sources, faults: sources.faults().to_vec(), remarks: sources.unknown().collect() }
    }

    pub(crate) fn fault(&mut self, option: &str, what: impl Into<String>, cure: impl Into<String>) {
        self.faults.push(Fault { option: option.to_owned(), what: what.into(), cure: cure.into() });
    }

    pub(crate) fn remark(&mut self, remark: String) {
        self.remarks.push(remark);
    }

    pub(crate) fn take_remarks(&mut self) -> Vec<String> {
        std::mem::take(&mut self.remarks)
    }

    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    /// The value, if it is set.
    pub(crate) fn optional(&self, option: &str) -> Option<&'a str> {
        self.sources.find(option)
    }

    /// The value, or a fault with this cure.
    pub(crate) fn required(&mut self, option: &str, cure: &str) -> Option<&'a str> {
        let value = self.sources.find(option);
        if value.is_none() {
            self.fault(option, "is missing", cure);
        }
        value
    }

    /// A secret that somebody really chose.
    pub(crate) fn secret(&mut self, option: &str, cure: &str) -> Option<SecretText> {
        let value = self.required(option, cure)?;
        let lower = value.to_ascii_lowercase();
        if PLACEHOLDERS.iter().any(|word| lower.starts_with(word)) {
            self.fault(option, "still holds a placeholder", cure);
            return None;
        }
        if value.len() < 8 {
            self.fault(option, "is too short to be a secret (at least 8 characters)", cure);
            return None;
        }
        Some(Secret::new(value.to_owned()))
    }

    /// The secret before a rotation with the time until which it still verifies.
    pub(crate) fn previous_secret(&mut self, option: &str) -> Option<(SecretText, Timestamp)> {
        let until_option = format!("{option}_UNTIL");
        self.optional(option)?;
        let secret = self.secret(option, "give the secret that was valid before, or leave it out");
        let Some(until) = self.optional(&until_option) else {
            self.fault(
                &until_option,
                "is missing",
                format!("say until when {option} still verifies, such as 2027-01-31T00:00:00Z"),
            );
            return None;
        };
        let Ok(until) = until.parse::<Rfc3339>() else {
            self.fault(&until_option, "is not a time", "write it like 2027-01-31T00:00:00Z");
            return None;
        };
        Some((secret?, until.0))
    }

    /// A whole number within bounds.
    pub(crate) fn number<T>(&mut self, option: &str, within: std::ops::RangeInclusive<T>) -> Option<T>
    where
        T: std::str::FromStr + PartialOrd + fmt::Display,
    {
        let cure = format!("write a whole number from {} to {}", within.start(), within.end());
        let text = self.required(option, &cure)?;
        let number = text.parse().ok().filter(|number| within.contains(number));
        if number.is_none() {
            self.fault(option, format!("`{text}` is no such number"), cure);
        }
        number
    }

    /// Yes or no.
    pub(crate) fn switch(&mut self, option: &str) -> Option<bool> {
        match self.optional(option).unwrap_or("false") {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            text => {
                self.fault(option, format!("`{text}` is neither yes nor no"), "write true or false");
                None
            }
        }
    }

    /// Secrets that must differ from each other.
    pub(crate) fn distinct(&mut self, options: &[&str]) {
        for (index, first) in options.iter().enumerate() {
            for second in options.iter().skip(index + 1) {
                let same = self.optional(first).is_some_and(|value| self.optional(second) == Some(value));
                if same {
                    self.fault(second, format!("has the same value as {first}"), "give each its own");
                }
            }
        }
    }

    /// An option that is honoured only while the public address is on loopback.
    pub(crate) fn development_only(&mut self, option: &str, http: Option<&HttpConfig>) -> Option<String> {
        let value = self.optional(option)?;
        if http.is_some_and(|http| !http.development) {
            self.fault(
                option,
                "is for development only",
                "remove it, or set SHOPCLERK_PUBLIC_URL to an address on loopback",
            );
            return None;
        }
        Some(value.to_owned())
    }
}

struct Rfc3339(Timestamp);

impl std::str::FromStr for Rfc3339 {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Timestamp::parse(text).map(Self).ok_or(())
    }
}
