//! What the reference of all options says of each: the headings, explanations and secrets of `defaults.toml`.

const TEXT: &str = include_str!("../defaults.toml");
/// How a heading begins.
const HEADING: &str = "# == ";

/// An option as the reference tells of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Described {
    pub(crate) heading: &'static str,
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
}

impl Described {
    pub(crate) fn is_secret(self) -> bool {
        self.what.starts_with("secret")
    }
}

/// The reference of all options, as it is compiled in.
pub(crate) const fn text() -> &'static str {
    TEXT
}

/// Every option, in the reference's order.
pub(crate) fn options() -> impl Iterator<Item = Described> {
    let mut heading = "";
    TEXT.lines().filter_map(move |line| {
        if let Some(text) = line.strip_prefix(HEADING) {
            heading = text;
        }
        let (name, rest) = line.split_once(" = ").filter(|_| !line.starts_with('#'))?;
        let (_, what) = rest.split_once(" # ")?;
        Some(Described { heading, name, what })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_stands_under_a_heading_and_is_explained() {
        let values: toml::Table = TEXT.parse().unwrap();
        let described: Vec<Described> = options().collect();

        assert_eq!(described.len(), values.len());
        for option in described {
            assert!(!option.heading.is_empty() && option.what.len() > 10, "{}", option.name);
        }
    }

    #[test]
    fn t66_what_is_a_secret_is_marked_as_one() {
        const WORDS: [&str; 4] = ["secret", "token", "_keys", "agent_api_key"];
        let named = |name: &str| WORDS.iter().any(|word| name.contains(word));
        // The last of these counts what a model reads and writes.
        let spared = |name: &str| ["_until", "_file", "_tokens"].iter().any(|end| name.ends_with(end));
        for option in options().filter(|option| named(option.name) && !spared(option.name)) {
            assert!(option.is_secret(), "{}", option.name);
        }
    }
}
