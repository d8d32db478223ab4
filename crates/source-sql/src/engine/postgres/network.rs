//! `inet` and `cidr`.

use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

/// Writes an address as PostgreSQL shows it: with the prefix length if it is a network, or not of one address. `None` if
/// the bytes are neither.
pub(super) fn write(out: &mut Vec<u8>, bytes: &[u8]) -> Option<()> {
    let (head, address) = bytes.split_at_checked(4)?;
    let (prefix, is_cidr) = (head[1], head[2] != 0);
    let (address, whole): (IpAddr, u8) = match <[u8; 4]>::try_from(address) {
        Ok(four) => (Ipv4Addr::from(four).into(), 32),
        Err(_) => (Ipv6Addr::from(<[u8; 16]>::try_from(address).ok()?).into(), 128),
    };
    if is_cidr || prefix != whole {
        write!(out, "\"{address}/{prefix}\"").ok()
    } else {
        write!(out, "\"{address}\"").ok()
    }
}
