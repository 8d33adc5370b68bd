//! Pages of another adapter, which the server serves beside the API: within the same bounds of connections, with the same
//! log, request ids and headers, and kept to the same rates.

use actix_web::{HttpRequest, HttpResponse, Resource};

/// Pages for people, beside the API.
pub trait Pages: Send + Sync + 'static {
    /// The resources of one worker, each with the pattern of its path. None of them is a path of the API's.
    fn resources(&self) -> Vec<(&'static str, Resource)>;

    /// The answer to a browser that asks for a path that nobody serves.
    fn not_found(&self, request: &HttpRequest) -> HttpResponse;
}
