use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::IpNet;
use thiserror::Error;

/// One's own networks that webhooks may reach nevertheless.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AllowedNetworks(Vec<IpNet>);

/// A network cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("must be networks or addresses separated by commas, such as 10.1.0.0/16,fd00:1::/64")]
pub struct NetworkError;

impl FromStr for AllowedNetworks {
    type Err = NetworkError;

    /// Reads networks separated by commas. Nothing is none.
    fn from_str(text: &str) -> Result<Self, NetworkError> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let network = |part: &str| {
            let network = part.parse::<IpNet>().or_else(|_| part.parse::<IpAddr>().map(IpNet::from));
            network.map_err(|_| NetworkError)
        };
        parts.map(network).collect::<Result<_, _>>().map(Self)
    }
}

impl AllowedNetworks {
    /// Whether an address may be reached: it is somebody's on the Internet, or in a network that is allowed.
    pub fn may_reach(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        if self.0.iter().any(|network| network.contains(&address)) {
            return true;
        }
        match address {
            IpAddr::V4(address) => is_public_v4(address),
            IpAddr::V6(address) => is_public_v6(address),
        }
    }
}

/// Networks of IPv4 that are nobody's on the Internet (RFC 6890 and its successors).
const SPECIAL_V4: [([u8; 4], u8); 16] = [
    ([0, 0, 0, 0], 8),       // this network
    ([10, 0, 0, 0], 8),      // private
    ([100, 64, 0, 0], 10),   // shared by carriers
    ([127, 0, 0, 0], 8),     // loopback
    ([169, 254, 0, 0], 16),  // link-local, and the metadata of clouds
    ([172, 16, 0, 0], 12),   // private
    ([192, 0, 0, 0], 24),    // protocol assignments
    ([192, 0, 2, 0], 24),    // documentation
    ([192, 31, 196, 0], 24), // AS112
    ([192, 52, 193, 0], 24), // AMT
    ([192, 88, 99, 0], 24),  // 6to4 relays
    ([192, 168, 0, 0], 16),  // private
    ([198, 18, 0, 0], 15),   // benchmarks
    ([198, 51, 100, 0], 24), // documentation
    ([203, 0, 113, 0], 24),  // documentation
    ([224, 0, 0, 0], 3),     // multicast, reserved, broadcast
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let bits = address.to_bits();
    let is_in = |(network, length): ([u8; 4], u8)| {
        let network = u32::from_be_bytes(network);
        (bits ^ network).leading_zeros() >= u32::from(length)
    };
    !SPECIAL_V4.into_iter().any(is_in)
}

/// Networks within `2000::/3` that are nobody's on the Internet, or lead to an address of IPv4.
const SPECIAL_V6: [([u16; 3], u8); 4] = [
    ([0x2001, 0, 0], 23),     // protocol assignments: Teredo, ORCHID, benchmarks
    ([0x2001, 0xdb8, 0], 32), // documentation
    ([0x2002, 0, 0], 16),     // 6to4
    ([0x3fff, 0, 0], 20),     // documentation
];

/// Only `2000::/3` is given out on the Internet. What is outside of it is loopback, unspecified, mapped, compatible or
/// translated (NAT64), unique local, link-local, site-local, multicast, or nothing yet.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let bits = address.to_bits();
    let is_given_out = bits >> 125 == 1;
    let is_in = |([first, second, third], length): ([u16; 3], u8)| {
        let network = Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0).to_bits();
        (bits ^ network).leading_zeros() >= u32::from(length)
    };
    is_given_out && !SPECIAL_V6.into_iter().any(is_in)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ones_own_network_is_not_reached() {
        let none = AllowedNetworks::default();
        for own in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.8.9.10",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "203.0.113.7",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "::10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b::a00:1",
            "64:ff9b:1::a00:1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2001:2::1",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert!(!none.may_reach(own.parse().unwrap()), "{own}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.1",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "::ffff:8.8.8.8",
            "2001:4860:4860::8888",
            "2606:4700:4700::1111",
            "2a00:1450:4001::1",
        ] {
            assert!(none.may_reach(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn a_network_is_allowed_by_name_and_no_other() {
        let allowed: AllowedNetworks = "127.0.0.0/8, fd00:1::/64,10.1.2.3".parse().unwrap();
        for reached in ["127.0.0.1", "::ffff:127.0.0.1", "fd00:1::9", "10.1.2.3", "8.8.8.8"] {
            assert!(allowed.may_reach(reached.parse().unwrap()), "{reached}");
        }
        for own in ["::1", "fd00:2::9", "10.1.2.4", "192.168.0.1", "::127.0.0.1"] {
            assert!(!allowed.may_reach(own.parse().unwrap()), "{own}");
        }
        assert_eq!("".parse(), Ok(AllowedNetworks::default()));
        for wrong in ["localhost", "10.0.0.0/33", "10.0.0.1:80", "10.0.0.0/8;::1"] {
            assert_eq!(wrong.parse::<AllowedNetworks>(), Err(NetworkError), "{wrong}");
        }
    }
}
