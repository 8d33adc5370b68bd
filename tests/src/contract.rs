//! What the HTTP contract says of every body, field by field.

use crate::kind::Kind::{
    Count, Date, Facts, Flag, Id, Instant, List, Nullable, Number, Object, OneOf, PageOf, Points,
    SignedPoints, Text,
};
use crate::kind::{Fields, Kind};

/// A user who has just registered.
pub const REGISTERED: Kind = Object(&[("userId", Id), ("name", Nullable(&Text)), ("accessToken", Text)]);

/// A user's page.
pub const PROFILE: Kind = Object(&[
    ("userId", Id),
    ("name", Nullable(&Text)),
    ("balance", Points),
    ("seats", List(&OWNED_SEAT)),
    ("seatsTotal", Count),
]);

/// A seat on a user's page.
pub const OWNED_SEAT: Kind = Object(&[
    ("reservationId", Id),
    ("concertId", Id),
    ("title", Text),
    ("performanceId", Id),
    ("startsAt", Instant),
    ("seatNumber", Count),
    ("section", Text),
    ("paidAt", Instant),
]);

/// A concert.
pub const CONCERT: Kind = Object(&[
    ("concertId", Id),
    ("title", Text),
    ("venue", Text),
    ("timezone", Text),
    ("maxSeatsPerUser", Count),
]);

/// One page of concerts.
pub const CONCERTS: Kind = PageOf(&CONCERT);

/// The dates that can be booked.
pub const DATES: Kind = Object(&[("concertId", Id), ("dates", List(&Date)), ("complete", Flag)]);

/// Whether a performance takes place.
pub const PERFORMANCE_STATE: Kind = OneOf(&["SCHEDULED", "CANCELLED"]);

/// A performance.
pub const PERFORMANCE: Kind = Object(&[
    ("performanceId", Id),
    ("concertId", Id),
    ("date", Date),
    ("startsAt", Instant),
    ("salesOpenAt", Nullable(&Instant)),
    ("salesCloseAt", Nullable(&Instant)),
    ("refundableUntil", Nullable(&Instant)),
    ("state", PERFORMANCE_STATE),
    ("totalSeats", Count),
    ("availableSeats", Count),
    ("priceFrom", Points),
    ("priceTo", Points),
]);

/// Where the seats of a performance are.
pub const LAYOUT: Kind = Object(&[
    ("performanceId", Id),
    ("width", Number),
    ("height", Number),
    ("sections", List(&LAYOUT_SECTION)),
    ("accessibleSeats", List(&Count)),
]);

/// A section of a layout.
pub const LAYOUT_SECTION: Kind = Object(&[("name", Text), ("price", Points), ("rows", List(&LAYOUT_ROW))]);

/// A row of a layout.
pub const LAYOUT_ROW: Kind = Object(&[
    ("label", Text),
    ("firstSeat", Count),
    ("lastSeat", Count),
    ("x", Number),
    ("y", Number),
    ("dx", Number),
    ("dy", Number),
]);

/// How many seats of a performance are in which state.
pub const SEAT_COUNTS: Kind = Object(&[
    ("performanceId", Id),
    ("available", Count),
    ("held", Count),
    ("sold", Count),
    ("blocked", Count),
]);

/// One page of performances.
pub const PERFORMANCES: Kind = PageOf(&PERFORMANCE);

/// What the public may know of a waiting room.
pub const QUEUE: Kind = Object(&[
    ("concertId", Id),
    ("state", OneOf(&["OPEN", "PAUSED"])),
    ("nowServing", Count),
    ("lastNumber", Count),
    ("waiting", Count),
    ("active", Count),
    ("capacity", Count),
    ("admitPerMinute", Nullable(&Count)),
]);

/// A waiting room's line as it was announced.
pub const BOARD: Kind = Object(&[
    ("concertId", Id),
    ("announcedAt", Instant),
    ("state", OneOf(&["OPEN", "PAUSED"])),
    ("served", Count),
    ("lastNumber", Count),
    ("departures", List(&DEPARTURES)),
    ("availableSeats", Count),
]);

/// How many have left up to a number.
pub const DEPARTURES: Kind = Object(&[("upTo", Count), ("count", Count)]);

