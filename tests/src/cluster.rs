use std::net::SocketAddr;

use futures::future::join_all;
use serde_json::Value;

use crate::browser::Browser;
use crate::client::Client;
use crate::database::Database;
use crate::instance::Instance;
use crate::operator::Operator;
use crate::options::{ADMIN_KEY, ClusterOptions};
use crate::user::TestUser;

/// Instances of the service, each on a port of its own, on one database of their own.
pub struct Cluster {
    database: Database,
    instances: Vec<Instance>,
}

impl Cluster {
    /// One instance.
    pub async fn start() -> Self {
        Self::start_with(ClusterOptions::default()).await
    }

    /// As many instances as the options say.
    pub async fn start_with(options: ClusterOptions) -> Self {
        let database = Database::create().await;
        let instance = |_| Instance::start(options.of_instance(database.url()));
        let instances = join_all((0..options.instances).map(instance)).await;
        Self { database, instances }
    }

    /// Adds an instance that is set up in another way. Gives its number.
    pub async fn add(&mut self, options: ClusterOptions) -> usize {
        self.instances.push(Instance::start(options.of_instance(self.database.url())).await);
        self.instances.len() - 1
    }

    /// Their database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The address at which an instance listens: the first is number 0.
    pub fn address(&self, instance: usize) -> SocketAddr {
        self.instances.get(instance).unwrap().service().address()
    }

    /// Somebody nobody knows, who asks the first instance.
    pub fn client(&self) -> Client {
        Client::new(self.address(0))
    }

    /// Somebody nobody knows, who asks this instance.
    pub fn client_of(&self, instance: usize) -> Client {
        Client::new(self.address(instance))
    }

    /// A browser that has never been here, whose person reads this language.
    pub fn browser(&self, language: &str) -> Browser {
        Browser::new(self.address(0), language)
    }

    /// An operator, who asks the first instance.
    pub fn operator(&self) -> Operator {
        Operator::new(self.client(), ADMIN_KEY)
    }

    /// A user who has just registered, and asks the first instance.
    pub async fn user(&self) -> TestUser {
        self.user_of(0).await
    }

    /// A user who has just registered, and asks this instance.
    pub async fn user_of(&self, instance: usize) -> TestUser {
        TestUser::register(self.client_of(instance)).await
    }

    /// As many users as asked for, spread over the instances.
    pub async fn users(&self, count: usize) -> Vec<TestUser> {
        join_all((0..count).map(|index| self.user_of(index % self.instances.len()))).await
    }

    /// The document that the first instance serves of itself.
    pub async fn document(&self) -> Value {
        self.client().get("/api/openapi.json").send().await.json(200)
    }

    /// Ends the test: everything must hold that always holds, and every instance must stop.
    pub async fn end(self) {
        self.database.assert_invariants().await;
        self.stop().await;
    }

    /// Stops every instance, whatever the test did to the database. Gives what is left of it.
    pub async fn stop(self) -> Database {
        join_all(self.instances.into_iter().map(Instance::stop)).await;
        self.database
    }
}
