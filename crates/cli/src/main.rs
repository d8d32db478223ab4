//! puente
fn main() {}
