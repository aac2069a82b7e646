//! Pieces that could not be read, read again by today's rules. A piece is a whole delivery, an entry or an event: it is put back
//! into the envelope it came out of.

use super::{Delivered, read_delivery};
use crate::lenient::{fields, too_deep};
use crate::meta::Meta;

/// Keys by which an entry is told from an event.
const OF_ENTRY: [&str; 4] = ["messaging", "standby", "changes", "field"];

impl Meta {
    /// Reads a quarantined piece of a delivery.
    pub fn read_again(&self, piece: &[u8]) -> Delivered {
        read_again(piece, &self.settings.app_id)
    }
}

fn read_again(piece: &[u8], app: &str) -> Delivered {
    let wrapped = std::str::from_utf8(piece).ok().filter(|_| !too_deep(piece)).and_then(|text| {
        let piece = fields(text)?;
        if piece.contains_key("entry") {
            None
        } else if OF_ENTRY.iter().any(|key| piece.contains_key(key)) {
            Some(envelope(text))
        } else {
            Some(envelope(&format!(r#"{{"messaging":[{text}]}}"#)))
        }
    });
    read_delivery(wrapped.as_deref().map_or(piece, str::as_bytes), app)
}

fn envelope(entry: &str) -> String {
    format!(r#"{{"object":"page","entry":[{entry}]}}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENT: &str = r#"{"sender":{"id":"9"},"recipient":{"id":"1"},"timestamp":1795258800000,"message":{"mid":"m_1","text":"hi"}}"#;

    #[test]
    fn a_piece_is_read_as_what_it_was_taken_out_of() {
        let entry = format!(r#"{{"id":"1","time":1795258800000,"messaging":[{EVENT}]}}"#);
        let whole = format!(r#"{{"object":"page","entry":[{entry}]}}"#);
        let expected = read_delivery(whole.as_bytes(), "123");
        assert_eq!(expected.events.len(), 1);

        for piece in [whole.as_str(), &entry, EVENT] {
            let dedup = |found: &Delivered| found.events.iter().map(|event| event.dedup).collect::<Vec<_>>();
            assert_eq!(dedup(&read_again(piece.as_bytes(), "123")), dedup(&expected), "{piece}");
        }
        for piece in ["7", "", "{", r#"{"sender":7,"message":7}"#] {
            let found = read_again(piece.as_bytes(), "123");
            assert_eq!((found.events.len(), found.broken.len()), (0, 1), "{piece}");
        }
    }
}
