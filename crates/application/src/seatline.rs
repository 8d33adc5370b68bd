use std::sync::Arc;

use chrono::TimeDelta;

use crate::accounts::{
    AuthenticateUser, ForgetDeviceCodes, MakeDeviceCode, RegisterUser, RemoveIdleAccounts, ShowProfile,
    UseDeviceCode,
};
use crate::charges::{
    Charging, ChargingMode, ConfirmCharge, LookUpCharges, OpenCheckout, ProviderCharges, ReceiveNotice,
    ShowCharge,
};
use crate::idempotency::DeleteExpiredKeys;
use crate::operator_keys::{
    AuthenticateOperator, CreateOperatorKey, DeleteOperatorKey, ListOperatorKeys, OperatorSessions,
};
use crate::operators::{
    AddConcert, AddPerformance, CancelPerformance, ChangeConcert, ChangePerformance, ChangeSeats,
    ChangeSection, CheckInTicket, CheckInvariants, ConfigureQueue, CreditPoints, ListAudit,
    ListPerformanceTickets, RefundForUser, ShowCancellation, ShowSales,
};
use crate::payments::{ListPayments, PayReservation, RefundCancelled, RefundPayment, ShowPayment};
use crate::points::{ChargePoints, ListEntries, ShowBalance};
use crate::ports::Ports;
use crate::programme::{
    ListBookableDates, ListConcerts, ListPerformances, ShowConcert, ShowLayout, ShowPerformance,
};
use crate::queue::{
    AdmitWaiting, Boards, EndSoldOutLines, JoinQueue, LeaveQueue, Line, PollQueue, QueueTokens,
    RefreshBoards, RemoveOldPasses, RequireTurn, ShowBoard, ShowQueue, WatchQueue,
};
use crate::reservations::{CancelReservation, ExpireHolds, HoldSeats, ListReservations, ShowReservation};
use crate::seats::{ShowSeats, ShowSeatsOfDate, WatchSeats};
use crate::streams::StreamPlaces;
use crate::support::{RequireUser, ShowUser};
use crate::tickets::{ListTickets, ShowTicket, TicketCodes};
use crate::webhooks::{
    ChangeWebhook, CreateWebhook, DeleteWebhook, DeliverEvents, DeliveryPorts, ForgetEvents, ListDeliveries,
    ListEvents, ListWebhooks, ReplayDelivery,
};

/// What an operator configures of the use cases.
pub struct Settings {
    /// How long a hold lasts.
    pub hold_ttl: TimeDelta,
    /// The keys of queue tokens.
    pub queue_tokens: QueueTokens,
    /// The keys of tickets' codes.
    pub ticket_codes: TicketCodes,
    /// How many streams of events are open here at the same time; [`StreamPlaces::MAX`] unless there is a reason.
    pub streams_max: usize,
    /// How points are charged.
    pub charging: ChargingMode,
    /// How long accounts are kept that never did anything; for ever, if not said.
    pub keep_idle_accounts: Option<TimeDelta>,
    /// How long passes are kept after the last performance of their concert has started; for ever, if not said.
    pub keep_passes: Option<TimeDelta>,
}

