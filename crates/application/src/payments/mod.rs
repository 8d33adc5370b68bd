//! Payments: points for seats, and back.

mod list_payments;
mod pay_reservation;
mod refund_cancelled;
mod refund_payment;
mod show_payment;

pub use list_payments::ListPayments;
pub use pay_reservation::{PayReservation, PayReservationError};
pub use refund_cancelled::RefundCancelled;
pub use refund_payment::RefundPayment;
pub use show_payment::{PaymentError, ShowPayment};
