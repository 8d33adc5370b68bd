//! What stands behind the question mark.

use actix_web::web;
use chrono::NaiveDate;

use super::Call;
use crate::problem::Problem;
use crate::wire::parse_date;

/// The query parameters of a request: each known to the operation, none twice.
#[derive(Debug, Default)]
pub(crate) struct QueryParameters(Vec<(String, String)>);

impl QueryParameters {
    /// Reads a query of which only `known` parameters are allowed.
    ///
    /// # Errors
    /// 400 for an unknown or repeated one.
    pub(crate) fn read(query: &str, known: &[&'static str]) -> Result<Self, Problem> {
        if query.is_empty() {
            return Ok(Self::default());
        }
        let unreadable = || Problem::malformed("The query cannot be read.");
        let pairs = web::Query::<Vec<(String, String)>>::from_query(query).map_err(|_| unreadable())?;
        let pairs = pairs.into_inner();
        for (index, (name, _)) in pairs.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(Problem::malformed(
                    "The query has a parameter that this operation does not know.",
                ));
            }
            if pairs.iter().take(index).any(|(other, _)| other == name) {
                return Err(Problem::malformed("The query has a parameter twice."));
            }
        }
        Ok(Self(pairs))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }
}

impl Call {
    /// A query parameter, if it was sent.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// A query parameter that is `true` or `false`, if it was sent.
    ///
    /// # Errors
    /// 400 when it is neither.
    pub(crate) fn query_flag(&self, name: &str) -> Result<Option<bool>, Problem> {
        match self.query(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(Problem::malformed("A query parameter must be true or false.")),
        }
    }

    /// The query parameter `date`, if it was sent.
    ///
    /// # Errors
    /// 400 when it is not a date.
    pub(crate) fn query_date(&self) -> Result<Option<NaiveDate>, Problem> {
        let malformed = || Problem::malformed("The date is not a date of the form YYYY-MM-DD.");
        self.query("date").map(|text| parse_date(text).ok_or_else(malformed)).transpose()
    }
}
