use utoipa::openapi::content::Content;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{RefOr, Required};

use super::headers::{AnswerHeader, reference};
use super::{problems, request_id_reference};
use crate::endpoint::Endpoint;
use crate::extract::Access;
use crate::problem::Code;
use crate::rate_limits::Limited;

/// The annotated operation, completed by what follows from the types of its handler's arguments.
pub(super) fn describe(endpoint: Endpoint) -> Operation {
    let errors = all_errors(&endpoint);
    let security = security(&endpoint);
    let Endpoint { mut operation, requirements, .. } = endpoint;
    let mut parameters = requirements.parameters;
    parameters.sort_by_key(|parameter| match parameter.parameter_in {
        ParameterIn::Path => 0,
        ParameterIn::Query => 1,
        _ => 2,
    });
    let parameters = parameters.into_iter().map(RefOr::T);
    operation.parameters = Some(parameters.chain([RefOr::Ref(request_id_reference())]).collect());
    let required = if requirements.body_is_optional { Required::False } else { Required::True };
    operation.request_body = requirements.body.map(|schema| {
        let body = RequestBody::builder().required(Some(required));
        body.content("application/json", Content::new(Some(schema))).build().into()
    });
    operation.security = security;
    if let Some(operators) = requirements.access.operators() {
        let description = operation.description.take();
        let parts = description.as_deref().into_iter().chain([operators]);
        operation.description = Some(parts.collect::<Vec<_>>().join("\n\n"));
    }
    let responses = &mut operation.responses.responses;
    for response in responses.values_mut() {
        if let RefOr::T(response) = response {
            let names = response.headers.keys().cloned().chain([AnswerHeader::REQUEST_ID.name.to_owned()]);
            response.headers = names.map(|name| (name.clone(), RefOr::Ref(reference(&name)))).collect();
        }
    }
    responses.extend(problems::responses(errors));
    operation
}

/// Credentials that must be sent, and those that may be.
fn security(endpoint: &Endpoint) -> Option<Vec<SecurityRequirement>> {
    let required = endpoint.requirements.access.requirement();
    if endpoint.limited.is_some_and(Limited::spares_operators) {
        return Some(
            [required.unwrap_or_default()].into_iter().chain(Access::Operator.requirement()).collect(),
        );
    }
    required.map(|requirement| vec![requirement])
}

/// The errors of the use case, and those that follow from the arguments and from how it is served.
fn all_errors(endpoint: &Endpoint) -> Vec<Code> {
    let mut errors = endpoint.errors.clone();
    errors.extend(&endpoint.requirements.errors);
    errors.extend(endpoint.limited.map(|_| Code::RateLimited));
    errors.extend((!endpoint.produces.is_empty()).then_some(Code::NotAcceptable));
    errors.extend([Code::MalformedRequest, Code::InternalError]);
    errors
}
