use anyhow::{Result, bail};

use crate::service::{Answer, Call, Service};

/// Sends a call without whose answer there is no rehearsal.
///
/// # Errors
/// * Everything but success, in words for the person at the terminal.
pub(super) async fn request(service: &Service, call: &Call) -> Result<Answer> {
    let url = &service.url;
    match service.send_with_retries(call).await {
        Err(error) => bail!("{url} {error}"),
        Ok(answer) if answer.is_success() => Ok(answer),
        Ok(answer) => match answer.problem().code.as_str() {
            "unauthenticated" | "forbidden" => bail!("{url} does not take this admin key"),
            "concert_not_found" => bail!("there is no such concert at {url}"),
            "" => bail!("{url} answered {} as no Seatline does; is it the right URL?", answer.status),
            _ => bail!("{url}: {}", answer.refusal()),
        },
    }
}
