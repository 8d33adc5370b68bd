use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use async_trait::async_trait;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;

use crate::addresses::AllowedNetworks;

/// Looks names up.
#[async_trait]
pub trait LookUpNames: Send + Sync {
    /// The addresses for which a name stands at this moment.
    ///
    /// # Errors
    /// The name is not known, or nobody could be asked.
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>>;
}

/// The names of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

#[async_trait]
impl LookUpNames for SystemNames {
    async fn look_up(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|address| address.ip()).collect())
    }
}

/// Looks names up for connections, and gives only addresses that may be reached. Exactly these are connected to: nobody
/// looks the name up again in between.
pub(crate) struct GuardedNames {
    pub(crate) names: Arc<dyn LookUpNames>,
    pub(crate) allowed: AllowedNetworks,
}

/// A name stands only for addresses that must not be reached.
#[derive(Debug, Error)]
#[error("the name stands for an address of one's own network")]
pub(crate) struct ForbiddenAddress;

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let (names, allowed) = (self.names.clone(), self.allowed.clone());
        Box::pin(async move {
            let mut addresses = names.look_up(name.as_str()).await?;
            addresses.retain(|address| allowed.may_reach(*address));
            if addresses.is_empty() {
                return Err(ForbiddenAddress.into());
            }
            let addresses: Addrs = Box::new(addresses.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(addresses)
        })
    }
}
