//! Columns of a result, and the schema (JSON Schema 2020-12) of the whole.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Json;
use crate::settings::OutputSettings;

/// A column of a prepared statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    /// Its name in rows.
    pub(crate) name: String,
    /// What its values look like.
    pub(crate) json: Json,
    /// False only if NULL is impossible.
    pub(crate) nullable: bool,
}

impl Column {
    fn schema(&self, output: Option<&OutputSettings>) -> Value {
        let mut schema = Map::new();
        let mut types = self.json.types().to_vec();
        if self.nullable && !types.is_empty() {
            types.push("null");
        }
        match types.as_slice() {
            [] => {}
            [one] => drop(schema.insert("type".to_owned(), json!(one))),
            several => drop(schema.insert("type".to_owned(), json!(several))),
        }
        if let Some((key, value)) = self.json.annotation() {
            schema.insert(key.to_owned(), json!(value));
        }
        if let Some(output) = output {
            schema.insert("description".to_owned(), json!(output.description));
        }
        Value::Object(schema)
    }
}

/// The `outputSchema` of a tool.
///
/// # Errors
/// Two columns of one name, which an object cannot hold; or a description of a column that is not there.
pub(crate) fn result_schema(
    columns: &[Column],
    output: &BTreeMap<String, OutputSettings>,
    writes: bool,
) -> Result<Map<String, Value>, String> {
    let mut properties = Map::new();
    for column in columns {
        let schema = column.schema(output.get(&column.name));
        if properties.insert(column.name.clone(), schema).is_some() {
            return Err(format!("two columns are named '{}'; give one another name with AS", column.name));
        }
    }
    if let Some(unknown) = output.keys().find(|name| !properties.contains_key(*name)) {
        return Err(format!("output describes '{unknown}', which is no column of the result"));
    }
    let names: Vec<_> = columns.iter().map(|column| &column.name).collect();
    let mut result = json!({
        "rows": {"type": "array", "items": {"type": "object", "properties": properties, "required": names}},
        "row_count": {"type": "integer", "minimum": 0},
        "truncated": {"type": "boolean", "description": "Whether there are more rows than were returned"},
    });
    let mut required = vec!["rows", "row_count", "truncated"];
    if writes {
        result["affected_rows"] = json!({"type": "integer", "minimum": 0});
        required.push("affected_rows");
    }
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), result);
    schema.insert("required".to_owned(), json!(required));
    Ok(schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Column {
        Column { name: name.to_owned(), json: Json::Integer, nullable: true }
    }

    #[test]
    fn columns_have_different_names() {
        assert!(result_schema(&[column("a"), column("a")], &BTreeMap::new(), false).unwrap_err().contains("'a'"));
        let schema = result_schema(&[column("a"), column("b")], &BTreeMap::new(), true).unwrap();
        assert_eq!(schema["properties"]["rows"]["items"]["properties"]["b"]["type"], json!(["integer", "null"]));
        assert_eq!(schema["required"], json!(["rows", "row_count", "truncated", "affected_rows"]));
    }
}
