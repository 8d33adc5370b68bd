/// Writes down what this instance has counted and measured.
pub trait Metrics: Send + Sync {
    /// Everything, in Prometheus' text format. May take milliseconds; is called where blocking is allowed.
    fn render(&self) -> String;
}
