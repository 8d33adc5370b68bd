use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{Snapshot, text};
use super::{Entry, Operation};

/// Accounts and places in line.
pub(super) fn compare(entries: &[Entry], snapshot: &Snapshot, found: &mut Vec<String>) {
    accounts(entries, snapshot, found);
    places(entries, snapshot, found);
    departures(entries, snapshot, found);
}

fn accounts(entries: &[Entry], snapshot: &Snapshot, found: &mut Vec<String>) {
    let users: BTreeSet<_> = snapshot.users.iter().map(|row| text(row, "user_id")).collect();
    let registrations = || entries.iter().filter(|entry| entry.operation == Operation::Register);
    let known: BTreeSet<_> =
        registrations().filter_map(Entry::acknowledged).map(|user| text(user, "userId")).collect();
    for lost in known.difference(&users) {
        found.push(format!("an acknowledged account is lost: {lost}"));
    }
    let (nobodys, unknown) =
        (users.difference(&known).count(), registrations().filter(|one| one.is_unknown()).count());
    if nobodys > unknown {
        found.push(format!("{nobodys} accounts that nobody was given, and only {unknown} lost answers"));
    }
}

fn places(entries: &[Entry], snapshot: &Snapshot, found: &mut Vec<String>) {
    let place = |concert: String, number: u64, user: String| (concert, number, user);
    let passes: BTreeSet<_> = snapshot
        .passes
        .iter()
        .map(|row| {
            place(text(row, "concert_id"), row["number"].as_u64().unwrap_or_default(), text(row, "user_id"))
        })
        .collect();
    let joins = || entries.iter().filter(|entry| entry.operation == Operation::Join);
    let told: BTreeSet<_> = joins()
        .filter_map(|entry| Some((entry.acknowledged()?, &entry.user_id)))
        .map(|(token, user)| {
            place(text(token, "concertId"), token["number"].as_u64().unwrap_or_default(), user.clone())
        })
        .collect();
    for lost in told.difference(&passes) {
        found.push(format!("an acknowledged place is lost: {lost:?}"));
    }
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in joins().filter(|entry| entry.is_unknown()) {
        *unknown.entry(&entry.user_id).or_default() += 1;
    }
    for untold in passes.difference(&told) {
        match unknown.get_mut(untold.2.as_str()) {
            Some(left) if *left > 0 => *left -= 1,
            _ => found.push(format!("a place that nobody asked for: {untold:?}")),
        }
    }
    let mut line: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    for (concert, number, _) in &passes {
        line.entry(concert).or_default().push(*number);
    }
    for (concert, numbers) in line {
        if !numbers.iter().copied().eq(1..=u64::try_from(numbers.len()).unwrap_or_default()) {
            found.push(format!("the numbers of {concert} are not dense: {numbers:?}"));
        }
    }
}

/// Departures: everybody who was told to have left has, and nobody else.
fn departures(entries: &[Entry], snapshot: &Snapshot, found: &mut Vec<String>) {
    let passes: BTreeMap<_, _> =
        snapshot.passes.iter().map(|row| ((text(row, "user_id"), row["number"].as_u64()), row)).collect();
    let mut asked_for = BTreeSet::new();
    for entry in entries.iter().filter(|entry| entry.may_be_done()) {
        let Operation::Leave { number } = entry.operation else { continue };
        let place = (entry.user_id.clone(), Some(number));
        let state = passes.get(&place).map(|row| text(row, "state")).unwrap_or_default();
        if entry.acknowledged().is_some()
            && !matches!(state.as_str(), "LEFT" | "COMPLETED" | "EXPIRED" | "ENDED")
        {
            found.push(format!("has left, and yet {state}: {place:?}"));
        }
        asked_for.insert(place);
    }
    for (place, row) in passes.iter().filter(|(_, row)| text(row, "state") == "LEFT") {
        if !asked_for.contains(place) {
            found.push(format!("left, and never asked to: {row}"));
        }
    }
}
