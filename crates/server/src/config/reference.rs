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

    /// Names that people have in their settings; each keeps its meaning.
    const KEPT: &str = "
        FACEBOOK_APP_ID FACEBOOK_APP_SECRET FACEBOOK_REDIRECT_URI FACEBOOK_WEBHOOK_ADDRESS FACEBOOK_VERIFY_TOKEN
        SHOPIFY_API_KEY SHOPIFY_API_SECRET SHOPIFY_REDIRECT_URI SHOPIFY_WEBHOOK_ADDRESS
        SPACES_KEY SPACES_API_KEY SPACES_SECRET SPACES_API_SECRET SPACES_REGION SPACES_BUCKET SPACES_ENDPOINT
        AGENT_ENDPOINT AGENT_API_KEY AGENT_MODEL AGENT_PROMPT_FILE MIRROR_CONVERSATIONS DATABASE_URL
        SHOPCLERK_BIND SHOPCLERK_PUBLIC_URL SHOPCLERK_DATA_DIR SHOPCLERK_KEYS SHOPCLERK_KEYS_FILE SHOPCLERK_SIGNUP
        SHOPCLERK_TRUSTED_PROXIES SHOPCLERK_STRICT FACEBOOK_GRAPH_VERSION FACEBOOK_CONFIG_ID FACEBOOK_GRAPH_URL
        FACEBOOK_DIALOG_URL FACEBOOK_APP_SECRET_PREVIOUS FACEBOOK_APP_SECRET_PREVIOUS_UNTIL
        SHOPIFY_API_SECRET_PREVIOUS SHOPIFY_API_SECRET_PREVIOUS_UNTIL SHOPIFY_API_VERSION SHOPIFY_URL";

    #[test]
    fn every_name_that_people_have_is_known() {
        for name in KEPT.split_whitespace() {
            assert!(options().any(|option| option.name.to_ascii_uppercase() == name), "{name}");
        }
    }

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
