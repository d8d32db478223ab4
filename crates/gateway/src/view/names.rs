//! What clients call tools and prompts.

use puente_domain::Name;

use crate::validate::sha256_hex;

/// How many hexadecimal digits of the hash a cut name ends with.
const HASH: usize = 8;

/// `source_name`, or `name` without the prefix; a name of more than 64 characters is cut and ends with a hash of all of
/// it, so that it stays unique and stable.
pub(crate) fn client_name(source: &Name, name: &str, prefix: bool) -> String {
    let full = if prefix { format!("{source}_{name}") } else { name.to_owned() };
    if full.chars().count() <= Name::MAX {
        return full;
    }
    let head: String = full.chars().take(Name::MAX - HASH - 1).collect();
    format!("{head}_{}", &sha256_hex(&full)[..HASH])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_cut_and_stay_apart() {
        let source: Name = "erp".parse().unwrap();
        assert_eq!(client_name(&source, "search", true), "erp_search");
        assert_eq!(client_name(&source, "search", false), "search");
        let fits = "x".repeat(60);
        assert_eq!(client_name(&source, &fits, true).len(), 64);
        let (one, other) = (format!("{}a", "x".repeat(61)), format!("{}b", "x".repeat(61)));
        let (one, other) = (client_name(&source, &one, true), client_name(&source, &other, true));
        assert_eq!((one.len(), other.len()), (64, 64));
        assert_ne!(one, other);
    }
}
