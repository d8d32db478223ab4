//! Results: their JSON, written while rows arrive, and the schema of that JSON.
//!
//! `{"rows":[{…}],"row_count":N,"truncated":false}`; a writing tool adds `"affected_rows":n`.

mod column;
mod json;
mod time;
mod writer;

pub(crate) use column::{Column, result_schema};
pub(crate) use json::{Json, write_bytes, write_float, write_integer, write_json_list, write_str, write_unsigned};
pub(crate) use time::{civil, write_date, write_duration, write_time};
pub(crate) use writer::{Limits, RowWriter};
