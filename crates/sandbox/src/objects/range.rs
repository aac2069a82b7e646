//! The `Range` header: which bytes of an object are wanted.

use super::error::S3Error;

/// First and last byte wanted; `None` where the header is one that S3 ignores.
pub(super) fn parse(header: &str, size: u64) -> Result<Option<(u64, u64)>, S3Error> {
    let Some((first, last)) = header.strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let (first, last) = match (first.parse::<u64>(), last.parse::<u64>()) {
        (Ok(first), Ok(last)) if first <= last => (first, last.min(size.saturating_sub(1))),
        (Ok(first), Err(_)) if last.is_empty() => (first, size.saturating_sub(1)),
        (Err(_), Ok(length)) if first.is_empty() && length > 0 => {
            (size.saturating_sub(length), size.saturating_sub(1))
        }
        _ => return Ok(None),
    };
    if first >= size {
        return Err(S3Error::new(416, "InvalidRange", "The requested range is not satisfiable"));
    }
    Ok(Some((first, last)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header: &str, expected: Option<(u64, u64)>) {
        assert_eq!(parse(header, 10).unwrap(), expected, "{header}");
    }

    #[test]
    fn a_range_is_read_as_http_says() {
        check("bytes=0-3", Some((0, 3)));
        check("bytes=8-99", Some((8, 9)));
        check("bytes=8-", Some((8, 9)));
        check("bytes=-3", Some((7, 9)));
        check("bytes=-99", Some((0, 9)));
        check("bytes=3-1", None);
        check("lines=1-2", None);
        assert_eq!(parse("bytes=10-12", 10).unwrap_err().code, "InvalidRange");
        assert_eq!(parse("bytes=0-3", 0).unwrap_err().code, "InvalidRange");
    }
}
