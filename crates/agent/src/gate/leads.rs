//! Words of a text that lead out of the conversation: only the shop's own addresses may.

use shopclerk_domain::claim::{Claim, Fact};
use shopclerk_domain::product::ProductRow;

use crate::claims::fold::{Folded, plainly};
use crate::claims::links::{self, Outward};
use crate::claims::tokens::Token;
use crate::gate::anchors::Mention;
use crate::gate::text::Reading;
use crate::gate::{Findings, offers, web};

/// A word that leads out, by its bytes in the text, with the tokens it covers.
pub(super) type Leads<'a> = (&'a str, Outward, (usize, usize));

impl Reading<'_> {
    pub(super) fn check_links(&self, found: &mut Findings) {
        for (word, leads, (first, _)) in &self.outward {
            let address = links::trimmed(word);
            let own = |row: &&ProductRow| web::own_url(&row.product, self.ground.shop) == Some(address);
            match self.ground.rows.iter().filter(|row| row.product.is_offered()).find(own) {
                Some(row) if *leads == Outward::Link => {
                    found.hold(Claim::of(row, Fact::Link(address.to_owned()), address));
                }
                _ => match self.cart(address) {
                    Some(claims) => claims.into_iter().for_each(|claim| found.hold(claim)),
                    None => found.refuse(self.place(*first), word, "no link of the shop"),
                },
            }
        }
    }

    /// The claims of an address that opens the shop's cart: everything in it can be bought. `None` if it is no such address.
    fn cart(&self, address: &str) -> Option<Vec<Claim>> {
        let (items, code) = web::cart(address, self.ground.shop)?;
        let coded = match code {
            Some(code) => offers::in_cart(code, address, &items, self.ground)?,
            None => Vec::new(),
        };
        let claims = items.into_iter().map(|(id, _)| {
            let of = |row: &ProductRow| {
                row.product.variants.iter().any(|variant| variant.id == id && variant.stock.for_sale)
            };
            let row = self.ground.rows.iter().find(|row| row.product.is_offered() && of(row))?;
            Some(Claim { variant: Some(id), ..Claim::of(row, Fact::Cart(address.to_owned()), address) })
        });
        let claims: Option<Vec<Claim>> = claims.collect();
        claims.map(|claims| claims.into_iter().chain(coded).collect())
    }
}

/// The words of a text that lead out, unless they are part of a product's whole name.
pub(super) fn outward<'a>(
    text: &'a str,
    folded: &Folded<'_>,
    tokens: &[Token],
    mentions: &[Mention],
) -> Vec<Leads<'a>> {
    let places: Vec<(usize, usize)> =
        tokens.iter().map(|token| folded.range(token.start, token.end)).collect();
    let mut found = Vec::new();
    let mut from = 0;
    for word in text.split(char::is_whitespace) {
        let (start, end) = (from, from + word.len());
        // `split` drops the one blank character behind the word.
        from = end + text.get(end..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        if !links::may_lead(word) {
            continue;
        }
        let plain = plainly(word);
        let Some(leads) = plain.split(' ').find_map(links::outward) else { continue };
        let mut covered =
            (0..places.len()).filter(|at| places.get(*at).is_some_and(|(a, b)| *a < end && *b > start));
        let Some(first) = covered.next() else { continue };
        let last = covered.next_back().unwrap_or(first);
        let named =
            mentions.iter().any(|mention| mention.whole && mention.first <= first && last <= mention.last);
        if !named {
            found.push((word, leads, (first, last)));
        }
    }
    found
}
