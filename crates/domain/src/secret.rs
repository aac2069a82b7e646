//! Values that must never be seen: they print as `Secret(hidden)` and are wiped when dropped.

use std::fmt;

use zeroize::Zeroize;

/// A value with one way out, [`Secret::expose`], which is easy to search for.
///
/// ```compile_fail
/// let token = shopclerk_domain::secret::Secret::new("t".to_owned());
/// println!("{token}");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T: Zeroize>(T);

/// A token or key in text form.
pub type SecretText = Secret<String>;

impl<T: Zeroize> Secret<T> {
    /// Hides `value`.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value itself: only for the call or the cipher that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(hidden)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t27_a_secret_does_not_show_itself() {
        assert_eq!(format!("{:?}", Secret::new("EAAB-token".to_owned())), "Secret(hidden)");
    }
}
