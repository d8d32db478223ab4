//! The JSON Schema of a catalog file, for editors and the documentation.

use serde_json::{Value, json};

/// The JSON Schema (2020-12) of a catalog file. What depends on the type of a source is left open here and checked by
/// `puente apply`.
#[must_use]
pub fn catalog_schema() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Puente catalog",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "sources": {"type": "array", "items": {"$ref": "#/$defs/source"}},
            "servers": {"type": "array", "items": {"$ref": "#/$defs/server"}}
        },
        "$defs": {
            "name": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]*$", "maxLength": 64},
            "duration": {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d)$", "examples": ["250ms", "30s", "5m"]},
            "source": source(),
            "tool": tool(),
            "prompt": prompt(),
            "resource": resource(),
            "server": server()
        }
    })
}

fn source() -> Value {
    json!({
        "type": "object",
        "required": ["name", "type"],
        "properties": {
            "name": {"$ref": "#/$defs/name"},
            "type": {"enum": ["sql", "http", "mcp", "files"]},
            "description": {"type": "string"},
            "enabled": {"type": "boolean", "default": true},
            "tools": {"type": "array", "items": {"$ref": "#/$defs/tool"}},
            "prompts": {"type": "array", "items": {"$ref": "#/$defs/prompt"}},
            "resources": {"type": "array", "items": {"$ref": "#/$defs/resource"}}
        }
    })
}

fn tool() -> Value {
    json!({
        "type": "object",
        "required": ["name"],
        "properties": {
            "name": {"$ref": "#/$defs/name"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "enabled": {"type": "boolean", "default": true},
            "timeout": {"$ref": "#/$defs/duration"},
            "concurrency": {"type": "integer", "minimum": 1},
            "rate": {
                "type": "object", "additionalProperties": false, "required": ["calls", "per"],
                "properties": {"calls": {"type": "integer", "minimum": 1}, "per": {"$ref": "#/$defs/duration"}}
            },
            "cache": {
                "type": "object", "additionalProperties": false, "required": ["ttl"],
                "properties": {
                    "ttl": {"$ref": "#/$defs/duration"},
                    "scope": {"enum": ["principal", "team", "public"], "default": "principal"}
                }
            },
            "task": {"enum": ["forbidden", "optional", "required"], "default": "forbidden"},
            "max_result_bytes": {"type": "integer", "minimum": 1024},
            "audit_arguments": {"type": "boolean", "default": false},
            "icons": {"type": "array", "items": {"type": "object", "required": ["src"]}},
            "annotations": {"type": "object"}
        }
    })
}

fn prompt() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "messages"],
        "properties": {
            "name": {"$ref": "#/$defs/name"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "arguments": {"type": "array", "items": {
                "type": "object", "additionalProperties": false, "required": ["name"],
                "properties": {
                    "name": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
                    "required": {"type": "boolean", "default": false}
                }
            }},
            "messages": {"type": "array", "minItems": 1, "items": {
                "type": "object", "additionalProperties": false, "required": ["text"],
                "properties": {"role": {"enum": ["user", "assistant"], "default": "user"}, "text": {"type": "string"}}
            }}
        }
    })
}

fn resource() -> Value {
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name", "uri", "text"],
        "properties": {
            "name": {"$ref": "#/$defs/name"},
            "uri": {"type": "string"},
            "title": {"type": "string"},
            "description": {"type": "string"},
            "mime_type": {"type": "string", "default": "text/plain"},
            "text": {"type": "string"}
        }
    })
}

fn server() -> Value {
    let patterns = json!({"type": "array", "items": {"type": "string", "examples": ["erp.*", "erp.search_*", "*"]}});
    json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["name"],
        "properties": {
            "name": {"$ref": "#/$defs/name"},
            "description": {"type": "string"},
            "include": patterns,
            "exclude": patterns,
            "prefix": {"type": "boolean", "default": true},
            "discovery": {"enum": ["off", "beside", "instead"], "default": "off"},
            "open": {"type": "boolean", "default": false},
            "enabled": {"type": "boolean", "default": true},
            "grants": {"type": "array", "items": {"type": "string", "pattern": "^(user|key|team|role):.+$"}}
        }
    })
}
