use serde::Serialize;

/// A promise of Seatline that can be checked from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Promise {
    SeatsSoldOnce,
    NumbersUnique,
    NumberKept,
    PositionsNeverRise,
    BoardAgrees,
    AdmittedInOrder,
    MoneyExact,
    TicketsUsedOnce,
    SameKeySameAnswer,
    SalesAgree,
}

impl Promise {
    /// All promises, in the order of the report.
    pub(crate) const ALL: [Self; 10] = [
        Self::SeatsSoldOnce,
        Self::NumbersUnique,
        Self::NumberKept,
        Self::PositionsNeverRise,
        Self::BoardAgrees,
        Self::AdmittedInOrder,
        Self::MoneyExact,
        Self::TicketsUsedOnce,
        Self::SameKeySameAnswer,
        Self::SalesAgree,
    ];

    /// The promise in words.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::SeatsSoldOnce => "no seat is sold to two people",
            Self::NumbersUnique => "no number is given to two people",
            Self::NumberKept => "joining again gives the same number",
            Self::PositionsNeverRise => "a position never rises",
            Self::BoardAgrees => "a position by the announced board agrees with polls",
            Self::AdmittedInOrder => "nobody waits on while somebody behind them is admitted",
            Self::MoneyExact => "every point is accounted for",
            Self::TicketsUsedOnce => "a ticket opens the gate once, and not after its refund",
            Self::SameKeySameAnswer => "the same key gives the same answer",
            Self::SalesAgree => "the operators' sales agree with what people were told",
        }
    }
}
