//! The address from which a request comes.

mod trusted_proxies;

pub use trusted_proxies::{TrustedProxies, TrustedProxiesError};

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use actix_web::http::header::{self, HeaderMap, HeaderValue};

/// The address of the client: the peer of the connection, unless that is a trusted proxy. Then `X-Forwarded-For` is read
/// from its end, where the nearest proxy wrote, up to the first address that is not a trusted proxy's.
///
/// An entry that is no address ends the reading: the proxy that passed it on counts as the client. So whatever a client
/// writes, it stands before what the trusted proxies wrote, and is never reached.
pub(crate) fn client_address(
    peer: Option<SocketAddr>,
    headers: &HeaderMap,
    proxies: &TrustedProxies,
) -> IpAddr {
    let mut nearest = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.ip().to_canonical());
    if !proxies.trust(nearest) {
        return nearest;
    }
    let values: Vec<&HeaderValue> = headers.get_all(header::X_FORWARDED_FOR).collect();
    for value in values.into_iter().rev() {
        for entry in value.as_bytes().rsplit(|byte| *byte == b',') {
            let Some(address) = parse(entry) else { return nearest };
            nearest = address;
            if !proxies.trust(nearest) {
                return nearest;
            }
        }
    }
    nearest
}

/// A key under which an address is counted.
pub(crate) type AddressKey = [u8; 16];

/// The key under which an address is counted. A subscriber of IPv6 has a whole /64, so all of that is one.
pub(crate) fn key_of(address: IpAddr) -> AddressKey {
    const NETWORK: u128 = u128::MAX << 64;
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & NETWORK).octets(),
    }
}

/// An address, with or without a port.
fn parse(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry).ok()?.trim();
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    let address = text.parse::<IpAddr>().ok();
    let address = address.or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.or_else(bracketed).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROXIES: &str = "10.0.0.0/8, 2001:db8:ffff::/48, 192.0.2.9";

    fn seen(peer: &str, forwarded: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(header::X_FORWARDED_FOR, HeaderValue::from_bytes(value).unwrap());
        }
        let peer = SocketAddr::new(peer.parse().unwrap(), 1);
        client_address(Some(peer), &headers, &PROXIES.parse().unwrap()).to_string()
    }

    #[test]
    fn strangers_are_not_believed() {
        assert_eq!(seen("198.51.100.1", &[b"203.0.113.7"]), "198.51.100.1");
        assert_eq!(seen("2001:db8::1", &[b"203.0.113.7"]), "2001:db8::1");
        assert_eq!(seen("::ffff:198.51.100.1", &[b"203.0.113.7"]), "198.51.100.1");
        assert_eq!(
            client_address(None, &HeaderMap::new(), &TrustedProxies::default()).to_string(),
            "0.0.0.0"
        );
    }

    #[test]
    fn trusted_proxies_are_skipped_from_the_end() {
        for (peer, forwarded, client) in [
            ("10.1.2.3", &[b"203.0.113.7".as_slice()][..], "203.0.113.7"),
            ("::ffff:10.1.2.3", &[b"203.0.113.7"], "203.0.113.7"),
            ("10.1.2.3", &[b"1.1.1.1, 203.0.113.7 ,10.9.9.9,192.0.2.9"], "203.0.113.7"),
            ("10.1.2.3", &[b"1.1.1.1", b"203.0.113.7", b"10.9.9.9"], "203.0.113.7"),
            ("2001:db8:ffff::1", &[b"2001:db8::7, 10.9.9.9"], "2001:db8::7"),
            ("10.1.2.3", &[b"203.0.113.7:4711"], "203.0.113.7"),
            ("10.1.2.3", &[b"[2001:db8::7]:4711"], "2001:db8::7"),
            ("10.1.2.3", &[b"[2001:db8::7]"], "2001:db8::7"),
            ("10.1.2.3", &[b"::ffff:203.0.113.7, ::ffff:10.0.0.1"], "203.0.113.7"),
            ("10.1.2.3", &[], "10.1.2.3"),
            ("10.1.2.3", &[b"10.0.0.7, 10.9.9.9"], "10.0.0.7"),
        ] {
            assert_eq!(seen(peer, forwarded), client, "{forwarded:?}");
        }
    }

    #[test]
    fn what_is_no_address_ends_the_reading_at_the_proxy_that_passed_it_on() {
        let junk: [&[u8]; 9] = [
            b"",
            b" ",
            b",",
            b"unknown",
            b"_hidden",
            b"203.0.113.7, 300.1.1.1",
            b"\xff\xfe",
            b"[::1",
            b"1.1.1.1:x",
        ];
        for value in junk {
            assert_eq!(seen("10.1.2.3", &[value]), "10.1.2.3", "{value:?}");
            assert_eq!(seen("10.1.2.3", &[b"203.0.113.7", value, b"10.9.9.9"]), "10.9.9.9", "{value:?}");
            assert_eq!(seen("10.1.2.3", &[value, b"203.0.113.7"]), "203.0.113.7", "{value:?}");
        }
    }

    #[test]
    fn a_network_of_64_bits_is_one_and_mapped_addresses_are_ipv4() {
        let key = |text: &str| key_of(text.parse().unwrap());
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:0:0:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_ne!(key("192.0.2.2"), key("192.0.2.1"));
        assert_ne!(key("::ffff:0:1"), key("::"), "a plain address is not taken for a network");
    }
}
