//! The doctor: looks at everything the product rests on and says of each whether it is well, in one sentence, and what to do if
//! not. It changes nothing and shows no secret.

mod backups;
mod connections;
mod database;
mod machine;
mod meta;
mod mirror;
mod public;
mod shops;

use std::path::PathBuf;

use crate::app::App;

/// How well something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// As it should be.
    Ok,
    /// Works, and wants to be looked at.
    Warning,
    /// Does not work.
    Broken,
}

impl Level {
    /// The stable word for it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Broken => "broken",
        }
    }
}

/// One thing the doctor looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable, `area.what`.
    pub code: &'static str,
    /// Which of several it is about, such as a Page's name.
    pub about: Option<String>,
    /// How well it is.
    pub level: Level,
    /// One sentence.
    pub says: String,
    /// What to do, where something is to be done.
    pub cure: Option<String>,
}

impl Finding {
    /// It is as it should be.
    pub fn ok(code: &'static str, says: impl Into<String>) -> Self {
        Self { code, about: None, level: Level::Ok, says: says.into(), cure: None }
    }

    /// It works, and wants to be looked at.
    pub fn warning(code: &'static str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { level: Level::Warning, cure: Some(cure.into()), ..Self::ok(code, says) }
    }

    /// It does not work.
    pub fn broken(code: &'static str, says: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { level: Level::Broken, ..Self::warning(code, says, cure) }
    }

    /// About this one of several.
    #[must_use]
    pub fn about(self, name: &str) -> Self {
        Self { about: Some(name.to_owned()), ..self }
    }

    /// The area it belongs to.
    pub fn area(&self) -> &'static str {
        self.code.split('.').next().unwrap_or(self.code)
    }
}

/// What the doctor is told of the machine and the settings: how they came about is the binary's business.
#[derive(Clone, Debug)]
pub struct Premises {
    /// The data folder.
    pub folder: PathBuf,
    /// Files that hold secrets and are for their owner alone.
    pub secret_files: Vec<PathBuf>,
    /// What was set, ready to be shown: secrets are only said to be set.
    pub settings: Vec<(&'static str, String)>,
    /// What is odd about the settings.
    pub remarks: Vec<String>,
    /// Room left on the disk of the data folder, in bytes, where the system tells.
    pub free_bytes: Option<u64>,
}

/// Looks at everything, in the order in which it is told.
pub async fn examine(app: &App, premises: &Premises) -> Vec<Finding> {
    let mut found = settings(premises);
    found.extend(machine::examine(premises));
    found.extend(database::examine(app).await);
    found.extend(public::examine(app).await);
    let who = connections::gather(app).await;
    found.extend(meta::examine(app, &who).await);
    found.extend(shops::examine(app, &who).await);
    found.extend(machine::clock(app));
    found.extend(mirror::examine(app, &who).await);
    found.push(backups::examine(app).await);
    found.extend(database::waiting(app).await);
    found
}

/// What can be looked at when the store cannot be opened, and why it cannot.
pub fn examine_unopened(premises: &Premises, why: &str) -> Vec<Finding> {
    let mut found = settings(premises);
    found.extend(machine::examine(premises));
    found.push(Finding::broken(
        "database.opened",
        format!("The store cannot be opened: {}", sentence(why)),
        "Mend that first; everything else is looked at once it opens",
    ));
    found
}

/// The settings as they are, and what is odd about them.
pub fn settings(premises: &Premises) -> Vec<Finding> {
    let shown = premises
        .settings
        .iter()
        .map(|(name, value)| Finding::ok("settings.value", value.clone()).about(name));
    let odd = premises.remarks.iter().map(|remark| {
        Finding::warning("settings.remark", sentence(remark), "Fine in development; else take it out")
    });
    shown.chain(odd).collect()
}

/// A remark as a sentence of its own.
fn sentence(remark: &str) -> String {
    let mut letters = remark.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
