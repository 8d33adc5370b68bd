use crate::cluster::Cluster;
use crate::options::ClusterOptions;
use crate::sale::{Sale, SaleBuilder};
use crate::user::TestUser;

/// The usual beginning of a test: a cluster, a sale, and a user whose turn it is there.
pub struct Fixture {
    /// The cluster.
    pub cluster: Cluster,
    /// The sale.
    pub sale: Sale,
    /// The user, in their turn.
    pub ada: TestUser,
}

impl Fixture {
    /// Starts a cluster, opens the sale, and lets a user enter.
    pub async fn start(options: ClusterOptions, sale: SaleBuilder) -> Self {
        let cluster = Cluster::start_with(options).await;
        let sale = sale.open(&cluster.operator()).await;
        let ada = cluster.user().await.enter(&sale).await;
        Self { cluster, sale, ada }
    }
}
