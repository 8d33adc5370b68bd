//! The public keys that verify the codes of tickets.

use actix_web::http::header::{self, HeaderName};
use actix_web::web::Json;
use actix_web::{CustomizeResponder, Responder};
use seatline_application::tickets::{PublicTicketKey, TicketCodes};
use serde::Serialize;
use utoipa::ToSchema;

use crate::endpoint::{Endpoint, endpoint};
use crate::problem::Problem;
use crate::state::State;

const MAY_BE_KEPT: (HeaderName, &str) = (header::CACHE_CONTROL, "public, max-age=300");

pub(super) fn endpoint() -> Endpoint {
    endpoint!(show_ticket_keys).ignores_accept()
}

/// Show the keys that verify tickets' codes
///
/// A JSON Web Key Set (RFC 7517, RFC 8037). Codes name their key by `kid`. Every key that still verifies is here, so that
/// gates can work without a network.
#[utoipa::path(get, path = "/.well-known/jwks.json", operation_id = "showTicketKeys", tag = "Tickets", responses(
    (status = 200, description = "The keys.", body = KeySetBody, headers(("Cache-Control"))),
))]
async fn show_ticket_keys(app: State) -> Result<CustomizeResponder<Json<KeySetBody>>, Problem> {
    let keys = app.seatline.ticket_codes.public_keys().map(KeyBody::from).collect();
    Ok(Json(KeySetBody { keys }).customize().insert_header(MAY_BE_KEPT))
}

/// The keys that verify tickets' codes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketKeys)]
struct KeySetBody {
    /// The keys; the one that signs comes first.
    keys: Vec<KeyBody>,
}

/// A public key.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TicketKey)]
struct KeyBody {
    /// The kind of key: `OKP`.
    #[schema(example = "OKP")]
    kty: &'static str,
    /// The curve: `Ed25519`.
    #[schema(example = "Ed25519")]
    crv: &'static str,
    /// The use: `sig`.
    #[schema(example = "sig")]
    r#use: &'static str,
    /// The algorithm: `EdDSA`.
    #[schema(example = "EdDSA")]
    alg: &'static str,
    /// The key's id: its thumbprint (RFC 7638).
    #[schema(example = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k")]
    kid: String,
    /// The key: 32 bytes in base64url.
    #[schema(example = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")]
    x: String,
}

impl From<&PublicTicketKey> for KeyBody {
    fn from(key: &PublicTicketKey) -> Self {
        Self {
            kty: "OKP",
            crv: "Ed25519",
            r#use: "sig",
            alg: TicketCodes::ALGORITHM,
            kid: key.id.clone(),
            x: key.x.clone(),
        }
    }
}
