//! Accounts: registering, and the user's page.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use seatline_application::accounts::{Profile, ProfileError, Registered};
use seatline_domain::commands::RegisterError;
use seatline_domain::payment::OwnedSeat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{JsonBody, LimitedUser, OptionalNewcomerKey, text};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::state::State;
use crate::wire::Points;

pub(super) fn endpoints() -> Vec<Endpoint> {
    vec![
        endpoint!(register_user)
            .limited(Limited::Registering)
            .errors(&[Code::InvalidValue, Code::Unavailable]),
        endpoint!(show_profile).limited(Limited::Listing).errors(&[Code::Unavailable]),
    ]
}

/// Open an account
///
/// With an empty wallet. The access token is shown once; only its hash is stored. A retry by the same random key is shown
/// it too. With the owner's key as bearer, the request does not count towards the limit of its address, so that a
/// rehearsal can open many accounts.
#[utoipa::path(post, path = "/api/v1/users", operation_id = "registerUser", tag = "Accounts", responses(
    (status = 201, description = "The new user and their access token.", body = RegisteredBody,
     headers(("Idempotency-Replayed"))),
))]
async fn register_user(
    key: OptionalNewcomerKey,
    body: JsonBody<RegisterBody>,
    app: State,
) -> Result<Replayable<RegisteredBody>, Problem> {
    let name = body.read().await?.name.map(|name| text("name", &name)).transpose()?;
    let answer = app.seatline.register_user.execute(name, key.0).await?;
    Ok(Replayable::new(answer, None))
}

/// Show your page
///
/// The balance, and the seats bought: the newest hundred, and how many there are.
#[utoipa::path(get, path = "/api/v1/users/me", operation_id = "showProfile", tag = "Accounts", responses(
    (status = 200, description = "The user's page.", body = ProfileBody),
))]
async fn show_profile(LimitedUser(user): LimitedUser, app: State) -> Result<Json<ProfileBody>, Problem> {
    let profile = app.seatline.show_profile.execute(user.id).await?;
    Ok(Json(profile.into()))
}

impl From<RegisterError> for Problem {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::KeyReused(reused) => reused.into(),
            RegisterError::Storage(error) => error.into(),
        }
    }
}

impl From<ProfileError> for Problem {
    fn from(error: ProfileError) -> Self {
        match error {
            ProfileError::NotFound => Self::new(Code::Unauthenticated),
            ProfileError::Storage(error) => error.into(),
        }
    }
}

/// A new account.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = RegisterUser)]
#[serde(deny_unknown_fields)]
struct RegisterBody {
    /// The name the user wants to be called by. Trimmed and composed (NFC); one line, with something to see.
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    name: Option<String>,
}

/// A user and their access token.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredUser)]
#[serde(rename_all = "camelCase")]
struct RegisteredBody {
    /// The user's id.
    user_id: Uuid,
    /// The name they want to be called by.
    #[schema(required, example = "Ada")]
    name: Option<String>,
    /// The access token, to be sent as `Authorization: Bearer <accessToken>`. It cannot be shown again, but to a retry by
    /// the same random key. Null only where a key of fewer than 20 characters is repeated.
    #[schema(required, example = "slt_d0n5tSh4reThi5T0kenWithAnyb0dyAtA11P1easeOk")]
    access_token: Option<String>,
}

impl From<Registered> for RegisteredBody {
    fn from(registered: Registered) -> Self {
        Self {
            user_id: registered.user.id.uuid(),
            name: registered.user.name.map(|name| name.as_str().to_owned()),
            access_token: registered.access_token.map(|token| token.reveal().to_owned()),
        }
    }
}

/// A user's page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
#[serde(rename_all = "camelCase")]
struct ProfileBody {
    /// The user's id.
    user_id: Uuid,
    /// The name they want to be called by.
    #[schema(required, example = "Ada")]
    name: Option<String>,
    /// Their points.
    balance: Points,
    /// The seats they have bought, newest first: the newest hundred.
    seats: Vec<OwnedSeatBody>,
    /// How many seats they have bought.
    #[schema(minimum = 0, example = 2)]
    seats_total: u64,
}

impl From<Profile> for ProfileBody {
    fn from(profile: Profile) -> Self {
        Self {
            user_id: profile.user.id.uuid(),
            name: profile.user.name.map(|name| name.as_str().to_owned()),
            balance: profile.balance.into(),
            seats_total: profile.seats.total,
            seats: profile.seats.newest.into_iter().map(OwnedSeatBody::from).collect(),
        }
    }
}

/// A seat that the user has bought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnedSeat)]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnedSeatBody {
    /// The reservation by which it was bought.
    reservation_id: Uuid,
    /// The concert's id.
    concert_id: Uuid,
    /// The concert's title.
    #[schema(example = "Winter Gala")]
    title: String,
    /// The performance's id.
    performance_id: Uuid,
    /// The start of the performance.
    starts_at: DateTime<Utc>,
    /// The seat's number.
    #[schema(minimum = 1, example = 7)]
    seat_number: u32,
    /// The seat's section.
    #[schema(example = "Floor")]
    section: String,
    /// The instant of the payment.
    paid_at: DateTime<Utc>,
}

impl From<OwnedSeat> for OwnedSeatBody {
    fn from(seat: OwnedSeat) -> Self {
        Self {
            reservation_id: seat.reservation_id.uuid(),
            concert_id: seat.concert_id.uuid(),
            title: seat.title,
            performance_id: seat.performance_id.uuid(),
            starts_at: seat.starts_at,
            seat_number: seat.seat_number.get(),
            section: seat.section,
            paid_at: seat.paid_at,
        }
    }
}
