/// What is said at the top of the page to which a form has led.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Notice(&'static str, &'static str, bool);

macro_rules! notices {
    ($($name:ident: $slug:literal, $text:literal, $good:literal;)*) => {
        impl Notice {
            $(pub(crate) const $name: Self = Self($slug, $text, $good);)*
            const ALL: &[Self] = &[$(Self::$name),*];
        }
    };
}

notices! {
    LINE_FIRST: "line-first", "notice-line-first", false;
    TURN_OVER: "turn-over", "notice-turn-over", false;
    SEAT_TAKEN: "seat-taken", "notice-seat-taken", false;
    NO_SEAT: "no-seat", "notice-no-seat", false;
    TOO_MANY_SEATS: "too-many-seats", "notice-too-many-seats", false;
    HELD_ALREADY: "held-already", "notice-held-already", false;
    NOT_ON_SALE: "not-on-sale", "notice-not-on-sale", false;
    SALE_CLOSED: "sale-closed", "notice-sale-closed", false;
    CANCELLED: "cancelled", "notice-cancelled", false;
    REFUND_CLOSED: "refund-closed", "notice-refund-closed", false;
    TICKET_USED: "ticket-used", "notice-ticket-used", false;
    REFUNDED: "refunded", "notice-refunded", true;
    STARTED: "started", "notice-started", false;
    NOT_TOGETHER: "not-together", "notice-not-together", false;
    TOO_FEW_LEFT: "too-few-left", "notice-too-few-left", false;
    SOLD_OUT: "sold-out", "notice-sold-out", false;
    LAPSED: "lapsed", "notice-lapsed", false;
    NOT_PAYABLE: "not-payable", "notice-not-payable", false;
    TOO_FEW_POINTS: "too-few-points", "notice-too-few-points", false;
    BAD_AMOUNT: "bad-amount", "notice-bad-amount", false;
    WALLET_FULL: "wallet-full", "notice-wallet-full", false;
    BAD_NAME: "bad-name", "notice-bad-name", false;
    BAD_TOKEN: "bad-token", "notice-bad-token", false;
    AGAIN: "again", "notice-again", false;
    CHARGING_CLOSED: "charging-closed", "notice-charging-closed", false;
    CHARGE_PENDING: "charge-pending", "notice-charge-pending", false;
    CHARGE_REFUSED: "charge-refused", "notice-charge-refused", false;
    CHARGE_EXPIRED: "charge-expired", "notice-charge-expired", false;
    PROVIDER_UNAVAILABLE: "provider-unavailable", "notice-provider-unavailable", false;
    CHARGED: "charged", "notice-charged", true;
    PAID: "paid", "notice-paid", true;
    RELEASED: "released", "notice-released", true;
    LEFT: "left", "notice-left", true;
    WELCOME: "welcome", "notice-welcome", true;
    SIGNED_OUT: "signed-out", "notice-signed-out", true;
    CONCERT_ADDED: "concert-added", "notice-concert-added", true;
    PERFORMANCE_ADDED: "performance-added", "notice-performance-added", true;
    ROOM_CHANGED: "room-changed", "notice-room-changed", true;
    ROOM_PAUSED: "room-paused", "notice-room-paused", true;
    ROOM_OPENED: "room-opened", "notice-room-opened", true;
    CORRECTED: "corrected", "notice-corrected", true;
    SEATS_BLOCKED: "seats-blocked", "notice-seats-blocked", true;
    SEATS_UNBLOCKED: "seats-unblocked", "notice-seats-unblocked", true;
    PERFORMANCE_CANCELLED: "performance-cancelled", "notice-performance-cancelled", true;
    REFUNDED_FOR: "refunded-for", "notice-refunded-for", true;
    POINTS_CHANGED: "points-changed", "notice-points-changed", true;
    WEBHOOK_CHANGED: "webhook-changed", "notice-webhook-changed", true;
    WEBHOOK_DELETED: "webhook-deleted", "notice-webhook-deleted", true;
    DELIVERY_REPLAYED: "delivery-replayed", "notice-delivery-replayed", true;
    KEY_REVOKED: "key-revoked", "notice-key-revoked", true;
}

impl Notice {
    /// The notice of this name, as addresses have it.
    pub(crate) fn of(slug: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|notice| notice.0 == slug)
    }

    /// An address that leads to a path and says this there.
    pub(crate) fn at(self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        format!("{path}{mark}notice={}", self.0)
    }

    pub(crate) const fn text_id(self) -> &'static str {
        self.1
    }

    pub(crate) const fn is_good(self) -> bool {
        self.2
    }
}
