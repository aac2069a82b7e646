//! The doctor's findings in the terminal: area by area, each with its cure; or as JSON for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};
use shopclerk_flows::doctor::{Finding, Level};

/// Areas in the order they are shown, with their headings.
const AREAS: [(&str, &str); 11] = [
    ("settings", "Settings"),
    ("machine", "Machine"),
    ("database", "Database"),
    ("keys", "Keys"),
    ("public", "Public address"),
    ("meta", "Meta"),
    ("page", "Facebook Pages"),
    ("shop", "Shopify shops"),
    ("mirror", "Mirror"),
    ("backups", "Backups"),
    ("waiting", "Waiting for people"),
];

/// The worst of the findings.
pub fn worst(findings: &[Finding]) -> Level {
    findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok)
}

/// For people who only want to know what to do: what is well is left out.
pub fn brief(findings: &[Finding]) -> String {
    let wanting: Vec<Finding> =
        findings.iter().filter(|finding| finding.level != Level::Ok).cloned().collect();
    text(&wanting)
}

/// For people.
pub fn text(findings: &[Finding]) -> String {
    let mut out = String::new();
    for (area, heading) in AREAS {
        let mut lines = findings.iter().filter(|finding| finding.area() == area).peekable();
        if lines.peek().is_some() {
            out.push_str(heading);
            out.push('\n');
        }
        lines.for_each(|finding| line(&mut out, finding));
    }
    if !out.is_empty() {
        out.push('\n');
    }
    out.push_str(&verdict(findings));
    out
}

fn line(out: &mut String, finding: &Finding) {
    let Finding { level, about, says, cure, .. } = finding;
    let about = about.as_ref().map_or_else(String::new, |name| format!("{name}: "));
    // Writing to a text cannot fail.
    writeln!(out, "  {:8} {about}{says}", level.word()).ok();
    if let Some(cure) = cure {
        writeln!(out, "           -> {cure}").ok();
    }
}

fn verdict(findings: &[Finding]) -> String {
    let count = |level: Level| findings.iter().filter(|finding| finding.level == level).count();
    match (count(Level::Broken), count(Level::Warning)) {
        (0, 0) => "All is well.\n".to_owned(),
        (broken, warnings) => {
            let warning = if warnings == 1 { "warning" } else { "warnings" };
            format!("{broken} broken, {warnings} {warning}.\n")
        }
    }
}

/// For programs.
pub fn json(findings: &[Finding]) -> Value {
    let shown = |finding: &Finding| {
        json!({
            "code": finding.code, "about": finding.about, "level": finding.level.word(), "says": finding.says,
            "cure": finding.cure,
        })
    };
    let findings_shown: Vec<Value> = findings.iter().map(shown).collect();
    json!({ "worst": worst(findings).word(), "findings": findings_shown })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_area_is_shown_and_the_worst_decides() {
        let all: Vec<Finding> =
            ["settings.x", "machine.x", "shop.x"].map(|code| Finding::ok(code, "fine")).to_vec();
        assert_eq!((worst(&all), text(&all).matches("fine").count()), (Level::Ok, 3));
        assert!(text(&all).ends_with("All is well.\n"));

        let bad =
            [all, vec![Finding::broken("mirror.x", "No", "Do"), Finding::warning("keys.x", "Hm", "Do")]]
                .concat();
        assert_eq!(worst(&bad), Level::Broken);
        assert!(text(&bad).contains("Mirror\n  broken   No\n           -> Do\n"), "{}", text(&bad));
        assert!(text(&bad).ends_with("1 broken, 1 warning.\n"));
        assert!(!brief(&bad).contains("fine") && brief(&bad).contains("Keys\n  warning  Hm\n"));
        assert_eq!(json(&bad)["worst"], "broken");
    }
}
