//! Events: what is told, in which order it is published, and who delivers it.

#![expect(clippy::indexing_slicing, reason = "what is not there is to fail the test at once")]

use std::time::Duration;

use chrono::TimeDelta;
use futures::future::join_all;
use seatline_domain::commands::{
    ChangeWebhookCommand, ChargePointsCommand, CreateWebhookCommand, DeleteWebhookCommand,
    GiveUpWebhookCommand, ReplayDeliveryCommand, WebhookError,
};
use seatline_domain::event::{EventKind, EventKinds, EventPosition, PublishedEvent};
use seatline_domain::id::{AuditEntryId, EventId, LedgerEntryId, UserId, WebhookId};
use seatline_domain::idempotency::{Answer, KeyReused};
use seatline_domain::page::{PageLimit, PageRequest};
use seatline_domain::point::Amount;
use seatline_domain::webhook::{
    AttemptFailure, AttemptOutcome, DeliveryLease, DeliveryState, DueDelivery, Webhook, WebhookChange,
};
use uuid::Uuid;

use super::{Fixture, setup};
use crate::Setup;
use crate::setup::{key, webhook_command};

async fn webhook(setup: Setup<'_>, kinds: EventKinds) -> Webhook {
    setup.webhook(kinds).await
}

fn charges() -> EventKinds {
    [EventKind::ChargeCompleted].into_iter().collect()
}

async fn charge(setup: Setup<'_>, user_id: UserId) {
    let id = setup.id();
    let command = ChargePointsCommand {
        entry_id: LedgerEntryId::new(id),
        user_id,
        amount: Amount::whole(1),
        key: key(&id.to_string()),
    };
    setup.ports.wallets.charge(command).await.unwrap();
}

async fn publish(setup: Setup<'_>) {
    while setup.ports.feed.publish(100).await.unwrap() > 0 {}
}

async fn published(setup: Setup<'_>) -> Vec<PublishedEvent> {
    setup.ports.feed.after(EventPosition::START, PageLimit::largest()).await.unwrap()
}

fn kinds(events: &[PublishedEvent]) -> Vec<EventKind> {
    events.iter().map(|event| event.kind).collect()
}

async fn leased(setup: Setup<'_>) -> Option<DeliveryLease> {
    setup.ports.deliveries.lease(setup.id(), 10).await.unwrap().pop()
}

async fn due(setup: Setup<'_>, lease: &DeliveryLease) -> Option<Vec<DueDelivery>> {
    setup.ports.deliveries.due(lease, &[], 100).await.unwrap()
}

fn answered(answer: Result<u16, AttemptFailure>) -> AttemptOutcome {
    AttemptOutcome { answer, took: Duration::from_millis(3) }
}

async fn attempt(setup: Setup<'_>, lease: &DeliveryLease, due: &DueDelivery, status: u16) {
    let settled = vec![due.settled(answered(Ok(status)))];
    assert!(setup.ports.deliveries.record(lease, settled).await.unwrap().is_some());
}

pub(super) async fn whatever_commands_do_is_told_to_whom_it_concerns(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    webhook(setup, EventKinds::ALL).await;
    let (concert, performance) = setup.sale().open().await;
    let ada = setup.user_in_turn_with(&concert, 1_000_000).await;
    let given_up = ada.hold(&performance, &[1]).await;
    ada.try_cancel(&given_up).await.unwrap();
    let held = ada.hold(&performance, &[2]).await;
    let payment = ada.pay(&held).await;
    ada.pay(&held).await;
    let lapsed = setup.user_in_turn(&concert).await;
    lapsed.hold(&performance, &[3]).await;
    fixture.pass_time(Setup::HOLD_TTL).await;
    let bob = setup.user_in_turn(&concert).await;
    bob.hold(&performance, &[3]).await;
    for command in setup.ports.reservations.expired_holds(10).await.unwrap() {
        setup.ports.reservations.expire(command.clone()).await.unwrap();
        setup.ports.reservations.expire(command).await.unwrap();
    }
    publish(setup).await;
    let events = published(setup).await;
    let expected = [
        EventKind::ChargeCompleted,
        EventKind::ReservationHeld,
        EventKind::ReservationCancelled,
        EventKind::ReservationHeld,
        EventKind::PaymentCompleted,
        EventKind::ChargeCompleted,
        EventKind::ReservationHeld,
        EventKind::ChargeCompleted,
        EventKind::ReservationHeld,
        EventKind::ReservationExpired,
    ];
    assert_eq!(kinds(&events), expected, "each once: {payment:?}");
    assert!(events.windows(2).all(|two| two[0].position < two[1].position && two[0].at <= two[1].at));
}

