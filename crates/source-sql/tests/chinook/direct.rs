//! The same SQL without Puente: values as literals, rows from the driver.

use rusqlite::types::ValueRef;
use serde_json::{Map, Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// Puts the arguments into the text, as nobody should outside of a test.
pub(super) fn literal(sql: &str, parameters: &str, arguments: &Value) -> String {
    let parameters: Map<String, Value> = serde_json::from_str(parameters).unwrap();
    let mut sql = sql.to_owned();
    for (name, settings) in &parameters {
        let value = arguments.get(name).or_else(|| settings.get("default")).unwrap_or(&Value::Null);
        // `NULL IN (NULL)` for a list that is absent or empty: nothing.
        let list = format!("({})", one(value));
        sql = sql
            .replace(&format!("(:{name})"), &list)
            .replace(&format!(":{name} IS NULL"), if value.is_null() { "true" } else { "false" });
        sql = sql.replace(&format!(":{name}"), &one(value));
    }
    sql
}

fn one(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::String(text) => format!("'{}'", text.replace('\'', "''")),
        Value::Array(items) if items.is_empty() => "NULL".to_owned(),
        Value::Array(items) => items.iter().map(one).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

pub(super) fn sqlite(connection: &rusqlite::Connection, sql: &str) -> Vec<Value> {
    let mut statement = connection.prepare(sql).unwrap();
    let names: Vec<_> = statement.column_names().into_iter().map(str::to_owned).collect();
    let row = |row: &rusqlite::Row<'_>| {
        let value = |at: usize| match row.get_ref(at).unwrap() {
            ValueRef::Null => Value::Null,
            ValueRef::Integer(value) => json!(value),
            ValueRef::Real(value) => json!(value),
            ValueRef::Text(text) => json!(std::str::from_utf8(text).unwrap()),
            ValueRef::Blob(_) => panic!("Chinook has no blobs"),
        };
        Ok(Value::Object(names.iter().enumerate().map(|(at, name)| (name.clone(), value(at))).collect()))
    };
    statement.query_map([], row).unwrap().map(|row| normal(&row.unwrap())).collect()
}

pub(super) async fn postgres(url: &str, sql: &str) -> Vec<Value> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let sql = format!("SELECT coalesce(json_agg(row_to_json(t)), '[]')::text FROM ({sql}) AS t");
    let json: String = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut connection).await.unwrap();
    let rows: Vec<Value> = serde_json::from_str(&json).unwrap();
    rows.iter().map(normal).collect()
}

/// Decimals as numbers and times with `T`, whoever wrote them.
pub(super) fn normal(row: &Value) -> Value {
    let cell = |value: &Value| match value {
        Value::String(text) => match text.parse::<f64>() {
            Ok(number) => json!(number),
            Err(_) if text.len() == 19 && text.as_bytes()[13] == b':' => json!(text.replace(' ', "T")),
            Err(_) => value.clone(),
        },
        Value::Number(number) => json!(number.as_f64()),
        other => other.clone(),
    };
    Value::Object(row.as_object().unwrap().iter().map(|(name, value)| (name.clone(), cell(value))).collect())
}
