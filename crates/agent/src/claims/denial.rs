//! Whether a word of denial reaches what stands behind it: "we have no discount" denies one, "don't forget the discount" states one.
//! Only words that are known to carry a denial on may stand between; where others do, it is not clear.

use super::lexicon;

/// What a word of denial does to what stands behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Denial {
    /// There is none.
    Absent,
    /// It is said not to be so.
    Reaches,
    /// There is one, and what it denies may be something else.
    Unclear,
}

/// What the last word of denial among the words `before` something does to it.
pub(super) fn denial(before: &[&str]) -> Denial {
    let Some(Last { ahead, word, behind, is_reversed }) = last(before) else { return Denial::Absent };
    // "No it is reduced".
    let interjected = word == "no" && behind.first().is_some_and(|next| lexicon::BEGINS_ANEW.has(next));
    // "N'oubliez pas", "vergessen Sie nicht" stand behind their verb; "nobody leaves without" and "without a code it is" deny the way
    // and not the end.
    let without = lexicon::WITHOUT.has(word);
    let of_a_verb = (without || lexicon::BEHIND_VERB.has(word)) && !ahead.iter().all(|word| carries(word));
    let of_a_way = without && behind.iter().any(|word| begins_anew(word));
    let elsewhere = is_reversed || interjected || of_a_verb || of_a_way || tells_anew(behind);
    let reaches = !elsewhere && behind.iter().all(|word| carries(word));
    if reaches { Denial::Reaches } else { Denial::Unclear }
}

/// Whether the last word of denial among these denies a thing, whatever it is called: "no woollen throws under $40". A verb or a
/// pronoun between begins something else.
pub(super) fn denies_a_thing(before: &[&str]) -> bool {
    last(before).is_some_and(|Last { word, behind, is_reversed, .. }| {
        let of_a_thing = lexicon::NO_THING.has(word) || behind.iter().any(|word| lexicon::NO_THING.has(word));
        of_a_thing && !is_reversed && !behind.iter().any(|word| begins_anew(word))
    })
}

/// Whether these words, between one that says what is not known and what it says so of, let that be so.
pub(super) fn leaves_open(between: &[&str]) -> bool {
    let known = |word: &&str| {
        lexicon::is_plain(word)
            || lexicon::is_general(word)
            || lexicon::ASKED_OF.has(word)
            || carries(word)
            || [&lexicon::DELIVERY, &lexicon::WHEN, &lexicon::POLICY].iter().any(|words| words.has(word))
    };
    // "I can't promise that it arrives", and not "I can't tell you how glad I am that it arrives".
    let that = between.iter().position(|word| lexicon::THAT.has(word)).is_some_and(|at| at > 1);
    !that && between.iter().all(|word| known(word) && !lexicon::TURNING.has(word))
}

/// The last word of denial, turns of phrase left out.
struct Last<'w> {
    ahead: &'w [&'w str],
    word: &'w str,
    behind: &'w [&'w str],
    /// Another one stands before it, and both together deny nothing: "never without".
    is_reversed: bool,
}

fn last<'w>(words: &'w [&'w str]) -> Option<Last<'w>> {
    let mut found: Option<Last<'w>> = None;
    let mut rest = words;
    while let Some((word, others)) = rest.split_first() {
        if let Some(length) = lexicon::IDLE_DENIAL.begins(rest) {
            rest = rest.get(length..).unwrap_or_default();
            continue;
        }
        let Some(length) = lexicon::NOT.begins(rest) else {
            rest = others;
            continue;
        };
        let behind = rest.get(length..).unwrap_or_default();
        let is_reversed = found.is_some() && lexicon::REVERSING.has(word);
        let ahead = words.get(..words.len() - rest.len()).unwrap_or_default();
        found = Some(Last { ahead, word, behind, is_reversed });
        rest = behind;
    }
    found
}

/// Whether a denial goes on behind this word.
fn carries(word: &str) -> bool {
    let known = |part: &str| {
        lexicon::is_plain(part) || lexicon::CARRYING.has(part) || lexicon::quality_of(part).is_some()
    };
    // `n'existe` is two words.
    word.split('\'').all(known) && !lexicon::TURNING.has(word) && !lexicon::LINKING.has(word)
}

/// "Didn't you know it is", "no code or it is", "kein Code oder er ist": somebody begins to tell of something else.
fn tells_anew(behind: &[&str]) -> bool {
    let is = |word: &str| lexicon::IS.has(word) || lexicon::ARE.has(word);
    let who = |word: &str| lexicon::WHO.has(word);
    let told = |at: usize, one: &str, next: &str| {
        // "None of these is reduced".
        let of =
            at.checked_sub(1).and_then(|before| behind.get(before)).is_some_and(|word| lexicon::OF.has(word));
        (who(one) && is(next) && !of) || (lexicon::OR.has(one) && (who(next) || is(next)))
    };
    let pairs = behind.iter().zip(behind.iter().skip(1)).enumerate();
    behind.iter().any(|word| lexicon::WHO_IS.has(word))
        || pairs.into_iter().any(|(at, (one, next))| told(at, one, next))
}

fn begins_anew(word: &str) -> bool {
    [
        &lexicon::BEGINS_ANEW,
        &lexicon::WHO,
        &lexicon::WHO_IS,
        &lexicon::IS,
        &lexicon::ARE,
        &lexicon::TURNING,
        &lexicon::LINKING,
    ]
    .iter()
    .any(|words| words.has(word) && !lexicon::DETERMINERS.has(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(before: &str, expected: Denial) {
        let words: Vec<&str> = before.split(' ').collect();
        assert_eq!(denial(&words), expected, "{before}");
    }

    #[test]
    fn a_denial_reaches_through_words_that_name_nothing() {
        check("we don't have any", Denial::Reaches);
        check("it is", Denial::Absent);
        check("don't worry there is a", Denial::Absent);
        check("don't forget the", Denial::Unclear);
        check("never without a", Denial::Unclear);
        check("no tenemos ningun", Denial::Reaches);
        check("no it is", Denial::Unclear);
        check("no coupon or", Denial::Reaches);
        check("didn't you know it's", Denial::Unclear);
        check("isn't it great it is", Denial::Unclear);
        check("we don't have it", Denial::Reaches);
        check("it comes without a", Denial::Reaches);
        check("nobody leaves our shop without a", Denial::Unclear);
        check("without any code you get a", Denial::Unclear);
        check("kein code oder er ist", Denial::Unclear);
        check("no coupon or it is", Denial::Unclear);
        check("not that it is", Denial::Unclear);
        check("n'avons pas de", Denial::Reaches);
        check("n'oubliez pas la", Denial::Unclear);
    }

    #[test]
    fn no_thing_may_be_called_anything() {
        assert!(denies_a_thing(&["no", "woollen", "throws"]));
        assert!(denies_a_thing(&["don't", "have", "any", "candles"]));
        assert!(!denies_a_thing(&["don't", "forget"]));
        assert!(!denies_a_thing(&["no", "surprise", "that", "it's"]));
    }
}
