//! From a file to text: gzip, size, encoding. What the text means is left to the readers of the single forms.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::MultiGzDecoder;

use super::error::CatalogueError;
use super::kind;

/// The largest file, unpacked, that is read at all.
pub(crate) const MOST_BYTES: u64 = 512 * 1024 * 1024;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];
/// How much of a file the encoding without a mark is guessed from.
const GUESS_BYTES: usize = 64 * 1024;

/// The text of a file and how it was stored.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) content: String,
    pub(crate) encoding: &'static str,
    pub(crate) gzip: bool,
    /// What had to be assumed to read it.
    pub(crate) notes: Vec<String>,
}

/// Reads a file whole, within `most` bytes after unpacking.
pub(crate) fn read(path: &Path, most: u64) -> Result<Text, CatalogueError> {
    let shown = path.display().to_string();
    let unreadable =
        |why: &io::Error| CatalogueError::Unreadable { path: shown.clone(), why: why.to_string() };

    let metadata = std::fs::metadata(path).map_err(|why| unreadable(&why))?;
    // A pipe or a device could block or never end.
    if !metadata.is_file() {
        return Err(CatalogueError::NotAFile { path: shown });
    }
    let mut file = File::open(path).map_err(|why| unreadable(&why))?;
    let mut magic = Vec::new();
    (&mut file).take(2).read_to_end(&mut magic).map_err(|why| unreadable(&why))?;
    file.rewind().map_err(|why| unreadable(&why))?;

    let gzip = magic == GZIP_MAGIC;
    let bytes = if gzip {
        unpack(&mut file, most)?
    } else {
        bounded(&mut file, metadata.len(), most)
            .map_err(|why| unreadable(&why))?
            .ok_or_else(|| too_large(most))?
    };
    if let Some(refused) = kind::of_bytes(&bytes) {
        return Err(refused);
    }
    decode(bytes, gzip)
}

/// Unpacks twice: the first pass only measures, so that a bomb costs time but no memory.
fn unpack(file: &mut File, most: u64) -> Result<Vec<u8>, CatalogueError> {
    let broken = |why: io::Error| CatalogueError::BrokenGzip { why: why.to_string() };

    let mut measured = MultiGzDecoder::new(&mut *file).take(most.saturating_add(1));
    let size = io::copy(&mut measured, &mut io::sink()).map_err(broken)?;
    if size > most {
        return Err(too_large(most));
    }
    file.seek(SeekFrom::Start(0)).map_err(broken)?;
    bounded(&mut MultiGzDecoder::new(file), size, most).map_err(broken)?.ok_or_else(|| too_large(most))
}

