use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use thiserror::Error;

/// The proxies whose `X-Forwarded-For` is believed. None, unless an operator names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// Error of reading trusted proxies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum TrustedProxiesError {
    /// An entry is neither an address nor a network.
    #[error(
        "not a comma-separated list of addresses and networks, such as `10.0.0.7, 172.16.0.0/12, fd00::/8`"
    )]
    NotANetwork,
    /// A network with everybody in it would let each client choose its address.
    #[error("a network with everybody in it cannot be trusted: name the proxies' own")]
    Everybody,
}

impl TrustedProxies {
    /// Whether this address, in its canonical form, is a trusted proxy's.
    pub(crate) fn trust(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromStr for TrustedProxies {
    type Err = TrustedProxiesError;

    fn from_str(text: &str) -> Result<Self, TrustedProxiesError> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        text.split(',').map(|entry| network(entry.trim())).collect::<Result<_, _>>().map(Self)
    }
}

fn network(text: &str) -> Result<IpNet, TrustedProxiesError> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(address.to_canonical().into());
    }
    match text.parse::<IpNet>() {
        Ok(network) if network.prefix_len() == 0 => Err(TrustedProxiesError::Everybody),
        // Addresses are compared in their canonical form, which is never a mapped one.
        Ok(IpNet::V6(network)) if network.addr().to_ipv4_mapped().is_some() => {
            Err(TrustedProxiesError::NotANetwork)
        }
        Ok(network) => Ok(network),
        Err(_) => Err(TrustedProxiesError::NotANetwork),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_are_read_and_nothing_else() {
        assert_eq!(" ".parse(), Ok(TrustedProxies::default()));
        let proxies: TrustedProxies = "10.0.0.7,172.16.5.5/12 , ::ffff:192.0.2.1,fd00::/8".parse().unwrap();
        for (address, trusted) in [
            ("10.0.0.7", true),
            ("10.0.0.8", false),
            ("172.31.255.255", true),
            ("172.32.0.0", false),
            ("192.0.2.1", true),
            ("fd12::1", true),
            ("fe80::1", false),
        ] {
            assert_eq!(proxies.trust(address.parse().unwrap()), trusted, "{address}");
        }
        for (text, error) in [
            ("10.0.0.7,", TrustedProxiesError::NotANetwork),
            ("proxy.local", TrustedProxiesError::NotANetwork),
            ("10.0.0.0/33", TrustedProxiesError::NotANetwork),
            ("::ffff:10.0.0.0/104", TrustedProxiesError::NotANetwork),
            ("*", TrustedProxiesError::NotANetwork),
            ("0.0.0.0/0", TrustedProxiesError::Everybody),
            ("10.0.0.7, ::/0", TrustedProxiesError::Everybody),
        ] {
            assert_eq!(text.parse::<TrustedProxies>(), Err(error), "{text}");
        }
    }
}
