//! The `.env` file of the working folder: read as data, never executed, never put into the process environment. It is
//! read as the Python version's reader did, save that a `$` stands for itself: secrets hold such letters.

use std::collections::BTreeMap;

/// The names and values of the file's text, and what is wrong with which of its lines, counted from 1.
#[derive(Debug, Default)]
pub(super) struct EnvFile {
    pub(super) values: BTreeMap<String, String>,
    pub(super) wrong: Vec<(usize, &'static str)>,
}

/// Reads `NAME=value` lines; a later value of a name wins.
pub(super) fn parse(text: &str) -> EnvFile {
    let mut file = EnvFile::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    for (index, line) in text.lines().map(str::trim).enumerate() {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        match pair(line) {
            Ok((name, value)) => drop(file.values.insert(name.to_owned(), value)),
            Err(why) => file.wrong.push((index + 1, why)),
        }
    }
    file
}

fn pair(line: &str) -> Result<(&str, String), &'static str> {
    const FORM: &str = "is not NAME=value";
    let bare = line.strip_prefix("export").filter(|rest| rest.starts_with([' ', '\t'])).unwrap_or(line);
    let (name, written) = bare.split_once('=').ok_or(FORM)?;
    let (name, written) = (name.trim(), written.trim());
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if name.is_empty() || !name.bytes().all(letter) {
        return Err(FORM);
    }
    let value = match written.chars().next() {
        Some(quote @ ('\'' | '"')) => quoted(written, quote)?,
        _ => unquoted(written).to_owned(),
    };
    Ok((name, value))
}

/// Up to a comment, which a space sets apart: `a#b` is a value.
fn unquoted(written: &str) -> &str {
    if written.starts_with('#') {
        return "";
    }
    let comment = written.find(" #").or_else(|| written.find("\t#"));
    comment.and_then(|at| written.get(..at)).unwrap_or(written).trim_end()
}

/// What stands between two quotation marks. In double ones `\n` and its like are what they mean.
fn quoted(written: &str, quote: char) -> Result<String, &'static str> {
    let mut value = String::new();
    let mut letters = written.strip_prefix(quote).unwrap_or(written).chars();
    loop {
        match letters.next() {
            None => return Err("opens a quotation that it does not close"),
            Some(letter) if letter == quote => break,
            Some('\\') => match (letters.next(), quote) {
                (Some('n'), '"') => value.push('\n'),
                (Some('r'), '"') => value.push('\r'),
                (Some('t'), '"') => value.push('\t'),
                (Some(escaped), _) if escaped == quote || escaped == '\\' => value.push(escaped),
                (Some(other), _) => value.extend(['\\', other]),
                (None, _) => {}
            },
            Some(letter) => value.push(letter),
        }
    }
    let rest = letters.as_str().trim_start();
    let ended = rest.is_empty() || rest.starts_with('#');
    if ended { Ok(value) } else { Err("goes on after its closing quotation mark") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: Result<(&str, &str), &str>) {
        let file = parse(line);
        let found = match (file.values.iter().next(), file.wrong.first()) {
            (Some((name, value)), None) => Ok((name.as_str(), value.as_str())),
            (None, Some((1, why))) => Err(*why),
            other => panic!("{line}: {other:?}"),
        };
        assert_eq!(found, expected, "{line}");
    }

    #[test]
    fn values_are_read_as_they_stand() {
        check("A=1", Ok(("A", "1")));
        check("  export\tA = 1  ", Ok(("A", "1")));
        check("exported=1", Ok(("exported", "1")));
        check("A=shpss_a$b${HOME}`id`$(id)\\n", Ok(("A", "shpss_a$b${HOME}`id`$(id)\\n")));
        check("A=two words # and a remark", Ok(("A", "two words")));
        check("A=a#b=c", Ok(("A", "a#b=c")));
        check("A=# nothing", Ok(("A", "")));
        check("A=", Ok(("A", "")));
        check("A='a \"b\" $c \\n it\\'s' # said", Ok(("A", "a \"b\" $c \\n it's")));
        check(r#"A="a\n\t\"b\" \\ \x 'c' # d""#, Ok(("A", "a\n\t\"b\" \\ \\x 'c' # d")));
        check("\u{feff}A=1\r\n", Ok(("A", "1")));
    }

    #[test]
    fn lines_of_another_form_are_named() {
        check("A", Err("is not NAME=value"));
        check("=1", Err("is not NAME=value"));
        check("A B=1", Err("is not NAME=value"));
        check("A-B=1", Err("is not NAME=value"));
        check("A=\"1", Err("opens a quotation that it does not close"));
        check("A='1' 2", Err("goes on after its closing quotation mark"));

        let file = parse("A=1\n\n# x\nB\nA=2\n'\n");
        assert_eq!(file.values.into_iter().collect::<Vec<_>>(), [("A".to_owned(), "2".to_owned())]);
        assert_eq!(file.wrong.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 6]);
    }
}
