use utoipa::openapi::content::Content;
use utoipa::openapi::path::{self, Parameter};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::response::Responses;
use utoipa::openapi::{Ref, Required};

use super::parameter::{if_none_match, last_event_id, of_path, queue_token, request_id};
use super::response::{Answered, describe_errors};
use super::{IdempotencyUse, Operation, QueryParameter};
use crate::problem::Code;

impl Operation {
    /// The operation in the document's terms.
    pub(super) fn describe(&self) -> path::Operation {
        let mut operation = path::Operation::builder()
            .tag(self.tag.texts().0)
            .operation_id(Some(self.id))
            .summary(Some(self.summary))
            .parameters(Some(self.parameters()))
            .parameter_ref(Ref::new(format!("#/components/parameters/{}", request_id().name)))
            .responses(self.responses());
        if !self.description.is_empty() {
            operation = operation.description(Some(self.description));
        }
        if let Some(schema) = &self.body {
            let body = RequestBody::builder()
                .required(Some(Required::True))
                .content("application/json", Content::new(Some(schema.clone())));
            operation = operation.request_body(Some(body.build()));
        }
        if let Some(requirement) = self.access.requirement() {
            operation = operation.security(requirement);
        }
        operation.build()
    }

    fn parameters(&self) -> Vec<Parameter> {
        let mut parameters: Vec<_> = of_path(self.path).collect();
        parameters.extend(self.query.iter().map(|parameter| parameter.describe()));
        parameters.extend(self.access.needs_queue_token().then(queue_token));
        parameters.extend(self.idempotency.map(IdempotencyUse::describe));
        parameters.extend(self.revalidated.then(if_none_match));
        parameters.extend(self.resumable.then(last_event_id));
        parameters
    }

    fn responses(&self) -> Responses {
        let good = self.answers.iter().map(Answered::describe);
        let bad = describe_errors(self.all_errors());
        Responses::builder().responses_from_iter(good.chain(bad)).build()
    }

    /// Its own errors, and those that follow from what else is said of it.
    pub(super) fn all_errors(&self) -> Vec<Code> {
        let mut errors = self.errors.clone();
        errors.extend(self.access.errors());
        errors.extend(self.limited.map(|_| Code::RateLimited));
        if self.body.is_some() {
            errors.extend([Code::BodyTooLarge, Code::UnsupportedMediaType]);
        }
        errors.extend(match self.idempotency {
            None => &[][..],
            Some(IdempotencyUse::Optional) => &[Code::IdempotencyKeyInvalid, Code::IdempotencyKeyReused],
            Some(IdempotencyUse::Required) => {
                &[Code::IdempotencyKeyMissing, Code::IdempotencyKeyInvalid, Code::IdempotencyKeyReused]
            }
        });
        if self.query.contains(&QueryParameter::Limit) {
            errors.push(Code::InvalidValue);
        }
        if !self.produces.is_empty() {
            errors.push(Code::NotAcceptable);
        }
        errors.extend([Code::MalformedRequest, Code::InternalError]);
        errors
    }
}
