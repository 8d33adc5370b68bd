//! Payments: points for seats.

mod list_payments;
mod pay_reservation;
mod show_payment;

pub use list_payments::ListPayments;
pub use pay_reservation::{PayReservation, PayReservationError};
pub use show_payment::{PaymentError, ShowPayment};
