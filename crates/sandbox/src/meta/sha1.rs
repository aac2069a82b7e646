//! HMAC-SHA-1 for the legacy signature header that Meta still sends and nobody should read any more. Forty lines here
//! save a dependency that nothing else may use.

const BLOCK: usize = 64;

/// Lower-case hex of HMAC-SHA-1 (RFC 2104).
pub(super) fn hmac_hex(secret: &str, message: &[u8]) -> String {
    let mut key = [0_u8; BLOCK];
    let hashed;
    let short = if secret.len() > BLOCK {
        hashed = digest(secret.as_bytes());
        hashed.as_slice()
    } else {
        secret.as_bytes()
    };
    for (to, from) in key.iter_mut().zip(short) {
        *to = *from;
    }
    let inner = digest(&[&key.map(|byte| byte ^ 0x36), message].concat());
    hex::encode(digest(&[&key.map(|byte| byte ^ 0x5c), inner.as_slice()].concat()))
}

/// SHA-1 (FIPS 180-4).
fn digest(message: &[u8]) -> [u8; 20] {
    let mut state: [u32; 5] = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0];
    let mut padded = message.to_vec();
    padded.push(0x80);
    padded.resize(padded.len().next_multiple_of(BLOCK), 0);
    if padded.len() - message.len() < 9 {
        padded.resize(padded.len() + BLOCK, 0);
    }
    padded.truncate(padded.len() - 8);
    padded.extend_from_slice(&(message.len() as u64 * 8).to_be_bytes());
    for block in padded.chunks_exact(BLOCK) {
        state = absorbed(state, block);
    }
    let mut out = [0; 20];
    for (to, from) in out.iter_mut().zip(state.iter().flat_map(|word| word.to_be_bytes())) {
        *to = from;
    }
    out
}

fn absorbed(state: [u32; 5], block: &[u8]) -> [u32; 5] {
    let mut words: Vec<u32> = block.as_chunks::<4>().0.iter().map(|word| u32::from_be_bytes(*word)).collect();
    let mut turned = state;
    for round in 0..80 {
        if round >= 16 {
            let back = |steps: usize| words.get(round - steps).copied().unwrap_or_default();
            words.push((back(3) ^ back(8) ^ back(14) ^ back(16)).rotate_left(1));
        }
        let [first, second, third, fourth, fifth] = turned;
        let (mixed, constant) = match round {
            0..20 => ((second & third) | (!second & fourth), 0x5a82_7999_u32),
            20..40 => (second ^ third ^ fourth, 0x6ed9_eba1),
            40..60 => ((second & third) | (second & fourth) | (third & fourth), 0x8f1b_bcdc),
            _ => (second ^ third ^ fourth, 0xca62_c1d6),
        };
        let word = words.get(round).copied().unwrap_or_default();
        let next = [mixed, fifth, constant, word].into_iter().fold(first.rotate_left(5), u32::wrapping_add);
        turned = [next, first, second.rotate_left(30), third, fourth];
    }
    for (to, from) in turned.iter_mut().zip(state) {
        *to = to.wrapping_add(from);
    }
    turned
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_match_published_vectors() {
        assert_eq!(hex::encode(digest(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(
            hex::encode(digest(b"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
        );
        assert_eq!(
            hmac_hex("Jefe", b"what do ya want for nothing?"),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"
        );
        assert_eq!(
            hmac_hex(&"\u{2a}".repeat(80), b"x").len(),
            40,
            "a key longer than a block is hashed first"
        );
    }
}
