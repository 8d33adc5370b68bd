use async_trait::async_trait;

/// Tells whether this instance can serve.
#[async_trait]
pub trait Readiness: Send + Sync {
    /// Whether what the service depends on is within reach, now. An answer that takes longer than
    /// [`HttpLimits::readiness_deadline`](crate::HttpLimits::readiness_deadline) counts as no.
    async fn is_ready(&self) -> bool;
}
