use std::borrow::Cow;

use seatline_domain::text::Text;

use crate::problem::Problem;

/// Reads a short text that somebody wrote.
///
/// # Errors
/// 422 naming `field` when it is empty, too long, or has control characters.
pub(crate) fn parse_text<const MAX: usize>(
    field: impl Into<Cow<'static, str>>,
    text: &str,
) -> Result<Text<MAX>, Problem> {
    Text::parse(text).map_err(|error| Problem::invalid(field, format!("The text {error}.")))
}

/// A domain error's words as a sentence. The domain never repeats what a client sent.
pub(crate) fn sentence(error: &impl ToString) -> String {
    let text = error.to_string();
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).chain(['.']).collect())
}
