//! What kind of file this is, told by its content and never by its name: the wrong kinds by name, the right ones by form.

use super::error::CatalogueError;
use super::fields::Fields;
use super::json::Documents;

/// The first look at a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Lines of cells.
    Delimited,
    /// JSON documents with products in them.
    Json,
    /// JSON objects that name each other by global id.
    Bulk,
}

/// Lines looked at for a bulk operation's ids when the first ones are damaged.
const LINES_LOOKED_AT: usize = 20;
/// Where a tar archive says what it is.
const TAR_MAGIC_AT: usize = 257;

/// The error for bytes that no reader here can use.
pub(crate) fn of_bytes(bytes: &[u8]) -> Option<CatalogueError> {
    const PACKED: [(&[u8], &str); 7] = [
        (&[0x1f, 0x8b], "gzip within gzip"),
        (b"BZh", "a bzip2 file"),
        (&[0x28, 0xb5, 0x2f, 0xfd], "a zstd file"),
        (&[0xfd, b'7', b'z', b'X', b'Z'], "an xz file"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
        (b"Rar!", "a rar archive"),
        (b"PK\x03\x04", "a zip archive"),
    ];
    if bytes.starts_with(b"PK\x03\x04")
        && (contains(bytes, b"[Content_Types].xml") || contains(bytes, b"opendocument"))
    {
        return Some(CatalogueError::Spreadsheet { what: "a spreadsheet workbook" });
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Some(CatalogueError::Spreadsheet { what: "an old Excel workbook" });
    }
    if let Some((_, what)) = PACKED.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Some(CatalogueError::Packed { what });
    }
    if bytes.get(TAR_MAGIC_AT..).is_some_and(|rest| rest.starts_with(b"ustar")) {
        return Some(CatalogueError::Packed { what: "a tar archive" });
    }
    let binary: [&[u8]; 5] = [b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"\x7fELF", b"SQLite format 3"];
    binary.iter().any(|magic| bytes.starts_with(magic)).then_some(CatalogueError::Binary)
}

/// Workbooks name themselves near their beginning or their end.
fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    const NEAR: usize = 16 * 1024;
    let start = bytes.get(..bytes.len().min(NEAR)).unwrap_or_default();
    let end = bytes.get(bytes.len().saturating_sub(NEAR)..).unwrap_or_default();
    [start, end].iter().any(|part| part.windows(wanted.len()).any(|window| window == wanted))
}

/// Which reader a text is for.
pub(crate) fn of_text(text: &str) -> Result<Kind, CatalogueError> {
    let start = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    if start.starts_with('<') {
        let head = start.chars().take(512).collect::<String>().to_ascii_lowercase();
        let web = head.contains("<html") || head.contains("<!doctype html") || !head.starts_with("<?xml");
        return Err(if web { CatalogueError::WebPage } else { CatalogueError::Xml });
    }
    if start.starts_with(['{', '[']) {
        return Ok(if is_bulk(start) { Kind::Bulk } else { Kind::Json });
    }
    let head: Vec<char> = start.chars().take(4096).collect();
    if head.iter().filter(|c| **c == '\0').count() * 10 > head.len() {
        return Err(CatalogueError::Binary);
    }
    Ok(Kind::Delimited)
}

fn is_bulk(text: &str) -> bool {
    let first = || Documents::new(text).next().and_then(Result::ok);
    let is_record = |document: &str| Fields::parse(document).is_ok_and(|fields| is_bulk_record(&fields));
    text.starts_with('{') && (has_bulk_line(text) || first().is_some_and(is_record))
}

/// Whether one of the first lines is a whole bulk record; the very first may be damaged.
pub(crate) fn has_bulk_line(text: &str) -> bool {
    let lines = text.lines().filter(|line| !line.trim().is_empty()).take(LINES_LOOKED_AT);
    lines.filter_map(|line| Fields::parse(line).ok()).any(|fields| is_bulk_record(&fields))
}

fn is_bulk_record(fields: &Fields<'_>) -> bool {
    fields.has("__parentId") || fields.text(&["id"]).is_some_and(|id| id.starts_with("gid://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Result<Kind, &str>) {
        assert_eq!(of_text(text).map_err(|error| error.code()), expected, "{text}");
    }

    #[test]
    fn the_form_is_told_by_the_content() {
        check("Handle,Title,Variant Price\n", Ok(Kind::Delimited));
        check(" {\"products\":[]}", Ok(Kind::Json));
        check("[{\"id\":1}]", Ok(Kind::Json));
        check("{\"id\":\"gid://shopify/Product/1\"}\n", Ok(Kind::Bulk));
        check("{\n \"id\":\n \"gid://shopify/Product/1\"\n}\n{}", Ok(Kind::Bulk));
        check("{\"id\":\"gid://shop\n{\"id\":\"gid://shopify/Product/1\"}\n", Ok(Kind::Bulk));
        check("{\"url\":\"x\",\"__parentId\":\"gid://shopify/Product/1\"}", Ok(Kind::Bulk));
    }

    #[test]
    fn a_page_a_feed_and_noise_are_named() {
        check("<!DOCTYPE html><html>", Err("catalogue.web_page"));
        check("\n<html lang=en>", Err("catalogue.web_page"));
        check("<?xml version=\"1.0\"?><rss>", Err("catalogue.xml"));
        check("a\0b\0c\0d\0", Err("catalogue.binary"));
    }
}
