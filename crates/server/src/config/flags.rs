//! The flags of the options: each option that is no secret has one, named and explained as in the reference of all options.

use std::collections::BTreeMap;

use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};

use super::reference::{self, Described};

/// What options of ours are called without as a flag.
const OWN: &str = "shopclerk_";
const DATA: &str = "shopclerk_data_dir";
/// What is shown without being asked for more.
const USUAL: [&str; 3] = ["shopclerk_bind", "shopclerk_public_url", DATA];

/// The options that were given as flags, by the name they have in the environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct SettingFlags(pub(crate) BTreeMap<String, String>);

/// The same for commands that are rarely given any: their help shows the data folder alone.
#[derive(Clone, Debug, Default)]
pub(crate) struct QuietFlags(pub(crate) BTreeMap<String, String>);

fn flagged() -> impl Iterator<Item = Described> {
    reference::options().filter(|option| !option.is_secret())
}

/// The flag; clap keeps its name for the life of the process.
fn flag(option: Described) -> Arg {
    let name = option.name.strip_prefix(OWN).unwrap_or(option.name).replace('_', "-");
    Arg::new(option.name)
        .long(&*name.leak())
        .value_name("VALUE")
        .help(option.what)
        .help_heading(option.heading)
        .hide_short_help(!USUAL.contains(&option.name))
}

fn given(matches: &ArgMatches) -> BTreeMap<String, String> {
    let value = |name: &str| matches.get_one::<String>(name).cloned();
    flagged().filter_map(|option| Some((option.name.to_ascii_uppercase(), value(option.name)?))).collect()
}

macro_rules! flags {
    ($name:ident, $flag:expr) => {
        impl FromArgMatches for $name {
            fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
                Ok(Self(given(matches)))
            }

            fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
                self.0.extend(given(matches));
                Ok(())
            }
        }

        impl Args for $name {
            fn augment_args(command: Command) -> Command {
                command.args(flagged().map($flag))
            }

            fn augment_args_for_update(command: Command) -> Command {
                Self::augment_args(command)
            }
        }
    };
}

flags!(SettingFlags, flag);
flags!(QuietFlags, |option| flag(option).help_heading(None).hide(option.name != DATA));

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Program {
        #[command(flatten)]
        settings: SettingFlags,
    }

    #[test]
    fn t66_every_option_but_a_secret_has_its_flag() {
        for option in reference::options() {
            let flag = format!("--{}", option.name.trim_start_matches(OWN).replace('_', "-"));
            let taken = Program::try_parse_from(["shopclerk", &flag, "x"]).ok().map(|it| it.settings.0);
            let expected = BTreeMap::from([(option.name.to_ascii_uppercase(), "x".to_owned())]);
            assert_eq!(taken, (!option.is_secret()).then_some(expected), "{flag}");
        }
    }
}
