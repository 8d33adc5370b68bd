use tokio::sync::oneshot;

/// The moment of a call at which it is delayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// The provider has heard of it, and has done nothing.
    Heard,
    /// It has done what it was asked for, and has not answered.
    Done,
}

/// The next call for a path, which is delayed until this value is dropped.
pub struct Delayed {
    comes: oneshot::Receiver<()>,
    _goes_on: oneshot::Sender<()>,
}

impl Delayed {
    /// Waits until there is such a call.
    pub async fn has_come(&mut self) {
        (&mut self.comes).await.unwrap();
    }

    /// Lets it go on.
    pub fn go_on(self) {}
}

/// What is to be delayed, as the provider knows it.
pub(crate) struct Delay {
    path: String,
    pub(super) moment: Moment,
    comes: oneshot::Sender<()>,
    goes_on: oneshot::Receiver<()>,
}

impl Delay {
    /// Delays the next call for a path; one that ends with a slash stands for what is below it.
    pub(super) fn of(path: &str, moment: Moment) -> (Self, Delayed) {
        let (came, comes) = oneshot::channel();
        let (going_on, goes_on) = oneshot::channel();
        let delay = Self { path: path.to_owned(), moment, comes: came, goes_on };
        (delay, Delayed { comes, _goes_on: going_on })
    }

    /// Takes the delay of a call for this path.
    pub(super) fn take(delays: &mut Vec<Self>, path: &str) -> Option<Self> {
        let concerns =
            |delay: &Self| path == delay.path || delay.path.ends_with('/') && path.starts_with(&delay.path);
        delays.iter().position(concerns).map(|index| delays.remove(index))
    }

    /// Says that the call is there, and waits.
    pub(super) async fn wait(self) {
        let _ = self.comes.send(());
        let _ = self.goes_on.await;
    }
}
