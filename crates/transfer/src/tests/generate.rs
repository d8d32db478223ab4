//! Rows for every table, made from the schema: the nastiest values that each column takes.

use std::collections::BTreeMap;

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use puente_auth::Vault;
use rusqlite::{Connection, types::Value};
use uuid::Uuid;

use crate::{
    schema::{Kind, Schema, Table, quoted},
    sqlite::strings,
};

pub(super) struct Generator<'a> {
    connection: &'a Connection,
    /// How large the one large value of a table is.
    large: usize,
    random: u64,
    /// What other rows may refer to.
    known: BTreeMap<(String, String), Vec<Value>>,
}

/// What a table says about a column beyond its type.
struct Facts {
    kind: Kind,
    nullable: bool,
    indexed: bool,
    refers_to: Option<(String, String)>,
    allowed: Vec<String>,
}

impl<'a> Generator<'a> {
    pub(super) fn new(connection: &'a Connection, large: usize) -> Self {
        Self { connection, large, random: 0x9e37_79b9_7f4a_7c15, known: BTreeMap::new() }
    }

    /// Fills every table: `rows(table)` says with how many rows. `kinds` is PostgreSQL's schema.
    pub(super) fn fill(&mut self, schema: &Schema, kinds: &Schema, vault: &Vault, rows: impl Fn(&str) -> usize) {
        self.connection.execute_batch("BEGIN; PRAGMA defer_foreign_keys = ON").unwrap();
        for table in &schema.tables {
            let kinds = kinds.table(&table.name).unwrap();
            self.table(table, kinds, vault, rows(&table.name));
        }
        self.connection.execute_batch("COMMIT").unwrap();
    }

    fn table(&mut self, table: &Table, kinds: &Table, vault: &Vault, rows: usize) {
        let facts = self.facts(table, kinds);
        let places: Vec<String> = (1..=facts.len()).map(|index| format!("?{index}")).collect();
        let sql =
            format!("INSERT INTO {} ({}) VALUES ({})", quoted(&table.name), table.column_list(), places.join(", "));
        let mut insert = self.connection.prepare(&sql).unwrap();
        for row in 0..rows {
            let mut failure = None;
            for attempt in 0..20 {
                let mut values = self.row(&facts, row, attempt > 2);
                seal(table, vault, &mut values);
                match insert.execute(rusqlite::params_from_iter(&values)) {
                    Ok(_) => {
                        self.remember(table, values);
                        failure = None;
                        break;
                    }
                    Err(error) => failure = Some(error),
                }
            }
            assert!(failure.is_none(), "no row fits into {}: {failure:?}", table.name);
        }
    }

    fn facts(&self, table: &Table, kinds: &Table) -> Vec<Facts> {
        let c = self.connection;
        let indexed = "SELECT i.name FROM pragma_index_list(?1) l, pragma_index_info(l.name) i";
        let indexed = strings(c, indexed, [&table.name]).unwrap();
        let sql = strings(c, "SELECT sql FROM sqlite_schema WHERE name = ?1", [&table.name]).unwrap().remove(0);
        let foreign = "SELECT \"from\", \"table\", coalesce(\"to\", 'id') FROM pragma_foreign_key_list(?1)";
        let mut statement = c.prepare(foreign).unwrap();
        let foreign: BTreeMap<String, (String, String)> = statement
            .query_map([&table.name], |row| Ok((row.get(0)?, (row.get(1)?, row.get(2)?))))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let fact = |(column, kind): (&crate::schema::Column, &crate::schema::Column)| Facts {
            kind: kind.kind.unwrap(),
            nullable: column.nullable,
            indexed: indexed.contains(&column.name),
            refers_to: foreign.get(&column.name).cloned(),
            allowed: allowed(&sql, &column.name),
        };
        table.columns.iter().zip(&kinds.columns).map(fact).collect()
    }

    fn row(&mut self, facts: &[Facts], row: usize, tame: bool) -> Vec<Value> {
        // Where several references may be absent, one is there: `CHECK ((user_id IS NULL) <> (key_id IS NULL))`.
        let optional: Vec<usize> =
            (0..facts.len()).filter(|&index| facts[index].nullable && facts[index].refers_to.is_some()).collect();
        let chosen = optional.get(row % optional.len().max(1)).copied();
        let mut values = Vec::with_capacity(facts.len());
        for (index, fact) in facts.iter().enumerate() {
            let absent = fact.nullable && if optional.contains(&index) { chosen != Some(index) } else { row % 3 == 1 };
            values.push(if absent { Value::Null } else { self.value(fact, row, tame) });
        }
        values
    }

    fn value(&mut self, fact: &Facts, row: usize, tame: bool) -> Value {
        if let Some(target) = &fact.refers_to {
            let known = self.known.get(target).filter(|known| !known.is_empty());
            return known.map_or(Value::Null, |known| known[row % known.len()].clone());
        }
        let random = self.next();
        match fact.kind {
            Kind::Text if !fact.allowed.is_empty() => Value::Text(fact.allowed[row % fact.allowed.len()].clone()),
            Kind::Text => Value::Text(self.text(fact.indexed, row)),
            Kind::Boolean => Value::Integer(i64::from(random.is_multiple_of(2))),
            Kind::Time => Value::Integer(TIMES[row % TIMES.len()]),
            Kind::Integer(_) if tame => Value::Integer(i64::try_from(random % 100).unwrap()),
            Kind::Integer(2) => Value::Integer(i64::from(i16::MIN)),
            Kind::Integer(4) => Value::Integer([i64::from(i32::MIN), i64::from(i32::MAX), 0][row % 3]),
            Kind::Integer(_) if fact.indexed => Value::Integer(i64::from_le_bytes(random.to_le_bytes())),
            Kind::Integer(_) => Value::Integer([i64::MIN, i64::MAX, -i64::MAX, 0, -1][row % 5]),
            Kind::Real => Value::Real(REALS[row % REALS.len()]),
            Kind::Uuid => Value::Blob(self.bytes(16)),
            Kind::Bytes if fact.indexed => Value::Blob(self.bytes(32)),
            Kind::Bytes => Value::Blob(match row % 5 {
                0 => Vec::new(),
                1 => (0..=255).collect(),
                2 if row == 2 => self.bytes(self.large),
                _ => self.bytes(40),
            }),
            other => panic!("a type that is not known: {other:?}"),
        }
    }

