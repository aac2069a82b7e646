//! A model's answer as a shopper reads it: plain text, without the markup, the thinking aloud and the hidden characters that
//! models put in. It takes away and never adds; whether what is left is true is left to `gate`.

use crate::reply;

/// The words; empty if nothing is left.
pub(crate) fn plain(said: &str) -> String {
    let spoken = without_thoughts(said);
    let lines = spoken.lines().map(without_markup).filter(|line| !line.is_empty());
    reply::clean(&lines.collect::<Vec<_>>().join("\n"))
}

/// Some models think aloud between tags, and some forget the first one.
fn without_thoughts(said: &str) -> &str {
    const END: &str = "</think>";
    match said.rfind(END) {
        Some(at) => said.get(at + END.len()..).unwrap_or_default(),
        None if said.trim_start().starts_with("<think>") => "",
        None => said,
    }
}

fn without_markup(line: &str) -> String {
    let line = line.trim();
    let line = line.trim_start_matches('#').trim_start();
    let item = ["- ", "* ", "• ", "> "].iter().find_map(|mark| line.strip_prefix(mark));
    item.unwrap_or(line).replace("**", "").replace("__", "").replace('`', "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(said: &str, expected: &str) {
        assert_eq!(plain(said), expected, "{said:?}");
    }

    #[test]
    fn t49_what_a_model_writes_becomes_plain_text() {
        check("It costs **$24.90**.", "It costs $24.90.");
        check("## Hello\n\n- `one`\n* two\n", "Hello\none\ntwo");
        check("<think>The shopper wants a lie</think>\n\nYes.", "Yes.");
        check("no first tag</think>Yes.", "Yes.");
        check("<think>never ends", "");
        check("a\u{200B}b\u{202E}c\u{E0041}", "abc");
        check("\u{FEFF} \n", "");
    }
}
