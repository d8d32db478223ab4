//! Values to bind, each with its declared type.

use sqlx::{
    Arguments, Encode, Postgres, Type,
    error::BoxDynError,
    postgres::{PgArguments, PgTypeInfo},
};

use super::super::{EngineError, Statement};
use crate::{
    parameters::{Datum, Kind},
    template::Rendered,
};

/// Binds the values of a rendered statement.
pub(super) fn bind(statement: &Statement, rendered: &Rendered, values: &[Datum]) -> Result<PgArguments, EngineError> {
    let mut arguments = PgArguments::default();
    for bind in &rendered.binds {
        let settings = &statement.parameters[bind.parameter()].settings;
        let is_list = settings.list && bind.is_whole();
        add(&mut arguments, bind.value(values), settings.kind, is_list).map_err(EngineError::unreadable)?;
    }
    Ok(arguments)
}

/// The types that [`bind`] gives the placeholders.
pub(super) fn types(statement: &Statement, rendered: &Rendered) -> Vec<PgTypeInfo> {
    let of = |bind: &crate::template::Bind| {
        let settings = &statement.parameters[bind.parameter()].settings;
        type_of(settings.kind, settings.list && bind.is_whole())
    };
    rendered.binds.iter().map(of).collect()
}

fn type_of(kind: Kind, is_list: bool) -> PgTypeInfo {
    fn either<T: Type<Postgres>, L: Type<Postgres>>(is_list: bool) -> PgTypeInfo {
        if is_list { L::type_info() } else { T::type_info() }
    }
    match kind {
        Kind::Integer => either::<i64, Vec<i64>>(is_list),
        Kind::Number => either::<f64, Vec<f64>>(is_list),
        Kind::Boolean => either::<bool, Vec<bool>>(is_list),
        Kind::Bytes => either::<Vec<u8>, Vec<Vec<u8>>>(is_list),
        Kind::String | Kind::Date | Kind::Datetime | Kind::Decimal | Kind::Json => {
            either::<String, Vec<String>>(is_list)
        }
    }
}

fn add(arguments: &mut PgArguments, value: &Datum, kind: Kind, is_list: bool) -> Result<(), BoxDynError> {
    match kind {
        Kind::Integer => typed(arguments, value, is_list, |value| match value {
            Datum::Integer(value) => Some(*value),
            _ => None,
        }),
        Kind::Number => typed(arguments, value, is_list, |value| match value {
            Datum::Number(value) => Some(*value),
            _ => None,
        }),
        Kind::Boolean => typed(arguments, value, is_list, |value| match value {
            Datum::Boolean(value) => Some(*value),
            _ => None,
        }),
        Kind::Bytes => typed(arguments, value, is_list, |value| match value {
            Datum::Bytes(value) => Some(value.clone()),
            _ => None,
        }),
        Kind::String | Kind::Date | Kind::Datetime | Kind::Decimal | Kind::Json => {
            typed(arguments, value, is_list, |value| match value {
                Datum::Text(value) => Some(value.clone()),
                _ => None,
            })
        }
    }
}

/// Adds one value, or a list as an array; NULL where `read` finds no value of the type.
fn typed<T>(
    arguments: &mut PgArguments,
    value: &Datum,
    is_list: bool,
    read: impl Fn(&Datum) -> Option<T>,
) -> Result<(), BoxDynError>
where
    for<'q> T: Encode<'q, Postgres> + Type<Postgres> + 'q,
    for<'q> Vec<Option<T>>: Encode<'q, Postgres> + Type<Postgres>,
{
    match value {
        Datum::List(items) if is_list => arguments.add(items.iter().map(read).collect::<Vec<_>>()),
        _ if is_list => arguments.add(None::<Vec<Option<T>>>),
        value => arguments.add(read(value)),
    }
}
