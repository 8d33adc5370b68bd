//! Problems as bytes, for answers that are given below the application.

use std::fmt::Write;

use actix_web::ResponseError;
use actix_web::http::header::{Date, HeaderMap};

use crate::answer_headers::add_headers;
use crate::problem::Problem;
use crate::request_id::RequestId;

/// Writes a problem as the only answer of a connection.
pub(crate) fn only_answer(problem: &Problem) -> Vec<u8> {
    last_answer(problem, "HTTP/1.1", &Date::now().to_string())
}

/// Writes a problem as the last answer of a connection, whole, with the headers that every answer has.
pub(crate) fn last_answer(problem: &Problem, version: &str, date: &str) -> Vec<u8> {
    let request_id = RequestId::assign(&HeaderMap::new());
    let body = problem.body(&request_id);
    let mut answer = problem.error_response();
    add_headers(answer.headers_mut(), &request_id);
    tracing::debug!(%request_id, code = %problem, "refused below the application");
    let mut head = format!("{version} {}\r\ncontent-length: {}\r\n", answer.status(), body.len());
    for (name, value) in answer.headers() {
        // Writing to a String cannot fail.
        let _ = write!(head, "{name}: {}\r\n", value.to_str().unwrap_or_default());
    }
    let _ = write!(head, "connection: close\r\ndate: {date}\r\n\r\n");
    [head.into_bytes(), body].concat()
}
