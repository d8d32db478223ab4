//! The egress guard: where connections of sources may go. Checked at every connect, after name resolution.

use std::net::IpAddr;

use puente_domain::catalog::Origin;

/// Which addresses sources may connect to.
///
/// Link-local addresses (cloud metadata services live there) are refused to everyone; loopback and unspecified ones to
/// sources that an editor wrote, because Puente's own database and neighbours listen there.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    /// Addresses that are allowed all the same (`EGRESS_ALLOW`).
    pub allow: Vec<IpAddr>,
    /// `host:port` of Puente's own database and Redis, refused to sources that an editor wrote.
    pub own: Vec<(String, u16)>,
}

/// A refused connection.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("connections to {address} are not allowed: {reason} (an operator can allow it with EGRESS_ALLOW)")]
pub struct EgressRefused {
    /// Where it would have gone.
    pub address: IpAddr,
    /// Why not.
    pub reason: &'static str,
}

impl Egress {
    /// Whether a source that `origin` wrote may connect to `address`.
    ///
    /// # Errors
    /// [`EgressRefused`], which says why.
    pub fn check(&self, address: IpAddr, origin: Origin) -> Result<(), EgressRefused> {
        let address = canonical(address);
        if self.allow.contains(&address) {
            return Ok(());
        }
        let refuse = |reason| Err(EgressRefused { address, reason });
        if is_link_local(address) {
            return refuse("link-local addresses lead to the machine's metadata service");
        }
        if origin == Origin::Editor && (address.is_loopback() || address.is_unspecified()) {
            return refuse("an editor's source may not reach the machine that Puente runs on");
        }
        Ok(())
    }

    /// Whether `host:port` is Puente's own database or Redis.
    #[must_use]
    pub fn is_own(&self, host: &str, port: u16) -> bool {
        self.own.iter().any(|(own, own_port)| *own_port == port && own.eq_ignore_ascii_case(host))
    }
}

/// `::ffff:169.254.169.254` is 169.254.169.254.
fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local(),
        // fe80::/10, and the IPv6 address of AWS's metadata service.
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str, origin: Origin) -> bool {
        Egress::default().check(address.parse().unwrap(), origin).is_err()
    }

    #[test]
    fn nobody_reaches_metadata_services() {
        for address in ["169.254.169.254", "::ffff:169.254.169.254", "fe80::1", "fd00:ec2::254"] {
            assert!(refused(address, Origin::Operator), "{address}");
        }
    }

    #[test]
    fn only_the_operator_reaches_the_machine_itself() {
        for address in ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::ffff:127.0.0.1", "::"] {
            assert!(refused(address, Origin::Editor), "{address}");
            assert!(!refused(address, Origin::Operator), "{address}");
        }
        assert!(!refused("192.0.2.1", Origin::Editor));
    }
}
