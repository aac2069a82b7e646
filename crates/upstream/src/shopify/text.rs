//! A merchant's HTML as plain text: bounded on the way in and out, without scripts, styles, links or marks.

use html2text::config::with_decorator;
use html2text::render::TrivialDecorator;

/// How much of a description is looked at, and how much is kept.
const MOST_READ: usize = 20_000;
const MOST_KEPT: usize = 4_000;
/// Wide enough that no line is broken: line ends come from the text alone.
const WIDTH: usize = 100_000;

/// The words of a description, one paragraph or list item a line.
pub(super) fn plain(html: &str) -> String {
    let read: String = html.chars().take(MOST_READ).collect();
    if !read.contains(['<', '&']) {
        return tidy(&read);
    }
    paragraphs(&read).unwrap_or_else(|| rendered(&read))
}

/// What is paragraphs and nothing else, as most descriptions are, needs no parser.
fn paragraphs(html: &str) -> Option<String> {
    let mut lines = Vec::new();
    let mut rest = html.trim_start();
    while !rest.is_empty() {
        let (words, behind) = rest.strip_prefix("<p>")?.split_once("</p>")?;
        // A parser drops control characters and the space without width.
        let is_plain =
            !words.contains(|letter: char| matches!(letter, '<' | '&' | '\u{200b}') || letter.is_control());
        lines.push(is_plain.then_some(words)?);
        rest = behind.trim_start();
    }
    Some(tidy(&lines.join("\n")))
}

fn rendered(html: &str) -> String {
    let rendered = with_decorator(TrivialDecorator::new())
        .raw_mode(true)
        .no_table_borders()
        .allow_width_overflow()
        .string_from_read(html.as_bytes(), WIDTH);
    // What even a browser's parser gives up on has no words that we could quote.
    rendered.map(|text| tidy(&text)).unwrap_or_default()
}

fn tidy(text: &str) -> String {
    let visible = |letter: &char| !letter.is_control() || *letter == '\n';
    let lines = text.lines().map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.join(" ").chars().filter(visible).collect::<String>()
    });
    let kept: Vec<String> = lines.filter(|line| !line.is_empty()).collect();
    kept.join("\n").chars().take(MOST_KEPT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_keeps_its_words_and_loses_its_markup() {
        for (html, text) in [
            ("", ""),
            ("Plain words.", "Plain words."),
            ("<p>Soy wax &amp; <b>amber</b>.</p><p>Burns 40&nbsp;h</p>", "Soy wax & amber.\nBurns 40 h"),
            ("<ul><li>Warm</li><li>Soft</li></ul>", "Warm\nSoft"),
            ("<script>alert(1)</script><style>p{color:red}</style><p>Hello</p>", "Hello"),
            ("<a href='https://evil.example'>our story</a>", "our story"),
            ("<table><tr><td>Size</td><td>M</td></tr></table>", "Size\nM"),
            ("<p>never closed <b>at all", "never closed at all"),
            ("a < b", "a < b"),
            ("<!-- hidden -->seen", "seen"),
        ] {
            assert_eq!(plain(html), text, "{html}");
        }
    }

    #[test]
    fn paragraphs_alone_are_read_as_a_parser_reads_them() {
        for html in [
            "<p>Soft.</p>",
            " <p>Warm,  soft</p>\n<p> and\u{a0}made to last </p> ",
            "<p></p><p>One</p><p> </p>",
            "<p>50 % wool > cotton, \"fine\" 'yarn'; é ü 漢字 😀</p>",
        ] {
            assert_eq!(paragraphs(html), Some(rendered(html)), "{html}");
        }
        for html in [
            "<p class='x'>a</p>",
            "<p>a",
            "<p>a <b>b</b></p>",
            "<p>a &amp; b</p>",
            "before <p>a</p>",
            "<p>a</p> behind",
            "<p>two\nlines</p>",
            "<P>a</P>",
            "<p>wool\u{200b}blend</p>",
        ] {
            assert_eq!(paragraphs(html), None, "{html}");
        }
    }

    #[test]
    fn no_description_is_too_long_or_too_nested() {
        assert_eq!(plain(&"x".repeat(1_000_000)).len(), MOST_KEPT);
        assert!(plain(&"<div>".repeat(100_000)).is_empty());
        assert_eq!(plain(&("<b>".repeat(5_000) + "deep")), "deep");
        assert!(plain(&"<table><tr><td>".repeat(1_000)).is_empty());
        assert_eq!(plain(&"é<br>".repeat(10_000)).chars().count(), MOST_KEPT);
    }
}
