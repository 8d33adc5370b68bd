use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;
use utoipa::IntoParams;

use super::{Extractor, Requirements};
use crate::problem::Problem;

/// The query parameters of an operation. Their names were [checked](refuse_unknown_parameters) before.
#[derive(Debug)]
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let query = web::Query::<T>::from_query(request.query_string());
        ready(query.map(|query| Self(query.into_inner())).map_err(|_| {
            let problem = Problem::malformed(
                "A query parameter cannot be read: a date is YYYY-MM-DD, a flag is true or false, a limit is a whole \
                 number.",
            );
            match unreadable_parameter::<T>(request.query_string()) {
                Some(name) => problem.field(name),
                None => problem,
            }
        }))
    }
}

/// The first parameter that cannot be read even alone. Each of them may be left out, so the others can.
fn unreadable_parameter<T: DeserializeOwned>(query: &str) -> Option<String> {
    let pair = query.split('&').find(|pair| web::Query::<T>::from_query(pair).is_err())?;
    let parsed = web::Query::<Vec<(String, String)>>::from_query(pair).ok()?.into_inner();
    parsed.into_iter().next().map(|(name, _)| name)
}

impl<T: DeserializeOwned + IntoParams> Extractor for Query<T> {
    fn describe(requirements: &mut Requirements) {
        requirements.query::<T>();
    }
}

/// Refuses parameters that are not `known`, or stand there twice.
///
/// # Errors
/// 400 for an unknown or repeated one.
pub(crate) fn refuse_unknown_parameters(query: &str, known: &[String]) -> Result<(), Problem> {
    if query.is_empty() {
        return Ok(());
    }
    let pairs = web::Query::<Vec<(String, String)>>::from_query(query)
        .map_err(|_| Problem::malformed("The query cannot be read."))?;
    for (index, (name, _)) in pairs.iter().enumerate() {
        if !known.contains(name) {
            let detail = "The query has a parameter that this operation does not know.";
            return Err(match known {
                [] => Problem::malformed(detail),
                known => Problem::malformed(format!("{detail} It knows {}.", known.join(", "))),
            });
        }
        if pairs.iter().take(index).any(|(other, _)| other == name) {
            return Err(Problem::malformed("The query has a parameter twice.").field(name.clone()));
        }
    }
    Ok(())
}
