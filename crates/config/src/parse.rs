//! From text to values. Each function's error says what it expected: `a port from 0 to 65535`.

use std::{fmt::Display, num::NonZeroUsize, ops::RangeInclusive, path::PathBuf, str::FromStr, time::Duration};

use secrecy::SecretString;
use url::Url;

pub(crate) fn path(text: &str) -> Result<PathBuf, String> {
    if text.contains('\0') { Err("a path".to_owned()) } else { Ok(PathBuf::from(text)) }
}

pub(crate) fn secret(text: &str) -> Result<SecretString, String> {
    if text.contains(char::is_control) { Err("text of one line".to_owned()) } else { Ok(text.into()) }
}

pub(crate) fn flag(text: &str) -> Result<bool, String> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" | "on" => Ok(true),
        "false" | "0" | "no" | "off" => Ok(false),
        _ => Err("true or false".to_owned()),
    }
}

pub(crate) fn within<T: FromStr + PartialOrd + Display>(text: &str, range: RangeInclusive<T>) -> Result<T, String> {
    let expected = || format!("a whole number from {} to {}", range.start(), range.end());
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(expected)
}

pub(crate) fn count(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "a whole number of at least 1".to_owned())
}

pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    puente_domain::duration::parse(text).map_err(ToOwned::to_owned)
}

/// A duration longer than nothing.
pub(crate) fn positive_duration(text: &str) -> Result<Duration, String> {
    puente_domain::duration::parse_positive(text).map_err(ToOwned::to_owned)
}

/// One number and one unit: `1048576`, `256KiB`, `4MiB`, `64MB`. At least one byte.
pub(crate) fn size(text: &str) -> Result<usize, String> {
    let expected = || "a size like 65536, 256KiB, 4MiB or 1GiB".to_owned();
    let (number, unit) = number_and_unit(text).ok_or_else(expected)?;
    let bytes: u64 = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kib" => 1 << 10,
        "mib" => 1 << 20,
        "gib" => 1 << 30,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return Err(expected()),
    };
    let bytes = number.checked_mul(bytes).and_then(|bytes| usize::try_from(bytes).ok());
    bytes.filter(|bytes| *bytes > 0).ok_or_else(expected)
}

fn number_and_unit(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    Some((number.parse().ok()?, unit.trim_start()))
}

/// Comma-separated, spaces around the items and empty items ignored.
pub(crate) fn list<T>(text: &str, item: impl Fn(&str) -> Result<T, String>) -> Result<Vec<T>, String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(item).collect()
}

/// An absolute `http` or `https` URL without query and fragment; a `/` at its end is dropped from links.
pub(crate) fn web_url(text: &str) -> Result<Url, String> {
    let fits = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none()
    };
    Url::parse(text).ok().filter(fits).ok_or_else(|| "a URL like https://puente.example.com".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_know_both_kinds_of_units() {
        for (text, bytes) in
            [("1", 1), ("256KiB", 262_144), ("4 MiB", 4_194_304), ("64MB", 64_000_000), ("1gib", 1 << 30)]
        {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "0", "MiB", "4M", "-4MiB", "1.5GiB", "99999999999GiB"] {
            assert!(size(text).is_err(), "{text}");
        }
    }

    #[test]
    fn public_urls_carry_nothing_but_a_place() {
        assert!(web_url("https://puente.example.com/base").is_ok());
        assert!(web_url("http://[::1]:8000").is_ok());
        for text in ["puente.example.com", "ftp://a", "https://u:p@a", "https://a?b", "https://a#b", "https://"] {
            assert!(web_url(text).is_err(), "{text}");
        }
    }
}
