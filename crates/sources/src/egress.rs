//! The egress guard: where connections of sources may go. Checked at every connect, after name resolution.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket},
    path::{Path, PathBuf},
};

use puente_domain::catalog::Origin;

/// Which addresses sources may connect to.
///
/// Link-local addresses (cloud metadata services live there) are refused to everyone; loopback, unspecified and all other
/// addresses of this machine to sources that an editor wrote, because Puente's own database and neighbours listen there.
#[derive(Clone, Debug, Default)]
pub struct Egress {
    /// Addresses that are allowed all the same (`EGRESS_ALLOW`).
    pub allow: Vec<IpAddr>,
    /// `host:port` of Puente's own database and Redis, refused to sources that an editor wrote.
    pub own: Vec<(String, u16)>,
    /// Puente's own folder, which holds its database and keys: no source reads a document there.
    pub own_folder: Option<PathBuf>,
    /// Whether only addresses of the public Internet are allowed: for what strangers make us read.
    pub public_only: bool,
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
        if self.allow.contains(&address.to_canonical()) {
            return Ok(());
        }
        let address = canonical(address);
        let refuse = |reason| Err(EgressRefused { address, reason });
        if is_metadata(address) {
            return refuse("link-local addresses lead to the machine's metadata service");
        }
        if origin == Origin::Editor && is_this_machine(address) {
            return refuse("an editor's source may not reach the machine that Puente runs on");
        }
        if self.public_only && !is_public(address) {
            return refuse("it is no address of the public Internet");
        }
        Ok(())
    }

    /// Whether a file, by its real path, lies in Puente's own folder.
    #[must_use]
    pub fn is_own_file(&self, path: &Path) -> bool {
        let own = self.own_folder.as_deref().map(|own| own.canonicalize().unwrap_or_else(|_| own.to_owned()));
        own.is_some_and(|own| path.starts_with(own))
    }

    /// The same guard, for what strangers make us read.
    #[must_use]
    pub fn for_strangers(&self) -> Self {
        Self { public_only: true, ..self.clone() }
    }

    /// Whether `host:port` is Puente's own database or Redis, by its name.
    #[must_use]
    pub fn is_own(&self, host: &str, port: u16) -> bool {
        self.own.iter().any(|(own, own_port)| *own_port == port && own.eq_ignore_ascii_case(host))
    }

    /// Whether `address:port` is Puente's own database or Redis, under whatever name it was found.
    pub async fn is_own_address(&self, address: IpAddr, port: u16) -> bool {
        for (host, _) in self.own.iter().filter(|(_, own_port)| *own_port == port) {
            // What does not resolve now cannot be compared; by its name it is refused all the same.
            let Ok(mut own) = tokio::net::lookup_host((host.trim_matches(['[', ']']), port)).await else { continue };
            if own.any(|own| canonical(own.ip()) == canonical(address)) {
                return true;
            }
        }
        false
    }
}

/// The IPv4 address that an IPv6 one stands for: mapped (RFC 4291), compatible, NAT64 (RFC 6052) and 6to4 (RFC 3056).
fn canonical(address: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = address else { return address };
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        IpAddr::V4(Ipv4Addr::new(a, b, c, d))
    };
    match v6.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            embedded(high, low)
        }
        [0, 0, 0, 0, 0, 0, high, low] if v6 != Ipv6Addr::LOCALHOST && v6 != Ipv6Addr::UNSPECIFIED => {
            embedded(high, low)
        }
        _ => address,
    }
}

/// Globally reachable unicast (the special-purpose registries of RFC 6890); tunnels that lead elsewhere are not.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = matches!(
                (a, b, c),
                (0 | 10 | 127 | 224.., ..)
                    | (100, 64..=127, _)
                    | (169, 254, _)
                    | (172, 16..=31, _)
                    | (192, 168, _)
                    | (192, 0, 0 | 2)
                    | (192, 88, 99)
                    | (198, 18 | 19, _)
                    | (198, 51, 100)
                    | (203, 0, 113)
            );
            !special
        }
        IpAddr::V6(v6) => {
            let [a, b, ..] = v6.segments();
            let tunnel = a == 0x2002 || (a == 0x2001 && b < 0x0200);
            a & 0xe000 == 0x2000 && !tunnel && (a, b) != (0x2001, 0x0db8)
        }
    }
}

/// Link-local addresses, and those of metadata services elsewhere (AWS by IPv6, Alibaba Cloud).
fn is_metadata(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => v4.is_link_local() || v4 == Ipv4Addr::new(100, 100, 100, 200),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.segments() == [0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254],
    }
}

/// Whether an interface of this machine has the address: only then a socket can be bound to it.
fn is_this_machine(address: IpAddr) -> bool {
    address.is_loopback() || address.is_unspecified() || UdpSocket::bind((address, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(address: &str, origin: Origin) -> bool {
        Egress::default().check(address.parse().unwrap(), origin).is_err()
    }

    #[test]
    fn strangers_lead_us_to_public_addresses_only() {
        let guard = Egress { allow: vec!["127.0.0.1".parse().unwrap()], ..Egress::default() }.for_strangers();
        let refused = |address: &str| guard.check(address.parse().unwrap(), Origin::Editor).is_err();
        for address in [
            "10.1.2.3",
            "172.16.0.1",
            "172.31.9.9",
            "192.168.1.1",
            "100.64.0.1",
            "169.254.169.254",
            "0.1.2.3",
            "127.0.0.2",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.2.1",
            "198.18.0.1",
            "fc00::1",
            "fe80::1",
            "::1",
            "ff02::1",
            "2001:db8::1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "::ffff:10.0.0.1",
        ] {
            assert!(refused(address), "{address}");
        }
        for address in ["127.0.0.1", "93.184.215.14", "172.15.0.1", "172.32.0.1", "2606:2800:21f::1"] {
            assert!(!refused(address), "{address}");
        }
    }

    #[test]
    fn nobody_reaches_metadata_services() {
        for address in [
            "169.254.169.254",
            "::ffff:169.254.169.254",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "fe80::1",
            "fd00:ec2::254",
            "100.100.100.200",
        ] {
            assert!(refused(address, Origin::Operator), "{address}");
        }
    }

    #[test]
    fn only_the_operator_reaches_the_machine_itself() {
        for address in ["127.0.0.1", "127.9.9.9", "::1", "0.0.0.0", "::ffff:127.0.0.1", "::127.0.0.1", "::"] {
            assert!(refused(address, Origin::Editor), "{address}");
            assert!(!refused(address, Origin::Operator), "{address}");
        }
        assert!(!refused("192.0.2.1", Origin::Editor));
    }

    #[test]
    fn the_machine_s_other_addresses_are_its_own_too() {
        let probe = UdpSocket::bind("0.0.0.0:0").unwrap();
        // No packet is sent: this only asks which address would be used on the way there.
        if probe.connect("192.0.2.1:9").is_err() {
            return;
        }
        let own = probe.local_addr().unwrap().ip().to_string();
        assert!(refused(&own, Origin::Editor), "{own}");
        assert!(!refused(&own, Origin::Operator), "{own}");
    }

    #[tokio::test]
    async fn puente_s_own_database_is_known_by_its_address() {
        let egress = Egress { own: vec![("localhost".to_owned(), 5432)], ..Egress::default() };
        assert!(egress.is_own_address("127.0.0.1".parse().unwrap(), 5432).await);
        assert!(!egress.is_own_address("127.0.0.1".parse().unwrap(), 5433).await);
        assert!(!egress.is_own_address("192.0.2.1".parse().unwrap(), 5432).await);
    }
}
