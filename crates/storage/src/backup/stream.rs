//! A stream sealed in chunks, each bound to its place and the last one marked as such (the STREAM construction of Hoang,
//! Reyhanitabar, Rogaway and Vizár, 2015): nothing can be left out, moved, repeated or cut off.

use std::io::{self, Read, Write};

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use shopclerk_domain::entropy::{self, Entropy};
use zeroize::Zeroizing;

use super::BackupError;
use super::head::{BackupHead, PREFIX};

/// Plain bytes in a chunk; the last may hold fewer.
pub(super) const CHUNK: usize = 64 << 10;
const TAG: usize = 16;

/// Which of the chunks a nonce is for.
#[derive(Clone, Copy)]
enum Part {
    /// The empty one that proves key and head.
    Head,
    Middle(u32),
    Last(u32),
}

fn nonce(prefix: &[u8; PREFIX], part: Part) -> XNonce {
    let (number, role) = match part {
        Part::Middle(number) => (number, 0),
        Part::Last(number) => (number, 1),
        Part::Head => (0, 2),
    };
    let mut nonce = [role; 24];
    let (random, rest) = nonce.split_at_mut(PREFIX);
    random.copy_from_slice(prefix);
    rest.iter_mut().zip(number.to_be_bytes()).for_each(|(to, from)| *to = from);
    XNonce::from(nonce)
}

/// Seals what is written to it.
pub(super) struct SealWriter<W> {
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX],
    head: Vec<u8>,
    number: u32,
    waiting: Zeroizing<Vec<u8>>,
    out: W,
}

impl<W: Write> SealWriter<W> {
    /// Writes the head.
    pub(super) fn begin(
        cipher: XChaCha20Poly1305,
        head: &BackupHead,
        entropy: &dyn Entropy,
        mut out: W,
    ) -> Result<Self, BackupError> {
        let prefix = entropy::bytes(entropy);
        let head = head.bytes(&prefix)?;
        out.write_all(&head)?;
        let waiting = Zeroizing::new(Vec::with_capacity(CHUNK));
        let mut writer = Self { cipher, prefix, head, number: 0, waiting, out };
        writer.seal(Part::Head)?;
        Ok(writer)
    }

    /// Seals what waits as that part.
    fn seal(&mut self, part: Part) -> io::Result<()> {
        let payload = Payload { msg: &self.waiting, aad: &self.head };
        let sealed = self.cipher.encrypt(&nonce(&self.prefix, part), payload);
        let sealed = sealed.map_err(|_| io::Error::other("a part could not be sealed"))?;
        self.waiting.clear();
        self.out.write_all(&sealed)
    }

    /// Marks the end.
    pub(super) fn finish(mut self) -> io::Result<W> {
        self.seal(Part::Last(self.number))?;
        self.out.flush()?;
        Ok(self.out)
    }
}

impl<W: Write> Write for SealWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.waiting.len() == CHUNK {
            self.seal(Part::Middle(self.number))?;
            self.number =
                self.number.checked_add(1).ok_or_else(|| io::Error::other("too large to be sealed"))?;
        }
        let taken = bytes.get(..CHUNK - self.waiting.len()).unwrap_or(bytes);
        self.waiting.extend_from_slice(taken);
        Ok(taken.len())
    }

    /// A chunk is written when it is full.
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Opens what [`SealWriter`] sealed. What it gives is authentic as far as it has come; only its end says that all was there.
pub(super) struct OpenReader<R> {
    cipher: XChaCha20Poly1305,
    prefix: [u8; PREFIX],
    head: Vec<u8>,
    number: u32,
    /// Sealed bytes of the next chunk; empty after the last.
    ahead: Vec<u8>,
    open: Zeroizing<Vec<u8>>,
    given: usize,
    from: R,
}

impl<R: Read> OpenReader<R> {
    /// Reads the head and proves it.
    pub(super) fn begin(
        mut from: R,
        cipher: impl FnOnce(&str) -> Option<XChaCha20Poly1305>,
    ) -> Result<(BackupHead, Self), BackupError> {
        let (head, prefix) = BackupHead::read(&mut from)?;
        let cipher = cipher(&head.key).ok_or_else(|| BackupError::UnknownKey { id: head.key.clone() })?;
        let bytes = head.bytes(&prefix)?;
        let proof = read_up_to(&mut from, TAG)?;
        if proof.len() < TAG {
            return Err(BackupError::Cut);
        }
        let payload = Payload { msg: &proof, aad: &bytes };
        cipher
            .decrypt(&nonce(&prefix, Part::Head), payload)
            .map_err(|_| BackupError::WrongKey { id: head.key.clone() })?;
        let ahead = read_up_to(&mut from, CHUNK + TAG)?;
        if ahead.is_empty() {
            return Err(BackupError::Cut);
        }
        let open = Zeroizing::default();
        Ok((head, Self { cipher, prefix, head: bytes, number: 0, ahead, open, given: 0, from }))
    }

    /// Opens the next chunk; `false` after the last.
    fn next(&mut self) -> Result<bool, BackupError> {
        if self.ahead.is_empty() {
            return Ok(false);
        }
        let following = read_up_to(&mut self.from, CHUNK + TAG)?;
        let sealed = std::mem::replace(&mut self.ahead, following);
        let open = |part| {
            let payload = Payload { msg: &sealed, aad: &self.head };
            self.cipher.decrypt(&nonce(&self.prefix, part), payload).map(Zeroizing::new)
        };
        let is_last = self.ahead.is_empty();
        let opened = open(if is_last { Part::Last(self.number) } else { Part::Middle(self.number) });
        self.open = match opened {
            Ok(opened) => opened,
            Err(_) if is_last && open(Part::Middle(self.number)).is_ok() => return Err(BackupError::Cut),
            Err(_) => return Err(BackupError::Changed { part: self.number.saturating_add(1) }),
        };
        self.given = 0;
        self.number = self.number.saturating_add(1);
        Ok(true)
    }

    /// Nothing may follow what was read, and the end must have been there.
    pub(super) fn end(mut self) -> Result<(), BackupError> {
        while self.given == self.open.len() {
            if !self.next()? {
                return Ok(());
            }
        }
        Err(BackupError::Changed { part: self.number })
    }
}

impl<R: Read> Read for OpenReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.given == self.open.len() {
            if !self.next()? {
                return Ok(0);
            }
        }
        let rest = self.open.get(self.given..).unwrap_or_default();
        let count = rest.len().min(into.len());
        into.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
        self.given += count;
        Ok(count)
    }
}

fn read_up_to(from: &mut impl Read, most: usize) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(most);
    from.take(u64::try_from(most).unwrap_or(u64::MAX)).read_to_end(&mut bytes)?;
    Ok(bytes)
}
