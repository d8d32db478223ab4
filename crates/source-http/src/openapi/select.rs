//! Which operations become tools.

use super::operation::Found;
use crate::settings::{ImportSettings, Selection};

/// Whether an operation is included and not excluded.
pub(super) fn selects(settings: &ImportSettings, operation: &Found<'_>) -> bool {
    let any = |selections: &[Selection]| selections.iter().any(|selection| fits(selection, operation));
    (settings.include.is_empty() || any(&settings.include)) && !any(&settings.exclude)
}

fn fits(selection: &Selection, operation: &Found<'_>) -> bool {
    let Selection { tag, method, path, id, deprecated } = selection;
    let tag_fits = |tag: &String| operation.tags().any(|own| matches(tag, own));
    tag.as_ref().is_none_or(tag_fits)
        && method.as_ref().is_none_or(|method| method.eq_ignore_ascii_case(operation.method))
        && path.as_ref().is_none_or(|path| matches(path, operation.path))
        && id.as_ref().is_none_or(|id| operation.id.is_some_and(|own| matches(id, own)))
        && deprecated.is_none_or(|deprecated| deprecated == operation.node.flag("deprecated"))
}

/// Whether `text` is like `pattern`, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_is_any_text() {
        for (pattern, text) in [("a", "a"), ("*", ""), ("/pets/*", "/pets/1"), ("*a*b", "xaxb"), ("a*a", "aa")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("a", "ab"), ("/pets/*", "/pet"), ("a*a", "a"), ("*b", "ba")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