pub(super) async fn what_nobody_wants_is_not_published(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let ada = setup.user().await;
    charge(setup, ada).await;
    publish(setup).await;
    assert_eq!(published(setup).await, []);
    let made = webhook(setup, [EventKind::TicketCheckedIn].into_iter().collect()).await;
    charge(setup, ada).await;
    publish(setup).await;
    assert_eq!(published(setup).await, []);
    let change =
        |change| ChangeWebhookCommand { id: made.id, change, secret: None, stamp: setup.stamp(), key: None };
    let wanted = WebhookChange { events: Some(charges()), ..WebhookChange::default() };
    setup.ports.webhooks.change(change(wanted)).await.unwrap();
    charge(setup, ada).await;
    publish(setup).await;
    assert_eq!(kinds(&published(setup).await), [EventKind::ChargeCompleted]);
    let disabled = WebhookChange { enabled: Some(false), ..WebhookChange::default() };
    setup.ports.webhooks.change(change(disabled)).await.unwrap();
    charge(setup, ada).await;
    publish(setup).await;
    assert_eq!(published(setup).await.len(), 1);
}

pub(super) async fn events_are_published_once_by_however_many_publish(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let made = webhook(setup, charges()).await;
    let users = setup.users(40).await;
    join_all(users.iter().map(|user| charge(setup, *user))).await;
    while join_all((0..8).map(|_| setup.ports.feed.publish(3)))
        .await
        .into_iter()
        .any(|step| step.unwrap() > 0)
    {}
    publish(setup).await;
    let events = published(setup).await;
    assert_eq!(events.len(), users.len());
    assert!(events.windows(2).all(|two| two[0].position < two[1].position));
    let page = |place, limit| setup.ports.feed.after(place, PageLimit::parse(limit).unwrap());
    assert_eq!(page(events[9].position, 3).await.unwrap(), events[10..13]);
    let list = setup.ports.deliveries.deliveries(made.id, PageRequest::first()).await.unwrap();
    let ids: Vec<_> = list.items.iter().rev().map(|delivery| delivery.event_id).collect();
    assert_eq!(ids, events.iter().map(|event| event.id).collect::<Vec<_>>());
}

pub(super) async fn a_webhook_is_delivered_to_by_one_holder_whose_lease_lapses(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let made = webhook(setup, charges()).await;
    assert_eq!(leased(setup).await, None, "nothing is due");
    charge(setup, setup.user().await).await;
    publish(setup).await;
    let tried = join_all((0..8).map(|_| leased(setup))).await;
    let mut leases = tried.into_iter().flatten();
    let lease = leases.next().unwrap();
    assert_eq!((leases.next(), lease.webhook_id), (None, made.id));
    assert_eq!((&lease.url, &lease.secrets), (&made.url, &vec![made.secret.clone()]));
    fixture.pass_time(TimeDelta::seconds(4)).await;
    assert_eq!(leased(setup).await, None);
    let first = due(setup, &lease).await.unwrap();
    fixture.pass_time(TimeDelta::seconds(4)).await;
    assert_eq!(leased(setup).await, None, "it was prolonged");
    fixture.pass_time(TimeDelta::seconds(6)).await;
    let next = leased(setup).await.unwrap();
    assert_eq!(due(setup, &lease).await, None, "somebody else has it");
    let settled = vec![first[0].settled(answered(Ok(200)))];
    assert_eq!(setup.ports.deliveries.record(&lease, settled).await, Ok(None));
    setup.ports.deliveries.release(&lease).await.unwrap();
    let again = due(setup, &next).await.unwrap();
    assert_eq!((again.len(), again[0].failed_attempts), (1, 0), "nothing was recorded");
    assert_eq!(again[0].event.id, first[0].event.id);
    attempt(setup, &next, &first[0], 204).await;
    assert_eq!(due(setup, &next).await, Some(Vec::new()));
    setup.ports.deliveries.release(&next).await.unwrap();
    charge(setup, setup.user().await).await;
    publish(setup).await;
    assert!(leased(setup).await.is_some(), "it was given back");
}

