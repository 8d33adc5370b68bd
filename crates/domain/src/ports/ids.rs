use uuid::Uuid;

/// Makes new ids.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Ids: Send + Sync {
    /// A new UUID, version 7. Never the same twice, on any instance.
    fn next(&self) -> Uuid;
}