/// A queue token.
pub const TOKEN: Kind = Object(&[
    ("token", Text),
    ("userId", Id),
    ("concertId", Id),
    ("number", Count),
    ("state", OneOf(&["WAITING", "ACTIVE", "COMPLETED", "EXPIRED", "LEFT", "ENDED"])),
    ("position", Count),
    ("ahead", Count),
    ("etaSeconds", Nullable(&Count)),
    ("pollAfterMs", Count),
    ("issuedAt", Instant),
    ("expiresAt", Nullable(&Instant)),
    ("showUpBy", Nullable(&Instant)),
    ("queueState", OneOf(&["OPEN", "PAUSED"])),
    ("availableSeats", Count),
]);

/// The seats of a performance.
pub const SEAT_MAP: Kind = Object(&[
    ("performanceId", Id),
    ("concertId", Id),
    ("date", Date),
    ("startsAt", Instant),
    ("totalSeats", Count),
    ("availableSeats", Count),
    ("seats", Nullable(&List(&SEAT))),
]);

/// A seat.
pub const SEAT: Kind = Object(&[
    ("number", Count),
    ("section", Text),
    ("price", Points),
    ("state", OneOf(&["AVAILABLE", "HELD", "SOLD", "BLOCKED"])),
    ("mine", Flag),
]);

/// Every seat that is not free, as ranges.
pub const SEATS_TAKEN: Kind = Object(&[
    ("held", List(&List(&Count))),
    ("sold", List(&List(&Count))),
    ("blocked", List(&List(&Count))),
    ("mine", List(&List(&Count))),
]);

/// The seats that have changed, as ranges.
pub const SEAT_CHANGES: Kind = Object(&[
    ("free", List(&List(&Count))),
    ("held", List(&List(&Count))),
    ("sold", List(&List(&Count))),
    ("blocked", List(&List(&Count))),
    ("mine", List(&List(&Count))),
]);

/// The seats of every performance on a date.
pub const SEATS_OF_DATE: Kind =
    Object(&[("concertId", Id), ("date", Date), ("performances", List(&SEAT_MAP))]);

/// A reservation.
pub const RESERVATION: Kind = Object(&[
    ("reservationId", Id),
    ("concertId", Id),
    ("performanceId", Id),
    ("seats", List(&RESERVED_SEAT)),
    ("amount", Points),
    ("state", OneOf(&["HELD", "PAID", "EXPIRED", "CANCELLED", "REFUNDED"])),
    ("heldAt", Instant),
    ("expiresAt", Instant),
    ("paymentId", Nullable(&Id)),
]);

/// A seat of a reservation.
pub const RESERVED_SEAT: Kind = Object(&[("number", Count), ("section", Text), ("price", Points)]);

/// One page of reservations.
pub const RESERVATIONS: Kind = PageOf(&RESERVATION);

/// A user's points.
pub const BALANCE: Kind = Object(&[("userId", Id), ("balance", Points)]);

/// A charge.
pub const CHARGE: Kind = Object(&[
    ("entryId", Id),
    ("userId", Id),
    ("amount", Points),
    ("balance", Points),
    ("createdAt", Instant),
]);

/// Progress of a charge by a provider.
pub const CHARGE_STATE: Kind = OneOf(&["PENDING", "PAID", "REFUSED", "EXPIRED"]);

/// A charge that a provider takes the money of.
pub const CHECKOUT: Kind = Object(&[
    ("chargeId", Id),
    ("amount", Points),
    ("state", CHARGE_STATE),
    ("checkoutUrl", Nullable(&Text)),
    ("expiresAt", Instant),
]);

/// The same, as it is looked at later.
pub const PROVIDER_CHARGE: Kind = Object(&[
    ("chargeId", Id),
    ("amount", Points),
    ("state", CHARGE_STATE),
    ("entryId", Nullable(&Id)),
    ("balance", Points),
]);

/// A ledger entry.
pub const ENTRY: Kind = Object(&[
    ("entryId", Id),
    ("kind", OneOf(&["CHARGE", "PAYMENT", "REFUND", "CREDIT", "DEBIT"])),
    ("amount", SignedPoints),
    ("balanceAfter", Points),
    ("referenceId", Nullable(&Id)),
    ("createdAt", Instant),
]);

