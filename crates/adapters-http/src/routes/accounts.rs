//! Accounts: registering, and the user's page.

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use seatline_application::accounts::{Profile, ProfileError, Registered};
use seatline_domain::payment::OwnedSeat;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::call::{Call, created, json};
use crate::operation::{Access, Operation, Tag, Verb};
use crate::problem::{Code, Problem};
use crate::rate_limits::Limited;
use crate::wire::{Points, parse_text};

pub(super) fn operations() -> Vec<Operation> {
    vec![
        Operation::new(Verb::Post, "/api/v1/users", "registerUser", Tag::Accounts, register)
            .about(
                "Open an account",
                "With an empty wallet. The access token is shown once; only its hash is stored.",
            )
            .limited(Limited::Registering)
            .body::<RegisterBody>()
            .answers::<RegisteredBody>(201, "The new user and their access token.", &[])
            .errors(&[Code::InvalidValue, Code::Unavailable]),
        Operation::new(Verb::Get, "/api/v1/users/me", "showProfile", Tag::Accounts, show_profile)
            .about("Your page", "The balance, and the seats bought, newest first (at most 1,000).")
            .access(Access::User)
            .answers::<ProfileBody>(200, "The user's page.", &[])
            .errors(&[Code::Unavailable]),
    ]
}

async fn register(call: Call) -> Result<HttpResponse, Problem> {
    let seatline = call.seatline();
    let body: RegisterBody = call.json().await?;
    let name = body.name.map(|name| parse_text("name", &name)).transpose()?;
    let registered = seatline.register_user.execute(name).await?;
    Ok(created(None, &RegisteredBody::from(registered)))
}

async fn show_profile(call: Call) -> Result<HttpResponse, Problem> {
    let user_id = call.user().await?;
    let profile = call.seatline().show_profile.execute(user_id).await?;
    Ok(json(&ProfileBody::from(profile)))
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
    /// What the user wants to be called. Trimmed; no control characters.
    #[schema(min_length = 1, max_length = 100, example = "Ada")]
    name: Option<String>,
}

/// A user and their access token.
#[derive(Serialize, ToSchema)]
#[schema(as = RegisteredUser)]
#[serde(rename_all = "camelCase")]
struct RegisteredBody {
    /// Who.
    user_id: Uuid,
    /// What they want to be called.
    #[schema(required, example = "Ada")]
    name: Option<String>,
    /// To be sent as `Authorization: Bearer <accessToken>`. It cannot be shown again.
    #[schema(example = "slt_d0n5tSh4reThi5T0kenWithAnyb0dyAtA11P1easeOk")]
    access_token: String,
}

impl From<Registered> for RegisteredBody {
    fn from(registered: Registered) -> Self {
        Self {
            user_id: registered.user.id.uuid(),
            name: registered.user.name.map(|name| name.as_str().to_owned()),
            access_token: registered.access_token.reveal().to_owned(),
        }
    }
}

/// A user's page.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Profile)]
#[serde(rename_all = "camelCase")]
struct ProfileBody {
    /// Who.
    user_id: Uuid,
    /// What they want to be called.
    #[schema(required, example = "Ada")]
    name: Option<String>,
    /// How many points they have.
    balance: Points,
    /// The seats they have bought, newest first.
    seats: Vec<OwnedSeatBody>,
}

impl From<Profile> for ProfileBody {
    fn from(profile: Profile) -> Self {
        Self {
            user_id: profile.user.id.uuid(),
            name: profile.user.name.map(|name| name.as_str().to_owned()),
            balance: profile.balance.into(),
            seats: profile.seats.into_iter().map(OwnedSeatBody::from).collect(),
        }
    }
}

/// A seat that the user has bought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OwnedSeat)]
#[serde(rename_all = "camelCase")]
struct OwnedSeatBody {
    /// By which reservation.
    reservation_id: Uuid,
    /// Of which concert.
    concert_id: Uuid,
    /// The concert's title.
    #[schema(example = "Winter Gala")]
    title: String,
    /// Of which performance.
    performance_id: Uuid,
    /// When that starts.
    starts_at: DateTime<Utc>,
    /// The seat's number.
    #[schema(minimum = 1, example = 7)]
    seat_number: u32,
    /// The seat's section.
    #[schema(example = "Floor")]
    section: String,
    /// When it was paid.
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
