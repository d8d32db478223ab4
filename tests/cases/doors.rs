//! Who may do what, through which door: a written table of expected answers. Every door decides by the same function,
//! and these tables are how we know.

mod cast;
mod mcp;
mod rest;
