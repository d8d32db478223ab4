//! SQLite's functions that take longer than their arguments are long, written anew for ad-hoc statements.
//!
//! SQLite asks whether to go on between its instructions, never within a function: `instr` on two texts of megabytes
//! would go on for hours after its deadline.

use std::{borrow::Cow, collections::HashSet};

use memchr::memmem;
use rusqlite::{
    Connection, Result,
    functions::{Context, FunctionFlags},
    types::ValueRef,
};

/// Replaces them on a connection.
pub(super) fn install(connection: &Connection) -> Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_INNOCUOUS;
    connection.create_scalar_function("instr", 2, flags, |arguments| Ok(instr(arguments)))?;
    connection.create_scalar_function("replace", 3, flags, |arguments| Ok(replace(arguments)))?;
    for count in [1, 2] {
        connection.create_scalar_function("trim", count, flags, |arguments| Ok(trim(arguments, true, true)))?;
        connection.create_scalar_function("ltrim", count, flags, |arguments| Ok(trim(arguments, true, false)))?;
        connection.create_scalar_function("rtrim", count, flags, |arguments| Ok(trim(arguments, false, true)))?;
    }
    Ok(())
}

/// The position of the second in the first, from 1 on, in bytes of BLOBs or characters of texts; 0 if it is not there.
fn instr(arguments: &Context<'_>) -> Option<i64> {
    let (within, sought) = (arguments.get_raw(0), arguments.get_raw(1));
    let at = if let (ValueRef::Blob(within), ValueRef::Blob(sought)) = (within, sought) {
        memmem::find(within, sought)
    } else {
        let (within, sought) = (text(within)?, text(sought)?);
        within.find(&*sought).map(|at| within[..at].chars().count())
    };
    Some(at.map_or(0, |at| i64::try_from(at).unwrap_or(i64::MAX).saturating_add(1)))
}

/// The first, with each of the second replaced by the third.
fn replace(arguments: &Context<'_>) -> Option<String> {
    let (within, sought) = (text(arguments.get_raw(0))?, text(arguments.get_raw(1))?);
    let by = text(arguments.get_raw(2))?;
    if sought.is_empty() {
        return Some(within.into_owned());
    }
    Some(within.replace(&*sought, &by))
}

/// The first without the characters of the second (spaces, if there is none) at its start or end.
fn trim(arguments: &Context<'_>, start: bool, end: bool) -> Option<String> {
    let mut within: &str = &text(arguments.get_raw(0))?;
    let set: HashSet<char> =
        if arguments.len() == 2 { text(arguments.get_raw(1))?.chars().collect() } else { HashSet::from([' ']) };
    if start {
        within = within.trim_start_matches(|c| set.contains(&c));
    }
    if end {
        within = within.trim_end_matches(|c| set.contains(&c));
    }
    Some(within.to_owned())
}

/// A value as text; `None` for NULL.
fn text(value: ValueRef<'_>) -> Option<Cow<'_, str>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(integer) => Some(Cow::Owned(integer.to_string())),
        ValueRef::Real(real) => Some(Cow::Owned(format!("{real:?}"))),
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(String::from_utf8_lossy(bytes)),
    }
}
