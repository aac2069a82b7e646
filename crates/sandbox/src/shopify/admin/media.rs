//! Pictures of products, as media and as images.

use super::super::store::{Image, Product};
use super::context::{Call, Part, Record, gid, number_of, time};

/// A picture of a product as media.
pub(super) fn media(call: &Call<'_>, product: &Product, place: usize, image: &Image) -> Record {
    let picture = picture(call, product, place, image);
    let preview =
        Record::new("MediaPreviewImage", [("image", Part::One(picture.clone())), ("status", "READY".into())]);
    Record::new(
        "MediaImage",
        [
            ("id", gid("MediaImage", number_of(product.id, place)).into()),
            ("alt", image.alt.as_str().into()),
            ("mediaContentType", "IMAGE".into()),
            ("status", "READY".into()),
            ("preview", Part::One(preview)),
            ("image", Part::One(picture)),
            ("mimeType", mime(&image.url).into()),
            ("createdAt", time(product.created_at).into()),
        ],
    )
}

/// A picture of a product as an image.
pub(super) fn picture(call: &Call<'_>, product: &Product, place: usize, image: &Image) -> Record {
    let url = call.fake.picture_url(call.domain, &image.url);
    Record::new(
        "Image",
        [
            ("id", gid("ProductImage", number_of(product.id, place)).into()),
            ("altText", image.alt.as_str().into()),
            ("url", url.as_str().into()),
            ("src", url.into()),
            ("width", ().into()),
            ("height", ().into()),
        ],
    )
}

fn mime(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    match path.rsplit('.').next()?.to_ascii_lowercase().as_str() {
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        "jpg" | "jpeg" => Some("image/jpeg"),
        "webp" => Some("image/webp"),
        "gif" => Some("image/gif"),
        _ => None,
    }
}
