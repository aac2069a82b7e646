//! Every kind of event that Meta delivers: what makes one of it the same as another, and what it does to us. What is not
//! listed here is known as `unknown`, told apart by all it says, and does nothing.

/// What makes an event this one and no other, beside its account and its kind; and beside its time, where a second
/// one would do no harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    /// The id of the message; all of the event where it has none.
    Message,
    /// The id of the message, else who tapped what and when.
    Tap,
    /// The message and which of its edits this is.
    Edit,
    /// The message, who reacted, how, and when.
    Reaction,
    /// Who, and up to when: only the farthest counts.
    Watermark,
    /// All it says: who, when, what.
    Whole,
}

/// What an event does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Asks for a reply.
    Answer,
    /// The words of a message go.
    Forget,
    /// The words of a message become others.
    Replace,
    /// Ours: proof that it arrived. Somebody else's: a person has the word.
    Echo,
    /// The shopper turned to us: the window opens anew.
    Contact,
    /// How far messages were delivered or read is remembered.
    Farthest,
    /// Another program or a person takes the thread, or it comes back to us.
    Thread,
    /// Known to have come.
    Nothing,
}

/// One kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// The stable word for it; that of the field it comes in, where it has one of its own.
    pub(super) name: &'static str,
    pub(super) key: Key,
    pub(super) effect: Effect,
}

const fn kind(name: &'static str, key: Key, effect: Effect) -> Kind {
    Kind { name, key, effect }
}

/// Kinds that come in the field `message`.
pub(super) const MESSAGE: Kind = kind("message", Key::Message, Effect::Answer);
pub(super) const DELETED: Kind = kind("deleted", Key::Message, Effect::Forget);
pub(super) const ECHO: Kind = kind("echo", Key::Message, Effect::Echo);
pub(super) const DELETED_ECHO: Kind = kind("deleted_echo", Key::Message, Effect::Nothing);

/// Kinds that come in a field of their own.
pub(super) const KINDS: [Kind; 15] = [
    kind("postback", Key::Tap, Effect::Answer),
    kind("message_edit", Key::Edit, Effect::Replace),
    kind("reaction", Key::Reaction, Effect::Contact),
    kind("referral", Key::Whole, Effect::Contact),
    kind("read", Key::Watermark, Effect::Farthest),
    kind("delivery", Key::Watermark, Effect::Farthest),
    kind("pass_thread_control", Key::Whole, Effect::Thread),
    kind("take_thread_control", Key::Whole, Effect::Thread),
    kind("request_thread_control", Key::Whole, Effect::Nothing),
    // We send nothing that was opted in for, so there is nothing to stop.
    kind("optin", Key::Whole, Effect::Nothing),
    kind("account_linking", Key::Whole, Effect::Nothing),
    kind("order", Key::Whole, Effect::Nothing),
    kind("messaging_customer_information", Key::Whole, Effect::Nothing),
    kind("response_feedback", Key::Whole, Effect::Nothing),
    kind("template", Key::Whole, Effect::Nothing),
];

/// What is in none of these fields.
pub(super) const UNKNOWN: Kind = kind("unknown", Key::Whole, Effect::Nothing);
