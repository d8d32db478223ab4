//! `tests/README.md` names a test for each way in which servers of this kind fail their users.

use std::fs;

use puente_tests::tools;

#[test]
fn every_test_that_is_named_exists() {
    let root = tools::root();
    let text = fs::read_to_string(root.join("tests/README.md")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ") && line.contains(".rs:")).collect();
    assert!(rows.len() >= 18, "{} rows", rows.len());
    let named = rows.iter().flat_map(|row| row.split('`').skip(1).step_by(2));
    let missing: Vec<&str> = named
        .filter(|test| {
            let (path, name) = test.split_once(':').unwrap_or_else(|| panic!("'{test}' names no test"));
            let source = fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            !source.contains(&format!("fn {name}("))
        })
        .collect();
    assert!(missing.is_empty(), "tests/README.md names tests that are not there: {missing:?}");
}
