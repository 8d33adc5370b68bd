use seatline_domain::id::{ChargeId, ReservationId};
use seatline_domain::queue::{Number, RoomStatus};

/// One place in one line, by the places of concert and user in their lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) concert: usize,
    pub(super) number: Number,
    pub(super) user: usize,
}

/// How fast people are admitted from now on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Rate {
    Unlimited,
    OneAMinute,
}

/// What somebody wants of the best seats.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) count: i64,
    pub(super) together: bool,
    /// Whether they name a section; now and then one that is not there.
    pub(super) section: Option<&'static str>,
}

/// What a provider says of a charge.
#[derive(Debug, Clone, Copy)]
pub(super) enum Found {
    OwnMoney,
    OtherMoney,
    Nothing,
    Refused,
    Expired,
    Withheld,
    Unanswered,
}

/// Something that one of several people, or time, does.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Join {
        concert: usize,
        user: usize,
    },
    Leave(Place),
    ShowUp(Place),
    Admit {
        concert: usize,
    },
    EndLine {
        concert: usize,
    },
    RemovePasses {
        concert: usize,
    },
    Configure {
        concert: usize,
        capacity: Option<u32>,
        rate: Option<Rate>,
        status: Option<RoomStatus>,
    },
    ChangeConcert {
        concert: usize,
        seats_per_user: u32,
    },
    CloseSales {
        performance: usize,
        closed: bool,
    },
    ChangePrice {
        performance: usize,
        price: u32,
    },
    ChangeSeats {
        performance: usize,
        block: Vec<(i64, i64)>,
        unblock: Vec<(i64, i64)>,
    },
    Hold {
        place: Place,
        performance: usize,
        seats: Vec<i64>,
        key: Option<usize>,
        id: u64,
    },
    HoldBest {
        place: Place,
        performance: usize,
        wish: Wish,
        key: Option<usize>,
        id: u64,
    },
    Cancel {
        user: usize,
        reservation: ReservationId,
    },
    Sweep,
    Charge {
        user: usize,
        amount: u32,
        key: usize,
        id: u64,
    },
    CreateCharge {
        user: usize,
        amount: u32,
        key: usize,
        id: u64,
    },
    RecordFinding {
        user: usize,
        charge: ChargeId,
        found: Found,
        id: u64,
    },
    Pay {
        place: Place,
        reservation: ReservationId,
        key: Option<usize>,
        id: u64,
    },
    Refund {
        user: usize,
        reservation: ReservationId,
        seats: Vec<i64>,
        operator: bool,
        key: Option<usize>,
        id: u64,
    },
    Credit {
        user: usize,
        amount: i32,
        key: usize,
        id: u64,
    },
    CancelPerformance {
        performance: usize,
    },
    RefundCancelled,
    CreateOperatorKey {
        name: usize,
        key: Option<usize>,
        id: u64,
    },
    DeleteOperatorKey {
        newest: usize,
    },
    MakeDeviceCode {
        user: usize,
        code: u8,
    },
    UseDeviceCode {
        user: usize,
        code: u8,
        form: u8,
    },
    ForgetDeviceCodes {
        limit: u16,
    },
    CreateWebhook {
        wants_all: bool,
        key: Option<usize>,
        id: u64,
    },
    ChangeWebhook {
        newest: usize,
        enabled: Option<bool>,
        key: Option<usize>,
        id: u64,
    },
    DeleteWebhook {
        newest: usize,
        id: u64,
    },
    Publish,
    Forget {
        limit: u16,
    },
    Look {
        concert: usize,
    },
    Wait {
        minutes: i32,
    },
    CheckIn {
        place: Place,
        reservation: ReservationId,
        nth_seat: usize,
        key: Option<usize>,
        id: u64,
    },
}

impl Operation {
    /// Its idempotency key, if it has one.
    pub(super) const fn key(&self) -> Option<usize> {
        match self {
            Self::Charge { key, .. } | Self::CreateCharge { key, .. } | Self::Credit { key, .. } => {
                Some(*key)
            }
            Self::Hold { key, .. }
            | Self::HoldBest { key, .. }
            | Self::Pay { key, .. }
            | Self::Refund { key, .. }
            | Self::CheckIn { key, .. }
            | Self::CreateWebhook { key, .. }
            | Self::ChangeWebhook { key, .. }
            | Self::CreateOperatorKey { key, .. } => *key,
            _ => None,
        }
    }

    /// The same, with another id for what it makes.
    pub(super) fn with_id(mut self, new: u64) -> Self {
        if let Self::Hold { id, .. }
        | Self::HoldBest { id, .. }
        | Self::Charge { id, .. }
        | Self::CreateCharge { id, .. }
        | Self::Pay { id, .. }
        | Self::CreateOperatorKey { id, .. }
        | Self::CreateWebhook { id, .. }
        | Self::ChangeWebhook { id, .. }
        | Self::Refund { id, .. }
        | Self::CheckIn { id, .. }
        | Self::Credit { id, .. } = &mut self
        {
            *id = new;
        }
        self
    }
}
