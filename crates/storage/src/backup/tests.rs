//! What a sealed backup promises.

use proptest::prelude::*;
use shopclerk_domain::entropy::SeededEntropy;

use super::stream::CHUNK;
use super::*;

const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OTHER: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn keys(ring: &str) -> BackupKeys {
    BackupKeys::new(&KeyRing::parse(ring).unwrap(), Arc::new(SeededEntropy::new(59)))
}

fn ours() -> BackupKeys {
    keys(&format!("k1:{KEY}"))
}

/// Bytes that do not compress, so that their length decides the number of chunks.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    SeededEntropy::new(7).fill(&mut bytes);
    bytes
}

fn seal(content: &[u8]) -> Vec<u8> {
    ours().seal(BackupKind::Snapshot, 8, Timestamp::from_millis(5), content, Vec::new()).unwrap().1
}

fn open(keys: &BackupKeys, sealed: &[u8]) -> Result<Vec<u8>, BackupError> {
    let mut content = Vec::new();
    keys.open(BackupKind::Snapshot, sealed, &mut content).map(|_| content)
}

fn refused(keys: &BackupKeys, sealed: &[u8]) -> String {
    open(keys, sealed).unwrap_err().to_string()
}

#[test]
fn t59_what_was_sealed_opens_whatever_its_size() {
    for length in [0, 1, CHUNK - 100, CHUNK, 3 * CHUNK + 17] {
        let content = noise(length);
        let sealed = seal(&content);
        assert_eq!(open(&ours(), &sealed).unwrap(), content, "{length}");
    }
    let head = ours().open(BackupKind::Snapshot, &*seal(b"x"), Vec::new()).unwrap();
    assert_eq!((head.schema, head.made_at.millis(), head.key.as_str()), (8, 5, "k1"));
}

#[test]
fn t59_a_backup_cut_anywhere_is_refused() {
    let sealed = seal(&noise(2 * CHUNK));
    for length in (0..200).chain((200..sealed.len()).step_by(997)).chain([sealed.len() - 1]) {
        let said = refused(&ours(), &sealed[..length]);
        assert!(said.contains("cut off"), "{length}: {said}");
    }
}

#[test]
fn t59_a_backup_cut_between_two_parts_is_seen_to_be_cut() {
    let content = noise(2 * CHUNK);
    let sealed = seal(&content);
    let whole = |parts: usize| sealed.len() - (sealed.len() - first_part(&sealed)) + parts * (CHUNK + 16);

    assert!(matches!(open(&ours(), &sealed[..whole(1)]), Err(BackupError::Cut)));
    assert!(matches!(open(&ours(), &sealed[..whole(2)]), Err(BackupError::Cut)));
}

/// Where the first part begins: behind the head and its proof.
fn first_part(sealed: &[u8]) -> usize {
    let key = "k1".len();
    let head = 17 + 2 + 4 + 8 + 1 + key + 19;
    assert_eq!(&sealed[head - 19 - key..head - 19], b"k1");
    head + 16
}

#[test]
fn t59_no_bit_can_change() {
    let sealed = seal(b"one customer's words");
    for index in 0..sealed.len() {
        let mut changed = sealed.clone();
        changed[index] ^= 1;
        assert!(open(&ours(), &changed).is_err(), "byte {index}");
    }
}

#[test]
fn t59_parts_cannot_be_moved_repeated_or_added() {
    let sealed = seal(&noise(3 * CHUNK));
    let start = first_part(&sealed);
    let part = |number: usize| &sealed[start + number * (CHUNK + 16)..start + (number + 1) * (CHUNK + 16)];
    let head = &sealed[..start];
    let rest = &sealed[start + 2 * (CHUNK + 16)..];

    for parts in [[part(1), part(0), rest], [part(0), part(0), rest], [part(0), rest, rest]] {
        assert!(refused(&ours(), &[head, &parts.concat()].concat()).contains("changed or cut off"));
    }
}

#[test]
fn t59_a_wrong_key_is_one_sentence() {
    let sealed = seal(b"x");

    let unknown = refused(&keys(&format!("k2:{OTHER}")), &sealed);
    let wrong = refused(&keys(&format!("k1:{OTHER}")), &sealed);

    assert!(unknown.contains("the key k1, which is not in the ring"), "{unknown}");
    assert!(wrong.contains("another key of the name k1"), "{wrong}");
    assert_eq!(open(&keys(&format!("k2:{OTHER},k1:{KEY}")), &sealed).unwrap(), b"x");
}

#[test]
fn t59_what_is_no_backup_of_that_kind_is_refused() {
    assert!(matches!(open(&ours(), b"SQLite format 3\0 and more of it"), Err(BackupError::Foreign)));
    let mut newer = seal(b"x");
    newer[17] = 2;
    assert!(matches!(open(&ours(), &newer), Err(BackupError::Newer)));
    let other = ours().open(BackupKind::Tokens, &*seal(b"x"), Vec::new());
    assert!(matches!(other, Err(BackupError::OtherKind)));
}

proptest! {
    #[test]
    fn t69_no_bytes_make_opening_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), whole in any::<bool>()) {
        let mut sealed = if whole { seal(b"x")[..40].to_vec() } else { Vec::new() };
        sealed.extend(bytes);
        prop_assert!(open(&ours(), &sealed).is_err());
    }
}