pub(super) async fn what_follows_waits_for_what_came_before(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let made = webhook(setup, charges()).await;
    let [ada, bob] = [setup.user().await, setup.user().await];
    for user in [ada, ada, bob, ada] {
        charge(setup, user).await;
    }
    publish(setup).await;
    let all = published(setup).await;
    let lease = leased(setup).await.unwrap();
    let found = due(setup, &lease).await.unwrap();
    let positions = |due: &[DueDelivery]| due.iter().map(|one| one.event.position).collect::<Vec<_>>();
    assert_eq!(positions(&found), [all[0].position, all[2].position]);
    let under_way = positions(&found);
    let rest = setup.ports.deliveries.due(&lease, &under_way, 100).await.unwrap();
    assert_eq!(rest, Some(Vec::new()), "what is under way is not due again, nor what follows it");
    attempt(setup, &lease, &found[0], 500).await;
    assert_eq!(positions(&due(setup, &lease).await.unwrap()), [all[2].position]);
    fixture.pass_time(TimeDelta::seconds(4)).await;
    assert_eq!(positions(&due(setup, &lease).await.unwrap()), [all[2].position]);
    fixture.pass_time(TimeDelta::seconds(2)).await;
    let again = due(setup, &lease).await.unwrap();
    let again = again.iter().find(|due| due.event.position == all[0].position).unwrap();
    assert_eq!(again.failed_attempts, 1);
    attempt(setup, &lease, again, 200).await;
    let next = due(setup, &lease).await.unwrap();
    assert!(positions(&next).contains(&all[1].position) && !positions(&next).contains(&all[3].position));
    let list = setup.ports.deliveries.deliveries(made.id, PageRequest::first()).await.unwrap().items;
    let states: Vec<_> =
        list.iter().rev().map(|delivery| (delivery.state, delivery.attempts.len())).collect();
    let pending = DeliveryState::Pending;
    assert_eq!(states, [(DeliveryState::Delivered, 2), (pending, 0), (pending, 0), (pending, 0)]);
    let answers: Vec<_> = list[3].attempts.iter().map(|attempt| attempt.outcome.answer).collect();
    assert_eq!(answers, [Ok(500), Ok(200)]);
}

pub(super) async fn a_delivery_that_failed_lets_the_next_one_through_and_is_replayed(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let made = webhook(setup, charges()).await;
    let ada = setup.user().await;
    charge(setup, ada).await;
    charge(setup, ada).await;
    publish(setup).await;
    for _ in 0..10 {
        fixture.pass_time(TimeDelta::days(1)).await;
        let lease = leased(setup).await.unwrap();
        let found = due(setup, &lease).await.unwrap();
        assert_eq!(found.len(), 1);
        let settled = vec![found[0].settled(answered(Err(AttemptFailure::TimedOut)))];
        let recorded = setup.ports.deliveries.record(&lease, settled).await.unwrap().unwrap();
        assert_eq!(
            recorded.is_given_up(),
            recorded.now - recorded.failing_since.unwrap() >= TimeDelta::days(3)
        );
        setup.ports.deliveries.release(&lease).await.unwrap();
    }
    let list = setup.ports.deliveries.deliveries(made.id, PageRequest::first()).await.unwrap().items;
    let [second, first] = list.as_slice() else { panic!("{list:?}") };
    assert_eq!((first.state, first.next_attempt_at, first.attempts.len()), (DeliveryState::Failed, None, 10));
    assert_eq!(second.state, DeliveryState::Pending);
    let replay =
        |event_id, key| ReplayDeliveryCommand { webhook_id: made.id, event_id, stamp: setup.stamp(), key };
    let once = replay(first.event_id, Some(key("once")));
    let replayed = setup.ports.deliveries.replay(once.clone()).await.unwrap();
    assert_eq!((replayed.value.state, replayed.replayed), (DeliveryState::Pending, false));
    assert!(setup.ports.deliveries.replay(once).await.unwrap().replayed);
    let other = replay(second.event_id, Some(key("once")));
    assert_eq!(setup.ports.deliveries.replay(other).await, Err(WebhookError::KeyReused(KeyReused)));
    let never = replay(EventId::new(setup.id()), None);
    assert_eq!(setup.ports.deliveries.replay(never).await, Err(WebhookError::DeliveryNotFound));
    let lease = leased(setup).await.unwrap();
    let found = due(setup, &lease).await.unwrap();
    let of_first = found.iter().find(|due| due.event.id == first.event_id).unwrap();
    assert_eq!(of_first.failed_attempts, 0, "from the first attempt on");
}

