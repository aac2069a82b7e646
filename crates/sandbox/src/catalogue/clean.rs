//! Texts as a store may hold them: no control characters, no line breaks in names, nothing endless, pictures with an
//! address a browser can open. What is taken away is reported.

use super::draft::{Draft, MOST_TEXT_BYTES};
use super::report::{Report, quote};

/// Cleans all texts of a product and of its variants.
pub(crate) fn texts(draft: &mut Draft, report: &mut Report) {
    let mut tally = Tally::default();
    tally.name(&mut draft.handle);
    tally.name(&mut draft.title);
    tally.text(&mut draft.description_html);
    for field in [&mut draft.vendor, &mut draft.product_type] {
        tally.name(field);
        tally.within_limit(field);
    }
    draft.tags.iter_mut().for_each(|tag| tally.name(tag));
    draft.options.iter_mut().for_each(|option| tally.name(option));
    for (key, value) in &mut draft.metafields {
        tally.name(key);
        tally.text(value);
        tally.within_limit(value);
    }
    for collection in &mut draft.collections {
        tally.name(&mut collection.handle);
        tally.name(&mut collection.title);
        tally.text(&mut collection.description);
        tally.within_limit(&mut collection.description);
    }
    for image in &mut draft.images {
        tally.text(&mut image.alt);
        tally.within_limit(&mut image.alt);
    }
    for variant in &mut draft.variants {
        for field in [&mut variant.sku, &mut variant.barcode] {
            tally.name(field);
            tally.within_limit(field);
        }
        variant.choices.iter_mut().for_each(|choice| tally.name(&mut choice.value));
    }
    let before = draft.tags.len();
    draft.tags.retain(|tag| !is_too_long(tag));
    tally.too_long += before - draft.tags.len();
    tally.tell(draft, report);
    pictures(draft, report);
}

/// Whether a text is longer than is kept of any.
pub(crate) fn is_too_long(text: &str) -> bool {
    text.len() > MOST_TEXT_BYTES
}

/// What had to be taken away from one product.
#[derive(Default)]
struct Tally {
    control_characters: usize,
    too_long: usize,
}

impl Tally {
    /// A text that may have several lines. One that is too long is not looked through: it will be left out.
    fn text(&mut self, text: &mut String) {
        let is_kept = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        if is_too_long(text) || text.chars().all(is_kept) {
            return;
        }
        let before = text.chars().count();
        text.retain(is_kept);
        self.control_characters += before - text.chars().count();
    }

    /// A text of one line, without blanks around it.
    fn name(&mut self, text: &mut String) {
        self.text(text);
        if text.contains(['\n', '\r', '\t']) {
            *text =
                text.split(['\n', '\r', '\t']).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        }
        if text.trim().len() != text.len() {
            *text = text.trim().to_owned();
        }
    }

    /// Leaves out a text nobody could have meant.
    fn within_limit(&mut self, text: &mut String) {
        if is_too_long(text) {
            text.clear();
            self.too_long += 1;
        }
    }

    fn tell(&self, draft: &Draft, report: &mut Report) {
        let mib = MOST_TEXT_BYTES / (1024 * 1024);
        if self.control_characters > 0 {
            let what = format!("{} control characters (such as NUL) were left out", self.control_characters);
            report.find(draft.line, &draft.handle, what, "remove them from the product's texts");
        }
        if self.too_long > 0 {
            let what = format!("{} fields longer than {mib} MiB were left empty", self.too_long);
            report.find(draft.line, &draft.handle, what, "shorten them");
        }
        if draft.left_out > 0 {
            let what = format!(
                "{} pictures, labels or extra fields beyond Shopify's limit were left out",
                draft.left_out
            );
            report.find(draft.line, &draft.handle, what, "keep at most 250 of each");
        }
        if draft.description_bytes > MOST_TEXT_BYTES {
            let what =
                format!("the description has {} bytes and was cut to {mib} MiB", draft.description_bytes);
            report.find(
                draft.line,
                &draft.handle,
                what,
                "shorten it; embedded pictures belong in the picture columns",
            );
        }
    }
}

/// Leaves out pictures without a web address.
fn pictures(draft: &mut Draft, report: &mut Report) {
    let Draft { line, handle, images, variants, .. } = draft;
    let mut refuse = |line: u64, url: &str| {
        let what = format!("the picture address {} was left out", quote(url));
        report.find(line, handle, what, "write an address that begins with https://");
    };
    images.retain_mut(|image| {
        let address = web_address(&image.url);
        if address.is_none() {
            refuse(*line, &image.url);
        }
        let is_kept = address.is_some();
        image.url = address.unwrap_or_default();
        is_kept
    });
    for variant in variants {
        let Some(written) = variant.image.take() else { continue };
        variant.image = web_address(&written);
        if variant.image.is_none() {
            refuse(variant.line, &written);
        }
    }
}

/// The address as a browser opens it; storefronts leave the scheme out.
fn web_address(written: &str) -> Option<String> {
    let written = written.trim();
    let full = if written.starts_with("//") { format!("https:{written}") } else { written.to_owned() };
    let is_web = full.len() <= 2_048
        && url::Url::parse(&full).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    is_web.then_some(full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(written: &str, expected: &str) {
        let mut text = written.to_owned();
        Tally::default().name(&mut text);
        assert_eq!(text, expected);
    }

    #[test]
    fn names_have_one_line_and_keep_their_letters() {
        check(" asphalt-howler™ ", "asphalt-howler™");
        check("a\0b\u{7}", "ab");
        check("Winter\r\nAmber", "Winter Amber");
        check("茶 \u{200d}👩‍🌾", "茶 \u{200d}👩‍🌾");
    }

    #[test]
    fn pictures_need_a_web_address() {
        assert_eq!(
            web_address("//cdn.shopify.com/a b.jpg").as_deref(),
            Some("https://cdn.shopify.com/a b.jpg")
        );
        for written in ["javascript:alert(1)", "data:image/png;base64,AA", "mug.jpg", "", "http://"] {
            assert_eq!(web_address(written), None, "{written}");
        }
    }
}
