//! The client's address behind proxies (`Forwarded`, RFC 7239; `X-Forwarded-For`).

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, header};
use puente_config::Cidr;

const X_FORWARDED_FOR: &str = "x-forwarded-for";

/// Whose request it is: the peer, or, as long as that is a trusted proxy, whom it says it speaks for. What a client
/// writes into these headers itself is never reached, because the proxies append to it.
pub(super) fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[Cidr]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    for hop in hops(headers).into_iter().rev() {
        if !is_trusted(client) {
            break;
        }
        // A hop that hides itself ends the chain: the proxy before it is all we know.
        let Some(address) = hop else { break };
        client = address.to_canonical();
    }
    client
}

/// The addresses that the proxies wrote down, the client's first.
fn hops(headers: &HeaderMap) -> Vec<Option<IpAddr>> {
    let split = |name: &str| {
        let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        values.flat_map(|value| value.split(',')).map(str::to_owned).collect::<Vec<_>>()
    };
    if headers.contains_key(header::FORWARDED) {
        return split(header::FORWARDED.as_str()).iter().map(|element| forwarded_for(element)).collect();
    }
    split(X_FORWARDED_FOR).iter().map(|hop| address(hop)).collect()
}

/// `for=` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then(|| address(value)).flatten()
    })
}

/// An address with or without quotes, brackets and port.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim().trim_matches('"');
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, name: &'static str, value: &str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(name, value.parse().unwrap());
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1".parse().unwrap()];
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_what_trusted_proxies_wrote_counts() {
        let table = [
            ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
            ("10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "1.1.1.1, 203.0.113.9", "203.0.113.9"),
            ("10.0.0.1", "203.0.113.9, 10.0.0.2", "203.0.113.9"),
            ("::ffff:10.0.0.1", "203.0.113.9", "203.0.113.9"),
            ("::1", "2001:db8::7", "2001:db8::7"),
            ("10.0.0.1", "203.0.113.9:4711", "203.0.113.9"),
            ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
            ("10.0.0.1", "rubbish", "10.0.0.1"),
            ("10.0.0.1", "203.0.113.9, rubbish", "10.0.0.1"),
            ("10.0.0.1", "", "10.0.0.1"),
        ];
        for (peer, header, expected) in table {
            assert_eq!(client(peer, X_FORWARDED_FOR, header), expected, "{peer} {header}");
        }
    }

    #[test]
    fn forwarded_is_understood() {
        let table = [
            ("for=203.0.113.9;proto=https;by=10.0.0.1", "203.0.113.9"),
            ("For=\"[2001:db8::7]:4711\"", "2001:db8::7"),
            ("for=1.1.1.1, for=203.0.113.9", "203.0.113.9"),
            ("for=1.1.1.1, for=_hidden", "10.0.0.1"),
            ("for=1.1.1.1, for=unknown", "10.0.0.1"),
        ];
        for (header, expected) in table {
            assert_eq!(client("10.0.0.1", "forwarded", header), expected, "{header}");
        }
    }
}
