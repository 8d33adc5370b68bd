//! Every change, one command a file: lane → lock → load → **decide** → store.
//!
//! A [`Command`] names the rows that it needs and decides on them. These decisions are the rules of Seatline; they are
//! pure. An adapter asks each command of a batch for its [`Footprint`](crate::working_set::Footprint), locks and loads
//! what the footprints name into a [`WorkingSet`](crate::working_set::WorkingSet), takes the time, lets the commands
//! [`decide`](Command::decide) in their order of arrival, and stores what changed in one transaction. The in-memory
//! reference adapter keeps everything in one working set and calls the same functions.

mod admit_waiting;
mod cancel_performance;
mod cancel_reservation;
mod change_concert;
mod change_performance;
mod change_seats;
mod change_section;
mod change_webhook;
mod charge_points;
mod check_in_ticket;
mod command;
mod configure_queue;
mod create_charge;
mod create_operator_key;
mod create_webhook;
mod credit_points;
mod delete_operator_key;
mod end_line;
mod end_webhook;
mod expire_hold;
mod hold_seats;
mod hold_target;
mod join_queue;
mod leave_queue;
mod make_device_code;
mod operator_change;
mod operator_key_record;
mod pay_reservation;
mod record_finding;
mod refund_payment;
mod register_user;
mod release_hold;
mod remove_passes;
mod replay_delivery;
mod show_up;
mod turn_error;
mod use_device_code;
mod wanted_seats;
mod webhook_error;
mod webhook_record;

pub use admit_waiting::{AdmitWaitingCommand, Admitted};
pub use cancel_performance::{CancelPerformanceCommand, CompleteCancellationCommand};
pub use cancel_reservation::{CancelError, CancelReservationCommand};
pub use change_concert::ChangeConcertCommand;
pub use change_performance::ChangePerformanceCommand;
pub use change_seats::{ChangeSeatsCommand, ChangeSeatsError};
pub use change_section::ChangeSectionCommand;
pub use change_webhook::ChangeWebhookCommand;
pub use charge_points::{ChargeError, ChargePointsCommand};
pub use check_in_ticket::{CheckInError, CheckInTicketCommand};
pub use command::Command;
pub use configure_queue::{ConfigureError, ConfigureQueueCommand};
pub use create_charge::{CreateChargeCommand, CreateChargeError};
pub use create_operator_key::{CreateOperatorKeyCommand, CreateOperatorKeyError};
pub use create_webhook::CreateWebhookCommand;
pub use credit_points::{CreditError, CreditPointsCommand};
pub use delete_operator_key::{DeleteOperatorKeyCommand, DeleteOperatorKeyError};
pub use end_line::EndLineCommand;
pub use end_webhook::{DeleteWebhookCommand, GiveUpWebhookCommand};
pub use expire_hold::ExpireHoldCommand;
pub use hold_seats::{HoldError, HoldSeatsCommand};
pub use hold_target::HoldTarget;
pub use join_queue::{JoinError, JoinQueueCommand, Joined};
pub use leave_queue::{LeaveError, LeaveQueueCommand};
pub use make_device_code::MakeDeviceCodeCommand;
pub use pay_reservation::{PayError, PayReservationCommand};
pub use record_finding::{RecordFindingCommand, RecordFindingError};
pub use refund_payment::{RefundError, RefundPaymentCommand, RefundRequester};
pub use register_user::{RegisterError, RegisterUserCommand};
pub use remove_passes::RemovePassesCommand;
pub use replay_delivery::ReplayDeliveryCommand;
pub use show_up::ShowUpCommand;
pub use turn_error::TurnError;
pub use use_device_code::{UseDeviceCodeCommand, UseDeviceCodeError};
pub use wanted_seats::{BestChoice, WantedSeats};
pub use webhook_error::WebhookError;