pub(super) async fn a_webhook_is_given_up_once_and_begins_anew(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let made = webhook(setup, charges()).await;
    let give_up = || GiveUpWebhookCommand { id: made.id, entry_id: AuditEntryId::new(setup.id()) };
    charge(setup, setup.user().await).await;
    publish(setup).await;
    let lease = leased(setup).await.unwrap();
    let found = due(setup, &lease).await.unwrap();
    attempt(setup, &lease, &found[0], 500).await;
    assert_eq!(setup.ports.webhooks.give_up(give_up()).await, Ok(true));
    assert_eq!(setup.ports.webhooks.give_up(give_up()).await, Ok(false));
    assert_eq!(due(setup, &lease).await, None, "nothing is delivered to it");
    let given_up = setup.ports.webhooks.webhook(made.id).await.unwrap().unwrap();
    assert!(!given_up.enabled && given_up.gave_up_at.is_some());
    fixture.pass_time(TimeDelta::days(4)).await;
    assert_eq!(leased(setup).await, None);
    let change = WebhookChange { enabled: Some(true), ..WebhookChange::default() };
    let command = ChangeWebhookCommand { id: made.id, change, secret: None, stamp: setup.stamp(), key: None };
    let enabled = setup.ports.webhooks.change(command).await.unwrap().value;
    assert!(enabled.enabled && enabled.gave_up_at.is_none());
    let lease = leased(setup).await.unwrap();
    let found = due(setup, &lease).await.unwrap();
    let settled = vec![found[0].settled(answered(Ok(500)))];
    let recorded = setup.ports.deliveries.record(&lease, settled).await.unwrap().unwrap();
    assert!(!recorded.is_given_up(), "what was before is forgotten");
}

pub(super) async fn webhooks_are_listed_newest_first_and_a_key_makes_one(fixture: &dyn Fixture) {
    let (setup, webhooks) = (setup(fixture), &fixture.ports().webhooks);
    let once = || CreateWebhookCommand { key: Some(key("once")), ..webhook_command(setup, charges()) };
    let owner = once().stamp;
    let once = || CreateWebhookCommand { stamp: owner, ..once() };
    let made = webhooks.create(once()).await.unwrap();
    assert!(made.created && !made.replayed);
    assert_eq!(webhooks.create(once()).await, Ok(Answer::replayed(made.value.clone(), true)));
    let other = CreateWebhookCommand { events: EventKinds::ALL, ..once() };
    assert_eq!(webhooks.create(other).await, Err(WebhookError::KeyReused(KeyReused)));
    let (two, three) = (webhook(setup, charges()).await, webhook(setup, EventKinds::ALL).await);
    let limit = PageLimit::parse(2).unwrap();
    let page = webhooks.webhooks(PageRequest { limit, after: None }).await.unwrap();
    assert_eq!(page.items, [three, two.clone()]);
    let delete = || DeleteWebhookCommand { id: two.id, stamp: setup.stamp() };
    let deleted = webhooks.delete(delete()).await.unwrap();
    assert_eq!(webhooks.delete(delete()).await, Ok(deleted));
    assert_eq!(webhooks.webhook(two.id).await, Ok(None));
    let rest = webhooks.webhooks(PageRequest { limit, after: page.next }).await.unwrap();
    assert_eq!((rest.items, rest.next), (vec![made.value], None));
    let never = DeleteWebhookCommand { id: WebhookId::new(Uuid::nil()), stamp: setup.stamp() };
    assert_eq!(webhooks.delete(never).await, Err(WebhookError::NotFound));
}

pub(super) async fn what_was_published_long_ago_is_forgotten_in_steps(fixture: &dyn Fixture) {
    let setup = setup(fixture);
    let made = webhook(setup, charges()).await;
    for user in setup.users(5).await {
        charge(setup, user).await;
    }
    publish(setup).await;
    fixture.pass_time(TimeDelta::days(29)).await;
    charge(setup, setup.user().await).await;
    publish(setup).await;
    assert_eq!(setup.ports.feed.forget(3).await, Ok(0));
    assert_eq!(setup.ports.feed.backlog().await.unwrap().pending, 6);
    fixture.pass_time(TimeDelta::days(1)).await;
    let mut steps = Vec::new();
    for _ in 0..3 {
        steps.push(setup.ports.feed.forget(3).await.unwrap());
    }
    assert_eq!(steps, [3, 2, 0]);
    let kept = published(setup).await;
    let list = setup.ports.deliveries.deliveries(made.id, PageRequest::first()).await.unwrap().items;
    assert_eq!((kept.len(), list.len()), (1, 1));
    let backlog = setup.ports.feed.backlog().await.unwrap();
    assert_eq!(backlog.pending, 1);
    assert!(backlog.oldest.is_some_and(|oldest| oldest >= Duration::from_hours(24)));
}
