//! Server-sent events, as far as models use them: the `data` of each event, in order. Bounded, and the same however the
//! bytes are cut on their way.

/// Longest line and longest event.
const MOST_BYTES: usize = 256 * 1024;

/// Reads a stream piece by piece.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Vec<u8>,
    has_data: bool,
    after_return: bool,
}

/// An event is longer than any that a model sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooLong;

impl Events {
    /// Takes the next bytes and hands each event that is whole now to `hear`.
    pub(super) fn take(&mut self, bytes: &[u8], hear: &mut dyn FnMut(&str)) -> Result<(), TooLong> {
        for byte in bytes {
            match (*byte, std::mem::take(&mut self.after_return)) {
                (b'\n', true) => {}
                (b'\n', false) => self.end_line(hear)?,
                (b'\r', _) => {
                    self.after_return = true;
                    self.end_line(hear)?;
                }
                (other, _) => {
                    if self.line.len() >= MOST_BYTES {
                        return Err(TooLong);
                    }
                    self.line.push(other);
                }
            }
        }
        Ok(())
    }

    /// The stream has ended: an event without its blank line counts too, as some servers leave it out.
    pub(super) fn end(&mut self, hear: &mut dyn FnMut(&str)) -> Result<(), TooLong> {
        if !self.line.is_empty() {
            self.end_line(hear)?;
        }
        self.end_event(hear);
        Ok(())
    }

    fn end_line(&mut self, hear: &mut dyn FnMut(&str)) -> Result<(), TooLong> {
        let line = std::mem::take(&mut self.line);
        let line = line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&line);
        if line.is_empty() {
            self.end_event(hear);
            return Ok(());
        }
        let Some(value) = line.strip_prefix(b"data:".as_slice()) else { return Ok(()) };
        let value = value.strip_prefix(b" ".as_slice()).unwrap_or(value);
        if self.data.len() + value.len() >= MOST_BYTES {
            return Err(TooLong);
        }
        if self.has_data {
            self.data.push(b'\n');
        }
        self.data.extend_from_slice(value);
        self.has_data = true;
        Ok(())
    }

    fn end_event(&mut self, hear: &mut dyn FnMut(&str)) {
        if std::mem::take(&mut self.has_data) {
            let data = std::mem::take(&mut self.data);
            hear(&String::from_utf8_lossy(&data));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events(pieces: &[&[u8]]) -> Vec<String> {
        let (mut events, mut heard) = (Events::default(), Vec::new());
        for piece in pieces {
            events.take(piece, &mut |data| heard.push(data.to_owned())).unwrap();
        }
        events.end(&mut |data| heard.push(data.to_owned())).unwrap();
        heard
    }

    #[test]
    fn events_are_read_as_servers_write_them() {
        for (stream, expected) in [
            ("data: {\"a\":1}\n\ndata: [DONE]\n\n", vec!["{\"a\":1}", "[DONE]"]),
            ("data:one\r\n\r\ndata: two\r\rdata: three\n\n", vec!["one", "two", "three"]),
            (": keep-alive\n\nevent: message\nid: 7\ndata: a\ndata: b\n\n", vec!["a\nb"]),
            ("\u{feff}data: first\n\n\n\n", vec!["first"]),
            ("data: without its blank line", vec!["without its blank line"]),
            ("data:\n\n", vec![""]),
            ("nonsense\n\n<html>", vec![]),
        ] {
            assert_eq!(events(&[stream.as_bytes()]), expected, "{stream:?}");
        }
    }

    #[test]
    fn t20_a_line_without_an_end_and_an_event_without_one_are_cut() {
        let mut sink = |_: &str| {};
        assert_eq!(Events::default().take(&vec![b'x'; MOST_BYTES + 1], &mut sink), Err(TooLong));
        let mut events = Events::default();
        let line = [b"data: ".as_slice(), &[b'x'; 1_000], b"\n"].concat();
        assert!((0..1_000).any(|_| events.take(&line, &mut sink).is_err()));
    }

    proptest! {
        #[test]
        fn where_the_bytes_are_cut_makes_no_difference(stream in "(data: ?[a-zé\\[]{0,6}|[\n\r]|: x|x){0,30}", at in 0_usize..200) {
            let bytes = stream.as_bytes();
            let (one, other) = bytes.split_at(at.min(bytes.len()));
            prop_assert_eq!(events(&[one, other]), events(&[bytes]));
        }
    }
}
