use std::collections::{BTreeMap, BTreeSet};

use super::snapshot::{Snapshot, same, text};
use super::{Entry, Operation};

/// Charges: once for each key that was acknowledged, at most once for one whose outcome is unknown, never otherwise.
pub(super) fn compare(entries: &[Entry], snapshot: &Snapshot, found: &mut Vec<String>) {
    let mut by_key: BTreeMap<(&str, &str), Vec<(&Entry, u64)>> = BTreeMap::new();
    for entry in entries {
        if let Operation::Charge { key, amount } = &entry.operation {
            by_key.entry((&entry.user_id, key)).or_default().push((entry, *amount));
        }
    }
    let ledger: BTreeMap<_, _> = snapshot.ledger.iter().map(|row| (text(row, "entry_id"), row)).collect();
    let mut accounted = BTreeSet::new();
    for ((user, key), attempts) in by_key {
        let stored = snapshot.keys.get(&(user.to_owned(), key.to_owned()));
        let answers: Vec<_> = attempts.iter().filter_map(|(entry, _)| entry.acknowledged()).collect();
        if answers.iter().any(|answer| answer != &answers[0]) {
            found.push(format!("one key, several answers: {answers:?}"));
        }
        let Some(id) = stored else {
            if !answers.is_empty() {
                found.push(format!("an acknowledged charge is lost: {user} {key} {answers:?}"));
            }
            continue;
        };
        if !attempts.iter().any(|(entry, _)| entry.may_be_done()) {
            found.push(format!("a refused charge left something behind: {user} {key} {id}"));
        }
        accounted.insert(id.clone());
        let Some(row) = ledger.get(id) else {
            found.push(format!("a charge without its entry: {user} {key} {id}"));
            continue;
        };
        let whole = text(row, "user_id") == user
            && text(row, "kind") == "CHARGE"
            && attempts.iter().all(|(_, amount)| same(&(*amount).into(), &row["amount"]))
            && answers.iter().all(|answer| {
                text(answer, "entryId") == *id && same(&answer["balance"], &row["balance_after"])
            });
        if !whole {
            found.push(format!("a charge differs from what was said: {attempts:?} {row}"));
        }
    }
    for row in snapshot.ledger.iter().filter(|row| text(row, "kind") == "CHARGE") {
        if !accounted.contains(&text(row, "entry_id")) {
            found.push(format!("a charge that nobody asked for: {row}"));
        }
    }
}
