//! A shop's customer as the shop names one: by address and number. We know shoppers by their channel, so a customer is found
//! by what a shopper told us.

/// What a customer may be recognised by; nothing of it is kept longer than the search takes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    /// The e-mail address.
    pub email: Option<String>,
    /// The telephone number, as the shop writes it.
    pub phone: Option<String>,
}

/// Fewer digits than this are no telephone number.
const FEWEST_DIGITS: usize = 8;
/// Where both numbers have more, so many of their last digits decide: one may lack the country or the area.
const LAST_DIGITS: usize = 9;

impl Customer {
    /// Whether anybody could be recognised at all.
    pub fn is_known(&self) -> bool {
        self.email.as_ref().is_some_and(|email| email.contains('@'))
            || self.phone.as_deref().is_some_and(|phone| digits(phone).len() >= FEWEST_DIGITS)
    }

    /// Whether `text` holds the customer's address or number.
    pub fn is_in(&self, text: &str) -> bool {
        self.email.as_deref().is_some_and(|email| holds_address(text, email))
            || self.phone.as_deref().is_some_and(|phone| holds_number(text, phone))
    }
}

/// The whole address, in whatever case; not the end or the beginning of a longer one.
fn holds_address(text: &str, email: &str) -> bool {
    let (text, email) = (text.to_lowercase(), email.trim().to_lowercase());
    if !email.contains('@') {
        return false;
    }
    let continues = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '%');
    text.match_indices(&email).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let mut after = text.get(at + found.len()..).unwrap_or_default().chars();
        let ends = match after.next() {
            Some('.') => !after.next().is_some_and(continues),
            Some(next) => !continues(next),
            None => true,
        };
        ends && !before.is_some_and(|before| continues(before) || before == '.')
    })
}

/// The number in any of the ways people write one.
fn holds_number(text: &str, phone: &str) -> bool {
    let wanted = digits(phone);
    let separates = |c: char| matches!(c, ' ' | '-' | '.' | '/' | '(' | ')' | '+' | '\u{a0}');
    text.split(|c: char| !c.is_ascii_digit() && !separates(c)).any(|run| same_number(&digits(run), &wanted))
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn same_number(one: &str, other: &str) -> bool {
    let (one, other) = (one.trim_start_matches('0'), other.trim_start_matches('0'));
    let shorter = one.len().min(other.len());
    if shorter < FEWEST_DIGITS {
        return false;
    }
    let last = shorter.min(LAST_DIGITS);
    one.get(one.len() - last..) == other.get(other.len() - last..)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        let john = Customer {
            email: Some("John.Doe@example.com".to_owned()),
            phone: Some("+1 (555) 625-1199".to_owned()),
        };
        assert_eq!(john.is_in(text), expected, "{text}");
    }

    #[test]
    fn a_customer_is_found_by_address_or_number_however_they_are_written() {
        check("my address is john.doe@example.com.", true);
        check("JOHN.DOE@EXAMPLE.COM", true);
        check("<john.doe@example.com>, thanks", true);
        check("call 555-625-1199", true);
        check("call 0015556251199 please", true);
        check("555.625 1199", true);
        check("bigjohn.doe@example.com", false);
        check("mr.john.doe@example.com", false);
        check("john.doe@example.com.br", false);
        check("john.doe@example.community", false);
        check("I want 5 of 6251199", false);
        check("order 1199", false);
        check("", false);
    }

    #[test]
    fn who_is_named_by_nothing_is_nobody() {
        for (email, phone) in [(None, None), (Some(""), Some("")), (Some("x"), Some("555"))] {
            let nobody = Customer { email: email.map(str::to_owned), phone: phone.map(str::to_owned) };
            assert!(!nobody.is_known());
            assert!(!nobody.is_in("x 555 hello"));
        }
    }
}
