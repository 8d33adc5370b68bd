//! Steering a waiting room: how it starts, and how it is changed while people wait.

use std::borrow::Cow;

use chrono::TimeDelta;
use seatline_application::operators::QueueChange;
use seatline_domain::commands::ConfigureError;
use seatline_domain::id::ConcertId;
use seatline_domain::queue::{AdmitRate, Capacity, RoomSettings, RoomStatus, SettingsError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::answer::Replayable;
use crate::endpoint::{Endpoint, endpoint};
use crate::extract::{Operator, OperatorBody, OptionalKey, Path, sentence};
use crate::problem::{Code, Problem};
use crate::routes::queue::QueueBody;
use crate::settings::HttpSettings;
use crate::state::State;
use crate::wire::even_null;

pub(super) fn endpoint() -> Endpoint {
    endpoint!(configure_queue).errors(&[Code::ConcertNotFound, Code::InvalidValue, Code::Unavailable])
}

/// Change a waiting room
///
/// While people wait. What is not named stays as it is; naming nothing is refused. Lowering the capacity throws nobody out.
#[utoipa::path(
    patch, path = "/api/v1/admin/concerts/{concertId}/queue", operation_id = "configureQueue", tag = "Operators",
    responses((status = 200, description = "The room's figures.", body = QueueBody,
               headers(("Idempotency-Replayed")))),
)]
async fn configure_queue(
    operator: Operator,
    concert: Path<ConcertId>,
    key: OptionalKey,
    body: OperatorBody<QueueChangeBody>,
    app: State,
) -> Result<Replayable<QueueBody>, Problem> {
    let change = body.read().await?.parse()?;
    let answer = app.seatline.configure_queue.execute(operator.0, concert.0, change, None, key.0).await?;
    Ok(Replayable::new(answer, None))
}

impl From<ConfigureError> for Problem {
    fn from(error: ConfigureError) -> Self {
        match error {
            ConfigureError::ConcertNotFound => Self::new(Code::ConcertNotFound),
            ConfigureError::KeyReused(reused) => reused.into(),
            ConfigureError::Storage(error) => error.into(),
        }
    }
}

/// The settings of a new waiting room.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[schema(as = NewQueue)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewQueueBody {
    /// The most people who may be active at the same time.
    #[schema(minimum = 1, maximum = 1_000_000, default = 500)]
    capacity: Option<i64>,
    /// The most people who are admitted a minute; no limit unless set.
    #[schema(minimum = 1, maximum = 1_000_000)]
    admit_per_minute: Option<i64>,
    /// The seconds that a pass lives after admission; the service's own setting unless set.
    #[schema(minimum = 1, maximum = 86_400, example = 600)]
    pass_ttl_seconds: Option<i64>,
    /// The seconds that an admitted person has to show up; the service's own setting unless set.
    #[schema(minimum = 1, maximum = 86_400, example = 120)]
    show_up_within_seconds: Option<i64>,
}

impl NewQueueBody {
    pub(super) fn parse(self, settings: &HttpSettings) -> Result<RoomSettings, Problem> {
        let capacity = self.capacity.map(|people| parse_capacity("queue.capacity", people)).transpose()?;
        let rate = self.admit_per_minute.map(|rate| parse_rate("queue.admitPerMinute", rate)).transpose()?;
        let duration = |seconds: Option<i64>, default: TimeDelta, field: &'static str| match seconds {
            None => Ok(default),
            Some(seconds) => TimeDelta::try_seconds(seconds).ok_or_else(|| refused(field)),
        };
        let (ttl_field, show_up_field) = ("queue.passTtlSeconds", "queue.showUpWithinSeconds");
        let pass_ttl = duration(self.pass_ttl_seconds, settings.default_pass_ttl, ttl_field)?;
        let show_up_within =
            duration(self.show_up_within_seconds, settings.default_show_up_within, show_up_field)?;
        RoomSettings::new(capacity.unwrap_or_default(), rate, pass_ttl, show_up_within).map_err(|error| {
            refused(match error {
                SettingsError::Capacity => "queue.capacity",
                SettingsError::AdmitPerMinute => "queue.admitPerMinute",
                SettingsError::PassTtl => ttl_field,
                SettingsError::ShowUpWithin => show_up_field,
            })
        })
    }
}

fn refused(field: &'static str) -> Problem {
    Problem::invalid(field, "A duration must be 1 to 86400 seconds.")
}

/// A change of a waiting room: at least one of its fields.
#[derive(Debug, Deserialize, ToSchema)]
#[schema(as = QueueChange, min_properties = 1)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct QueueChangeBody {
    /// The most people who may be active at the same time.
    #[schema(minimum = 1, maximum = 1_000_000, example = 800)]
    capacity: Option<i64>,
    /// The most people who are admitted a minute; null for no limit.
    #[expect(clippy::option_option, reason = "absent, null and a value are three things")]
    #[serde(default, deserialize_with = "even_null")]
    #[schema(value_type = Option<i64>, minimum = 1, maximum = 1_000_000, example = 600)]
    admit_per_minute: Option<Option<i64>>,
    /// Its state: `OPEN` or `PAUSED`.
    #[schema(pattern = "^(OPEN|PAUSED)$", example = "PAUSED")]
    state: Option<String>,
}

impl QueueChangeBody {
    fn parse(self) -> Result<QueueChange, Problem> {
        let capacity = self.capacity.map(|people| parse_capacity("capacity", people)).transpose()?;
        let admit_per_minute = self
            .admit_per_minute
            .map(|rate| rate.map(|rate| parse_rate("admitPerMinute", rate)).transpose())
            .transpose()?;
        let status = self.state.as_deref().map(parse_status).transpose()?;
        let change = QueueChange { capacity, admit_per_minute, status };
        if change == QueueChange::default() {
            return Err(Problem::invalid(
                "capacity",
                "Name at least one of capacity, admitPerMinute and state.",
            ));
        }
        Ok(change)
    }
}

fn parse_capacity(field: impl Into<Cow<'static, str>>, people: i64) -> Result<Capacity, Problem> {
    let parsed = u32::try_from(people).map_err(|_| SettingsError::Capacity).and_then(Capacity::parse);
    parsed.map_err(|error| Problem::invalid(field, sentence(&error)))
}

fn parse_rate(field: impl Into<Cow<'static, str>>, rate: i64) -> Result<AdmitRate, Problem> {
    let parsed = u32::try_from(rate).map_err(|_| SettingsError::AdmitPerMinute).and_then(AdmitRate::parse);
    parsed.map_err(|error| Problem::invalid(field, sentence(&error)))
}

fn parse_status(state: &str) -> Result<RoomStatus, Problem> {
    match state {
        "OPEN" => Ok(RoomStatus::Open),
        "PAUSED" => Ok(RoomStatus::Paused),
        _ => Err(Problem::invalid("state", "The state must be OPEN or PAUSED.")),
    }
}
