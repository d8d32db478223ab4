//! Patterns with `*`, over `source.tool` and names of environment variables.

/// Whether `text` matches; `*` stands for any characters, also none.
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(start) else { return false };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    for part in parts {
        let Some(at) = text.find(part) else { return false };
        text = &text[at + part.len()..];
    }
    text.ends_with(end)
}

/// Whether a virtual server takes `address` in.
pub(crate) fn includes(include: &[String], exclude: &[String], address: &str) -> bool {
    let any = |patterns: &[String]| patterns.iter().any(|pattern| matches(pattern, address));
    any(include) && !any(exclude)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_anything() {
        for (pattern, text, expected) in [
            ("erp.*", "erp.search", true),
            ("erp.*", "erpx.search", false),
            ("erp.search_*", "erp.search_expenses", true),
            ("*", "a.b", true),
            ("*.get_*_by_*", "erp.get_user_by_id", true),
            ("*.get_*_by_*", "erp.get_user", false),
            ("a*a", "a", false),
            ("a*a", "aa", true),
            ("erp.search", "erp.search2", false),
            ("", "", true),
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
