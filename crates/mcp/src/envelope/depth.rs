//! A limit on nesting, so that hostile input cannot exhaust the stack of whoever parses further.

/// How deeply arrays and objects may nest in a body.
pub const MAX_DEPTH: usize = 128;

/// Whether `body` nests deeper than [`MAX_DEPTH`]. `body` need not be valid JSON.
pub(super) fn is_too_deep(body: &[u8]) -> bool {
    // A body with so few brackets cannot be too deep. Counting is vectorised; most bodies end here.
    let brackets = body.iter().filter(|byte| matches!(byte, b'[' | b'{')).count();
    brackets > MAX_DEPTH && nesting(body) > MAX_DEPTH
}

fn nesting(body: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in body {
        match (in_string, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (_, b'"') => in_string = !in_string,
            (false, b'[' | b'{') => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            (false, b']' | b'}') => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_exact() {
        let nested = |depth: usize| [b"[".repeat(depth), b"]".repeat(depth)].concat();
        assert!(!is_too_deep(&nested(MAX_DEPTH)));
        assert!(is_too_deep(&nested(MAX_DEPTH + 1)));
    }

    #[test]
    fn brackets_in_strings_and_siblings_do_not_count() {
        let text = format!(r#"["{}", "\"{}"]"#, "[".repeat(500), "{".repeat(500));
        assert!(!is_too_deep(text.as_bytes()));
        assert!(!is_too_deep("[]".repeat(500).as_bytes()));
    }
}
