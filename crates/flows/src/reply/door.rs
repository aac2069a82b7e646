//! Whether an account can send now: connected, not blocked, within its limits, its merchant still served.

use shopclerk_domain::channel::ChannelKind;
use shopclerk_domain::connection::ConnectionState;
use shopclerk_domain::secret::SecretText;
use shopclerk_domain::window::{Access, Reason, Rules};
use shopclerk_storage::nouns::connections::AccountRow;
use shopclerk_storage::nouns::outbox::Sender;

use super::RECONNECT_WAIT;
use crate::app::App;

/// What sending takes.
pub(crate) struct Key {
    pub(crate) token: SecretText,
    pub(crate) account: AccountRow,
}

/// An account as a send finds it.
pub(crate) struct Door {
    access: Access,
    channel: ChannelKind,
    /// There is none where only the merchant can mend the account.
    pub(crate) key: Option<Key>,
}

impl Door {
    /// The account a conversation runs over, as it was found.
    pub(crate) fn of(app: &App, sender: Sender) -> Self {
        let now = app.now();
        let Some(account) = sender.account else {
            return Self { access: Access::Ended, channel: ChannelKind::Messenger, key: None };
        };
        let channel = account.account.channel;
        let needs_reconnect = || {
            let access = Access::Held { until: now.plus(RECONNECT_WAIT), why: Reason::NeedsReconnect };
            Self { access, channel, key: None }
        };
        let held = match account.account.state {
            ConnectionState::Disconnected => return Self { access: Access::Ended, channel, key: None },
            ConnectionState::NeedsReconnect => return needs_reconnect(),
            ConnectionState::Blocked => {
                app.blocks.until(account.account.id, now).map(|until| (until, Reason::Blocked))
            }
            ConnectionState::Ok | ConnectionState::Expiring | ConnectionState::Limited => None,
        };
        if !sender.is_open {
            return Self { access: Access::Ended, channel, key: None };
        }
        let Some(token) = sender.token else { return needs_reconnect() };
        let pace = app.meta().wait_to_send(&account.account.native_id);
        let paced = pace.map(|wait| (now.plus(wait), Reason::Paced));
        let access = held.or(paced).map_or(Access::Open, |(until, why)| Access::Held { until, why });
        Self { access, channel, key: Some(Key { token, account }) }
    }

    /// What decides besides the conversation.
    pub(crate) fn rules(&self, app: &App) -> Rules {
        let (policy, stale_after) = (self.channel.send_policy(), app.settings().stale_after);
        Rules { policy, stale_after, access: self.access }
    }
}
