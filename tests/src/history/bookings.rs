use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::snapshot::{Snapshot, same, text};
use super::{Entry, Operation};

/// Holds, payments and cancellations.
pub(super) fn compare(entries: &[Entry], snapshot: &Snapshot, found: &mut Vec<String>) {
    let reservations: BTreeMap<_, _> =
        snapshot.reservations.iter().map(|row| (text(row, "reservation_id"), row)).collect();
    holds(entries, snapshot, &reservations, found);
    payments(entries, snapshot, &reservations, found);
    endings(entries, &reservations, found);
}

fn holds(
    entries: &[Entry],
    snapshot: &Snapshot,
    reservations: &BTreeMap<String, &Value>,
    found: &mut Vec<String>,
) {
    let mut by_key: BTreeMap<(&str, &str), BTreeSet<String>> = BTreeMap::new();
    let mut accounted = BTreeSet::new();
    let mut unknown: BTreeMap<(String, String, Vec<u64>), usize> = BTreeMap::new();
    for entry in entries {
        let Operation::Hold { key, performance_id, seats } = &entry.operation else { continue };
        if entry.is_unknown() {
            let wish = (entry.user_id.clone(), performance_id.clone(), seats.clone());
            *unknown.entry(wish).or_default() += 1;
        }
        let Some(answer) = entry.acknowledged() else { continue };
        let id = text(answer, "reservationId");
        if let Some(key) = key {
            by_key.entry((&entry.user_id, key)).or_default().insert(id.clone());
        }
        let whole = reservations.get(&id).is_some_and(|row| {
            text(row, "user_id") == entry.user_id
                && text(row, "performance_id") == *performance_id
                && snapshot.seats.get(&id) == Some(seats)
                && same(&answer["amount"], &row["amount"])
                && same(&answer["heldAt"], &row["held_at"])
                && same(&answer["expiresAt"], &row["expires_at"])
        });
        if !whole {
            found.push(format!("an acknowledged hold is not there as it was said: {entry:?}"));
        }
        accounted.insert(id);
    }
    for ((user, key), ids) in by_key {
        if ids.len() > 1 {
            found.push(format!("one key, several holds: {user} {key} {ids:?}"));
        }
    }
    for (id, row) in reservations.iter().filter(|(id, _)| !accounted.contains(*id)) {
        let seats = snapshot.seats.get(id).cloned().unwrap_or_default();
        match unknown.get_mut(&(text(row, "user_id"), text(row, "performance_id"), seats.clone())) {
            Some(left) if *left > 0 => *left -= 1,
            _ => found.push(format!("a hold that nobody asked for: {row} {seats:?}")),
        }
    }
}

fn payments(
    entries: &[Entry],
    snapshot: &Snapshot,
    reservations: &BTreeMap<String, &Value>,
    found: &mut Vec<String>,
) {
    let payments: BTreeMap<_, _> =
        snapshot.payments.iter().map(|row| (text(row, "reservation_id"), row)).collect();
    let (mut asked_for, mut sold) = (BTreeSet::new(), BTreeMap::new());
    for entry in entries {
        let Operation::Pay { reservation_id, .. } = &entry.operation else { continue };
        if entry.may_be_done() {
            asked_for.insert((entry.user_id.clone(), reservation_id.clone()));
        }
        let Some(answer) = entry.acknowledged() else { continue };
        let paid = reservations.get(reservation_id).filter(|row| {
            text(row, "state") == "PAID" && text(row, "payment_id") == text(answer, "paymentId")
        });
        let whole = payments.get(reservation_id).is_some_and(|row| {
            text(row, "payment_id") == text(answer, "paymentId")
                && text(row, "user_id") == entry.user_id
                && same(&answer["amount"], &row["amount"])
                && same(&answer["balance"], &row["balance_after"])
                && answer["seats"] == row["seat_numbers"]
        });
        let (Some(paid), true) = (paid, whole) else {
            found.push(format!("an acknowledged payment is not there as it was said: {entry:?}"));
            continue;
        };
        for seat in answer["seats"].as_array().into_iter().flatten() {
            let seat = (text(paid, "performance_id"), seat.as_u64());
            let owner = sold.entry(seat.clone()).or_insert_with(|| reservation_id.clone());
            if owner != reservation_id {
                found.push(format!("a seat was sold twice: {seat:?} to {owner} and {reservation_id}"));
            }
        }
    }
    for row in &snapshot.payments {
        if !asked_for.contains(&(text(row, "user_id"), text(row, "reservation_id"))) {
            found.push(format!("a payment that nobody asked for: {row}"));
        }
    }
}

/// Cancellations: only by the owner, and for good.
fn endings(entries: &[Entry], reservations: &BTreeMap<String, &Value>, found: &mut Vec<String>) {
    let (mut cancelled, mut left) = (BTreeSet::new(), BTreeSet::new());
    for entry in entries.iter().filter(|entry| entry.may_be_done()) {
        match &entry.operation {
            Operation::Cancel { reservation_id } => {
                cancelled.insert((entry.user_id.clone(), reservation_id.clone()));
                let state =
                    reservations.get(reservation_id).map(|row| text(row, "state")).unwrap_or_default();
                let ended = matches!(state.as_str(), "CANCELLED" | "EXPIRED");
                if entry.acknowledged().is_some() && !ended {
                    found.push(format!("cancelled, and yet {state}: {reservation_id}"));
                }
            }
            Operation::Leave { .. } => drop(left.insert(entry.user_id.clone())),
            _ => {}
        }
    }
    for (id, row) in reservations.iter().filter(|(_, row)| text(row, "state") == "CANCELLED") {
        let user = text(row, "user_id");
        if !left.contains(&user) && !cancelled.contains(&(user, id.clone())) {
            found.push(format!("cancelled, and nobody asked for it: {row}"));
        }
    }
}
