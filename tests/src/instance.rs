use seatline_bootstrap::{Options, Service};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use crate::concurrency::eventually;

/// An instance of the service. It has a runtime of its own, as a process has: however many clients a test has, they are
/// not in the queue of the instance's own tasks.
pub(crate) struct Instance {
    /// There until it is stopped.
    service: Option<Service>,
    /// There until it is dropped.
    runtime: Option<Runtime>,
}

impl Instance {
    const WORKERS: usize = 2;

    pub(crate) async fn start(options: Options) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(Self::WORKERS).enable_all().build().unwrap();
        let service = runtime.spawn(async move { Service::start(&options).await }).await.unwrap().unwrap();
        let address = service.address();
        eventually("it takes connections", async || TcpStream::connect(address).await.ok()).await;
        Self { service: Some(service), runtime: Some(runtime) }
    }

    pub(crate) fn service(&self) -> &Service {
        self.service.as_ref().unwrap()
    }

    pub(crate) async fn stop(mut self) {
        let (service, runtime) = (self.service.take().unwrap(), self.runtime.as_ref().unwrap());
        runtime.spawn(service.stop()).await.unwrap().unwrap();
    }
}

impl Drop for Instance {
    /// A test may end in the middle, and must not wait for an instance that nobody stops.
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
