//! What a person or Meta does to tokens that were handed out. Nobody is told; the next call, or the next look at a token, finds
//! out.

use std::io;

use super::MetaFake;
use super::ledger::{Kind, Token};

/// Why a person's grant to the app ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// They removed the app.
    AppRemoved,
    /// They changed their password.
    PasswordChanged,
    /// They must sign in at facebook.com first.
    LoginNeeded,
    /// They lost their role on the Page.
    RoleLost,
}

impl MetaFake {
    /// Ends every token there is.
    pub fn revoke(&self, why: Revoked) -> io::Result<()> {
        self.change_tokens(|token| {
            if why != Revoked::RoleLost || matches!(token.kind, Kind::Page(_)) {
                token.ended = Some(match why {
                    Revoked::AppRemoved => 458,
                    Revoked::LoginNeeded => 459,
                    Revoked::PasswordChanged => 460,
                    Revoked::RoleLost => 492,
                });
            }
        })
    }

    /// Tokens that were ended work again, as after a slip of Meta's own.
    pub fn forgive(&self) -> io::Result<()> {
        self.change_tokens(|token| token.ended = None)
    }

    /// The person takes one permission back from all their tokens.
    pub fn take_back(&self, scope: &str) -> io::Result<()> {
        self.change_tokens(|token| token.scopes.retain(|granted| granted != scope))
    }

    /// All tokens turn out to have been made for another app.
    pub fn give_tokens_to_app(&self, app: &str) -> io::Result<()> {
        self.change_tokens(|token| token.app = Some(app.to_owned()))
    }

    /// All Page tokens end after this many milliseconds, as those made from a short-lived token do.
    pub fn end_page_tokens_in(&self, millis: i64) -> io::Result<()> {
        let end = self.options.clock.now().millis() + millis;
        self.change_tokens(|token| {
            if matches!(token.kind, Kind::Page(_)) {
                token.expires_at = Some(end);
            }
        })
    }

    fn change_tokens(&self, mut change: impl FnMut(&mut Token)) -> io::Result<()> {
        let mut memory = self.memory();
        memory.ledger.tokens.values_mut().for_each(&mut change);
        self.save(&memory)
    }
}