/// Everything the source has, or nothing when that is more than `most`.
fn bounded(source: &mut dyn Read, expected: u64, most: u64) -> io::Result<Option<Vec<u8>>> {
    if expected > most {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(usize::try_from(expected).unwrap_or(0));
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

const fn too_large(most: u64) -> CatalogueError {
    CatalogueError::TooLarge { mebibytes: most / (1024 * 1024) }
}

fn decode(bytes: Vec<u8>, gzip: bool) -> Result<Text, CatalogueError> {
    if bytes.starts_with(&[0xff, 0xfe, 0, 0]) || bytes.starts_with(&[0, 0, 0xfe, 0xff]) {
        return Err(CatalogueError::UnknownEncoding);
    }
    if let Some(utf16) = utf16(&bytes) {
        let (content, _, damaged) = utf16.decode(&bytes);
        let notes = if damaged { vec![damaged_note()] } else { Vec::new() };
        return finish(content.into_owned(), utf16.name(), gzip, notes);
    }
    match String::from_utf8(bytes) {
        Ok(content) => finish(content, "UTF-8", gzip, Vec::new()),
        Err(not_utf8) => legacy(not_utf8.as_bytes(), gzip),
    }
}

fn finish(
    mut content: String,
    encoding: &'static str,
    gzip: bool,
    notes: Vec<String>,
) -> Result<Text, CatalogueError> {
    if content.starts_with('\u{feff}') {
        content.drain(..'\u{feff}'.len_utf8());
    }
    if content.trim_matches(|c: char| c.is_whitespace() || c == '\0').is_empty() {
        return Err(CatalogueError::Empty);
    }
    Ok(Text { content, encoding, gzip, notes })
}

fn damaged_note() -> String {
    "some characters are damaged and show as �; export the file again if that matters".to_owned()
}

/// By its mark, or by every other byte of mostly Latin text being zero.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let start = bytes.get(..bytes.len().min(GUESS_BYTES)).unwrap_or_default();
    let pairs = start.len() / 2;
    let zeros = |odd: usize| start.iter().skip(odd).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    let mostly = |count: usize| pairs >= 4 && count * 2 > pairs;
    match (mostly(even), mostly(odd)) {
        (false, true) => Some(UTF_16LE),
        (true, false) => Some(UTF_16BE),
        _ => None,
    }
}

/// Text that is not UTF-8: damaged UTF-8, or Windows-1252 where that is certain enough.
fn legacy(bytes: &[u8], gzip: bool) -> Result<Text, CatalogueError> {
    let (whole, broken) = bytes.utf8_chunks().fold((0_usize, 0_usize), |(whole, broken), chunk| {
        let beyond_ascii = chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        (whole + beyond_ascii, broken + usize::from(!chunk.invalid().is_empty()))
    });
    if whole > broken {
        let content = String::from_utf8_lossy(bytes).into_owned();
        return finish(content, "UTF-8", gzip, vec![damaged_note()]);
    }
    if !looks_western(bytes) {
        return Err(CatalogueError::UnknownEncoding);
    }
    let (content, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    let note = "the encoding is taken for Windows-1252; if letters look wrong, save the file as CSV UTF-8";
    finish(content.into_owned(), "Windows-1252", gzip, vec![note.to_owned()])
}

/// Western words have one or two accented letters together (`Größe`); Cyrillic, Greek or Japanese bytes come in long
/// runs, and some of them are bytes that Windows-1252 does not have at all.
fn looks_western(bytes: &[u8]) -> bool {
    if bytes.iter().any(|byte| matches!(byte, 0x81 | 0x8d | 0x8f | 0x90 | 0x9d)) {
        return false;
    }
    let letters = bytes.iter().filter(|byte| **byte >= 0xc0).count();
    let in_runs = bytes.windows(3).filter(|run| run.iter().all(|byte| *byte >= 0xc0)).count();
    in_runs * 4 <= letters
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn utf16(text: &str, unit: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(unit).collect()
    }

    fn check(bytes: &[u8], expected: Result<(&str, &str), &str>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("catalogue");
        std::fs::write(&path, bytes).unwrap();
        let seen = read(&path, 1024 * 1024);
        let seen =
            seen.as_ref().map(|text| (text.content.as_str(), text.encoding)).map_err(CatalogueError::code);
        assert_eq!(seen, expected);
    }

    #[test]
    fn every_encoding_a_spreadsheet_saves_is_read() {
        check("Handle,Title\nmug,Fjällräv 茶".as_bytes(), Ok(("Handle,Title\nmug,Fjällräv 茶", "UTF-8")));
        check("\u{feff}Handle".as_bytes(), Ok(("Handle", "UTF-8")));
        check(&utf16("\u{feff}Handle;Größe", u16::to_le_bytes), Ok(("Handle;Größe", "UTF-16LE")));
        check(&utf16("\u{feff}Handle;Größe", u16::to_be_bytes), Ok(("Handle;Größe", "UTF-16BE")));
        check(&utf16("Handle;Größe", u16::to_le_bytes), Ok(("Handle;Größe", "UTF-16LE")));
        check(
            b"Handle,Gr\xf6\xdfe,caf\xe9,\x80 5,Kr\xfcger",
            Ok(("Handle,Größe,café,€ 5,Krüger", "Windows-1252")),
        );
        check(b"Handle,Gr\xf6\xdfe", Ok(("Handle,Größe", "Windows-1252")));
        check(b"Handle,caf\xc3\xa9,th\xc3\xa9,\xe9", Ok(("Handle,café,thé,\u{fffd}", "UTF-8")));
        check(&gzip("Handle,Größe".as_bytes()), Ok(("Handle,Größe", "UTF-8")));
    }

    #[test]
    fn an_encoding_that_cannot_be_told_is_refused_rather_than_guessed() {
        check(b"Handle,\x8a\xbf\x8e\x9a\x82\xcc\x81\x40", Err("catalogue.unknown_encoding"));
        check(b"Handle,\xcf\xf0\xe8\xe2\xe5\xf2 \xec\xe8\xf0", Err("catalogue.unknown_encoding"));
        check(&[0xff, 0xfe, 0, 0, b'H', 0, 0, 0], Err("catalogue.unknown_encoding"));
    }

    #[test]
    fn a_file_that_is_no_text_is_named() {
        check(b"", Err("catalogue.empty"));
        check(b"\xef\xbb\xbf \r\n", Err("catalogue.empty"));
        check(b"PK\x03\x04....[Content_Types].xml....xl/workbook.xml", Err("catalogue.spreadsheet"));
        check(b"PK\x03\x04....products.csv", Err("catalogue.packed"));
        check(b"%PDF-1.7", Err("catalogue.binary"));
        check(&gzip(&gzip(b"Handle")), Err("catalogue.packed"));
        check(b"\x1f\x8bnot gzip at all", Err("catalogue.broken_gzip"));
        check(gzip(&b"Handle,Title".repeat(50)).get(..40).unwrap(), Err("catalogue.broken_gzip"));
    }

    #[test]
    fn a_gzip_bomb_is_refused_without_being_unpacked() {
        check(&gzip(&vec![b'a'; 1024 * 1024 + 1]), Err("catalogue.too_large"));
        let member = gzip(&vec![b'a'; 64 * 1024]);
        check(&member.repeat(17), Err("catalogue.too_large"));
        check(&vec![b'a'; 1024 * 1024 + 1], Err("catalogue.too_large"));
    }

    #[test]
    fn only_a_regular_file_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read(folder.path(), 10).unwrap_err().code(), "catalogue.not_a_file");
        assert_eq!(read(&folder.path().join("none.csv"), 10).unwrap_err().code(), "catalogue.unreadable");
    }
}
