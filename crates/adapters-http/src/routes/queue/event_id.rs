use std::fmt;

use seatline_application::queue::LastSent;
use seatline_domain::queue::{Number, RoomStatus};

/// Names what an event has told to whom: `121-w4` for number 121 at position 4, `121-w4p` for the same in a
/// room that is paused, `121-a` for its turn, `121-e` for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventId {
    pub(super) number: Number,
    pub(super) told: LastSent,
}

impl EventId {
    /// Reads what the holder of this number was sent last, by the id of the last event that they saw. `None` when it is no
    /// id of ours, or was told to somebody else.
    pub(super) fn parse(text: &str, number: Number) -> Option<LastSent> {
        let (told_to, told) = text.split_once('-')?;
        let told = match told {
            "a" => LastSent::Active,
            "e" => LastSent::Ended,
            _ => {
                let position = told.strip_prefix('w')?;
                let (position, room_status) = match position.strip_suffix('p') {
                    Some(position) => (position, RoomStatus::Paused),
                    None => (position, RoomStatus::Open),
                };
                LastSent::Waiting { position: whole(position)?, room_status }
            }
        };
        (whole(told_to)? == number.get()).then_some(told)
    }
}

/// A whole number above 0, in digits only.
fn whole(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|number| digits && *number > 0)
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.told {
            LastSent::Waiting { position, room_status: RoomStatus::Open } => {
                write!(f, "{}-w{position}", self.number)
            }
            LastSent::Waiting { position, room_status: RoomStatus::Paused } => {
                write!(f, "{}-w{position}p", self.number)
            }
            LastSent::Active => write!(f, "{}-a", self.number),
            LastSent::Ended => write!(f, "{}-e", self.number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_compact_and_read_back() {
        let number = Number::new(121);
        let [open, paused] = [RoomStatus::Open, RoomStatus::Paused]
            .map(|room_status| LastSent::Waiting { position: 4, room_status });
        for (told, text) in
            [(open, "121-w4"), (paused, "121-w4p"), (LastSent::Active, "121-a"), (LastSent::Ended, "121-e")]
        {
            assert_eq!(EventId { number, told }.to_string(), text);
            assert_eq!(EventId::parse(text, number), Some(told));
            assert_eq!(EventId::parse(text, Number::new(12)), None, "told to somebody else");
        }
    }

    #[test]
    fn other_texts_are_no_ids() {
        let huge = "121-w99999999999999999999";
        for text in [
            "", "121", "121-", "121-w", "121-wp", "121-w4pp", "121-w0", "121-w-1", "121-w+1", "121-x", "-a",
            "121-aa", huge,
        ] {
            assert_eq!(EventId::parse(text, Number::new(121)), None, "{text}");
        }
    }
}
