//! Why a connection stands where it does. A cause decides the state; what an answer of a platform means as a cause is the
//! flows' business, what people are told of it the pages'.

use crate::connection::ConnectionState;

/// What is to be said of a connection that is not simply well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Not all was granted that the product can do without.
    ScopesFewer,
    /// More was granted than was asked for.
    ScopesMore,

    /// The token ends soon and its owner alone can renew it.
    TokenEnding,
    /// The person must agree again soon for us to read on.
    DataAccessEnding,
    /// The person should have agreed again for us to read on; what still works is used.
    DataAccessEnded,
    /// The token could not be renewed yet.
    RenewalFailing,
    /// The platform does not know our app, or not by this secret.
    AppRefused,

    /// The platform slows us down.
    SlowedDown,

    /// The platform forbids the account to write for a while.
    WritingForbidden,
    /// The shop has not paid its platform.
    ShopFrozen,
    /// The platform has locked the shop.
    ShopLocked,

    /// Something was not granted that nothing works without.
    ScopesMissing,
    /// The platform does not accept the token, and does not say why.
    TokenRefused,
    /// The token has ended.
    TokenEnded,
    /// What renews the token is dead.
    RefreshRefused,
    /// The shop gives nothing for the app's own credentials.
    CredentialsRefused,
    /// There is no such shop any more.
    ShopGone,
    /// We were never given a token for it.
    NoToken,
    /// Who connected it may not write for it.
    MayNotWrite,
    /// Who connected it changed their password, or the platform ended their sessions.
    PasswordChanged,
    /// Who connected it must first sign in at the platform.
    LoginNeeded,
    /// Who connected it has lost their role there.
    RoleLost,
    /// The token was made for another app.
    OtherApp,
    /// The platform does not let us hear of its events.
    DeliveriesRefused,

    /// Who connected it removed the app.
    AppRemoved,
}

use Cause::{
    AppRefused, AppRemoved, CredentialsRefused, DataAccessEnded, DataAccessEnding, DeliveriesRefused,
    LoginNeeded, MayNotWrite, NoToken, OtherApp, PasswordChanged, RefreshRefused, RenewalFailing, RoleLost,
    ScopesFewer, ScopesMissing, ScopesMore, ShopFrozen, ShopGone, ShopLocked, SlowedDown, TokenEnded,
    TokenEnding, TokenRefused, WritingForbidden,
};

impl Cause {
    /// All of them, the mildest first.
    pub const ALL: [Self; 25] = [
        ScopesFewer,
        ScopesMore,
        TokenEnding,
        DataAccessEnding,
        DataAccessEnded,
        RenewalFailing,
        AppRefused,
        SlowedDown,
        WritingForbidden,
        ShopFrozen,
        ShopLocked,
        ScopesMissing,
        TokenRefused,
        TokenEnded,
        RefreshRefused,
        CredentialsRefused,
        ShopGone,
        NoToken,
        MayNotWrite,
        PasswordChanged,
        LoginNeeded,
        RoleLost,
        OtherApp,
        DeliveriesRefused,
        AppRemoved,
    ];

    /// The state it puts a connection into.
    pub const fn state(self) -> ConnectionState {
        match self {
            ScopesFewer | ScopesMore => ConnectionState::Ok,
            TokenEnding | DataAccessEnding | DataAccessEnded | RenewalFailing | AppRefused => {
                ConnectionState::Expiring
            }
            SlowedDown => ConnectionState::Limited,
            WritingForbidden | ShopFrozen | ShopLocked => ConnectionState::Blocked,
            ScopesMissing | TokenRefused | TokenEnded | RefreshRefused | CredentialsRefused | ShopGone
            | NoToken | MayNotWrite | PasswordChanged | LoginNeeded | RoleLost | OtherApp
            | DeliveriesRefused => ConnectionState::NeedsReconnect,
            AppRemoved => ConnectionState::Disconnected,
        }
    }

    /// The stable word for it in JSON and tables.
    pub const fn word(self) -> &'static str {
        match self {
            ScopesFewer => "scopes.fewer",
            ScopesMore => "scopes.more",
            TokenEnding => "token.ending",
            DataAccessEnding => "data_access.ending",
            DataAccessEnded => "data_access.ended",
            RenewalFailing => "token.renewal_failing",
            AppRefused => "app.refused",
            SlowedDown => "platform.slowed_down",
            WritingForbidden => "platform.writing_forbidden",
            ShopFrozen => "shop.frozen",
            ShopLocked => "shop.locked",
            ScopesMissing => "scopes.missing",
            TokenRefused => "token.refused",
            TokenEnded => "token.ended",
            RefreshRefused => "token.refresh_refused",
            CredentialsRefused => "token.credentials_refused",
            ShopGone => "shop.gone",
            NoToken => "token.none",
            MayNotWrite => "person.may_not_write",
            PasswordChanged => "person.password_changed",
            LoginNeeded => "person.login_needed",
            RoleLost => "person.role_lost",
            OtherApp => "app.other",
            DeliveriesRefused => "deliveries.refused",
            AppRemoved => "app.removed",
        }
    }

    /// The cause that `word` names.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_found_by_its_word() {
        for cause in Cause::ALL {
            assert_eq!(Cause::from_word(cause.word()), Some(cause));
        }
        assert_eq!(Cause::from_word("ok"), None);
    }
}
