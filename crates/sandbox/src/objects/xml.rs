//! XML as S3 writes it, and the one document it is sent.

use super::error::S3Error;

/// A document being written: elements in order, everything escaped.
pub(super) struct Xml {
    text: String,
    root: &'static str,
}

impl Xml {
    /// A document of this root element in S3's namespace.
    pub(super) fn new(root: &'static str) -> Self {
        let head = r#"<?xml version="1.0" encoding="UTF-8"?>"#;
        let text = format!("{head}\n<{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        Self { text, root }
    }

    /// An error document, which has no namespace.
    pub(super) fn error(error: &S3Error, resource: &str, request: &str) -> String {
        let mut xml = Self {
            text: r#"<?xml version="1.0" encoding="UTF-8"?>"#.to_owned() + "\n<Error>",
            root: "Error",
        };
        xml.leaf("Code", error.code);
        xml.leaf("Message", &error.message);
        xml.leaf("Resource", resource);
        xml.leaf("RequestId", request);
        xml.finish()
    }

    pub(super) fn leaf(&mut self, name: &str, text: &str) {
        let escaped = text
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\r', "&#13;");
        self.text.extend(["<", name, ">", &escaped, "</", name, ">"]);
    }

    pub(super) fn group(&mut self, name: &str, fill: impl FnOnce(&mut Self)) {
        self.text.extend(["<", name, ">"]);
        fill(self);
        self.text.extend(["</", name, ">"]);
    }

    pub(super) fn finish(self) -> String {
        format!("{}</{}>", self.text, self.root)
    }
}

/// The parts that `CompleteMultipartUpload` lists: number and entity tag, as written.
pub(super) fn listed_parts(body: &[u8]) -> Result<Vec<(u16, String)>, S3Error> {
    let text = std::str::from_utf8(body).map_err(|_| S3Error::malformed_xml())?;
    if !text.contains("<CompleteMultipartUpload") || !text.contains("</CompleteMultipartUpload>") {
        return Err(S3Error::malformed_xml());
    }
    let parts: Option<Vec<(u16, String)>> = text
        .split("<Part>")
        .skip(1)
        .map(|part| {
            let part = part.split("</Part>").next()?;
            let tag = between(part, "ETag")?.replace("&quot;", "\"").replace("&#34;", "\"");
            Some((between(part, "PartNumber")?.trim().parse().ok()?, tag.trim().trim_matches('"').to_owned()))
        })
        .collect();
    parts.filter(|parts| !parts.is_empty()).ok_or_else(S3Error::malformed_xml)
}

fn between<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split_once(&format!("<{name}>"))?.1.split_once(&format!("</{name}>")).map(|(inner, _)| inner)
}
