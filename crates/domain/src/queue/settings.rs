use chrono::TimeDelta;

use super::{AdmitRate, SettingsError, policy};

/// How many people may be active at the same time: 1 to [`policy::MAX_CAPACITY`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Capacity(u32);

impl Capacity {
    /// Checks a number.
    ///
    /// # Errors
    /// [`SettingsError::Capacity`] when it is 0 or too large.
    pub fn parse(people: u32) -> Result<Self, SettingsError> {
        if (1..=policy::MAX_CAPACITY).contains(&people) {
            Ok(Self(people))
        } else {
            Err(SettingsError::Capacity)
        }
    }

    /// The number.
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for Capacity {
    fn default() -> Self {
        Self(policy::DEFAULT_CAPACITY)
    }
}

/// How a waiting room works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomSettings {
    /// How many people may be active at the same time.
    pub capacity: Capacity,
    /// How many people are admitted a minute at the most; `None` for no limit.
    pub admit_per_minute: Option<AdmitRate>,
    pass_ttl: TimeDelta,
    show_up_within: TimeDelta,
}

impl RoomSettings {
    /// Checks settings. Durations are 1 second to 24 hours.
    ///
    /// # Errors
    /// [`SettingsError`] naming the duration that is out of bounds.
    pub fn new(
        capacity: Capacity,
        admit_per_minute: Option<AdmitRate>,
        pass_ttl: TimeDelta,
        show_up_within: TimeDelta,
    ) -> Result<Self, SettingsError> {
        let allowed = policy::MIN_DURATION..=policy::MAX_DURATION;
        if !allowed.contains(&pass_ttl) {
            return Err(SettingsError::PassTtl);
        }
        if !allowed.contains(&show_up_within) {
            return Err(SettingsError::ShowUpWithin);
        }
        Ok(Self { capacity, admit_per_minute, pass_ttl, show_up_within })
    }

    /// How long a pass lives after admission.
    pub const fn pass_ttl(&self) -> TimeDelta {
        self.pass_ttl
    }

    /// How long a pass lives after admission at the most, whatever it holds.
    pub fn pass_life_max(&self) -> TimeDelta {
        self.pass_ttl * policy::PASS_LIVES_MAX
    }

    /// How long an admitted person has for a first sign of life.
    pub const fn show_up_within(&self) -> TimeDelta {
        self.show_up_within
    }
}

impl Default for RoomSettings {
    fn default() -> Self {
        Self {
            capacity: Capacity::default(),
            admit_per_minute: None,
            pass_ttl: policy::DEFAULT_PASS_TTL,
            show_up_within: policy::DEFAULT_SHOW_UP_WITHIN,
        }
    }
}
