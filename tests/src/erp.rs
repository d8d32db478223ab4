//! The sample ERP, read without Puente.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use rusqlite::{Connection, OpenFlags, ToSql, types::ValueRef};
use serde_json::{Map, Value};

use crate::tools;

/// Puts a fresh sample ERP at `target`. It is generated once per build and copied for each test, which may write.
pub fn copy_to(target: &Path) {
    let original = original();
    fs::copy(&original, target).unwrap_or_else(|error| panic!("{}: {error}", original.display()));
}

/// The generator puts the file into place in one step, so that tests which start together do not harm each other.
fn original() -> PathBuf {
    let binary = tools::puente();
    let built = fs::metadata(&binary).and_then(|file| file.modified()).expect("the binary has a date");
    let stamp = built.duration_since(std::time::UNIX_EPOCH).expect("built after 1970").as_nanos();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../target/erp-{stamp}.sqlite"));
    let path = std::env::var_os("CARGO_TARGET_DIR")
        .map_or(path, |folder| PathBuf::from(folder).join(format!("erp-{stamp}.sqlite")));
    if !path.exists() {
        let status = Command::new(binary).arg("demo-data").arg(&path).status().expect("puente starts");
        assert!(status.success(), "puente demo-data failed");
    }
    path
}

/// Runs a statement on a database file and returns its rows as the design says that SQL results look: decimals and large
/// integers as strings.
#[must_use]
pub fn rows(file: &Path, sql: &str, parameters: &[(&str, &dyn ToSql)]) -> Vec<Value> {
    let database = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).expect("a database");
    let mut statement = database.prepare(sql).unwrap_or_else(|error| panic!("{error} in: {sql}"));
    let columns: Vec<(String, String)> = statement
        .columns()
        .iter()
        .map(|column| (column.name().to_owned(), column.decl_type().unwrap_or_default().to_uppercase()))
        .collect();
    let read = |row: &rusqlite::Row<'_>| {
        let mut object = Map::new();
        for (index, (name, kind)) in columns.iter().enumerate() {
            object.insert(name.clone(), value(row.get_ref(index)?, kind));
        }
        Ok(Value::Object(object))
    };
    let rows = statement.query_map(parameters, read).unwrap_or_else(|error| panic!("{error} in: {sql}"));
    rows.collect::<Result<_, _>>().expect("readable rows")
}

fn value(cell: ValueRef<'_>, kind: &str) -> Value {
    let decimal = kind.starts_with("DECIMAL") || kind.starts_with("NUMERIC");
    match cell {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) if decimal => number.to_string().into(),
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) if decimal => number.to_string().into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
        ValueRef::Blob(_) => panic!("the sample has no binary columns"),
    }
}