    fn text(&mut self, indexed: bool, row: usize) -> String {
        let text = TEXTS[row % TEXTS.len()];
        if indexed {
            return format!("{text}{:x}", self.next());
        }
        match row {
            7 => "[".repeat(10_000) + &"]".repeat(10_000),
            8 => format!("{}1{}", r#"{"a":"#.repeat(5_000), "}".repeat(5_000)),
            9 => "ñ漢🌉\u{301}".repeat(10_000),
            _ => text.to_owned(),
        }
    }

    fn bytes(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(length + 8);
        while bytes.len() < length {
            bytes.extend_from_slice(&self.next().to_le_bytes());
        }
        bytes.truncate(length);
        bytes
    }

    /// xorshift64*: the same rows every time.
    fn next(&mut self) -> u64 {
        self.random ^= self.random >> 12;
        self.random ^= self.random << 25;
        self.random ^= self.random >> 27;
        self.random.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A few values of each key, for those who refer to it.
    fn remember(&mut self, table: &Table, values: Vec<Value>) {
        for (column, value) in
            table.columns.iter().zip(values).enumerate().filter(|(i, _)| table.key.contains(i)).map(|(_, v)| v)
        {
            let known = self.known.entry((table.name.clone(), column.name.clone())).or_default();
            if known.len() < 1000 {
                known.push(value);
            }
        }
    }
}

/// The texts of `CHECK (column IN ('a', 'b'))`.
fn allowed(sql: &str, column: &str) -> Vec<String> {
    let Some((_, rest)) = sql.split_once(&format!("({column} IN (")) else { return Vec::new() };
    let list = rest.split(')').next().unwrap_or_default();
    list.split('\'').skip(1).step_by(2).map(ToOwned::to_owned).collect()
}

/// Sealed columns hold what the vault has sealed.
fn seal(table: &Table, vault: &Vault, values: &mut [Value]) {
    if table.name == "secrets" {
        let (name, sealed, key_id) = (table.column("name"), table.column("sealed"), table.column("key_id"));
        let Value::Text(name) = &values[name.unwrap()] else { panic!("a name is text") };
        let blob = vault.seal(&format!("secret:{name}"), format!("the secret of {name}").as_bytes());
        values[sealed.unwrap()] = Value::Blob(blob);
        values[key_id.unwrap()] = Value::Text(vault.fingerprint());
    }
    if table.name == "jobs" {
        let task = id(table, values);
        let sealed = BASE64_STANDARD_NO_PAD.encode(vault.seal(&format!("task:{task}"), b"what to call"));
        values[table.column("payload").unwrap()] =
            Value::Text(serde_json::json!({"task": task, "sealed": sealed}).to_string());
    }
    if table.name == "tasks" {
        for (column, context) in [("payload", "task-state"), ("answers", "task-answers")] {
            let sealed = vault.seal(&format!("{context}:{}", id(table, values)), b"{}");
            values[table.column(column).unwrap()] = Value::Text(BASE64_STANDARD_NO_PAD.encode(sealed));
        }
    }
    if table.name == "audit_keys" {
        let sealed = vault.seal(&format!("audit-key:{}", id(table, values)), &[7; 32]);
        values[table.column("sealed").unwrap()] = Value::Blob(sealed);
    }
    if table.name == "results" {
        let context = format!("result:{}", id(table, values));
        let Value::Blob(body) = &mut values[table.column("body").unwrap()] else { panic!("a body is bytes") };
        *body = vault.seal(&context, body);
    }
}

fn id(table: &Table, values: &[Value]) -> Uuid {
    let Value::Blob(id) = &values[table.column("id").unwrap()] else { panic!("an id is bytes") };
    Uuid::from_slice(id).unwrap()
}

/// In microseconds since 1970: the first moment of PostgreSQL, the year 9999 and its end, and usual ones.
const TIMES: &[i64] = &[-210_866_803_200_000_000, 253_402_300_799_999_999, i64::MAX, 0, -1, 1_767_225_600_123_456];

const REALS: &[f64] = &[
    f64::MIN,
    f64::MAX,
    f64::MIN_POSITIVE,
    5e-324,
    f64::INFINITY,
    f64::NEG_INFINITY,
    0.1,
    9_007_199_254_740_993.0,
    -0.0,
];

const TEXTS: &[&str] = &[
    "",
    "plain",
    "👩‍👩‍👧‍👦🏳️‍🌈🌉",
    "e\u{301}\u{327} против é",
    "\u{202e}txt.exe\u{202c} שלום مرحبا",
    "line\r\nbreak\ttab\u{1}\u{7f}\u{85}",
    "\\N \\. \\\\ ' \" $$ %_ --",
    "\u{feff}BOM \u{200b}\u{ffff}\u{10ffff}",
    r#"{"a":"\u0000 and \ud800"}"#,
    "NULL",
];