/// One page of a ledger.
pub const ENTRIES: Kind = PageOf(&ENTRY);

/// A payment.
pub const PAYMENT: Kind = Object(&[
    ("paymentId", Id),
    ("reservationId", Id),
    ("userId", Id),
    ("amount", Points),
    ("balance", Points),
    ("state", OneOf(&["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"])),
    ("paidAt", Instant),
    ("seats", List(&Count)),
    ("refundedAmount", Points),
    ("refunds", List(&REFUND)),
]);

/// A refund, as its owner sees it.
pub const REFUND: Kind = Object(&[
    ("refundId", Id),
    ("paymentId", Id),
    ("amount", Points),
    ("balance", Points),
    ("seats", List(&Count)),
    ("by", OneOf(&["USER", "OPERATOR", "CANCELLATION"])),
    ("reason", Nullable(&Text)),
    ("refundedAt", Instant),
]);

/// A refund, as operators see it.
pub const REFUND_FOR_USER: Kind = Object(&[
    ("refundId", Id),
    ("paymentId", Id),
    ("amount", Points),
    ("seats", List(&Count)),
    ("by", OneOf(&["USER", "OPERATOR", "CANCELLATION"])),
    ("reason", Nullable(&Text)),
    ("refundedAt", Instant),
]);

/// How far the cancellation of a performance is.
pub const CANCELLATION: Kind = Object(&[
    ("performanceId", Id),
    ("state", PERFORMANCE_STATE),
    ("reason", Nullable(&Text)),
    ("refunds", REFUND_PROGRESS),
]);

/// How far the refunds of a cancelled performance are.
pub const REFUND_PROGRESS: Kind = Object(&[("total", Count), ("done", Count), ("amount", Points)]);

/// One page of payments.
pub const PAYMENTS: Kind = PageOf(&PAYMENT);

/// A ticket.
pub const TICKET: Kind = Object(&[
    ("ticketId", Text),
    ("paymentId", Id),
    ("concertId", Id),
    ("performanceId", Id),
    ("title", Text),
    ("venue", Text),
    ("startsAt", Instant),
    ("section", Text),
    ("row", Nullable(&Text)),
    ("place", Nullable(&Count)),
    ("seatNumber", Count),
    ("state", OneOf(&["VALID", "USED", "VOID"])),
    ("code", Text),
    ("checkedInAt", Nullable(&Instant)),
]);

/// One page of a user's tickets.
pub const TICKETS: Kind = PageOf(&TICKET);

/// The keys that verify tickets' codes.
pub const TICKET_KEYS: Kind = Object(&[("keys", List(&TICKET_KEY))]);

/// One of them.
pub const TICKET_KEY: Kind = Object(&[
    ("kty", OneOf(&["OKP"])),
    ("crv", OneOf(&["Ed25519"])),
    ("use", OneOf(&["sig"])),
    ("alg", OneOf(&["EdDSA"])),
    ("kid", Text),
    ("x", Text),
]);

/// A ticket that was checked in.
pub const CHECK_IN: Kind = Object(&[
    ("ticketId", Text),
    ("section", Text),
    ("row", Nullable(&Text)),
    ("place", Nullable(&Count)),
    ("seatNumber", Count),
    ("name", Nullable(&Text)),
    ("checkedInAt", Instant),
]);

/// A ticket on the list of a gate.
pub const LISTED_TICKET: Kind = Object(&[
    ("ticketId", Text),
    ("seatNumber", Count),
    ("section", Text),
    ("row", Nullable(&Text)),
    ("place", Nullable(&Count)),
    ("name", Nullable(&Text)),
    ("state", OneOf(&["VALID", "USED", "VOID"])),
    ("checkedInAt", Nullable(&Instant)),
]);

/// One page of the list of a gate.
pub const LISTED_TICKETS: Kind = PageOf(&LISTED_TICKET);

/// How a sale is going.
pub const SALES: Kind = Object(&[
    ("concertId", Id),
    ("queue", QUEUE),
    ("performances", List(&PERFORMANCE_SALES)),
    ("nextCursor", Nullable(&Text)),
]);

