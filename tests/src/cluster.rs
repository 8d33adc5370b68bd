use std::net::SocketAddr;

use futures::future::join_all;
use seatline_bootstrap::Service;
use serde_json::Value;

use crate::client::Client;
use crate::database::Database;
use crate::operator::Operator;
use crate::options::{ADMIN_KEY, Setup};
use crate::person::Person;

/// Instances of the service, each on a port of its own, on one database of their own.
pub struct Cluster {
    database: Database,
    instances: Vec<Service>,
}

impl Cluster {
    /// One instance.
    pub async fn start() -> Self {
        Self::start_with(Setup::default()).await
    }

    /// As many instances as the setup says.
    pub async fn start_with(setup: Setup) -> Self {
        let database = Database::create().await;
        let options = setup.options(database.url());
        let starting = join_all((0..setup.instances).map(|_| Service::start(&options))).await;
        Self { database, instances: starting.into_iter().map(Result::unwrap).collect() }
    }

    /// Adds an instance that is set up in another way. Gives its number.
    pub async fn add(&mut self, setup: Setup) -> usize {
        self.instances.push(Service::start(&setup.options(self.database.url())).await.unwrap());
        self.instances.len() - 1
    }

    /// Their database.
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// Where an instance listens: the first is number 0.
    pub fn address(&self, instance: usize) -> SocketAddr {
        self.instances.get(instance).unwrap().address()
    }

    /// Somebody nobody knows, who asks the first instance.
    pub fn client(&self) -> Client {
        Client::new(self.address(0))
    }

    /// Somebody nobody knows, who asks this instance.
    pub fn client_of(&self, instance: usize) -> Client {
        Client::new(self.address(instance))
    }

    /// An operator, who asks the first instance.
    pub fn operator(&self) -> Operator {
        Operator::new(self.client(), ADMIN_KEY)
    }

    /// Somebody who has just registered, and asks the first instance.
    pub async fn person(&self) -> Person {
        self.person_of(0).await
    }

    /// Somebody who has just registered, and asks this instance.
    pub async fn person_of(&self, instance: usize) -> Person {
        Person::register(self.client_of(instance)).await
    }

    /// As many people as asked for, spread over the instances.
    pub async fn people(&self, count: usize) -> Vec<Person> {
        join_all((0..count).map(|index| self.person_of(index % self.instances.len()))).await
    }

    /// The document that the first instance serves of itself.
    pub async fn document(&self) -> Value {
        self.client().get("/api/openapi.json").send().await.json(200)
    }

    /// Ends the test: everything must hold that always holds, and every instance must stop.
    pub async fn end(self) {
        self.database.assert_sound().await;
        self.stop().await;
    }

    /// Stops every instance, whatever the test did to the database.
    pub async fn stop(self) {
        for stopped in join_all(self.instances.into_iter().map(Service::stop)).await {
            stopped.unwrap();
        }
    }
}
