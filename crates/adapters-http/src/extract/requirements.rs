use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use utoipa::openapi::path::{Parameter, ParameterIn};
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{RefOr, Required, Schema};
use utoipa::{IntoParams, ToSchema};

use super::Access;
use crate::problem::{Code, Problem};
use crate::state::State;

/// Requirements of a handler on its requests, as its argument types say.
#[derive(Default)]
pub(crate) struct Requirements {
    pub(crate) access: Access,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Option<RefOr<Schema>>,
    /// Whether the body may be left out.
    pub(crate) body_is_optional: bool,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
    pub(crate) errors: Vec<Code>,
}

impl Requirements {
    /// Those of a handler with these arguments.
    pub(crate) fn of<A: Extractors>() -> Self {
        let mut requirements = Self::default();
        A::describe(&mut requirements);
        requirements
    }

    /// Serves nobody but these.
    pub(super) fn access(&mut self, access: Access) {
        self.access = self.access.max(access);
    }

    /// Reads a header.
    pub(super) fn header(
        &mut self,
        name: &str,
        required: Required,
        description: &str,
        schema: ObjectBuilder,
    ) {
        self.parameter(ParameterIn::Header, name, required, description, schema);
    }

    /// Reads a part of the path.
    pub(super) fn path(&mut self, name: &str, description: &str, schema: ObjectBuilder) {
        self.parameter(ParameterIn::Path, name, Required::True, description, schema);
    }

    fn parameter(
        &mut self,
        place: ParameterIn,
        name: &str,
        required: Required,
        description: &str,
        schema: ObjectBuilder,
    ) {
        let parameter = Parameter::builder().parameter_in(place).name(name).required(required);
        self.parameters.push(parameter.description(Some(description)).schema(Some(schema)).build());
    }

    /// Reads a query parameter, which may be left out.
    pub(super) fn query_parameter(&mut self, name: &str, description: &str, schema: ObjectBuilder) {
        self.parameter(ParameterIn::Query, name, Required::False, description, schema);
    }

    /// Reads query parameters.
    pub(super) fn query<T: IntoParams>(&mut self) {
        self.parameters.extend(T::into_params(|| Some(ParameterIn::Query)));
    }

    /// Reads a JSON body.
    pub(super) fn body<T: ToSchema>(&mut self) {
        let name = T::name().to_string();
        self.body = Some(utoipa::openapi::Ref::from_schema_name(&name).into());
        self.schemas.push((name, T::schema()));
        T::schemas(&mut self.schemas);
    }

    /// Lets the body be left out.
    pub(super) fn optional_body(&mut self) {
        self.body_is_optional = true;
    }

    /// Refuses with these codes.
    pub(super) fn errors(&mut self, codes: &[Code]) {
        self.errors.extend(codes);
    }

    /// The names of the query parameters; any other is refused.
    pub(crate) fn query_names(&self) -> Vec<String> {
        let in_query =
            self.parameters.iter().filter(|parameter| parameter.parameter_in == ParameterIn::Query);
        in_query.map(|parameter| parameter.name.clone()).collect()
    }
}

/// An argument of handlers. Describes in the OpenAPI document what it asks for.
pub(crate) trait Extractor: FromRequest<Error = Problem> {
    /// Adds what it asks for.
    fn describe(requirements: &mut Requirements);
}

/// Asks for nothing of the request.
impl Extractor for State {
    fn describe(_: &mut Requirements) {}
}

/// The arguments of a handler.
pub(crate) trait Extractors: Sized {
    /// Extracts one after the other, up to the first that is refused.
    ///
    /// actix's own tuples are polled together: there a refusal that is found at once overtakes the argument before it,
    /// which may still wait for the database.
    async fn extract(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem>;

    /// Adds what all of them ask for.
    fn describe(requirements: &mut Requirements);
}

macro_rules! extractors {
    ($($argument:ident)*) => {
        impl<$($argument: Extractor),*> Extractors for ($($argument,)*) {
            #[allow(unused_variables, reason = "a handler may have no arguments")]
            async fn extract(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
                Ok(($($argument::from_request(request, payload).await?,)*))
            }

            #[allow(unused_variables, reason = "a handler may have no arguments")]
            fn describe(requirements: &mut Requirements) {
                $($argument::describe(requirements);)*
            }
        }
    };
}

extractors! {}
extractors! { A }
extractors! { A B }
extractors! { A B C }
extractors! { A B C D }
extractors! { A B C D E }
extractors! { A B C D E F }
extractors! { A B C D E F G }
