//! Values to bind.

use sqlx::{Arguments, error::BoxDynError, mysql::MySqlArguments};

use super::super::{EngineError, Statement};
use crate::{
    output::write_json_list,
    parameters::{Datum, Kind},
    template::Rendered,
};

/// Binds the values of a rendered statement.
pub(super) fn bind(
    statement: &Statement,
    rendered: &Rendered,
    values: &[Datum],
) -> Result<MySqlArguments, EngineError> {
    let mut arguments = MySqlArguments::default();
    for bind in &rendered.binds {
        let kind = statement.parameters[bind.parameter()].settings.kind;
        add(&mut arguments, bind.value(values), kind).map_err(EngineError::unreadable)?;
    }
    Ok(arguments)
}

fn add(arguments: &mut MySqlArguments, value: &Datum, kind: Kind) -> Result<(), BoxDynError> {
    match value {
        Datum::Null if matches!(kind, Kind::Integer | Kind::Boolean) => arguments.add(None::<i64>),
        Datum::Null if kind == Kind::Number => arguments.add(None::<f64>),
        Datum::Null if kind == Kind::Bytes => arguments.add(None::<Vec<u8>>),
        Datum::Null => arguments.add(None::<String>),
        Datum::Integer(value) => arguments.add(*value),
        Datum::Number(value) => arguments.add(*value),
        Datum::Boolean(value) => arguments.add(i64::from(*value)),
        Datum::Text(text) => arguments.add(text.as_str()),
        Datum::Bytes(bytes) => arguments.add(bytes.as_slice()),
        // A list as a whole is JSON, for `JSON_CONTAINS(:ids, id)`.
        Datum::List(items) => arguments.add(write_json_list(items)),
    }
}
