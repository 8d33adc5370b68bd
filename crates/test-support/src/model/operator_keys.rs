use seatline_domain::audit::{AuditStamp, OperatorId};
use seatline_domain::commands::{CreateOperatorKeyCommand, DeleteOperatorKeyCommand};
use seatline_domain::id::OperatorKeyId;
use seatline_domain::idempotency::IdempotencyKey;
use seatline_domain::operator_key::{OperatorKey, OperatorKeyHash, Role};
use seatline_domain::page::PageRequest;
use seatline_domain::text::Text;
use uuid::Uuid;

use super::side::{Side, operation_id};
use super::verdict::Verdict;

const OWNER: OperatorId = OperatorId::from_digest([1, 2, 3, 4]);

fn stamp(side: &Side) -> AuditStamp {
    AuditStamp { operator: OWNER, ..side.setup().stamp() }
}

/// Makes one of two kinds of keys.
pub(super) async fn create(side: &Side, name: usize, key: Option<IdempotencyKey>, id: u64) -> Verdict {
    let (name, role) = if name == 0 { ("Desk", Role::Support) } else { ("North gate", Role::Gate) };
    let id = operation_id(id);
    let mut hash = [5; 32];
    hash.iter_mut().zip(id.as_bytes()).for_each(|(digit, byte)| *digit = *byte);
    let command = CreateOperatorKeyCommand {
        id: OperatorKeyId::new(id),
        name: Text::parse(name).unwrap(),
        role,
        hash: OperatorKeyHash::new(hash),
        stamp: stamp(side),
        key,
    };
    Verdict::of_answer("create operator key", side.ports.operator_keys.create(command).await, tell)
}

/// Deletes one of the newest keys that are good, or one that never was.
pub(super) async fn delete(side: &Side, newest: usize) -> Verdict {
    let good = side.ports.operator_keys.keys(PageRequest::first()).await.unwrap().items;
    let id = good.get(newest).map_or(OperatorKeyId::new(Uuid::nil()), |key| key.id);
    let deleted = side.ports.operator_keys.delete(DeleteOperatorKeyCommand { id, stamp: stamp(side) }).await;
    Verdict::of("delete operator key", deleted, tell)
}

pub(super) fn tell(key: &OperatorKey) -> String {
    let OperatorKey { id, name, role, deleted, .. } = key;
    format!("{id} {name:?} {role:?}, deleted: {}", deleted.is_some())
}