macro_rules! seatline {
    ($($(#[$doc:meta])* $field:ident: $use_case:ty,)*) => {
        /// Everything that Seatline does, one field a use case.
        pub struct Seatline { $($(#[$doc])* pub $field: $use_case,)* }
    };
}

seatline! {
    /// Opens accounts.
    register_user: RegisterUser,
    /// Authenticates users.
    authenticate_user: AuthenticateUser,
    /// Makes codes by which accounts come to other devices.
    make_device_code: MakeDeviceCode,
    /// Gives accounts to the devices on which their codes were typed.
    use_device_code: UseDeviceCode,
    /// Removes expired codes of that kind.
    forget_device_codes: ForgetDeviceCodes,
    /// Shows a user's page.
    show_profile: ShowProfile,
    /// Lists concerts.
    list_concerts: ListConcerts,
    /// Shows one concert.
    show_concert: ShowConcert,
    /// Lists bookable dates.
    list_bookable_dates: ListBookableDates,
    /// Lists performances.
    list_performances: ListPerformances,
    /// Shows one performance.
    show_performance: ShowPerformance,
    /// Shows where a performance's seats are.
    show_layout: ShowLayout,
    /// Gives passes.
    join_queue: JoinQueue,
    /// Answers with positions.
    poll_queue: PollQueue,
    /// Streams positions whenever they change.
    watch_queue: WatchQueue,
    /// Ends waits and turns.
    leave_queue: LeaveQueue,
    /// Shows a waiting room.
    show_queue: ShowQueue,
    /// Shows what is announced of a line.
    show_board: ShowBoard,
    /// Admits people, room by room.
    admit_waiting: AdmitWaiting,
    /// Counts what is left of the seats, and ends lines behind which nothing is left.
    end_sold_out_lines: EndSoldOutLines,
    /// Verifies queue tokens.
    queue_tokens: Arc<QueueTokens>,
    /// Shows the seats of a performance.
    show_seats: ShowSeats,
    /// Shows the seats of a date.
    show_seats_of_date: ShowSeatsOfDate,
    /// Streams what changes of seats.
    watch_seats: WatchSeats,
    /// Bounds how many streams of events are open.
    streams: Arc<StreamPlaces>,
    /// Holds seats.
    hold_seats: HoldSeats,
    /// Cancels holds.
    cancel_reservation: CancelReservation,
    /// Shows one reservation.
    show_reservation: ShowReservation,
    /// Lists reservations.
    list_reservations: ListReservations,
    /// Records which holds have expired.
    expire_holds: ExpireHolds,
    /// Removes the records of expired idempotency keys.
    delete_expired_keys: DeleteExpiredKeys,
    /// Removes accounts that never did anything.
    remove_idle_accounts: RemoveIdleAccounts,
    /// Removes the passes of rooms that have been closed for long.
    remove_old_passes: RemoveOldPasses,
    /// Charges points.
    charge_points: ChargePoints,
    /// How points are charged.
    charging: Charging,
    /// Shows one charge.
    show_charge: ShowCharge,
    /// Leads to the provider's page.
    open_checkout: OpenCheckout,
    /// Takes what a browser has agreed to pay.
    confirm_charge: ConfirmCharge,
    /// Takes the provider's notices.
    receive_notice: ReceiveNotice,
    /// Looks up charges whose money is waited for.
    look_up_charges: LookUpCharges,
    /// Shows a balance.
    show_balance: ShowBalance,
    /// Lists ledger entries.
    list_entries: ListEntries,
    /// Pays reservations.
    pay_reservation: PayReservation,
    /// Gives seats of payments back.
    refund_payment: Arc<RefundPayment>,
    /// Shows one payment.
    show_payment: ShowPayment,
    /// Lists payments.
    list_payments: ListPayments,
    /// Lists tickets.
    list_tickets: ListTickets,
    /// Shows one ticket.
    show_ticket: ShowTicket,
    /// Signs and verifies the codes of tickets.
    ticket_codes: Arc<TicketCodes>,
    /// Adds concerts.
    add_concert: AddConcert,
    /// Adds performances.
    add_performance: AddPerformance,
    /// Changes concerts.
    change_concert: ChangeConcert,
    /// Changes performances.
    change_performance: ChangePerformance,
    /// Gives seats of payments back for their users.
    refund_for_user: RefundForUser,
    /// Adds points to wallets, or takes some back.
    credit_points: CreditPoints,
    /// Cancels performances.
    cancel_performance: CancelPerformance,
    /// Shows how far the refunds of cancelled performances are.
    show_cancellation: Arc<ShowCancellation>,
    /// Refunds what was paid for cancelled performances.
    refund_cancelled: RefundCancelled,
    /// Changes prices of sections.
    change_section: ChangeSection,
    /// Blocks seats.
    change_seats: ChangeSeats,
    /// Changes waiting rooms.
    configure_queue: ConfigureQueue,
    /// Shows how a sale is going.
    show_sales: ShowSales,
    /// Lists the tickets of a performance.
    list_performance_tickets: ListPerformanceTickets,
    /// Checks tickets in.
    check_in_ticket: CheckInTicket,
    /// Lists operators' changes.
    list_audit: ListAudit,
    /// Authenticates operators by the keys that the owner made.
    authenticate_operator: Arc<AuthenticateOperator>,
    /// Exchanges operators' keys for sessions.
    operator_sessions: OperatorSessions,
    /// Makes operators' keys.
    create_operator_key: CreateOperatorKey,
    /// Lists operators' keys.
    list_operator_keys: ListOperatorKeys,
    /// Deletes operators' keys.
    delete_operator_key: DeleteOperatorKey,
    /// Makes webhooks.
    create_webhook: CreateWebhook,
    /// Lists webhooks.
    list_webhooks: ListWebhooks,
    /// Changes webhooks.
    change_webhook: ChangeWebhook,
    /// Deletes webhooks.
    delete_webhook: DeleteWebhook,
    /// Lists deliveries to a webhook.
    list_deliveries: ListDeliveries,
    /// Delivers events once more.
    replay_delivery: ReplayDelivery,
    /// Lists events.
    list_events: ListEvents,
    /// Publishes and delivers events.
    deliver_events: DeliverEvents,
    /// Removes old events.
    forget_events: ForgetEvents,
    /// Shows a user to a support desk.
    show_user: ShowUser,
    /// Requires that there is a user.
    require_user: RequireUser,
    /// Looks for broken invariants.
    check_invariants: CheckInvariants,
}

impl Seatline {
    /// Wires every use case to its ports.
    #[expect(clippy::too_many_lines, reason = "a line or some for each use case")]
    pub fn new(ports: Ports, settings: Settings) -> Self {
        let Ports {
            accounts,
            device_codes,
            programme,
            editor,
            rooms,
            queue,
            announced_boards,
            inventory,
            reservations,
            wallets,
            charges,
            payments,
            cancellations,
            tickets,
            audit,
            operator_keys,
            webhooks,
            deliveries,
            feed,
            webhook_calls,
            inspection,
            keys,
            idle_accounts,
            ids,
        } = ports;
        let queue_tokens = Arc::new(settings.queue_tokens);
        let ticket_codes = Arc::new(settings.ticket_codes);
        let boards = Arc::new(Boards::default());
        let refresh = Arc::new(RefreshBoards::new(queue.clone(), boards.clone()));
        let line = Arc::new(Line {
            reader: queue.clone(),
            rooms: rooms.clone(),
            boards: boards.clone(),
            refresh: refresh.clone(),
        });
        let deliver_events = DeliverEvents::new(DeliveryPorts {
            feed: feed.clone(),
            deliveries: deliveries.clone(),
            webhooks: webhooks.clone(),
            calls: webhook_calls.clone(),
            ids: ids.clone(),
        });
        let turn = Arc::new(RequireTurn { line: line.clone() });
        let streams = StreamPlaces::new(settings.streams_max);
        let authenticate_operator = Arc::new(AuthenticateOperator::new(operator_keys.clone()));
        let refund_payment = Arc::new(RefundPayment {
            payments: payments.clone(),
            reservations: reservations.clone(),
            ids: ids.clone(),
        });
        let charging = match settings.charging {
            ChargingMode::Play => Charging::Play,
            ChargingMode::Operator => Charging::Operator,
            ChargingMode::Provider { provider, currency } => {
                let provider = ProviderCharges::new(provider, currency, charges.clone(), ids.clone());
                Charging::Provider(Arc::new(provider))
            }
        };
        let show_cancellation = Arc::new(ShowCancellation { cancellations: cancellations.clone() });
        Self {
            register_user: RegisterUser {
                accounts: accounts.clone(),
                ids: ids.clone(),
                secrets: queue_tokens.clone(),
            },
            authenticate_user: AuthenticateUser::new(accounts.clone()),
            make_device_code: MakeDeviceCode { codes: device_codes.clone(), secrets: queue_tokens.clone() },
            use_device_code: UseDeviceCode { codes: device_codes.clone(), secrets: queue_tokens.clone() },
            forget_device_codes: ForgetDeviceCodes { codes: device_codes },
            show_profile: ShowProfile {
                accounts: accounts.clone(),
                wallets: wallets.clone(),
                payments: payments.clone(),
            },
            list_concerts: ListConcerts { programme: programme.clone() },
            show_concert: ShowConcert { programme: programme.clone() },
            list_bookable_dates: ListBookableDates { programme: programme.clone() },
            list_performances: ListPerformances { programme: programme.clone() },
            show_performance: ShowPerformance { programme: programme.clone() },
            show_layout: ShowLayout { programme: programme.clone() },
            join_queue: JoinQueue { rooms: rooms.clone(), line: line.clone(), tokens: queue_tokens.clone() },
            watch_queue: WatchQueue::new(line.clone(), streams.clone()),
            show_board: ShowBoard::new(line.clone(), announced_boards),
            poll_queue: PollQueue { line },
            leave_queue: LeaveQueue { rooms: rooms.clone(), boards: boards.clone() },
            show_queue: ShowQueue { reader: queue.clone() },
            admit_waiting: AdmitWaiting::new(rooms.clone(), boards.clone(), refresh),
            end_sold_out_lines: EndSoldOutLines::new(queue.clone(), rooms.clone(), boards),
            create_operator_key: CreateOperatorKey {
                keys: operator_keys.clone(),
                ids: ids.clone(),
                secrets: queue_tokens.clone(),
            },
            list_operator_keys: ListOperatorKeys { keys: operator_keys.clone() },
            delete_operator_key: DeleteOperatorKey {
                keys: operator_keys.clone(),
                authenticate: authenticate_operator.clone(),
                ids: ids.clone(),
            },
            operator_sessions: OperatorSessions {
                keys: operator_keys.clone(),
                authenticate: authenticate_operator.clone(),
                secrets: queue_tokens.clone(),
            },
            authenticate_operator,
            create_webhook: CreateWebhook {
                webhooks: webhooks.clone(),
                calls: webhook_calls,
                ids: ids.clone(),
            },
            list_webhooks: ListWebhooks { webhooks: webhooks.clone() },
            change_webhook: ChangeWebhook { webhooks: webhooks.clone(), ids: ids.clone() },
            delete_webhook: DeleteWebhook { webhooks: webhooks.clone(), ids: ids.clone() },
            list_deliveries: ListDeliveries { webhooks, deliveries: deliveries.clone() },
            replay_delivery: ReplayDelivery { deliveries, ids: ids.clone() },
            list_events: ListEvents { feed: feed.clone() },
            deliver_events,
            forget_events: ForgetEvents { feed },
            show_user: ShowUser {
                accounts: accounts.clone(),
                wallets: wallets.clone(),
                payments: payments.clone(),
            },
            require_user: RequireUser { accounts: accounts.clone() },
            queue_tokens,
            show_seats: ShowSeats {
                programme: programme.clone(),
                inventory: inventory.clone(),
                turn: turn.clone(),
            },
            show_seats_of_date: ShowSeatsOfDate {
                programme: programme.clone(),
                inventory: inventory.clone(),
                turn: turn.clone(),
            },
            watch_seats: WatchSeats::new(programme.clone(), inventory.clone(), turn.clone(), streams.clone()),
            streams,
            hold_seats: HoldSeats::new(
                programme.clone(),
                inventory.clone(),
                turn.clone(),
                ids.clone(),
                settings.hold_ttl,
            ),
            cancel_reservation: CancelReservation { reservations: reservations.clone() },
            show_reservation: ShowReservation { reservations: reservations.clone() },
            list_reservations: ListReservations { reservations: reservations.clone() },
            expire_holds: ExpireHolds { reservations: reservations.clone() },
            delete_expired_keys: DeleteExpiredKeys { keys },
            remove_idle_accounts: RemoveIdleAccounts::new(idle_accounts, settings.keep_idle_accounts),
            remove_old_passes: RemoveOldPasses {
                reader: queue.clone(),
                rooms: rooms.clone(),
                keep: settings.keep_passes,
            },
            charge_points: ChargePoints {
                charging: charging.clone(),
                wallets: wallets.clone(),
                ids: ids.clone(),
            },
            show_charge: ShowCharge { charges: charges.clone(), wallets: wallets.clone() },
            open_checkout: OpenCheckout { charging: charging.clone() },
            confirm_charge: ConfirmCharge { charging: charging.clone(), wallets: wallets.clone() },
            receive_notice: ReceiveNotice { charging: charging.clone(), charges: charges.clone() },
            look_up_charges: LookUpCharges::new(charging.clone(), charges),
            charging,
            show_balance: ShowBalance { wallets: wallets.clone() },
            list_entries: ListEntries { wallets: wallets.clone() },
            pay_reservation: PayReservation { payments: payments.clone(), turn, ids: ids.clone() },
            show_payment: ShowPayment { payments: payments.clone() },
            list_payments: ListPayments { payments: payments.clone() },
            list_tickets: ListTickets { tickets: tickets.clone(), codes: ticket_codes.clone() },
            show_ticket: ShowTicket { tickets: tickets.clone(), codes: ticket_codes.clone() },
            list_performance_tickets: ListPerformanceTickets {
                programme: programme.clone(),
                tickets: tickets.clone(),
            },
            check_in_ticket: CheckInTicket {
                programme: programme.clone(),
                tickets,
                codes: ticket_codes.clone(),
                ids: ids.clone(),
            },
            ticket_codes,
            add_concert: AddConcert {
                programme: programme.clone(),
                editor: editor.clone(),
                ids: ids.clone(),
            },
            add_performance: AddPerformance {
                programme: programme.clone(),
                editor: editor.clone(),
                ids: ids.clone(),
            },
            change_concert: ChangeConcert { editor: editor.clone(), ids: ids.clone() },
            refund_for_user: RefundForUser { refund: refund_payment.clone(), ids: ids.clone() },
            refund_payment,
            credit_points: CreditPoints { wallets, ids: ids.clone() },
            cancel_performance: CancelPerformance {
                programme: programme.clone(),
                show: show_cancellation.clone(),
                ids: ids.clone(),
            },
            show_cancellation,
            refund_cancelled: RefundCancelled { cancellations, payments, reservations, ids: ids.clone() },
            change_performance: ChangePerformance {
                programme: programme.clone(),
                editor: editor.clone(),
                ids: ids.clone(),
            },
            change_section: ChangeSection { programme: programme.clone(), editor, ids: ids.clone() },
            change_seats: ChangeSeats { programme: programme.clone(), inventory, ids: ids.clone() },
            configure_queue: ConfigureQueue { rooms, reader: queue.clone(), ids },
            show_sales: ShowSales { programme: programme.clone(), reader: queue },
            list_audit: ListAudit { programme, audit, keys: operator_keys },
            check_invariants: CheckInvariants { inspection },
        }
    }
}
