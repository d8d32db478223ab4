use std::collections::HashMap;

use super::*;

fn documents(schemas: &Value) -> Documents {
    let root = json!({"openapi": "3.0.3", "components": {"schemas": schemas}});
    Documents::new("file:///d/api.json".to_owned(), HashMap::from([("file:///d/api.json".to_owned(), root)]))
}

fn converted(schemas: &Value, direction: Direction) -> (Value, Map<String, Value>) {
    let documents = documents(schemas);
    let node = documents.target(documents.location(), "#/components/schemas/X").unwrap().1;
    let mut schemas = Schemas::new(&documents, direction);
    let schema = schemas.convert(node);
    (schema, schemas.definitions())
}

fn request(schema: &Value) -> Value {
    converted(&json!({"X": schema}), Direction::Request).0
}

#[test]
fn both_spellings_of_nullable_mean_the_same() {
    assert_eq!(request(&json!({"type": "string", "nullable": true})), json!({"type": ["string", "null"]}));
    assert_eq!(request(&json!({"type": ["string", "null"]})), json!({"type": ["string", "null"]}));
    assert_eq!(
        request(&json!({"type": "string", "nullable": true, "enum": ["a"]})),
        json!({"type": ["string", "null"], "enum": ["a", null]})
    );
    assert_eq!(
        request(&json!({"allOf": [{"type": "string"}], "nullable": true, "description": "d"})),
        json!({"description": "d", "anyOf": [{"allOf": [{"type": "string"}]}, {"type": "null"}]})
    );
}

#[test]
fn keywords_of_3_0_become_those_of_2020_12() {
    assert_eq!(
        request(
            &json!({"type": "integer", "minimum": 0, "exclusiveMinimum": true, "maximum": 9, "exclusiveMaximum": false, "example": 3})
        ),
        json!({"type": "integer", "exclusiveMinimum": 0, "maximum": 9, "examples": [3]})
    );
    assert_eq!(
        request(&json!({"type": "string", "format": "byte"})),
        json!({"type": "string", "contentEncoding": "base64"})
    );
    assert_eq!(request(&json!({"type": "any", "enum": [], "required": true, "x-a": 1, "pattern": "(?<"})), json!({}));
}

#[test]
fn what_is_only_read_is_not_sent() {
    let schema = json!({
        "type": "object", "required": ["id", "name", "secret"],
        "properties": {
            "id": {"type": "string", "readOnly": true}, "name": {"type": "string"},
            "secret": {"type": "string", "writeOnly": true},
        },
    });
    assert_eq!(request(&schema)["required"], json!(["name", "secret"]));
    let answer = converted(&json!({"X": schema}), Direction::Answer).0;
    assert_eq!(answer["required"], json!(["id", "name"]));
    assert!(answer["properties"].get("secret").is_none());
}

#[test]
fn recursive_schemas_end() {
    let (schema, defined) = converted(
        &json!({
            "X": {"type": "object", "properties": {"tree": {"$ref": "#/components/schemas/Alias"}}},
            "Alias": {"$ref": "#/components/schemas/Tree"},
            "Tree": {"type": "object", "properties": {"below": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
            "Round": {"$ref": "#/components/schemas/Round"},
        }),
        Direction::Request,
    );
    assert_eq!(schema["properties"]["tree"], json!({"$ref": "#/$defs/Tree"}));
    assert_eq!(defined["Tree"]["properties"]["below"]["items"], json!({"$ref": "#/$defs/Tree"}));
    assert_eq!(request(&json!({"$ref": "#/components/schemas/X"})), json!({}));
    assert_eq!(request(&json!({"$ref": "#/components/schemas/Nowhere"})), json!({}));
}

#[test]
fn a_discriminator_says_which_branch_has_which_value() {
    let (schema, _) = converted(
        &json!({
            "X": {
                "oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                "discriminator": {"propertyName": "kind", "mapping": {"cat": "Cat", "tom": "#/components/schemas/Cat"}},
            },
            "Cat": {"type": "object"}, "Dog": {"type": "object"},
        }),
        Direction::Request,
    );
    let branch = |name: &str, values: Value| json!({"$ref": format!("#/$defs/{name}"), "properties": {"kind": {"enum": values}}, "required": ["kind"]});
    assert_eq!(schema["oneOf"], json!([branch("Cat", json!(["cat", "tom"])), branch("Dog", json!(["Dog"]))]));
}

/// Arguments are validated against schemas that somebody else wrote: circles in them must end.
#[test]
fn schemas_in_circles_are_validated_without_an_end_of_the_stack() {
    for circle in [
        json!({"allOf": [{"$ref": "#/$defs/A"}]}),
        json!({"anyOf": [{"$ref": "#/$defs/A"}], "not": {"$ref": "#/$defs/A"}}),
    ] {
        let schema = json!({"$ref": "#/$defs/A", "$defs": {"A": circle}});
        let validator = jsonschema::draft202012::new(&schema).unwrap();
        let _ = validator.is_valid(&json!({"a": [1]}));
    }
}
