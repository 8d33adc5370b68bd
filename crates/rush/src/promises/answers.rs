use serde_json::Value;

use crate::service::Answer;

/// Finds a difference between the answers to one request that was sent twice by the same key.
pub(crate) fn compare_answers(first: &Answer, again: &Answer) -> Option<String> {
    let read = |answer: &Answer| serde_json::from_slice::<Value>(&answer.body).ok();
    (first.status != again.status || read(first) != read(again)).then(|| {
        let name = first.kind.name();
        format!(
            "{name} answered {} at first, and {} by the same key: {}",
            first.status,
            again.status,
            text(again)
        )
    })
}

fn text(answer: &Answer) -> String {
    const LENGTH_MAX: usize = 300;
    String::from_utf8_lossy(&answer.body).chars().take(LENGTH_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::Kind;
    use tokio::time::Instant;

    fn answer(status: u16, body: &'static str) -> Answer {
        let now = Instant::now();
        let body = body.into();
        Answer { kind: Kind::Pay, status, retry_after: None, body, sent: now, received: now }
    }

    #[test]
    fn another_status_or_body_is_found() {
        let first = answer(201, r#"{"paymentId":"a","amount":5}"#);
        assert_eq!(compare_answers(&first, &first), None);
        assert_eq!(compare_answers(&first, &answer(201, r#"{"amount": 5, "paymentId": "a"}"#)), None);
        for other in [answer(200, r#"{"paymentId":"a","amount":5}"#), answer(201, r#"{"paymentId":"b"}"#)] {
            assert!(compare_answers(&first, &other).is_some());
        }
    }
}