/// What was sold of a performance.
pub const PERFORMANCE_SALES: Kind = Object(&[
    ("performanceId", Id),
    ("startsAt", Instant),
    ("available", Count),
    ("held", Count),
    ("sold", Count),
    ("blocked", Count),
    ("revenue", Points),
    ("refunded", Points),
    ("state", PERFORMANCE_STATE),
    ("checkedIn", Count),
]);

/// What an operator changed.
pub const AUDIT_ENTRY: Kind = Object(&[
    ("entryId", Id),
    ("operator", Text),
    ("keyId", Nullable(&Id)),
    ("action", Text),
    ("before", Nullable(&Facts)),
    ("after", Facts),
    ("at", Instant),
]);

/// One page of what operators changed.
pub const AUDIT: Kind = PageOf(&AUDIT_ENTRY);

/// An operators' key, as it is listed.
pub const OPERATOR_KEY: Kind = Object(&[
    ("keyId", Id),
    ("name", Text),
    ("role", OneOf(&["OPERATOR", "SUPPORT", "GATE"])),
    ("createdAt", Instant),
]);

/// One page of operators' keys.
pub const OPERATOR_KEYS: Kind = PageOf(&OPERATOR_KEY);

/// An operators' key that was made.
pub const CREATED_KEY: Kind = Object(&[
    ("keyId", Id),
    ("name", Text),
    ("role", OneOf(&["OPERATOR", "SUPPORT", "GATE"])),
    ("createdAt", Instant),
    ("key", Nullable(&Text)),
]);

/// A user, as a support desk sees them.
pub const SUPPORTED_USER: Kind = Object(&[
    ("userId", Id),
    ("name", Nullable(&Text)),
    ("balance", Points),
    ("createdAt", Instant),
    ("seats", List(&OWNED_SEAT)),
    ("seatsTotal", Count),
]);

/// Types of events.
pub const EVENT_TYPE: Kind = OneOf(&[
    "reservation.held",
    "reservation.expired",
    "reservation.cancelled",
    "payment.completed",
    "payment.refunded",
    "charge.completed",
    "performance.changed",
    "performance.cancelled",
    "ticket.checked_in",
]);

/// A webhook.
pub const WEBHOOK: Kind = Object(&[
    ("webhookId", Id),
    ("url", Text),
    ("events", List(&EVENT_TYPE)),
    ("enabled", Flag),
    ("createdAt", Instant),
    ("disabledAt", Nullable(&Instant)),
    ("previousSecretUntil", Nullable(&Instant)),
]);

/// One page of webhooks.
pub const WEBHOOKS: Kind = PageOf(&WEBHOOK);

/// A webhook with its secret.
pub const CREATED_WEBHOOK: Kind = Object(&[
    ("webhookId", Id),
    ("url", Text),
    ("events", List(&EVENT_TYPE)),
    ("enabled", Flag),
    ("createdAt", Instant),
    ("previousSecretUntil", Nullable(&Instant)),
    ("secret", Text),
]);

/// An attempt to deliver.
pub const DELIVERY_ATTEMPT: Kind = Object(&[
    ("at", Instant),
    ("status", Nullable(&Count)),
    ("milliseconds", Count),
    ("failure", Nullable(&Text)),
]);

/// The delivery of an event to a webhook.
pub const DELIVERY: Kind = Object(&[
    ("deliveryId", Id),
    ("event", EVENT_TYPE),
    ("state", OneOf(&["PENDING", "DELIVERED", "FAILED"])),
    ("attempts", List(&DELIVERY_ATTEMPT)),
    ("nextAttemptAt", Nullable(&Instant)),
]);

/// One page of deliveries.
pub const DELIVERIES: Kind = PageOf(&DELIVERY);

/// An event of the feed.
pub const EVENT: Kind =
    Object(&[("eventId", Id), ("type", EVENT_TYPE), ("timestamp", Instant), ("data", Facts)]);

/// Events of the feed.
pub const EVENTS: Kind = Object(&[("items", List(&EVENT)), ("nextCursor", Text)]);

/// What every problem has, whatever else helps.
pub const PROBLEM: Fields = &[
    ("type", Text),
    ("title", Text),
    ("status", Count),
    ("detail", Text),
    ("instance", Text),
    ("code", Text),
    ("requestId", Text),
];
