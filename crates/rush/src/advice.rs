/// What to do where a service keeps the crowd to a rate.
pub(crate) const RATE_LIMITED: &str = "\
The service keeps each address to a rate and refuses what is beyond it with 429. Everybody waits as they are told to, so
this takes long and shows the limits rather than the service. To rehearse a sale, start the service with
SEATLINE_RATE_LIMITS=off; where that cannot be, give --admin-key, with which at least accounts are opened beyond the limit.";
