//! The catalogue of errors: one entry per code, from which the answers, the OpenAPI document and the published list
//! are made. A code never changes once it is published.

use actix_web::http::StatusCode;

macro_rules! catalogue {
    ($($name:ident $status:ident $code:literal, $title:literal, $meaning:literal, $remedy:literal;)*) => {
        /// Code of an error, for clients' programs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $meaning] $name,)* }

        impl Code {
            /// All of them, by status.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// The code itself.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status that it comes with.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// A short name for people.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }

            /// Its meaning, in a sentence or two.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)* }
            }

            /// Its remedy: what a client does about it.
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy,)* }
            }
        }
    };
}

catalogue! {
    MalformedRequest BAD_REQUEST "malformed_request", "Malformed request",
        "The request cannot be read: JSON that is not well formed, a wrong type, a missing or unknown field or query parameter, a bad UUID or date, a NUL character, or a body that did not arrive in time.",
        "Correct the request. Repeating it as it is cannot help.";
    IdempotencyKeyMissing BAD_REQUEST "idempotency_key_missing", "Idempotency key missing",
        "This operation needs an `Idempotency-Key` header.",
        "Send a new random key with each new intent, and the same key with each retry.";
    IdempotencyKeyInvalid BAD_REQUEST "idempotency_key_invalid", "Idempotency key invalid",
        "The `Idempotency-Key` header is not one value of 1 to 255 printable ASCII characters.",
        "Send one such key; a UUID does well.";
    Unauthenticated UNAUTHORIZED "unauthenticated", "Not authenticated",
        "There is no `Authorization: Bearer` header, or its token is not valid here.",
        "Send the access token of `POST /api/v1/users`, or the operator's key on operators' routes.";
    QueueTokenMissing UNAUTHORIZED "queue_token_missing", "Queue token missing",
        "This operation needs a `Queue-Token` header.",
        "Join the waiting room of the concert and send the token that it gives.";
    QueueTokenInvalid UNAUTHORIZED "queue_token_invalid", "Queue token invalid",
        "The queue token was not made by this service, or was changed, or is of no place in line.",
        "Join the waiting room of the concert again and send its token as it is.";
    QueueTokenExpired UNAUTHORIZED "queue_token_expired", "Queue token expired",
        "The turn is over: it expired, was left, or was completed by a payment.",
        "Join the waiting room of the concert again for another turn.";
    InsufficientPoints PAYMENT_REQUIRED "insufficient_points", "Insufficient points",
        "The balance is below the price, or below what an operator takes back. A hold stays. `balance` and `required` say how far off it is.",
        "Charge points and pay again before the hold expires.";
    NotAdmitted FORBIDDEN "not_admitted", "Not admitted yet",
        "It is not this user's turn yet. `position` says where in line they stand.",
        "Poll `GET /api/v1/queue/token` until its state is `ACTIVE`.";
    QueueTokenMismatch FORBIDDEN "queue_token_mismatch", "Queue token of somebody or something else",
        "The queue token belongs to another user or to another concert.",
        "Send the token that this user was given for this concert.";
    Forbidden FORBIDDEN "forbidden", "Not for this caller",
        "The access token or the operators' key is valid, but this operation is for operators, or for those with another role.",
        "Use an operators' key whose role the operation serves, or the owner's.";
    ChargingClosed FORBIDDEN "charging_closed", "Charging is closed",
        "Users do not charge points here: operators credit them.",
        "Ask the organiser for points.";
    NotFound NOT_FOUND "not_found", "No such path",
        "Nothing is served at this path.",
        "Compare the path with the documentation at `/docs`.";
    ConcertNotFound NOT_FOUND "concert_not_found", "No such concert",
        "There is no concert with this id.",
        "Take the id from `GET /api/v1/concerts`.";
    PerformanceNotFound NOT_FOUND "performance_not_found", "No such performance",
        "There is no performance with this id.",
        "Take the id from `GET /api/v1/concerts/{concertId}/performances`.";
    DateNotFound NOT_FOUND "date_not_found", "No performance on that date",
        "The concert has no performance on that date in the venue's time zone.",
        "Take the date from `GET /api/v1/concerts/{concertId}/dates`.";
    SeatNotFound NOT_FOUND "seat_not_found", "No such seat",
        "The performance has no seats with these numbers. `seats` lists them. Nothing was held.",
        "Take the numbers from the seat map.";
    SectionNotFound NOT_FOUND "section_not_found", "No such section",
        "The performance has no section of this name.",
        "Take the name from `GET /api/v1/performances/{performanceId}/layout`, and percent-encode it.";
    ReservationNotFound NOT_FOUND "reservation_not_found", "No such reservation",
        "The user has no reservation with this id. Another user's is not found either.",
        "Take the id from `GET /api/v1/reservations`.";
    PaymentNotFound NOT_FOUND "payment_not_found", "No such payment",
        "The user has no payment with this id. Another user's is not found either.",
        "Take the id from `GET /api/v1/payments`.";
    ChargeNotFound NOT_FOUND "charge_not_found", "No such charge",
        "The user has no charge by a payment provider with this id. Another user's is not found either.",
        "Take the id from the answer of `POST /api/v1/points/charges`.";
    UserNotFound NOT_FOUND "user_not_found", "No such user",
        "There is no user with this id.",
        "Ask the user for the `userId` that `GET /api/v1/users/me` shows them.";
    KeyNotFound NOT_FOUND "key_not_found", "No such key",
        "There never was an operators' key with this id.",
        "Take the id from `GET /api/v1/admin/keys`.";
    WebhookNotFound NOT_FOUND "webhook_not_found", "No such webhook",
        "There is no webhook with this id, or it was deleted.",
        "Take the id from `GET /api/v1/admin/webhooks`.";
    DeliveryNotFound NOT_FOUND "delivery_not_found", "No such delivery",
        "The webhook has no delivery with this id, or it is older than thirty days.",
        "Take the id from `GET /api/v1/admin/webhooks/{webhookId}/deliveries`.";
    TicketNotFound NOT_FOUND "ticket_not_found", "No such ticket",
        "The user has no ticket with this id. Another user's is not found either.",
        "Take the id from `GET /api/v1/tickets`.";
    MethodNotAllowed METHOD_NOT_ALLOWED "method_not_allowed", "Method not allowed",
        "The path does not serve this method. The `Allow` header lists those that it serves.",
        "Use one of the methods in `Allow`.";
    NotAcceptable NOT_ACCEPTABLE "not_acceptable", "Not acceptable",
        "The `Accept` header allows none of the media types that this operation answers with, or `Accept-Encoding` neither a coding that there is nor none.",
        "Accept `application/json` and `application/problem+json`, and `gzip`, `br` or `identity`, or leave the headers out.";
    RequestTimeout REQUEST_TIMEOUT "request_timeout", "Request timeout",
        "The head of the request did not arrive in time. Nothing was done, and the connection is closed.",
        "Send the request again on a new connection.";
    SeatHeld CONFLICT "seat_held", "Seat held",
        "Somebody else holds these seats. `seats` lists them. Nothing was held.",
        "Choose other seats, or try again later: a hold that is not paid expires.";
    SeatSold CONFLICT "seat_sold", "Seat sold",
        "These seats are sold. `seats` lists them. Nothing was held.",
        "Choose other seats.";
    SeatBlocked CONFLICT "seat_blocked", "Seat blocked",
        "These seats are not for sale. `seats` lists them. Nothing was held.",
        "Choose other seats.";
    ReservationActive CONFLICT "reservation_active", "Another reservation is active",
        "The user already holds other seats of this concert, by the reservation `reservationId`.",
        "Pay or cancel that reservation first.";
    SoldOut CONFLICT "sold_out", "Sold out",
        "Nothing is left to wait for: no seat is free, and none is held that might become free, of any performance that can still be booked. To whoever asks for the best seats: fewer are free than they ask for; nothing was held.",
        "Ask for fewer seats, for another section, or again later: a hold that is not paid expires. Once nothing is left to wait for, the waiting room takes people again when a payment is refunded or a performance is added.";
    NoAdjacentSeats CONFLICT "no_adjacent_seats", "No adjacent seats",
        "So many seats are free, but not side by side in one row. Nothing was held.",
        "Ask with `together` as false, for fewer seats, or for another section.";
    SeatLimitExceeded CONFLICT "seat_limit_exceeded", "Seat limit exceeded",
        "The user would have more seats of this concert than allowed. `limit` says how many are allowed.",
        "Reserve fewer seats.";
    SalesNotOpen CONFLICT "sales_not_open", "Sales not open",
        "Sales of this performance have not opened. `salesOpenAt` says when they do.",
        "Try again from `salesOpenAt` on.";
    SalesClosed CONFLICT "sales_closed", "Sales closed",
        "Sales of this performance have closed, at `salesCloseAt`. What was held before can still be paid.",
        "Choose another performance.";
    PerformanceStarted CONFLICT "performance_started", "Performance started",
        "The performance has started, at `startsAt`; its seats can no longer be reserved.",
        "Choose another performance.";
    PerformanceCancelled CONFLICT "performance_cancelled", "Performance cancelled",
        "The performance was cancelled, for good. Nobody holds or pays any more, and it cannot be changed; what was paid comes back by itself.",
        "Choose another performance.";
    RefundClosed CONFLICT "refund_closed", "Refunds closed",
        "Buyers cannot give seats of this performance back, or not any more. `refundableUntil` says until when they could, if ever; never after the start.",
        "Ask an operator.";
    ReservationNotPayable CONFLICT "reservation_not_payable", "Reservation cannot be paid",
        "The reservation was cancelled or refunded.",
        "Reserve again.";
    ReservationNotCancellable CONFLICT "reservation_not_cancellable", "Reservation cannot be cancelled",
        "The reservation is paid.",
        "Nothing to do: the seats are bought.";
    DateAmbiguous CONFLICT "date_ambiguous", "Several performances on that date",
        "Several performances on that date can be booked. `performances` lists their ids, `bookable` their starts too.",
        "Name one of them by `performanceId`.";
    TicketUsed CONFLICT "ticket_used", "Ticket used",
        "Somebody was checked in with this ticket, at `checkedInAt` and at `gate`, where that said its name.",
        "At a gate, let nobody else in with it. To give the seat back, ask the operators.";
    TicketVoid CONFLICT "ticket_void", "Ticket void",
        "The seat of this ticket was refunded, or its performance was cancelled.",
        "Let nobody in with it.";
    IdempotencyInFlight CONFLICT "idempotency_in_flight", "Request with this key in flight",
        "A request with this idempotency key is still being handled. Reserved: at present a concurrent repetition waits for the first request and gets its answer.",
        "Try again with the same key after a pause.";
    HoldExpired GONE "hold_expired", "Hold expired",
        "The reservation was not paid until `expiresAt`; its seats are free again. Nothing was paid.",
        "Reserve again.";
    BodyTooLarge PAYLOAD_TOO_LARGE "body_too_large", "Body too large",
        "The body is over 16 KiB, or over 1 MiB where operators send one.",
        "Send a smaller one.";
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported_media_type", "Unsupported media type",
        "The body is not declared as `application/json` in UTF-8, or it is encoded.",
        "Send plain JSON with `Content-Type: application/json` and no `Content-Encoding`.";
    InvalidValue UNPROCESSABLE_ENTITY "invalid_value", "Invalid value",
        "A value can be read but is not allowed. `field` names it.",
        "Correct the value; `detail` says what is allowed.";
    IdempotencyKeyReused UNPROCESSABLE_ENTITY "idempotency_key_reused", "Idempotency key reused",
        "The idempotency key was used before, for another request.",
        "Use a new key for a new intent.";
    TicketInvalid UNPROCESSABLE_ENTITY "ticket_invalid", "Ticket invalid",
        "The code is not that of a ticket of this performance: it was made up, changed or cut, or it is of another performance.",
        "Scan it again. Let nobody in with it.";
    HeadersTooLarge REQUEST_HEADER_FIELDS_TOO_LARGE "headers_too_large", "Headers too large",
        "The request has more than 96 headers, or a head of over 128 KiB. Nothing was done, and the connection is closed.",
        "Send fewer and shorter headers.";
    RateLimited TOO_MANY_REQUESTS "rate_limited", "Too many requests",
        "More requests came from this address, or from this user, than are allowed, or too much of what they asked for is still to be read. Nothing was done.",
        "Wait for as long as `Retry-After` says, and repeat the request as it is.";
    InternalError INTERNAL_SERVER_ERROR "internal_error", "Internal error",
        "Something went wrong that should not. It was recorded with the `requestId`.",
        "Report the `requestId`. Retrying with the same idempotency key is safe.";
    Unavailable SERVICE_UNAVAILABLE "unavailable", "Temporarily unavailable",
        "The database or the payment provider is out of reach, more work is queued or more large answers are being sent than can be taken, or the outcome of the request is unknown.",
        "Wait for as long as `Retry-After` says and retry with the same idempotency key, or read first.";
}

impl Code {
    /// The path of this service that explains the code.
    pub fn documentation(self) -> String {
        format!("/docs/errors#{}", self.as_str())
    }
}
