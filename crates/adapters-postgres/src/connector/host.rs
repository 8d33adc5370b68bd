use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpStream, UnixStream, lookup_host};
use tokio_postgres::Config;
use tokio_postgres::config;
use tokio_util::either::Either;

/// A connection to a server, over the network or on this machine.
pub(super) type Socket = Either<TcpStream, UnixStream>;

/// One of the servers of a connection string.
#[derive(Debug, Clone)]
pub(super) struct Host {
    /// The name that its certificate must be for.
    pub(super) name: String,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Network { host: String, port: u16 },
    Socket(PathBuf),
}

/// An address of a host.
#[derive(Debug, Clone)]
pub(super) enum Address {
    Network(SocketAddr),
    Socket(PathBuf),
}

impl Host {
    const DEFAULT_PORT: u16 = 5432;

    /// The hosts of a connection string, in its order.
    ///
    /// # Errors
    /// What is wrong with the numbers of hosts, addresses and ports.
    pub(super) fn all_of(config: &Config) -> Result<Vec<Self>, &'static str> {
        let (names, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
        let count = names.len().max(addresses.len());
        if count == 0 {
            return Err("it names no host");
        }
        if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
            return Err("it has another number of hosts than of their addresses");
        }
        if ports.len() > 1 && ports.len() != count {
            return Err("it has another number of ports than of hosts");
        }
        let hosts = (0..count).map(|index| {
            let port = ports.get(index).or_else(|| ports.first()).copied().unwrap_or(Self::DEFAULT_PORT);
            let address = addresses.get(index).map(ToString::to_string);
            match (names.get(index), address) {
                (Some(config::Host::Tcp(name)), address) => {
                    let host = address.unwrap_or_else(|| name.clone());
                    Self { name: name.clone(), place: Place::Network { host, port } }
                }
                (Some(config::Host::Unix(_)) | None, Some(host)) => {
                    Self { name: host.clone(), place: Place::Network { host, port } }
                }
                (Some(config::Host::Unix(folder)), None) => {
                    let path = folder.join(format!(".s.PGSQL.{port}"));
                    Self { name: String::new(), place: Place::Socket(path) }
                }
                (None, None) => Self { name: String::new(), place: Place::Socket(PathBuf::new()) },
            }
        });
        Ok(hosts.collect())
    }

    /// Tells whether it is reached without a network.
    pub(super) const fn is_local(&self) -> bool {
        matches!(self.place, Place::Socket(_))
    }

    /// Its addresses, in the order of the resolver.
    pub(super) async fn addresses(&self) -> io::Result<Vec<Address>> {
        match &self.place {
            Place::Network { host, port } => {
                Ok(lookup_host((host.as_str(), *port)).await?.map(Address::Network).collect())
            }
            Place::Socket(path) => Ok(vec![Address::Socket(path.clone())]),
        }
    }
}

impl Address {
    /// Opens a connection to it.
    pub(super) async fn open(&self, config: &Config) -> io::Result<Socket> {
        match self {
            Self::Network(address) => {
                let stream = TcpStream::connect(address).await?;
                stream.set_nodelay(true)?;
                let socket = SockRef::from(&stream);
                #[cfg(target_os = "linux")]
                socket.set_tcp_user_timeout(config.get_tcp_user_timeout().copied())?;
                if config.get_keepalives() {
                    socket.set_tcp_keepalive(&keepalive(config))?;
                }
                Ok(Either::Left(stream))
            }
            Self::Socket(path) => Ok(Either::Right(UnixStream::connect(path).await?)),
        }
    }
}

fn keepalive(config: &Config) -> TcpKeepalive {
    let mut keepalive = TcpKeepalive::new().with_time(config.get_keepalives_idle());
    if let Some(interval) = config.get_keepalives_interval() {
        keepalive = keepalive.with_interval(interval);
    }
    if let Some(retries) = config.get_keepalives_retries() {
        keepalive = keepalive.with_retries(retries);
    }
    keepalive
}

/// As messages show it, without anything secret.
impl std::fmt::Display for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Place::Network { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Place::Network { host, port } => write!(f, "{host}:{port}"),
            Place::Socket(path) => path.display().fmt(f),
        }
    }
}
