//! Official clients on the sample: they list, call, read and get over HTTP with a key and over stdio, in every mode; and
//! what they receive is valid and equals the database's rows.

use std::collections::BTreeMap;

use puente_tests::{
    Site, erp,
    official::{Language, Plan, Report, inspector},
    tools,
};
use serde_json::{Value, json};

const MODES: [(&str, &str); 3] = [("legacy", "2025-11-25"), ("auto", "2026-07-28"), ("2026-07-28", "2026-07-28")];

/// A sample tool with arguments.
struct Call {
    tool: &'static str,
    arguments: Value,
}

