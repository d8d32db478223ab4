//! From JSON arguments to values that are bound.
//!
//! The gateway has validated the arguments against the tool's schema; what the schema cannot say (a real date, 64 bits,
//! base64) is checked here, and an error names the argument.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

use super::{Datum, Kind, Parameter, when};

/// The values of `parameters`, in their order.
///
/// # Errors
/// For the agent: which argument is wrong, and what it must be.
pub(crate) fn bind(parameters: &[Parameter], arguments: &Map<String, Value>) -> Result<Vec<Datum>, String> {
    let is_known =
        |name: &str| parameters.iter().any(|parameter| parameter.name == name && !parameter.settings.internal);
    if let Some(extra) = arguments.keys().find(|name| !is_known(name)) {
        return Err(format!("argument '{extra}': there is no such parameter"));
    }
    parameters
        .iter()
        .map(|parameter| match arguments.get(&parameter.name).or(parameter.settings.default.as_ref()) {
            None | Some(Value::Null) if parameter.is_required() => {
                Err(format!("argument '{}' is required", parameter.name))
            }
            None => Ok(Datum::Null),
            Some(given) => {
                value(parameter, given).map_err(|problem| format!("argument '{}': {problem}", parameter.name))
            }
        })
        .collect()
}

/// One argument.
pub(super) fn value(parameter: &Parameter, given: &Value) -> Result<Datum, String> {
    if given.is_null() && parameter.settings.kind != Kind::Json {
        return Ok(Datum::Null);
    }
    if !parameter.settings.list {
        return item(parameter, given);
    }
    let items = given.as_array().ok_or("must be a list")?;
    if items.len() > parameter.settings.max_items {
        return Err(format!("must have at most {} items", parameter.settings.max_items));
    }
    items.iter().map(|given| item(parameter, given)).collect::<Result<_, _>>().map(Datum::List)
}

/// A single value, or an item of a list.
pub(super) fn item(parameter: &Parameter, given: &Value) -> Result<Datum, String> {
    let text = || given.as_str().ok_or("must be a string");
    match parameter.settings.kind {
        Kind::Integer => integer(given).map(Datum::Integer).ok_or("must be an integer of 64 bits"),
        Kind::Number => given.as_f64().map(Datum::Number).ok_or("must be a number"),
        Kind::Boolean => given.as_bool().map(Datum::Boolean).ok_or("must be true or false"),
        Kind::String => text().map(|text| Datum::Text(text.to_owned())),
        Kind::Date => text().and_then(|text| when::date(text).map(Datum::Text).ok_or("must be a date: 2026-01-31")),
        Kind::Datetime => text().and_then(|text| {
            when::datetime(text).map(Datum::Text).ok_or("must be a time in RFC 3339: 2026-01-31T12:00:00Z")
        }),
        Kind::Decimal => decimal(given).map(Datum::Text).ok_or("must be a decimal number: \"12.50\""),
        Kind::Json => Ok(Datum::Text(given.to_string())),
        Kind::Bytes => text().and_then(|text| STANDARD.decode(text).map(Datum::Bytes).map_err(|_| "must be base64")),
    }
    .map_err(str::to_owned)
}

/// JSON Schema counts `1.0` as an integer.
#[expect(clippy::cast_possible_truncation, reason = "the guard admits only integers within ±2^53")]
fn integer(given: &Value) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    given.as_i64().or_else(|| {
        let number = given.as_f64()?;
        (number.fract() == 0.0 && number.abs() < EXACT).then_some(number as i64)
    })
}

/// Digits with an optional sign and fraction: what all engines read as exact. No exponent.
fn decimal(given: &Value) -> Option<String> {
    let text = match given {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let digits = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (all_digits(whole) && all_digits(fraction)).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn parameter(settings: Value) -> Parameter {
        Parameter { name: "p".to_owned(), settings: serde_json::from_value(settings).unwrap() }
    }

    fn bound(settings: Value, arguments: &Value) -> Result<Datum, String> {
        bind(&[parameter(settings)], arguments.as_object().unwrap()).map(|mut all| all.remove(0))
    }

    #[test]
    fn absent_arguments_are_defaults_or_null() {
        assert_eq!(bound(json!({"type": "integer", "default": 5}), &json!({})), Ok(Datum::Integer(5)));
        assert_eq!(bound(json!({"type": "integer", "required": false}), &json!({})), Ok(Datum::Null));
        assert_eq!(bound(json!({"type": "integer"}), &json!({})), Err("argument 'p' is required".to_owned()));
        assert_eq!(bound(json!({"type": "integer"}), &json!({"p": null})), Err("argument 'p' is required".to_owned()));
    }

    #[test]
    fn values_are_checked_beyond_the_schema() {
        let wrong = |kind: &str, value: Value| bound(json!({"type": kind}), &json!({"p": value})).unwrap_err();
        assert!(wrong("integer", json!(u64::MAX)).contains("64 bits"));
        assert!(wrong("integer", json!(1.5)).contains("integer"));
        assert!(wrong("date", json!("2026-02-30")).contains("date"));
        assert!(wrong("decimal", json!("1e5")).contains("decimal"));
        assert!(wrong("decimal", json!("1.")).contains("decimal"));
        assert!(wrong("bytes", json!("%")).contains("base64"));
        assert_eq!(bound(json!({"type": "integer"}), &json!({"p": 2.0})), Ok(Datum::Integer(2)));
        assert_eq!(bound(json!({"type": "decimal"}), &json!({"p": "-12.50"})), Ok(Datum::Text("-12.50".to_owned())));
    }

    #[test]
    fn lists_hold_single_values() {
        let list = json!({"type": "integer", "list": true, "max_items": 2});
        assert_eq!(
            bound(list.clone(), &json!({"p": [1, 2]})),
            Ok(Datum::List(vec![Datum::Integer(1), Datum::Integer(2)]))
        );
        assert!(bound(list.clone(), &json!({"p": [1, 2, 3]})).unwrap_err().contains("at most 2"));
        assert!(bound(list, &json!({"p": ["1"]})).unwrap_err().contains("integer"));
    }

    #[test]
    fn unknown_arguments_are_named() {
        let arguments = json!({"q": 1});
        assert!(bind(&[], arguments.as_object().unwrap()).unwrap_err().contains("'q'"));
    }
}
